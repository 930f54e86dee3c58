//! Wishes to process an original, until they are done.

use std::{fmt, str::FromStr};

use scrim_policy::{AccountId, JobId, Kind, PolicyId, RecordingId, TenantId};
use serde::{Deserialize, Serialize};
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError, Failure,
        rows::{
            failure, kind_word, number, optional_number, optional_parsed, optional_time, parsed,
            sql_number, time, value,
        },
    },
    Sealed,
};
use crate::timestamp::Timestamp;

const ADD: &str = "add a job";
const FIND: &str = "look for a job";
const CLAIM: &str = "take a job";
const NOTE: &str = "note how far a job is";
const END: &str = "end a job";

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for its turn.
    Waiting,
    /// Somebody works at it.
    Running,
    /// There is a recording.
    Done,
    /// The last try gave up.
    Failed,
    /// Somebody gave it up.
    Cancelled,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Returns the word for this state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// One job.
#[derive(Clone, Debug)]
pub(crate) struct JobRow {
    pub(crate) id: JobId,
    pub(crate) tenant: TenantId,
    pub(crate) original: RecordingId,
    pub(crate) breakout: Option<u8>,
    pub(crate) policy: PolicyId,
    pub(crate) policy_version: u64,
    pub(crate) words: Vec<u8>,
    pub(crate) language: String,
    pub(crate) created_by: AccountId,
    pub(crate) created_at: Timestamp,
    pub(crate) state: JobState,
    pub(crate) tries: u64,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) stage: Option<String>,
    pub(crate) done: u64,
    pub(crate) total: Option<u64>,
    pub(crate) recording: Option<RecordingId>,
    pub(crate) failure: Option<Failure>,
    pub(crate) failure_words: Option<Vec<u8>>,
}

/// A job that is to be added.
pub(crate) struct NewJob<'a> {
    pub(crate) id: JobId,
    pub(crate) original: RecordingId,
    pub(crate) breakout: Option<u8>,
    pub(crate) policy: PolicyId,
    pub(crate) policy_version: u64,
    pub(crate) language: &'a str,
    pub(crate) created_by: AccountId,
    pub(crate) created_at: Timestamp,
}

/// The right of one try to say how a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobClaim {
    pub(crate) job: JobId,
    pub(crate) tries: u64,
}

/// How a try ended.
pub(crate) enum JobEnd<'a> {
    Done(RecordingId),
    Failed {
        kind: Kind,
        stage: &'a str,
        words: Sealed<'a>,
    },
    /// It is to be tried again, by whoever is next.
    Returned,
}

impl JobRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            original: parsed(row, "original")?,
            breakout: optional_number(row, "breakout")?,
            policy: parsed(row, "policy")?,
            policy_version: number(row, "policy_version")?,
            words: value(row, "words")?,
            language: value(row, "language")?,
            created_by: parsed(row, "created_by")?,
            created_at: time(row, "created_at")?,
            state: parsed(row, "state")?,
            tries: number(row, "tries")?,
            started_at: optional_time(row, "started_at")?,
            finished_at: optional_time(row, "finished_at")?,
            stage: value(row, "stage")?,
            done: number(row, "done")?,
            total: optional_number(row, "total")?,
            recording: optional_parsed(row, "recording")?,
            failure: failure(row)?,
            failure_words: value(row, "failure_words")?,
        })
    }
}

impl Catalog {
    /// Adds a job for an original of the tenant.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`] and those of the database.
    pub(crate) async fn add_job(
        &self,
        job: &NewJob<'_>,
        sealed: Sealed<'_>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write_words(&sealed, ADD).await?;
        let added = query(
            "INSERT INTO job (id, tenant, original, policy, policy_version, words, language,
             created_by, created_at, breakout, state, tries, done)
             SELECT $1, $2, id, $4, $5, $6, $7, $8, $9, $10, 'waiting', 0, 0 FROM recording
             WHERE id = $3 AND tenant = $2 AND state = 'original'",
        )
        .bind(job.id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(job.original.to_string())
        .bind(job.policy.to_string())
        .bind(sql_number(job.policy_version))
        .bind(sealed.words)
        .bind(job.language)
        .bind(job.created_by.to_string())
        .bind(job.created_at.as_micros())
        .bind(job.breakout.map(i64::from))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if added.rows_affected() == 0 {
            let recording = job.original;
            return Err(CatalogError::NoRecording { recording });
        }
        transaction.commit().await.map_err(failed)
    }

    /// Returns a job of a tenant.
    pub(crate) async fn job(
        &self,
        tenant: TenantId,
        id: JobId,
    ) -> Result<Option<JobRow>, CatalogError> {
        let row = query("SELECT * FROM job WHERE id = $1 AND tenant = $2")
            .bind(id.to_string())
            .bind(tenant.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(JobRow::read).transpose()
    }

    /// Returns jobs of a tenant, newest first, those before a job where one is given.
    pub(crate) async fn jobs(
        &self,
        tenant: TenantId,
        before: Option<JobId>,
        limit: u32,
    ) -> Result<Vec<JobRow>, CatalogError> {
        let rows = query(
            "SELECT * FROM job WHERE tenant = $1 AND ($2 = '' OR id < $2)
             ORDER BY id DESC LIMIT $3",
        )
        .bind(tenant.to_string())
        .bind(before.map_or_else(String::new, |before| before.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(JobRow::read).collect()
    }

    /// Returns how many jobs of all tenants are in each state that is not an end.
    pub(crate) async fn jobs_open(&self) -> Result<Vec<(JobState, u64)>, CatalogError> {
        let rows = query(
            "SELECT state, COUNT(*) AS jobs FROM job WHERE state IN ('waiting', 'running')
             GROUP BY state",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter()
            .map(|row| Ok((parsed(row, "state")?, number(row, "jobs")?)))
            .collect()
    }

    /// Takes the oldest job that waits, or whose try is taken to be dead; only a certain one where one is
    /// named. Jobs of a source of which something was refused wait until that is destroyed.
    pub(crate) async fn claim_job(
        &self,
        only: Option<JobId>,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<JobRow>, CatalogError> {
        let failed = |source| CatalogError::while_doing(CLAIM, source);
        let mut transaction = self.write(CLAIM).await?;
        let found = query(
            "SELECT * FROM job
             WHERE (state = 'waiting' OR (state = 'running' AND lease_until < $1))
             AND ($2 = '' OR id = $2)
             AND NOT EXISTS (SELECT 1 FROM recording
                 JOIN refusal ON refusal.tenant = recording.tenant
                 AND refusal.source_sha256 = recording.source_sha256
                 LEFT JOIN erasure ON erasure.id = refusal.erasure
                 WHERE recording.id = job.original
                 AND (erasure.step IS NULL OR erasure.step <> 'certified'))
             ORDER BY created_at, id LIMIT 1",
        )
        .bind(now.as_micros())
        .bind(only.map_or_else(String::new, |only| only.to_string()))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let Some(found) = found else { return Ok(None) };
        let mut job = JobRow::read(&found)?;
        query(
            "UPDATE job SET state = 'running', tries = tries + 1, lease_until = $2,
             started_at = $3, finished_at = NULL, stage = NULL, done = 0, total = NULL,
             failure_kind = NULL, failure_stage = NULL, failure_words = NULL WHERE id = $1",
        )
        .bind(job.id.to_string())
        .bind(lease_until.as_micros())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        job.tries += 1;
        job.state = JobState::Running;
        job.started_at = Some(now);
        Ok(Some(job))
    }

    /// Lets the jobs of a source wait again whose tries are dead. Returns how many they were.
    pub(crate) async fn revive_jobs(&self, original: RecordingId) -> Result<u64, CatalogError> {
        let revived = query(
            "UPDATE job SET state = 'waiting', lease_until = NULL
             WHERE original = $1 AND state = 'running'",
        )
        .bind(original.to_string())
        .execute(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(CLAIM, source))?;
        Ok(revived.rows_affected())
    }

    /// Notes how far a try is. Says whether it may go on: somebody may have given the job up, or
    /// another try has taken over.
    pub(crate) async fn note_job(
        &self,
        claim: JobClaim,
        (stage, done, total): (&str, u64, Option<u64>),
        lease_until: Timestamp,
    ) -> Result<bool, CatalogError> {
        let noted = query(
            "UPDATE job SET stage = $3, done = $4, total = $5, lease_until = $6
             WHERE id = $1 AND tries = $2 AND state = 'running'",
        )
        .bind(claim.job.to_string())
        .bind(sql_number(claim.tries))
        .bind(stage)
        .bind(sql_number(done))
        .bind(total.map(sql_number))
        .bind(lease_until.as_micros())
        .execute(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(NOTE, source))?;
        Ok(noted.rows_affected() == 1)
    }

    /// Says how a try ended, unless it is not the last one any more.
    pub(crate) async fn end_job(
        &self,
        claim: JobClaim,
        end: JobEnd<'_>,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(END, source);
        let (state, recording, failure) = match end {
            JobEnd::Done(recording) => (JobState::Done, Some(recording), None),
            JobEnd::Failed { kind, stage, words } => {
                (JobState::Failed, None, Some((kind, stage, words)))
            }
            JobEnd::Returned => (JobState::Waiting, None, None),
        };
        let mut transaction = match &failure {
            Some((.., words)) => self.write_words(words, END).await?,
            None => self.write(END).await?,
        };
        let ended = query(
            "UPDATE job SET state = $3, recording = $4, failure_kind = $5, failure_stage = $6,
             failure_words = $7, finished_at = $8, lease_until = NULL
             WHERE id = $1 AND tries = $2 AND state = 'running'",
        )
        .bind(claim.job.to_string())
        .bind(sql_number(claim.tries))
        .bind(state.as_str())
        .bind(recording.map(|recording| recording.to_string()))
        .bind(failure.as_ref().map(|(kind, ..)| kind_word(*kind)))
        .bind(failure.as_ref().map(|(_, stage, _)| *stage))
        .bind(failure.as_ref().map(|(.., words)| words.words))
        .bind((state != JobState::Waiting).then_some(now.as_micros()))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(ended.rows_affected() == 1)
    }

    /// Lets a job wait again that has failed or was given up. Says whether it did.
    pub(crate) async fn retry_job(
        &self,
        tenant: TenantId,
        id: JobId,
    ) -> Result<bool, CatalogError> {
        let text = "UPDATE job SET state = 'waiting', finished_at = NULL, failure_kind = NULL,
             failure_stage = NULL, failure_words = NULL
             WHERE id = $1 AND tenant = $2 AND state IN ('failed', 'cancelled')";
        self.change_job(text, tenant, id).await
    }

    /// Gives a job up that is not at its end. Says whether it did.
    pub(crate) async fn cancel_job(
        &self,
        tenant: TenantId,
        id: JobId,
    ) -> Result<bool, CatalogError> {
        let text = "UPDATE job SET state = 'cancelled', lease_until = NULL
             WHERE id = $1 AND tenant = $2 AND state IN ('waiting', 'running')";
        self.change_job(text, tenant, id).await
    }

    async fn change_job(
        &self,
        text: &'static str,
        tenant: TenantId,
        id: JobId,
    ) -> Result<bool, CatalogError> {
        let changed = query(text)
            .bind(id.to_string())
            .bind(tenant.to_string())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(END, source))?;
        Ok(changed.rows_affected() == 1)
    }
}
