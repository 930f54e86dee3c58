//! What the other side calls a codec.

pub use scrim_ingest::log::Codec;

/// What a codec is called, and how its time runs.
pub(crate) trait Named {
    /// Returns name, clock rate and channels as `rtpmap` writes them.
    fn encoding(self) -> &'static str;

    /// Returns the name as `rtpmap` writes it.
    fn name(self) -> &'static str;

    /// Returns the name in caps of GStreamer.
    fn caps_name(self) -> &'static str;

    /// Returns a span as RTP time. It wraps, as RTP time does.
    fn ticks(self, nanoseconds: u64) -> u32;
}

impl Named for Codec {
    fn encoding(self) -> &'static str {
        match self {
            Self::Opus => "opus/48000/2",
            Self::Vp8 => "VP8/90000",
            Self::H264 => "H264/90000",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::Vp8 => "VP8",
            Self::H264 => "H264",
        }
    }

    fn caps_name(self) -> &'static str {
        match self {
            Self::Opus => "OPUS",
            Self::Vp8 => "VP8",
            Self::H264 => "H264",
        }
    }

    fn ticks(self, nanoseconds: u64) -> u32 {
        let ticks = u128::from(nanoseconds) * u128::from(self.clock_rate()) / 1_000_000_000;
        ticks as u32
    }
}
