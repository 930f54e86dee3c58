//! What can go wrong with a vault.

use std::{io, path::PathBuf};

use scrim_policy::{ArtefactId, Kind, RecordingId};

use crate::{
    artefact::ArtefactKind,
    audit::AuditError,
    catalog::CatalogError,
    erasure::ErasureError,
    keyring::{KeyError, KeyringError},
    objects::ObjectError,
    proof::ProofError,
    residency::ResidencyError,
    seal::{OpenError, SealError},
    secret::EntropyError,
};

/// A vault did not do what it was asked to. No half-written artefact is left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The folder of the vault could not be made.
    #[error("could not make the folder {}", path.display())]
    Home {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// The threads for the catalog could not be started.
    #[error("could not start the threads of the catalog")]
    Threads {
        /// What the operating system said.
        source: io::Error,
    },

    /// The list of wrapped keys beside the catalog could not be read or written.
    #[error("could not use the list of wrapped keys {}", path.display())]
    WrappedKeys {
        /// The file.
        path: PathBuf,
        /// What the operating system said, or that it is no such list.
        source: io::Error,
    },

    /// An artefact is too large to be read into memory.
    #[error("artefact {artefact} has {bytes} bytes, more than the {limit} that were allowed")]
    TooLarge {
        /// The artefact.
        artefact: ArtefactId,
        /// Its length in bytes.
        bytes: u64,
        /// The most that was allowed.
        limit: u64,
    },

    /// A password could not be hashed.
    #[error("could not hash a password")]
    Password,

    /// It is no original, or one that is not kept yet.
    #[error("{recording} is no original that is kept")]
    NotAnOriginal {
        /// What was named.
        recording: RecordingId,
    },

    /// The recording has no artefact of this kind that users could get.
    #[error("{recording} has no {kind}")]
    NoSuchOutput {
        /// The recording.
        recording: RecordingId,
        /// The kind.
        kind: ArtefactKind,
    },

    /// The proof and the catalog do not describe the same artefact.
    #[error("the proof of {recording} and the catalog disagree about its {kind}")]
    Disagreement {
        /// The recording.
        recording: RecordingId,
        /// The kind.
        kind: ArtefactKind,
    },

    /// Users could get something that the proof says nothing about.
    #[error("the proof of {recording} says nothing about its {kind}")]
    Unproven {
        /// The recording.
        recording: RecordingId,
        /// The kind.
        kind: ArtefactKind,
    },

    /// The gate has held the recording.
    #[error("the gate said no to {recording}: it is only published with a reason")]
    GateSaidNo {
        /// The recording.
        recording: RecordingId,
    },

    /// The gate has let the recording pass.
    #[error("the gate said yes to {recording}: there is nothing to override")]
    GateSaidYes {
        /// The recording.
        recording: RecordingId,
    },

    /// Somebody decides against the gate and does not say why.
    #[error("no reason was given")]
    NoReason,

    /// It is done, but nobody will know why.
    #[error("{recording} is withdrawn, but the reason could not be kept")]
    ReasonNotKept {
        /// The recording.
        recording: RecordingId,
        /// Why not.
        source: Box<VaultError>,
    },

    /// From the random number generator.
    #[error(transparent)]
    Entropy(#[from] EntropyError),

    /// From the keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),

    /// From wrapping or unwrapping a data key.
    #[error(transparent)]
    Key(#[from] KeyError),

    /// From the object store.
    #[error(transparent)]
    Object(#[from] ObjectError),

    /// From the catalog.
    #[error(transparent)]
    Catalog(#[from] CatalogError),

    /// From the audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),

    /// From an erasure.
    #[error(transparent)]
    Erasure(#[from] ErasureError),

    /// From sealing.
    #[error(transparent)]
    Seal(SealError),

    /// From opening.
    #[error(transparent)]
    Open(#[from] OpenError),

    /// From a proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl VaultError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Home { .. } | Self::Threads { .. } => Kind::Unavailable,
            Self::WrappedKeys { source, .. } => match source.kind() {
                io::ErrorKind::InvalidData => Kind::Damaged,
                _ => Kind::Unavailable,
            },
            Self::Password => Kind::Internal,
            Self::TooLarge { .. } | Self::GateSaidYes { .. } | Self::NoReason => Kind::Invalid,
            Self::GateSaidNo { .. } => Kind::Refused,
            Self::ReasonNotKept { source, .. } => source.kind(),
            Self::NoSuchOutput { .. } | Self::NotAnOriginal { .. } => Kind::NotFound,
            Self::Disagreement { .. } | Self::Unproven { .. } => Kind::Damaged,
            Self::Entropy(error) => error.kind(),
            Self::Keyring(error) => error.kind(),
            Self::Key(error) => error.kind(),
            Self::Object(error) => error.kind(),
            Self::Catalog(error) => error.kind(),
            Self::Audit(error) => error.kind(),
            Self::Erasure(error) => error.kind(),
            Self::Seal(error) => error.kind(),
            Self::Open(error) => error.kind(),
            Self::Proof(error) => error.kind(),
        }
    }
}

/// One of the place is one of the object store.
impl From<ResidencyError> for VaultError {
    fn from(error: ResidencyError) -> Self {
        ObjectError::from(error).into()
    }
}

/// An error of the store below the seal is sorted as one of the store: a full disk is a full disk.
impl From<SealError> for VaultError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Write { source } => {
                ObjectError::while_doing("write an object", source).into()
            }
            other => Self::Seal(other),
        }
    }
}
