//! `scrim erase`.

use clap::{Args, Subcommand};
use scrim_policy::{ErasureId, RecordingId};

#[derive(Debug, Subcommand)]
pub(crate) enum EraseCommand {
    /// Erase a recording, and everything else that was made from the same source
    Recording {
        /// The recording
        id: RecordingId,
        #[command(flatten)]
        consent: EraseArgs,
    },
    /// Erase one participant in all recordings that list them
    Person {
        /// E-mail address, or - to read it from standard input, where no list of processes shows it
        #[arg(long, value_name = "ADDRESS", required_unless_present = "name")]
        email: Option<String>,
        /// Name, or - to read it from standard input
        #[arg(long, value_name = "NAME", conflicts_with = "email")]
        name: Option<String>,
        #[command(flatten)]
        consent: EraseArgs,
    },
    /// Erase everything, and the key that opens it
    Tenant {
        #[command(flatten)]
        consent: EraseArgs,
    },
    /// List erasures and sweeps
    Ls,
    /// Show one erasure
    Show {
        /// The erasure
        erasure: ErasureId,
    },
    /// Go on with an erasure that was interrupted
    Resume {
        /// The erasure
        erasure: ErasureId,
    },
    /// Print the signed certificate, after checking it
    Certificate {
        /// The erasure
        erasure: ErasureId,
    },
    /// List recordings that wait to be rendered again without somebody
    Queue,
}

#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// Only say what would be erased
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do it: nothing brings it back
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
}
