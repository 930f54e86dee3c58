//! The VP8 payload descriptor, with the places of the numbers that change when a source does
//! (RFC 7741, 4.2).
//!
//! ```text
//!       7 6 5 4 3 2 1 0
//!      +-+-+-+-+-+-+-+-+
//!      |X|R|N|S|R| PID |
//!      +-+-+-+-+-+-+-+-+
//! X:   |I|L|T|K|  RSV  |
//!      +-+-+-+-+-+-+-+-+
//! I:   |M| PictureID   |  and 8 bits more where M is set
//!      +-+-+-+-+-+-+-+-+
//! L:   |   TL0PICIDX   |
//!      +-+-+-+-+-+-+-+-+
//! T/K: |TID|Y| KEYIDX  |
//!      +-+-+-+-+-+-+-+-+
//! ```

/// The descriptor in front of every VP8 payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vp8Descriptor {
    /// Whether the payload begins a frame: the start (S) of its first partition (PID 0).
    pub begins_frame: bool,
    /// Number of the frame.
    pub picture_id: Option<PictureId>,
    /// Number of the last frame of the lowest temporal layer.
    pub tl0_picture_index: Option<Tl0PictureIndex>,
    /// Length of the descriptor, in bytes.
    pub length: usize,
}

/// The number of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureId {
    /// Where it lies in the payload.
    pub at: usize,
    /// The number.
    pub value: u16,
    /// Whether it has 15 bits instead of 7.
    pub is_long: bool,
}

/// The number of a frame of the lowest temporal layer (TL0PICIDX).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tl0PictureIndex {
    /// Where it lies in the payload.
    pub at: usize,
    /// The number.
    pub value: u8,
}

impl Vp8Descriptor {
    /// Reads the descriptor at the start of a payload. `None` where the payload ends within it.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut descriptor = Self {
            begins_frame: first & 0x10 != 0 && first & 0x07 == 0,
            picture_id: None,
            tl0_picture_index: None,
            length: 1,
        };
        if first & 0x80 != 0 {
            descriptor.read_extension(payload)?;
        }
        Some(descriptor)
    }

    fn read_extension(&mut self, payload: &[u8]) -> Option<()> {
        let present = *payload.get(self.length)?;
        self.length += 1;
        if present & 0x80 != 0 {
            let picture_id = PictureId::read(payload, self.length)?;
            self.length += picture_id.length();
            self.picture_id = Some(picture_id);
        }
        if present & 0x40 != 0 {
            let (at, value) = (self.length, *payload.get(self.length)?);
            self.tl0_picture_index = Some(Tl0PictureIndex { at, value });
            self.length += 1;
        }
        if present & 0x30 != 0 {
            payload.get(self.length)?;
            self.length += 1;
        }
        Some(())
    }

    /// Whether the payload begins a keyframe. The inverse keyframe bit (P) stands behind the
    /// descriptor where a frame begins, and only there (RFC 7741, 4.3).
    pub(super) fn begins_keyframe(&self, payload: &[u8]) -> bool {
        let is_keyframe = |header: &u8| header & 0x01 == 0;
        self.begins_frame && payload.get(self.length).is_some_and(is_keyframe)
    }
}

impl PictureId {
    fn read(payload: &[u8], at: usize) -> Option<Self> {
        let high = *payload.get(at)?;
        let is_long = high & 0x80 != 0;
        let value = if is_long {
            u16::from_be_bytes([high & 0x7f, *payload.get(at + 1)?])
        } else {
            u16::from(high)
        };
        Some(Self { at, value, is_long })
    }

    const fn length(self) -> usize {
        if self.is_long { 2 } else { 1 }
    }

    /// Returns the highest number that fits.
    pub const fn highest(self) -> u16 {
        if self.is_long { 0x7fff } else { 0x7f }
    }

    /// Writes another number to the same place. What does not fit is cut off.
    pub fn write(self, payload: &mut [u8], value: u16) {
        let [high, low] = (value & self.highest()).to_be_bytes();
        let bytes: &[u8] = if self.is_long {
            &[high | 0x80, low]
        } else {
            &[low]
        };
        write_at(payload, self.at, bytes);
    }
}

impl Tl0PictureIndex {
    /// Writes another number to the same place.
    pub fn write(self, payload: &mut [u8], value: u8) {
        write_at(payload, self.at, &[value]);
    }
}

/// Writes nothing where the payload is another one and ends before.
fn write_at(payload: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = payload.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}
