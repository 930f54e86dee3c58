//! What can go wrong while transcribing.

use std::io;

use scrim_policy::Kind;
use whisper_rs::WhisperError;

/// Speech that could not be written down.
///
/// whisper.cpp reports numbers without a meaning that can be relied on; they are in the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TranscribeError {
    /// The model file could not be read.
    #[error("could not read the speech model")]
    ReadModel {
        /// What the system reported.
        source: io::Error,
    },
    /// The model is of a kind whose words cannot be placed in time.
    #[error("the speech model `{model}` is no Whisper model from tiny to medium, or large-v3")]
    UnknownModel {
        /// The model.
        model: String,
    },
    /// whisper.cpp refused the model file.
    #[error("could not load the speech model `{model}`")]
    LoadModel {
        /// The model.
        model: String,
        /// What whisper.cpp reported.
        source: WhisperError,
    },
    /// The language is none that Whisper knows.
    #[error("unknown language; give an ISO 639-1 code such as `pl`, or `auto`")]
    UnknownLanguage,
    /// The model does not understand the language.
    #[error("the speech model `{model}` understands English only; take `base`, or say `en`")]
    EnglishOnly {
        /// The model.
        model: String,
    },
    /// whisper.cpp failed.
    #[error("could not recognise speech from second {second} on")]
    Recognise {
        /// Where the failed part begins.
        second: u64,
        /// What whisper.cpp reported.
        source: WhisperError,
    },
    /// The caller asked to stop.
    #[error("transcription was cancelled")]
    Cancelled,
}

impl TranscribeError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ReadModel { .. } | Self::Cancelled => Kind::Unavailable,
            Self::UnknownModel { .. } | Self::UnknownLanguage | Self::EnglishOnly { .. } => {
                Kind::Invalid
            }
            Self::LoadModel { .. } => Kind::Damaged,
            Self::Recognise { .. } => Kind::Internal,
        }
    }
}
