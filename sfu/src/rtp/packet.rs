//! A view of one RTP packet (RFC 3550, 5.1).

use std::{fmt, ops::Range};

use super::extensions::Extensions;

/// Length of a header without sources and extensions, in bytes.
pub const HEADER_BYTES: usize = 12;

const VERSION: u8 = 2;
const HAS_PADDING: u8 = 0x20;
const HAS_EXTENSION: u8 = 0x10;

/// One RTP packet, in the bytes that it came in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    marker: bool,
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    extensions: Extensions<'a>,
    /// Where the payload begins.
    payload_at: usize,
    payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet. `None` where it is of another version or shorter than it says
    /// (RFC 3550, A.1).
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<HEADER_BYTES>()?;
        let [flags, kind, s0, s1, t0, t1, t2, t3, i0, i1, i2, i3] = *header;
        if flags >> 6 != VERSION {
            return None;
        }
        let contributing = usize::from(flags & 0x0f) * 4;
        let rest = rest.get(contributing..)?;
        let (extensions, rest) = if flags & HAS_EXTENSION == 0 {
            (Extensions::default(), rest)
        } else {
            Extensions::split(rest)?
        };
        let payload_at = bytes.len() - rest.len();
        let payload = if flags & HAS_PADDING == 0 {
            rest
        } else {
            without_padding(rest)?
        };
        Some(Self {
            marker: kind & 0x80 != 0,
            payload_type: kind & 0x7f,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([i0, i1, i2, i3]),
            extensions,
            payload_at,
            payload,
        })
    }

    /// Writes the packet without extensions, contributing sources and padding over `out`.
    pub fn write_plain(&self, out: &mut Vec<u8>) {
        out.clear();
        out.reserve(HEADER_BYTES + self.payload.len());
        out.extend([VERSION << 6, u8::from(self.marker) << 7 | self.payload_type]);
        out.extend(self.sequence.to_be_bytes());
        out.extend(self.timestamp.to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        out.extend_from_slice(self.payload);
    }

    /// The marker: the end of a picture, or the start of speech.
    pub const fn marker(&self) -> bool {
        self.marker
    }

    /// The payload type, in `0..=127`.
    pub const fn payload_type(&self) -> u8 {
        self.payload_type
    }

    /// The sequence number.
    pub const fn sequence(&self) -> u16 {
        self.sequence
    }

    /// The timestamp, in ticks of the codec's clock.
    pub const fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// The synchronisation source.
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The payload, without padding.
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Returns where the payload lies in the bytes that the packet was read from.
    pub const fn payload_range(&self) -> Range<usize> {
        self.payload_at..self.payload_at + self.payload.len()
    }

    /// Whether there is no payload. Browsers send such packets to find out how much gets through.
    pub const fn is_padding_only(&self) -> bool {
        self.payload.is_empty()
    }

    /// Returns the header extension with this id (RFC 8285).
    pub fn extension(&self, id: u8) -> Option<&'a [u8]> {
        self.extensions.get(id)
    }

    /// Returns how loud the packet is, from the header extension with this id (RFC 6464, 3).
    pub fn audio_level(&self, id: u8) -> Option<Level> {
        match self.extension(id)? {
            [byte] => Some(Level::from_byte(*byte)),
            _ => None,
        }
    }
}

/// Cuts off the padding, whose last byte says how long it is, itself included.
fn without_padding(bytes: &[u8]) -> Option<&[u8]> {
    let padding = usize::from(*bytes.last()?);
    let length = bytes.len().checked_sub(padding)?;
    if padding == 0 {
        return None;
    }
    bytes.get(..length)
}

/// Prints no payload: it is what a person says or shows.
impl fmt::Debug for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packet")
            .field("marker", &self.marker)
            .field("payload_type", &self.payload_type)
            .field("sequence", &self.sequence)
            .field("timestamp", &self.timestamp)
            .field("ssrc", &self.ssrc)
            .field("payload_bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

/// How loud a packet is (RFC 6464).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Whether the sender took it for a voice. Senders that cannot tell set it as they like.
    pub is_voice: bool,
    /// How far it is below the loudest possible sound, in dB and in `0..=127`; 127 is silence.
    pub below_loudest: u8,
}

impl Level {
    /// Digital silence.
    pub const SILENCE: Self = Self {
        is_voice: false,
        below_loudest: 127,
    };

    const fn from_byte(byte: u8) -> Self {
        Self {
            is_voice: byte & 0x80 != 0,
            below_loudest: byte & 0x7f,
        }
    }

    /// Returns the level in dBov, in `-127.0..=0.0`.
    pub fn dbov(self) -> f32 {
        -f32::from(self.below_loudest.min(127))
    }
}
