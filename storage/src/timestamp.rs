//! Points in time as the catalog stores them.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use scrim_policy::{ArtefactId, BatchId, ErasureId, HoldId, RecordingId};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::{Builder, Uuid};

use crate::secret::{EntropyError, fill_random};

/// A point in time: microseconds since 1970-01-01 UTC. Always passed in, this crate has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Wraps microseconds since 1970-01-01 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the point in time this many days later, or the last one there is.
    pub const fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(days as i64 * 86_400_000_000))
    }

    /// Returns the point in time this many days earlier, or the first one there is.
    pub const fn minus_days(self, days: u32) -> Self {
        Self(self.0.saturating_sub(days as i64 * 86_400_000_000))
    }

    /// Returns the time so much later.
    pub fn after(self, time: Duration) -> Self {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// Returns the microseconds since 1970-01-01 UTC.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

/// Times before 1970 become 1970: clocks that are that wrong need no exactness.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let micros = time
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_micros());
        Self(i64::try_from(micros).unwrap_or(i64::MAX))
    }
}

/// Prints RFC 3339 in UTC, or the number of microseconds where the year has more than four digits.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok());
        match text {
            Some(text) => f.write_str(&text),
            None => write!(f, "{}us", self.0),
        }
    }
}

/// Returns a new recording id that sorts by creation.
pub(crate) fn new_recording_id(now: Timestamp) -> Result<RecordingId, EntropyError> {
    uuid_v7(now).map(RecordingId::from_uuid)
}

/// Returns a new artefact id that sorts by creation.
pub(crate) fn new_artefact_id(now: Timestamp) -> Result<ArtefactId, EntropyError> {
    uuid_v7(now).map(ArtefactId::from_uuid)
}

/// Returns the UUID of a new id that sorts by creation.
pub(crate) fn new_id(now: Timestamp) -> Result<Uuid, EntropyError> {
    uuid_v7(now)
}

/// Returns a new id of a batch that sorts by creation.
pub(crate) fn new_batch_id(now: Timestamp) -> Result<BatchId, EntropyError> {
    uuid_v7(now).map(BatchId::from_uuid)
}

/// Returns a new erasure id that sorts by creation.
pub(crate) fn new_erasure_id(now: Timestamp) -> Result<ErasureId, EntropyError> {
    uuid_v7(now).map(ErasureId::from_uuid)
}

/// Returns a new id of a hold that sorts by creation.
pub(crate) fn new_hold_id(now: Timestamp) -> Result<HoldId, EntropyError> {
    uuid_v7(now).map(HoldId::from_uuid)
}

/// RFC 9562, section 5.7: 48 bits of milliseconds, the rest random.
fn uuid_v7(now: Timestamp) -> Result<Uuid, EntropyError> {
    let mut random = [0; 10];
    fill_random(&mut random)?;
    let millis = u64::try_from(now.0 / 1000).unwrap_or(0);
    Ok(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_print_as_rfc_3339() {
        assert_eq!(
            Timestamp::from_micros(0).to_string(),
            "1970-01-01T00:00:00Z"
        );
        let time = Timestamp::from_micros(1_790_000_000_123_456);
        assert_eq!(time.to_string(), "2026-09-21T14:13:20.123456Z");
        assert_eq!(
            Timestamp::from_micros(i64::MAX).to_string(),
            "9223372036854775807us"
        );
    }

    #[test]
    fn ids_sort_by_creation() {
        let early = new_recording_id(Timestamp::from_micros(1_790_000_000_000_000)).unwrap();
        let late = new_recording_id(Timestamp::from_micros(1_790_000_000_001_000)).unwrap();
        assert!(early < late);
        assert_eq!(early.as_uuid().get_version_num(), 7);
    }
}
