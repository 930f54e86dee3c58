//! Decoded audio, placed sample by sample on the timeline of the recording.

/// Deviation between the time of a buffer and the samples counted so far that is not corrected, in
/// nanoseconds. Containers round to a millisecond; ears notice lip sync from about 45 ms on.
const TOLERANCE_NS: i64 = 15_000_000;

/// Longest gap that is filled with silence at once, in nanoseconds: a day.
const LONGEST_GAP_NS: i64 = 86_400_000_000_000;

/// What to do with a buffer of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placement {
    /// Samples of silence to put before it.
    pub(super) silence: u64,
    /// Samples to take off its start.
    pub(super) skip: u64,
}

/// Counts samples per channel from the start of the recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline {
    rate: u64,
    position: u64,
}

impl Timeline {
    pub(super) const fn new(rate: u32) -> Self {
        Self {
            rate: rate as u64,
            position: 0,
        }
    }

    /// Samples so far.
    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    /// Places the next buffer: `start` in nanoseconds (it may lie before zero), `samples` per
    /// channel. Afterwards the position is at its end.
    pub(super) fn place(&mut self, start: i64, samples: u64) -> Placement {
        let here = self.nanoseconds(self.position);
        let off = start.clamp(-LONGEST_GAP_NS, here + LONGEST_GAP_NS) - here;
        let starts_early = start < 0 && self.position == 0;
        let placement = if off.abs() <= TOLERANCE_NS && !starts_early {
            Placement {
                silence: 0,
                skip: 0,
            }
        } else if off > 0 {
            Placement {
                silence: self.samples(off),
                skip: 0,
            }
        } else {
            Placement {
                silence: 0,
                skip: self.samples(-off).min(samples),
            }
        };
        self.position += placement.silence + (samples - placement.skip);
        placement
    }

    fn nanoseconds(&self, samples: u64) -> i64 {
        let nanoseconds = u128::from(samples) * 1_000_000_000 / u128::from(self.rate);
        i64::try_from(nanoseconds).unwrap_or(i64::MAX)
    }

    fn samples(&self, nanoseconds: i64) -> u64 {
        let distance = u128::from(nanoseconds.unsigned_abs());
        u64::try_from(distance * u128::from(self.rate) / 1_000_000_000).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn buffers_that_follow_each_other_are_left_alone() {
        let mut timeline = Timeline::new(48_000);
        for index in 0..500_i64 {
            let jitter = (index % 3 - 1) * MS;
            let placed = timeline.place((index * 20 * MS + jitter).max(0), 960);
            assert_eq!(
                placed,
                Placement {
                    silence: 0,
                    skip: 0
                }
            );
        }
        assert_eq!(timeline.position(), 480_000);
    }

    #[test]
    fn a_late_start_and_a_gap_become_silence() {
        let mut timeline = Timeline::new(48_000);
        assert_eq!(
            timeline.place(500 * MS, 960),
            Placement {
                silence: 24_000,
                skip: 0
            }
        );
        assert_eq!(
            timeline.place(620 * MS, 960),
            Placement {
                silence: 4_800,
                skip: 0
            }
        );
        assert_eq!(timeline.position(), 24_000 + 960 + 4_800 + 960);
    }

    #[test]
    fn samples_before_zero_and_overlaps_are_taken_off() {
        let mut timeline = Timeline::new(48_000);
        assert_eq!(
            timeline.place(-10 * MS, 960),
            Placement {
                silence: 0,
                skip: 480
            }
        );
        assert_eq!(
            timeline.place(-30 * MS, 960),
            Placement {
                silence: 0,
                skip: 960
            }
        );
        assert_eq!(
            timeline.place(10 * MS, 960),
            Placement {
                silence: 0,
                skip: 0
            }
        );
    }

    /// A clock that is one part in a thousand fast is 3.6 s off after an hour when nobody looks.
    #[test]
    fn drift_never_grows_beyond_the_tolerance() {
        let mut timeline = Timeline::new(48_000);
        for index in 0..180_000_i64 {
            let start = index * 20 * MS + index * 20_000;
            timeline.place(start, 960);
            let end = start + 20 * MS;
            let off = timeline.nanoseconds(timeline.position()) - end;
            assert!(off.abs() <= TOLERANCE_NS + MS, "{off} ns off at {index}");
        }
    }
}
