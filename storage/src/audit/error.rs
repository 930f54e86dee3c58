//! What can go wrong with the audit log.

use std::sync::Arc;

use scrim_policy::Kind;

use super::NoteError;
use crate::catalog::CatalogError;

/// The audit log did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// What was asked for is not done, because it could not be accounted for.
    #[error("the audit log could not be written, so nothing was done")]
    Unwritable {
        /// What the catalog said. Entries of several threads are written together, and fail together.
        source: Arc<CatalogError>,
    },

    /// A checkpoint that was kept elsewhere is none of this log.
    #[error(transparent)]
    Note(#[from] NoteError),

    /// The log could not be written to where it was to go.
    #[error("could not write the export of the audit log")]
    Export {
        /// What the operating system said.
        source: std::io::Error,
    },

    /// There is no such entry.
    #[error("the audit log has {size} entries, from 0, and no entry {seq}")]
    NoEntry {
        /// The entry that was asked for.
        seq: u64,
        /// The number of entries.
        size: u64,
    },
}

impl AuditError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unwritable { source } => source.kind(),
            Self::Note(error) => error.kind(),
            Self::Export { .. } => Kind::Unavailable,
            Self::NoEntry { .. } => Kind::NotFound,
        }
    }
}
