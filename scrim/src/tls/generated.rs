//! A certificate that Scrim makes and signs itself.
//!
//! ```text
//! <home>/tls/key.pem          P-256, mode 600, made once
//! <home>/tls/certificate.pem  made again a month before it ends, or when the names change
//! ```
//! Each file is written beside its place and renamed, the key first. So a key without its
//! certificate is the worst that an interruption leaves, and the next start makes the certificate.

use std::{
    fs::{self, DirBuilder, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::{CertificateDer, ServerName};
use webpki::EndEntityCert;

use super::{TlsError, own};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a certificate is valid. Browsers refuse those of more than 398 days from authorities
/// that they know; a home-made one is held to the same.
const VALIDITY: Duration = Duration::from_secs(397 * DAY.as_secs());

/// How long before its end a certificate is made again.
const RENEWAL: Duration = Duration::from_secs(30 * DAY.as_secs());

/// Clocks of other machines may be late.
const SKEW: Duration = Duration::from_secs(60 * 60);

/// The two files.
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Files {
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
        }
    }
}

/// Makes what is missing, has the wrong names or ends soon.
pub(super) fn ensure(folder: &Path, names: &[String], now: SystemTime) -> Result<(), TlsError> {
    let files = Files::of(folder);
    if is_fit(&files, names, now) {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| unwritten(folder, source))?;
    let mut params = CertificateParams::new(names).map_err(|source| TlsError::Make { source })?;
    let key = key(&files.key)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Scrim");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = (now - SKEW).into();
    params.not_after = (now + VALIDITY).into();
    let made = params
        .self_signed(&key)
        .map_err(|source| TlsError::Make { source })?;
    write(&files.certificate, &made.pem(), 0o644)
}

/// Says whether the certificate that is kept can be used for a while. Whatever is wrong with it, a
/// new one is the remedy.
fn is_fit(files: &Files, names: &[String], now: SystemTime) -> bool {
    // The key is looked at when it is read; here it only has to belong to the certificate.
    let Ok(certified) = own::read(&files.certificate, &files.key) else {
        return false;
    };
    let Some(der) = certified.cert.first() else {
        return false;
    };
    own::valid_until(der).is_some_and(|end| end > now + RENEWAL) && has_names(der, names)
}

fn has_names(der: &CertificateDer<'_>, names: &[String]) -> bool {
    let Ok(certificate) = EndEntityCert::try_from(der) else {
        return false;
    };
    names.iter().all(|name| {
        ServerName::try_from(name.as_str())
            .is_ok_and(|name| certificate.verify_is_valid_for_subject_name(&name).is_ok())
    })
}

/// Returns the key that is kept, or a new one. One that others can read is refused, not replaced:
/// somebody should know that it was open.
fn key(path: &Path) -> Result<KeyPair, TlsError> {
    match own::private_key(path) {
        Ok(der) => KeyPair::try_from(der.secret_der()).map_err(|_| TlsError::NoKey {
            path: path.to_owned(),
        }),
        Err(TlsError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
                .map_err(|source| TlsError::Make { source })?;
            write(path, &key.serialize_pem(), 0o600)?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

/// Writes a file as a whole or not at all.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), TlsError> {
    let beside = path.with_extension("new");
    let written = (|| {
        // What an interruption has left may have another mode.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&beside)?;
        // The mask of the process takes bits away, and others may have to read a certificate.
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    written.map_err(|source| unwritten(path, source))
}

fn unwritten(path: &Path, source: io::Error) -> TlsError {
    TlsError::Write {
        path: path.to_owned(),
        source,
    }
}
