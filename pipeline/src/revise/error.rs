//! Why a transcript was not revised.

use scrim_policy::{Kind, RecordingId};
use scrim_storage::{ArtefactKind, VaultError};

use crate::inspect::InspectError;

/// Why a transcript was not revised. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevisionError {
    /// There are fewer cues.
    #[error("there is no cue {cue}")]
    NoCue {
        /// Which one was named, from 0.
        cue: usize,
    },
    /// Two texts for one cue.
    #[error("cue {cue} is changed twice")]
    Twice {
        /// Which one, from 0.
        cue: usize,
    },
    /// No cue is that long.
    #[error("the text of cue {cue} is longer than {most} characters")]
    TooLong {
        /// Which one, from 0.
        cue: usize,
        /// The most that is allowed.
        most: usize,
    },
    /// All words are as they were.
    #[error("no word was changed")]
    NothingChanged,
    /// It was proven by another Scrim.
    #[error("{recording} was imported: only the Scrim that made it can prove a change")]
    Imported {
        /// The recording.
        recording: RecordingId,
    },
    /// Who took part is not kept any more.
    #[error("who took part in {recording} is not kept any more, so names could not be found")]
    NoRoster {
        /// The recording.
        recording: RecordingId,
    },
    /// A check fails that did not fail before.
    #[error("the change to {recording} does not pass: {found}")]
    Worse {
        /// The recording.
        recording: RecordingId,
        /// Which check, and what it has found.
        found: String,
    },
    /// An output does not hold what it should.
    #[error("the {kind} of {recording} is in no form that this version knows")]
    Unreadable {
        /// The recording.
        recording: RecordingId,
        /// The output.
        kind: ArtefactKind,
    },
    /// The recording could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// Something could not be sealed, kept, opened or found.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl RevisionError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoCue { .. }
            | Self::Twice { .. }
            | Self::TooLong { .. }
            | Self::NothingChanged => Kind::Invalid,
            Self::Imported { .. } | Self::NoRoster { .. } | Self::Worse { .. } => Kind::Refused,
            Self::Unreadable { .. } => Kind::Damaged,
            Self::Inspect(error) => error.kind(),
            Self::Vault(error) => error.kind(),
        }
    }
}
