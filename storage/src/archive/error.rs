//! What can go wrong with an import.

use std::io;

use scrim_policy::{Kind, RecordingId};

use crate::{artefact::ArtefactKind, proof::ProofError, timestamp::Timestamp, vault::VaultError};

/// An archive was not imported, or not to its end. Recordings are there completely or not at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The archive could not be read.
    #[error("could not read the archive")]
    Read {
        /// What the operating system said.
        source: io::Error,
    },

    /// The file is no archive, or not a whole one.
    #[error("not an archive of a tenant: {what}")]
    NotAnArchive {
        /// What is wrong with it.
        what: &'static str,
    },

    /// The archive is encrypted with another password.
    #[error("the password of the archive is another one")]
    WrongPassword,

    /// The archive has a file that its manifest does not name.
    #[error("the archive has {count} files that its manifest does not name")]
    Unlisted {
        /// How many.
        count: usize,
    },

    /// The manifest cannot be true.
    #[error("the manifest of the archive contradicts itself: {what}")]
    Contradiction {
        /// In what.
        what: &'static str,
    },

    /// A file that the manifest names is not there.
    #[error("the archive lacks the {kind} of {recording}")]
    Missing {
        /// The recording.
        recording: RecordingId,
        /// What the file holds.
        kind: ArtefactKind,
    },

    /// A file is not the one that the manifest or the proof describes.
    #[error("the {kind} of {recording} in the archive is not what its {stated_in} says")]
    Differs {
        /// The recording.
        recording: RecordingId,
        /// What the file holds.
        kind: ArtefactKind,
        /// `manifest` or `proof`.
        stated_in: &'static str,
    },

    /// The list of who took part is in no form that this program knows. Without it, an erasure would
    /// not find them.
    #[error(
        "the attendance of {recording} in the archive cannot be read, or is of a newer program"
    )]
    UnreadableAttendance {
        /// The recording.
        recording: RecordingId,
    },

    /// There are recordings already. Two catalogs are not merged.
    #[error(
        "there are recordings here already, and an archive is imported into an empty Scrim only"
    )]
    NotEmpty,

    /// It was imported before. What was erased since must not come back.
    #[error("this archive was imported at {at}")]
    ImportedBefore {
        /// When that was finished.
        at: Timestamp,
    },

    /// From the signature of the manifest or of a proof.
    #[error(transparent)]
    Proof(#[from] ProofError),

    /// From the vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl ImportError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Read { .. } => Kind::Unavailable,
            Self::NotAnArchive { .. } | Self::WrongPassword => Kind::Invalid,
            Self::Unlisted { .. }
            | Self::Contradiction { .. }
            | Self::Missing { .. }
            | Self::Differs { .. }
            | Self::UnreadableAttendance { .. } => Kind::Damaged,
            Self::NotEmpty | Self::ImportedBefore { .. } => Kind::Refused,
            Self::Proof(error) => error.kind(),
            Self::Vault(error) => error.kind(),
        }
    }
}
