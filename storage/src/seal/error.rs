//! What can go wrong, by direction.

use std::io;

use scrim_policy::Kind;

use crate::secret::EntropyError;

/// An object could not be sealed. Nothing that opens was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// No random bytes for the header.
    #[error(transparent)]
    Entropy(#[from] EntropyError),

    /// The writer below failed.
    #[error("could not write a sealed object")]
    Write {
        /// What the writer said.
        source: io::Error,
    },

    /// More plaintext than the format can hold.
    #[error("a sealed object cannot hold more than 2^32 segments")]
    TooLong,

    /// An earlier write failed, and a half-written object is never continued.
    #[error("sealing was given up after an earlier write failed")]
    GivenUp,
}

impl SealError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Entropy(error) => error.kind(),
            Self::Write { .. } | Self::GivenUp => Kind::Unavailable,
            Self::TooLong => Kind::Invalid,
        }
    }
}

/// An error of the writer below keeps its kind (a full disk stays a full disk).
impl From<SealError> for io::Error {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Write { source } => source,
            SealError::TooLong => Self::new(io::ErrorKind::FileTooLarge, error),
            SealError::Entropy(_) | SealError::GivenUp => Self::other(error),
        }
    }
}

/// An object could not be opened. No byte of the segment in question was given out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The data key is not the one that the artefact was committed to.
    #[error("the data key is not the one that this artefact was sealed with")]
    WrongKey,

    /// The lengths that the catalog or the proof states cannot all be true.
    #[error("the stated lengths of a sealed object contradict each other")]
    Contradiction,

    /// The object is shorter or longer than the catalog or the proof states.
    #[error("a sealed object has {found} bytes instead of {expected}")]
    WrongLength {
        /// Stated length in bytes.
        expected: u64,
        /// Length of the object in bytes.
        found: u64,
    },

    /// The object does not start as the format demands.
    #[error("a sealed object does not start with a header of this format")]
    Header,

    /// A segment is not what was sealed, or not in its place, or not under this context.
    #[error("segment {segment} of a sealed object is not authentic")]
    NotAuthentic {
        /// Number of the segment, from 0.
        segment: u64,
    },

    /// An earlier segment was not authentic, so nothing more is read from this object.
    #[error("reading was given up after a segment was not authentic")]
    GivenUp,

    /// The hash of the object or of its plaintext is another one than stated.
    #[error("the SHA-256 of the {of} is not the stated one")]
    WrongHash {
        /// `object` or `plaintext`.
        of: &'static str,
    },

    /// The reader below failed.
    #[error("could not read a sealed object")]
    Read {
        /// What the reader said.
        source: io::Error,
    },

    /// The writer that was given for the plaintext failed.
    #[error("could not write the plaintext of a sealed object")]
    Write {
        /// What the writer said.
        source: io::Error,
    },
}

impl OpenError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Read { source } if source.kind() == io::ErrorKind::UnexpectedEof => Kind::Damaged,
            Self::Read { .. } | Self::Write { .. } => Kind::Unavailable,
            Self::WrongKey
            | Self::Contradiction
            | Self::WrongLength { .. }
            | Self::Header
            | Self::NotAuthentic { .. }
            | Self::GivenUp
            | Self::WrongHash { .. } => Kind::Damaged,
        }
    }
}

/// `InvalidData` for everything that is damaged; [`io::Error::downcast`] gives the original back.
impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Read { source } | OpenError::Write { source } => source,
            damaged => Self::new(io::ErrorKind::InvalidData, damaged),
        }
    }
}
