//! How a job begins: whether it may, and whether it is a new one.

use scrim_policy::{AuditEvent, ErasureId, PersonId, RecordingId};
use sqlx::{Any, Transaction, query};

use super::{
    Begun, Catalog, CatalogError, Claim, Job, RecordingRow, RecordingState, audit,
    claims::guard,
    rows::{parsed, sql_number, value},
};
use crate::{audit::Author, digest::KeyedDigest, timestamp::Timestamp};

const BEGIN: &str = "begin a recording";

/// Somebody of the roster, by keyed digests of name and e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Position in the roster.
    pub person: PersonId,
    /// What the person is found by.
    pub subjects: Vec<KeyedDigest>,
}

/// Where a job comes from, as far as erasures care.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The source as a keyed digest, as [`super::Catalog`] remembers erased ones.
    pub source: KeyedDigest,
    /// Who took part. Without anybody, what is known already stays.
    pub participants: Vec<Participant>,
}

impl Catalog {
    /// Begins a job or takes up what is left of an earlier run of it. `new_id` is used where there
    /// was none. A claim starts in the state `planned`, and the audit log says that a run began.
    ///
    /// A recording that was withdrawn and waits to be rendered again is taken up by the first other
    /// job of the same source and policy: it keeps its id. One of which a participant has refused
    /// something is taken up by the same job, once that is destroyed.
    ///
    /// # Errors
    /// [`CatalogError::SourceErased`], [`CatalogError::ErasureUnderWay`] and those of the database.
    pub async fn begin_or_resume(
        &self,
        job: &Job,
        arrival: &Arrival,
        new_id: RecordingId,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<Begun, CatalogError> {
        let failed = |source| CatalogError::while_doing(BEGIN, source);
        let mut transaction = self.write(BEGIN).await?;
        refuse_erased(&mut transaction, job, arrival).await?;
        let found = query("SELECT * FROM recording WHERE tenant = $1 AND job_key = $2")
            .bind(job.tenant.to_string())
            .bind(job.key.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let begun = match found.as_ref().map(RecordingRow::read).transpose()? {
            Some(row) if row.state == RecordingState::Published => Begun::AlreadyPublished(row),
            Some(row) if row.state == RecordingState::Ready => Begun::AlreadyReady(row),
            Some(row) if row.state == RecordingState::Held => Begun::AlreadyHeld(row),
            Some(row) if row.state == RecordingState::Withdrawn => {
                match was_refused(&mut transaction, &row).await? {
                    true => Begun::Resumed(take_up(&mut transaction, job, &row, now).await?),
                    false => Begun::AlreadyWithdrawn(row),
                }
            }
            Some(row) => Begun::Resumed(take_up(&mut transaction, job, &row, now).await?),
            None => match queued(&mut transaction, job).await? {
                Some(row) => Begun::Resumed(take_up(&mut transaction, job, &row, now).await?),
                None => Begun::New(add(&mut transaction, job, new_id, now).await?),
            },
        };
        if let Begun::New(claim) | Begun::Resumed(claim) = &begun {
            list_participants(&mut transaction, claim, &arrival.participants)
                .await
                .map_err(failed)?;
            let event = AuditEvent::RecordingProcessed {
                recording: claim.recording(),
                run: claim.generation(),
                original: job.original,
            };
            audit::append(&mut transaction, author, &[(event, now)]).await?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(begun)
    }
}

impl Catalog {
    /// Lists who takes part in a recording that is being made.
    ///
    /// # Errors
    /// [`CatalogError::StaleClaim`], [`CatalogError::ErasureUnderWay`] where one of them is being erased,
    /// and those of the database.
    pub(crate) async fn note_participants(
        &self,
        claim: &Claim,
        job: &Job,
        arrival: &Arrival,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        const LIST: &str = "list who takes part";
        let failed = |source| CatalogError::while_doing(LIST, source);
        let mut transaction = self.write(LIST).await?;
        guard(&mut transaction, claim, now, LIST).await?;
        refuse_erased(&mut transaction, job, arrival).await?;
        list_participants(&mut transaction, claim, &arrival.participants)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

/// Makes sure that nothing comes back that was erased, or is being erased at this moment.
async fn refuse_erased(
    transaction: &mut Transaction<'_, Any>,
    job: &Job,
    arrival: &Arrival,
) -> Result<(), CatalogError> {
    let failed = |source| CatalogError::while_doing(BEGIN, source);
    let erased = query("SELECT erasure FROM erased_source WHERE tenant = $1 AND source = $2")
        .bind(job.tenant.to_string())
        .bind(arrival.source.to_string())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    if let Some(row) = erased {
        let erasure = parsed(&row, "erasure")?;
        return Err(CatalogError::SourceErased { erasure });
    }
    let under_way = query(
        "SELECT id FROM erasure WHERE tenant = $1 AND step <> 'certified'
         AND (scope = 'tenant' OR EXISTS (
             SELECT 1 FROM erasure_recording
             WHERE erasure_recording.erasure = erasure.id AND source_sha256 = $2))",
    )
    .bind(job.tenant.to_string())
    .bind(job.source_sha256.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    if let Some(row) = under_way {
        let erasure: ErasureId = parsed(&row, "id")?;
        return Err(CatalogError::ErasureUnderWay {
            erasure,
            doing: BEGIN,
        });
    }
    // Somebody who is being erased everywhere does not get into a further recording meanwhile.
    let people = query(
        "SELECT erasure_person.subject AS subject, erasure.id AS id FROM erasure_person
         JOIN erasure ON erasure.id = erasure_person.erasure
         WHERE erasure.tenant = $1 AND erasure.step <> 'certified'",
    )
    .bind(job.tenant.to_string())
    .fetch_all(&mut **transaction)
    .await
    .map_err(failed)?;
    for row in &people {
        let subject: KeyedDigest = parsed(row, "subject")?;
        let mut participants = arrival.participants.iter();
        if participants.any(|participant| participant.subjects.contains(&subject)) {
            return Err(CatalogError::ErasureUnderWay {
                erasure: parsed(row, "id")?,
                doing: BEGIN,
            });
        }
    }
    Ok(())
}

/// Returns the recording of this source and policy that waits to be rendered again.
async fn queued(
    transaction: &mut Transaction<'_, Any>,
    job: &Job,
) -> Result<Option<RecordingRow>, CatalogError> {
    let found = query(
        "SELECT * FROM recording
         WHERE tenant = $1 AND source_sha256 = $2 AND policy_sha256 = $3 AND state = 'withdrawn'
         AND id IN (SELECT recording FROM render_queue WHERE erasure IS NOT NULL)
         ORDER BY created_at, id LIMIT 1",
    )
    .bind(job.tenant.to_string())
    .bind(job.source_sha256.to_string())
    .bind(job.policy_sha256.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(BEGIN, source))?;
    found.as_ref().map(RecordingRow::read).transpose()
}

/// Whether a recording was withdrawn because a participant has refused something, which is
/// destroyed by now.
async fn was_refused(
    transaction: &mut Transaction<'_, Any>,
    row: &RecordingRow,
) -> Result<bool, CatalogError> {
    let found = query(
        "SELECT erasure.id AS id FROM render_queue
         JOIN erasure ON erasure.id = render_queue.erasure
         WHERE render_queue.recording = $1 AND erasure.scope = 'refusal'
         AND erasure.step = 'certified'",
    )
    .bind(row.id.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(BEGIN, source))?;
    Ok(found.is_some())
}

async fn take_up(
    transaction: &mut Transaction<'_, Any>,
    job: &Job,
    row: &RecordingRow,
    now: Timestamp,
) -> Result<Claim, CatalogError> {
    let claim = Claim::rendering(row.tenant, row.id, row.generation + 1);
    query(
        "UPDATE recording SET state = 'planned', job_key = $4, generation = $2, updated_at = $3,
         failure_kind = NULL, failure_stage = NULL WHERE id = $1",
    )
    .bind(claim.recording().to_string())
    .bind(sql_number(claim.generation()))
    .bind(now.as_micros())
    .bind(job.key.to_string())
    .execute(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(BEGIN, source))?;
    Ok(claim)
}

async fn add(
    transaction: &mut Transaction<'_, Any>,
    job: &Job,
    new_id: RecordingId,
    now: Timestamp,
) -> Result<Claim, CatalogError> {
    query(
        "INSERT INTO recording (id, tenant, created_at, updated_at, state, job_key,
         source_sha256, policy_sha256, policy_name, original, generation)
         VALUES ($1, $2, $3, $3, 'planned', $4, $5, $6, $7, $8, 1)",
    )
    .bind(new_id.to_string())
    .bind(job.tenant.to_string())
    .bind(now.as_micros())
    .bind(job.key.to_string())
    .bind(job.source_sha256.to_string())
    .bind(job.policy_sha256.to_string())
    .bind(&job.policy_name)
    .bind(job.original.map(|original| original.to_string()))
    .execute(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(BEGIN, source))?;
    Ok(Claim::rendering(job.tenant, new_id, 1))
}

pub(super) async fn list_participants(
    transaction: &mut Transaction<'_, Any>,
    claim: &Claim,
    participants: &[Participant],
) -> Result<(), sqlx::Error> {
    if participants.is_empty() {
        return Ok(());
    }
    query("DELETE FROM participant WHERE recording = $1")
        .bind(claim.recording().to_string())
        .execute(&mut **transaction)
        .await?;
    for participant in participants {
        for subject in &participant.subjects {
            query(
                "INSERT INTO participant (recording, person, subject) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(claim.recording().to_string())
            .bind(i64::from(participant.person.0))
            .bind(subject.to_string())
            .execute(&mut **transaction)
            .await?;
        }
    }
    Ok(())
}

impl Catalog {
    /// Returns the keyed digests of who was erased from a source, grouped by person.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn erased_people(
        &self,
        tenant: scrim_policy::TenantId,
        source: KeyedDigest,
    ) -> Result<Vec<(i64, KeyedDigest)>, CatalogError> {
        let rows =
            query("SELECT person, subject FROM erased_person WHERE tenant = $1 AND source = $2")
                .bind(tenant.to_string())
                .bind(source.to_string())
                .fetch_all(&self.pool)
                .await
                .map_err(|source| CatalogError::while_doing("look for erased people", source))?;
        rows.iter()
            .map(|row| Ok((value(row, "person")?, parsed(row, "subject")?)))
            .collect()
    }
}
