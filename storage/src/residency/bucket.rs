//! Buckets that were found to be where they have to be.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_sdk_s3::Client;

use super::{Declared, ResidencyError, Verdict, judge, observe::observe, refuse_unasked};
use crate::{
    objects::s3::{S3Location, client, probing_client},
    timestamp::Timestamp,
};

/// How long a verdict counts.
const DUE_AFTER_MICROS: i64 = 3600 * 1_000_000;

/// A bucket that was found to be where it has to be. Only [`EuBucket::verify`] makes one, and only
/// with one can anything be written to a store. Cheap to clone; clones share what is found later.
///
/// A later check that refuses stops writing for all clones, until one allows it again. Reading and
/// deleting stay possible: what lies in the wrong place has to be got out of there.
#[derive(Clone)]
pub struct EuBucket {
    client: Client,
    shared: Arc<Shared>,
}

struct Shared {
    location: S3Location,
    state: Mutex<State>,
}

struct State {
    /// The last verdict that allowed writing.
    allowed: Verdict,
    checked_at: Timestamp,
    is_open: bool,
}

impl EuBucket {
    /// Verifies a bucket. Nothing is sent to a server that the lists refuse.
    ///
    /// # Errors
    /// [`ResidencyError`]; a refusal carries its verdict.
    pub async fn verify(
        location: S3Location,
        now: Timestamp,
    ) -> Result<(Self, Verdict), ResidencyError> {
        let client = client(&location)?;
        Self::verify_through(location, client, now).await
    }

    /// As [`EuBucket::verify`], over a connection of the caller.
    pub(crate) async fn verify_through(
        location: S3Location,
        client: Client,
        now: Timestamp,
    ) -> Result<(Self, Verdict), ResidencyError> {
        let verdict = check(&client, &Declared::of(&location), now).await?;
        let state = State {
            allowed: verdict.clone(),
            checked_at: now,
            is_open: true,
        };
        let shared = Shared {
            location,
            state: Mutex::new(state),
        };
        let bucket = Self {
            client,
            shared: Arc::new(shared),
        };
        Ok((bucket, verdict))
    }

    /// Checks again and says what was found. A refusal stops writing.
    ///
    /// # Errors
    /// [`ResidencyError`]; a refusal carries its verdict.
    pub async fn recheck(&self, now: Timestamp) -> Result<Verdict, ResidencyError> {
        let declared = Declared {
            told_before: Some(self.state().allowed.told_region.clone()),
            ..Declared::of(self.location())
        };
        let checked = check(&self.client, &declared, now).await;
        let mut state = self.state();
        match &checked {
            Ok(verdict) => {
                *state = State {
                    allowed: verdict.clone(),
                    checked_at: now,
                    is_open: true,
                };
            }
            // A store that is down cannot be written anyway, and says nothing about its place. The
            // check stays due.
            Err(ResidencyError::Unreachable { .. }) => {}
            Err(_) => {
                state.is_open = false;
                state.checked_at = now;
            }
        }
        checked
    }

    /// Checks again where the last verdict is an hour old, where it refused, or where the clock went
    /// back. Returns the new verdict, if there is one.
    ///
    /// # Errors
    /// Those of [`EuBucket::recheck`].
    pub async fn recheck_if_due(&self, now: Timestamp) -> Result<Option<Verdict>, ResidencyError> {
        let is_due = {
            let state = self.state();
            let age = now.as_micros().saturating_sub(state.checked_at.as_micros());
            !state.is_open || !(0..DUE_AFTER_MICROS).contains(&age)
        };
        if !is_due {
            return Ok(None);
        }
        self.recheck(now).await.map(Some)
    }

    /// Returns where the bucket is.
    pub fn location(&self) -> &S3Location {
        &self.shared.location
    }

    /// Returns the last verdict that allowed writing.
    pub fn last_allowed(&self) -> Verdict {
        self.state().allowed.clone()
    }

    /// Says whether it may be written, by the last check.
    pub fn is_open(&self) -> bool {
        self.state().is_open
    }

    /// Returns the client for everything but writing.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the client for writing.
    ///
    /// # Errors
    /// [`ResidencyError::Stopped`].
    pub(crate) fn writer(&self) -> Result<&Client, ResidencyError> {
        if self.is_open() {
            return Ok(&self.client);
        }
        Err(ResidencyError::Stopped {
            host: self.location().endpoint.host().to_owned(),
        })
    }

    /// Returns the same bucket with a client that tries everything once.
    ///
    /// # Errors
    /// [`ResidencyError::Location`].
    pub(crate) fn for_probing(&self) -> Result<Self, ResidencyError> {
        Ok(Self {
            client: probing_client(self.location())?,
            shared: Arc::clone(&self.shared),
        })
    }

    /// Nothing is done under this lock that could panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for EuBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EuBucket")
            .field("location", self.location())
            .finish_non_exhaustive()
    }
}

async fn check(
    client: &Client,
    declared: &Declared,
    now: Timestamp,
) -> Result<Verdict, ResidencyError> {
    if let Some(verdict) = refuse_unasked(declared, now) {
        return Err(refused(verdict));
    }
    let observed = observe(client, declared).await?;
    let verdict = judge(declared, &observed, now);
    if verdict.allowed {
        Ok(verdict)
    } else {
        Err(refused(verdict))
    }
}

fn refused(verdict: Verdict) -> ResidencyError {
    ResidencyError::Refused {
        verdict: Box::new(verdict),
    }
}
