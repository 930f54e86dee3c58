//! A certificate and its key, read from two files.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustls::{
    InconsistentKeys,
    pki_types::{
        CertificateDer, PrivateKeyDer, UnixTime,
        pem::{Error as PemError, PemObject},
    },
    sign::CertifiedKey,
};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use super::{TlsError, provider};

/// The last second that a certificate can name, in the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// Reads a certificate and its key.
pub(super) fn read(certificate: &Path, key: &Path) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = chain(certificate)?;
    let private = private_key(key)?;
    let signer = provider()
        .key_provider
        .load_private_key(private)
        .map_err(|source| TlsError::UnusableKey {
            path: key.to_owned(),
            source,
        })?;
    let certified = CertifiedKey::new(chain, signer);
    match certified.keys_match() {
        // ring knows the public half of every key that it can sign with.
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {
            Ok(Arc::new(certified))
        }
        Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::OtherKey {
            key: key.to_owned(),
            certificate: certificate.to_owned(),
        }),
        Err(_) => Err(TlsError::NoCertificate {
            path: certificate.to_owned(),
        }),
    }
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = fs::read(path).map_err(|source| unread(path, source))?;
    let damaged = || TlsError::NoCertificate {
        path: path.to_owned(),
    };
    let chain = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| damaged())?;
    let is_certificate = |der| EndEntityCert::try_from(der).is_ok();
    if chain.first().is_some_and(is_certificate) {
        Ok(chain)
    } else {
        Err(damaged())
    }
}

pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let metadata = fs::metadata(path).map_err(|source| unread(path, source))?;
    let mode = metadata.permissions().mode() & 0o777;
    // Debian lets a group of servers read keys; that is the operator's choice.
    if mode & 0o007 != 0 {
        return Err(TlsError::KeyOpenToOthers {
            path: path.to_owned(),
            mode,
        });
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| match error {
        PemError::Io(source) => unread(path, source),
        _ => TlsError::NoKey {
            path: path.to_owned(),
        },
    })
}

fn unread(path: &Path, source: io::Error) -> TlsError {
    TlsError::Read {
        path: path.to_owned(),
        source,
    }
}

/// Returns until when a certificate is valid.
///
/// The library has no reader for the date. It names it when asked whether the certificate is valid
/// at the end of time, before it looks at anything else.
pub(super) fn valid_until(der: &CertificateDer<'_>) -> Option<SystemTime> {
    let certificate = EndEntityCert::try_from(der).ok()?;
    let end = UnixTime::since_unix_epoch(Duration::from_secs(LAST_SECOND));
    match certificate.verify_for_usage(&[], &[], &[], end, AnyUsage, None, None) {
        Err(webpki::Error::CertExpired { not_after, .. }) => {
            Some(UNIX_EPOCH + Duration::from_secs(not_after.as_secs()))
        }
        _ => None,
    }
}

/// Only the dates are asked for.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

/// What tells that a file was replaced or written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: (i64, i64),
    inode: u64,
    bytes: u64,
}

impl Stamp {
    /// Looks at a file. One that is missing has no stamp.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            inode: metadata.ino(),
            bytes: metadata.len(),
        })
    }
}
