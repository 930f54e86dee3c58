//! Why a source cannot be read.

use scrim_policy::{Kind, Moment};

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// GStreamer is not usable.
    #[error("could not start GStreamer; `scrim doctor` says what is missing")]
    Start {
        /// What GStreamer said.
        source: gstreamer::glib::Error,
    },
    /// An element of GStreamer is not installed.
    #[error("the GStreamer element `{element}` is not installed; `scrim doctor` names its package")]
    MissingElement {
        /// Name of the element.
        element: &'static str,
    },
    /// The bytes could not be read.
    #[error("could not read the recording")]
    Read {
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is empty.
    #[error("the file is empty: it holds 0 bytes")]
    Empty,
    /// The file is of no known kind.
    #[error(
        "not a recording: the content is of no media type that Scrim reads (MP4, MOV, MKV, WebM, FLV, MPEG-TS)"
    )]
    NotMedia,
    /// The container holds neither video nor audio.
    #[error("the recording holds neither video nor audio")]
    NoTracks,
    /// A track uses a codec that is not on the list.
    #[error(
        "the {track} track uses `{caps}`, which Scrim does not read; convert it to {supported} first"
    )]
    Codec {
        /// "video" or "audio".
        track: &'static str,
        /// Media type as GStreamer names it.
        caps: String,
        /// Codecs that would be read.
        supported: &'static str,
    },
    /// A header is impossible or incomplete.
    #[error("the {track} track is damaged: {what}")]
    Header {
        /// "video" or "audio".
        track: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A track begins so late that the recording was taken for one without it.
    #[error(
        "the {track} begins only at {at}, and nothing announced it; copy the recording with ffmpeg \
         -analyzeduration 1G -probesize 1G -i INPUT -c copy OUTPUT.mkv and try again"
    )]
    Late {
        /// "picture" or "sound".
        track: &'static str,
        /// When its first packet is shown or heard.
        at: Moment,
    },
    /// The demuxer or a parser gave up.
    #[error("the recording is damaged near {at}: {reason}")]
    Damaged {
        /// How far it could be read.
        at: Moment,
        /// What GStreamer said; element names and codes, never content.
        reason: String,
    },
    /// The file ends before the time that it promises.
    #[error("the recording is incomplete: it says that it lasts {promised}, but ends at {end}")]
    Truncated {
        /// Duration by its header.
        promised: Moment,
        /// End of the last packet.
        end: Moment,
    },
    /// Nothing came for too long.
    #[error("the recording could not be taken apart: nothing came for {seconds} s near {at}")]
    Stalled {
        /// How far it was read.
        at: Moment,
        /// How long was waited.
        seconds: u64,
    },
}

impl SourceError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        use std::io::ErrorKind;
        match self {
            Self::Start { .. } | Self::MissingElement { .. } => Kind::Unavailable,
            Self::Read { source } => match source.kind() {
                ErrorKind::NotFound => Kind::NotFound,
                ErrorKind::IsADirectory => Kind::Invalid,
                // What is sealed and was changed says so with this word.
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Kind::Damaged,
                _ => Kind::Unavailable,
            },
            Self::Codec { .. }
            | Self::NotMedia
            | Self::NoTracks
            | Self::Empty
            | Self::Late { .. } => Kind::Invalid,
            Self::Header { .. }
            | Self::Damaged { .. }
            | Self::Truncated { .. }
            | Self::Stalled { .. } => Kind::Damaged,
        }
    }
}
