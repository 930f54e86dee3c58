//! Why a webhook was not told.

use scrim_policy::Kind;

/// A receiver was not told. No variant names it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum WebhookError {
    /// The address is not usable.
    #[error("not the address of a webhook: expected https://, or http:// on this machine")]
    BadUrl,

    /// The secret is not usable.
    #[error("not the secret of a webhook: expected whsec_ and 24 to 64 bytes in base64")]
    BadSecret,

    /// The operating system gave no random bytes.
    #[error("could not get random bytes from the operating system")]
    NoRandom,

    /// The address leads to where webhooks may not go.
    #[error("the address of the webhook leads into a network that webhooks may not reach")]
    Forbidden,

    /// Nobody answered, or not in time.
    #[error("the receiver of the webhook cannot be reached")]
    Unreachable {
        /// What happened.
        source: Box<ureq::Error>,
    },

    /// The receiver is not the one it should be.
    #[error("the certificate of the receiver is not trusted")]
    Untrusted {
        /// Why.
        source: Box<ureq::Error>,
    },

    /// The receiver wants no more events.
    #[error("the receiver of the webhook is gone: status 410")]
    Gone,

    /// The receiver did not take the event.
    #[error("the receiver of the webhook answered with status {status}")]
    NotTaken {
        /// Status of HTTP.
        status: u16,
    },
}

impl WebhookError {
    /// Returns what a caller can do about it.
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::BadUrl | Self::BadSecret => Kind::Invalid,
            Self::Forbidden => Kind::Refused,
            Self::Gone => Kind::NotFound,
            Self::NoRandom
            | Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::NotTaken { .. } => Kind::Unavailable,
        }
    }

    /// Says whether the same event fails again whenever it is tried. After [`WebhookError::Gone`] the
    /// receiver wants no other event either.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::BadUrl | Self::BadSecret | Self::Forbidden | Self::Gone
        )
    }
}
