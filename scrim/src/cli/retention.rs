//! `scrim retention`, `scrim tag`, `scrim hold` and `scrim gc`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use scrim_policy::{Days, HoldId, RecordingId, RetentionClass, Tag};

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Show how long things are kept, what is due, and when the last sweep was
    Show,
    /// Keep a class for so many days, all of it or what has a tag; the shortest rule wins
    Set {
        /// raw, published, transcript, attendance or log
        class: RetentionClass,
        /// Number of days
        days: Days,
        /// Only recordings with this tag
        #[arg(long, value_name = "TAG")]
        tag: Option<Tag>,
    },
    /// Take a rule away
    Clear {
        /// raw, published, transcript, attendance or log
        class: RetentionClass,
        /// The rule for this tag
        #[arg(long, value_name = "TAG")]
        tag: Option<Tag>,
    },
    /// Delete what is due, look again, and sign a certificate
    Sweep {
        /// Only say what is due
        #[arg(long)]
        dry_run: bool,
    },
    /// End with code 8 where the last sweep is too long ago, and tell the webhook
    Check {
        /// Write metrics for Prometheus to a file, as the textfile collector reads it
        #[arg(long, value_name = "FILE")]
        metrics: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TagArgs {
    /// The recording
    pub(crate) id: RecordingId,
    /// +tag adds one, -tag takes one away; tags name nobody
    #[arg(required = true, allow_hyphen_values = true, value_name = "+TAG|-TAG")]
    pub(crate) changes: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HoldCommand {
    /// Keep a recording, or everything, whatever is due or asked for
    Place {
        /// The recording; without it, everything is held
        id: Option<RecordingId>,
        #[command(flatten)]
        words: HoldWordsArgs,
        /// Hold everything
        #[arg(long, conflicts_with = "id", required_unless_present = "id")]
        all: bool,
    },
    /// End a hold
    Release {
        /// The hold
        hold: HoldId,
        #[command(flatten)]
        words: HoldWordsArgs,
    },
    /// List holds, with the words that are sealed in the catalog
    Ls,
}

#[derive(Debug, Args)]
pub(crate) struct HoldWordsArgs {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who approved it
    #[arg(long, value_name = "TEXT")]
    pub(crate) approver: String,
}

#[derive(Debug, Args)]
pub(crate) struct GcArgs {
    /// Only say what would be removed
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Also forget artefacts whose objects the store has lost
    #[arg(long)]
    pub(crate) forget_lost: bool,
}
