//! Originals: files that are kept for jobs to come, and what jobs leave with them.
//!
//! > **An original counts once its artefact is complete**, which it is after it was read back. One
//! > whose artefact is still pending is what a run has left that was killed. Nobody is shown it, and
//! > the next run takes it away.

use scrim_policy::{ArtefactId, AuditEvent, RecordingId, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    ArtefactRow, ArtefactState, Catalog, CatalogError, Cursor, Page, RecordingRow, RecordingState,
    StagePart, StageResult,
    artefacts::insert_artefact,
    audit,
    rows::{parsed, sql_number},
};
use crate::{
    audit::Author,
    digest::{KeyedDigest, Sha256Digest},
    timestamp::Timestamp,
};

const BEGIN: &str = "begin an original";
const KEEP: &str = "keep an original";
const FORGET: &str = "forget an unfinished original";
const FIND: &str = "look for an original";
const KEEP_PART: &str = "keep a part with an original";

/// A file as it was taken in.
#[derive(Clone, Debug)]
pub struct Original {
    /// For whom.
    pub tenant: TenantId,
    /// Keyed digest of its hash. The same file is the same original.
    pub key: KeyedDigest,
    /// SHA-256 of the file.
    pub source_sha256: Sha256Digest,
    /// Length in nanoseconds, where its header says it.
    pub duration_ns: Option<u64>,
}

/// How an original begins.
#[derive(Clone, Debug)]
pub(crate) enum OriginalBegun {
    /// It is a new one. Its rows are there, its artefact is pending.
    New,
    /// It is kept already. Nothing was added.
    KeptBefore(Box<RecordingRow>),
    /// Another run has begun it and not finished. Nothing was added.
    Unfinished(RecordingId),
}

impl Catalog {
    /// Adds the rows of an original: the recording that stands for it, and its pending artefact.
    ///
    /// # Errors
    /// [`CatalogError::StaleKey`], [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn begin_original(
        &self,
        original: &Original,
        artefact: &ArtefactRow,
        now: Timestamp,
    ) -> Result<OriginalBegun, CatalogError> {
        let failed = |source| CatalogError::while_doing(BEGIN, source);
        let mut transaction = self.write(BEGIN).await?;
        if let Some((row, is_kept)) = find(&mut transaction, original.tenant, original.key).await? {
            return Ok(if is_kept {
                OriginalBegun::KeptBefore(Box::new(row))
            } else {
                OriginalBegun::Unfinished(row.id)
            });
        }
        query(
            "INSERT INTO recording (id, tenant, created_at, updated_at, state, job_key,
             source_sha256, duration_ns, generation)
             VALUES ($1, $2, $3, $3, 'original', $4, $5, $6, 1)",
        )
        .bind(artefact.recording.to_string())
        .bind(original.tenant.to_string())
        .bind(now.as_micros())
        .bind(original.key.to_string())
        .bind(original.source_sha256.to_string())
        .bind(original.duration_ns.map(sql_number))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        insert_artefact(&mut transaction, artefact, BEGIN).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(OriginalBegun::New)
    }

    /// Makes an original count, which the audit log says in the same transaction.
    ///
    /// # Errors
    /// [`CatalogError::NoArtefact`] where another run has taken it away meanwhile, and those of the
    /// database.
    pub(crate) async fn keep_original(
        &self,
        artefact: &ArtefactRow,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(KEEP, source);
        let mut transaction = self.write(KEEP).await?;
        let kept = query(
            "UPDATE artefact SET state = 'complete'
             WHERE id = $1 AND recording = $2 AND state = 'pending'",
        )
        .bind(artefact.id.to_string())
        .bind(artefact.recording.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if kept.rows_affected() != 1 {
            return Err(CatalogError::NoArtefact {
                recording: artefact.recording,
                artefact: artefact.id,
            });
        }
        let event = AuditEvent::OriginalIngested {
            recording: artefact.recording,
            bytes: artefact.sealed.plaintext_bytes,
        };
        audit::append(&mut transaction, author, &[(event, now)]).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Takes out the rows of an original that does not count yet. Its objects have to be gone before.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn forget_unfinished_original(
        &self,
        recording: RecordingId,
    ) -> Result<(), CatalogError> {
        query(
            "DELETE FROM recording WHERE id = $1 AND state = 'original' AND NOT EXISTS (
                 SELECT 1 FROM artefact WHERE artefact.recording = $1
                 AND artefact.kind = 'original' AND artefact.state = 'complete')
             AND NOT EXISTS (SELECT 1 FROM live_session WHERE live_session.recording = $1)",
        )
        .bind(recording.to_string())
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(FORGET, source))
    }

    /// Returns the original with a key, if it is kept.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn original_by_key(
        &self,
        tenant: TenantId,
        key: KeyedDigest,
    ) -> Result<Option<RecordingRow>, CatalogError> {
        let failed = |source| CatalogError::while_doing(FIND, source);
        let mut reading = self.pool.begin().await.map_err(failed)?;
        let found = find(&mut reading, tenant, key).await?;
        Ok(found.and_then(|(row, is_kept)| is_kept.then_some(row)))
    }

    /// Returns up to `limit` originals of a tenant that are kept, newest first, starting at `from`.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn originals(
        &self,
        tenant: TenantId,
        from: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, CatalogError> {
        let only = "state = 'original'";
        self.page(tenant, only, from, limit).await
    }

    /// Adds a pending artefact that a job leaves with an original.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`], [`CatalogError::WrongState`] and those of the database.
    pub(crate) async fn add_to_original(&self, row: &ArtefactRow) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(KEEP_PART, source);
        let mut transaction = self.write(KEEP_PART).await?;
        guard_original(&mut transaction, row.recording).await?;
        insert_artefact(&mut transaction, row, KEEP_PART).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Records what a job leaves with an original. It replaces what was there of the same part, whose
    /// artefact is returned: it belongs to nothing any more.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`], [`CatalogError::WrongState`], [`CatalogError::NoArtefact`],
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn record_with_original(
        &self,
        original: RecordingId,
        part: StagePart<'_>,
        artefact: ArtefactId,
        now: Timestamp,
    ) -> Result<Option<ArtefactId>, CatalogError> {
        let failed = |source| CatalogError::while_doing(KEEP_PART, source);
        let mut transaction = self.write(KEEP_PART).await?;
        guard_original(&mut transaction, original).await?;
        let replaced = query(
            "DELETE FROM stage_result WHERE recording = $1 AND stage = $2 AND part = $3
             RETURNING *",
        )
        .bind(original.to_string())
        .bind(part.stage)
        .bind(i64::from(part.part))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let replaced = replaced.as_ref().map(StageResult::read).transpose()?;
        let replaced = replaced.and_then(|result| result.artefact);
        if let Some(old) = replaced {
            query("UPDATE artefact SET state = 'pending' WHERE id = $1")
                .bind(old.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        let completed = query(
            "UPDATE artefact SET state = 'complete'
             WHERE id = $1 AND recording = $2 AND state = 'pending'",
        )
        .bind(artefact.to_string())
        .bind(original.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if completed.rows_affected() != 1 {
            return Err(CatalogError::NoArtefact {
                recording: original,
                artefact,
            });
        }
        query(
            "INSERT INTO stage_result (recording, stage, part, key, artefact, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(original.to_string())
        .bind(part.stage)
        .bind(i64::from(part.part))
        .bind(part.key.to_string())
        .bind(artefact.to_string())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(replaced)
    }
}

/// Looks for an original and whether it counts.
async fn find(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    key: KeyedDigest,
) -> Result<Option<(RecordingRow, bool)>, CatalogError> {
    let failed = |source| CatalogError::while_doing(FIND, source);
    let found =
        query("SELECT * FROM recording WHERE tenant = $1 AND job_key = $2 AND state = 'original'")
            .bind(tenant.to_string())
            .bind(key.to_string())
            .fetch_optional(&mut **transaction)
            .await
            .map_err(failed)?;
    let Some(row) = found.as_ref().map(RecordingRow::read).transpose()? else {
        return Ok(None);
    };
    let artefact = query(
        "SELECT state FROM artefact WHERE recording = $1 AND kind IN ('original', 'timeline')
         ORDER BY state LIMIT 1",
    )
    .bind(row.id.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    let state: Option<ArtefactState> = artefact
        .as_ref()
        .map(|row| parsed(row, "state"))
        .transpose()?;
    Ok(Some((row, state == Some(ArtefactState::Complete))))
}

/// Makes sure that a recording is an original.
async fn guard_original(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
) -> Result<(), CatalogError> {
    let found = query("SELECT state FROM recording WHERE id = $1")
        .bind(recording.to_string())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(KEEP_PART, source))?
        .ok_or(CatalogError::NoRecording { recording })?;
    match parsed(&found, "state")? {
        RecordingState::Original => Ok(()),
        state => Err(CatalogError::WrongState {
            recording,
            state,
            doing: KEEP_PART,
        }),
    }
}
