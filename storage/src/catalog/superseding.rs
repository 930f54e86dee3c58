//! What a batch does to the recordings that it made before of the same source.
//!
//! > **A verdict takes the place of the one before.** In the transaction that publishes a recording
//! > of a batch, or holds it, the recordings that the batch has published of the same source are
//! > withdrawn. Without a verdict, because a disk was full or the source was damaged, nothing changes.
//!
//! > **What a person has withdrawn is not published again by a batch.** A recording that is withdrawn,
//! > and not by a batch, forbids it for its source, also after retention has taken it.

use scrim_policy::{AuditEvent, BatchId, Line, RecordingId, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    Catalog, CatalogError, RecordingRow, RecordingState, audit, refusals::refuse_refused,
    rows::parsed,
};
use crate::{
    artefact::ArtefactKind, audit::Author, digest::Sha256Digest, erasure::source_digest,
    timestamp::Timestamp,
};

const JOIN: &str = "add a recording to a batch";
const ADOPT: &str = "take a recording over into a batch";
const REFUSE: &str = "withdraw what a policy does not allow any more";

impl Catalog {
    /// Says that a recording is made by a batch. From here on its verdict counts there.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn join_batch(
        &self,
        batch: BatchId,
        recording: RecordingId,
    ) -> Result<(), CatalogError> {
        query(
            "INSERT INTO batch_recording (batch, recording) VALUES ($1, $2)
             ON CONFLICT (batch, recording) DO NOTHING",
        )
        .bind(batch.to_string())
        .bind(recording.to_string())
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(JOIN, source))
    }

    /// Takes a recording over that exists: it is the newest verdict of a batch now, whoever made it.
    /// One that this batch has withdrawn itself is published again. Returns its state afterwards.
    ///
    /// # Errors
    /// [`CatalogError::SourceWithdrawn`], [`CatalogError::NoRecording`], [`CatalogError::NoProof`]
    /// where nothing is left that could be published again, and those of the database.
    pub(crate) async fn adopt(
        &self,
        author: Author<'_>,
        batch: BatchId,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<RecordingState, CatalogError> {
        let failed = |source| CatalogError::while_doing(ADOPT, source);
        let mut transaction = self.write(ADOPT).await?;
        let found = query("SELECT * FROM recording WHERE id = $1")
            .bind(recording.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?
            .ok_or(CatalogError::NoRecording { recording })?;
        let row = RecordingRow::read(&found)?;
        // This also refuses a recording that was withdrawn by a person itself.
        refuse_withdrawn(&mut transaction, author, row.tenant, row.source_sha256).await?;
        refuse_refused(&mut transaction, recording, ADOPT).await?;
        query(
            "INSERT INTO batch_recording (batch, recording) VALUES ($1, $2)
             ON CONFLICT (batch, recording) DO NOTHING",
        )
        .bind(batch.to_string())
        .bind(recording.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        // In all batches: should a person withdraw it later, nothing may say that a batch did.
        query("UPDATE batch_recording SET superseded_at = NULL WHERE recording = $1")
            .bind(recording.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let (mut state, mut events) = (row.state, Vec::new());
        if state == RecordingState::Withdrawn {
            state = RecordingState::Published;
            let event = publish_again(&mut transaction, &row, now).await?;
            events.push((event, now));
        }
        if state.has_outputs() {
            let older = supersede(&mut transaction, recording, now, ADOPT).await?;
            events.extend(withdrawals(&older, now));
        }
        audit::append(&mut transaction, author, &events).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(state)
    }

    /// Withdraws what a batch has published of a source, because its policy does not fit the source
    /// any more: a verdict that leaves no recording.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn refuse_in_batch(
        &self,
        author: Author<'_>,
        batch: BatchId,
        tenant: TenantId,
        source_sha256: Sha256Digest,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(REFUSE, source);
        let mut transaction = self.write(REFUSE).await?;
        let found = query(
            "SELECT recording.id AS id FROM recording
             JOIN batch_recording made ON made.recording = recording.id AND made.batch = $1
             WHERE recording.tenant = $2 AND recording.source_sha256 = $3
             AND recording.state = 'published'",
        )
        .bind(batch.to_string())
        .bind(tenant.to_string())
        .bind(source_sha256.to_string())
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        let mut older = Vec::with_capacity(found.len());
        for row in &found {
            let id: RecordingId = parsed(row, "id")?;
            withdraw(&mut transaction, id, now).await.map_err(failed)?;
            older.push(id);
        }
        let events = withdrawals(&older, now);
        audit::append(&mut transaction, author, &events).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Makes sure that nobody has withdrawn what was made of a source.
    ///
    /// # Errors
    /// [`CatalogError::SourceWithdrawn`] and those of the database.
    pub(crate) async fn check_not_withdrawn(
        &self,
        author: Author<'_>,
        tenant: TenantId,
        source_sha256: Sha256Digest,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADOPT, source);
        let mut reading = self.pool.begin().await.map_err(failed)?;
        refuse_withdrawn(&mut reading, author, tenant, source_sha256).await
    }
}

/// What the audit log says about recordings that were withdrawn because of a later verdict.
pub(super) fn withdrawals(older: &[RecordingId], now: Timestamp) -> Vec<(AuditEvent, Timestamp)> {
    let withdrawn = |recording: &RecordingId| AuditEvent::RecordingWithdrawn {
        recording: *recording,
        reason: Some(Line::new(
            "a batch came to a later verdict on the same source",
        )),
    };
    older.iter().map(|id| (withdrawn(id), now)).collect()
}

/// Does for a recording that has got its verdict what its batches, if it is in any, ask for. Returns
/// what was withdrawn, for the audit log.
pub(super) async fn settle_in_batches(
    transaction: &mut Transaction<'_, Any>,
    author: Author<'_>,
    recording: RecordingId,
    state: RecordingState,
    now: Timestamp,
    doing: &'static str,
) -> Result<Vec<RecordingId>, CatalogError> {
    let failed = |source| CatalogError::while_doing(doing, source);
    let found = query(
        "SELECT recording.tenant AS tenant, recording.source_sha256 AS source_sha256
         FROM recording JOIN batch_recording made ON made.recording = recording.id
         WHERE recording.id = $1 LIMIT 1",
    )
    .bind(recording.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    let Some(row) = found else {
        return Ok(Vec::new());
    };
    if state == RecordingState::Published {
        let (tenant, source) = (parsed(&row, "tenant")?, parsed(&row, "source_sha256")?);
        refuse_withdrawn(transaction, author, tenant, source).await?;
    }
    supersede(transaction, recording, now, doing).await
}

/// Publishes a withdrawn recording again, with the outputs that it had.
async fn publish_again(
    transaction: &mut Transaction<'_, Any>,
    row: &RecordingRow,
    now: Timestamp,
) -> Result<AuditEvent, CatalogError> {
    let failed = |source| CatalogError::while_doing(ADOPT, source);
    let recording = row.id;
    let outputs = query("SELECT kind FROM artefact WHERE recording = $1 AND state = 'complete'")
        .bind(recording.to_string())
        .fetch_all(&mut **transaction)
        .await
        .map_err(failed)?;
    let kinds = outputs
        .iter()
        .map(|row| parsed(row, "kind"))
        .collect::<Result<Vec<ArtefactKind>, CatalogError>>()?;
    if !kinds.contains(&ArtefactKind::Proof) {
        return Err(CatalogError::NoProof { recording });
    }
    query("UPDATE recording SET state = 'published', updated_at = $2 WHERE id = $1")
        .bind(recording.to_string())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    Ok(AuditEvent::RecordingPublished {
        recording,
        run: row.generation,
        artefacts: kinds.iter().filter(|kind| kind.is_published()).count() as u64,
    })
}

/// Withdraws what the batches of a recording have published of the same source before.
async fn supersede(
    transaction: &mut Transaction<'_, Any>,
    newest: RecordingId,
    now: Timestamp,
    doing: &'static str,
) -> Result<Vec<RecordingId>, CatalogError> {
    let failed = |source| CatalogError::while_doing(doing, source);
    let older = query(
        "SELECT DISTINCT older.id AS id FROM recording older
         JOIN recording newest ON newest.id = $1
         JOIN batch_recording theirs ON theirs.recording = older.id
         JOIN batch_recording ours ON ours.batch = theirs.batch AND ours.recording = newest.id
         WHERE older.id <> newest.id AND older.state = 'published'
         AND older.tenant = newest.tenant AND older.source_sha256 = newest.source_sha256",
    )
    .bind(newest.to_string())
    .fetch_all(&mut **transaction)
    .await
    .map_err(failed)?;
    let mut withdrawn = Vec::with_capacity(older.len());
    for row in &older {
        let id = parsed(row, "id")?;
        withdraw(transaction, id, now).await.map_err(failed)?;
        withdrawn.push(id);
    }
    Ok(withdrawn)
}

/// Withdraws a recording in the name of all batches that have made it.
async fn withdraw(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    query("UPDATE batch_recording SET superseded_at = $2 WHERE recording = $1")
        .bind(recording.to_string())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await?;
    query("UPDATE recording SET state = 'withdrawn', updated_at = $2 WHERE id = $1")
        .bind(recording.to_string())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Refuses a source of which a person has withdrawn a recording, unless it waits to be rendered anew.
/// Where the recording is gone, its tombstone says it.
async fn refuse_withdrawn(
    transaction: &mut Transaction<'_, Any>,
    author: Author<'_>,
    tenant: TenantId,
    source_sha256: Sha256Digest,
) -> Result<(), CatalogError> {
    let found = query(
        "SELECT id FROM recording WHERE tenant = $1 AND source_sha256 = $2 AND state = 'withdrawn'
         AND NOT EXISTS (SELECT 1 FROM batch_recording made
             WHERE made.recording = recording.id AND made.superseded_at IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM render_queue WHERE render_queue.recording = recording.id)
         UNION SELECT recording FROM withdrawn_source WHERE tenant = $1 AND source = $3
         ORDER BY id LIMIT 1",
    )
    .bind(tenant.to_string())
    .bind(source_sha256.to_string())
    .bind(source_digest(author.keyring, tenant, &source_sha256).to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(ADOPT, source))?;
    match found {
        Some(row) => Err(CatalogError::SourceWithdrawn {
            recording: parsed(&row, "id")?,
        }),
        None => Ok(()),
    }
}
