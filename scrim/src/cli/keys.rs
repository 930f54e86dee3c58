//! `scrim keys`.

use clap::{Args, Subcommand, ValueEnum};
use scrim_policy::TenantId;

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show versions of keys, what they wrap, and erasure epochs
    Status,
    /// Make a new version of a key; what older ones wrapped still opens
    Rotate(WhoseKeys),
    /// Wrap everything again under the newest version; goes on where it was stopped
    Rewrap(WhoseKeys),
    /// Move everything to another key management; goes on where it was stopped
    Migrate(MigrateArgs),
    /// Destroy old versions for good, so that what was erased opens in no backup
    Shred(ShredArgs),
    /// Bring a catalog that was restored from a backup up to date with the keys
    Adopt,
}

#[derive(Debug, Args)]
pub(crate) struct WhoseKeys {
    /// Only the keys of this tenant [default: all tenants]
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<TenantId>,
}

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    /// Where to
    #[arg(long, value_enum, value_name = "KMS")]
    pub(crate) to: KmsChoice,
    /// Only say what would be moved
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShredArgs {
    #[command(flatten)]
    pub(crate) whose: WhoseKeys,
    /// Only say what would be wrapped again and destroyed
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Do it: backups of the catalog that are older need `scrim keys adopt` from then on
    #[arg(long)]
    pub(crate) yes: bool,
}

/// A key management.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KmsChoice {
    /// The keyring in the home folder
    Local,
    /// The transit engine that `keys` in config.toml describes
    Transit,
}
