//! From a vault to an archive.

use std::collections::{BTreeSet, HashSet};

use scrim_policy::{AuditEvent, Purpose, RecordingId, Tag, TenantId, Word};

use super::manifest::{
    ArchiveManifest, ArchivedFile, ArchivedHold, ArchivedRecording, ArchivedWords, LeftOut,
    MANIFEST, SCHEMA, STATEMENT, is_carried, is_finished, path,
};
use crate::{
    catalog::{ArtefactRow, ArtefactState, HoldRow, RecordingRow, RecordingState},
    digest::Sha256Digest,
    export::{About, Counter, ExportError, ExportSink, MOST_ATTENDANCE_BYTES, Transferred, copy},
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

/// How many recordings are asked for at a time.
const PAGE: u32 = 1000;

/// What an archive would hold, before anything is opened.
#[derive(Clone, Debug)]
pub struct ArchivePlan {
    tenant: TenantId,
    recordings: Vec<(RecordingRow, Vec<ArtefactRow>)>,
    left_out: Vec<LeftOut>,
    holds: Vec<HoldRow>,
}

impl Vault {
    /// Says what an archive of everything of a tenant would hold. Nothing is opened.
    ///
    /// # Errors
    /// [`ExportError::CannotCarry`] and [`ExportError::Vault`].
    pub fn plan_archive(&self, tenant: TenantId) -> Result<ArchivePlan, ExportError> {
        let mut plan = ArchivePlan {
            tenant,
            recordings: Vec::new(),
            left_out: Vec::new(),
            holds: Vec::new(),
        };
        let mut from = None;
        loop {
            let page = self.recordings(tenant, from, PAGE)?;
            for row in page.recordings {
                plan.add(self, row)?;
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        // Originals first: what was made from them names them.
        plan.recordings.sort_by_key(|(row, _)| {
            (
                row.state != RecordingState::Original,
                row.created_at,
                row.id,
            )
        });
        let carried: HashSet<RecordingId> = plan.recordings.iter().map(|(row, _)| row.id).collect();
        for (row, _) in &mut plan.recordings {
            row.original = row.original.filter(|original| carried.contains(original));
        }
        plan.holds = self.holds(tenant)?;
        plan.holds.retain(|hold| {
            let is_carried = hold.recording.is_none_or(|held| carried.contains(&held));
            hold.released_at.is_none() && is_carried
        });
        Ok(plan)
    }
}

impl ArchivePlan {
    fn add(&mut self, vault: &Vault, row: RecordingRow) -> Result<(), ExportError> {
        // The layers of a session would lose whose they are.
        if !is_finished(row.state) || vault.live_session(row.id)?.is_some() {
            self.left_out.push(LeftOut {
                recording: row.id,
                state: row.state,
            });
            return Ok(());
        }
        let mut artefacts = vault.artefacts(row.id)?;
        artefacts.retain(|artefact| {
            artefact.state == ArtefactState::Complete && !artefact.kind.is_working()
        });
        if let Some(artefact) = artefacts.iter().find(|artefact| !is_carried(artefact.kind)) {
            return Err(ExportError::CannotCarry {
                recording: row.id,
                kind: artefact.kind,
            });
        }
        artefacts.sort_by_key(|artefact| artefact.kind);
        self.recordings.push((row, artefacts));
        Ok(())
    }

    /// Returns whose recordings these are.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Returns the number of recordings.
    pub fn recordings(&self) -> usize {
        self.recordings.len()
    }

    /// Returns recordings that are not finished, and live sessions: they would stay behind.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Returns the files that would be written and their lengths, without the manifest.
    pub fn files(&self) -> Vec<(String, u64)> {
        let artefacts = self.artefacts();
        artefacts
            .map(|row| (path(row.recording, row.kind), row.sealed.plaintext_bytes))
            .collect()
    }

    /// Returns the length of all artefacts together. The manifest comes on top.
    pub fn bytes(&self) -> u64 {
        self.artefacts().map(|row| row.sealed.plaintext_bytes).sum()
    }

    fn artefacts(&self) -> impl Iterator<Item = &ArtefactRow> {
        self.recordings.iter().flat_map(|(_, artefacts)| artefacts)
    }

    /// Writes everything to `sink`, the signed manifest last, and returns what the manifest says and
    /// its SHA-256. The sink still has to be finished. **It has to encrypt**: everything that is
    /// sealed here is in the clear there.
    ///
    /// # Errors
    /// [`ExportError::Write`] and [`ExportError::Vault`].
    pub fn write(
        &self,
        vault: &Vault,
        sink: &mut dyn ExportSink,
        about: About<'_>,
        progress: &dyn Fn(Transferred),
    ) -> Result<(ArchiveManifest, Sha256Digest), ExportError> {
        let counter = Counter::new(self.bytes(), progress);
        let mut recordings = Vec::new();
        for (row, artefacts) in &self.recordings {
            let mut files = Vec::new();
            for artefact in artefacts {
                files.push(add_file(vault, artefact, sink, about.now, &counter)?);
            }
            recordings.push(archived(row, vault.tags(row.id)?, files));
        }
        let holds = self.holds.iter().map(|hold| archived_hold(vault, hold));
        let manifest = ArchiveManifest {
            schema: SCHEMA,
            statement: STATEMENT.to_owned(),
            tool: about.tool.to_owned(),
            created_at: about.now.to_string(),
            tenant: self.tenant,
            recordings,
            left_out: self.left_out.clone(),
            retention: vault.retention_rules(self.tenant)?.rules().to_vec(),
            holds: holds.collect::<Result<_, _>>()?,
            public_key: Some(vault.keyring().public_key()),
        };
        let payload =
            serde_json::to_string(&manifest).expect("a manifest holds only texts and numbers");
        let envelope = vault.keyring().sign_payload(payload);
        let json = envelope.to_json();
        sink.add(MANIFEST, json.len() as u64, &mut |out| {
            out.write_all(json.as_bytes()).map_err(ExportError::writing)
        })?;
        let sha256 = Sha256Digest::of(envelope.payload.as_bytes());
        vault.audit_all(self.made(sink.format(), sha256), about.now)?;
        Ok((manifest, sha256))
    }

    /// What the audit log says: one entry per recording, and one for the tenant.
    fn made(&self, format: &str, manifest: Sha256Digest) -> Vec<AuditEvent> {
        let recordings = self
            .recordings
            .iter()
            .map(|(row, artefacts)| (Some(row.id), None, artefacts.len()));
        let all = (None, Some(self.tenant), self.artefacts().count());
        recordings
            .chain([all])
            .map(|(recording, tenant, artefacts)| AuditEvent::ExportMade {
                recording,
                tenant,
                format: Word::new(format),
                artefacts: artefacts as u64,
                manifest: Some(Word::new(manifest)),
            })
            .collect()
    }
}

fn add_file(
    vault: &Vault,
    row: &ArtefactRow,
    sink: &mut dyn ExportSink,
    now: Timestamp,
    counter: &Counter<'_>,
) -> Result<ArchivedFile, ExportError> {
    let path = path(row.recording, row.kind);
    let bytes = row.sealed.plaintext_bytes;
    let sha256 = match row.sealed.plaintext_sha256 {
        Some(sha256) => {
            sink.add(&path, bytes, &mut |out| {
                copy(vault, row, now, &mut counter.counted(out))
            })?;
            sha256
        }
        // The catalog keeps no hash of a list of names.
        None => {
            let plaintext = vault.read_all(row, MOST_ATTENDANCE_BYTES, Purpose::Export, now)?;
            sink.add(&path, bytes, &mut |out| {
                out.write_all(&plaintext).map_err(ExportError::writing)
            })?;
            counter.add(bytes);
            Sha256Digest::of(&plaintext)
        }
    };
    Ok(ArchivedFile {
        kind: row.kind,
        created_at_us: row.created_at.as_micros(),
        bytes,
        sha256,
    })
}

fn archived(
    row: &RecordingRow,
    tags: BTreeSet<Tag>,
    files: Vec<ArchivedFile>,
) -> ArchivedRecording {
    ArchivedRecording {
        recording: row.id,
        state: row.state,
        created_at_us: row.created_at.as_micros(),
        updated_at_us: row.updated_at.as_micros(),
        source_sha256: row.source_sha256,
        policy_sha256: row.policy_sha256,
        policy_name: row.policy_name.clone(),
        original: row.original,
        duration_ns: row.duration_ns,
        tags,
        files,
    }
}

fn archived_hold(vault: &Vault, hold: &HoldRow) -> Result<ArchivedHold, VaultError> {
    let words = match vault.hold_words(hold) {
        Ok(words) => Some(ArchivedWords {
            reason: words.placed.reason,
            approver: words.placed.approver,
        }),
        // A hold stands without its words, here and there.
        Err(VaultError::Key(error)) if error.is_final() => None,
        Err(error) => return Err(error),
    };
    Ok(ArchivedHold {
        hold: hold.id,
        recording: hold.recording,
        placed_at_us: hold.placed_at.as_micros(),
        words,
    })
}
