//! Live sessions: originals that are recorded as they go on.
//!
//! ```text
//! begun ──► running: layers are spooled, and sealed when they end ──► ended: all is sealed
//! ```
//!
//! A layer has its row from its beginning, with the wrapped data key: erasure epochs wrap it again,
//! and erasures find it, while its contents still lie in the spool. What is [spooled] has no segment
//! yet.
//!
//! > **Nothing is added to a session that is being erased**, nor to one that has ended.
//!
//! [spooled]: ArtefactRow::is_spooled

use scrim_policy::{ArtefactId, AuditEvent, RecordingId, RoomId, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    ArtefactRow, Catalog, CatalogError, Participant,
    artefacts::insert_artefact,
    audit,
    originals::Original,
    room_sources,
    rows::{number, optional_time, parsed, sql_number, time},
};
use crate::{audit::Author, session::LayerOwner, timestamp::Timestamp};

const BEGIN: &str = "begin a session";
const ADD: &str = "add a layer to a session";
const SEAL: &str = "seal a layer of a session";
const LIST: &str = "list who takes part in a session";
const END: &str = "end a session";
const FIND: &str = "look for a session";

/// A live session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveSessionRow {
    /// The original that stands for it.
    pub recording: RecordingId,
    /// Whose.
    pub tenant: TenantId,
    /// When it began.
    pub begun_at: Timestamp,
    /// When all of it was sealed.
    pub ended_at: Option<Timestamp>,
    /// Whether an erasure of it, or of somebody in it, is under way.
    pub is_being_erased: bool,
}

impl Catalog {
    /// Begins a session of a room: the original that stands for it, and its timeline, which is spooled.
    /// The audit log says so in the same transaction. From here on participants can refuse it by their
    /// personal links.
    ///
    /// # Errors
    /// [`CatalogError::StaleKey`] and those of the database.
    pub(crate) async fn begin_live_session(
        &self,
        session: &Original,
        room: RoomId,
        timeline: &ArtefactRow,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(BEGIN, source);
        let recording = timeline.recording;
        let mut transaction = self.write(BEGIN).await?;
        query(
            "INSERT INTO recording (id, tenant, created_at, updated_at, state, job_key,
             source_sha256, generation) VALUES ($1, $2, $3, $3, 'original', $4, $5, 1)",
        )
        .bind(recording.to_string())
        .bind(session.tenant.to_string())
        .bind(now.as_micros())
        .bind(session.key.to_string())
        .bind(session.source_sha256.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        query("INSERT INTO live_session (recording, tenant, begun_at) VALUES ($1, $2, $3)")
            .bind(recording.to_string())
            .bind(session.tenant.to_string())
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        room_sources::join(&mut transaction, room, session)
            .await
            .map_err(failed)?;
        insert_artefact(&mut transaction, timeline, BEGIN).await?;
        let event = AuditEvent::SessionBegun { recording };
        audit::append(&mut transaction, author, &[(event, now)]).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns a session.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn live_session(
        &self,
        recording: RecordingId,
    ) -> Result<Option<LiveSessionRow>, CatalogError> {
        let failed = |source| CatalogError::while_doing(FIND, source);
        let mut reading = self.pool.begin().await.map_err(failed)?;
        find(&mut reading, recording, FIND).await
    }

    /// Returns the sessions of all tenants that have not ended.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn running_live_sessions(&self) -> Result<Vec<RecordingId>, CatalogError> {
        let rows = query("SELECT recording FROM live_session WHERE ended_at IS NULL")
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(|row| parsed(row, "recording")).collect()
    }

    /// Adds a layer that is spooled to a session that runs, and whose it is and for what it was recorded:
    /// with which refusal it goes.
    ///
    /// # Errors
    /// [`CatalogError::NotRunning`], [`CatalogError::StaleKey`] and those of the database.
    pub(crate) async fn add_layer(
        &self,
        row: &ArtefactRow,
        owner: LayerOwner,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write(ADD).await?;
        guard(&mut transaction, row.recording, ADD).await?;
        insert_artefact(&mut transaction, row, ADD).await?;
        room_sources::note_layer(&mut transaction, row.id, owner)
            .await
            .map_err(failed)?;
        touch(&mut transaction, row.recording, now, ADD).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Says that a session goes on.
    ///
    /// # Errors
    /// [`CatalogError::NotRunning`] and those of the database.
    pub(crate) async fn touch_live_session(
        &self,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write(ADD).await?;
        guard(&mut transaction, recording, ADD).await?;
        touch(&mut transaction, recording, now, ADD).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Writes down what an object will be that seals a layer. Says whether the layer is still there:
    /// otherwise the object must not come to be.
    ///
    /// # Errors
    /// [`CatalogError::NotRunning`] and those of the database.
    pub(crate) async fn describe_layer(&self, row: &ArtefactRow) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(SEAL, source);
        let mut transaction = self.write(SEAL).await?;
        guard(&mut transaction, row.recording, SEAL).await?;
        let described = query(
            "UPDATE artefact SET plaintext_bytes = $3, ciphertext_bytes = $4, segments = $5,
             plaintext_sha256 = $6, ciphertext_sha256 = $7
             WHERE id = $1 AND recording = $2 AND state = 'pending'",
        )
        .bind(row.id.to_string())
        .bind(row.recording.to_string())
        .bind(sql_number(row.sealed.plaintext_bytes))
        .bind(sql_number(row.sealed.ciphertext_bytes))
        .bind(sql_number(row.sealed.segments))
        .bind(row.sealed.plaintext_sha256.map(|digest| digest.to_string()))
        .bind(row.sealed.ciphertext_sha256.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(described.rows_affected() == 1)
    }

    /// Lets a sealed layer count. Says whether it is still there.
    ///
    /// # Errors
    /// [`CatalogError::NotRunning`] and those of the database.
    pub(crate) async fn complete_layer(
        &self,
        recording: RecordingId,
        layer: ArtefactId,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(SEAL, source);
        let mut transaction = self.write(SEAL).await?;
        guard(&mut transaction, recording, SEAL).await?;
        let completed = complete(&mut transaction, recording, layer)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(completed)
    }

    /// Lists people of a session beside those who are listed, so that they can be found.
    ///
    /// # Errors
    /// [`CatalogError::NotRunning`] and those of the database.
    pub(crate) async fn list_in_live_session(
        &self,
        recording: RecordingId,
        people: &[Participant],
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(LIST, source);
        let mut transaction = self.write(LIST).await?;
        guard(&mut transaction, recording, LIST).await?;
        for one in people {
            for subject in &one.subjects {
                query(
                    "INSERT INTO participant (recording, person, subject) VALUES ($1, $2, $3)
                     ON CONFLICT DO NOTHING",
                )
                .bind(recording.to_string())
                .bind(i64::from(one.person.0))
                .bind(subject.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            }
        }
        transaction.commit().await.map_err(failed)
    }

    /// Ends a session: its timeline counts, which says what belongs to it. The audit log says so in the
    /// same transaction.
    ///
    /// # Errors
    /// [`CatalogError::NotRunning`], [`CatalogError::NoArtefact`] and those of the database.
    pub(crate) async fn end_live_session(
        &self,
        recording: RecordingId,
        timeline: ArtefactId,
        duration_ns: u64,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(END, source);
        let mut transaction = self.write(END).await?;
        guard(&mut transaction, recording, END).await?;
        if !complete(&mut transaction, recording, timeline)
            .await
            .map_err(failed)?
        {
            return Err(CatalogError::NoArtefact {
                recording,
                artefact: timeline,
            });
        }
        query("UPDATE recording SET duration_ns = $2, updated_at = $3 WHERE id = $1")
            .bind(recording.to_string())
            .bind(sql_number(duration_ns))
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        set_ended(&mut transaction, recording, author, now).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Ends a session whose spool is lost, so that nothing waits for it any more.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn give_up_live_session(
        &self,
        recording: RecordingId,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(END, source);
        let mut transaction = self.write(END).await?;
        set_ended(&mut transaction, recording, author, now).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Puts a timeline in the place of the one that a session has, which becomes pending: it has to go.
    ///
    /// # Errors
    /// [`CatalogError::NoArtefact`] and those of the database.
    pub(crate) async fn replace_timeline(
        &self,
        before: &ArtefactRow,
        after: ArtefactId,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(SEAL, source);
        let mut transaction = self.write(SEAL).await?;
        query("UPDATE artefact SET state = 'pending' WHERE id = $1 AND recording = $2")
            .bind(before.id.to_string())
            .bind(before.recording.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if !complete(&mut transaction, before.recording, after)
            .await
            .map_err(failed)?
        {
            return Err(CatalogError::NoArtefact {
                recording: before.recording,
                artefact: after,
            });
        }
        transaction.commit().await.map_err(failed)
    }
}

/// Looks for a session.
pub(super) async fn find(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    doing: &'static str,
) -> Result<Option<LiveSessionRow>, CatalogError> {
    let failed = |source| CatalogError::while_doing(doing, source);
    let found = query("SELECT * FROM live_session WHERE recording = $1")
        .bind(recording.to_string())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    let Some(row) = found else { return Ok(None) };
    let erased = query(
        "SELECT COUNT(*) AS erasures FROM erasure_recording
         JOIN erasure ON erasure.id = erasure_recording.erasure
         WHERE erasure_recording.recording = $1 AND erasure_recording.fate <> 'kept'
         AND erasure.step <> 'certified'",
    )
    .bind(recording.to_string())
    .fetch_one(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(Some(LiveSessionRow {
        recording,
        tenant: parsed(&row, "tenant")?,
        begun_at: time(&row, "begun_at")?,
        ended_at: optional_time(&row, "ended_at")?,
        is_being_erased: number::<u64>(&erased, "erasures")? > 0,
    }))
}

/// Makes sure that a session runs and stays.
async fn guard(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    doing: &'static str,
) -> Result<(), CatalogError> {
    match find(transaction, recording, doing).await? {
        Some(session) if session.ended_at.is_none() && !session.is_being_erased => Ok(()),
        _ => Err(CatalogError::NotRunning { recording, doing }),
    }
}

async fn touch(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    now: Timestamp,
    doing: &'static str,
) -> Result<(), CatalogError> {
    query("UPDATE recording SET updated_at = $2 WHERE id = $1")
        .bind(recording.to_string())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(doing, source))
}

async fn complete(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    artefact: ArtefactId,
) -> Result<bool, sqlx::Error> {
    let completed = query(
        "UPDATE artefact SET state = 'complete'
         WHERE id = $1 AND recording = $2 AND state = 'pending' AND segments > 0",
    )
    .bind(artefact.to_string())
    .bind(recording.to_string())
    .execute(&mut **transaction)
    .await?;
    Ok(completed.rows_affected() == 1)
}

async fn set_ended(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    author: Author<'_>,
    now: Timestamp,
) -> Result<(), CatalogError> {
    query("UPDATE live_session SET ended_at = $2 WHERE recording = $1 AND ended_at IS NULL")
        .bind(recording.to_string())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(END, source))?;
    let event = AuditEvent::SessionEnded { recording };
    audit::append(transaction, author, &[(event, now)])
        .await
        .map(drop)
}
