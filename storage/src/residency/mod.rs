//! Which buckets may hold recordings.
//!
//! > **Only a verified bucket can be written.** The S3 store is made from an
//! > [`EuBucket`], and only [`EuBucket::verify`] makes one.

use aws_sdk_s3::Client;
use scrim_policy::Kind;

use crate::objects::s3::{LocationError, S3Location, client};

/// A bucket that was found to be where it has to be.
#[derive(Clone)]
pub struct EuBucket {
    location: S3Location,
    client: Client,
}

impl EuBucket {
    /// Verifies a bucket.
    ///
    /// # Errors
    /// [`ResidencyError`].
    pub async fn verify(location: S3Location) -> Result<Self, ResidencyError> {
        // There are no rules for other places yet, and what no rule allows is refused.
        if !location.endpoint.is_loopback() {
            return Err(ResidencyError::NotAllowed {
                host: location.endpoint.host().to_owned(),
            });
        }
        let client = client(&location)?;
        Ok(Self { location, client })
    }

    /// Returns where the bucket is.
    pub fn location(&self) -> &S3Location {
        &self.location
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

impl std::fmt::Debug for EuBucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EuBucket")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

/// A bucket that must not hold recordings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResidencyError {
    /// No rule allows the server.
    #[error("recordings may not be kept on {host}")]
    NotAllowed {
        /// The server.
        host: String,
    },

    /// The client could not be made.
    #[error(transparent)]
    Location(#[from] LocationError),
}

impl ResidencyError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NotAllowed { .. } => Kind::Invalid,
            Self::Location(error) => error.kind(),
        }
    }
}
