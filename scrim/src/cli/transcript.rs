//! Options of `scrim transcript`.

use std::path::PathBuf;

use clap::Subcommand;
use scrim_policy::RecordingId;

#[derive(Debug, Subcommand)]
pub(crate) enum TranscriptCommand {
    /// List the cues of a transcript with their numbers and times
    Cues {
        /// The recording
        id: RecordingId,
    },
    /// Change cues. What is typed is cleared and checked, and the proof is signed anew
    Revise {
        /// The recording
        id: RecordingId,
        /// JSON file: {"revision": 0, "edits": [{"cue": 0, "text": "Good morning"}]}, with the
        /// revision that `scrim transcript cues` says. An empty text takes a cue away
        #[arg(long, value_name = "FILE")]
        edits: PathBuf,
        /// Who took part, where that is not kept any more, or somebody was erased
        #[arg(long, short, value_name = "FILE")]
        roster: Option<PathBuf>,
    },
}
