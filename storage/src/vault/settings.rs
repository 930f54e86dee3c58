//! What a vault is made of.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use scrim_policy::Actor;

use crate::{
    catalog::CatalogPlace,
    keyring::{KmsKind, TransitSettings, Unlock},
    objects::S3Store,
};

/// Where sealed objects lie.
#[derive(Clone, Debug)]
pub enum StoreSettings {
    /// In files in the home folder.
    File,
    /// In a bucket that was verified.
    S3(Arc<S3Store>),
}

/// Where the parts of a vault are.
#[derive(Debug)]
pub struct Settings {
    /// The folder of everything that is kept on this machine.
    pub home: PathBuf,
    /// How the keyring is opened.
    pub unlock: Unlock,
    /// Where the catalog lies.
    pub catalog: CatalogPlace,
    /// Who wraps new data keys. What another one wrapped is read all the same where it is set up.
    pub kms: KmsKind,
    /// The key server, where there is one.
    pub transit: Option<TransitSettings>,
    /// Where sealed objects lie.
    pub store: StoreSettings,
    /// Who works with the vault, for the audit log.
    pub actor: Actor,
}

impl Settings {
    /// Returns the settings of a vault that keeps everything in one folder and that Scrim itself
    /// works with.
    pub fn embedded(home: &Path, unlock: Unlock) -> Self {
        Self {
            home: home.to_owned(),
            unlock,
            catalog: CatalogPlace::File(home.join("catalog.db")),
            kms: KmsKind::Local,
            transit: None,
            store: StoreSettings::File,
            actor: Actor::SERVICE,
        }
    }
}
