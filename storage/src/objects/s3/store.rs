//! The store.

use std::sync::Arc;

use aws_sdk_s3::types::ChecksumMode;
use scrim_policy::{RecordingId, TenantId};

use super::{
    S3Location,
    answer::{no_length, sorted},
    bucket::Bucket,
    deleting, listing,
    reading::S3Object,
    upload::PendingUpload,
};
use crate::{
    objects::{
        ObjectError, ObjectKey, ObjectRead, ObjectStore, Page, PendingObject, StoredName,
        Unfinished,
    },
    residency::{EuBucket, Verdict},
    threads::Threads,
    timestamp::Timestamp,
};

/// Enough for requests, which mostly wait, and for the hashes of what is on its way.
const THREADS: usize = 2;

/// Keeps objects in a bucket, below a prefix, as `tenant/recording/artefact`.
///
/// It has threads of its own, so it can be called from any thread; inside an asynchronous task its
/// functions panic, as blocking there would stop other tasks.
#[derive(Debug)]
pub struct S3Store {
    shared: Arc<Shared>,
}

/// What objects need of their store while they are written or read.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) bucket: Arc<Bucket>,
    pub(super) threads: Threads,
}

impl S3Store {
    /// Keeps objects in a bucket that was verified.
    ///
    /// # Errors
    /// [`ObjectError::Threads`].
    pub fn open(bucket: EuBucket) -> Result<Self, ObjectError> {
        Ok(Self::with_threads(bucket, Self::start_threads()?))
    }

    /// Verifies a bucket and keeps objects in it. The verdict is for the audit log; so is the one
    /// that a refusal carries.
    ///
    /// # Errors
    /// [`ObjectError::Threads`] and [`ObjectError::Residency`].
    pub fn connect(location: S3Location, now: Timestamp) -> Result<(Self, Verdict), ObjectError> {
        let threads = Self::start_threads()?;
        let (bucket, verdict) = threads.wait(EuBucket::verify(location, now))?;
        Ok((Self::with_threads(bucket, threads), verdict))
    }

    fn start_threads() -> Result<Threads, ObjectError> {
        Threads::start("scrim-s3", THREADS).map_err(|source| ObjectError::Threads { source })
    }

    fn with_threads(bucket: EuBucket, threads: Threads) -> Self {
        let bucket = Arc::new(Bucket::new(bucket));
        Self {
            shared: Arc::new(Shared { bucket, threads }),
        }
    }

    /// Returns the length of an object, or nothing where there is none.
    fn length(&self, key: &ObjectKey) -> Result<Option<u64>, ObjectError> {
        let Shared { bucket, threads } = self.shared.as_ref();
        threads.wait(bucket.length("read the length of an object", key))
    }
}

impl Bucket {
    pub(super) async fn length(
        &self,
        doing: &'static str,
        key: &ObjectKey,
    ) -> Result<Option<u64>, ObjectError> {
        let asked = self
            .client()
            .head_object()
            .bucket(self.name())
            .key(self.name_of(key))
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        match asked {
            // It is there, and "there is none" is what an erasure waits for.
            Ok(head) => match head.content_length.and_then(|bytes| bytes.try_into().ok()) {
                Some(bytes) => Ok(Some(bytes)),
                None => Err(no_length(doing)),
            },
            Err(error) => match sorted(doing, Some(key), &error) {
                ObjectError::NotFound { .. } => Ok(None),
                other => Err(other),
            },
        }
    }
}

impl ObjectStore for S3Store {
    fn put(&self, key: &ObjectKey) -> Result<Box<dyn PendingObject>, ObjectError> {
        // Asked early, so that nobody sends gigabytes to learn it; the store is asked again at the
        // end, in one step where it can.
        if self.length(key)?.is_some() {
            return Err(ObjectError::AlreadyExists { key: *key });
        }
        Ok(Box::new(PendingUpload::new(self.shared.clone(), *key)))
    }

    fn get(&self, key: &ObjectKey) -> Result<Box<dyn ObjectRead>, ObjectError> {
        Ok(Box::new(S3Object::open(self.shared.clone(), *key)?))
    }

    fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError> {
        self.length(key)?.ok_or(ObjectError::NotFound { key: *key })
    }

    fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        let Shared { bucket, threads } = self.shared.as_ref();
        threads.wait(deleting::delete(bucket, key))
    }

    fn list(
        &self,
        tenant: TenantId,
        recording: RecordingId,
    ) -> Result<Vec<ObjectKey>, ObjectError> {
        let Shared { bucket, threads } = self.shared.as_ref();
        let folder = bucket.with_prefix(&format!("{tenant}/{recording}/"));
        let mut keys = Vec::new();
        let mut after = None;
        loop {
            let page = threads.wait(listing::page(bucket, &folder, after))?;
            keys.extend(
                page.stored
                    .into_iter()
                    .filter_map(|stored| match stored.name {
                        StoredName::Object(key) => Some(key),
                        StoredName::Foreign(_) => None,
                    }),
            );
            after = page.next;
            if after.is_none() {
                keys.sort_unstable();
                return Ok(keys);
            }
        }
    }

    fn list_all(&self, after: Option<&str>) -> Result<Page, ObjectError> {
        let Shared { bucket, threads } = self.shared.as_ref();
        let folder = bucket.with_prefix("");
        threads.wait(listing::page(bucket, &folder, after.map(str::to_owned)))
    }

    fn unfinished(&self) -> Result<Vec<Unfinished>, ObjectError> {
        let Shared { bucket, threads } = self.shared.as_ref();
        threads.wait(listing::unfinished(bucket))
    }

    fn abort(&self, unfinished: &Unfinished) -> Result<(), ObjectError> {
        let Shared { bucket, threads } = self.shared.as_ref();
        threads.wait(deleting::abort(bucket, unfinished))
    }

    fn bucket(&self) -> Option<&EuBucket> {
        Some(self.shared.bucket.verified())
    }
}
