//! What can be wrong with a proof.

use std::io;

use scrim_policy::Kind;

use crate::artefact::ArtefactKind;

/// A proof could not be believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The file is no proof.
    #[error("not a proof: {what} could not be read")]
    Malformed {
        /// Which part.
        what: &'static str,
    },

    /// The proof was written by another version of this program.
    #[error("the proof has schema {found}, this program knows {known}")]
    UnknownSchema {
        /// What the proof says.
        found: u32,
        /// What this program writes.
        known: u32,
    },

    /// The proof is signed in a way that this program does not know.
    #[error("the proof is not signed with Ed25519")]
    UnknownAlgorithm,

    /// The key that the envelope names is not the one that the payload names.
    #[error("the proof names two different keys")]
    KeysDiffer,

    /// The proof was signed by somebody else than was expected.
    #[error("the proof is signed with key {found}, not with the trusted key {trusted}")]
    Untrusted {
        /// Id of the key that signed.
        found: String,
        /// Id of the trusted key.
        trusted: String,
    },

    /// The payload was changed after it was signed.
    #[error("the signature of the proof does not match its payload")]
    WrongSignature,

    /// A file that the proof names could not be read.
    #[error("could not read the file of {kind} to compare it with the proof")]
    Read {
        /// What the file holds.
        kind: ArtefactKind,
        /// What the operating system said.
        source: io::Error,
    },
}

impl ProofError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Malformed { .. } | Self::KeysDiffer | Self::WrongSignature => Kind::Damaged,
            Self::UnknownSchema { .. } | Self::UnknownAlgorithm => Kind::Invalid,
            Self::Untrusted { .. } => Kind::Refused,
            Self::Read { .. } => Kind::Unavailable,
        }
    }
}
