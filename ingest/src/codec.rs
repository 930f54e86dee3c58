//! The codecs that are read, and what decodes them.

use gstreamer as gst;
use serde::{Deserialize, Serialize};

/// A video codec that Scrim reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// H.264, ITU-T H.264.
    H264,
    /// H.265, ITU-T H.265.
    H265,
    /// VP8, RFC 6386.
    Vp8,
    /// VP9.
    Vp9,
    /// AV1.
    Av1,
}

/// An audio codec that Scrim reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudioCodec {
    /// AAC, ISO/IEC 14496-3.
    Aac,
    /// Opus, RFC 6716.
    Opus,
    /// MPEG-1 layer III.
    Mp3,
    /// Vorbis.
    Vorbis,
}

impl VideoCodec {
    pub(crate) const SUPPORTED: &str = "H.264, H.265, VP8, VP9 or AV1";

    pub(crate) fn from_caps(caps: &gst::StructureRef) -> Option<Self> {
        match caps.name().as_str() {
            "video/x-h264" => Some(Self::H264),
            "video/x-h265" => Some(Self::H265),
            "video/x-vp8" => Some(Self::Vp8),
            "video/x-vp9" => Some(Self::Vp9),
            "video/x-av1" => Some(Self::Av1),
            _ => None,
        }
    }

    /// Returns the names of GStreamer elements that decode it, the best one first.
    pub const fn decoders(self) -> &'static [&'static str] {
        match self {
            Self::H264 => &["avdec_h264", "openh264dec"],
            Self::H265 => &["avdec_h265", "libde265dec"],
            Self::Vp8 => &["vp8dec", "avdec_vp8"],
            Self::Vp9 => &["vp9dec", "avdec_vp9"],
            Self::Av1 => &["dav1ddec", "av1dec"],
        }
    }
}

impl AudioCodec {
    pub(crate) const SUPPORTED: &str = "AAC, Opus, MP3 or Vorbis";

    pub(crate) fn from_caps(caps: &gst::StructureRef) -> Option<Self> {
        match caps.name().as_str() {
            "audio/mpeg" => match caps.get::<i32>("mpegversion") {
                Ok(2 | 4) => Some(Self::Aac),
                Ok(1) => Some(Self::Mp3),
                _ => None,
            },
            "audio/x-opus" => Some(Self::Opus),
            "audio/x-vorbis" => Some(Self::Vorbis),
            _ => None,
        }
    }

    /// Returns the names of GStreamer elements that decode it, the best one first.
    pub const fn decoders(self) -> &'static [&'static str] {
        match self {
            Self::Aac => &["avdec_aac", "faad"],
            Self::Opus => &["opusdec", "avdec_opus"],
            Self::Mp3 => &["mpg123audiodec", "avdec_mp3"],
            Self::Vorbis => &["vorbisdec", "avdec_vorbis"],
        }
    }
}
