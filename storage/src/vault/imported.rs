//! Recordings that come from another Scrim: on their way in, and checked afterwards.

use scrim_policy::{Purpose, RecordingId};

use super::{
    OutputCheck, OutputVerdict, Vault, VaultError, VerifiedRecording, reading::MOST_PROOF_BYTES,
};
use crate::{
    artefact::ArtefactKind,
    catalog::{
        Arriving, ArtefactRow, ArtefactState, BegunImport, Claim, ImportGate, Opening, RecordingRow,
    },
    digest::Sha256Digest,
    proof::{Envelope, ImportProof, Output},
    signing::PublicKey,
    timestamp::Timestamp,
};

impl Vault {
    pub(crate) fn open_import(
        &self,
        opening: &Opening<'_>,
        now: Timestamp,
    ) -> Result<ImportGate, VaultError> {
        let catalog = self.catalog();
        Ok(self.wait(catalog.open_import(self.author(), opening, now))?)
    }

    pub(crate) fn close_import(
        &self,
        archive: Sha256Digest,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().close_import(archive, now))?)
    }

    /// Begins to import a recording. What an interrupted import sealed of it is deleted.
    pub(crate) fn begin_import(
        &self,
        row: &RecordingRow,
        now: Timestamp,
    ) -> Result<BegunImport, VaultError> {
        let begun = self.wait(self.catalog().begin_import(row, now))?;
        if let BegunImport::Resumed(claim) = &begun {
            self.sweep_run(claim)?;
        }
        Ok(begun)
    }

    /// Takes back what was done of a recording that could not be imported.
    pub(crate) fn abandon_import(&self, claim: &Claim) -> Result<(), VaultError> {
        self.sweep_run(claim)?;
        Ok(self.wait(self.catalog().abandon_import(claim))?)
    }

    pub(crate) fn finish_import(
        &self,
        claim: &Claim,
        row: &RecordingRow,
        arriving: &Arriving<'_>,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let catalog = self.catalog();
        Ok(self.wait(catalog.finish_import(self.author(), claim, row, arriving, now))?)
    }

    /// Returns the statement about the import of a recording, or nothing where it was made here.
    /// Only this Scrim can have signed it.
    pub(super) fn import_proof(
        &self,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<Option<ImportProof>, VaultError> {
        let kind = ArtefactKind::ImportProof;
        let row = match self.output(recording, kind) {
            Ok(row) => row,
            Err(VaultError::NoSuchOutput { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let json = self.read_all(&row, MOST_PROOF_BYTES, Purpose::Verify, now)?;
        let own = self.keyring().public_key();
        let (import, _) = Envelope::parse(&json)?.verify_import(Some(&own))?;
        if import.recording != recording {
            return Err(VaultError::Disagreement { recording, kind });
        }
        Ok(Some(import))
    }

    /// Checks a recording that came from another Scrim: its own proof as far as it speaks of files,
    /// and the statement about its import for the objects that they are sealed in here.
    pub(super) fn verify_imported(
        &self,
        proof_json: &[u8],
        import: ImportProof,
        trusted: Option<&PublicKey>,
        now: Timestamp,
    ) -> Result<VerifiedRecording, VaultError> {
        let recording = import.recording;
        let disagreement = VaultError::Disagreement {
            recording,
            kind: ArtefactKind::Proof,
        };
        if import.proof_sha256 != Some(Sha256Digest::of(proof_json)) {
            return Err(disagreement);
        }
        // The own key signed the import. Whoever trusts it does not thereby know the other one.
        let own = self.keyring().public_key();
        let trusted = trusted.filter(|key| **key != own);
        let verified = Envelope::parse(proof_json)?.verify(trusted)?;
        if verified.proof.recording != recording {
            return Err(disagreement);
        }
        self.account_for(recording, &import.outputs, now)?;
        let mut outputs = Vec::new();
        for output in &import.outputs {
            let stated = verified
                .proof
                .outputs
                .iter()
                .find(|of| of.kind == output.kind);
            let is_same =
                |stated: &Output| (stated.sha256, stated.bytes) == (output.sha256, output.bytes);
            let kind = output.kind;
            let verdict = match stated {
                None if kind != ArtefactKind::Proof => {
                    OutputVerdict::Fails(VaultError::Unproven { recording, kind })
                }
                Some(stated) if !is_same(stated) => {
                    OutputVerdict::Fails(VaultError::Disagreement { recording, kind })
                }
                _ => self.output_verdict(recording, output),
            };
            outputs.push(OutputCheck { kind, verdict });
        }
        for stated in &verified.proof.outputs {
            let kind = stated.kind;
            if !import.outputs.iter().any(|output| output.kind == kind) {
                let verdict = OutputVerdict::Fails(VaultError::NoSuchOutput { recording, kind });
                outputs.push(OutputCheck { kind, verdict });
            }
        }
        outputs.extend(self.unproven(recording, &import.outputs)?);
        outputs.extend(self.attendance_check(recording, now)?);
        Ok(VerifiedRecording {
            verified,
            outputs,
            import: Some(import),
        })
    }

    /// Returns the sealed attendance of a recording, if it has one. It is personal data: only
    /// exports that ask for it and the DPO read it.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn attendance(&self, recording: RecordingId) -> Result<Option<ArtefactRow>, VaultError> {
        let rows = self.artefacts(recording)?;
        Ok(rows.into_iter().find(|row| {
            row.kind == ArtefactKind::Attendance && row.state == ArtefactState::Complete
        }))
    }
}
