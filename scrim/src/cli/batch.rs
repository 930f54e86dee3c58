//! `scrim batch`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use scrim_policy::BatchId;

#[derive(Debug, Subcommand)]
pub(crate) enum BatchCommand {
    /// Process all recordings of a folder or of a list; run again, it goes on where it was
    Run(BatchRunArgs),
    /// List batches, last run first
    Ls {
        /// Most batches to list
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show a batch and how far its sources are
    Show {
        /// The batch
        id: BatchId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BatchRunArgs {
    /// A folder, s3://bucket/prefix, a recording, the id of an original, or a list: CSV with the
    /// header path,policy,roster,language, of which only path is needed
    #[arg(required_unless_present = "originals")]
    pub(crate) input: Option<PathBuf>,
    /// Process all originals that are kept
    #[arg(long, conflicts_with = "input")]
    pub(crate) originals: bool,
    /// What may be shown, where the list does not say
    #[arg(long, short, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Who took part, where the list does not say: CSV with the header name,email,role
    #[arg(long, short, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    /// Column of the list that names the roster
    #[arg(long, default_value = "roster", value_name = "NAME")]
    pub(crate) roster_column: String,
    /// Language that is spoken, where the list does not say: auto, or a code such as pl
    #[arg(long, default_value = "auto", value_name = "LANG")]
    pub(crate) language: String,
    /// Speech model, see `scrim models list`
    #[arg(long, default_value = "base", value_name = "NAME")]
    pub(crate) model: String,
    /// Make no transcripts
    #[arg(long)]
    pub(crate) no_transcript: bool,
    /// Recordings processed at once [default: by cores and memory]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// How often a recording is tried again when something did not answer; the same failure twice is
    /// the last
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=100))]
    pub(crate) retries: u16,
    /// Write the outputs below this folder as well, in the clear, each in a folder named by its id
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write a summary to this file, and as a page beside it
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) summary: Option<PathBuf>,
    /// Say what there is to do and how long it will take, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
