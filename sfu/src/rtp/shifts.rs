//! How far the numbers of a source are moved so that they continue those of the source before.

use super::vp8::Vp8Descriptor;
use crate::codec::Codec;
use crate::codec::Named;

/// Half of all timestamps: what is further ahead is behind.
const HALF: u32 = 1 << 31;

/// The timestamps of a slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timestamps {
    first: u32,
    shift: Option<u32>,
    /// The newest that was given out, and its presentation time in nanoseconds.
    newest: Option<(u32, u64)>,
}

impl Timestamps {
    /// Starts with this timestamp.
    pub(super) const fn new(first: u32) -> Self {
        Self {
            first,
            shift: None,
            newest: None,
        }
    }

    /// The next timestamp is of another source.
    pub(super) fn detach(&mut self) {
        self.shift = None;
    }

    /// Moves a timestamp. The first one of a source lies as far behind the newest one as their
    /// presentation times are apart, but at least one tick: two sources never share a frame.
    pub(super) fn moved(&mut self, codec: Codec, timestamp: u32, pts_ns: u64) -> u32 {
        let shift = self.shift.unwrap_or_else(|| {
            let wanted = self.newest.map_or(self.first, |(newest, newest_pts)| {
                let elapsed = codec.ticks(pts_ns.saturating_sub(newest_pts));
                newest.wrapping_add(elapsed.max(1))
            });
            wanted.wrapping_sub(timestamp)
        });
        self.shift = Some(shift);
        let moved = timestamp.wrapping_add(shift);
        let is_newer = |(newest, _)| moved.wrapping_sub(newest) < HALF;
        if self.newest.is_none_or(is_newer) {
            self.newest = Some((moved, pts_ns));
        }
        moved
    }
}

/// The numbers of VP8 frames of a slot.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pictures {
    picture: Counter,
    tl0_picture: Counter,
}

impl Pictures {
    /// The next numbers are of another source.
    pub(super) fn detach(&mut self) {
        self.picture.shift = None;
        self.tl0_picture.shift = None;
    }

    /// Moves the numbers of a payload in place.
    pub(super) fn renumber(&mut self, payload: &mut [u8]) {
        let Some(descriptor) = Vp8Descriptor::read(payload) else {
            return;
        };
        if let Some(id) = descriptor.picture_id {
            let moved = self.picture.moved(id.value);
            id.write(payload, moved);
        }
        if let Some(index) = descriptor.tl0_picture_index {
            let moved = self.tl0_picture.moved(u16::from(index.value));
            index.write(payload, moved as u8);
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    shift: Option<u16>,
    last: Option<u16>,
}

impl Counter {
    /// The first number of a source is the one after the last of the source before. Numbers have
    /// fewer bits than here and are cut off where they are written.
    fn moved(&mut self, value: u16) -> u16 {
        let continued = |last: u16| last.wrapping_add(1).wrapping_sub(value);
        let shift = self.shift.unwrap_or_else(|| self.last.map_or(0, continued));
        let moved = value.wrapping_add(shift);
        self.shift = Some(shift);
        self.last = Some(moved);
        moved
    }
}
