//! `[keys]`: who holds the keys that wrap data keys.

use std::{env, path::PathBuf};

use schemars::JsonSchema;
use scrim_policy::Kind;
use scrim_storage::{KmsKind, Settings, Token, TransitAddress, TransitSettings};
use serde::Deserialize;

use crate::failure::Failure;

/// Environment variable that holds the token unless the file names another one.
const TOKEN_ENV: &str = "SCRIM_TRANSIT_TOKEN";

/// The section.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Section {
    /// Who wraps new data keys: `local`, the keyring in the home folder, or `transit`.
    #[schemars(example = &"transit")]
    kms: Choice,
    /// Address of OpenBao or Vault, `https://host:port`. With it, what transit wrapped can be read
    /// whatever `kms` says.
    #[schemars(example = &"https://bao.example.eu:8200")]
    address: Option<String>,
    /// File with the token. It is read again when the server does not take what it held.
    #[schemars(example = &"/etc/scrim/transit-token")]
    token_file: Option<PathBuf>,
    /// Environment variable that holds the token.
    #[schemars(example = &"SCRIM_TRANSIT_TOKEN")]
    token_env: Option<String>,
    /// Certificates in PEM form that the server's own must lead to.
    #[schemars(example = &"/etc/scrim/bao-ca.pem")]
    ca_file: Option<PathBuf>,
    /// Path of the transit engine.
    #[schemars(example = &"transit")]
    mount: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Choice {
    #[default]
    Local,
    Transit,
}

impl Section {
    /// Puts into the settings who wraps, and how the key server is reached.
    pub(super) fn apply(&self, settings: &mut Settings) -> Result<(), Failure> {
        settings.transit = self.transit()?;
        settings.kms = match self.kms {
            Choice::Local => KmsKind::Local,
            Choice::Transit if settings.transit.is_some() => KmsKind::Transit,
            Choice::Transit => {
                return Err(invalid("[keys] kms is transit, but there is no address")
                    .hint("set address to that of OpenBao or Vault, such as https://bao:8200"));
            }
        };
        Ok(())
    }

    fn transit(&self) -> Result<Option<TransitSettings>, Failure> {
        let Some(address) = &self.address else {
            let others = [
                self.token_file.is_some(),
                self.token_env.is_some(),
                self.ca_file.is_some(),
                self.mount.is_some(),
            ];
            if others.contains(&true) {
                return Err(invalid("[keys] describes a key server without its address")
                    .hint("set address to that of OpenBao or Vault, such as https://bao:8200"));
            }
            return Ok(None);
        };
        let address =
            TransitAddress::new(address).map_err(|error| Failure::new(error.kind(), error))?;
        let mut transit = TransitSettings::new(address, self.token()?);
        transit.ca_file.clone_from(&self.ca_file);
        if let Some(mount) = &self.mount {
            transit.mount.clone_from(mount);
        }
        Ok(Some(transit))
    }

    fn token(&self) -> Result<Token, Failure> {
        match (&self.token_file, &self.token_env) {
            (Some(_), Some(_)) => Err(invalid("[keys] has both token_file and token_env")
                .hint("keep one of them; the file is the safer place")),
            (Some(path), None) => Ok(Token::File(path.clone())),
            (None, name) => {
                let name = name.as_deref().unwrap_or(TOKEN_ENV);
                env::var(name).map(Token::new).map_err(|_| {
                    invalid(format!("the environment variable {name} is not set")).hint(
                        "it holds the token for the key server; token_file in [keys] names a file instead",
                    )
                })
            }
        }
    }
}

fn invalid(words: impl Into<String>) -> Failure {
    Failure::words(Kind::Invalid, words)
}
