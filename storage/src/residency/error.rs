//! Why a bucket must not, or cannot, be written.

use std::io;

use scrim_policy::Kind;

use super::Verdict;
use crate::objects::s3::LocationError;

/// A bucket must not hold recordings, or nobody can tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResidencyError {
    /// A rule is broken. The verdict names it.
    #[error("recordings may not be kept there: {verdict}")]
    Refused {
        /// What was found.
        verdict: Box<Verdict>,
    },

    /// Writing was stopped by an earlier verdict and has not been allowed again.
    #[error("writing to {host} was stopped, as the last check refused it")]
    Stopped {
        /// The server.
        host: String,
    },

    /// There is no such bucket.
    #[error("there is no such bucket on {host}")]
    NoBucket {
        /// The server.
        host: String,
    },

    /// The credentials do not open the bucket.
    #[error("{host} does not let these credentials {doing}: {code}")]
    Denied {
        /// The server.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// The code that the store gave.
        code: String,
    },

    /// The store has not answered, or has answered that it cannot.
    #[error("could not {doing} of {host}")]
    Unreachable {
        /// The server.
        host: String,
        /// What was being done.
        doing: &'static str,
        /// What is wrong.
        source: io::Error,
    },

    /// The client could not be made.
    #[error(transparent)]
    Location(#[from] LocationError),
}

impl ResidencyError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Refused { .. } | Self::Stopped { .. } => Kind::Refused,
            Self::NoBucket { .. } => Kind::NotFound,
            Self::Denied { .. } | Self::Unreachable { .. } => Kind::Unavailable,
            Self::Location(error) => error.kind(),
        }
    }

    /// Returns the verdict, where there is one to record.
    pub fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Refused { verdict } => Some(verdict),
            _ => None,
        }
    }
}
