//! Whose packets a log holds.

use scrim_policy::TrackSource;

use super::{LogError, RtpPacket, input::Input};

/// What a track is, the same in every chunk of its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackHeader {
    /// Id of the track, unique within its room.
    pub id: [u8; 16],
    /// What sends.
    pub source: TrackSource,
    /// How it is encoded.
    pub codec: Codec,
    /// Ticks of the RTP timestamps a second: 48 000 for Opus, 90 000 for video. Not 0.
    pub clock_rate: u32,
    /// The payload type of all its packets, at most 127.
    pub payload_type: u8,
}

/// How a track is encoded. What a room forwards and keeps, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// Sound: Opus (RFC 7587).
    Opus,
    /// Pictures: VP8 (RFC 7741).
    Vp8,
    /// Pictures: H.264, baseline, non-interleaved (RFC 6184, packetization mode 1).
    H264,
}

impl Codec {
    /// Returns how fast RTP timestamps run, in Hz (RFC 7587, 4.1; RFC 7741, 4.1; RFC 6184, 5.1).
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::Vp8 | Self::H264 => 90_000,
        }
    }

    /// Whether it shows pictures, which need a keyframe to begin with.
    pub const fn is_video(self) -> bool {
        match self {
            Self::Opus => false,
            Self::Vp8 | Self::H264 => true,
        }
    }
}

impl TrackHeader {
    /// Writes the header.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.id);
        out.push(match self.source {
            TrackSource::Camera => 1,
            TrackSource::Microphone => 2,
            TrackSource::Screen => 3,
            TrackSource::ScreenSound => 4,
        });
        out.push(match self.codec {
            Codec::Opus => 1,
            Codec::Vp8 => 2,
            Codec::H264 => 3,
        });
        out.extend_from_slice(&self.clock_rate.to_be_bytes());
        out.push(self.payload_type);
    }

    /// Reads the header.
    pub(super) fn take(input: &mut Input<'_>) -> Result<Self, LogError> {
        let header = Self {
            id: input.array("header")?,
            source: match input.u8("header")? {
                1 => TrackSource::Camera,
                2 => TrackSource::Microphone,
                3 => TrackSource::Screen,
                4 => TrackSource::ScreenSound,
                found => return Err(impossible("source", found)),
            },
            codec: match input.u8("header")? {
                1 => Codec::Opus,
                2 => Codec::Vp8,
                3 => Codec::H264,
                found => return Err(impossible("codec", found)),
            },
            clock_rate: input.u32("header")?,
            payload_type: input.u8("header")?,
        };
        header.check()?;
        Ok(header)
    }

    /// Refuses a clock that stands still and a payload type of more than seven bits.
    pub(super) fn check(&self) -> Result<(), LogError> {
        if self.clock_rate == 0 {
            return Err(impossible("clock rate", 0));
        }
        if self.payload_type > 127 {
            return Err(impossible("payload type", self.payload_type));
        }
        Ok(())
    }

    /// Refuses a packet that another decoder would have to take.
    pub(super) fn owns(&self, packet: RtpPacket<'_>) -> Result<(), LogError> {
        let (expected, found) = (self.payload_type, packet.payload_type());
        if expected != found {
            return Err(LogError::PayloadType { expected, found });
        }
        Ok(())
    }
}

fn impossible(what: &'static str, found: u8) -> LogError {
    LogError::Header {
        what,
        found: found.into(),
    }
}
