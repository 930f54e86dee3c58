//! Ways of things that are scrolled or dragged: they rest, then move, then rest.

use std::ops::Range;

use crate::random::{Random, ease};

/// A part of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leg {
    /// Frames of the recording.
    pub(super) frames: Range<u32>,
    /// Place in the first frame; even numbers.
    pub(super) from: (i32, i32),
    /// Place in the frame after the last one; even numbers.
    pub(super) to: (i32, i32),
}

impl Leg {
    /// Whether the thing keeps its place.
    pub(super) fn rests(&self) -> bool {
        self.from == self.to
    }

    /// Returns the place in a frame.
    pub(super) fn place(&self, frame: u32) -> (i32, i32) {
        let length = (self.frames.end - self.frames.start).max(1) as f32;
        let passed = ease((frame.saturating_sub(self.frames.start)) as f32 / length);
        let between = |from: i32, to: i32| from + ((to - from) as f32 * passed) as i32 / 2 * 2;
        (
            between(self.from.0, self.to.0),
            between(self.from.1, self.to.1),
        )
    }
}

/// Makes a way for these frames. `next` returns a place to go to.
pub(super) fn way(
    random: &mut Random,
    frames: Range<u32>,
    rate: u32,
    start: (i32, i32),
    mut next: impl FnMut(&mut Random, (i32, i32)) -> (i32, i32),
) -> Vec<Leg> {
    let mut legs = Vec::new();
    let mut here = start;
    let mut frame = frames.start;
    let mut rests = true;
    while frame < frames.end {
        let there = if rests { here } else { next(random, here) };
        let seconds = if rests {
            random.between(0.5, 1.6)
        } else {
            random.between(0.8, 2.4)
        };
        let length = ((seconds * rate as f32) as u32).max(1);
        let end = (frame + length).min(frames.end);
        legs.push(Leg {
            frames: frame..end,
            from: here,
            to: there,
        });
        // A way that the end of sharing cuts short is never continued.
        here = there;
        frame = end;
        rests = !rests;
    }
    legs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_way_covers_all_frames_and_has_no_jumps() {
        let mut random = Random::new(3);
        let legs = way(&mut random, 10..500, 25, (0, 0), |random, _| {
            (random.below(100) as i32 * 2, random.below(50) as i32 * 2)
        });
        assert_eq!(legs[0].frames.start, 10);
        assert_eq!(legs.last().unwrap().frames.end, 500);
        for pair in legs.windows(2) {
            assert_eq!(pair[0].frames.end, pair[1].frames.start);
            assert_eq!(pair[0].to, pair[1].from);
            assert_eq!(pair[0].place(pair[0].frames.start), pair[0].from);
        }
        assert!(legs.iter().any(|leg| !leg.rests()));
    }
}
