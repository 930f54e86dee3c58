//! Certificates that are trusted instead of those of Mozilla.

use std::{fs, path::Path};

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::SettingsError;

/// Certificates of authorities.
pub(super) struct Authorities {
    /// The file as it was read.
    pub(super) pem: Vec<u8>,
    /// What is in it, at least one.
    pub(super) ders: Vec<CertificateDer<'static>>,
}

/// Reads a file of certificates in PEM form. Each has to be one that a chain can end in, which the
/// clients of mail and HTTP find out too late.
pub(super) fn read(path: &Path) -> Result<Authorities, SettingsError> {
    let pem = fs::read(path).map_err(|source| SettingsError::Unread {
        path: path.to_owned(),
        source,
    })?;
    let none = || SettingsError::NoCertificate {
        path: path.to_owned(),
    };
    let ders = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| none())?;
    let mut store = RootCertStore::empty();
    let (_, ignored) = store.add_parsable_certificates(ders.iter().cloned());
    if ders.is_empty() || ignored > 0 {
        return Err(none());
    }
    Ok(Authorities { pem, ders })
}
