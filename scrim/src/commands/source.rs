//! What a command line names as a source: a file, an original that is kept, or an object in a bucket.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use scrim_ingest::{Archive, Probe, Revision, SourceBytes, SourceError};
use scrim_pipeline::job::OriginalBytes;
use scrim_policy::RecordingId;
use scrim_storage::{
    Vault,
    objects::s3::{SourceBucket, SourceReader},
};

use super::open_input;
use crate::{failure::Failure, home::Home, scan::Scanner};

/// Where a source lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file.
    File(PathBuf),
    /// An original that is kept.
    Original(RecordingId),
    /// An object in a bucket, or all whose keys begin so.
    Object {
        /// The bucket.
        bucket: String,
        /// The key, or the beginning of keys.
        key: String,
    },
}

impl Place {
    /// Understands what was written. A file that is named like an id is written `./rec_…`.
    pub(crate) fn new(path: &Path) -> Self {
        let text = path.to_str().unwrap_or("");
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
            return Self::Object {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            };
        }
        text.parse()
            .map_or_else(|_| Self::File(path.to_owned()), Self::Original)
    }

    /// Whoever runs the command knows it by this.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Original(id) => id.to_string(),
            Self::Object { bucket, key } => format!("s3://{bucket}/{key}"),
        }
    }
}

/// Opens sources. A bucket is described once.
pub(crate) struct Sources<'a> {
    home: &'a Home,
    vault: &'a Vault,
    buckets: Mutex<BTreeMap<String, SourceBucket>>,
}

impl<'a> Sources<'a> {
    pub(crate) const fn new(home: &'a Home, vault: &'a Vault) -> Self {
        Self {
            home,
            vault,
            buckets: Mutex::new(BTreeMap::new()),
        }
    }

    /// Opens one.
    pub(crate) fn open(&self, place: &Place) -> Result<Box<dyn SourceBytes>, Failure> {
        match place {
            Place::File(path) => Ok(Box::new(open_input(path)?)),
            Place::Original(id) => {
                let opened = OriginalBytes::open(self.vault, *id).map_err(|error| {
                    Failure::from(error).hint("`scrim ls --originals` lists what is kept")
                })?;
                Ok(Box::new(opened))
            }
            Place::Object { bucket, key } => {
                let bucket = self.bucket(bucket)?;
                let object = bucket.look_up(key)?;
                Ok(Box::new(ObjectBytes(bucket.read(&object))))
            }
        }
    }

    /// Returns the objects whose keys begin with that of a place.
    pub(crate) fn objects(&self, bucket: &str, prefix: &str) -> Result<Vec<Place>, Failure> {
        let found = self.bucket(bucket)?.list(prefix)?;
        let place = |key| Place::Object {
            bucket: bucket.to_owned(),
            key,
        };
        Ok(found.into_iter().map(|object| place(object.key)).collect())
    }

    fn bucket(&self, name: &str) -> Result<SourceBucket, Failure> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get(name) {
            return Ok(bucket.clone());
        }
        let bucket = self.home.source_bucket(name)?;
        buckets.insert(name.to_owned(), bucket.clone());
        Ok(bucket)
    }
}

/// The bytes of an object in a bucket.
struct ObjectBytes(SourceReader);

impl SourceBytes for ObjectBytes {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.0.seek(SeekFrom::Start(offset))?;
        self.0.read(out)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.object().bytes)
    }

    fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
        Ok(Box::new(Self(self.0.again())))
    }

    /// The store gives out this version of the object or nothing.
    fn revision(&self) -> io::Result<Revision> {
        Ok(Revision {
            length: self.0.object().bytes,
            changed_ns: Some(self.0.object().changed_ns),
        })
    }
}

/// Looks at a source with the scanner, if there is one, and says what to be warned of.
pub(crate) fn scanned(
    scanner: Option<&Scanner>,
    vault: &Vault,
    bytes: &dyn SourceBytes,
) -> Result<Option<String>, Failure> {
    scanner.map_or(Ok(None), |scanner| scanner.check(vault, bytes))
}

/// Finds out what a source holds.
pub(crate) fn probed(bytes: &dyn SourceBytes) -> Result<Probe, SourceError> {
    let bytes = bytes
        .again()
        .map_err(|source| SourceError::Read { source })?;
    Ok(Archive::open(bytes)?.probe().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_a_file_an_original_or_an_object() {
        let id = "rec_01922d5b111170008000000000000001";
        assert!(matches!(Place::new(Path::new(id)), Place::Original(_)));
        for file in ["a.mp4", &format!("./{id}"), "rec_1", "s3.mp4"] {
            assert_eq!(Place::new(Path::new(file)), Place::File(file.into()));
        }
        for (text, bucket, key) in [
            ("s3://webinars/2026/a.mp4", "webinars", "2026/a.mp4"),
            ("s3://webinars/", "webinars", ""),
            ("s3://webinars", "webinars", ""),
        ] {
            let place = Place::new(Path::new(text));
            let (bucket, key) = (bucket.to_owned(), key.to_owned());
            assert_eq!(place, Place::Object { bucket, key }, "{text}");
        }
    }
}
