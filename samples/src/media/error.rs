//! Why a media file cannot be written.

use scrim_policy::Kind;

/// Why a media file cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// GStreamer does not start.
    #[error("starting GStreamer; install the package libgstreamer1.0-0")]
    NoGstreamer {
        /// What GStreamer said.
        source: gstreamer::glib::Error,
    },
    /// None of the elements that could do a job is installed.
    #[error("GStreamer has no {elements}; install the package {package}")]
    Missing {
        /// The elements that were tried.
        elements: String,
        /// The Debian package of the first one.
        package: &'static str,
    },
    /// The container cannot hold the codec.
    #[error("{container} cannot hold {codec}")]
    DoesNotFit {
        /// The container.
        container: &'static str,
        /// What was to be put into it.
        codec: &'static str,
    },
    /// An option needs another format.
    #[error("{option} needs {needs}")]
    NeedsOther {
        /// The option.
        option: &'static str,
        /// What it needs.
        needs: &'static str,
    },
    /// The pipeline cannot be put together.
    #[error("connecting the GStreamer elements of the recording")]
    NotConnected {
        /// What GStreamer said.
        source: gstreamer::glib::BoolError,
    },
    /// The pipeline gave up.
    #[error("element {element} failed: {said}")]
    Failed {
        /// Name of the element.
        element: String,
        /// What it said.
        said: String,
    },
}

impl MediaError {
    /// What a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NoGstreamer { .. } | Self::Missing { .. } | Self::Failed { .. } => {
                Kind::Unavailable
            }
            Self::DoesNotFit { .. } | Self::NeedsOther { .. } => Kind::Invalid,
            Self::NotConnected { .. } => Kind::Internal,
        }
    }
}

impl From<gstreamer::glib::BoolError> for MediaError {
    fn from(source: gstreamer::glib::BoolError) -> Self {
        Self::NotConnected { source }
    }
}
