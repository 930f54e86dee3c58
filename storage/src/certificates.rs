//! Files of certificates that are trusted instead of those of the system.

use std::{fs, io, path::Path};

use rustls_pki_types::{CertificateDer, pem::PemObject};

/// Certificates that can be trusted.
#[derive(Debug)]
pub(crate) struct Certificates {
    /// The file as it was read.
    pub(crate) pem: Vec<u8>,
    /// What is in it, at least one.
    pub(crate) ders: Vec<CertificateDer<'static>>,
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(crate) enum CertificatesError {
    /// What the operating system said.
    Unread(io::Error),
    /// It holds no certificate, or one that is damaged.
    NoCertificate,
}

/// Reads a file of certificates in PEM form.
///
/// All of them have to be ones that a connection can be checked against: HTTP clients take that for
/// granted, and the one for S3 ends the program otherwise.
pub(crate) fn read(path: &Path) -> Result<Certificates, CertificatesError> {
    let pem = fs::read(path).map_err(CertificatesError::Unread)?;
    let ders = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| CertificatesError::NoCertificate)?;
    let is_usable = |der| webpki::anchor_from_trusted_cert(der).is_ok();
    if ders.is_empty() || !ders.iter().all(is_usable) {
        return Err(CertificatesError::NoCertificate);
    }
    Ok(Certificates { pem, ders })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A certificate of Ed25519 for `localhost`, made with openssl for this test.
    const GOOD: &str = "-----BEGIN CERTIFICATE-----
MIIBVTCCAQegAwIBAgIURyzHEZ71tf3lfMsqCuBPWx3zJlwwBQYDK2VwMBQxEjAQ
BgNVBAMMCWxvY2FsaG9zdDAgFw0yNjExMjUyMjQ2MjVaGA8yMTI2MTEwMTIyNDYy
NVowFDESMBAGA1UEAwwJbG9jYWxob3N0MCowBQYDK2VwAyEAIpgX7ZHEPrCmJU8y
wkiKIBtqKxc8sEshfaOrh+bCtNCjaTBnMB0GA1UdDgQWBBR6dwY8qYptzxMnbJ+0
QGJSK9XahzAfBgNVHSMEGDAWgBR6dwY8qYptzxMnbJ+0QGJSK9XahzAPBgNVHRMB
Af8EBTADAQH/MBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAFBgMrZXADQQCv3p8Q5wQa
7oL0OjqgRTarDtTUQe4WIubYXKdPwGa09iF9j16RIaf7Mwhig0O1QZUKFaDBQpdi
q5BNVcWd1hgI
-----END CERTIFICATE-----
";

    fn read_text(text: &str) -> Result<usize, CertificatesError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        fs::write(&path, text).unwrap();
        read(&path).map(|found| found.ders.len())
    }

    #[test]
    fn certificates_are_read_and_anything_else_is_refused() {
        assert_eq!(read_text(GOOD).unwrap(), 1);
        assert_eq!(read_text(&format!("{GOOD}{GOOD}")).unwrap(), 2);
        let middle = GOOD.len() / 2;
        let cut = format!("{}{}", &GOOD[..middle], &GOOD[middle + 4..]);
        let empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
        let no_base64 = "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
        let unfinished = "-----BEGIN CERTIFICATE-----\nMIIB\n";
        for bad in ["", "words", &cut, empty, no_base64, unfinished] {
            let refused = read_text(bad);
            assert!(
                matches!(refused, Err(CertificatesError::NoCertificate)),
                "{bad}"
            );
        }
        let missing = read(Path::new("/no/such/file"));
        assert!(matches!(missing, Err(CertificatesError::Unread(_))));
    }
}
