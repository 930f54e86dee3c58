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

    /// No space is left, or a quota is used up.
    #[error("no space is left to {doing}")]
    Full {
        /// What was being done.
        doing: &'static str,
        /// What the operating system said.
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

    /// The store belongs to somebody else.
    #[error("permission denied to {doing}")]
    Denied {
        /// What was being done.
        doing: &'static str,
        /// What the operating system said.
        source: io::Error,
    },

    /// Anything else that the operating system refuses.
    #[error("could not {doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the operating system said.
        source: io::Error,
    },

    /// The bucket must not hold recordings.
    #[error(transparent)]
    Residency(#[from] ResidencyError),
}

impl ObjectError {
    /// Sorts an error of the operating system, met while `doing` something ("write an object").
    pub fn while_doing(doing: &'static str, source: io::Error) -> Self {
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
            Self::Full { .. } | Self::ReadOnly { .. } | Self::Denied { .. } | Self::Io { .. } => {
                Kind::Unavailable
            }
            Self::Residency(error) => error.kind(),
        }
    }
}
