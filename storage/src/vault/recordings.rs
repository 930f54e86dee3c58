//! The life of a recording, seen from a thread.

use std::collections::HashSet;

use scrim_policy::{ArtefactId, Kind, RecordingId, TenantId};

use super::{Vault, VaultError};
use crate::{
    catalog::{
        Arrival, ArtefactRow, ArtefactState, Begun, Claim, Cursor, Job, Page, Recorded,
        RecordingRow, RecordingState, StagePart, StageResult,
    },
    timestamp::{Timestamp, new_recording_id},
};

impl Vault {
    /// Begins a job or takes up what is left of an earlier run of it, see
    /// [`crate::Catalog::begin_or_resume`]. Artefacts that the earlier run sealed but did not record
    /// are deleted.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], [`VaultError::Object`] and [`VaultError::Entropy`].
    pub fn begin_or_resume(&self, job: &Job, now: Timestamp) -> Result<Begun, VaultError> {
        let arrival = Arrival {
            source: self.source_digest(job.tenant, &job.source_sha256),
            participants: Vec::new(),
        };
        self.begin_arrived(job, &arrival, now)
    }

    /// Begins a job whose arrival is described.
    pub(crate) fn begin_arrived(
        &self,
        job: &Job,
        arrival: &Arrival,
        now: Timestamp,
    ) -> Result<Begun, VaultError> {
        let new_id = new_recording_id(now)?;
        let author = self.author();
        let begun = self.wait(
            self.catalog()
                .begin_or_resume(job, arrival, new_id, author, now),
        )?;
        match &begun {
            Begun::New(_) | Begun::AlreadyWithdrawn(_) => {}
            Begun::Resumed(claim) => self.sweep_run(claim)?,
            Begun::AlreadyPublished(row) | Begun::AlreadyReady(row) | Begun::AlreadyHeld(row) => {
                self.delete_working_artefacts(row.id)?;
            }
        }
        Ok(begun)
    }

    /// Starts rendering, see [`crate::Catalog::start_rendering`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn start_rendering(
        &self,
        claim: &Claim,
        duration_ns: u64,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().start_rendering(claim, duration_ns, now))?)
    }

    /// Corrects the duration, see [`crate::Catalog::correct_duration`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn correct_duration(
        &self,
        claim: &Claim,
        duration_ns: u64,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().correct_duration(claim, duration_ns, now))?)
    }

    /// Records a finished part, see [`crate::Catalog::record_part`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn record_part(
        &self,
        claim: &Claim,
        part: StagePart<'_>,
        artefact: Option<ArtefactId>,
        now: Timestamp,
    ) -> Result<Recorded, VaultError> {
        Ok(self.wait(self.catalog().record_part(claim, part, artefact, now))?)
    }

    /// Forgets a finished part and deletes what it was: it must not be in the recording any more.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Object`].
    pub fn forget_part(
        &self,
        claim: &Claim,
        stage: &str,
        part: u32,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let catalog = self.catalog();
        let forgotten = self.wait(catalog.forget_finished_part(claim, stage, part, now))?;
        let row = forgotten.map(|id| self.artefact(id)).transpose()?.flatten();
        self.delete_all(row.as_slice())
    }

    /// Returns the finished parts of a stage, in order.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn finished_parts(
        &self,
        recording: RecordingId,
        stage: &str,
    ) -> Result<Vec<StageResult>, VaultError> {
        Ok(self.wait(self.catalog().finished_parts(recording, stage))?)
    }

    /// Publishes a recording, see [`crate::Catalog::publish`]. Working artefacts stay until
    /// [`Vault::delete_working_artefacts`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`], and [`VaultError::Object`] where the last check of the place of the
    /// objects has refused it.
    pub fn publish(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        now: Timestamp,
    ) -> Result<(), VaultError> {
        self.refuse_stopped_place()?;
        Ok(self.wait(self.catalog().publish(claim, artefacts, self.author(), now))?)
    }

    /// Keeps a recording for review, see [`crate::Catalog::hold`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn hold(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        now: Timestamp,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().hold(claim, artefacts, self.author(), now))?)
    }

    /// Keeps a recording until somebody publishes it, see [`crate::Catalog::make_ready`].
    ///
    /// # Errors
    /// Those of [`Vault::publish`].
    pub fn make_ready(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        now: Timestamp,
    ) -> Result<(), VaultError> {
        self.refuse_stopped_place()?;
        Ok(self.wait(
            self.catalog()
                .make_ready(claim, artefacts, self.author(), now),
        )?)
    }

    /// Records that a run gave up, see [`crate::Catalog::fail`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn fail(
        &self,
        claim: &Claim,
        kind: Kind,
        stage: &str,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().fail(claim, kind, stage, now))?)
    }

    /// Returns a recording.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn recording(&self, id: RecordingId) -> Result<Option<RecordingRow>, VaultError> {
        Ok(self.wait(self.catalog().recording(id))?)
    }

    /// Returns a page of recordings, newest first, see [`crate::Catalog::recordings`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn recordings(
        &self,
        tenant: TenantId,
        from: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, VaultError> {
        Ok(self.wait(self.catalog().recordings(tenant, from, limit))?)
    }

    /// Returns a page of the recordings in one state, newest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn recordings_in(
        &self,
        tenant: TenantId,
        state: RecordingState,
        from: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, VaultError> {
        Ok(self.wait(self.catalog().recordings_in(tenant, state, from, limit))?)
    }

    /// Returns how many recordings of a tenant are in each state that one of them is in.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn count_by_state(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<(RecordingState, u64)>, VaultError> {
        Ok(self.wait(self.catalog().count_by_state(tenant))?)
    }

    /// Returns all artefacts of a recording, pending and working ones too, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn artefacts(&self, recording: RecordingId) -> Result<Vec<ArtefactRow>, VaultError> {
        Ok(self.wait(self.catalog().artefacts(recording))?)
    }

    /// Returns an artefact.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn artefact(&self, id: ArtefactId) -> Result<Option<ArtefactRow>, VaultError> {
        Ok(self.wait(self.catalog().artefact(id))?)
    }

    /// Deletes what only the stages of a recording needed, objects and rows.
    ///
    /// # Errors
    /// [`VaultError::Object`], and [`VaultError::Catalog`], among others where the recording is
    /// neither published, ready nor held.
    pub fn delete_working_artefacts(&self, recording: RecordingId) -> Result<(), VaultError> {
        let spent = self.wait(self.catalog().spent_artefacts(recording))?;
        self.delete_all(&spent)
    }

    /// Deletes what an earlier run left: artefacts that belong to nothing, and objects that no row
    /// knows.
    pub(super) fn sweep_run(&self, claim: &Claim) -> Result<(), VaultError> {
        let rows = self.artefacts(claim.recording())?;
        let known: HashSet<ArtefactId> = rows.iter().map(|row| row.id).collect();
        let objects = self.objects().list(claim.tenant(), claim.recording())?;
        for key in objects.iter().filter(|key| !known.contains(&key.artefact)) {
            self.objects().delete(key)?;
        }
        let is_pending = |row: &ArtefactRow| row.state == ArtefactState::Pending;
        self.delete_all(&rows.into_iter().filter(is_pending).collect::<Vec<_>>())
    }

    /// Objects go before their rows: a row without an object is found again, the other way round it
    /// would not be.
    pub(crate) fn delete_all(&self, rows: &[ArtefactRow]) -> Result<(), VaultError> {
        for row in rows {
            self.objects().delete(&row.object_key)?;
            self.wait(self.catalog().remove_artefact(row.id))?;
        }
        Ok(())
    }
}
