//! TLS of the service: version 1.3 and nothing older.
//!
//! - The certificate is the operator's own, from two files, or one that Scrim makes and signs itself
//!   and keeps in the home folder.
//! - Files that have changed are read again without a restart, at most once a minute, when somebody
//!   connects. Where the new ones cannot be used, the old certificate goes on and the log says why.
//! - There is no revocation, no client certificate and no resumption that outlives the process.
//!
//! Cryptography comes from ring, as everywhere in Scrim.

mod error;
mod generated;
mod live;
mod own;
mod settings;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::SystemTime};

use rustls::{ServerConfig, crypto::CryptoProvider, version::TLS13};
use tokio_rustls::TlsAcceptor;

pub(crate) use error::TlsError;
pub(crate) use settings::{TlsSection, TlsSettings};

use live::LiveCertificate;

/// What is spoken inside. The service is built without HTTP/2.
const PROTOCOLS: [&[u8]; 1] = [b"http/1.1"];

/// The server's side of TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<LiveCertificate>,
}

impl Tls {
    /// Reads the certificate, or makes one where the settings say so.
    ///
    /// # Errors
    /// [`TlsError`] when files cannot be read or written, do not belong together or are open to
    /// others.
    pub(crate) fn open(settings: TlsSettings, now: SystemTime) -> Result<Self, TlsError> {
        let certificate = Arc::new(LiveCertificate::open(settings, now)?);
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])
            .map_err(|source| TlsError::Provider { source })?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as _);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate,
        })
    }

    /// Returns what turns a connection into one that is encrypted. The caller limits how long a
    /// handshake may take.
    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Returns the SHA-256 digest of the certificate in use, as browsers show it: `AB:CD:…`.
    pub(crate) fn fingerprint(&self) -> String {
        self.certificate.fingerprint()
    }

    /// Returns until when the certificate in use is valid, if it says so.
    #[cfg(test)]
    pub(crate) fn valid_until(&self) -> Option<SystemTime> {
        self.certificate.valid_until()
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tls").field(&self.fingerprint()).finish()
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
