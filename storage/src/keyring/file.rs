//! A keyring in a file.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

use ed25519_dalek::{Signer, SigningKey};
use hkdf::hmac::{Hmac, KeyInit, Mac};
use scrim_policy::TenantId;
use sha2::Sha256;

use super::{
    KeyContext, KeyError, KeyVersions, KeyringError, Kms, KmsKind, Unlock, WrappedKey,
    document::{Document, Dropped, Section, TenantKeys},
    epoch,
    unlock::{self, MasterKey},
    wrap,
};
use crate::{
    digest::KeyedDigest,
    durable,
    secret::{DataKey, Secret},
    signing::PublicKey,
};

/// A [`Kms`] for one machine: tenants' keys, the signing key and the digest key in one sealed file.
///
/// Several processes may have it open. Changes are made under a lock file, on what the file says
/// then, and replace the file in one step.
///
/// Destroying keys takes three steps: the next epoch is put beside the one that counts, the file is
/// replaced by one of the next epoch, and the epoch before is overwritten. A process that is killed
/// between two of them leaves a keyring that opens; the next change ends what it began.
pub struct Keyring {
    path: PathBuf,
    /// What the key file or passphrase gives. With the epoch it becomes the master key.
    base: MasterKey,
    tenant_keys: RwLock<TenantKeys>,
    signing_key: SigningKey,
    digest_key: Secret<32>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// Opens an existing keyring.
    ///
    /// # Errors
    /// [`KeyringError::Missing`] where there is none, and every other variant but
    /// [`KeyringError::Write`] and [`KeyringError::Busy`].
    pub fn open(path: &Path, unlock: &Unlock) -> Result<Self, KeyringError> {
        let document = read(path)?;
        let base = unlock::follow(&document.unlock, unlock)?;
        document.check(&base, unlock)?;
        let Opened {
            document, master, ..
        } = Opened::now_or_under_lock(path, &base)?;
        let signing_key = document
            .signing_key
            .open_key(&master, Section::SigningKey)?;
        Ok(Self {
            path: path.to_owned(),
            tenant_keys: RwLock::new(TenantKeys::open(&document.tenant_keys, &master)?),
            signing_key: SigningKey::from_bytes(signing_key.expose()),
            digest_key: document.digest_key.open_key(&master, Section::DigestKey)?,
            base,
        })
    }

    /// Opens a keyring, after making it if there is none.
    ///
    /// # Errors
    /// Every variant of [`KeyringError`] but [`KeyringError::Missing`].
    pub fn open_or_create(path: &Path, unlock: &Unlock) -> Result<Self, KeyringError> {
        match Self::open(path, unlock) {
            Err(KeyringError::Missing { .. }) => {}
            opened => return opened,
        }
        let lock = lock(path)?;
        // Somebody else may have made it before we got the lock.
        if !path.exists() {
            create(path, unlock)?;
        }
        drop(lock);
        Self::open(path, unlock)
    }

    /// Returns the key that checks the signatures of this keyring.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::new(self.signing_key.verifying_key())
    }

    /// Signs bytes with Ed25519.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing_key.sign(message).to_bytes()
    }

    /// Hashes `parts` under the digest key, so that nobody without it can guess them. Other parts
    /// or another `domain` give another digest, also where they read the same one after the other.
    pub fn keyed_digest(&self, domain: &str, parts: &[&[u8]]) -> KeyedDigest {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.digest_key.expose())
            .expect("HMAC takes keys of any length");
        for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        KeyedDigest::from_bytes(mac.finalize().into_bytes().into())
    }

    /// Makes a first key for a tenant that has none.
    fn ensure_key(&self, tenant: TenantId) -> Result<(), KeyringError> {
        if self.keys().current(tenant).is_some() {
            return Ok(());
        }
        let key = Secret::random()?;
        self.change(|keys| {
            // Somebody else may have made one before we got the lock.
            if keys.current(tenant).is_none() {
                keys.add(tenant, key);
            }
        })
    }

    /// Changes what the file says now, in one step, and remembers the result.
    fn change<T>(&self, change: impl FnOnce(&mut TenantKeys) -> T) -> Result<T, KeyringError> {
        let _lock = lock(&self.path)?;
        let mut opened = Opened::tidy(&self.path, &self.base)?;
        let mut keys = TenantKeys::open(&opened.document.tenant_keys, &opened.master)?;
        let result = change(&mut keys);
        opened.document.tenant_keys = keys.seal(&opened.master)?;
        write(&self.path, &opened.document)?;
        self.remember(keys);
        Ok(result)
    }

    /// Takes keys out for good: what is left goes into a file of the next epoch, which older copies
    /// of the file do not belong to.
    fn destroy(
        &self,
        drop: impl FnOnce(&mut TenantKeys) -> Dropped,
    ) -> Result<Dropped, KeyringError> {
        let _lock = lock(&self.path)?;
        let Opened {
            document,
            master,
            slot,
        } = Opened::tidy(&self.path, &self.base)?;
        let mut keys = TenantKeys::open(&document.tenant_keys, &master)?;
        let dropped = drop(&mut keys);
        if dropped == Dropped::Some {
            let epoch = Secret::random()?;
            let master_then = self.base.at(&epoch);
            let document_then = Document::new(
                document.unlock.clone(),
                &self.base,
                &master_then,
                &keys,
                &document
                    .signing_key
                    .open_key(&master, Section::SigningKey)?,
                &document.digest_key.open_key(&master, Section::DigestKey)?,
            )?;
            let epochs = epoch_path(&self.path);
            let slot_then = epoch::put_beside(&epochs, slot, &epoch)?;
            write(&self.path, &document_then)?;
            epoch::forget_others(&epochs, slot_then)?;
        }
        self.remember(keys);
        Ok(dropped)
    }

    /// Looks at the file again: another process may have added keys.
    fn reload(&self) -> Result<(), KeyringError> {
        let opened = Opened::now_or_under_lock(&self.path, &self.base)?;
        let keys = TenantKeys::open(&opened.document.tenant_keys, &opened.master)?;
        self.remember(keys);
        Ok(())
    }

    /// The lock is held for one assignment or look-up at a time, so a panic leaves nothing half done.
    fn remember(&self, keys: TenantKeys) {
        *self
            .tenant_keys
            .write()
            .unwrap_or_else(PoisonError::into_inner) = keys;
    }

    fn keys(&self) -> RwLockReadGuard<'_, TenantKeys> {
        self.tenant_keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kms for Keyring {
    fn which(&self) -> KmsKind {
        KmsKind::Local
    }

    fn wrap_key(&self, context: &KeyContext, key: &DataKey) -> Result<WrappedKey, KeyError> {
        let tenant = context.tenant();
        self.ensure_key(tenant)?;
        let keys = self.keys();
        // Another thread may have destroyed the tenant's key in between.
        let (version, tenant_key) = keys
            .current(tenant)
            .ok_or(KeyError::UnknownVersion { tenant, version: 0 })?;
        let bytes = wrap::wrap(tenant_key, context, key)?;
        Ok(WrappedKey {
            kms: KmsKind::Local,
            version,
            bytes,
        })
    }

    fn unwrap_key(&self, context: &KeyContext, wrapped: &WrappedKey) -> Result<DataKey, KeyError> {
        let (tenant, version) = (context.tenant(), wrapped.version);
        if self.keys().version(tenant, version).is_none() {
            self.reload()?;
        }
        let keys = self.keys();
        let tenant_key = keys
            .version(tenant, version)
            .ok_or(KeyError::UnknownVersion { tenant, version })?;
        wrap::unwrap(tenant_key, context, &wrapped.bytes).ok_or(KeyError::NotAuthentic)
    }

    fn rewrap_key(
        &self,
        context: &KeyContext,
        wrapped: &WrappedKey,
    ) -> Result<WrappedKey, KeyError> {
        self.wrap_key(context, &self.unwrap_key(context, wrapped)?)
    }

    fn key_versions(&self, tenant: TenantId) -> Result<Option<KeyVersions>, KeyError> {
        self.reload()?;
        Ok(self.keys().versions(tenant))
    }

    fn rotate_key(&self, tenant: TenantId) -> Result<u32, KeyError> {
        let key = Secret::random()?;
        Ok(self.change(|keys| keys.add(tenant, key))?)
    }

    fn destroy_versions_below(&self, tenant: TenantId, oldest: u32) -> Result<(), KeyError> {
        match self.destroy(|keys| keys.drop_below(tenant, oldest))? {
            Dropped::Some | Dropped::Nothing => Ok(()),
            Dropped::Impossible => Err(KeyError::UnknownVersion {
                tenant,
                version: oldest,
            }),
        }
    }

    fn destroy_tenant_key(&self, tenant: TenantId) -> Result<(), KeyError> {
        self.destroy(|keys| keys.drop_tenant(tenant))?;
        Ok(())
    }
}

/// A keyring file, what opens it, and the slot of its epoch; files of the first format have none.
struct Opened {
    document: Document,
    master: MasterKey,
    slot: Option<usize>,
}

impl Opened {
    fn now(path: &Path, base: &MasterKey) -> Result<Self, KeyringError> {
        let epochs = epoch_path(path);
        let taken = epoch::read(&epochs)?;
        let document = read(path)?;
        match document.master(base, &taken)? {
            Some((master, slot)) => Ok(Self {
                document,
                master,
                slot,
            }),
            None if !epochs.exists() => Err(KeyringError::EpochMissing { path: epochs }),
            None => Err(KeyringError::OtherEpoch { path: epochs }),
        }
    }

    /// Between our two reads another process may have gone on to the next epoch. While we have the
    /// lock, none does.
    fn now_or_under_lock(path: &Path, base: &MasterKey) -> Result<Self, KeyringError> {
        match Self::now(path, base) {
            Err(error @ KeyringError::OtherEpoch { .. }) => match lock(path) {
                Ok(_lock) => Self::now(path, base),
                // A copy on a medium that cannot be written is nobody's to change.
                Err(_) => Err(error),
            },
            opened => opened,
        }
    }

    /// Ends what a process that was killed has begun. Only called under the lock.
    fn tidy(path: &Path, base: &MasterKey) -> Result<Self, KeyringError> {
        let opened = Self::now(path, base)?;
        if let Some(slot) = opened.slot {
            epoch::forget_others(&epoch_path(path), slot)?;
        }
        Ok(opened)
    }
}

/// `keyring.epoch` beside `keyring.json`.
fn epoch_path(path: &Path) -> PathBuf {
    path.with_extension("epoch")
}

fn create(path: &Path, unlock: &Unlock) -> Result<(), KeyringError> {
    let (method, base) = unlock::choose(unlock)?;
    let master = base.at(&epoch::create(&epoch_path(path))?);
    let document = Document::new(
        method,
        &base,
        &master,
        &TenantKeys::default(),
        &Secret::random()?,
        &Secret::random()?,
    )?;
    write(path, &document)
}

fn read(path: &Path) -> Result<Document, KeyringError> {
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => KeyringError::Missing {
            path: path.to_owned(),
        },
        _ => KeyringError::Read {
            path: path.to_owned(),
            source,
        },
    })?;
    Document::parse(&bytes)
}

/// Replaces the file. Only called under the lock, so the temporary name is ours alone.
fn write(path: &Path, document: &Document) -> Result<(), KeyringError> {
    let temporary = path.with_added_extension("new");
    durable::replace_file(path, &temporary, &document.to_bytes()).map_err(|source| {
        KeyringError::Write {
            path: path.to_owned(),
            source,
        }
    })
}

/// Waits for the right to change the keyring.
fn lock(path: &Path) -> Result<File, KeyringError> {
    let path = path.with_added_extension("lock");
    let locked = durable::lock(&path).map_err(|source| KeyringError::Write { path, source })?;
    locked.ok_or(KeyringError::Busy)
}
