//! Reading what others have put into a bucket.
//!
//! A source is not an object of Scrim: its key is whatever somebody called it. It is only read, never
//! written, tagged or deleted, so the bucket may lie anywhere; but it is spoken to without encryption
//! on this machine only.
//!
//! > **A key may name a person.** It is in no error and in no `Debug`.

use std::{
    fmt,
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
};

use aws_sdk_s3::{Client, error::SdkError};
use scrim_policy::Kind;
use tokio::runtime::{Builder, Runtime};

use super::{LocationError, S3Location, client};

/// What is read at once.
const BLOCK: u64 = 4 << 20;

/// Why a source in a bucket could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceBucketError {
    /// Recordings would go over the network in the clear.
    #[error("the store of sources is on another machine and not encrypted")]
    InTheClear,

    /// The client could not be made.
    #[error(transparent)]
    Location(#[from] LocationError),

    /// The thread for requests could not be started.
    #[error("could not start the thread of the store of sources")]
    Threads {
        /// What the operating system said.
        source: io::Error,
    },

    /// There is no such object.
    #[error("there is no such source in the bucket")]
    NotFound,

    /// The store does not let us.
    #[error("the store of sources refused to {doing} (status {status})")]
    Denied {
        /// What was being done.
        doing: &'static str,
        /// The HTTP status.
        status: u16,
    },

    /// The store did not answer, or not usefully.
    #[error("the store of sources did not answer, could not {doing}")]
    Silent {
        /// What was being done.
        doing: &'static str,
    },
}

impl SourceBucketError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::InTheClear => Kind::Invalid,
            Self::Location(error) => error.kind(),
            Self::NotFound => Kind::NotFound,
            Self::Denied { .. } => Kind::Refused,
            Self::Threads { .. } | Self::Silent { .. } => Kind::Unavailable,
        }
    }
}

impl From<SourceBucketError> for io::Error {
    fn from(error: SourceBucketError) -> Self {
        let kind = match error.kind() {
            Kind::NotFound => io::ErrorKind::NotFound,
            Kind::Refused => io::ErrorKind::PermissionDenied,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// A bucket that sources are read from, for threads.
#[derive(Clone)]
pub struct SourceBucket {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    bucket: String,
    threads: Option<Runtime>,
}

/// One object of such a bucket.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceObject {
    /// Its key, which may name a person.
    pub key: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was written, in nanoseconds since 1970-01-01 UTC.
    pub changed_ns: i128,
    /// What the store calls this version of its content.
    etag: Option<String>,
}

impl fmt::Debug for SourceObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceObject")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SourceBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceBucket").finish_non_exhaustive()
    }
}

impl SourceBucket {
    /// Describes a bucket. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SourceBucketError::InTheClear`], [`SourceBucketError::Location`] and
    /// [`SourceBucketError::Threads`].
    pub fn open(location: &S3Location) -> Result<Self, SourceBucketError> {
        if !location.endpoint.is_https() && !location.endpoint.is_loopback() {
            return Err(SourceBucketError::InTheClear);
        }
        let threads = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("scrim-source")
            .enable_all()
            .build()
            .map_err(|source| SourceBucketError::Threads { source })?;
        Ok(Self {
            shared: Arc::new(Shared {
                client: client(location)?,
                bucket: location.bucket.to_string(),
                threads: Some(threads),
            }),
        })
    }

    /// Returns all objects whose key begins with `prefix`, sorted by their keys.
    ///
    /// # Errors
    /// [`SourceBucketError::NotFound`] where there is no such bucket, [`SourceBucketError::Denied`]
    /// and [`SourceBucketError::Silent`].
    pub fn list(&self, prefix: &str) -> Result<Vec<SourceObject>, SourceBucketError> {
        const DOING: &str = "list sources";
        let pages = self
            .shared
            .client
            .list_objects_v2()
            .bucket(&self.shared.bucket)
            .prefix(prefix)
            .into_paginator();
        let found = self.shared.wait(async {
            let (mut pages, mut found) = (pages.send(), Vec::new());
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| sorted(DOING, &error))?;
                for object in page.contents() {
                    let bytes = object.size().and_then(|bytes| u64::try_from(bytes).ok());
                    let (Some(key), Some(bytes)) = (object.key(), bytes) else {
                        continue;
                    };
                    found.push(SourceObject {
                        key: key.to_owned(),
                        bytes,
                        changed_ns: object.last_modified().map_or(0, |time| time.as_nanos()),
                        etag: object.e_tag().map(str::to_owned),
                    });
                }
            }
            Ok::<_, SourceBucketError>(found)
        });
        let mut found = found?;
        found.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// Returns what is known of an object.
    ///
    /// # Errors
    /// [`SourceBucketError::NotFound`], [`SourceBucketError::Denied`] and
    /// [`SourceBucketError::Silent`].
    pub fn look_up(&self, key: &str) -> Result<SourceObject, SourceBucketError> {
        const DOING: &str = "look up a source";
        let request = self
            .shared
            .client
            .head_object()
            .bucket(&self.shared.bucket)
            .key(key);
        let found = self.shared.wait(request.send());
        let found = found.map_err(|error| sorted(DOING, &error))?;
        let bytes = found
            .content_length()
            .and_then(|bytes| u64::try_from(bytes).ok());
        Ok(SourceObject {
            key: key.to_owned(),
            bytes: bytes.ok_or(SourceBucketError::Silent { doing: DOING })?,
            changed_ns: found.last_modified().map_or(0, |time| time.as_nanos()),
            etag: found.e_tag().map(str::to_owned),
        })
    }

    /// Reads an object from any place.
    pub fn read(&self, object: &SourceObject) -> SourceReader {
        SourceReader {
            bucket: self.clone(),
            object: object.clone(),
            position: 0,
            held: Vec::new(),
            held_at: 0,
        }
    }

    fn fetch(&self, object: &SourceObject, at: u64) -> Result<Vec<u8>, SourceBucketError> {
        const DOING: &str = "read a source";
        let last = (at + BLOCK).min(object.bytes) - 1;
        let request = self
            .shared
            .client
            .get_object()
            .bucket(&self.shared.bucket)
            .key(&object.key)
            .range(format!("bytes={at}-{last}"))
            // One that was overwritten meanwhile is another one.
            .set_if_match(object.etag.clone());
        let wanted = usize::try_from(last - at + 1).unwrap_or(usize::MAX);
        self.shared.wait(async {
            let got = request
                .send()
                .await
                .map_err(|error| sorted(DOING, &error))?;
            let silent = SourceBucketError::Silent { doing: DOING };
            match got.body.collect().await {
                Ok(body) => {
                    let bytes = body.to_vec();
                    if bytes.len() == wanted {
                        Ok(bytes)
                    } else {
                        Err(silent)
                    }
                }
                Err(_) => Err(silent),
            }
        })
    }
}

impl Shared {
    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.threads
            .as_ref()
            .expect("the thread only ends with the bucket")
            .block_on(future)
    }
}

/// Ending the thread must not block, because the last clone may be dropped anywhere.
impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

/// Sorts an answer by its status. Its text may hold the key, so nothing of it is kept.
fn sorted<E>(doing: &'static str, error: &SdkError<E>) -> SourceBucketError {
    let status = error
        .raw_response()
        .map(|response| response.status().as_u16());
    match status {
        Some(404) => SourceBucketError::NotFound,
        Some(status @ 400..=499) => SourceBucketError::Denied { doing, status },
        _ => SourceBucketError::Silent { doing },
    }
}

/// The bytes of a source in a bucket. One block is kept in memory.
pub struct SourceReader {
    bucket: SourceBucket,
    object: SourceObject,
    position: u64,
    held: Vec<u8>,
    held_at: u64,
}

impl fmt::Debug for SourceReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceReader")
            .field("object", &self.object)
            .finish_non_exhaustive()
    }
}

impl SourceReader {
    /// Returns what is read.
    pub const fn object(&self) -> &SourceObject {
        &self.object
    }

    /// Returns another reader of the same object.
    #[must_use]
    pub fn again(&self) -> Self {
        self.bucket.read(&self.object)
    }

    /// Asks the store what the object is now.
    ///
    /// # Errors
    /// Those of [`SourceBucket::look_up`].
    pub fn now(&self) -> Result<SourceObject, SourceBucketError> {
        self.bucket.look_up(&self.object.key)
    }
}

impl Read for SourceReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.object.bytes {
            return Ok(0);
        }
        let held = self.held_at..self.held_at + self.held.len() as u64;
        if !held.contains(&self.position) {
            let at = self.position - self.position % BLOCK;
            self.held = self.bucket.fetch(&self.object, at)?;
            self.held_at = at;
        }
        // The block in memory begins at or before the position, and is at most one block long.
        let available = &self.held[(self.position - self.held_at) as usize..];
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

/// As with files, a place after the end is allowed and reads nothing.
impl Seek for SourceReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.object.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
