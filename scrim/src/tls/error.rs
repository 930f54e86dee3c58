//! What can go wrong with certificates and keys.

use std::{io, path::PathBuf};

use scrim_policy::Kind;

/// TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TlsError {
    /// One of two files is named.
    #[error("[tls] names only one of certificate_file and key_file")]
    HalfNamed,

    /// Names are for a certificate that Scrim makes.
    #[error("[tls] has both names and files; names are for a certificate that Scrim makes itself")]
    NamesAndFiles,

    /// A name that no certificate can have.
    #[error("[tls] names has {name:?}, which is neither a host name nor an address")]
    BadName {
        /// The name.
        name: String,
    },

    /// A file could not be read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// A file could not be written.
    #[error("could not write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// Everybody on this machine can read the key.
    #[error("the key file {} has mode {mode:03o}, others must have no access", path.display())]
    KeyOpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },

    /// There is no certificate in the file.
    #[error("there is no certificate in PEM form in {}, or a damaged one", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },

    /// There is no key in the file.
    #[error("there is no private key in PEM form in {}, or a damaged one", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },

    /// There is a key, but of a sort that is not supported.
    #[error("the key in {} is of a sort that cannot be used: RSA, P-256, P-384 and Ed25519 can", path.display())]
    UnusableKey {
        /// The file.
        path: PathBuf,
        /// What the library said.
        source: rustls::Error,
    },

    /// The key is that of another certificate.
    #[error(
        "the key in {} does not belong to the first certificate in {}; the server's own comes first, \
         those of authorities after it",
        key.display(),
        certificate.display()
    )]
    OtherKey {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },

    /// A certificate could not be made.
    #[error("could not make a certificate")]
    Make {
        /// What the library said.
        source: rcgen::Error,
    },

    /// The library does not offer TLS 1.3 as it was built.
    #[error("could not set up TLS 1.3")]
    Provider {
        /// What the library said.
        source: rustls::Error,
    },
}

impl TlsError {
    /// Returns what a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::HalfNamed
            | Self::NamesAndFiles
            | Self::BadName { .. }
            | Self::KeyOpenToOthers { .. }
            | Self::NoCertificate { .. }
            | Self::NoKey { .. }
            | Self::UnusableKey { .. }
            | Self::OtherKey { .. } => Kind::Invalid,
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => Kind::NotFound,
            Self::Read { .. } | Self::Write { .. } => Kind::Unavailable,
            Self::Make { .. } | Self::Provider { .. } => Kind::Internal,
        }
    }

    /// Returns what to do, where the message itself does not say it.
    pub(crate) const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::HalfNamed => Some("name both, or neither to let Scrim make a certificate"),
            Self::KeyOpenToOthers { .. } => {
                Some("chmod 600 the key, or 640 with a group for the servers that share it")
            }
            Self::NoKey { .. } => Some(
                "a key with a passphrase cannot be used: nobody is there to type it when the service \
                 starts",
            ),
            _ => None,
        }
    }
}
