//! What can go wrong with an erasure.

use scrim_policy::{ArtefactId, ErasureId, Kind};

/// An erasure was refused, or could not be proven. What was done of it stays done; going on with it
/// is always safe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErasureError {
    /// No recording lists this person.
    #[error(
        "no recording lists this person; {unlisted} recordings were made without a roster and cannot be searched"
    )]
    NobodyFound {
        /// Recordings that list nobody at all.
        unlisted: u64,
    },

    /// People who were erased from a source are not on the roster that it is processed with, so
    /// that they could not be hidden.
    #[error(
        "{missing} people who were erased from this recording are not on the roster, so they could not be hidden"
    )]
    NotOnRoster {
        /// How many.
        missing: u64,
    },

    /// Objects are in the store again after they were deleted.
    #[error("{count} objects that were deleted are in the store again")]
    LeftInStore {
        /// How many.
        count: u64,
    },

    /// The catalog still names what was erased.
    #[error("column `{column}` of table `{table}` still names something that was erased")]
    LeftInCatalog {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },

    /// A wrapped key of an erased artefact still opens.
    #[error("the data key of the erased artefact {artefact} still opens")]
    StillOpens {
        /// The artefact.
        artefact: ArtefactId,
    },

    /// A version of the tenant's key that wrapped what was erased is still there.
    #[error("a key that wrapped what {erasure} erases is not destroyed")]
    NotShredded {
        /// The erasure.
        erasure: ErasureId,
    },

    /// The erasure has no certificate yet.
    #[error("{erasure} is not finished, so there is no certificate")]
    NotCertified {
        /// The erasure.
        erasure: ErasureId,
    },

    /// A hold needs a reason and an approver.
    #[error("a hold needs a reason and an approver")]
    NoReason,
}

impl ErasureError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NobodyFound { .. } | Self::NotCertified { .. } => Kind::NotFound,
            Self::NotOnRoster { .. } => Kind::Refused,
            Self::LeftInStore { .. } => Kind::Unavailable,
            Self::LeftInCatalog { .. } | Self::StillOpens { .. } | Self::NotShredded { .. } => {
                Kind::Internal
            }
            Self::NoReason => Kind::Invalid,
        }
    }
}
