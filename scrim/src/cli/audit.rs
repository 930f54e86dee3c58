//! Options of `scrim audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use scrim_policy::RecordingId;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Walk the whole log and compare it with everything that it ever committed to
    ///
    /// A flipped byte, an entry that was put in, left out or moved, and a tail that was cut off are
    /// found, and the entry is named. Whoever has the database and the keys can write another log
    /// that fits itself: only a checkpoint that was kept elsewhere finds that.
    Verify(VerifyAuditArgs),
    /// List entries, the last ones by default
    Show(ShowAuditArgs),
    /// Print what proves to somebody without the log that an entry is in it, as JSON
    Prove {
        /// Number of the entry
        seq: u64,
        /// Prove as well that the log goes on from this checkpoint
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
    },
    /// Write the log to a file, as JSON lines that `verify --from-export` reads
    Export {
        /// File to write, or - for standard output
        file: PathBuf,
    },
    /// Print a checkpoint over all entries, to be kept elsewhere
    ///
    /// It is a signed note (C2SP tlog-checkpoint). That it was made is an entry of the log.
    Checkpoint,
    /// Print the key of the log as programs for signed notes read it
    Key,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyAuditArgs {
    /// Check this export instead of the log of this Scrim
    #[arg(long, value_name = "FILE", conflicts_with = "proof", requires = "key")]
    pub(crate) from_export: Option<PathBuf>,
    /// Check this proof of one entry instead
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) proof: Option<PathBuf>,
    /// The public key whose log it is, as `scrim key` prints it (a file that holds it)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowAuditArgs {
    /// Only entries about this recording
    #[arg(long, value_name = "ID")]
    pub(crate) recording: Option<RecordingId>,
    /// Only entries from this time on, as 2026-09-21 or 2026-09-21T14:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Most entries to list
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}
