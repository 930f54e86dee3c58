//! Keys of keys: wrapping data keys, signing proofs, hashing what could be guessed.
//!
//! ```text
//! key file or passphrase, and keyring.epoch
//!  └─ keyring.json, sections sealed with AES-256-GCM
//!      ├─ tenant_keys   per tenant, versions of a 32-byte key that wraps data keys
//!      │   └─ data key  one per artefact, wrapped with its context, kept in the catalog
//!      ├─ signing_key   Ed25519, signs proofs
//!      └─ digest_key    HMAC-SHA256, for values that could be guessed from a plain hash
//! ```
//!
//! > **No key is written beside what it opens.** The key file is a file of its own, so that it can
//! > lie on another disk than the catalog and stay out of its backups; a passphrase lies nowhere.
//!
//! > **A destroyed key does not come back.** Destroying one replaces the bytes in `keyring.epoch`,
//! > without which older copies of `keyring.json` do not open. That file is never backed up.
//!
//! Instead of the keyring, OpenBao or Vault may hold the tenants' keys ([`Transit`]). The signing
//! and the digest key stay in `keyring.json` then: they are needed for every job and row, transit
//! would sign in another form than proofs have, and neither of them opens anything. So machines that
//! share a catalog share that file as well.

mod document;
mod epoch;
mod error;
mod file;
mod transit;
mod unlock;
mod wrap;

pub use error::{KeyError, KeyringError};
pub use file::Keyring;
pub use transit::{Token, Transit, TransitAddress, TransitError, TransitSettings};
pub use unlock::{Passphrase, Unlock};
pub use wrap::{KeyContext, WrappedKey};
pub(crate) use wrap::{open_short, seal_short};

use std::{fmt, str::FromStr};

use scrim_policy::TenantId;

use crate::secret::DataKey;

/// Which key management wraps a data key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KmsKind {
    /// The [`Keyring`] file of this Scrim.
    Local,
    /// The transit engine of OpenBao or Vault.
    Transit,
}

impl KmsKind {
    /// Returns the word for it in the catalog.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Transit => "transit",
        }
    }
}

impl fmt::Display for KmsKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KmsKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Local, Self::Transit]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

/// The versions of a tenant's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyVersions {
    /// The one that wraps.
    pub newest: u32,
    /// The oldest one that still unwraps. What is older is destroyed.
    pub oldest: u32,
}

/// Something that wraps data keys with keys that never leave it.
///
/// Each tenant has a key of its own, with versions from 1. Raising the oldest version destroys what
/// is below it for good: a data key that was wrapped by a destroyed version opens nothing, wherever
/// a copy of it may turn up. That is what erasure rests on.
pub trait Kms: Send + Sync {
    /// Says which one it is.
    fn which(&self) -> KmsKind;

    /// Wraps a data key for one place. Opens only with an equal context.
    ///
    /// # Errors
    /// [`KeyError`].
    fn wrap_key(&self, context: &KeyContext, key: &DataKey) -> Result<WrappedKey, KeyError>;

    /// Returns the data key that was wrapped for this context.
    ///
    /// # Errors
    /// [`KeyError`].
    fn unwrap_key(&self, context: &KeyContext, wrapped: &WrappedKey) -> Result<DataKey, KeyError>;

    /// Wraps a data key again under the newest version. Its bytes never leave the key management.
    ///
    /// # Errors
    /// [`KeyError`].
    fn rewrap_key(
        &self,
        context: &KeyContext,
        wrapped: &WrappedKey,
    ) -> Result<WrappedKey, KeyError>;

    /// Returns the versions of a tenant's key, or nothing where it has none.
    ///
    /// # Errors
    /// [`KeyError`].
    fn key_versions(&self, tenant: TenantId) -> Result<Option<KeyVersions>, KeyError>;

    /// Makes a new version of a tenant's key and returns its number. Older ones still unwrap.
    ///
    /// # Errors
    /// [`KeyError`].
    fn rotate_key(&self, tenant: TenantId) -> Result<u32, KeyError>;

    /// Destroys all versions of a tenant's key below `oldest`. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`KeyError`], among others where `oldest` is above the newest version.
    fn destroy_versions_below(&self, tenant: TenantId, oldest: u32) -> Result<(), KeyError>;

    /// Destroys the key of a tenant, all its versions. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`KeyError`].
    fn destroy_tenant_key(&self, tenant: TenantId) -> Result<(), KeyError>;
}
