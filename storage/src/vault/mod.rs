//! Keyring, catalog and object store as one thing, for threads.
//!
//! ```text
//! home/            0700 when made here
//!   keyring.json   sealed keys            keyring.key   the default key file
//!   catalog.db     SQLite
//!   objects/       sealed objects
//! ```
//!
//! > **What is in an object is in the catalog first.** The row of an artefact is written before its
//! > object becomes visible, so that a run that is killed in between leaves a row without an object,
//! > which the next run of the job removes, and never an object that nobody knows of.

mod error;
mod reading;
mod recordings;
mod writing;

pub use error::VaultError;
pub use reading::{ArtefactReader, OutputCheck, OutputVerdict, VerifiedRecording};
pub use writing::ArtefactWriter;

use std::{future::Future, path::Path, sync::Arc};

use tokio::runtime::{Builder, Runtime};

use crate::{
    catalog::Catalog,
    durable,
    keyring::{Keyring, Kms, Unlock},
    objects::{FileStore, ObjectStore},
};

/// Everything that is kept, behind functions that block. Cheap to clone.
///
/// Call it from threads only: inside an asynchronous task its functions panic, as blocking there
/// would stop other tasks (`tokio::task::spawn_blocking` is the way).
#[derive(Clone)]
pub struct Vault {
    shared: Arc<Shared>,
}

struct Shared {
    keyring: Keyring,
    objects: FileStore,
    catalog: Catalog,
    threads: Threads,
}

/// The threads that the catalog needs. Ending them must not block, because the last clone of a
/// vault may be dropped anywhere.
struct Threads(Option<Runtime>);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("keyring", &self.shared.keyring)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens the vault in a folder; an empty or missing folder becomes a new vault.
    ///
    /// # Errors
    /// [`VaultError::Home`], [`VaultError::Threads`], [`VaultError::Keyring`],
    /// [`VaultError::Catalog`] and [`VaultError::Object`]. A catalog without its keyring is
    /// [`crate::KeyringError::Missing`]: a new keyring would open nothing of it.
    pub fn open(home: &Path, unlock: &Unlock) -> Result<Self, VaultError> {
        durable::ensure_folder(home).map_err(|source| VaultError::Home {
            path: home.to_owned(),
            source,
        })?;
        let catalog_path = home.join("catalog.db");
        let keyring_path = home.join("keyring.json");
        let keyring = if catalog_path.exists() {
            Keyring::open(&keyring_path, unlock)?
        } else {
            Keyring::open_or_create(&keyring_path, unlock)?
        };
        let objects = FileStore::open(&home.join("objects"))?;
        let threads = Threads::start()?;
        let catalog = threads.wait(Catalog::open(&catalog_path))?;
        Ok(Self {
            shared: Arc::new(Shared {
                keyring,
                objects,
                catalog,
                threads,
            }),
        })
    }

    /// Returns how a vault is opened unless the operator says otherwise: with a key file beside the
    /// catalog.
    pub fn default_unlock(home: &Path) -> Unlock {
        Unlock::KeyFile(home.join("keyring.key"))
    }

    /// Closes the catalog for all clones, which folds its write-ahead log into its file. A vault that
    /// is only dropped is as safe, but leaves that to the next one.
    pub fn close(self) {
        self.wait(self.catalog().close());
    }

    /// Returns the keys, to sign proofs and to hash with a key.
    pub fn keyring(&self) -> &Keyring {
        &self.shared.keyring
    }

    fn kms(&self) -> &dyn Kms {
        &self.shared.keyring
    }

    fn objects(&self) -> &dyn ObjectStore {
        &self.shared.objects
    }

    fn catalog(&self) -> &Catalog {
        &self.shared.catalog
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.shared.threads.wait(future)
    }
}

impl Threads {
    fn start() -> Result<Self, VaultError> {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("scrim-catalog")
            .enable_time()
            .build()
            .map(|runtime| Self(Some(runtime)))
            .map_err(|source| VaultError::Threads { source })
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.0
            .as_ref()
            .expect("the threads only end with the vault")
            .block_on(future)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
