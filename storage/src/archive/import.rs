//! From an archive to a vault.

use std::io::{Read, Seek, Write};

use scrim_policy::{Actor, ArtefactId, AuditEvent, RecordingId, Word};
use sha2::{Digest, Sha256};

use super::{
    Archive, ArchiveManifest, ArchivedFile, ArchivedRecording, ImportError, read::reading,
};
use crate::{
    artefact::ArtefactKind,
    catalog::{
        Arriving, ArtefactRow, BegunImport, Claim, ImportGate, Opening, Participant, RecordingRow,
        RecordingState, SealedHold,
    },
    digest::Sha256Digest,
    export::{Counter, MOST_ATTENDANCE_BYTES, Transferred, parse_attendance},
    proof::{Envelope, ImportProof, Output, Signer},
    timestamp::Timestamp,
    vault::{ArtefactWriter, HoldWords, Vault, VaultError, retention_changed},
};

/// What an import has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Recordings that were imported now.
    pub recordings: u64,
    /// Recordings that an interrupted import had brought here.
    pub before: u64,
    /// Artefacts that were imported now.
    pub artefacts: u64,
}

/// How much is read at a time.
const PIECE: usize = 1 << 18;

impl Vault {
    /// Imports an archive into a vault without recordings, or goes on where an import of the same
    /// archive was interrupted.
    ///
    /// # Errors
    /// [`ImportError`]. What was imported before stays; nothing can be seen of the recording at
    /// which it happened.
    pub fn import<R: Read + Seek>(
        &self,
        archive: &mut Archive<R>,
        now: Timestamp,
        progress: &dyn Fn(Transferred),
    ) -> Result<Imported, ImportError> {
        let manifest = archive.manifest().clone();
        let event = AuditEvent::ImportMade {
            tenant: manifest.tenant,
            recordings: manifest.recordings.len() as u64,
            artefacts: manifest.artefacts(),
            manifest: Some(Word::new(archive.sha256())),
        };
        let (holds, mut events) = self.holds_of(&manifest, None)?;
        events.extend(manifest.retention.iter().map(|rule| {
            let days = u64::from(rule.period.count());
            retention_changed(rule.class, rule.tag.as_ref(), Some(days))
        }));
        events.push(event);
        let opening = Opening {
            archive: archive.sha256(),
            tenant: manifest.tenant,
            rules: &manifest.retention,
            holds: &holds,
            events,
        };
        match self.open_import(&opening, now)? {
            ImportGate::New | ImportGate::Resumed => {}
            ImportGate::NotEmpty => return Err(ImportError::NotEmpty),
            ImportGate::ImportedBefore(at) => return Err(ImportError::ImportedBefore { at }),
        }
        let counter = Counter::new(manifest.bytes(), progress);
        let mut imported = Imported::default();
        for recording in &manifest.recordings {
            let row = self.row_of(archive, recording);
            match self.begin_import(&row, now)? {
                BegunImport::Done => {
                    imported.before += 1;
                    counter.add(recording.files.iter().map(|file| file.bytes).sum());
                }
                BegunImport::New(claim) | BegunImport::Resumed(claim) => {
                    let mut import = RecordingImport {
                        vault: self,
                        archive,
                        claim: &claim,
                        counter: &counter,
                        now,
                    };
                    if let Err(error) = import.run(recording, &row) {
                        // The error that made us stop matters more than this one, and the next
                        // import of the archive does the same.
                        let _ = self.abandon_import(&claim);
                        return Err(error);
                    }
                    imported.recordings += 1;
                    imported.artefacts += recording.files.len() as u64;
                }
            }
        }
        self.close_import(archive.sha256(), now)?;
        Ok(imported)
    }

    /// The holds of an archive on a recording, or on everything, sealed for this Scrim.
    fn holds_of(
        &self,
        manifest: &ArchiveManifest,
        recording: Option<RecordingId>,
    ) -> Result<(Vec<SealedHold>, Vec<AuditEvent>), VaultError> {
        let mut sealed = Vec::new();
        let mut events = Vec::new();
        let these = manifest.holds.iter();
        for hold in these.filter(|hold| hold.recording == recording) {
            let words = match &hold.words {
                Some(words) => HoldWords::new(words.reason.reveal(), words.approver.reveal()),
                None => HoldWords::new("lost before this was moved", &Actor::SERVICE.to_string()),
            };
            let placed_at = Timestamp::from_micros(hold.placed_at_us);
            let (hold, event) =
                self.seal_hold(hold.hold, manifest.tenant, recording, &words?, placed_at)?;
            sealed.push(hold);
            events.push(event);
        }
        Ok((sealed, events))
    }

    /// The recording as it will be. An original is found again by its hash, as if it had been kept
    /// here. The job key of any other says from which archive it came: what decided the result is
    /// known to the other Scrim only, under a key of its own.
    fn row_of<R: Read + Seek>(
        &self,
        archive: &Archive<R>,
        recording: &ArchivedRecording,
    ) -> RecordingRow {
        let id = recording.recording;
        let archive_sha256 = archive.sha256();
        let parts: [&[u8]; 2] = [archive_sha256.as_bytes(), id.as_uuid().as_bytes()];
        let job_key = match recording.state {
            RecordingState::Original => self.original_key(recording.source_sha256),
            _ => self.keyring().keyed_digest("scrim/import/v1", &parts),
        };
        RecordingRow {
            id,
            tenant: archive.manifest().tenant,
            created_at: Timestamp::from_micros(recording.created_at_us),
            updated_at: Timestamp::from_micros(recording.updated_at_us),
            state: recording.state,
            job_key,
            source_sha256: recording.source_sha256,
            policy_sha256: recording.policy_sha256,
            policy_name: recording.policy_name.clone(),
            original: recording.original,
            duration_ns: recording.duration_ns,
            generation: 1,
            revision: 0,
            failure: None,
        }
    }
}

/// One recording on its way in.
struct RecordingImport<'a, R> {
    vault: &'a Vault,
    archive: &'a mut Archive<R>,
    claim: &'a Claim,
    counter: &'a Counter<'a>,
    now: Timestamp,
}

impl<R: Read + Seek> RecordingImport<'_, R> {
    fn run(
        &mut self,
        recording: &ArchivedRecording,
        row: &RecordingRow,
    ) -> Result<(), ImportError> {
        let mut rows = Vec::new();
        let mut earlier = None;
        for file in &recording.files {
            // The statement about an earlier import is kept inside that about this one.
            if file.kind == ArtefactKind::ImportProof {
                let json = self.read(recording, file)?;
                let envelope = Envelope::parse(&json)?;
                envelope.verify_import(None)?;
                earlier = Some(envelope);
            } else {
                rows.push(self.seal(recording, file)?);
            }
        }
        let proof_sha256 = self.check_proof(recording, &rows)?;
        if rows.iter().any(|row| row.kind.is_published()) {
            rows.push(self.state(recording, &rows, proof_sha256, earlier)?);
        }
        let ids: Vec<ArtefactId> = rows.iter().map(|row| row.id).collect();
        let people = self.participants(recording, &rows)?;
        let manifest = self.archive.manifest();
        let (holds, events) = self.vault.holds_of(manifest, Some(row.id))?;
        let arriving = Arriving {
            artefacts: &ids,
            people: &people,
            tags: &recording.tags,
            holds: &holds,
            events,
        };
        self.vault
            .finish_import(self.claim, row, &arriving, self.now)?;
        Ok(())
    }

    /// Who took part, so that an erasure finds them here as well.
    fn participants(
        &self,
        recording: &ArchivedRecording,
        rows: &[ArtefactRow],
    ) -> Result<Vec<Participant>, ImportError> {
        let kind = ArtefactKind::Attendance;
        let Some(row) = rows.iter().find(|row| row.kind == kind) else {
            return Ok(Vec::new());
        };
        let json = self
            .vault
            .read_part(self.claim, row, MOST_ATTENDANCE_BYTES)?;
        let recording = recording.recording;
        let attendance = parse_attendance(recording, &json)
            .map_err(|_| ImportError::UnreadableAttendance { recording })?;
        Ok(self.vault.participants(&attendance))
    }

    /// Seals a file, if it is the one that the manifest describes.
    fn seal(
        &mut self,
        recording: &ArchivedRecording,
        file: &ArchivedFile,
    ) -> Result<ArtefactRow, ImportError> {
        let made_at = Timestamp::from_micros(file.created_at_us);
        let mut writer = self.vault.create_artefact(self.claim, file.kind, made_at)?;
        self.copy(recording, file, &mut |piece| {
            let written = writer.write_all(piece);
            written.map_err(|error| ArtefactWriter::explain(error).into())
        })?;
        Ok(writer.finish()?)
    }

    /// Reads a short file, if it is the one that the manifest describes.
    fn read(
        &mut self,
        recording: &ArchivedRecording,
        file: &ArchivedFile,
    ) -> Result<Vec<u8>, ImportError> {
        let mut bytes = Vec::new();
        self.copy(recording, file, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }

    /// Hands a file on, piece by piece. **It is right only when this returns**: the authentication
    /// code of the archive and the hash of the manifest come at the end.
    fn copy(
        &mut self,
        recording: &ArchivedRecording,
        file: &ArchivedFile,
        take: &mut dyn FnMut(&[u8]) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let mut entry = self.archive.file(recording.recording, file)?;
        let mut hash = Sha256::new();
        let mut piece = vec![0; PIECE];
        let mut bytes = 0;
        loop {
            let count = entry.read(&mut piece).map_err(reading)?;
            if count == 0 {
                break;
            }
            bytes += count as u64;
            if bytes > file.bytes {
                break;
            }
            hash.update(&piece[..count]);
            take(&piece[..count])?;
            self.counter.add(count as u64);
        }
        if bytes != file.bytes || Sha256Digest::finished(hash) != file.sha256 {
            return Err(ImportError::Differs {
                recording: recording.recording,
                kind: file.kind,
                stated_in: "manifest",
            });
        }
        Ok(())
    }

    /// Compares the proof that came along with the files that came along, and returns its hash.
    /// Whose signature it carries is not known here: the manifest vouches for it.
    fn check_proof(
        &self,
        recording: &ArchivedRecording,
        rows: &[ArtefactRow],
    ) -> Result<Option<Sha256Digest>, ImportError> {
        let Some(row) = rows.iter().find(|row| row.kind == ArtefactKind::Proof) else {
            return Ok(None);
        };
        let json = self
            .vault
            .read_part(self.claim, row, row.sealed.plaintext_bytes)?;
        let verified = Envelope::parse(&json)?.verify(None)?;
        let differs = |kind| ImportError::Differs {
            recording: recording.recording,
            kind,
            stated_in: "proof",
        };
        if verified.proof.recording != recording.recording {
            return Err(differs(ArtefactKind::Proof));
        }
        let outputs = recording.files.iter().filter(|file| {
            let is_statement = matches!(file.kind, ArtefactKind::Proof | ArtefactKind::ImportProof);
            file.kind.is_published() && !is_statement
        });
        for file in outputs {
            let is_it = |output: &Output| {
                (output.kind, output.sha256, output.bytes) == (file.kind, file.sha256, file.bytes)
            };
            if !verified.proof.outputs.iter().any(is_it) {
                return Err(differs(file.kind));
            }
        }
        Ok(Some(Sha256Digest::of(&json)))
    }

    /// Signs and seals what the recording was imported as.
    fn state(
        &self,
        recording: &ArchivedRecording,
        rows: &[ArtefactRow],
        proof_sha256: Option<Sha256Digest>,
        earlier: Option<Envelope>,
    ) -> Result<ArtefactRow, ImportError> {
        let keyring = self.vault.keyring();
        let (Signer::Trusted(archive_key) | Signer::Unknown(archive_key)) = self.archive.signer();
        let published = rows.iter().filter(|row| row.kind.is_published());
        let envelope = keyring.sign_import(&ImportProof {
            schema: 0,
            statement: String::new(),
            recording: recording.recording,
            imported_at: self.now.to_string(),
            archive_sha256: self.archive.sha256(),
            archive_key,
            proof_sha256,
            outputs: published.filter_map(Output::of).collect(),
            earlier,
            public_key: None,
        });
        let kind = ArtefactKind::ImportProof;
        let mut writer = self.vault.create_artefact(self.claim, kind, self.now)?;
        let written = writer.write_all(envelope.to_json().as_bytes());
        written.map_err(ArtefactWriter::explain)?;
        Ok(writer.finish()?)
    }
}
