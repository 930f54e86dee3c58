//! Counting the requests of one class.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::StateStore,
};

use super::{Class, Rate, Remaining, RetryAfter, Subject, bounded::Bounded};

/// Nobody is remembered for less than this, so that the maps are not thrown away all the time.
const SHORTEST_MEMORY: Duration = Duration::from_secs(60);

/// The buckets of one class.
#[derive(Debug)]
pub(super) struct Limiter<C: Clock> {
    class: Class,
    rate: Rate,
    buckets: Buckets,
    limiter: RateLimiter<Subject, Buckets, C, StateInformationMiddleware>,
    memory: Duration,
    turned_at: Mutex<C::Instant>,
}

impl<C: Clock> Limiter<C> {
    pub(super) fn new(class: Class, rate: Rate, most_subjects: usize, clock: C) -> Self {
        let window = Duration::from_secs(rate.seconds.get().into());
        // More than one request in a nanosecond is as good as no limit.
        let each = (window / rate.requests.get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(each)
            .expect("a nanosecond is not zero")
            .allow_burst(rate.requests);
        let buckets = Buckets(Arc::new(Mutex::new(Bounded::new(most_subjects))));
        Self {
            class,
            rate,
            buckets: buckets.clone(),
            turned_at: Mutex::new(clock.now()),
            limiter: RateLimiter::new(quota, buckets, clock),
            // Buckets that are old have been full again for a while: forgetting them is no gift.
            memory: window.max(SHORTEST_MEMORY),
        }
    }

    pub(super) fn check(&self, subject: &Subject, cost: u32) -> Result<Remaining, RetryAfter> {
        self.forget();
        let burst = self.rate.requests;
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN).min(burst);
        let outcome = self
            .limiter
            .check_key_n(subject, cost)
            .expect("the cost was limited to a full bucket");
        match outcome {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                let missing = burst.get().saturating_sub(left);
                Ok(Remaining {
                    class: self.class,
                    rate: self.rate,
                    left,
                    full_after: state.quota().replenish_interval() * missing,
                })
            }
            Err(until) => Err(RetryAfter {
                class: self.class,
                rate: self.rate,
                wait: until.wait_time_from(self.limiter.clock().now()),
            }),
        }
    }

    /// Forgets those who have not come for a while: addresses of people are not kept for nothing.
    fn forget(&self) {
        let now = self.limiter.clock().now();
        let mut turned_at = self
            .turned_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let passed = Duration::from(now.duration_since(*turned_at));
        if passed >= self.memory {
            *turned_at = now;
            self.buckets.lock().turn();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.buckets.lock().len()
    }
}

/// Where the library keeps the state of each bucket.
#[derive(Clone, Debug)]
struct Buckets(Arc<Mutex<Bounded<Nanos>>>);

impl Buckets {
    /// A panic while it is held loses at most one count.
    fn lock(&self) -> MutexGuard<'_, Bounded<Nanos>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Buckets {
    type Key = Subject;

    fn measure_and_replace<T, F, E>(&self, subject: &Subject, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut buckets = self.lock();
        let known = buckets.get(subject);
        let (outcome, next) = measure(known.as_deref().copied())?;
        match known {
            Some(bucket) => *bucket = next,
            None => buckets.insert(*subject, next),
        }
        Ok(outcome)
    }
}
