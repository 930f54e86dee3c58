//! What can go wrong with keys.

use std::{io, path::PathBuf};

use scrim_policy::{Kind, TenantId};

use super::{KmsKind, TransitError};
use crate::secret::EntropyError;

/// The keyring could not be opened, created or changed. What was there before still is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// The passphrase is not the one of this keyring.
    #[error("the passphrase does not open this keyring")]
    WrongPassphrase,

    /// An empty passphrase would protect nothing.
    #[error("an empty passphrase is not accepted")]
    EmptyPassphrase,

    /// The key file is not the one of this keyring.
    #[error("the key file {} does not open this keyring", path.display())]
    WrongKeyFile {
        /// The key file.
        path: PathBuf,
    },

    /// The keyring exists, so its key file must exist as well. None is made in its place.
    #[error("the key file {} is missing", path.display())]
    KeyFileMissing {
        /// The key file.
        path: PathBuf,
    },

    /// The key file can be read by others than its owner.
    #[error("the key file {} has mode {mode:03o}, others than its owner must have no access", path.display())]
    KeyFileOpenToOthers {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },

    /// The key file does not hold a key.
    #[error("the key file {} does not hold a key", path.display())]
    KeyFileDamaged {
        /// The key file.
        path: PathBuf,
    },

    /// The keyring is protected in another way than the one that was tried.
    #[error("this keyring is opened by a {wanted}")]
    OtherMethod {
        /// `passphrase` or `key file`.
        wanted: &'static str,
    },

    /// The keyring file and the epoch file are from different times: keys were destroyed in between.
    /// One of them is an old copy, and an old copy of the keyring opens nothing, which is the point.
    #[error(
        "this keyring is not the one that {} belongs to: keys were destroyed since one of them was copied",
        path.display()
    )]
    OtherEpoch {
        /// The epoch file.
        path: PathBuf,
    },

    /// The epoch file is missing. Without it nobody can open the keyring.
    #[error("the epoch file {} of the keyring is missing", path.display())]
    EpochMissing {
        /// The epoch file.
        path: PathBuf,
    },

    /// There is a catalog but no keyring. A new keyring would open nothing of it.
    #[error("there is a catalog, but the keyring {} is missing", path.display())]
    Missing {
        /// Where the keyring should be.
        path: PathBuf,
    },

    /// The keyring was written by a newer version of this program.
    #[error("the keyring has format `{found}`, this program knows `{known}`")]
    UnknownFormat {
        /// What the file says.
        found: String,
        /// What this program writes.
        known: &'static str,
    },

    /// The keyring was changed by something else than this program.
    #[error("the {section} of the keyring is damaged")]
    Damaged {
        /// Which part.
        section: &'static str,
    },

    /// Another process has been changing the keyring for several seconds.
    #[error("another process is changing the keyring")]
    Busy,

    /// No random bytes for a new key.
    #[error(transparent)]
    Entropy(#[from] EntropyError),

    /// There is not enough memory to check a passphrase.
    #[error("could not derive a key from the passphrase")]
    Derive {
        /// What the key derivation said.
        source: argon2::Error,
    },

    /// A file could not be read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// A file could not be written.
    #[error("could not write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl KeyringError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::WrongPassphrase
            | Self::EmptyPassphrase
            | Self::WrongKeyFile { .. }
            | Self::OtherEpoch { .. }
            | Self::KeyFileOpenToOthers { .. }
            | Self::OtherMethod { .. }
            | Self::UnknownFormat { .. } => Kind::Invalid,
            Self::KeyFileMissing { .. } | Self::EpochMissing { .. } | Self::Missing { .. } => {
                Kind::NotFound
            }
            Self::KeyFileDamaged { .. } | Self::Damaged { .. } => Kind::Damaged,
            Self::Busy | Self::Derive { .. } | Self::Read { .. } | Self::Write { .. } => {
                Kind::Unavailable
            }
            Self::Entropy(error) => error.kind(),
        }
    }
}

/// A data key could not be wrapped or unwrapped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The tenant has no key of this version: it was destroyed, or belongs to another keyring.
    #[error("there is no key of {tenant} with version {version}")]
    UnknownVersion {
        /// The tenant.
        tenant: TenantId,
        /// The version that wrapped the data key.
        version: u32,
    },

    /// The wrapped key was changed, or was wrapped for another artefact.
    #[error("the wrapped key is not authentic for this artefact")]
    NotAuthentic,

    /// The key management that wrapped the data key is not set up here.
    #[error("the data key was wrapped by the {kms} key management, which is not set up here")]
    NotConfigured {
        /// Which one it is.
        kms: KmsKind,
    },

    /// What was wrapped does not unwrap to the same key. The row keeps what it had.
    #[error("the {kms} key management gave another data key back than it was given")]
    NotKept {
        /// Which one it is.
        kms: KmsKind,
    },

    /// A rotation made no newer version.
    #[error("the {kms} key management was asked for a new version of a key and made none")]
    NotRotated {
        /// Which one it is.
        kms: KmsKind,
    },

    /// No random bytes for a nonce.
    #[error(transparent)]
    Entropy(#[from] EntropyError),

    /// A tenant's key had to be made or looked up, and the keyring did not allow it.
    #[error(transparent)]
    Keyring(#[from] KeyringError),

    /// From the key server.
    #[error(transparent)]
    Transit(#[from] TransitError),
}

impl KeyError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::UnknownVersion { .. } | Self::NotConfigured { .. } => Kind::NotFound,
            Self::NotAuthentic | Self::NotKept { .. } => Kind::Damaged,
            Self::NotRotated { .. } => Kind::Unavailable,
            Self::Entropy(error) => error.kind(),
            Self::Keyring(error) => error.kind(),
            Self::Transit(error) => error.kind(),
        }
    }

    /// Says whether this data key stays unopenable, whatever is tried: its version is destroyed, or
    /// it was changed. Everything else may work the next time.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::UnknownVersion { .. } | Self::NotAuthentic)
    }
}
