//! Where sealed objects lie. What is stored is opaque here: nothing in this module knows a key.

mod error;
mod file;
mod incoming;
mod key;

pub use error::ObjectError;
pub use file::FileStore;
pub use key::{ObjectKey, ObjectKeyError};

use std::io::{Read, Seek, Write};

use scrim_policy::{RecordingId, TenantId};

use crate::timestamp::Timestamp;

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

    /// Looks at everything in the store: to find orphans, and to prove that nothing is left.
    ///
    /// # Errors
    /// As for [`ObjectStore::get`].
    fn survey(&self) -> Result<Survey, ObjectError>;
}

/// Everything in a store.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    /// Objects, sorted.
    pub objects: Vec<Listed>,
    /// Things whose names are not those of objects. Somebody else put them there.
    pub foreign: u64,
}

/// One object of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub key: ObjectKey,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was written last.
    pub written_at: Timestamp,
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
