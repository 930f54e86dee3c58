//! Where sealed objects lie. What is stored is opaque here: nothing in this module knows a key.

mod error;
mod file;
mod incoming;
mod key;
pub mod s3;

pub use error::ObjectError;
pub use file::FileStore;
pub use key::{ObjectKey, ObjectKeyError};

use std::io::{Read, Seek, Write};

use scrim_policy::{RecordingId, TenantId};

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

    /// Deletes an object. One that is not there is not an error: it is gone, as was wanted.
    ///
    /// # Errors
    /// As for [`ObjectStore::put`].
    fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError>;

    /// Lists the objects of a recording, sorted.
    ///
    /// # Errors
    /// As for [`ObjectStore::get`]; no objects are an empty list.
    fn list(&self, tenant: TenantId, recording: RecordingId)
    -> Result<Vec<ObjectKey>, ObjectError>;
}

/// An object on its way in. Dropping it leaves nothing.
pub trait PendingObject: Write + Send {
    /// Makes the object visible and durable.
    ///
    /// # Errors
    /// As for [`ObjectStore::put`]. The object is then not there.
    fn commit(self: Box<Self>) -> Result<(), ObjectError>;
}

/// An object that is being read.
pub trait ObjectRead: Read + Seek + Send {}

impl<R: Read + Seek + Send> ObjectRead for R {}
