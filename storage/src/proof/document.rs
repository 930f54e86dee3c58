//! What a proof says.

use std::collections::BTreeMap;

use scrim_policy::{ArtefactId, RecordingId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    artefact::ArtefactKind,
    catalog::ArtefactRow,
    digest::{Commitment, Sha256Digest},
    residency::StorageVerdict,
    seal::SealedInfo,
    signing::PublicKey,
};

/// The newest schema of [`Proof`] that this program writes and reads.
pub(super) const SCHEMA: u32 = 3;

/// The schema of a proof that replaces no other one. Schema 3 only adds `revises`, so a proof
/// without it stays readable for programs that do not know it.
pub(super) const SCHEMA_OF_FIRST: u32 = 2;

/// The oldest schema that it reads. Schema 1 stated the place of storage in words only, which schema
/// 2 reads as well.
pub(super) const OLDEST_SCHEMA: u32 = 1;

/// Everything that a recording can be checked against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Version of this form. Set by [`crate::Keyring::sign_proof`].
    pub schema: u32,
    /// The recording.
    pub recording: RecordingId,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// What it was made from.
    pub source: Source,
    /// By which policy.
    pub policy: PolicyUsed,
    /// What the policy came to for this source.
    pub plan: Value,
    /// Programs and libraries that took part, and their versions.
    pub tools: BTreeMap<String, String>,
    /// Models that took part.
    pub models: Vec<Model>,
    /// What came out.
    pub outputs: Vec<Output>,
    /// What was checked in the outputs, how, and with what result.
    pub leak_report: Value,
    /// What the gate decided from that.
    pub gate: Gate,
    /// Where it is kept, and what was checked of that place before it was published.
    pub storage_verdict: StorageVerdict,
    /// SHA-256 of the `proof.json` that it replaces, where the transcript was revised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revises: Option<Sha256Digest>,
    /// The key that signs. Set by [`crate::Keyring::sign_proof`].
    pub public_key: Option<PublicKey>,
}

/// What a recording was made from. Its file name is personal data and stays away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// SHA-256 of the source file.
    pub sha256: Sha256Digest,
    /// Length of the source file.
    pub bytes: u64,
}

/// The policy that was followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyUsed {
    /// The name that it gives itself.
    pub name: String,
    /// SHA-256 of the policy file.
    pub sha256: Sha256Digest,
}

/// A model that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// SHA-256 of its file.
    pub sha256: Sha256Digest,
}

/// One file that users get, and the sealed object that it is kept in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What it holds.
    pub kind: ArtefactKind,
    /// SHA-256 of the file.
    pub sha256: Sha256Digest,
    /// Length of the file.
    pub bytes: u64,
    /// The artefact.
    pub artefact: ArtefactId,
    /// SHA-256 of the sealed object.
    pub ciphertext_sha256: Sha256Digest,
    /// Length of the sealed object.
    pub ciphertext_bytes: u64,
    /// Number of segments of the sealed object.
    pub segments: u64,
    /// Commitment to the key of the sealed object.
    pub commitment: Commitment,
}

impl Output {
    /// Describes an artefact, or nothing where its plaintext was not hashed, as for working kinds.
    pub fn of(row: &ArtefactRow) -> Option<Self> {
        Some(Self {
            kind: row.kind,
            sha256: row.sealed.plaintext_sha256?,
            bytes: row.sealed.plaintext_bytes,
            artefact: row.id,
            ciphertext_sha256: row.sealed.ciphertext_sha256,
            ciphertext_bytes: row.sealed.ciphertext_bytes,
            segments: row.sealed.segments,
            commitment: row.sealed.commitment,
        })
    }

    /// Returns what the proof says about the sealed object.
    pub const fn sealed(&self) -> SealedInfo {
        SealedInfo {
            plaintext_bytes: self.bytes,
            ciphertext_bytes: self.ciphertext_bytes,
            segments: self.segments,
            plaintext_sha256: Some(self.sha256),
            ciphertext_sha256: self.ciphertext_sha256,
            commitment: self.commitment,
        }
    }
}

/// What the gate decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The decision.
    pub verdict: GateVerdict,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}

/// Whether a recording may be given to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateVerdict {
    /// It may.
    Publish,
    /// Somebody has to look at it first.
    Hold,
}
