//! What a vault is made of.

use std::path::{Path, PathBuf};

use scrim_policy::Actor;

use crate::{
    catalog::CatalogPlace,
    keyring::{KmsKind, TransitSettings, Unlock},
};

/// Where the parts of a vault are.
#[derive(Debug)]
pub struct Settings {
    /// The folder of everything that is kept on this machine.
    pub home: PathBuf,
    /// How the keyring is opened.
    pub unlock: Unlock,
    /// Where the catalog lies.
    pub catalog: CatalogPlace,
    /// Who works with the vault, for the audit log.
    pub actor: Actor,
    /// Who wraps new data keys. What another one wrapped is read all the same where it is set up.
    pub kms: KmsKind,
    /// The key server, where there is one.
    pub transit: Option<TransitSettings>,
}

impl Settings {
    /// Returns the settings of a vault that keeps everything in one folder and that Scrim itself
    /// works with.
    pub fn embedded(home: &Path, unlock: Unlock) -> Self {
        Self {
            home: home.to_owned(),
            unlock,
            catalog: CatalogPlace::File(home.join("catalog.db")),
            actor: Actor::SERVICE,
            kms: KmsKind::Local,
            transit: None,
        }
    }
}
