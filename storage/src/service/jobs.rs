//! Wishes to process an original, until they are done.

use scrim_policy::{AccountId, JobId, Kind, PolicyId, RecordingId, TenantId};
use serde::{Deserialize, Serialize};

use super::words::Words;
use crate::{
    catalog::{
        JOB, JOB_FAILURE, JobClaim as ClaimRow, JobEnd as EndRow, JobRow, JobState,
        NewJob as NewRow,
    },
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// Why a try gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFailure {
    /// What kind of failure it was.
    pub kind: Kind,
    /// The stage that failed.
    pub stage: String,
    /// What happened, and what to do, in sentences.
    pub what: String,
    /// What to do, where it can be said.
    pub help: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct PlainFailure {
    what: String,
    help: Option<String>,
}

/// One job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Whose.
    pub tenant: TenantId,
    /// What is processed.
    pub original: RecordingId,
    /// Which breakout of a session, from 0; none is the main room, and whatever is no session.
    pub breakout: Option<u8>,
    /// The policy.
    pub policy: PolicyId,
    /// Which version of it.
    pub policy_version: u64,
    /// Who took part, CSV; empty when nobody knows.
    pub roster: String,
    /// The language that is spoken, `auto`, or `none` for no transcript.
    pub language: String,
    /// Who asked for it.
    pub created_by: AccountId,
    /// When.
    pub created_at: Timestamp,
    /// How far it is.
    pub state: JobState,
    /// Number of tries so far.
    pub tries: u64,
    /// When the last try began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What is being done.
    pub stage: Option<String>,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, where that is known.
    pub total: Option<u64>,
    /// What was made.
    pub recording: Option<RecordingId>,
    /// Why the last try gave up.
    pub failure: Option<JobFailure>,
}

/// A job that is to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// What is processed.
    pub original: RecordingId,
    /// Which breakout of a session, from 0; none is the main room, and whatever is no session.
    pub breakout: Option<u8>,
    /// The policy, and which version of it.
    pub policy: (PolicyId, u64),
    /// Who took part, CSV.
    pub roster: &'a str,
    /// The language that is spoken, `auto`, or `none` for no transcript.
    pub language: &'a str,
    /// Who asks for it.
    pub created_by: AccountId,
}

/// The right of one try to say how a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobClaim(ClaimRow, TenantId);

/// How a try ended.
#[derive(Clone, Debug)]
pub enum JobEnd {
    /// There is a recording.
    Done(RecordingId),
    /// It gave up.
    Failed(JobFailure),
    /// It is to be tried again, by whoever is next.
    Returned,
}

impl Vault {
    /// Adds a job for an original of the tenant.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], among others where there is no such original, and [`VaultError::Key`].
    pub fn add_job(
        &self,
        tenant: TenantId,
        job: &NewJob<'_>,
        now: Timestamp,
    ) -> Result<JobId, VaultError> {
        let id = new_id(now).map(JobId::from_uuid)?;
        let row = NewRow {
            id,
            original: job.original,
            breakout: job.breakout,
            policy: job.policy.0,
            policy_version: job.policy.1,
            language: job.language,
            created_by: job.created_by,
            created_at: now,
        };
        self.with_words(tenant, |words| {
            let sealed = words.seal(JOB, &id.to_string(), &job.roster)?;
            Ok(self.wait(self.catalog().add_job(&row, sealed.as_row()))?)
        })?;
        Ok(id)
    }

    /// Returns a job of a tenant.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn job(&self, tenant: TenantId, id: JobId) -> Result<Option<Job>, VaultError> {
        match self.wait(self.catalog().job(tenant, id))? {
            None => Ok(None),
            Some(row) => open(&self.words(tenant)?, row).map(Some),
        }
    }

    /// Returns jobs of a tenant, newest first, those before a job where one is given.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn jobs(
        &self,
        tenant: TenantId,
        before: Option<JobId>,
        limit: u32,
    ) -> Result<Vec<Job>, VaultError> {
        let rows = self.wait(self.catalog().jobs(tenant, before, limit))?;
        let words = self.words(tenant)?;
        rows.into_iter().map(|row| open(&words, row)).collect()
    }

    /// Returns how many jobs of all tenants wait, and how many are being worked at.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn jobs_open(&self) -> Result<Vec<(JobState, u64)>, VaultError> {
        Ok(self.wait(self.catalog().jobs_open())?)
    }

    /// Takes the oldest job that waits, or whose try is taken to be dead: nothing was heard of it
    /// until its lease was over.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn claim_job(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<(JobClaim, Job)>, VaultError> {
        self.claim_one(None, now, lease_until)
    }

    /// Adds a job and takes it at once, unless somebody else was faster.
    ///
    /// # Errors
    /// Those of [`Vault::add_job`] and [`Vault::claim_job`].
    pub fn begin_job(
        &self,
        tenant: TenantId,
        job: &NewJob<'_>,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<(JobClaim, Job)>, VaultError> {
        let id = self.add_job(tenant, job, now)?;
        self.claim_one(Some(id), now, lease_until)
    }

    /// Lets the jobs of a source wait again: whoever worked at them is known to be dead. Returns how many
    /// they were.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn revive_jobs(&self, original: RecordingId) -> Result<u64, VaultError> {
        Ok(self.wait(self.catalog().revive_jobs(original))?)
    }

    fn claim_one(
        &self,
        only: Option<JobId>,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<(JobClaim, Job)>, VaultError> {
        let claimed = self.catalog().claim_job(only, now, lease_until);
        let Some(row) = self.wait(claimed)? else {
            return Ok(None);
        };
        let claim = ClaimRow {
            job: row.id,
            tries: row.tries,
        };
        let tenant = row.tenant;
        let job = open(&self.words(tenant)?, row)?;
        Ok(Some((JobClaim(claim, tenant), job)))
    }

    /// Notes how far a try is. Says whether it may go on.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn note_job(
        &self,
        claim: JobClaim,
        far: (&str, u64, Option<u64>),
        lease_until: Timestamp,
    ) -> Result<bool, VaultError> {
        Ok(self.wait(self.catalog().note_job(claim.0, far, lease_until))?)
    }

    /// Says how a try ended. Nothing changes where it is not the last one any more.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn end_job(
        &self,
        claim: JobClaim,
        end: &JobEnd,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let JobClaim(claim, tenant) = claim;
        let plain = |end| Ok(self.wait(self.catalog().end_job(claim, end, now))?);
        match end {
            JobEnd::Done(recording) => plain(EndRow::Done(*recording)),
            JobEnd::Returned => plain(EndRow::Returned),
            JobEnd::Failed(failure) => self.with_words(tenant, |words| {
                let said = PlainFailure {
                    what: failure.what.clone(),
                    help: failure.help.clone(),
                };
                let sealed = words.seal(JOB_FAILURE, &claim.job.to_string(), &said)?;
                let end = EndRow::Failed {
                    kind: failure.kind,
                    stage: &failure.stage,
                    words: sealed.as_row(),
                };
                Ok(self.wait(self.catalog().end_job(claim, end, now))?)
            }),
        }
    }

    /// Lets a job wait again that has failed or was given up. Says whether it did.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn retry_job(&self, tenant: TenantId, id: JobId) -> Result<bool, VaultError> {
        Ok(self.wait(self.catalog().retry_job(tenant, id))?)
    }

    /// Gives a job up that is not at its end. Says whether it did.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn cancel_job(&self, tenant: TenantId, id: JobId) -> Result<bool, VaultError> {
        Ok(self.wait(self.catalog().cancel_job(tenant, id))?)
    }
}

fn open(words: &Words, row: JobRow) -> Result<Job, VaultError> {
    let id = row.id.to_string();
    let said = row
        .failure_words
        .as_deref()
        .map(|sealed| words.open::<PlainFailure>(JOB_FAILURE, &id, sealed))
        .transpose()?;
    let failure = row.failure.map(|failure| {
        let (what, help) = said.map_or((String::new(), None), |said| (said.what, said.help));
        JobFailure {
            kind: failure.kind,
            stage: failure.stage,
            what,
            help,
        }
    });
    Ok(Job {
        id: row.id,
        tenant: row.tenant,
        original: row.original,
        breakout: row.breakout,
        policy: row.policy,
        policy_version: row.policy_version,
        roster: words.open(JOB, &id, &row.words)?,
        language: row.language,
        created_by: row.created_by,
        created_at: row.created_at,
        state: row.state,
        tries: row.tries,
        started_at: row.started_at,
        finished_at: row.finished_at,
        stage: row.stage,
        done: row.done,
        total: row.total,
        recording: row.recording,
        failure,
    })
}
