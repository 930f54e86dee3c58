//! Points on the timeline of a recording.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A point on the timeline of a recording, in nanoseconds since its start.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub u64);

impl Moment {
    /// The start of the recording.
    pub const START: Self = Self(0);
    /// After every recording.
    pub const END: Self = Self(u64::MAX);

    /// Returns the moment this many seconds after the start. Negative and non-finite values give
    /// the start.
    pub fn from_seconds(seconds: f64) -> Self {
        // `as` saturates, which is what "too far" means here.
        Self((seconds * 1e9).round() as u64)
    }

    /// Returns the seconds since the start.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Returns the moment `nanoseconds` earlier, but never before the start.
    pub const fn earlier(self, nanoseconds: u64) -> Self {
        Self(self.0.saturating_sub(nanoseconds))
    }

    /// Returns the moment `nanoseconds` later.
    pub const fn later(self, nanoseconds: u64) -> Self {
        Self(self.0.saturating_add(nanoseconds))
    }
}

/// Prints `h:mm:ss.mmm`, rounded down.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0 / 1_000_000;
        let (seconds, millis) = (millis / 1000, millis % 1000);
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        write!(
            f,
            "{}:{:02}:{:02}.{:03}",
            minutes / 60,
            minutes % 60,
            seconds,
            millis
        )
    }
}

/// Text that names no moment.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a time: write seconds (`12.5` or `12s`), `1m30s`, `2h5m` or `0:01:30.500`")]
pub struct MomentError;

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let seconds = if text.contains(':') {
            clock(text)
        } else {
            units(text)
        };
        seconds
            .filter(|seconds| seconds.is_finite() && (0.0..=1e8).contains(seconds))
            .map(Self::from_seconds)
            .ok_or(MomentError)
    }
}

/// `mm:ss` or `h:mm:ss`, the last part with decimals.
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    parts
        .iter()
        .enumerate()
        .try_fold(0.0, |total, (index, part)| {
            let value = plain_number(part)?;
            let is_last = index + 1 == parts.len();
            if (index > 0 && value >= 60.0) || (!is_last && part.contains('.')) {
                return None;
            }
            Some(total * 60.0 + value)
        })
}

/// `90`, `90s`, `1m30s`, `2h`.
fn units(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut total = 0.0;
    for (unit, factor) in [('h', 3600.0), ('m', 60.0), ('s', 1.0)] {
        if let Some((number, after)) = rest.split_once(unit) {
            total += plain_number(number)? * factor;
            rest = after;
        }
    }
    if rest.is_empty() && !text.is_empty() {
        Some(total)
    } else if rest.len() == text.len() {
        plain_number(rest)
    } else {
        None
    }
}

/// Digits with at most one decimal point: no sign, no exponent, no `inf`.
fn plain_number(text: &str) -> Option<f64> {
    let simple = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if simple { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ways_to_write_a_time_are_read() {
        for (text, millis) in [
            ("12", 12_000),
            ("12.5", 12_500),
            ("12s", 12_000),
            ("1m30s", 90_000),
            ("2h5m", 7_500_000),
            ("0:01:30.500", 90_500),
            ("01:30", 90_000),
        ] {
            assert_eq!(text.parse(), Ok(Moment(millis * 1_000_000)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "", "s", "-1", "1e9", "inf", "NaN", "1:75", "1.5:00", "1s2m", "1:2:3:4", "9e99",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(MomentError), "{text}");
        }
    }

    #[test]
    fn printing_is_a_clock() {
        assert_eq!(Moment(3_723_004_999_999).to_string(), "1:02:03.004");
    }
}
