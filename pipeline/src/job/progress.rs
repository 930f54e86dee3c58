//! How far a job is.

use serde::Serialize;

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Hashing the source, in bytes.
    Hash,
    /// Finding out what the source holds.
    Probe,
    /// Decoding, clearing and encoding, in nanoseconds of the recording.
    Render,
    /// Turning speech into text, in nanoseconds of the recording.
    Transcribe,
    /// Putting the file together and sealing it.
    Assemble,
    /// Checking the finished file.
    Verify,
    /// Deciding and publishing.
    Publish,
}

impl Stage {
    /// Returns the word for this stage in the catalog and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Probe => "probe",
            Self::Render => "render",
            Self::Transcribe => "transcribe",
            Self::Assemble => "assemble",
            Self::Verify => "verify",
            Self::Publish => "publish",
        }
    }

    /// Whether `done` and `total` count nanoseconds of the recording.
    pub const fn counts_time(self) -> bool {
        matches!(self, Self::Render | Self::Transcribe)
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, where that is known.
    pub total: Option<u64>,
}
