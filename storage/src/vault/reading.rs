//! Artefacts on their way out.

use std::io;

use scrim_policy::{AuditEvent, Purpose, RecordingId, Word};

use super::{Vault, VaultError, keys::key_context};
use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, ArtefactState, CatalogError, Claim},
    objects::ObjectRead,
    proof::{Envelope, ImportProof, Output, Verified},
    seal::{OpenError, Opener, SealContext, SealedInfo},
    signing::PublicKey,
    timestamp::Timestamp,
};

/// The plaintext of an artefact, readable from any place.
pub type ArtefactReader = Opener<Box<dyn ObjectRead>>;

/// A proof with longer contents than this is none.
pub(super) const MOST_PROOF_BYTES: u64 = 64 << 20;

/// How a sealed artefact compares with what the proof says.
#[derive(Debug)]
pub enum OutputVerdict {
    /// Key, lengths, hashes and every segment are as stated.
    Matches,
    /// Something is not; the error says what.
    Fails(VaultError),
}

/// The verdict on one output of a recording.
#[derive(Debug)]
pub struct OutputCheck {
    /// Which output.
    pub kind: ArtefactKind,
    /// How it compares.
    pub verdict: OutputVerdict,
}

/// What checking a recording against its proof has shown.
#[derive(Debug)]
pub struct VerifiedRecording {
    /// The proof and who signed it.
    pub verified: Verified,
    /// One verdict per output, in the order of the proof, then those that the proof does not name,
    /// then one on the attendance, which no proof names.
    pub outputs: Vec<OutputCheck>,
    /// How it was imported, where it comes from another Scrim. Signed by this one.
    pub import: Option<ImportProof>,
}

impl VerifiedRecording {
    /// Says whether every output is as the proof says.
    pub fn all_match(&self) -> bool {
        self.outputs
            .iter()
            .all(|check| matches!(check.verdict, OutputVerdict::Matches))
    }
}

impl Vault {
    /// Returns what users get of a kind.
    ///
    /// # Errors
    /// [`VaultError::NoSuchOutput`] unless the recording is published, ready or held and has one, and
    /// [`VaultError::Catalog`].
    pub fn output(
        &self,
        recording: RecordingId,
        kind: ArtefactKind,
    ) -> Result<ArtefactRow, VaultError> {
        self.wait(self.catalog().artefact_of_kind(recording, kind))?
            .ok_or(VaultError::NoSuchOutput { recording, kind })
    }

    /// Opens an artefact. That it was asked for is in the audit log before its key is unwrapped.
    ///
    /// # Errors
    /// [`VaultError::Audit`], [`VaultError::Key`], [`VaultError::Object`] and [`VaultError::Open`].
    pub fn open_artefact(
        &self,
        row: &ArtefactRow,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<ArtefactReader, VaultError> {
        self.audit(opened(row, purpose), now)?;
        self.open_as(row, row.sealed.clone())
    }

    /// Reads a whole artefact of up to `limit` bytes and proves it complete.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] and those of [`Vault::open_artefact`].
    pub fn read_all(
        &self,
        row: &ArtefactRow,
        limit: u64,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Vec<u8>, VaultError> {
        check_limit(row, limit)?;
        read_whole(row, self.open_artefact(row, purpose, now)?)
    }

    /// Opens an artefact for the run that makes its recording. The run is in the audit log since it
    /// has its claim; its parts are not, each by itself, as they would bury everything else.
    ///
    /// # Errors
    /// [`CatalogError::NoArtefact`] for an artefact of another recording, [`VaultError::Key`],
    /// [`VaultError::Object`] and [`VaultError::Open`].
    pub fn open_part(
        &self,
        claim: &Claim,
        row: &ArtefactRow,
    ) -> Result<ArtefactReader, VaultError> {
        let recording = claim.recording();
        if row.recording != recording {
            let artefact = row.id;
            return Err(CatalogError::NoArtefact {
                recording,
                artefact,
            }
            .into());
        }
        self.open_as(row, row.sealed.clone())
    }

    /// Reads a whole artefact for the run that makes its recording, up to `limit` bytes.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] and those of [`Vault::open_part`].
    pub fn read_part(
        &self,
        claim: &Claim,
        row: &ArtefactRow,
        limit: u64,
    ) -> Result<Vec<u8>, VaultError> {
        check_limit(row, limit)?;
        read_whole(row, self.open_part(claim, row)?)
    }

    /// Checks a recording against its own proof: the signature, and every sealed output from the
    /// first byte to the last. Lengths, hashes and commitments are those of the proof, not those of
    /// the catalog. What users could get without being in the proof fails as well.
    ///
    /// A recording from another Scrim is checked against the proof that came with it and against the
    /// statement about its import. `trusted` is then the key of the other Scrim; the own key, which
    /// signed the import, says nothing about it.
    ///
    /// # Errors
    /// [`VaultError::NoSuchOutput`] where there is no proof, [`VaultError::Proof`],
    /// [`VaultError::Audit`], and those of reading the proof. What is wrong with other outputs is in
    /// the result.
    pub fn verify_recording(
        &self,
        recording: RecordingId,
        trusted: Option<&PublicKey>,
        now: Timestamp,
    ) -> Result<VerifiedRecording, VaultError> {
        let row = self.output(recording, ArtefactKind::Proof)?;
        let json = self.read_all(&row, MOST_PROOF_BYTES, Purpose::Verify, now)?;
        if let Some(import) = self.import_proof(recording, now)? {
            return self.verify_imported(&json, import, trusted, now);
        }
        let verified = Envelope::parse(&json)?.verify(trusted)?;
        if verified.proof.recording != recording {
            return Err(VaultError::Disagreement {
                recording,
                kind: ArtefactKind::Proof,
            });
        }
        self.account_for(recording, &verified.proof.outputs, now)?;
        let check = |output: &Output| OutputCheck {
            kind: output.kind,
            verdict: self.output_verdict(recording, output),
        };
        let mut outputs: Vec<_> = verified.proof.outputs.iter().map(check).collect();
        outputs.extend(self.unproven(recording, &verified.proof.outputs)?);
        outputs.extend(self.attendance_check(recording, now)?);
        Ok(VerifiedRecording {
            verified,
            outputs,
            import: None,
        })
    }

    /// Notes in the audit log which outputs are about to be opened.
    pub(super) fn account_for(
        &self,
        recording: RecordingId,
        outputs: &[Output],
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let rows = self.artefacts(recording)?;
        let is_named = |row: &&ArtefactRow| outputs.iter().any(|output| output.artefact == row.id);
        let events = rows
            .iter()
            .filter(is_named)
            .map(|row| opened(row, Purpose::Verify));
        self.audit_all(events.collect(), now)?;
        Ok(())
    }

    /// Returns what users could get although it is not among the proven outputs. A statement does
    /// not name itself.
    pub(super) fn unproven(
        &self,
        recording: RecordingId,
        proven: &[Output],
    ) -> Result<Vec<OutputCheck>, VaultError> {
        let is_unproven = |row: &ArtefactRow| {
            row.state == ArtefactState::Complete
                && row.kind.is_published()
                && !matches!(row.kind, ArtefactKind::Proof | ArtefactKind::ImportProof)
                && !proven.iter().any(|output| output.kind == row.kind)
        };
        let rows = self.artefacts(recording)?;
        let unproven = rows.iter().filter(|row| is_unproven(row));
        Ok(unproven
            .map(|row| OutputCheck {
                kind: row.kind,
                verdict: OutputVerdict::Fails(VaultError::Unproven {
                    recording,
                    kind: row.kind,
                }),
            })
            .collect())
    }

    /// Opens the attendance from the first byte to the last, shown to nobody. What is known about it
    /// comes from the catalog.
    pub(super) fn attendance_check(
        &self,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<Option<OutputCheck>, VaultError> {
        let Some(row) = self.attendance(recording)? else {
            return Ok(None);
        };
        let opened = self.open_artefact(&row, Purpose::Verify, now);
        let verdict = match opened.and_then(|reader| Ok(reader.copy_all(&mut io::sink())?)) {
            Ok(()) => OutputVerdict::Matches,
            Err(error) => OutputVerdict::Fails(error),
        };
        Ok(Some(OutputCheck {
            kind: row.kind,
            verdict,
        }))
    }

    pub(super) fn output_verdict(&self, recording: RecordingId, output: &Output) -> OutputVerdict {
        match self.verify_output(recording, output) {
            Ok(()) => OutputVerdict::Matches,
            Err(error) => OutputVerdict::Fails(error),
        }
    }

    fn verify_output(&self, recording: RecordingId, output: &Output) -> Result<(), VaultError> {
        let row = self.output(recording, output.kind)?;
        if row.id != output.artefact {
            return Err(VaultError::Disagreement {
                recording,
                kind: output.kind,
            });
        }
        self.open_as(&row, output.sealed())?
            .copy_all(&mut io::sink())?;
        Ok(())
    }

    pub(crate) fn open_as(
        &self,
        row: &ArtefactRow,
        expected: SealedInfo,
    ) -> Result<ArtefactReader, VaultError> {
        let context = key_context(row)?;
        if row.format != crate::seal::FORMAT {
            return Err(CatalogError::Unreadable { column: "format" }.into());
        }
        let data_key = self
            .kms_of(row.wrapped_key.kms)?
            .unwrap_key(&context, &row.wrapped_key)?;
        let key = row.object_key;
        let object = self.objects().get(&key)?;
        let context = SealContext::new(key.tenant, key.recording, key.artefact, row.kind);
        Opener::new(object, &data_key, &context, expected).map_err(|error: OpenError| error.into())
    }
}

fn opened(row: &ArtefactRow, purpose: Purpose) -> AuditEvent {
    AuditEvent::ArtefactOpened {
        artefact: row.id,
        recording: row.recording,
        kind: Word::new(row.kind),
        purpose,
    }
}

fn check_limit(row: &ArtefactRow, limit: u64) -> Result<(), VaultError> {
    let bytes = row.sealed.plaintext_bytes;
    if bytes <= limit {
        return Ok(());
    }
    Err(VaultError::TooLarge {
        artefact: row.id,
        bytes,
        limit,
    })
}

fn read_whole(row: &ArtefactRow, reader: ArtefactReader) -> Result<Vec<u8>, VaultError> {
    let bytes = usize::try_from(row.sealed.plaintext_bytes).unwrap_or_default();
    let mut plaintext = Vec::with_capacity(bytes);
    reader.copy_all(&mut plaintext)?;
    Ok(plaintext)
}
