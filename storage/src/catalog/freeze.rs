//! How an erasure begins: what it touches is found, withdrawn and written down at once.

use scrim_policy::{ErasureId, RecordingId, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    Catalog, CatalogError, ErasureRow, Frozen, FrozenInvited, FrozenPerson, Reach, RecordingFate,
    RecordingRow, RecordingState, Selection, holds::refuse_held, invited, live, places,
    rows::parsed,
};
use crate::{
    digest::{KeyedDigest, Sha256Digest},
    timestamp::Timestamp,
};

const FREEZE: &str = "begin an erasure";

impl Catalog {
    /// Says what an erasure would touch, without touching it. `invited` is what it takes of rooms.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`], [`CatalogError::OnHold`], [`CatalogError::Unreadable`] and
    /// those of the database.
    pub(crate) async fn would_freeze(
        &self,
        tenant: TenantId,
        selection: &Selection,
        invited: &[FrozenInvited],
    ) -> Result<(Vec<Frozen>, Vec<FrozenPerson>), CatalogError> {
        let mut transaction = self.write(FREEZE).await?;
        let frozen = select(&mut transaction, tenant, selection).await?;
        let people = people(&mut transaction, tenant, selection).await?;
        refuse(&mut transaction, tenant, selection, (&frozen, invited)).await?;
        Ok((frozen, people))
    }

    /// Begins an erasure: writes down what it touches, withdraws it and makes claims stale, in one
    /// transaction. From here on nobody gets it and no run writes to it.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`], [`CatalogError::OnHold`],
    /// [`CatalogError::ErasureUnderWay`], [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn freeze(
        &self,
        id: ErasureId,
        tenant: TenantId,
        selection: &Selection,
        invited: &[FrozenInvited],
        now: Timestamp,
    ) -> Result<ErasureRow, CatalogError> {
        let failed = |source| CatalogError::while_doing(FREEZE, source);
        let mut transaction = self.write(FREEZE).await?;
        let frozen = select(&mut transaction, tenant, selection).await?;
        let people = people(&mut transaction, tenant, selection).await?;
        refuse(&mut transaction, tenant, selection, (&frozen, invited)).await?;
        refuse_another(&mut transaction, tenant, &frozen).await?;
        invited::refuse_another(&mut transaction, tenant, invited, FREEZE).await?;
        query(
            "INSERT INTO erasure (id, tenant, scope, step, begun_at)
             VALUES ($1, $2, $3, 'frozen', $4)",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(selection.reach().as_str())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        for one in &frozen {
            freeze_one(&mut transaction, id, one, now)
                .await
                .map_err(failed)?;
        }
        for person in &people {
            query(
                "INSERT INTO erasure_person (erasure, recording, person, subject)
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(id.to_string())
            .bind(person.recording.to_string())
            .bind(person.person)
            .bind(person.subject.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        }
        invited::freeze(&mut transaction, id, invited)
            .await
            .map_err(failed)?;
        if let Selection::Expiry { artefacts, .. } = selection {
            for artefact in artefacts {
                places::add_known(&mut transaction, id, *artefact)
                    .await
                    .map_err(failed)?;
            }
        }
        transaction.commit().await.map_err(failed)?;
        self.erasure(id).await
    }
}

/// Finds the recordings that an erasure touches.
async fn select(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    selection: &Selection,
) -> Result<Vec<Frozen>, CatalogError> {
    let rows = query("SELECT * FROM recording WHERE tenant = $1 ORDER BY id")
        .bind(tenant.to_string())
        .fetch_all(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(FREEZE, source))?;
    let rows: Vec<RecordingRow> = rows
        .iter()
        .map(RecordingRow::read)
        .collect::<Result<_, _>>()?;
    let frozen = |row: &RecordingRow, fate| Frozen {
        recording: row.id,
        source_sha256: row.source_sha256,
        fate,
    };
    match selection {
        Selection::Tenant => Ok(rows
            .iter()
            .map(|row| frozen(row, RecordingFate::Deleted))
            .collect()),
        Selection::Recording(id) => {
            let asked = rows.iter().find(|row| row.id == *id);
            let source = asked
                .ok_or(CatalogError::NoRecording { recording: *id })?
                .source_sha256;
            let same = rows.iter().filter(|row| row.source_sha256 == source);
            Ok(same
                .map(|row| frozen(row, RecordingFate::Deleted))
                .collect())
        }
        Selection::Expiry { recordings, .. } => {
            let fate = |row: &RecordingRow| recordings.iter().find(|(id, _)| *id == row.id);
            let due = rows
                .iter()
                .filter_map(|row| Some(frozen(row, fate(row)?.1)));
            Ok(due.collect())
        }
        Selection::Person(subjects) => {
            let listed = listing(transaction, subjects).await?;
            // Whoever is in one recording of a source is in all of them, listed or not.
            let sources: Vec<Sha256Digest> = rows
                .iter()
                .filter(|row| listed.contains(&row.id))
                .map(|row| row.source_sha256)
                .collect();
            let touched = rows
                .iter()
                .filter(|row| sources.contains(&row.source_sha256));
            let mut found = Vec::new();
            for row in touched {
                let fate = match row.state {
                    RecordingState::Original => fate_of_original(transaction, row).await?,
                    _ => RecordingFate::Withdrawn,
                };
                found.push(frozen(row, fate));
            }
            Ok(found)
        }
    }
}

/// What becomes of an original when somebody in it is erased. A file shows everybody: nothing can be
/// taken out of it. A session has everybody's own layers.
async fn fate_of_original(
    transaction: &mut Transaction<'_, Any>,
    row: &RecordingRow,
) -> Result<RecordingFate, CatalogError> {
    let recording = row.id;
    match live::find(transaction, recording, FREEZE).await? {
        None => Ok(RecordingFate::Deleted),
        Some(session) if session.ended_at.is_some() => Ok(RecordingFate::Withdrawn),
        Some(_) => Err(CatalogError::StillRunning {
            recording,
            doing: FREEZE,
        }),
    }
}

/// Returns the recordings that list somebody, or hold a layer of theirs.
async fn listing(
    transaction: &mut Transaction<'_, Any>,
    subjects: &[KeyedDigest],
) -> Result<Vec<RecordingId>, CatalogError> {
    let mut listed = Vec::new();
    for subject in subjects {
        let rows = query(
            "SELECT recording FROM participant WHERE subject = $1
             UNION SELECT recording FROM artefact WHERE subject = $1",
        )
        .bind(subject.to_string())
        .fetch_all(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(FREEZE, source))?;
        for row in &rows {
            listed.push(parsed(row, "recording")?);
        }
    }
    Ok(listed)
}

/// Returns everything that the people who are meant are found by: who is looked for by name is
/// found by e-mail address as well. Who has a layer and stands on no roster is person -1.
async fn people(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    selection: &Selection,
) -> Result<Vec<FrozenPerson>, CatalogError> {
    let Selection::Person(subjects) = selection else {
        return Ok(Vec::new());
    };
    let mut people = Vec::new();
    for subject in subjects {
        let rows = query(
            "SELECT other.recording AS recording, other.person AS person, other.subject AS subject
             FROM participant AS one
             JOIN participant AS other
             ON other.recording = one.recording AND other.person = one.person
             JOIN recording ON recording.id = one.recording
             WHERE one.subject = $1 AND recording.tenant = $2
             UNION
             SELECT artefact.recording, -1, artefact.subject FROM artefact
             JOIN recording ON recording.id = artefact.recording
             WHERE artefact.subject = $1 AND recording.tenant = $2
             AND artefact.recording NOT IN (
                 SELECT recording FROM participant WHERE subject = $1)",
        )
        .bind(subject.to_string())
        .bind(tenant.to_string())
        .fetch_all(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(FREEZE, source))?;
        for row in &rows {
            let person = FrozenPerson::read(row)?;
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    Ok(people)
}

async fn refuse(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    selection: &Selection,
    (frozen, invited): (&[Frozen], &[FrozenInvited]),
) -> Result<(), CatalogError> {
    let is_all = selection.reach() == Reach::Tenant;
    let is_meant = |recording| is_all || frozen.iter().any(|one| one.recording == recording);
    // A hold on everything keeps who was invited as well.
    if frozen.is_empty() && invited.is_empty() && !is_all {
        return Ok(());
    }
    refuse_held(transaction, tenant, is_meant, FREEZE).await
}

/// Two erasures never share a recording: each would find the other's work undone.
pub(super) async fn refuse_another(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    frozen: &[Frozen],
) -> Result<(), CatalogError> {
    let rows = query(
        "SELECT erasure.id AS id, erasure_recording.recording AS recording FROM erasure
         JOIN erasure_recording ON erasure_recording.erasure = erasure.id
         WHERE erasure.tenant = $1 AND erasure.step <> 'certified'",
    )
    .bind(tenant.to_string())
    .fetch_all(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(FREEZE, source))?;
    for row in &rows {
        let recording: RecordingId = parsed(row, "recording")?;
        if frozen.iter().any(|one| one.recording == recording) {
            let erasure = parsed(row, "id")?;
            let doing = FREEZE;
            return Err(CatalogError::ErasureUnderWay { erasure, doing });
        }
    }
    Ok(())
}

pub(super) async fn freeze_one(
    transaction: &mut Transaction<'_, Any>,
    id: ErasureId,
    one: &Frozen,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    query(
        "INSERT INTO erasure_recording (erasure, recording, source_sha256, fate, was_withdrawn)
         SELECT $1, id, source_sha256, $3, CASE WHEN state = 'withdrawn'
             AND id NOT IN (SELECT recording FROM render_queue) THEN 1 ELSE 0 END
         FROM recording WHERE id = $2",
    )
    .bind(id.to_string())
    .bind(one.recording.to_string())
    .bind(one.fate.as_str())
    .execute(&mut **transaction)
    .await?;
    if one.fate == RecordingFate::Kept {
        return Ok(());
    }
    query(
        "UPDATE recording SET generation = generation + 1, updated_at = $2, failure_kind = NULL,
         failure_stage = NULL,
         state = CASE WHEN state = 'original' THEN 'original' ELSE 'withdrawn' END
         WHERE id = $1",
    )
    .bind(one.recording.to_string())
    .bind(now.as_micros())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
