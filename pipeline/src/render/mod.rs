//! From packets to cleared, encoded parts.
//!
//! ```text
//! Archive ─ dispatch ─┬─ segment 0 ─ decode ─ turn ─ scrimclear ─ encode ─┐
//!                     ├─ segment 1 ─ …                                    ├─ events
//!                     └─ audio ─ decode ─ place on the timeline ─ encode ─┘
//! ```
//!
//! The file is read once, from front to back. Video is cut into segments at packets that decoding
//! can start at; workers render them side by side, each on one core, with an encoder of its own, so
//! that every segment is a closed group of pictures and can be redone alone. Audio is one pass,
//! since AAC frames overlap.

mod audio;
mod budget;
mod chain;
mod decode;
mod dispatch;
mod encoder;
mod error;
mod segment;
mod timeline;
mod units;

use std::{collections::HashSet, sync::mpsc::SyncSender};

use scrim_ingest::{Archive, Orientation};
use scrim_policy::{Moment, Plan};
use serde::{Deserialize, Serialize};

pub use audio::{AUDIO_RATE, speech_samples};
pub use encoder::{AudioEncoder, VideoEncoder};
pub use error::RenderError;

pub(crate) use audio::{AAC_FRAME, REPORT_UNITS, SPEECH_RATE, TAIL, raw_caps, stamp};
pub(crate) use budget::Budget;
pub(crate) use chain::{Chain, ChainEnd, app_sink, element};
pub(crate) use decode::{HEADROOM_NS, PictureDecoder, Taken, picture_decoder};
pub(crate) use units::{Units, codec_data};

/// Usual length of a segment, in nanoseconds. Shorter ones cost bits, since each begins with a key
/// frame; longer ones keep fewer cores busy and lose more when a job is interrupted.
pub const SEGMENT_NS: u64 = 8_000_000_000;

/// A piece of work whose result is kept, so that it need not be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A segment of the video, counted from 0.
    Segment(u32),
    /// The whole audio track.
    Audio,
}

/// One encoded picture or AAC frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// When it is shown or heard.
    pub at: Moment,
    /// Whether decoding can start here.
    pub is_key: bool,
    /// Bytes.
    pub length: u32,
}

/// A picture before and after, as JPEG files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StillPair {
    /// When it is shown.
    pub at: Moment,
    /// The source picture. It shows what is hidden: for reviewers only.
    pub before: Vec<u8>,
    /// The cleared picture.
    pub after: Vec<u8>,
}

/// What is known about a part once it is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFacts {
    /// Decoder configuration: an `avcC` record, or an AudioSpecificConfig.
    pub codec_data: Vec<u8>,
    /// First moment that the part covers.
    pub from: Moment,
    /// End of the last frame.
    pub to: Moment,
    /// Source frames that were cleared, or audio samples per channel.
    pub frames: u64,
    /// Source frames that repeat the one before and were left out.
    pub repeats: u64,
    /// Spans in which the whole picture was hidden, since it had another shape than the plan.
    pub wholly_hidden: Vec<(Moment, Moment)>,
    /// SHA-256 over the cleared frames, when it was asked for.
    pub digest: Option<[u8; 32]>,
    /// Audio channels; 0 for video.
    pub channels: u32,
    /// Whether the cleared pictures are in BT.601 rather than BT.709 colours.
    pub is_bt601: bool,
    /// Whether the cleared pictures use the full range of sample values.
    pub is_full_range: bool,
    /// Pictures for the report.
    pub stills: Vec<StillPair>,
}

/// What rendering reports while it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Encoded units of a part, in decoding order.
    Units {
        /// The part.
        part: Part,
        /// The units, in order.
        units: Vec<Unit>,
        /// Their bytes, one after another.
        data: Vec<u8>,
    },
    /// All units of a part were reported.
    Done {
        /// The part.
        part: Part,
        /// What is known about it.
        facts: PartFacts,
    },
    /// So much of the recording was rendered, in nanoseconds of video over all segments.
    Progress {
        /// Nanoseconds that were newly rendered.
        rendered: u64,
    },
}

/// What to render, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenderSpec {
    /// What is kept when. `None` renders no video.
    pub plan: Option<Plan>,
    /// How decoded pictures are turned.
    pub orientation: Orientation,
    /// Frames per second that the encoder is told; times are exact whatever it says.
    pub frame_rate: (u32, u32),
    /// Whether audio is rendered.
    pub audio: bool,
    /// The video encoder.
    pub video_encoder: VideoEncoder,
    /// The audio encoder.
    pub audio_encoder: AudioEncoder,
    /// Parts that are complete already.
    pub skip: HashSet<Part>,
    /// Shortest segment, in nanoseconds; see [`SEGMENT_NS`]. Parts of different lengths cannot be
    /// mixed.
    pub segment: u64,
    /// Segments that are rendered side by side.
    pub workers: usize,
    /// Whether to compute digests over cleared frames.
    pub digest: bool,
    /// Moments to take stills of, for the report.
    pub stills: Vec<Moment>,
}

/// Renders a recording. Events come from several threads, those of one part in order.
///
/// # Errors
/// The source is damaged, an element is missing, or nobody listens to the events any more.
pub fn render(
    archive: &mut Archive,
    spec: &RenderSpec,
    events: &SyncSender<Event>,
) -> Result<(), RenderError> {
    crate::elements::register().map_err(|source| RenderError::Start { source })?;
    dispatch::dispatch(archive, spec, events)
}
