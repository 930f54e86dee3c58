//! The configuration file: `config.toml` in the home folder, or where `SCRIM_CONFIG` says.
//!
//! Without a file everything lies in the home folder. Each section has a module of its own, which
//! knows its keys, their defaults and which environment variable overrides them. Unknown keys are
//! refused.

mod actor;
mod catalog;
mod example;
mod keys;
mod live;
mod retention;
mod scan;
mod serve;
mod source;
mod store;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use scrim_policy::Kind;
use scrim_storage::{
    Settings, Unlock,
    objects::s3::{S3Location, SourceBucket},
};
use serde::Deserialize;

use crate::{
    failure::Failure,
    limits::LimitsSection,
    notify::{MailSettings, WebhookSettings},
    oidc::OidcSettings,
    scan::Scanner,
    telemetry::TelemetrySettings,
    tls::TlsSection,
};

pub(crate) use example::example;
pub(crate) use retention::Section as RetentionSection;
pub(crate) use serve::ServeSettings;

/// The whole file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where the catalog is: who has which recording, and all else that is no file.
    catalog: catalog::Section,
    /// When a sweep is late, whom to tell, and how long copies of keys live.
    pub(crate) retention: RetentionSection,
    /// Who keeps the keys.
    keys: keys::Section,
    /// The bucket that recordings lie in, sealed. Without it they lie in the home folder.
    store: Option<store::Section>,
    /// What looks at files before they are taken in.
    scan: scan::Section,
    /// Where `s3://` sources are read from.
    source: source::Section,
    /// The service.
    pub(crate) serve: serve::Section,
    /// How media of rooms reach this machine.
    pub(crate) live: live::Section,
    /// Its certificate.
    pub(crate) tls: TlsSection,
    /// How often somebody may ask.
    pub(crate) limits: LimitsSection,
    /// Signing in elsewhere, by OpenID Connect.
    pub(crate) oidc: Option<OidcSettings>,
    /// Telling people, by mail.
    pub(crate) mail: Option<MailSettings>,
    /// Where programs may be told.
    pub(crate) webhooks: WebhookSettings,
    /// Traces for whoever looks for what is slow.
    pub(crate) telemetry: TelemetrySettings,
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

    /// Returns what looks at sources before they are taken in, if anything does.
    pub(crate) fn scanner(&self) -> Result<Option<Scanner>, Failure> {
        self.scan.scanner()
    }

    /// Returns a bucket that sources are read from.
    pub(crate) fn source_bucket(&self, name: &str) -> Result<SourceBucket, Failure> {
        self.source.bucket(name)
    }

    /// Returns where the parts of the vault are.
    pub(crate) fn settings(&self, home: &Path, unlock: Unlock) -> Result<Settings, Failure> {
        let mut settings = Settings::embedded(home, unlock);
        if let Some(place) = self.catalog.place()? {
            settings.catalog = place;
        }
        self.keys.apply(&mut settings)?;
        settings.actor = actor::of_process();
        Ok(settings)
    }

    /// Returns the bucket that sealed objects lie in, if they lie in one.
    pub(crate) fn location(&self) -> Result<Option<S3Location>, Failure> {
        self.store
            .as_ref()
            .map(store::Section::location)
            .transpose()
    }
}
