//! What a sealed object is bound to.

use hkdf::Hkdf;
use scrim_policy::{ArtefactId, RecordingId, TenantId};
use sha2::Sha256;

use super::FORMAT;
use crate::{artefact::ArtefactKind, digest::Commitment, secret::DataKey};

/// The place of an object in the world. It opens nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealContext {
    artefact: ArtefactId,
    associated_data: Vec<u8>,
}

impl SealContext {
    /// Binds an object to its tenant, recording, artefact, kind and format.
    pub fn new(
        tenant: TenantId,
        recording: RecordingId,
        artefact: ArtefactId,
        kind: ArtefactKind,
    ) -> Self {
        let text = format!("scrim/seal/v1|{tenant}|{recording}|{artefact}|{kind}|{FORMAT}");
        Self {
            artefact,
            associated_data: text.into_bytes(),
        }
    }

    /// Binds an object to associated data that somebody else chose, as test vectors do.
    pub fn foreign(artefact: ArtefactId, associated_data: &[u8]) -> Self {
        Self {
            artefact,
            associated_data: associated_data.to_vec(),
        }
    }

    /// Returns what stock Tink has to be given as associated data.
    pub fn associated_data(&self) -> &[u8] {
        &self.associated_data
    }

    /// Returns the commitment of this artefact to `key`.
    pub fn commitment(&self, key: &DataKey) -> Commitment {
        let mut bytes = [0; 32];
        let artefact = self.artefact.to_string();
        Hkdf::<Sha256>::new(None, key.expose())
            .expand_multi_info(&[b"scrim/commit/v1", artefact.as_bytes()], &mut bytes)
            .expect("32 bytes are one block of HKDF-SHA256");
        Commitment::from_bytes(bytes)
    }
}
