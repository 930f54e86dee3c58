//! How often somebody may ask, and how often somebody may be wrong.
//!
//! - [`Limits`] counts requests per address, account, token and link, and registrations for rooms. It
//!   is a leaky bucket (GCRA): a burst is allowed, then a steady rate.
//! - [`LoginGuard`] makes whoever guesses passwords wait longer and longer.
//!
//! Both live in memory and end with the process. Several processes each count for themselves. What
//! they remember is bounded, however many addresses somebody has.

mod bounded;
mod guard;
mod headers;
mod limiter;
mod settings;
mod subject;
#[cfg(test)]
mod tests;

pub(crate) use guard::LoginGuard;
pub(crate) use headers::{Remaining, RetryAfter};
pub(crate) use settings::{LimitsSection, Rate};
pub(crate) use subject::{Class, Subject};

use governor::clock::{Clock, DefaultClock};
use limiter::Limiter;

/// The limits of all classes.
#[derive(Debug)]
pub(crate) struct Limits<C: Clock = DefaultClock> {
    limiters: [Limiter<C>; Class::ALL.len()],
}

impl Limits {
    /// Starts counting.
    pub(crate) fn new(settings: &LimitsSection) -> Self {
        Self::with_clock(settings, &DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limits<C> {
    fn with_clock(settings: &LimitsSection, clock: &C) -> Self {
        let limiter = |class: Class| {
            let rate = settings.rate(class);
            Limiter::new(class, rate, settings.most_subjects(), clock.clone())
        };
        Self {
            limiters: Class::ALL.map(limiter),
        }
    }

    /// Counts a request that costs as much as `cost` plain ones, at least one. What costs more than
    /// a full bucket needs a full bucket.
    ///
    /// # Errors
    /// [`RetryAfter`] where it has to wait. Nothing is counted then.
    pub(crate) fn check(&self, subject: &Subject, cost: u32) -> Result<Remaining, RetryAfter> {
        self.limiters[subject.class() as usize].check(subject, cost)
    }

    /// Returns how many subjects are remembered.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.limiters.iter().map(Limiter::len).sum()
    }
}
