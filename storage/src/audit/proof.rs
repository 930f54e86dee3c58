//! What proves to somebody without the log that an entry is in it.

use serde::{Deserialize, Serialize};

use super::{
    Checkpoint, SignedNote, VerifierKey, leaf_of,
    tree::{self, leaf_node},
};
use crate::digest::Sha256Digest;

/// An entry, a checkpoint that covers it, and the hashes in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryProof {
    /// The place of the entry in the log, from 0.
    pub seq: u64,
    /// What the log commits to: SHA-256 of salt and entry.
    pub leaf: Sha256Digest,
    /// The salt, unless it was blanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The entry as JSON, unless it was blanked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The signed note of the checkpoint.
    pub checkpoint: String,
    /// RFC 6962, section 2.1.1: from the leaf to the root, siblings only.
    pub inclusion: Vec<Sha256Digest>,
    /// That the checkpoint goes on from an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency: Option<Consistency>,
}

/// What proves that a checkpoint goes on from an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// Number of entries that the earlier one covers.
    pub size: u64,
    /// Its root.
    pub root: Sha256Digest,
    /// RFC 6962, section 2.1.2.
    pub proof: Vec<Sha256Digest>,
}

/// The leaves of a log, from which proofs are made. 32 bytes for each entry.
#[derive(Clone, Debug, Default)]
pub struct Leaves(Vec<Sha256Digest>);

impl Leaves {
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: &Sha256Digest) {
        self.0.push(leaf_node(leaf));
    }

    /// Returns the proof that entry `seq` is in the log, RFC 6962, section 2.1.1; nothing where
    /// there is no such entry.
    pub fn inclusion(&self, seq: u64) -> Option<Vec<Sha256Digest>> {
        let index = usize::try_from(seq).ok()?;
        (index < self.0.len()).then(|| tree::inclusion_proof(&self.0, index))
    }

    /// Returns the proof that the log goes on from its first `size` entries, RFC 6962, section
    /// 2.1.2; nothing where there are not so many.
    pub fn consistency(&self, size: u64) -> Option<Vec<Sha256Digest>> {
        let size = usize::try_from(size).ok()?;
        (size <= self.0.len()).then(|| tree::consistency_proof(&self.0, size))
    }
}

impl EntryProof {
    /// Says whether the proof holds under the key of a log: the checkpoint is signed by it, the
    /// entry is the one that the leaf was made of, the leaf is in the tree of the checkpoint, and
    /// that goes on from `earlier`, if it is given.
    pub fn holds(&self, key: &VerifierKey, earlier: Option<&Checkpoint>) -> bool {
        let note: Result<SignedNote, _> = self.checkpoint.parse();
        let Ok(checkpoint) = note.and_then(|note| note.verify(key)) else {
            return false;
        };
        let is_body = match (&self.salt, &self.body) {
            (Some(salt), Some(body)) => salt
                .parse()
                .is_ok_and(|salt| leaf_of(&salt, body) == self.leaf),
            (None, None) => true,
            _ => false,
        };
        let (size, root) = (checkpoint.size, &checkpoint.root);
        let is_included = tree::proves_inclusion(
            &leaf_node(&self.leaf),
            self.seq,
            size,
            root,
            &self.inclusion,
        );
        let goes_on = match (earlier, &self.consistency) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(earlier), Some(found)) => {
                (found.size, found.root) == (earlier.size, earlier.root)
                    && tree::proves_consistency(
                        (earlier.size, &earlier.root),
                        (size, root),
                        &found.proof,
                    )
            }
        };
        is_body && is_included && goes_on
    }
}
