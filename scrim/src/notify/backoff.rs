//! When to try again.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

/// Longer than a server takes to start anew.
const FIRST_PAUSE: Duration = Duration::from_secs(30);

/// A receiver that is repaired in the morning is told by noon.
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);

/// A weekend and a day. After that, news is none.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 86_400);

/// Where between three and five quarters of a pause its end lies. Messages that failed together must
/// not come back together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jitter(u16);

impl Jitter {
    /// The earliest and the latest end.
    #[cfg(test)]
    pub(crate) const EXTREMES: [Self; 2] = [Self(0), Self(u16::MAX)];

    /// Throws the dice.
    pub(crate) fn random() -> Self {
        let mut bytes = [0x80, 0x00];
        // Without random bytes there is no jitter, which harms nobody.
        let _ = SystemRandom::new().fill(&mut bytes);
        Self(u16::from_be_bytes(bytes))
    }

    fn applied_to(self, pause: Duration) -> Duration {
        let half = pause / 2;
        pause - half / 2 + half * u32::from(self.0) / u32::from(u16::MAX)
    }
}

/// Returns how long to wait after this many failed tries of a message that is this old, or `None`
/// where it is given up.
///
/// The pause doubles from try to try. The last try is made when the message is exactly as old as it
/// may become.
pub(crate) fn pause(failed_tries: u32, age: Duration, jitter: Jitter) -> Option<Duration> {
    let left = GIVE_UP_AFTER.checked_sub(age)?;
    if left.is_zero() {
        return None;
    }
    let factor = 2_u32.saturating_pow(failed_tries.saturating_sub(1));
    let pause = FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE);
    Some(jitter.applied_to(pause).min(left))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn pauses_double_up_to_six_hours() {
        let [earliest, latest] = Jitter::EXTREMES;
        for (failed_tries, seconds) in [
            (0, 30),
            (1, 30),
            (2, 60),
            (3, 120),
            (10, 15_360),
            (11, 21_600),
            (u32::MAX, 21_600),
        ] {
            let base = Duration::from_secs(seconds);
            let bounds = [earliest, latest].map(|end| pause(failed_tries, MINUTE, end).unwrap());
            assert_eq!(bounds, [base * 3 / 4, base * 5 / 4], "{failed_tries}");
            let some = pause(failed_tries, MINUTE, Jitter::random()).unwrap();
            assert!((bounds[0]..=bounds[1]).contains(&some), "{some:?}");
        }
    }

    #[test]
    fn a_message_is_given_up_after_three_days() {
        for jitter in Jitter::EXTREMES {
            let (mut age, mut tries) = (Duration::ZERO, 1);
            while let Some(pause) = pause(tries, age, jitter) {
                age += pause;
                tries += 1;
            }
            assert_eq!(age, GIVE_UP_AFTER, "the last try is not made too early");
            assert!((18..30).contains(&tries), "{tries} tries");
        }
        assert!(pause(1, Duration::MAX, Jitter::random()).is_none());
    }
}
