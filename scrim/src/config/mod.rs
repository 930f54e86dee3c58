//! The configuration file: `config.toml` in the home folder, or where `SCRIM_CONFIG` says.
//!
//! Without a file everything lies in the home folder. Each section has a module of its own, which
//! knows its keys, their defaults and which environment variable overrides them. Unknown keys are
//! refused.

mod actor;
mod catalog;
mod keys;
mod retention;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use scrim_policy::Kind;
use scrim_storage::{Settings, Unlock};
use serde::Deserialize;

use crate::failure::Failure;

pub(crate) use retention::Section as RetentionSection;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    catalog: catalog::Section,
    /// See [`retention`].
    pub(crate) retention: RetentionSection,
    keys: keys::Section,
}

impl Config {
    /// Reads the file of a home folder. One that the environment names must exist.
    pub(crate) fn load(home: &Path) -> Result<Self, Failure> {
        let named = env::var_os("SCRIM_CONFIG").map(PathBuf::from);
        let path = named.clone().unwrap_or_else(|| home.join("config.toml"));
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
                Ok(Self::default())
            }
            Err(error) => Err(Failure::file("read the configuration", &path, error)),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let message = error.message().trim();
            Failure::words(
                Kind::Invalid,
                format!("{}:{line}: {message}", path.display()),
            )
        })
    }

    /// Returns where the parts of the vault are.
    pub(crate) fn settings(&self, home: &Path, unlock: Unlock) -> Result<Settings, Failure> {
        let mut settings = Settings::embedded(home, unlock);
        if let Some(place) = self.catalog.place()? {
            settings.catalog = place;
        }
        settings.actor = actor::of_process();
        self.keys.apply(&mut settings)?;
        Ok(settings)
    }
}
