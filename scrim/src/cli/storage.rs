//! `scrim storage`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    /// Say where the store is and what it can do, found by trying it
    Doctor {
        /// Try versions, locks and lifecycles too, in two throw-away buckets
        #[arg(long)]
        with_buckets: bool,
    },
}
