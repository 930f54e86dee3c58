//! Why rendering failed.

use std::io;

use scrim_ingest::{SourceError, log::TrackError};
use scrim_policy::{Kind, TrackId};

/// Why rendering failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// GStreamer is not usable.
    #[error("could not start GStreamer; `scrim doctor` says what is missing")]
    Start {
        /// What GStreamer said.
        source: gstreamer::glib::Error,
    },
    /// The source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The log of a track of a session could not be read.
    #[error("could not read track {track} of the session")]
    Track {
        /// Which.
        track: TrackId,
        /// What is wrong with it.
        source: TrackError<io::Error>,
    },
    /// Something that was rendered already has to be rendered again, as the plan is another one.
    #[error("what was rendered before is not in the plan any more")]
    Outdated,
    /// An element of GStreamer is not installed.
    #[error(
        "none of the GStreamer elements {names} is installed; `scrim doctor` names their packages"
    )]
    MissingElement {
        /// The elements, any of which would do.
        names: String,
    },
    /// A pipeline could not be put together.
    #[error("could not build the pipeline for {what}")]
    Build {
        /// What it is for.
        what: &'static str,
    },
    /// A decoder, the redaction or an encoder gave up.
    #[error("could not render {what}: {reason}")]
    Failed {
        /// What was rendered.
        what: String,
        /// Element and code, never content.
        reason: String,
    },
    /// No picture could be decoded.
    #[error("no picture of {what} could be decoded: the recording is damaged or has no key frame")]
    NoPictures {
        /// What was rendered.
        what: String,
    },
    /// Nothing moved for too long.
    #[error("rendering {what} did not move for {seconds} s")]
    Stalled {
        /// What was rendered.
        what: String,
        /// How long was waited.
        seconds: u64,
    },
    /// Nobody listens to the events any more.
    #[error("rendering was stopped")]
    Stopped,
}

impl RenderError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Source(error) => error.kind(),
            Self::Track {
                source: TrackError::Fetch { .. },
                ..
            }
            | Self::Start { .. }
            | Self::MissingElement { .. } => Kind::Unavailable,
            Self::Track { .. } => Kind::Damaged,
            Self::Failed { .. } | Self::NoPictures { .. } | Self::Stalled { .. } => Kind::Damaged,
            Self::Build { .. } | Self::Outdated | Self::Stopped => Kind::Internal,
        }
    }
}
