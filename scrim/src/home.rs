//! Where state lives, and how it is unlocked.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use scrim_policy::Kind;
use scrim_storage::{KeyringError, Passphrase, Unlock, Vault, VaultError};

use crate::{config::Config, failure::Failure};

/// The folder of catalog, keys, sealed objects and models.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    folder: PathBuf,
    models: PathBuf,
}

impl Home {
    /// `SCRIM_HOME`, or `scrim` in the XDG data directory.
    pub(crate) fn find(given: Option<PathBuf>) -> Result<Self, Failure> {
        let folder = given.or_else(default_folder).ok_or_else(|| {
            Failure::words(Kind::NotFound, "there is no folder to keep recordings in")
                .hint("set SCRIM_HOME to a folder of yours")
        })?;
        let models =
            env::var_os("SCRIM_MODELS").map_or_else(|| folder.join("models"), PathBuf::from);
        Ok(Self { folder, models })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn models(&self) -> &Path {
        &self.models
    }

    /// Reads the configuration.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Config::load(&self.folder)
    }

    /// Opens the vault that the configuration describes, with the passphrase of the environment or
    /// else with the key file.
    pub(crate) fn vault(&self) -> Result<Vault, Failure> {
        let settings = Config::load(&self.folder)?.settings(&self.folder, self.unlock()?)?;
        Vault::open_with(&settings).map_err(|error| explained(error, &self.folder))
    }

    fn unlock(&self) -> Result<Unlock, Failure> {
        let text = match env::var_os("SCRIM_PASSPHRASE_FILE").map(PathBuf::from) {
            Some(path) => Some(
                fs::read_to_string(&path)
                    .map_err(|error| Failure::file("read the passphrase file", &path, error))?,
            ),
            None => env::var("SCRIM_PASSPHRASE").ok(),
        };
        Ok(match text {
            Some(text) => Unlock::Passphrase(Passphrase::new(text.trim_end().to_owned())?),
            None => Vault::default_unlock(&self.folder),
        })
    }
}

/// Says what to do. The vault does not know the environment, and the database calls a disk that is
/// full by many names.
fn explained(error: VaultError, folder: &Path) -> Failure {
    use KeyringError::{OtherEpoch, OtherMethod, WrongPassphrase};
    let hint = match &error {
        VaultError::Keyring(OtherEpoch { .. }) => Some(
            "an old copy of keyring.json opens no more once keys were destroyed; put the newest one \
             back"
                .to_owned(),
        ),
        VaultError::Keyring(OtherMethod { .. } | WrongPassphrase) => {
            Some("set SCRIM_PASSPHRASE or SCRIM_PASSPHRASE_FILE to the right one".to_owned())
        }
        VaultError::Catalog(error) if error.kind() == Kind::Unavailable => {
            let folder = folder.display();
            Some(format!(
                "see that {folder} can be written to and that its disk has space"
            ))
        }
        _ => None,
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The XDG Base Directory Specification: `$XDG_DATA_HOME`, else `~/.local/share`.
fn default_folder() -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(absolute)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .map(|data| data.join("scrim"))
}
