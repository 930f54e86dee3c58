//! What a source holds.

use gstreamer as gst;
use scrim_policy::{Geometry, Moment};
use serde::{Deserialize, Serialize};

use crate::{
    codec::{AudioCodec, VideoCodec},
    error::SourceError,
};

/// Longest edge that a header may claim; the rendering worker never allocates for more.
const MAX_EDGE: i32 = 16_384;

/// How a picture has to be turned for display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// As it is.
    #[default]
    Upright,
    /// A quarter to the right.
    Right,
    /// Upside down.
    Half,
    /// A quarter to the left.
    Left,
}

impl Orientation {
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "rotate-0" => Some(Self::Upright),
            "rotate-90" => Some(Self::Right),
            "rotate-180" => Some(Self::Half),
            "rotate-270" => Some(Self::Left),
            _ => None,
        }
    }

    /// Whether columns become rows.
    pub const fn swaps_sides(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }
}

/// The video track that is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoTrack {
    /// Codec.
    pub codec: VideoCodec,
    /// Shape of the picture as it is shown, after turning.
    pub geometry: Geometry,
    /// How decoded pictures have to be turned.
    pub orientation: Orientation,
    /// Frames per second as a fraction, where the header gives a plausible one.
    pub frame_rate: Option<(u32, u32)>,
}

/// The audio track that is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioTrack {
    /// Codec.
    pub codec: AudioCodec,
    /// Samples per second and channel, in Hz.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
}

/// What a source holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// The first video track, if there is one.
    pub video: Option<VideoTrack>,
    /// The first audio track, if there is one.
    pub audio: Option<AudioTrack>,
    /// Duration by the header, where it has one.
    pub duration: Option<Moment>,
    /// How many further tracks are left out: other languages, subtitles, data, cover art.
    pub left_out: usize,
}

impl VideoTrack {
    pub(crate) fn from_caps(
        caps: &gst::StructureRef,
        orientation: Orientation,
    ) -> Result<Self, SourceError> {
        let codec = VideoCodec::from_caps(caps).ok_or_else(|| SourceError::Codec {
            track: "video",
            caps: caps.name().to_string(),
            supported: VideoCodec::SUPPORTED,
        })?;
        let edge = |name: &str| {
            caps.get::<i32>(name)
                .ok()
                .filter(|edge| (1..=MAX_EDGE).contains(edge))
        };
        let (Some(width), Some(height)) = (edge("width"), edge("height")) else {
            return Err(SourceError::Header {
                track: "video",
                what: "it has no usable picture size",
            });
        };
        let (mut width, mut height) = (width as u32, height as u32);
        let mut pixel_aspect = fraction(caps, "pixel-aspect-ratio")
            .filter(|(wide, high)| {
                *wide <= high.saturating_mul(8) && *high <= wide.saturating_mul(8)
            })
            .unwrap_or((1, 1));
        if orientation.swaps_sides() {
            std::mem::swap(&mut width, &mut height);
            pixel_aspect = (pixel_aspect.1, pixel_aspect.0);
        }
        Ok(Self {
            codec,
            geometry: Geometry {
                width,
                height,
                pixel_aspect,
            },
            orientation,
            frame_rate: fraction(caps, "framerate")
                .filter(|(frames, seconds)| frames <= &seconds.saturating_mul(240)),
        })
    }
}

impl AudioTrack {
    pub(crate) fn from_caps(caps: &gst::StructureRef) -> Result<Self, SourceError> {
        let codec = AudioCodec::from_caps(caps).ok_or_else(|| SourceError::Codec {
            track: "audio",
            caps: caps.name().to_string(),
            supported: AudioCodec::SUPPORTED,
        })?;
        let number = |name: &str, default: u32| match caps.get::<i32>(name) {
            Ok(value) if value > 0 => value as u32,
            _ => default,
        };
        // Opus in some containers does not say; it always decodes at 48 kHz.
        Ok(Self {
            codec,
            rate: number("rate", 48_000),
            channels: number("channels", 2),
        })
    }
}

/// A fraction of two positive numbers.
fn fraction(caps: &gst::StructureRef, name: &str) -> Option<(u32, u32)> {
    let value = caps.get::<gst::Fraction>(name).ok()?;
    (value.numer() > 0 && value.denom() > 0).then(|| (value.numer() as u32, value.denom() as u32))
}
