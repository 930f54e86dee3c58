//! Keyring, catalog and object store as one thing, for threads.
//!
//! ```text
//! home/            0700 when made here
//!   keyring.json   sealed keys            keyring.key   the default key file
//!   keyring.epoch  never in a backup      wrapped-keys/ for catalogs to be restored
//!   catalog.db     SQLite
//!   objects/       sealed objects
//!   live/          sessions that are being recorded, sealed chunk by chunk
//! ```
//!
//! > **What is in an object is in the catalog first.** The row of an artefact is written before its
//! > object becomes visible, so that a run that is killed in between leaves a row without an object,
//! > which the next run of the job removes, and never an object that nobody knows of.

mod accounting;
mod batches;
mod error;
mod imported;
mod keeping;
mod keys;
mod originals;
mod reading;
mod recordings;
mod refusals;
mod residency;
mod review;
mod settings;
mod shredding;
mod upkeep;
mod wrapped_keys;
mod writing;

pub use error::VaultError;
pub(crate) use keeping::retention_changed;
pub use keeping::{HoldWords, HoldWordsPair};
pub(crate) use keys::key_context;
pub use keys::{KeyProgress, KeyStatus, Rewrapped};
pub use originals::{Kept, OriginalReader, OriginalWriter};
pub use reading::{ArtefactReader, OutputCheck, OutputVerdict, VerifiedRecording};
pub use review::{ReviewAct, ReviewReason};
pub use settings::{Settings, StoreSettings};
pub use shredding::{Adopted, ShreddedKey};
pub use writing::ArtefactWriter;
pub(crate) use writing::Sealing;

use std::{
    future::Future,
    path::{Path, PathBuf},
    sync::Arc,
};

use scrim_policy::Actor;

use crate::{
    audit::{Author, Queue},
    catalog::{Catalog, CatalogPlace},
    durable,
    keyring::{KeyError, Keyring, Kms, KmsKind, Transit, Unlock},
    objects::{FileStore, ObjectStore},
    service::WordsCache,
    threads::Threads,
};

/// Everything that is kept, behind functions that block. Cheap to clone.
///
/// Call it from threads only: inside an asynchronous task its functions panic, as blocking there
/// would stop other tasks (`tokio::task::spawn_blocking` is the way).
#[derive(Clone)]
pub struct Vault {
    shared: Arc<Shared>,
    /// Whom the audit log names for what is done with this handle.
    actor: Actor,
}

struct Shared {
    home: PathBuf,
    keyring: Keyring,
    transit: Option<Transit>,
    /// Who wraps new data keys. It is one of those that are set up.
    wraps_new: KmsKind,
    objects: Arc<dyn ObjectStore>,
    catalog: Catalog,
    audit: Queue,
    words: WordsCache,
    threads: Threads,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("keyring", &self.shared.keyring)
            .field("transit", &self.shared.transit)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault that keeps everything in one folder, see [`Vault::open_with`].
    ///
    /// # Errors
    /// Those of [`Vault::open_with`].
    pub fn open(home: &Path, unlock: Unlock) -> Result<Self, VaultError> {
        Self::open_with(&Settings::embedded(home, unlock))
    }

    /// Opens a vault; an empty or missing folder becomes a new one.
    ///
    /// # Errors
    /// [`VaultError::Home`], [`VaultError::Threads`], [`VaultError::Keyring`], [`VaultError::Key`],
    /// [`VaultError::Catalog`] and [`VaultError::Object`]. A catalog without its keyring is
    /// [`crate::KeyringError::Missing`]: a new keyring would open nothing of it.
    pub fn open_with(settings: &Settings) -> Result<Self, VaultError> {
        let Settings {
            home,
            unlock,
            catalog,
            kms: wraps_new,
            transit,
            store,
            actor,
        } = settings;
        let transit = transit.as_ref().map(Transit::new).transpose();
        let transit = transit.map_err(KeyError::from)?;
        if *wraps_new == KmsKind::Transit && transit.is_none() {
            return Err(KeyError::NotConfigured { kms: *wraps_new }.into());
        }
        durable::ensure_folder(home).map_err(|source| VaultError::Home {
            path: home.clone(),
            source,
        })?;
        let threads = catalog_threads()?;
        let is_new_file = matches!(catalog, CatalogPlace::File(path) if !path.exists());
        let keyring_path = home.join("keyring.json");
        // The keyring of a new file comes first: a catalog without keyring would not open again.
        let early = match is_new_file {
            true => Some(Keyring::open_or_create(&keyring_path, unlock)?),
            false if keyring_path.exists() => Some(Keyring::open(&keyring_path, unlock)?),
            false => None,
        };
        let catalog_opened = threads.wait(Catalog::connect(catalog))?;
        let is_new = matches!(catalog, CatalogPlace::Postgres(_))
            && threads.wait(catalog_opened.is_empty())?;
        let keyring = match early {
            Some(keyring) => keyring,
            None if is_new => Keyring::open_or_create(&keyring_path, unlock)?,
            None => Keyring::open(&keyring_path, unlock)?,
        };
        Ok(Self {
            actor: actor.clone(),
            shared: Arc::new(Shared {
                home: home.clone(),
                keyring,
                transit,
                wraps_new: *wraps_new,
                objects: match store {
                    StoreSettings::File => Arc::new(FileStore::open(&home.join("objects"))?),
                    StoreSettings::S3(store) => store.clone(),
                },
                catalog: catalog_opened,
                audit: Queue::default(),
                words: WordsCache::default(),
                threads,
            }),
        })
    }

    /// Returns a handle whose deeds are those of somebody else in the audit log.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self {
            shared: self.shared.clone(),
            actor,
        }
    }

    /// Returns how a vault is opened unless the operator says otherwise: with a key file beside the
    /// catalog.
    pub fn default_unlock(home: &Path) -> Unlock {
        Unlock::KeyFile(home.join("keyring.key"))
    }

    /// Signs a checkpoint over the audit log and closes the catalog for all clones, which folds its
    /// write-ahead log into its file. A vault that is only dropped is as safe, but leaves that to
    /// the next one.
    pub fn close(self) {
        // A log without its last checkpoint is still a log, and a full disk is told to those who
        // wanted something written.
        let _ = self.wait(self.catalog().cover_audit(self.author()));
        self.wait(self.catalog().close());
    }

    /// Returns the keys, to sign proofs and to hash with a key.
    pub fn keyring(&self) -> &Keyring {
        &self.shared.keyring
    }

    /// Returns the key management that wraps new data keys.
    pub(crate) fn kms(&self) -> &dyn Kms {
        self.kms_of(self.shared.wraps_new)
            .expect("a vault is only opened with the one that wraps new data keys")
    }

    /// Returns the key management that wrapped a data key.
    pub(crate) fn kms_of(&self, wrapped_by: KmsKind) -> Result<&dyn Kms, KeyError> {
        match (wrapped_by, &self.shared.transit) {
            (KmsKind::Local, _) => Ok(&self.shared.keyring),
            (KmsKind::Transit, Some(transit)) => Ok(transit),
            (KmsKind::Transit, None) => Err(KeyError::NotConfigured { kms: wrapped_by }),
        }
    }

    /// Returns every key management that is set up.
    fn all_kms(&self) -> impl Iterator<Item = &dyn Kms> {
        [KmsKind::Local, KmsKind::Transit]
            .into_iter()
            .filter_map(|kind| self.kms_of(kind).ok())
    }

    pub(crate) fn home(&self) -> &Path {
        &self.shared.home
    }

    pub(crate) fn objects(&self) -> &dyn ObjectStore {
        self.shared.objects.as_ref()
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.shared.catalog
    }

    /// Returns who writes to the audit log.
    pub(crate) fn author(&self) -> Author<'_> {
        Author {
            actor: &self.actor,
            keyring: &self.shared.keyring,
        }
    }

    pub(crate) fn words_memory(&self) -> &WordsCache {
        &self.shared.words
    }

    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.shared.threads.wait(future)
    }
}

/// Starts the threads that the catalog needs.
fn catalog_threads() -> Result<Threads, VaultError> {
    Threads::start("scrim-catalog", 1).map_err(|source| VaultError::Threads { source })
}
