//! Where the certificate comes from.

use std::path::{Path, PathBuf};

use rustls::pki_types::ServerName;
use schemars::JsonSchema;
use serde::Deserialize;

use super::TlsError;

/// The folder of a certificate that Scrim makes, inside the home folder.
const FOLDER: &str = "tls";

/// Names of a certificate that Scrim makes where none are given.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Section `[tls]` of the configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TlsSection {
    /// Certificate in PEM form, the server's own first. Without it Scrim makes one.
    #[schemars(example = &"/etc/scrim/tls/certificate.pem")]
    certificate_file: Option<PathBuf>,
    /// Private key in PEM form. Others must have no access to the file.
    #[schemars(example = &"/etc/scrim/tls/key.pem")]
    key_file: Option<PathBuf>,
    /// Host names and addresses for the certificate that Scrim makes. Without them it is for this
    /// machine alone.
    #[schemars(example = ["scrim.example.eu"])]
    names: Vec<String>,
}

impl TlsSection {
    /// Returns what the section asks for.
    ///
    /// # Errors
    /// [`TlsError::HalfNamed`], [`TlsError::NamesAndFiles`] and [`TlsError::BadName`].
    pub(crate) fn settings(&self, home: &Path) -> Result<TlsSettings, TlsError> {
        match (&self.certificate_file, &self.key_file) {
            (Some(certificate), Some(key)) if self.names.is_empty() => Ok(TlsSettings::Own {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            (Some(_), Some(_)) => Err(TlsError::NamesAndFiles),
            (None, None) => {
                let mut names = self.names.clone();
                if names.is_empty() {
                    names = LOCAL_NAMES.map(str::to_owned).to_vec();
                }
                // No wildcards either: they say less about whom one has reached.
                let is_bad = |name: &&String| ServerName::try_from(name.as_str()).is_err();
                if let Some(name) = names.iter().find(is_bad) {
                    return Err(TlsError::BadName { name: name.clone() });
                }
                Ok(TlsSettings::Generated {
                    folder: home.join(FOLDER),
                    names,
                })
            }
            _ => Err(TlsError::HalfNamed),
        }
    }
}

/// Which certificate is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TlsSettings {
    /// One that the operator has.
    Own {
        /// File of the certificate and of those that it leads to.
        certificate: PathBuf,
        /// File of its key.
        key: PathBuf,
    },
    /// One that Scrim makes and signs itself.
    Generated {
        /// Where it is kept.
        folder: PathBuf,
        /// Whom it names.
        names: Vec<String>,
    },
}
