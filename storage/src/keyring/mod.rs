//! Keys of keys: wrapping data keys, signing proofs, hashing what could be guessed.
//!
//! ```text
//! key file or passphrase
//!  └─ keyring.json, sections sealed with AES-256-GCM
//!      ├─ tenant_keys   per tenant, versions of a 32-byte key that wraps data keys
//!      │   └─ data key  one per artefact, wrapped with its context, kept in the catalog
//!      ├─ signing_key   Ed25519, signs proofs
//!      └─ digest_key    HMAC-SHA256, for values that could be guessed from a plain hash
//! ```
//!
//! > **No key is written beside what it opens.** The key file is a file of its own, so that it can
//! > lie on another disk than the catalog and stay out of its backups; a passphrase lies nowhere.

mod document;
mod error;
mod file;
mod unlock;
mod wrap;

pub use error::{KeyError, KeyringError};
pub use file::Keyring;
pub use unlock::{Passphrase, Unlock};
pub use wrap::{KeyContext, WrappedKey};

use crate::secret::DataKey;

/// Something that wraps data keys with keys that never leave it.
pub trait Kms: Send + Sync {
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
}
