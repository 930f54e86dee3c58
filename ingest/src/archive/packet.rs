//! What a recording is taken apart into.

use gstreamer as gst;

/// Which of the two tracks a packet belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Track {
    /// The video track.
    Video,
    /// The audio track.
    Audio,
}

/// When a packet is shown or heard, in nanoseconds on the timeline of the recording. The start may
/// lie before zero: decoders need such packets, nobody sees or hears them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Start.
    pub start: i64,
    /// Duration, where the container knows it.
    pub duration: Option<u64>,
}

/// A compressed packet.
#[derive(Clone, Debug)]
pub struct Packet {
    /// The track it belongs to.
    pub track: Track,
    /// When it is shown or heard.
    pub timing: Timing,
    /// Whether decoding can start here. Always true for audio.
    pub is_entry: bool,
    /// The media type and decoder configuration that hold for it.
    pub caps: gst::Caps,
    /// The bytes.
    pub data: gst::Buffer,
}
