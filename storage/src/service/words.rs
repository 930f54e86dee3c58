//! Sealing words, and replacing their key.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use scrim_policy::TenantId;
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    catalog::{CatalogError, Column, Sealed, WordsKey},
    keyring::{KeyContext, KeyError, KmsKind, WrappedKey, open_short, seal_short},
    secret::DataKey,
    vault::{Vault, VaultError},
};

/// Data keys of words that were unwrapped, by tenant, with the number of each. Asking a key server
/// for every title of a list would take seconds.
pub(crate) type WordsCache = Mutex<BTreeMap<TenantId, (u64, Arc<DataKey>)>>;

/// How often words are sealed again because their key was replaced meanwhile.
const TRIES: u32 = 4;

/// The data key of a tenant's words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    tenant: TenantId,
    epoch: u64,
    key: Arc<DataKey>,
}

/// Words that were sealed, for one row.
pub(super) struct SealedWords {
    tenant: TenantId,
    epoch: u64,
    words: Vec<u8>,
}

impl SealedWords {
    pub(super) fn as_row(&self) -> Sealed<'_> {
        Sealed {
            tenant: self.tenant,
            epoch: self.epoch,
            words: &self.words,
        }
    }
}

impl Words {
    pub(super) fn seal(
        &self,
        column: Column,
        row: &str,
        words: &impl Serialize,
    ) -> Result<SealedWords, VaultError> {
        let json = serde_json::to_vec(words).expect("words are texts, numbers and lists of them");
        let json = Zeroizing::new(json);
        let context = column.context(self.tenant, row);
        Ok(SealedWords {
            tenant: self.tenant,
            epoch: self.epoch,
            words: seal_short(&self.key, context.as_bytes(), &json)?,
        })
    }

    pub(super) fn open<T: DeserializeOwned>(
        &self,
        column: Column,
        row: &str,
        sealed: &[u8],
    ) -> Result<T, VaultError> {
        let json = self.open_bytes(column, row, sealed)?;
        let unreadable = |_| CatalogError::Unreadable { column: "words" };
        Ok(serde_json::from_slice(&json).map_err(unreadable)?)
    }

    fn open_bytes(
        &self,
        column: Column,
        row: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let context = column.context(self.tenant, row);
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let opened = open_short(&self.key, context.as_bytes(), &mut bytes);
        let text = opened.ok_or(KeyError::NotAuthentic)?;
        Ok(Zeroizing::new(text.to_vec()))
    }
}

impl Vault {
    /// Returns the data key of a tenant's words, a new one where there is none.
    pub(super) fn words(&self, tenant: TenantId) -> Result<Words, VaultError> {
        for _ in 0..TRIES {
            if let Some(found) = self.wait(self.catalog().words_key(tenant))? {
                return self.unwrapped_words(&found);
            }
            let (key, made) = self.new_words_key(tenant, 1)?;
            match self.wait(self.catalog().add_words_key(&made)) {
                Ok(true) => return Ok(self.remember_words(&made, key)),
                // Somebody was faster, or an erasure epoch has begun: both are over the next time.
                Ok(false) | Err(CatalogError::StaleKey { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CatalogError::StaleWords { tenant }.into())
    }

    /// Writes something with words in it, again if their key was replaced meanwhile.
    pub(super) fn with_words<T>(
        &self,
        tenant: TenantId,
        write: impl Fn(&Words) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match write(&self.words(tenant)?) {
                Err(VaultError::Catalog(CatalogError::StaleWords { .. })) if tries < TRIES => {}
                written => return written,
            }
        }
    }

    /// Puts a new data key in the place of that of a tenant's words, where one key management wraps
    /// it, and seals all words anew. What was erased before cannot be read any more with what old
    /// copies of the catalog hold, once the versions that wrapped the old key are destroyed.
    pub(crate) fn renew_words(&self, tenant: TenantId, kms: KmsKind) -> Result<(), VaultError> {
        for _ in 0..TRIES {
            let Some(found) = self.wait(self.catalog().words_key(tenant))? else {
                return Ok(());
            };
            if found.wrapped.kms != kms {
                return Ok(());
            }
            let before = self.unwrapped_words(&found)?;
            let (key, made) = self.new_words_key(tenant, found.epoch + 1)?;
            let then = Words {
                tenant,
                epoch: made.epoch,
                key: Arc::new(key),
            };
            let reseal = |column: Column, row: &str, sealed: &[u8]| {
                let unreadable = |_| CatalogError::Unreadable { column: "words" };
                let words = before.open_bytes(column, row, sealed).map_err(unreadable)?;
                let context = column.context(tenant, row);
                Ok(seal_short(&then.key, context.as_bytes(), &words)?)
            };
            let replacing = self
                .catalog()
                .replace_words_key(found.epoch, &made, &reseal);
            match self.wait(replacing) {
                Ok(true) => {
                    self.words_cache().insert(tenant, (then.epoch, then.key));
                    return Ok(());
                }
                Ok(false) | Err(CatalogError::StaleKey { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CatalogError::StaleWords { tenant }.into())
    }

    fn new_words_key(
        &self,
        tenant: TenantId,
        epoch: u64,
    ) -> Result<(DataKey, WordsKey), VaultError> {
        let key = DataKey::random()?;
        let context = KeyContext::of_words(tenant, epoch);
        // Asking for the versions makes a keyring look at its file again.
        self.kms().key_versions(tenant)?;
        let wrapped = self.kms().wrap_key(&context, &key)?;
        let made = WordsKey {
            tenant,
            epoch,
            wrapped,
        };
        Ok((key, made))
    }

    fn unwrapped_words(&self, found: &WordsKey) -> Result<Words, VaultError> {
        let WordsKey { tenant, epoch, .. } = *found;
        let known = self.words_cache().get(&tenant).cloned();
        if let Some((known_epoch, key)) = known
            && known_epoch == epoch
        {
            return Ok(Words { tenant, epoch, key });
        }
        let key = self.unwrap_words(found)?;
        Ok(self.remember_words(found, key))
    }

    fn unwrap_words(&self, found: &WordsKey) -> Result<DataKey, KeyError> {
        let context = KeyContext::of_words(found.tenant, found.epoch);
        let WrappedKey { kms, .. } = found.wrapped;
        self.kms_of(kms)?.unwrap_key(&context, &found.wrapped)
    }

    fn remember_words(&self, found: &WordsKey, key: DataKey) -> Words {
        let WordsKey { tenant, epoch, .. } = *found;
        let key = Arc::new(key);
        self.words_cache().insert(tenant, (epoch, key.clone()));
        Words { tenant, epoch, key }
    }

    /// The lock is held for one look-up or insertion at a time, so a panic leaves nothing half done.
    fn words_cache(&self) -> std::sync::MutexGuard<'_, BTreeMap<TenantId, (u64, Arc<DataKey>)>> {
        self.words_memory()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
