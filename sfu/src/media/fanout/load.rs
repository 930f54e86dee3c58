//! How much of its time a worker is at work.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};

/// Over how long that is looked at.
const SPAN: Duration = Duration::from_millis(500);

/// How much of its time a worker was at work lately.
///
/// A thread that is late although it has little to do waits for a processor that others have: for what
/// renders a recording, or another program.
#[derive(Debug, Default)]
pub(super) struct Load {
    since: Duration,
    worked: Duration,
}

impl Load {
    /// Looks once in a while, and returns the share of its time that the worker was at work since the last
    /// time, in `0.0..=1.0`. `worked` says for how long it was altogether.
    pub(super) fn look(
        &mut self,
        now: Duration,
        worked: impl FnOnce() -> Option<Duration>,
    ) -> Option<f64> {
        let span = now.saturating_sub(self.since);
        if span < SPAN {
            return None;
        }
        let worked = worked()?;
        let more = worked.saturating_sub(self.worked);
        (self.since, self.worked) = (now, worked);
        Some((more.as_secs_f64() / span.as_secs_f64()).min(1.0))
    }
}

/// Returns for how long this thread was at work so far.
pub(super) fn worked() -> Option<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).ok()?;
    let span = |seconds: i64, micros: i64| {
        let micros = seconds.checked_mul(1_000_000)?.checked_add(micros)?;
        Some(Duration::from_micros(u64::try_from(micros).ok()?))
    };
    let (user, system) = (usage.user_time(), usage.system_time());
    let user = span(user.tv_sec(), user.tv_usec())?;
    user.checked_add(span(system.tv_sec(), system.tv_usec())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn it_is_the_share_of_the_time_since_the_last_look() {
        let mut load = Load::default();
        assert_eq!(load.look(ms(499), || unreachable!("it is too early")), None);
        assert_eq!(load.look(ms(500), || Some(ms(250))), Some(0.5));
        assert_eq!(load.look(ms(999), || unreachable!("it is too early")), None);
        assert_eq!(load.look(ms(2500), || Some(ms(750))), Some(0.25));
        assert_eq!(load.look(ms(3500), || Some(ms(750))), Some(0.0));
        // The two clocks are read one after the other.
        assert_eq!(load.look(ms(4500), || Some(ms(1760))), Some(1.0));
    }

    #[test]
    fn without_an_answer_nothing_is_known() {
        let mut load = Load::default();
        assert_eq!(load.look(ms(1000), || None), None);
        assert_eq!(load.look(ms(1000), || Some(ms(1000))), Some(1.0));
    }

    #[test]
    fn no_thread_works_for_longer_than_time_passes() {
        let worked = || worked().expect("Linux counts it");
        let (before, begun) = (worked(), std::time::Instant::now());
        let mut count = 0_u64;
        while worked() < before + ms(20) {
            count = std::hint::black_box(count + 1);
        }
        assert!(begun.elapsed() >= ms(19), "{:?}", begun.elapsed());
    }
}
