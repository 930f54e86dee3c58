//! What clients are told: the fields of draft-ietf-httpapi-ratelimit-headers, revision 08 and later,
//! and `Retry-After` of RFC 9110.
//!
//! ```text
//! RateLimit-Policy: "address";q=1200;w=60
//! RateLimit: "address";r=1187;t=1
//! ```
//! `q` requests in `w` seconds are allowed, `r` are left, and in `t` seconds there are more: all of
//! them again after a request that was allowed, enough for the same request after one that was not.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header::RETRY_AFTER};

use super::{Class, Rate};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// A request that is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remaining {
    pub(super) class: Class,
    pub(super) rate: Rate,
    pub(super) left: u32,
    pub(super) full_after: Duration,
}

impl Remaining {
    /// Returns how many requests are left at once.
    #[cfg(test)]
    pub(crate) const fn left(&self) -> u32 {
        self.left
    }

    /// Adds the fields to an answer. Where several limits hold, each adds its own.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        write(headers, self.class, self.rate, self.left, self.full_after);
    }
}

/// A request that has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests of this {}", class.name())]
pub(crate) struct RetryAfter {
    pub(super) class: Class,
    pub(super) rate: Rate,
    pub(super) wait: Duration,
}

impl RetryAfter {
    /// Returns how long to wait.
    #[cfg(test)]
    pub(crate) const fn wait(&self) -> Duration {
        self.wait
    }

    /// Adds the fields to an answer with status 429.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        write(headers, self.class, self.rate, 0, self.wait);
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds(self.wait).max(1)));
    }
}

fn write(headers: &mut HeaderMap, class: Class, rate: Rate, left: u32, after: Duration) {
    let name = class.name();
    let policy = format!("\"{name}\";q={};w={}", rate.requests, rate.seconds);
    let limit = format!("\"{name}\";r={left};t={}", seconds(after));
    for (field, text) in [(POLICY, policy), (LIMIT, limit)] {
        let value = HeaderValue::from_str(&text).expect("names and numbers are ASCII");
        headers.append(field, value);
    }
}

/// Rounds up: whoever comes at that second must not be too early.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
