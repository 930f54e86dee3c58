//! Why a job failed.

use scrim_policy::{Kind, PlanError, RecordingId};
use scrim_storage::VaultError;

use super::progress::Stage;
use crate::{
    assemble::AssembleError, inspect::InspectError, render::RenderError,
    transcribe::TranscribeError,
};

/// Why a job failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The recording could not be read.
    #[error("could not read the recording")]
    Read {
        /// What the system said.
        source: std::io::Error,
    },
    /// Somebody wrote to the recording meanwhile.
    #[error("the recording changed while it was processed; run again when it is complete")]
    SourceChanged,
    /// The policy does not fit the recording.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The recording could not be read, decoded, cleared or encoded.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Speech could not be turned into text.
    #[error(transparent)]
    Transcribe(#[from] TranscribeError),
    /// The parts could not be put together.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// The finished file could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// Something could not be sealed, kept or found.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The recording was made before, and somebody has withdrawn it.
    #[error("{recording} was made from this source with this policy, and withdrawn")]
    Withdrawn {
        /// The recording.
        recording: RecordingId,
    },
    /// Somebody asked to stop.
    #[error("the job was stopped; what is finished stays for the next run")]
    Cancelled {
        /// While what was done.
        stage: Stage,
    },
    /// Nobody who was recorded has agreed, or recording was never started.
    #[error("nothing of the session was recorded: there is nothing to make a recording from")]
    NothingRecorded,
    /// A rendered part is not there.
    #[error("segment {index} is missing in the catalog; run the job again")]
    MissingSegment {
        /// Which one.
        index: usize,
    },
}

impl JobError {
    pub(super) fn reading(source: std::io::Error) -> Self {
        Self::Read { source }
    }

    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Read { source } => match source.kind() {
                std::io::ErrorKind::NotFound => Kind::NotFound,
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
                    Kind::Damaged
                }
                _ => Kind::Unavailable,
            },
            Self::Withdrawn { .. } | Self::NothingRecorded => Kind::Refused,
            Self::SourceChanged => Kind::Invalid,
            Self::Plan(error) => error.kind(),
            Self::Render(error) => error.kind(),
            Self::Transcribe(error) => error.kind(),
            Self::Assemble(error) => error.kind(),
            Self::Inspect(error) => error.kind(),
            Self::Vault(error) => error.kind(),
            Self::Cancelled { .. } => Kind::Unavailable,
            Self::MissingSegment { .. } => Kind::Internal,
        }
    }

    /// Returns the stage in which it happened.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Cancelled { stage } => *stage,
            Self::Read { .. } | Self::SourceChanged => Stage::Hash,
            Self::Plan(_) => Stage::Probe,
            Self::Render(_) | Self::MissingSegment { .. } | Self::NothingRecorded => Stage::Render,
            Self::Transcribe(_) => Stage::Transcribe,
            Self::Assemble(_) => Stage::Assemble,
            Self::Inspect(_) => Stage::Verify,
            Self::Vault(_) | Self::Withdrawn { .. } => Stage::Publish,
        }
    }
}
