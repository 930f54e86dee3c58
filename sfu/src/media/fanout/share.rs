//! How many of its viewers a worker sends pictures to.
//!
//! A worker that is too slow for all of them is fast enough for some. Pictures that stand still most of the
//! time are of use to nobody, so that some are better off with sound alone and the others see everything.

use std::time::Duration;

/// Viewers are in so many parts.
pub(super) const PARTS: u32 = 8;

/// Which part a viewer comes into where all have as many. Of few viewers as well, half are in the first
/// half.
const ORDER: [u32; PARTS as usize] = [0, 4, 2, 6, 1, 5, 3, 7];

/// How long a share has to work before one more part is tried, at first and at most. It is doubled whenever
/// that was too much: each try costs everybody a keyframe.
const FIRST_PATIENCE: Duration = Duration::from_secs(10);
const LONGEST_PATIENCE: Duration = Duration::from_secs(80);

/// The parts of the viewers that are sent pictures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    parts: u32,
    patience: Duration,
    /// When one more is tried. None where all are sent pictures.
    widens_at: Option<Duration>,
    /// Whether one more was tried last.
    was_widened: bool,
}

impl Default for Share {
    fn default() -> Self {
        Self {
            parts: PARTS,
            patience: Duration::ZERO,
            widens_at: None,
            was_widened: false,
        }
    }
}

impl Share {
    /// Returns the part for a new viewer.
    pub(super) fn place(taken: impl Iterator<Item = u32>) -> u32 {
        let mut counts = [0_usize; PARTS as usize];
        for part in taken {
            if let Some(count) = counts.get_mut(part as usize) {
                *count += 1;
            }
        }
        let emptiest = ORDER.into_iter().min_by_key(|part| counts[*part as usize]);
        emptiest.unwrap_or_default()
    }

    /// Returns how many of the [`PARTS`] are sent pictures.
    pub(super) const fn parts(&self) -> u32 {
        self.parts
    }

    /// Whether a part is sent pictures.
    pub(super) const fn includes(&self, part: u32) -> bool {
        part < self.parts
    }

    /// Leaves a quarter of them out, one part at least. False where there is but one.
    pub(super) fn shrink(&mut self, now: Duration) -> bool {
        if self.parts == 1 {
            return false;
        }
        self.parts = self.parts * 3 / 4;
        let factor = if self.was_widened { 2 } else { 1 };
        self.patience = (self.patience * factor).clamp(FIRST_PATIENCE, LONGEST_PATIENCE);
        self.was_widened = false;
        self.widens_at = Some(now.saturating_add(self.patience));
        true
    }

    /// Takes one more part in where it is time for that, and says whether it did.
    pub(super) fn widen(&mut self, now: Duration) -> bool {
        if self.widens_at.is_none_or(|at| at > now) {
            return false;
        }
        self.parts += 1;
        self.was_widened = true;
        if self.parts == PARTS {
            *self = Self::default();
        } else {
            self.widens_at = Some(now.saturating_add(self.patience));
        }
        true
    }

    /// Returns when it can be [widened](Self::widen).
    pub(super) const fn next_due(&self) -> Option<Duration> {
        self.widens_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn it_shrinks_by_a_quarter_until_one_part_is_left() {
        let mut share = Share::default();
        let mut sizes = vec![share.parts()];
        while share.shrink(seconds(0)) {
            sizes.push(share.parts());
        }
        assert_eq!(sizes, [8, 6, 4, 3, 2, 1]);
    }

    #[test]
    fn it_is_widened_part_by_part_and_less_often_after_each_failure() {
        let mut share = Share::default();
        assert!(share.shrink(seconds(0)) && share.shrink(seconds(1)));
        assert!(!share.widen(seconds(10)));
        let mut now = 11;
        for patience in [20, 40, 80, 80] {
            let before = share.parts();
            assert!(share.widen(seconds(now)));
            assert_eq!(share.parts(), before + 1);
            assert!(share.shrink(seconds(now)));
            now += patience;
            assert_eq!(share.next_due(), Some(seconds(now)));
        }
    }

    #[test]
    fn it_begins_anew_where_all_are_in() {
        let mut share = Share::default();
        assert!(share.shrink(seconds(0)));
        assert!(share.widen(seconds(10)) && share.widen(seconds(20)));
        assert_eq!((share.parts(), share.next_due()), (8, None));
        assert!(share.shrink(seconds(30)));
        assert_eq!(share.next_due(), Some(seconds(40)));
    }

    #[test]
    fn viewers_are_spread_over_all_parts() {
        let mut taken = Vec::new();
        for _ in 0..20 {
            taken.push(Share::place(taken.iter().copied()));
        }
        assert_eq!(taken[..4], [0, 4, 2, 6]);
        for part in 0..PARTS {
            let count = taken.iter().filter(|one| **one == part).count();
            assert!((2..=3).contains(&count), "{count} in {part}");
        }
    }
}
