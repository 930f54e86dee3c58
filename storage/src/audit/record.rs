//! The log as it is read back, by whoever may have changed it.

use serde::{Deserialize, Serialize};

use super::{Frontier, SignedNote};
use crate::digest::Sha256Digest;

/// One entry as it lies in the catalog or in an export. Nothing in it is trusted, so all are texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place in the log, from 0.
    pub seq: u64,
    /// SHA-256 of salt and body.
    pub leaf: String,
    /// SHA-256 of the chain value before and the leaf.
    pub chain: String,
    /// The salt, unless it was blanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The entry as JSON, unless it was blanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The recording that it is blanked with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<String>,
    /// The tenant that it is blanked with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// A checkpoint as it lies in the catalog or in an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointRecord {
    /// Number of entries that it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// Where the log says that it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnd {
    /// Number of entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Sha256Digest,
    /// The chain value of the last one.
    pub chain: Sha256Digest,
}

impl LogEnd {
    pub(crate) fn new(frontier: &Frontier, chain: Sha256Digest) -> Self {
        Self {
            size: frontier.size(),
            root: frontier.root(),
            chain,
        }
    }
}

impl CheckpointRecord {
    pub(crate) fn note(&self) -> Result<SignedNote, super::NoteError> {
        self.note.parse()
    }
}
