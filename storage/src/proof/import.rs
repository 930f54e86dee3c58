//! The signed account of how a recording came from another Scrim.

use scrim_policy::RecordingId;
use serde::{Deserialize, Serialize};

use super::{Envelope, Output, ProofError, Signer};
use crate::{digest::Sha256Digest, keyring::Keyring, signing::PublicKey};

/// The schema of this statement that this program writes and reads.
const SCHEMA: u32 = 1;

/// What tells this statement from others of the same key.
const STATEMENT: &str = "scrim/import/v1";

/// What a recording was imported as.
///
/// The proof of the Scrim that made the recording stays as it is: it is evidence of what was made
/// from what. But it speaks of sealed objects that stayed behind. This statement links its hash to
/// the objects that were sealed here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportProof {
    /// Version of this form. Set by [`Keyring::sign_import`].
    pub schema: u32,
    /// Always `scrim/import/v1`. Set by [`Keyring::sign_import`].
    pub statement: String,
    /// The recording.
    pub recording: RecordingId,
    /// When it was imported, RFC 3339 in UTC.
    pub imported_at: String,
    /// SHA-256 of the signed manifest of the archive that it came in.
    pub archive_sha256: Sha256Digest,
    /// The key that signed that manifest.
    pub archive_key: PublicKey,
    /// SHA-256 of the proof that came with it; a held recording may have none.
    pub proof_sha256: Option<Sha256Digest>,
    /// What users can get, as it is sealed here. The proof that came with it is one of them.
    pub outputs: Vec<Output>,
    /// The statement about an earlier import, where the recording has moved before.
    pub earlier: Option<Envelope>,
    /// The key that signs. Set by [`Keyring::sign_import`].
    pub public_key: Option<PublicKey>,
}

impl Keyring {
    /// Signs how a recording was imported. `schema`, `statement` and `public_key` are set here.
    pub fn sign_import(&self, import: &ImportProof) -> Envelope {
        let import = ImportProof {
            schema: SCHEMA,
            statement: STATEMENT.to_owned(),
            public_key: Some(self.public_key()),
            ..import.clone()
        };
        let payload =
            serde_json::to_string(&import).expect("a statement holds only texts and numbers");
        self.sign_payload(payload)
    }
}

impl Envelope {
    /// Checks the signature of a statement about an import, and with a `trusted` key also whose it
    /// is.
    ///
    /// # Errors
    /// Any but [`ProofError::Read`].
    pub fn verify_import(
        &self,
        trusted: Option<&PublicKey>,
    ) -> Result<(ImportProof, Signer), ProofError> {
        let (import, signer): (ImportProof, Signer) = self.verify_as(SCHEMA..=SCHEMA, trusted)?;
        if import.statement != STATEMENT {
            return Err(ProofError::Malformed {
                what: "the statement",
            });
        }
        Ok((import, signer))
    }
}
