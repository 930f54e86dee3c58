//! Changing the transcript of a recording that is made.
//!
//! ```text
//! transcript.json ─► cues changed ─► cleared again ─► checked again ─► report, proof ─► one transaction
//! ```
//!
//! What somebody types is treated as what somebody has said: names of the roster become initials, and
//! addresses and numbers are removed. The new proof names the proof that it replaces.
//!
//! > **A revision makes nothing worse.** What failed no check before fails none after it, or nothing
//! > is changed. A recording that the gate has held is let pass where nothing is left to fail.

mod edit;
mod error;

use std::{io::Write, time::SystemTime};

use scrim_policy::{Pii, Purpose, RecordingId, Roster};
use scrim_redact::text::{ClearedTranscript, Removed, TextRedactor, WrittenTranscript};
use scrim_storage::{
    ArtefactKind, ArtefactRow, ArtefactWriter, CatalogError, Claim, Envelope, Proof, RecordingRow,
    RecordingState, Timestamp, Vault, VaultError,
    proof::{Gate, GateVerdict, Output},
};

use crate::{
    inspect::{Check, Verdict},
    job::{
        Report, TranscriptFacts, gate_reasons, index_of, names_in, transcript_check,
        transcript_texts,
    },
    render::StillPair,
    transcribe::read_json,
};

pub use edit::Cue;
pub use error::RevisionError;

/// Transcripts, reports and proofs that are longer are none.
const MOST_BYTES: u64 = 64 << 20;

/// The check that a revision does anew, beside the one whether there are words at all.
const NAMES_CHECK: &str = "names_in_text";

/// New words for a cue.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Which one, from 0, in the order of `transcript.vtt`.
    pub cue: usize,
    /// What is said in it. Nothing takes the cue away.
    pub text: Pii<String>,
}

/// What to revise.
pub struct RevisionSpec<'a> {
    /// The recording: published, ready or held.
    pub recording: RecordingId,
    /// The revision that the cues were read from, see [`transcript`].
    pub based_on: u64,
    /// What to change.
    pub edits: &'a [Edit],
    /// Who took part, where the attendance that is kept does not say it any more, or somebody was
    /// erased from the source: their name has to be known to be found.
    pub roster: Option<&'a Roster>,
    /// Renders the report as a page for people.
    pub report_page: &'a dyn Fn(&Report) -> Vec<u8>,
    /// Takes the pictures out of such a page.
    pub stills_of_page: &'a dyn Fn(&[u8]) -> Vec<StillPair>,
}

/// What a revision has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number, from 1.
    pub revision: u64,
    /// The state of the recording now.
    pub state: RecordingState,
    /// How many names, addresses and numbers were taken out of the new words.
    pub removed: Removed,
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

/// Returns the number of the newest revision of a recording and its cues, to be edited.
///
/// # Errors
/// [`RevisionError::Vault`], [`RevisionError::Unreadable`].
pub fn transcript(vault: &Vault, recording: RecordingId) -> Result<(u64, Vec<Cue>), RevisionError> {
    let (_, row) = vault.begin_revision(recording)?;
    let transcript = written(vault, recording, Purpose::Get)?;
    Ok((row.revision, edit::cues(&transcript)))
}

/// Revises the transcript of a recording. A run that is killed leaves either what was there or what
/// is new, whole.
///
/// # Errors
/// See [`RevisionError`]. Nothing has changed then.
pub fn revise(vault: &Vault, spec: &RevisionSpec<'_>) -> Result<Revision, RevisionError> {
    let (claim, row) = vault.begin_revision(spec.recording)?;
    if row.revision != spec.based_on {
        return Err(VaultError::from(CatalogError::StaleRevision {
            recording: spec.recording,
            ours: spec.based_on,
            newest: row.revision,
        })
        .into());
    }
    let before = Before::read(vault, &row)?;
    let roster = before.roster(vault, &row, spec.roster)?;
    let changed = edit::apply(&before.transcript, spec.edits)?;
    let redactor = TextRedactor::new(&roster, before.report.names);
    let cleared = redactor.clear_again(&changed);
    let mut draft = Draft {
        vault,
        claim: &claim,
        kept: Vec::new(),
    };
    let checks = before.checks(vault, &roster, &cleared)?;
    let decided = before.decide(row.state, checks)?;
    for (kind, text) in transcript_texts(&cleared).map_err(ArtefactWriter::explain)? {
        draft.add(kind, &text)?;
    }
    let report = before.new_report(&cleared, &decided, spec);
    draft.add(ArtefactKind::ReportJson, &report.to_json())?;
    draft.add(ArtefactKind::ReportHtml, &(spec.report_page)(&report))?;
    let proof = before.new_proof(vault, &draft.kept, &report, &decided)?;
    let envelope = vault.keyring().sign_proof(&proof).to_json();
    draft.add(ArtefactKind::Proof, envelope.as_bytes())?;
    let revision = draft.swap(spec, decided.state)?;
    let removed = cleared.removed();
    let earlier = before.transcript.removed;
    Ok(Revision {
        revision,
        state: decided.state,
        removed: Removed {
            names: removed.names - earlier.names,
            emails: removed.emails - earlier.emails,
            phones: removed.phones - earlier.phones,
        },
    })
}

fn written(
    vault: &Vault,
    recording: RecordingId,
    purpose: Purpose,
) -> Result<WrittenTranscript, RevisionError> {
    let kind = ArtefactKind::TranscriptJson;
    let row = vault.output(recording, kind)?;
    let text = vault.read_all(&row, MOST_BYTES, purpose, now())?;
    read_json(&text).ok_or(RevisionError::Unreadable { recording, kind })
}

fn output(
    vault: &Vault,
    recording: RecordingId,
    kind: ArtefactKind,
) -> Result<(ArtefactRow, Vec<u8>), RevisionError> {
    let row = vault.output(recording, kind)?;
    let bytes = vault.read_all(&row, MOST_BYTES, Purpose::Process, now())?;
    Ok((row, bytes))
}

/// What is there before a revision.
struct Before {
    recording: RecordingId,
    transcript: WrittenTranscript,
    report: Report,
    page: Vec<u8>,
    proof: Proof,
    proof_row: ArtefactRow,
}

/// What the gate says to a revision.
struct Decided {
    checks: Vec<Check>,
    verdict: GateVerdict,
    reasons: Vec<String>,
    state: RecordingState,
}

impl Before {
    fn read(vault: &Vault, row: &RecordingRow) -> Result<Self, RevisionError> {
        let recording = row.id;
        // It was proven by the keys of another Scrim, which no proof of this one can replace.
        match vault.output(recording, ArtefactKind::ImportProof) {
            Err(VaultError::NoSuchOutput { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Err(RevisionError::Imported { recording }),
        }
        let kind = ArtefactKind::ReportJson;
        let (_, report) = output(vault, recording, kind)?;
        let report = serde_json::from_slice(&report);
        let (_, page) = output(vault, recording, ArtefactKind::ReportHtml)?;
        let (proof_row, envelope) = output(vault, recording, ArtefactKind::Proof)?;
        let ours = vault.keyring().public_key();
        let proof = Envelope::parse(&envelope).and_then(|envelope| envelope.verify(Some(&ours)));
        Ok(Self {
            recording,
            transcript: written(vault, recording, Purpose::Process)?,
            report: report.map_err(|_| RevisionError::Unreadable { recording, kind })?,
            page,
            proof: proof.map_err(VaultError::from)?.proof,
            proof_row,
        })
    }

    /// Returns who took part. **Where that was known once and is not any more, nothing is revised**:
    /// a name that is typed could not be found.
    fn roster(
        &self,
        vault: &Vault,
        row: &RecordingRow,
        given: Option<&Roster>,
    ) -> Result<Roster, RevisionError> {
        let (recording, kind) = (self.recording, ArtefactKind::Attendance);
        let roster = match (given, vault.attendance(recording)?) {
            (Some(roster), _) => roster.clone(),
            (None, Some(kept)) => {
                let json = vault.read_all(&kept, MOST_BYTES, Purpose::Process, now())?;
                let attendance = serde_json::from_slice(&json)
                    .map_err(|_| RevisionError::Unreadable { recording, kind })?;
                Roster::from_attendance(&attendance)
            }
            (None, None) => Roster::default(),
        };
        let was_known = self
            .report
            .checks
            .iter()
            .any(|check| check.name == NAMES_CHECK && check.verdict != Verdict::NotChecked);
        if roster.is_empty() && was_known {
            return Err(RevisionError::NoRoster { recording });
        }
        let erased = vault.erased_from(row.tenant, &row.source_sha256, &roster)?;
        Ok(roster.with_erased(&erased))
    }

    /// Does the checks about words again. Those about picture and sound stand: neither has changed.
    fn checks(
        &self,
        vault: &Vault,
        roster: &Roster,
        cleared: &ClearedTranscript,
    ) -> Result<Vec<Check>, RevisionError> {
        let row = vault.output(self.recording, ArtefactKind::Recording)?;
        let mut file = vault.open_artefact(&row, Purpose::Process, now())?;
        let index = index_of(&mut file)?;
        let texts = transcript_texts(cleared).map_err(ArtefactWriter::explain)?;
        let texts: Vec<(&'static str, Vec<u8>)> = texts
            .into_iter()
            .map(|(kind, text)| (kind.file_name().unwrap_or("an output"), text))
            .collect();
        let names = names_in(&index, &texts, roster, self.report.names);
        let words = transcript_check(Some(&self.facts(cleared)));
        let again = |check: &Check| match check.name.as_str() {
            name if name == names.name => names.clone(),
            name if name == words.name => words.clone(),
            _ => check.clone(),
        };
        Ok(self.report.checks.iter().map(again).collect())
    }

    /// Lets the gate decide again. What is ready or published must not get worse by a revision.
    fn decide(&self, state: RecordingState, checks: Vec<Check>) -> Result<Decided, RevisionError> {
        let of_recording = |output: &&Output| output.kind == ArtefactKind::Recording;
        let recording = self.proof.outputs.iter().find(of_recording);
        let equals_source =
            recording.is_some_and(|output| output.sha256 == self.proof.source.sha256);
        let reasons = gate_reasons(&checks, equals_source);
        let is_new = |check: &&Check| {
            let failed_before =
                |old: &Check| old.name == check.name && old.verdict == Verdict::Failed;
            check.verdict == Verdict::Failed && !self.report.checks.iter().any(failed_before)
        };
        if let Some(worse) = checks.iter().find(is_new)
            && state != RecordingState::Held
        {
            return Err(RevisionError::Worse {
                recording: self.recording,
                found: format!("{}: {}", worse.name, worse.found),
            });
        }
        let verdict = match reasons.is_empty() {
            true => GateVerdict::Publish,
            false => GateVerdict::Hold,
        };
        let state = match (state, verdict) {
            (RecordingState::Held, GateVerdict::Publish) => RecordingState::Ready,
            (state, _) => state,
        };
        Ok(Decided {
            checks,
            verdict,
            reasons,
            state,
        })
    }

    fn facts(&self, cleared: &ClearedTranscript) -> TranscriptFacts {
        let removed = cleared.removed();
        TranscriptFacts {
            words: cleared.words().count(),
            names: removed.names,
            emails: removed.emails,
            phones: removed.phones,
            ..self.report.transcript.clone().unwrap_or_default()
        }
    }

    fn new_report(
        &self,
        cleared: &ClearedTranscript,
        decided: &Decided,
        spec: &RevisionSpec<'_>,
    ) -> Report {
        Report {
            created_at: now().to_string(),
            transcript: Some(self.facts(cleared)),
            checks: decided.checks.clone(),
            verdict: decided.verdict,
            reasons: decided.reasons.clone(),
            stills: (spec.stills_of_page)(&self.page),
            ..self.report.clone()
        }
    }

    fn new_proof(
        &self,
        vault: &Vault,
        kept: &[ArtefactRow],
        report: &Report,
        decided: &Decided,
    ) -> Result<Proof, RevisionError> {
        let mut outputs = self.proof.outputs.clone();
        for output in &mut outputs {
            let new = kept.iter().find(|row| row.kind == output.kind);
            if let Some(new) = new.and_then(Output::of) {
                *output = new;
            }
        }
        let mut tools = self.proof.tools.clone();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        tools.insert("scrim, revision".to_owned(), version);
        Ok(Proof {
            created_at: report.created_at.clone(),
            tools,
            outputs,
            leak_report: serde_json::to_value(&report.checks).unwrap_or_default(),
            gate: Gate {
                verdict: decided.verdict,
                reasons: decided.reasons.clone(),
            },
            storage_verdict: vault.storage_verdict(now())?,
            revises: self.proof_row.sealed.plaintext_sha256,
            ..self.proof.clone()
        })
    }
}

/// Artefacts of a revision that does not count yet. **Dropping it deletes them.**
struct Draft<'a> {
    vault: &'a Vault,
    claim: &'a Claim,
    kept: Vec<ArtefactRow>,
}

impl Draft<'_> {
    fn add(&mut self, kind: ArtefactKind, bytes: &[u8]) -> Result<(), RevisionError> {
        let mut writer = self.vault.create_artefact(self.claim, kind, now())?;
        writer.write_all(bytes).map_err(ArtefactWriter::explain)?;
        self.kept.push(writer.finish()?);
        Ok(())
    }

    /// Puts everything in the place of what is there.
    fn swap(
        mut self,
        spec: &RevisionSpec<'_>,
        state: RecordingState,
    ) -> Result<u64, RevisionError> {
        let ids: Vec<_> = self.kept.drain(..).map(|row| row.id).collect();
        let cues = spec.edits.len() as u64;
        let (vault, claim) = (self.vault, self.claim);
        Ok(vault.revise(claim, &ids, spec.based_on, state, cues, now())?)
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        let ids: Vec<_> = self.kept.iter().map(|row| row.id).collect();
        self.vault.forget_unused(&ids);
    }
}
