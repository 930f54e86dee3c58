//! Where sealed objects lie. What is stored is opaque here: nothing in this module knows a key.

mod error;
mod file;
mod incoming;
mod inventory;
mod key;
pub mod s3;

pub use error::ObjectError;
pub use file::FileStore;
pub use inventory::{Listed, Page, Stored, StoredName, Survey, Unfinished};
pub use key::{ObjectKey, ObjectKeyError};
pub use s3::S3Store;

use std::io::{Read, Seek, Write};

use scrim_policy::{RecordingId, TenantId};

use crate::residency::EuBucket;

/// A place for objects that are written once and read in ranges.
///
/// > **An object is there completely or not at all.** It becomes visible by
/// > [`PendingObject::commit`]; one that is dropped before that leaves nothing.
pub trait ObjectStore: Send + Sync {
    /// Starts an object.
    ///
    /// # Errors
    /// Any but [`ObjectError::NotFound`].
    fn put(&self, key: &ObjectKey) -> Result<Box<dyn PendingObject>, ObjectError>;

    /// Opens an object for reading from any place, which is how ranges are read.
    ///
    /// # Errors
    /// Any but [`ObjectError::AlreadyExists`] and [`ObjectError::Full`].
    fn get(&self, key: &ObjectKey) -> Result<Box<dyn ObjectRead>, ObjectError>;

    /// Returns the length of an object in bytes.
    ///
    /// # Errors
    /// As for [`ObjectStore::get`].
    fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError>;

    /// Deletes an object, all versions of it that the store keeps. One that is not there is not an
    /// error: it is gone, as was wanted.
    ///
    /// # Errors
    /// As for [`ObjectStore::put`], and [`ObjectError::NotDeleted`].
    fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError>;

    /// Lists the objects of a recording, sorted.
    ///
    /// # Errors
    /// As for [`ObjectStore::get`]; no objects are an empty list.
    fn list(&self, tenant: TenantId, recording: RecordingId)
    -> Result<Vec<ObjectKey>, ObjectError>;

    /// Lists everything that lies in the store, page by page, also what nobody here put there.
    /// `after` is [`Page::next`] of the page before.
    ///
    /// # Errors
    /// As for [`ObjectStore::get`].
    fn list_all(&self, after: Option<&str>) -> Result<Page, ObjectError>;

    /// Looks at everything in the store: to find orphans, and to prove that nothing is left.
    ///
    /// # Errors
    /// As for [`ObjectStore::get`].
    fn survey(&self) -> Result<Survey, ObjectError> {
        let mut survey = Survey::default();
        let mut after = None;
        loop {
            let page = self.list_all(after.as_deref())?;
            page.stored
                .into_iter()
                .for_each(|stored| survey.add(stored));
            after = page.next;
            if after.is_none() {
                survey.objects.sort_unstable_by_key(|listed| listed.key);
                return Ok(survey);
            }
        }
    }

    /// Lists what was begun and is neither there nor given up. It takes space and holds sealed
    /// content, and no other list shows it. Some of it may be written by others at this moment:
    /// what is old is abandoned.
    ///
    /// # Errors
    /// As for [`ObjectStore::get`].
    fn unfinished(&self) -> Result<Vec<Unfinished>, ObjectError>;

    /// Gives up what was begun, whoever did. What is not there any more is not an error.
    ///
    /// # Errors
    /// As for [`ObjectStore::delete`].
    fn abort(&self, unfinished: &Unfinished) -> Result<(), ObjectError>;

    /// Returns the bucket that the objects are in, where they are in one. Its place has to be
    /// checked again and again.
    fn bucket(&self) -> Option<&EuBucket> {
        None
    }
}

/// An object on its way in. Dropping it leaves nothing.
pub trait PendingObject: Write + Send {
    /// Makes the object visible and durable.
    ///
    /// # Errors
    /// As for [`ObjectStore::put`], and [`ObjectError::Damaged`]. The object is then not there.
    fn commit(self: Box<Self>) -> Result<(), ObjectError>;
}

/// An object that is being read.
pub trait ObjectRead: Read + Seek + Send {}

impl<R: Read + Seek + Send> ObjectRead for R {}
