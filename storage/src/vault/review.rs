//! What people decide about recordings, seen from a thread.

use scrim_policy::{ArtefactId, Pii, Purpose, RecordingId};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Vault, VaultError, reading::MOST_PROOF_BYTES};
use crate::{
    artefact::ArtefactKind,
    catalog::{
        ArtefactRow, ArtefactState, CatalogError, Claim, RecordingRow, RecordingState, Revised,
        SealedReason,
    },
    proof::{Envelope, GateVerdict, Verified},
    timestamp::Timestamp,
};

/// All reasons of a recording together are shorter than this.
const MOST_REASONS_BYTES: u64 = 16 << 20;

/// The form in which reasons are sealed.
const SCHEMA: u32 = 1;

/// What somebody has done and said why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAct {
    /// Published although the gate said no.
    Overridden,
    /// Withdrawn.
    Withdrawn,
}

/// Why somebody has decided about a recording. It may name somebody, so it is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewReason {
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub act: ReviewAct,
    /// Why.
    pub reason: Pii<String>,
}

/// The contents of [`ArtefactKind::Review`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasons {
    schema: u32,
    reasons: Vec<PlainReason>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlainReason {
    /// Microseconds since 1970-01-01 UTC.
    at: i64,
    act: ReviewAct,
    reason: String,
}

impl Vault {
    /// Publishes a recording that the gate let pass, or again one that was withdrawn: a person has
    /// decided it.
    ///
    /// # Errors
    /// [`VaultError::GateSaidNo`] where its proof says so; [`VaultError::Object`] where the last check
    /// of the place of the objects has refused it; [`VaultError::NoSuchOutput`] where nothing is left
    /// to publish; and [`VaultError::Catalog`], among others with [`CatalogError::ErasureUnderWay`].
    pub fn release(&self, recording: RecordingId, now: Timestamp) -> Result<(), VaultError> {
        self.refuse_stopped_place()?;
        let (proof, said) = self.newest_proof(recording, now)?;
        if said.proof.gate.verdict != GateVerdict::Publish {
            return Err(VaultError::GateSaidNo { recording });
        }
        let released = self
            .catalog()
            .release(self.author(), recording, proof.id, now);
        Ok(self.wait(released)?)
    }

    /// Publishes a recording that the gate has held, because somebody takes the responsibility. The
    /// reason is sealed with the recording; the audit log only says that there is one.
    ///
    /// # Errors
    /// [`VaultError::NoReason`]; [`VaultError::GateSaidYes`] where there is nothing to override; and
    /// those of [`Vault::release`].
    pub fn override_gate(
        &self,
        recording: RecordingId,
        reason: &Pii<String>,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        self.refuse_stopped_place()?;
        let (proof, said) = self.newest_proof(recording, now)?;
        if said.proof.gate.verdict != GateVerdict::Hold {
            return Err(VaultError::GateSaidYes { recording });
        }
        let reason = self.seal_reason(recording, ReviewAct::Overridden, reason, now)?;
        let done = self
            .catalog()
            .override_gate(self.author(), &reason, proof.id, now);
        match self.wait(done) {
            Ok(replaced) => self.let_go_of(&replaced),
            Err(error) => {
                self.forget_unused(&[reason.artefact]);
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Withdraws a recording in the name of a person. Nobody gets it any more, and no batch publishes
    /// anything of its source, also after retention has taken the recording. **It is done even where
    /// the reason cannot be kept.**
    ///
    /// # Errors
    /// [`VaultError::ReasonNotKept`] where that is so; [`VaultError::NoReason`] where one is given
    /// that says nothing; and [`VaultError::Catalog`].
    pub fn withdraw(
        &self,
        recording: RecordingId,
        reason: Option<&Pii<String>>,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let sealed = reason
            .map(|reason| self.seal_reason(recording, ReviewAct::Withdrawn, reason, now))
            .transpose();
        let (sealed, lost) = match sealed {
            Ok(sealed) => (sealed, None),
            Err(error @ (VaultError::NoReason | VaultError::Catalog(_))) => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let done = self
            .catalog()
            .withdraw(self.author(), recording, sealed.as_ref(), now);
        match self.wait(done) {
            Ok(replaced) => self.let_go_of(&replaced),
            Err(error) => {
                let unused: Vec<_> = sealed.iter().map(|sealed| sealed.artefact).collect();
                self.forget_unused(&unused);
                return Err(error.into());
            }
        }
        match lost {
            Some(source) => Err(VaultError::ReasonNotKept {
                recording,
                source: Box::new(source),
            }),
            None => Ok(()),
        }
    }

    /// Returns why people have decided about a recording, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and those of [`Vault::open_artefact`].
    pub fn review_reasons(
        &self,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<Vec<ReviewReason>, VaultError> {
        let Some(row) = self.complete(recording, ArtefactKind::Review)? else {
            return Ok(Vec::new());
        };
        let plain = self.read_reasons(&row, now)?;
        let reasons = plain.into_iter().map(|plain| ReviewReason {
            at: Timestamp::from_micros(plain.at),
            act: plain.act,
            reason: Pii::new(plain.reason),
        });
        Ok(reasons.collect())
    }

    /// Returns the right to revise the transcript of a recording, and its row. What a revision writes
    /// is pending until [`Vault::revise`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`], among others with [`CatalogError::WrongState`] unless the recording is
    /// published, ready or held.
    pub fn begin_revision(
        &self,
        recording: RecordingId,
    ) -> Result<(Claim, RecordingRow), VaultError> {
        const DOING: &str = "revise a transcript";
        let (claim, row) = self.wait(self.catalog().claim_made(recording, DOING))?;
        if !row.state.has_outputs() {
            let state = row.state;
            return Err(CatalogError::WrongState {
                recording,
                state,
                doing: DOING,
            }
            .into());
        }
        Ok((claim, row))
    }

    /// Puts revised outputs, a proof among them, in the place of those that are there, in one
    /// transaction, and deletes those. Returns the number of the new revision.
    ///
    /// `based_on` is the revision that was read, `state` what the recording is afterwards, `cues` how
    /// many cues were changed.
    ///
    /// # Errors
    /// [`VaultError::Object`] where the last check of the place of the objects has refused it, and
    /// [`VaultError::Catalog`], among others with [`CatalogError::StaleRevision`],
    /// [`CatalogError::OnHold`] and [`CatalogError::ErasureUnderWay`]. Everything is as before then,
    /// and the new outputs are gone.
    pub fn revise(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        based_on: u64,
        state: RecordingState,
        cues: u64,
        now: Timestamp,
    ) -> Result<u64, VaultError> {
        let revised = Revised {
            based_on,
            artefacts,
            state,
            cues,
        };
        let swapped = self.refuse_stopped_place().and_then(|()| {
            let swap = self.catalog().revise(self.author(), claim, &revised, now);
            Ok(self.wait(swap)?)
        });
        match swapped {
            Ok(replaced) => {
                self.let_go_of(&replaced);
                Ok(based_on + 1)
            }
            Err(error) => {
                self.forget_unused(artefacts);
                Err(error)
            }
        }
    }

    /// Deletes artefacts that were sealed for something that has not come about. What cannot be
    /// deleted now is an orphan.
    pub fn forget_unused(&self, artefacts: &[ArtefactId]) {
        for id in artefacts {
            let pending = self.artefact(*id).ok().flatten();
            let pending = pending.filter(|row| row.state == ArtefactState::Pending);
            self.let_go_of(pending.as_slice());
        }
    }

    /// Deletes what others have taken the place of. Where the store does not answer it stays pending,
    /// which nobody gets, until orphans are removed: what was decided is done all the same.
    fn let_go_of(&self, replaced: &[ArtefactRow]) {
        for row in replaced {
            if self.delete_all(std::slice::from_ref(row)).is_err() {
                tracing::warn!(artefact = %row.id, "could not delete what was replaced");
            }
        }
    }

    /// Reads the proof that a recording has now, whatever its state.
    pub(crate) fn newest_proof(
        &self,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<(ArtefactRow, Verified), VaultError> {
        let kind = ArtefactKind::Proof;
        let known = self.recording(recording)?;
        known.ok_or(CatalogError::NoRecording { recording })?;
        let row = self.complete(recording, kind)?;
        let row = row.ok_or(VaultError::NoSuchOutput { recording, kind })?;
        let json = self.read_all(&row, MOST_PROOF_BYTES, Purpose::Verify, now)?;
        let said = Envelope::parse(&json)?.verify(None)?;
        if said.proof.recording != recording {
            return Err(VaultError::Disagreement { recording, kind });
        }
        Ok((row, said))
    }

    fn complete(
        &self,
        recording: RecordingId,
        kind: ArtefactKind,
    ) -> Result<Option<ArtefactRow>, VaultError> {
        let rows = self.artefacts(recording)?;
        let is_wanted =
            |row: &ArtefactRow| row.kind == kind && row.state == ArtefactState::Complete;
        Ok(rows.into_iter().find(is_wanted))
    }

    fn read_reasons(
        &self,
        row: &ArtefactRow,
        now: Timestamp,
    ) -> Result<Vec<PlainReason>, VaultError> {
        let json = self.read_all(row, MOST_REASONS_BYTES, Purpose::Process, now)?;
        let json = Zeroizing::new(json);
        let unreadable = CatalogError::Unreadable { column: "review" };
        let read: Reasons = serde_json::from_slice(&json).map_err(|_| unreadable)?;
        Ok(read.reasons)
    }

    /// Seals a reason together with those that were given before.
    fn seal_reason(
        &self,
        recording: RecordingId,
        act: ReviewAct,
        reason: &Pii<String>,
        now: Timestamp,
    ) -> Result<SealedReason, VaultError> {
        let text = reason.reveal().trim();
        if text.is_empty() {
            return Err(VaultError::NoReason);
        }
        let doing = "decide about a recording";
        let (claim, _) = self.wait(self.catalog().claim_made(recording, doing))?;
        let before = self.complete(recording, ArtefactKind::Review)?;
        let mut reasons = match &before {
            Some(row) => self.read_reasons(row, now)?,
            None => Vec::new(),
        };
        reasons.push(PlainReason {
            at: now.as_micros(),
            act,
            reason: text.to_owned(),
        });
        let sealed = Reasons {
            schema: SCHEMA,
            reasons,
        };
        let json = serde_json::to_vec(&sealed).expect("texts and numbers can be written as JSON");
        let json = Zeroizing::new(json);
        let mut writer = self.create_artefact(&claim, ArtefactKind::Review, now)?;
        std::io::Write::write_all(&mut writer, &json).map_err(super::ArtefactWriter::explain)?;
        Ok(SealedReason {
            claim,
            artefact: writer.finish()?.id,
            before: before.map(|row| row.id),
        })
    }
}
