//! RTP packets as they stand in a log.

use std::fmt;

use super::LogError;

/// An RTP packet (RFC 3550, section 5.1) without header extension, of 12 to 65 535 bytes.
///
/// The extensions of a sender say more than is needed to play a track, loudness for example. Who
/// writes a log strips them first; a packet that still has one is refused here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RtpPacket<'a>(&'a [u8]);

impl<'a> RtpPacket<'a> {
    /// Length of the fixed header.
    pub const LEAST_BYTES: usize = 12;
    /// Length of the longest packet.
    pub const MOST_BYTES: usize = u16::MAX as usize;

    /// Looks at the header of a packet. Everything that is not a packet of RTP version 2 without
    /// header extension is [`LogError::Packet`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, LogError> {
        let refused = |what| Err(LogError::Packet { what });
        if bytes.len() < Self::LEAST_BYTES {
            return refused("is shorter than a header of RTP");
        }
        if bytes.len() > Self::MOST_BYTES {
            return refused("is longer than 65535 bytes");
        }
        if bytes[0] >> 6 != 2 {
            return refused("is not RTP version 2");
        }
        if bytes[0] & 0x10 != 0 {
            return refused("still has its header extension");
        }
        let contributors = usize::from(bytes[0] & 0x0f);
        if bytes.len() < Self::LEAST_BYTES + 4 * contributors {
            return refused("ends inside its list of contributing sources");
        }
        Ok(Self(bytes))
    }

    /// Returns the whole packet.
    pub const fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Returns the marker bit: the last packet of a picture, or the first after silence.
    pub const fn is_marked(self) -> bool {
        self.0[1] & 0x80 != 0
    }

    /// Returns the payload type.
    pub const fn payload_type(self) -> u8 {
        self.0[1] & 0x7f
    }

    /// Returns the sequence number.
    pub const fn sequence(self) -> u16 {
        u16::from_be_bytes([self.0[2], self.0[3]])
    }

    /// Returns the RTP timestamp, in ticks of the clock of the track.
    pub const fn timestamp(self) -> u32 {
        u32::from_be_bytes([self.0[4], self.0[5], self.0[6], self.0[7]])
    }

    /// Returns the synchronisation source.
    pub const fn ssrc(self) -> u32 {
        u32::from_be_bytes([self.0[8], self.0[9], self.0[10], self.0[11]])
    }
}

/// Prints the header, never what was said or shown.
impl fmt::Debug for RtpPacket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtpPacket")
            .field("payload_type", &self.payload_type())
            .field("sequence", &self.sequence())
            .field("timestamp", &self.timestamp())
            .field("is_marked", &self.is_marked())
            .field("bytes", &self.0.len())
            .finish()
    }
}
