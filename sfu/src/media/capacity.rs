//! How many pictures the line of a viewer is good for.

/// A line that loses as much as this, as a share of its packets, has too much to carry.
const TOO_MUCH: f64 = 0.1;

/// One that loses no more than this may have room for more.
const LITTLE: f64 = 0.02;

/// How many bad reports in a row it takes. One alone may be an accident.
const BAD_REPORTS: u32 = 2;

/// How many good reports in a row it takes at first, and at most. It is doubled whenever more was too
/// much.
const GOOD_REPORTS: u32 = 5;
const MOST_GOOD_REPORTS: u32 = 40;

/// How many pictures a line is good for, by what its receiver reports. Sound is never taken away.
#[derive(Debug)]
pub(super) struct Capacity {
    pictures: usize,
    most: usize,
    bad: u32,
    good: u32,
    good_wanted: u32,
}

impl Capacity {
    /// A line that may carry as many pictures as there are slots.
    pub(super) const fn new(most: usize) -> Self {
        Self {
            pictures: most,
            most,
            bad: 0,
            good: 0,
            good_wanted: GOOD_REPORTS,
        }
    }

    /// Takes a report: the share of packets that were lost since the one before, in `0.0..=1.0`.
    /// Returns how many pictures the line is good for, where that has changed.
    pub(super) fn report(&mut self, lost: f64) -> Option<usize> {
        if lost >= TOO_MUCH {
            (self.bad, self.good) = (self.bad + 1, 0);
        } else if lost <= LITTLE {
            (self.bad, self.good) = (0, self.good + 1);
        } else {
            (self.bad, self.good) = (0, 0);
        }
        if self.bad >= BAD_REPORTS && self.pictures > 0 {
            self.bad = 0;
            self.good_wanted = (self.good_wanted * 2).min(MOST_GOOD_REPORTS);
            self.pictures /= 2;
            return Some(self.pictures);
        }
        if self.good >= self.good_wanted && self.pictures < self.most {
            self.good = 0;
            self.pictures += 1;
            return Some(self.pictures);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(capacity: &mut Capacity, lost: f64, reports: u32) -> Vec<usize> {
        (0..reports).filter_map(|_| capacity.report(lost)).collect()
    }

    #[test]
    fn pictures_are_halved_until_the_line_is_good_enough() {
        let mut capacity = Capacity::new(6);
        assert!(after(&mut capacity, 0.3, 1).is_empty());
        assert!(after(&mut capacity, 0.0, 1).is_empty());
        assert_eq!(after(&mut capacity, 0.3, 8), [3, 1, 0]);
        assert!(after(&mut capacity, 0.3, 8).is_empty());
    }

    #[test]
    fn they_come_back_one_by_one_and_later_each_time() {
        let mut capacity = Capacity::new(2);
        assert_eq!(after(&mut capacity, 0.2, 2), [1]);
        assert!(after(&mut capacity, 0.0, 9).is_empty());
        assert_eq!(after(&mut capacity, 0.0, 1), [2]);
        assert_eq!(after(&mut capacity, 0.2, 2), [1]);
        assert!(after(&mut capacity, 0.0, 19).is_empty());
        assert_eq!(after(&mut capacity, 0.0, 1), [2]);
        assert!(after(&mut capacity, 0.0, 100).is_empty());
    }

    #[test]
    fn a_line_in_between_stays_as_it_is() {
        let mut capacity = Capacity::new(2);
        assert!(after(&mut capacity, 0.05, 100).is_empty());
    }
}
