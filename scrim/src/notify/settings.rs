//! What can be wrong with the settings.

use std::{io, path::PathBuf};

use scrim_policy::Kind;

/// Mail or webhooks cannot be sent as they are set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SettingsError {
    /// The sender is none.
    #[error("[mail] from is not an address of mail, such as Scrim <scrim@example.org>")]
    BadSender,

    /// Mail would travel through a network in the clear.
    #[error("[mail] tls is none, which is for a mail server on this machine only")]
    PlainMail,

    /// A user without a password, or the other way round.
    #[error("[mail] needs both user and password_file, or neither of them")]
    HalfCredentials,

    /// A file could not be read.
    #[error("could not read {}", path.display())]
    Unread {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// Everybody on the machine may read the password.
    #[error("the password in {} can be read by others: mode {mode:03o}", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },

    /// There is no certificate in it, or one that is damaged.
    #[error("{} holds no certificate that can be trusted", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },

    /// The TLS library takes neither the host nor the certificates.
    #[error("[mail] host is not the name of a host")]
    BadHost,
}

impl SettingsError {
    /// Returns what a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Unread { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Kind::NotFound
            }
            Self::Unread { .. } => Kind::Unavailable,
            _ => Kind::Invalid,
        }
    }
}
