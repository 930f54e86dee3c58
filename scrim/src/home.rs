//! Where state lives, and how it is unlocked.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use scrim_policy::Kind;
use scrim_storage::{
    KeyringError, Passphrase, Settings, Timestamp, Unlock, Vault, VaultError,
    objects::{ObjectError, S3Store, s3::SourceBucket},
    vault::StoreSettings,
};

use crate::{config::Config, failure::Failure, scan::Scanner};

/// What to do about a bucket that could not be opened.
const BUCKET_HINT: &str = "see [store] in config.toml; docs/reference/storage-places.md lists the \
    places that are allowed";

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
    /// else with the key file. A bucket is verified first; the audit log learns of it either way.
    pub(crate) fn vault(&self) -> Result<Vault, Failure> {
        let config = Config::load(&self.folder)?;
        let mut settings = config.settings(&self.folder, self.unlock()?)?;
        let Some(location) = config.location()? else {
            return self.open(&settings);
        };
        let now = Timestamp::from(SystemTime::now());
        match S3Store::connect(location, now) {
            Ok((store, verdict)) => {
                settings.store = StoreSettings::S3(Arc::new(store));
                let vault = self.open(&settings)?;
                vault.note_verdict(&verdict, now)?;
                Ok(vault)
            }
            Err(error) => {
                if let ObjectError::Residency(refusal) = &error
                    && let Some(verdict) = refusal.verdict()
                {
                    self.open(&settings)?.note_verdict(verdict, now)?;
                }
                Err(Failure::from(error).hint(BUCKET_HINT))
            }
        }
    }

    /// Reads the configuration and what the environment says of it, but for the store: a bucket has
    /// to be verified first, and only a vault that is opened needs it.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        Config::load(&self.folder)?.settings(&self.folder, self.unlock()?)
    }

    fn open(&self, settings: &Settings) -> Result<Vault, Failure> {
        Vault::open_with(settings).map_err(|error| explained(error, &self.folder))
    }

    /// Returns what the configuration lets look at sources before they are taken in.
    pub(crate) fn scanner(&self) -> Result<Option<Scanner>, Failure> {
        Config::load(&self.folder)?.scanner()
    }

    /// Returns a bucket that the configuration lets sources be read from.
    pub(crate) fn source_bucket(&self, name: &str) -> Result<SourceBucket, Failure> {
        Config::load(&self.folder)?.source_bucket(name)
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
