//! What can go wrong with objects.

use std::io;

use scrim_policy::Kind;

use super::ObjectKey;
use crate::residency::ResidencyError;

/// An object store did not do what it was asked to. Nothing half-done is visible.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectError {
    /// There is no such object.
    #[error("there is no object {key}")]
    NotFound {
        /// The object.
        key: ObjectKey,
    },

    /// There is such an object already, and objects are never overwritten.
    #[error("there is an object {key} already")]
    AlreadyExists {
        /// The object.
        key: ObjectKey,
    },

    /// What the store kept is not what it was given. It was deleted again.
    #[error("the store did not keep object {key} as it was sent")]
    Damaged {
        /// The object.
        key: ObjectKey,
    },

    /// Something is still there after it was deleted.
    #[error("object {key} is still there after it was deleted")]
    NotDeleted {
        /// The object.
        key: ObjectKey,
    },

    /// No space is left, or a quota is used up.
    #[error("no space is left to {doing}")]
    Full {
        /// What was being done.
        doing: &'static str,
        /// What the operating system or the store said.
        source: io::Error,
    },

    /// The store can only be read.
    #[error("the store is read-only, could not {doing}")]
    ReadOnly {
        /// What was being done.
        doing: &'static str,
        /// What the operating system said.
        source: io::Error,
    },

    /// The store belongs to somebody else, or does not know who asks.
    #[error("permission denied to {doing}")]
    Denied {
        /// What was being done.
        doing: &'static str,
        /// What the operating system or the store said.
        source: io::Error,
    },

    /// The store gave no answer, or none but that it cannot, however often it was asked.
    #[error("the store does not answer, could not {doing}")]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// The last that was heard.
        source: io::Error,
    },

    /// There is no such bucket.
    #[error("there is no such bucket, could not {doing}")]
    NoBucket {
        /// What was being done.
        doing: &'static str,
        /// What the store said.
        source: io::Error,
    },

    /// The store sends its client to another place, which is not followed.
    #[error("the store wants to be asked in another place, could not {doing}")]
    Elsewhere {
        /// What was being done.
        doing: &'static str,
        /// What the store said.
        source: io::Error,
    },

    /// An object is longer than a store can take.
    #[error("an object is too long for the store")]
    TooLong,

    /// Anything else that the operating system or the store refuses.
    #[error("could not {doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What was said.
        source: io::Error,
    },

    /// The threads that speak to the store could not be started.
    #[error("could not start the threads of the object store")]
    Threads {
        /// What the operating system said.
        source: io::Error,
    },

    /// The bucket must not hold recordings.
    #[error(transparent)]
    Residency(#[from] ResidencyError),
}

impl ObjectError {
    /// Sorts an error of the operating system, met while `doing` something ("write an object"). One
    /// that was made from an [`ObjectError`] becomes that again.
    pub fn while_doing(doing: &'static str, source: io::Error) -> Self {
        let source = match source.downcast::<Self>() {
            Ok(original) => return original,
            Err(source) => source,
        };
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::Full { doing, source },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { doing, source },
            io::ErrorKind::PermissionDenied => Self::Denied { doing, source },
            _ => Self::Io { doing, source },
        }
    }

    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NotFound { .. } => Kind::NotFound,
            Self::AlreadyExists { .. } => Kind::Internal,
            Self::Damaged { .. } => Kind::Damaged,
            Self::NoBucket { .. } | Self::Elsewhere { .. } | Self::TooLong => Kind::Invalid,
            Self::NotDeleted { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::Denied { .. }
            | Self::Unreachable { .. }
            | Self::Threads { .. }
            | Self::Io { .. } => Kind::Unavailable,
            Self::Residency(error) => error.kind(),
        }
    }
}

/// For readers and writers, which can only fail so. [`ObjectError::while_doing`] gives the original
/// back.
impl From<ObjectError> for io::Error {
    fn from(error: ObjectError) -> Self {
        let kind = match &error {
            ObjectError::NotFound { .. } => io::ErrorKind::NotFound,
            ObjectError::AlreadyExists { .. } => io::ErrorKind::AlreadyExists,
            ObjectError::Full { .. } => io::ErrorKind::StorageFull,
            ObjectError::Denied { .. } => io::ErrorKind::PermissionDenied,
            ObjectError::Damaged { .. } => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
