//! Containers and codecs.

use clap::ValueEnum;
use serde::Serialize;

/// What the media file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// ISO base media, ISO/IEC 14496-12.
    #[default]
    Mp4,
    /// QuickTime.
    Mov,
    /// Matroska.
    Mkv,
    /// WebM.
    Webm,
    /// Flash video.
    Flv,
    /// MPEG transport stream, ISO/IEC 13818-1.
    Ts,
}

/// How the picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// AVC.
    H264,
    /// HEVC.
    H265,
    /// VP8.
    Vp8,
    /// VP9.
    Vp9,
    /// AV1.
    Av1,
    /// No picture.
    None,
}

/// How the sound is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum AudioCodec {
    /// AAC, low complexity.
    Aac,
    /// Opus.
    Opus,
    /// MPEG-1 layer 3.
    Mp3,
    /// Vorbis.
    Vorbis,
    /// No sound.
    None,
}

impl Container {
    /// Name, also used as the extension of the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Mkv => "mkv",
            Self::Webm => "webm",
            Self::Flv => "flv",
            Self::Ts => "ts",
        }
    }

    /// The codec of the picture when none is asked for.
    pub const fn usual_video(self) -> VideoCodec {
        match self {
            Self::Webm => VideoCodec::Vp9,
            _ => VideoCodec::H264,
        }
    }

    /// The codec of the sound when none is asked for.
    pub const fn usual_audio(self) -> AudioCodec {
        match self {
            Self::Webm => AudioCodec::Opus,
            _ => AudioCodec::Aac,
        }
    }
}

impl VideoCodec {
    /// Name, as the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::H265 => "h265",
            Self::Vp8 => "vp8",
            Self::Vp9 => "vp9",
            Self::Av1 => "av1",
            Self::None => "none",
        }
    }
}

impl AudioCodec {
    /// Name, as the command line has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aac => "aac",
            Self::Opus => "opus",
            Self::Mp3 => "mp3",
            Self::Vorbis => "vorbis",
            Self::None => "none",
        }
    }
}
