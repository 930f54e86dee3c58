//! The encoders and how they are set.

use gst::prelude::*;
use gstreamer as gst;
use serde::{Deserialize, Serialize};

use super::{chain::element, error::RenderError};

/// Bits per second and channel of the published audio; AAC-LC at 64 kbit/s carries speech and
/// music on a slide without audible loss.
const AUDIO_BITS_PER_CHANNEL: i32 = 64_000;

/// Constant rate factor of x264. With its adaptive quantisation set for structural similarity,
/// this gives files no larger than the usual factor of 23 without it, at a higher similarity of
/// the kept areas; `tests/bench` compares both.
const X264_QUALITY: u32 = 24;

/// What encodes video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoEncoder {
    /// x264, from the package gstreamer1.0-plugins-ugly (GPL).
    X264,
    /// OpenH264, from the package gstreamer1.0-plugins-bad (BSD).
    OpenH264,
}

/// What encodes audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioEncoder {
    /// The AAC encoder of libav, from the package gstreamer1.0-libav.
    Libav,
    /// VisualOn AAC, from the package gstreamer1.0-plugins-bad.
    VisualOn,
}

impl VideoEncoder {
    /// Returns the best encoder that is installed.
    ///
    /// # Errors
    /// None is.
    pub fn installed() -> Result<Self, RenderError> {
        [Self::X264, Self::OpenH264]
            .into_iter()
            .find(|encoder| gst::ElementFactory::find(encoder.factory()).is_some())
            .ok_or_else(|| RenderError::MissingElement {
                names: "x264enc or openh264enc".to_owned(),
            })
    }

    /// Returns the name of the GStreamer element.
    pub const fn factory(self) -> &'static str {
        match self {
            Self::X264 => "x264enc",
            Self::OpenH264 => "openh264enc",
        }
    }

    /// Builds the encoder for one segment. It uses one thread: segments are rendered side by side,
    /// and with one thread the same pictures always give the same bytes.
    pub(super) fn build(self) -> Result<gst::Element, RenderError> {
        let encoder = element(&[self.factory()])?;
        match self {
            Self::X264 => {
                encoder.set_property_from_str("speed-preset", "veryfast");
                encoder.set_property_from_str("psy-tune", "ssim");
                encoder.set_property_from_str("pass", "qual");
                encoder.set_property("quantizer", X264_QUALITY);
                encoder.set_property("threads", 1u32);
                encoder.set_property("key-int-max", 600u32);
            }
            Self::OpenH264 => {
                encoder.set_property_from_str("complexity", "medium");
                encoder.set_property_from_str("rate-control", "quality");
                encoder.set_property("multi-thread", 1u32);
                encoder.set_property("gop-size", 600u32);
            }
        }
        Ok(encoder)
    }
}

impl AudioEncoder {
    /// Returns the best encoder that is installed.
    ///
    /// # Errors
    /// None is.
    pub fn installed() -> Result<Self, RenderError> {
        [Self::Libav, Self::VisualOn]
            .into_iter()
            .find(|encoder| gst::ElementFactory::find(encoder.factory()).is_some())
            .ok_or_else(|| RenderError::MissingElement {
                names: "avenc_aac or voaacenc".to_owned(),
            })
    }

    /// Returns the name of the GStreamer element.
    pub const fn factory(self) -> &'static str {
        match self {
            Self::Libav => "avenc_aac",
            Self::VisualOn => "voaacenc",
        }
    }

    pub(crate) fn build(self, channels: u32) -> Result<gst::Element, RenderError> {
        let encoder = element(&[self.factory()])?;
        let bits = AUDIO_BITS_PER_CHANNEL * channels.clamp(1, 2) as i32;
        encoder.set_property("bitrate", bits);
        if self == Self::Libav {
            encoder.set_property_from_str("aac-coder", "fast");
        }
        Ok(encoder)
    }

    /// Samples that a decoder puts out before the first sample that was encoded. An edit list
    /// takes them off again.
    pub const fn priming_samples(self) -> u64 {
        match self {
            Self::Libav => 1024,
            Self::VisualOn => 1600,
        }
    }
}
