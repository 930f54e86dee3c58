//! Signing in, with a provider that was certified.
#![allow(clippy::unwrap_used)]

pub(crate) mod browser;
mod callbacks;
mod forged;
mod people;
mod trust;

use std::{fs, os::unix::fs::PermissionsExt, time::SystemTime};

use scrim_testkit::OidcProvider;
use tempfile::TempDir;

use super::{Identity, OidcError, OidcSettings, Pending, Provider};
use browser::Browser;

const CALLBACK: &str = OidcProvider::CALLBACK;

/// A provider of its own for one test, and settings for its clients.
pub(crate) struct Peer {
    provider: OidcProvider,
    folder: TempDir,
}

impl Peer {
    pub(crate) fn start() -> Self {
        Self::with("{}")
    }

    fn with(options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        fs::write(&secret, format!("{}\n", OidcProvider::CLIENT_SECRET)).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        Self {
            provider: OidcProvider::start(options),
            folder,
        }
    }

    pub(crate) fn settings(&self, client: &str, more: &str) -> OidcSettings {
        let secret = match client {
            "scrim-public" => String::new(),
            _ => format!(
                "client_secret_file = {:?}",
                self.folder.path().join("secret")
            ),
        };
        let issuer = self.provider.issuer();
        let text = format!("issuer = {issuer:?}\nclient_id = {client:?}\n{secret}\n{more}");
        toml::from_str(&text).unwrap()
    }

    fn discover(&self, client: &str) -> Provider {
        self.discover_with(client, "")
    }

    fn discover_with(&self, client: &str, more: &str) -> Provider {
        Provider::discover(&self.settings(client, more), SystemTime::now()).unwrap()
    }

    fn cheat(&self, how: &str) {
        let url = format!("{}/test/cheat?how={how}", self.provider.issuer());
        ureq::get(&url).call().unwrap();
    }

    fn count(&self, path: &str) -> u32 {
        let url = format!("{}/test/count?path={path}", self.provider.issuer());
        let text = ureq::get(&url).call().unwrap().body_mut().read_to_string();
        text.unwrap().parse().unwrap()
    }
}

/// Goes through the whole sign-in.
fn sign_in(provider: &Provider) -> Result<Identity, OidcError> {
    let (pending, query) = come_back(provider);
    provider.finish(pending, &query, SystemTime::now())
}

/// Goes to the provider and back, up to the callback.
fn come_back(provider: &Provider) -> (Pending, String) {
    let (url, pending) = provider.begin(CALLBACK, SystemTime::now()).unwrap();
    (pending, Browser::default().visit(&url))
}
