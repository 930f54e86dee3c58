//! A bucket, the client that speaks to it and how keys are called in it.

use std::{future::Future, time::Duration};

use aws_sdk_s3::{Client, config::Builder};
use tokio::time;

use super::{
    Checksum, S3Location,
    client::{FIRST_PAUSE, LONGEST_PAUSE, transfer_timeouts},
};
use crate::{
    objects::{ObjectError, ObjectKey, StoredName},
    residency::EuBucket,
    secret::fill_random,
};

/// A bucket that may be written.
#[derive(Debug)]
pub(super) struct Bucket {
    verified: EuBucket,
}

impl Bucket {
    pub(super) const fn new(verified: EuBucket) -> Self {
        Self { verified }
    }

    pub(super) fn client(&self) -> &Client {
        self.verified.client()
    }

    /// The client for writing, which a later check of the place may have stopped.
    pub(super) fn writer(&self) -> Result<&Client, ObjectError> {
        Ok(self.verified.writer()?)
    }

    pub(super) const fn verified(&self) -> &EuBucket {
        &self.verified
    }

    pub(super) fn location(&self) -> &S3Location {
        self.verified.location()
    }

    pub(super) fn name(&self) -> &str {
        self.location().bucket.as_str()
    }

    /// The name of an object in the bucket.
    pub(super) fn name_of(&self, key: &ObjectKey) -> String {
        self.with_prefix(&key.to_string())
    }

    pub(super) fn with_prefix(&self, name: &str) -> String {
        match self.location().prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        }
    }

    /// What a name in the bucket is, below the prefix.
    pub(super) fn stored_name(&self, name: &str) -> StoredName {
        let prefix = self.with_prefix("");
        match name.strip_prefix(&prefix) {
            Some(rest) => StoredName::of(rest),
            None => StoredName::Foreign(name.to_owned()),
        }
    }

    /// How a transfer of so many bytes differs from a question.
    pub(super) fn transfer(&self, bytes: u64) -> Builder {
        let attempts = self.location().attempts;
        Builder::default().timeout_config(transfer_timeouts(bytes, attempts))
    }

    /// How an upload is sent: with a checksum of the client's own making where one is wanted.
    pub(super) fn upload(&self, bytes: u64) -> Builder {
        use aws_sdk_s3::config::RequestChecksumCalculation;
        let transfer = self.transfer(bytes);
        match self.location().checksum {
            Checksum::Crc64Nvme | Checksum::Crc32c => {
                transfer.request_checksum_calculation(RequestChecksumCalculation::WhenSupported)
            }
            Checksum::Sha256 | Checksum::None => transfer,
        }
    }

    /// Tries something again that went wrong in a way that the client does not try again itself: a
    /// checksum that did not match, an answer that ended early.
    pub(super) async fn again<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, ObjectError>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let mut pause = FIRST_PAUSE;
        for _ in 1..self.location().attempts {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(Failed::ForGood(error)) => return Err(error),
                Err(Failed::PerhapsNot(error)) => {
                    tracing::info!(%error, "trying again what a store did not do well");
                }
            }
            time::sleep(shortened(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        attempt().await.map_err(|failed| match failed {
            Failed::ForGood(error) | Failed::PerhapsNot(error) => error,
        })
    }
}

impl From<ObjectError> for Failed {
    fn from(error: ObjectError) -> Self {
        Self::ForGood(error)
    }
}

/// How something failed.
pub(super) enum Failed {
    /// It would fail again.
    ForGood(ObjectError),
    /// It may go well the next time.
    PerhapsNot(ObjectError),
}

/// A random part of a pause, at least half of it, so that clients do not all come back at once.
fn shortened(pause: Duration) -> Duration {
    let mut random = [0];
    // Without random bytes all pauses are the longest.
    let part = fill_random(&mut random).map_or(1.0, |()| f64::from(random[0]) / 255.0);
    pause.mul_f64(0.5 + part / 2.0)
}
