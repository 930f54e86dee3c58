//! What can go wrong with media.

use scrim_policy::Kind;

use crate::sdp::SdpError;

/// Why a connection for media cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// GStreamer is not usable.
    #[error("could not start GStreamer; `scrim doctor` says what is missing")]
    Start {
        /// What GStreamer said.
        source: gstreamer::glib::Error,
    },
    /// An element of GStreamer is missing.
    #[error("the GStreamer element `{element}` is not installed; `scrim doctor` names its package")]
    MissingElement {
        /// Which one.
        element: &'static str,
    },
    /// What the peer says about its media is refused.
    #[error("the description of media was refused")]
    Description {
        /// Which rule it breaks.
        #[source]
        source: SdpError,
    },
    /// webrtcbin did not do what it was asked.
    #[error("webrtcbin did not {step}")]
    Step {
        /// What it should have done.
        step: &'static str,
    },
    /// The offer that webrtcbin made is not the one that was wanted.
    #[error("webrtcbin offered {found} sections in place of {wanted}")]
    Sections {
        /// How many slots there are.
        wanted: usize,
        /// How many sections there are.
        found: usize,
    },
}

impl MediaError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Start { .. } | Self::MissingElement { .. } => Kind::Unavailable,
            Self::Description { .. } => Kind::Invalid,
            Self::Step { .. } | Self::Sections { .. } => Kind::Internal,
        }
    }
}
