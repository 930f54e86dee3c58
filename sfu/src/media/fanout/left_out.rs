//! What was left out, for whoever runs the machine.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How often it is said.
const SAY_EVERY: Duration = Duration::from_secs(5);

/// Of all rooms, since the program began.
static PICTURES: AtomicU64 = AtomicU64::new(0);
static SOUND: AtomicU64 = AtomicU64::new(0);

/// Packets that were not forwarded because there was too much to do. A packet that a worker leaves out
/// counts once, for however many viewers it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Packets of pictures.
    pub pictures: u64,
    /// Packets of sound.
    pub sound: u64,
}

impl LeftOut {
    /// Returns what all rooms of this program have left out since it began.
    pub fn total() -> Self {
        Self {
            pictures: PICTURES.load(Ordering::Relaxed),
            sound: SOUND.load(Ordering::Relaxed),
        }
    }

    pub(super) const fn add(&mut self, is_picture: bool, packets: u64) {
        if is_picture {
            self.pictures += packets;
        } else {
            self.sound += packets;
        }
    }
}

/// What one worker has left out and not said yet.
#[derive(Debug, Default)]
pub(super) struct Tally {
    unsaid: LeftOut,
    said: Option<Duration>,
}

impl Tally {
    pub(super) fn add(&mut self, more: LeftOut) {
        self.unsaid.pictures += more.pictures;
        self.unsaid.sound += more.sound;
        PICTURES.fetch_add(more.pictures, Ordering::Relaxed);
        SOUND.fetch_add(more.sound, Ordering::Relaxed);
    }

    /// Returns what is to be said now, which is never more often than [`SAY_EVERY`].
    pub(super) fn due(&mut self, now: Duration) -> Option<LeftOut> {
        let is_early = |said| now.saturating_sub(said) < SAY_EVERY;
        if self.unsaid == LeftOut::default() || self.said.is_some_and(is_early) {
            return None;
        }
        self.said = Some(now);
        Some(std::mem::take(&mut self.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: LeftOut = LeftOut {
        pictures: 2,
        sound: 1,
    };

    #[test]
    fn it_is_said_at_once_and_then_every_few_seconds() {
        let mut tally = Tally::default();
        let begin = Duration::from_secs(100);
        assert_eq!(tally.due(begin), None);
        tally.add(ONE);
        assert_eq!(tally.due(begin), Some(ONE));
        tally.add(ONE);
        tally.add(ONE);
        assert_eq!(tally.due(begin + SAY_EVERY / 2), None);
        let both = LeftOut {
            pictures: 4,
            sound: 2,
        };
        assert_eq!(tally.due(begin + SAY_EVERY), Some(both));
        assert_eq!(tally.due(begin + SAY_EVERY * 2), None);
    }

    #[test]
    fn what_any_worker_left_out_is_in_the_total() {
        let before = LeftOut::total();
        Tally::default().add(ONE);
        let after = LeftOut::total();
        // Other tests count as well.
        assert!(after.pictures >= before.pictures + 2 && after.sound > before.sound);
    }
}
