//! What participants refuse after a meeting.
//!
//! > **What was refused is given out no more, from the moment in which it is refused.** The
//! > refusal, the end of every recording that it was in, and the entries in the audit log are one
//! > transaction. A run that works on such a recording is stale from then on.
//!
//! > **Nothing is made again before what was refused is destroyed.** Where a hold keeps it, nobody
//! > gets it, and nothing is made from it, until the hold is released.

use scrim_policy::{
    AuditEvent, ConsentPurpose, ErasureId, Line, ParticipantId, RecordingId, TenantId,
};
use sqlx::{Any, Transaction, any::AnyRow, query};

use super::{
    Catalog, CatalogError, Frozen, Reach, RecordingFate, RecordingState,
    freeze::{freeze_one, refuse_another},
    holds::refuse_held,
    review::enter,
    room_sources,
    rows::{parsed, time},
};
use crate::{digest::Sha256Digest, timestamp::Timestamp};

const REFUSE: &str = "note what was refused";
const FREEZE: &str = "begin to destroy what was refused";
const FIND: &str = "look for what was refused";

/// What a participant has refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Who.
    pub participant: ParticipantId,
    /// What for.
    pub purpose: ConsentPurpose,
    /// When.
    pub refused_at: Timestamp,
}

/// What is refused of one source.
pub(super) struct Refused<'a> {
    pub(super) tenant: TenantId,
    pub(super) source: Sha256Digest,
    pub(super) participants: &'a [ParticipantId],
    pub(super) purposes: &'a [ConsentPurpose],
}

impl Refusal {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            participant: parsed(row, "participant")?,
            purpose: parsed(row, "purpose")?,
            refused_at: time(row, "refused_at")?,
        })
    }
}

/// Notes what is refused, withdraws what it is in, and lets the jobs wait that made it. Returns
/// what was withdrawn, and says in `events` what the audit log has to know. What was refused before
/// changes nothing.
pub(super) async fn refuse(
    transaction: &mut Transaction<'_, Any>,
    refused: &Refused<'_>,
    events: &mut Vec<(AuditEvent, Timestamp)>,
    now: Timestamp,
) -> Result<Vec<RecordingId>, CatalogError> {
    let failed = |source| CatalogError::while_doing(REFUSE, source);
    let Refused { tenant, source, .. } = *refused;
    if !note(transaction, refused, now).await.map_err(failed)? {
        return Ok(Vec::new());
    }
    let mut withdrawn = Vec::new();
    for row in room_sources::of_source(transaction, tenant, source, REFUSE).await? {
        match row.state {
            RecordingState::Held | RecordingState::Ready | RecordingState::Published => {
                enter(transaction, &row, RecordingState::Withdrawn, now)
                    .await
                    .map_err(failed)?;
                queue(transaction, tenant, row.id, now)
                    .await
                    .map_err(failed)?;
                let event = AuditEvent::RecordingWithdrawn {
                    recording: row.id,
                    reason: Some(Line::new("a participant has refused to be in it")),
                };
                events.push((event, now));
                withdrawn.push(row.id);
            }
            RecordingState::Planned | RecordingState::Rendering | RecordingState::Failed => {
                query("UPDATE recording SET generation = generation + 1 WHERE id = $1")
                    .bind(row.id.to_string())
                    .execute(&mut **transaction)
                    .await
                    .map_err(failed)?;
            }
            RecordingState::Withdrawn | RecordingState::Original => {}
        }
    }
    let_jobs_wait(transaction, tenant, source)
        .await
        .map_err(failed)?;
    Ok(withdrawn)
}

/// Writes refusals down, and says whether one of them is new.
async fn note(
    transaction: &mut Transaction<'_, Any>,
    refused: &Refused<'_>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let mut is_new = false;
    for participant in refused.participants {
        for purpose in refused.purposes {
            let added = query(
                "INSERT INTO refusal (tenant, source_sha256, participant, purpose, refused_at)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            )
            .bind(refused.tenant.to_string())
            .bind(refused.source.to_string())
            .bind(participant.to_string())
            .bind(purpose.as_str())
            .bind(now.as_micros())
            .execute(&mut **transaction)
            .await?;
            is_new |= added.rows_affected() == 1;
        }
    }
    Ok(is_new)
}

/// Queues a recording that was withdrawn. It is taken up once what was refused is destroyed.
async fn queue(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    recording: RecordingId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    query(
        "INSERT INTO render_queue (recording, tenant, queued_at, basis)
         VALUES ($1, $2, $3, 'layers') ON CONFLICT DO NOTHING",
    )
    .bind(recording.to_string())
    .bind(tenant.to_string())
    .bind(now.as_micros())
    .execute(&mut **transaction)
    .await
    .map(drop)
}

/// Lets the jobs wait again that have made what was withdrawn, or were about to. What their tries
/// say is not heard any more.
async fn let_jobs_wait(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    source: Sha256Digest,
) -> Result<(), sqlx::Error> {
    query(
        "UPDATE job SET state = 'waiting', lease_until = NULL, finished_at = NULL, stage = NULL,
         done = 0, total = NULL
         WHERE tenant = $1 AND original IN (SELECT id FROM recording
             WHERE tenant = $1 AND source_sha256 = $2 AND state = 'original')
         AND (state = 'running'
             OR (state = 'done' AND recording IN (SELECT recording FROM render_queue)))",
    )
    .bind(tenant.to_string())
    .bind(source.to_string())
    .execute(&mut **transaction)
    .await
    .map(drop)
}

/// Refuses to publish a recording of which something was refused that is not destroyed yet.
pub(super) async fn refuse_refused(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    doing: &'static str,
) -> Result<(), CatalogError> {
    let found = query(
        "SELECT recording.id AS id FROM recording JOIN refusal ON refusal.tenant = recording.tenant
         AND refusal.source_sha256 = recording.source_sha256
         WHERE recording.id = $1 AND refusal.erasure IS NULL LIMIT 1",
    )
    .bind(recording.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(doing, source))?;
    match found {
        Some(_) => Err(CatalogError::Withdrawn { recording }),
        None => Ok(()),
    }
}

impl Catalog {
    /// Returns what was refused of a source after the meeting, oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn refusals(
        &self,
        tenant: TenantId,
        source: Sha256Digest,
    ) -> Result<Vec<Refusal>, CatalogError> {
        let rows = query(
            "SELECT * FROM refusal WHERE tenant = $1 AND source_sha256 = $2
             ORDER BY refused_at, participant, purpose",
        )
        .bind(tenant.to_string())
        .bind(source.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(Refusal::read).collect()
    }

    /// Returns the sources of which something was refused whose erasure has not begun. What is written
    /// still is not among them: whoever writes destroys what a room hears, and the rest is destroyed once
    /// it has ended.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn refused_sources(
        &self,
    ) -> Result<Vec<(TenantId, Sha256Digest)>, CatalogError> {
        let rows = query(
            "SELECT DISTINCT tenant, source_sha256 FROM refusal WHERE erasure IS NULL
             AND NOT EXISTS (SELECT 1 FROM recording
                 JOIN live_session ON live_session.recording = recording.id
                 WHERE recording.tenant = refusal.tenant
                 AND recording.source_sha256 = refusal.source_sha256
                 AND live_session.ended_at IS NULL)
             ORDER BY tenant, source_sha256",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter()
            .map(|row| Ok((parsed(row, "tenant")?, parsed(row, "source_sha256")?)))
            .collect()
    }

    /// Returns the erasures of what was refused that are not certified, oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn open_refusal_erasures(&self) -> Result<Vec<ErasureId>, CatalogError> {
        let rows = query(
            "SELECT id FROM erasure WHERE scope = 'refusal' AND step <> 'certified'
             ORDER BY begun_at, id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(|row| parsed(row, "id")).collect()
    }

    /// Begins the erasure of what was refused of a source: the layers, and everything that was made
    /// from the source. Recordings keep their rows as long as they can be made again.
    ///
    /// # Errors
    /// [`CatalogError::OnHold`], [`CatalogError::ErasureUnderWay`], [`CatalogError::Unreadable`] and
    /// those of the database.
    pub(crate) async fn freeze_refused(
        &self,
        id: ErasureId,
        tenant: TenantId,
        source: Sha256Digest,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(FREEZE, source);
        let mut transaction = self.write(FREEZE).await?;
        let rows = room_sources::of_source(&mut transaction, tenant, source, FREEZE).await?;
        let is_original = |state| state == RecordingState::Original;
        let can_be_made_again = rows.iter().any(|row| is_original(row.state));
        let frozen = rows.iter().map(|row| Frozen {
            recording: row.id,
            source_sha256: row.source_sha256,
            fate: match row.state {
                RecordingState::Original => RecordingFate::Kept,
                _ if can_be_made_again => RecordingFate::Withdrawn,
                _ => RecordingFate::Deleted,
            },
        });
        let frozen: Vec<Frozen> = frozen.collect();
        let is_meant = |recording| frozen.iter().any(|one| one.recording == recording);
        refuse_held(&mut transaction, tenant, is_meant, FREEZE).await?;
        refuse_another(&mut transaction, tenant, &frozen).await?;
        query(
            "INSERT INTO erasure (id, tenant, scope, step, begun_at)
             VALUES ($1, $2, $3, 'frozen', $4)",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(Reach::Refusal.as_str())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        for one in &frozen {
            freeze_one(&mut transaction, id, one, now)
                .await
                .map_err(failed)?;
        }
        room_sources::list_refused(&mut transaction, id, tenant, source)
            .await
            .map_err(failed)?;
        query(
            "UPDATE refusal SET erasure = $1
             WHERE tenant = $2 AND source_sha256 = $3 AND erasure IS NULL",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(source.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}
