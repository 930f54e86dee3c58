//! Where decoded sound belongs, sample by sample. Nothing is decoded here.

use crate::render::AUDIO_RATE;

/// Sound that is off by more is cut or moved, in samples: 0.2 s. Anything less is caught up with by
/// and by.
const MOST_OFF: i64 = AUDIO_RATE as i64 / 5;

/// Sound that is off by less is left alone, in samples: 1 ms.
const TOLERANCE: i64 = AUDIO_RATE as i64 / 1000;

/// How far a piece is stretched at most, in parts of itself. One in a hundred is a sixth of a
/// semitone, for some tenths of a second.
const STRETCH: i64 = 100;

/// Returns the sample that belongs to a time in nanoseconds.
pub(super) fn sample_at(nanoseconds: i64) -> i64 {
    let samples = i128::from(nanoseconds) * i128::from(AUDIO_RATE);
    (samples + 500_000_000).div_euclid(1_000_000_000) as i64
}

/// What is done with a piece of sound. Samples are those of a channel, counted from when the room
/// was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where it begins.
    pub(super) at: i64,
    /// Samples that are taken off its front.
    pub(super) skip: usize,
    /// Samples that the rest is stretched to.
    pub(super) length: usize,
}

/// Puts one piece of sound after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Placing {
    /// Where the last piece ended.
    end: Option<i64>,
    is_steering: bool,
}

impl Placing {
    /// Returns where the last piece ended.
    pub(super) const fn end(&self) -> Option<i64> {
        self.end
    }

    /// Places a piece of so many samples. It should begin at `wanted`; `follows` says whether it
    /// goes on where the one before ended, by the clock of the sender.
    pub(super) fn place(&mut self, wanted: i64, follows: bool, samples: usize) -> Place {
        let whole = i64::try_from(samples).unwrap_or(i64::MAX);
        let Some(end) = self.end.filter(|_| self.gap(wanted, follows) == 0) else {
            self.is_steering = false;
            return self.put(wanted, 0, samples);
        };
        let off = wanted.saturating_sub(end);
        if off < -MOST_OFF {
            let skip = off.saturating_neg().min(whole) as usize;
            return self.put(end, skip, samples - skip);
        }
        let longer = self.steer(off, whole);
        self.put(end, 0, (whole + longer).max(0) as usize)
    }

    /// Returns how many samples are missing before a piece that should begin at `wanted`. What the
    /// piece can be stretched over is not missing.
    pub(super) fn gap(&self, wanted: i64, follows: bool) -> i64 {
        let off = self.end.map_or(0, |end| wanted.saturating_sub(end));
        let is_gap = off > MOST_OFF || (off > 0 && !follows);
        if is_gap { off } else { 0 }
    }

    /// Goes on by samples that were made up.
    pub(super) fn made_up(&mut self, samples: usize) {
        let samples = i64::try_from(samples).unwrap_or(i64::MAX);
        self.end = self.end.map(|end| end.saturating_add(samples));
    }

    fn put(&mut self, at: i64, skip: usize, length: usize) -> Place {
        self.end = Some(at.saturating_add(i64::try_from(length).unwrap_or(i64::MAX)));
        Place { at, skip, length }
    }

    /// By how many samples a piece is made longer, so that the next one is less off.
    fn steer(&mut self, off: i64, samples: i64) -> i64 {
        self.is_steering = if self.is_steering {
            off.abs() > TOLERANCE / 8
        } else {
            off.abs() > TOLERANCE
        };
        if !self.is_steering {
            return 0;
        }
        let most = samples / STRETCH;
        let gentle = off / 8 + off.signum();
        gentle.clamp(-most, most)
    }
}
