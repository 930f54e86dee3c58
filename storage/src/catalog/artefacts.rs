//! Rows of artefacts: put in, looked for, taken out.

use scrim_policy::{ArtefactId, RecordingId};
use sqlx::{Any, Transaction, query};

use super::{
    ArtefactRow, ArtefactState, Catalog, CatalogError, Claim, RecordingState, claims::guard,
    keys::require_current_key, rows::sql_number,
};
use crate::{artefact::ArtefactKind, timestamp::Timestamp};

const ADD: &str = "add an artefact";
const FIND: &str = "look for an artefact";
const LIST: &str = "list artefacts";
const REMOVE: &str = "remove an artefact";

impl Catalog {
    /// Adds a pending artefact. Its `state` and `recording` are those of the claim, whatever `row`
    /// says.
    ///
    /// # Errors
    /// [`CatalogError::StaleKey`], [`CatalogError::StaleClaim`], [`CatalogError::WrongState`],
    /// [`CatalogError::NoRecording`] and those of the database.
    pub(crate) async fn add_artefact(
        &self,
        claim: &Claim,
        row: &ArtefactRow,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write(ADD).await?;
        guard(&mut transaction, claim, now, ADD).await?;
        insert_artefact(&mut transaction, row, ADD).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns an artefact.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn artefact(&self, id: ArtefactId) -> Result<Option<ArtefactRow>, CatalogError> {
        let row = query("SELECT * FROM artefact WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(ArtefactRow::read).transpose()
    }

    /// Returns all artefacts of a recording, pending and working ones too, oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn artefacts(
        &self,
        recording: RecordingId,
    ) -> Result<Vec<ArtefactRow>, CatalogError> {
        let rows = query("SELECT * FROM artefact WHERE recording = $1 ORDER BY created_at, id")
            .bind(recording.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(LIST, source))?;
        rows.iter().map(ArtefactRow::read).collect()
    }

    /// Returns what users get of a kind: the artefact of a recording that is published, ready or
    /// held.
    ///
    /// # Errors
    /// [`CatalogError::Withdrawn`], [`CatalogError::Unreadable`] and those of the database.
    pub async fn artefact_of_kind(
        &self,
        recording: RecordingId,
        kind: ArtefactKind,
    ) -> Result<Option<ArtefactRow>, CatalogError> {
        match self.recording(recording).await?.map(|row| row.state) {
            Some(state) if state.has_outputs() => {}
            Some(RecordingState::Withdrawn) => return Err(CatalogError::Withdrawn { recording }),
            _ => return Ok(None),
        }
        let artefacts = self.artefacts(recording).await?;
        let is_wanted = |row: &ArtefactRow| {
            kind.is_published() && row.kind == kind && row.state == ArtefactState::Complete
        };
        Ok(artefacts.into_iter().find(is_wanted))
    }

    /// Takes out the row of an artefact whose object is gone, and the stage results that name it.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn remove_artefact(&self, id: ArtefactId) -> Result<(), CatalogError> {
        query("DELETE FROM artefact WHERE id = $1")
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(REMOVE, source))
    }

    /// Returns the working artefacts of a recording that needs them no more.
    ///
    /// # Errors
    /// [`CatalogError::WrongState`] unless the recording is published, ready or held,
    /// [`CatalogError::NoRecording`], [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn spent_artefacts(
        &self,
        recording: RecordingId,
    ) -> Result<Vec<ArtefactRow>, CatalogError> {
        let row = self.recording(recording).await?;
        let state = row.ok_or(CatalogError::NoRecording { recording })?.state;
        if !state.has_outputs() {
            let doing = "delete working artefacts";
            return Err(CatalogError::WrongState {
                recording,
                state,
                doing,
            });
        }
        let mut artefacts = self.artefacts(recording).await?;
        artefacts.retain(|row| row.kind.is_working() || row.state == ArtefactState::Pending);
        Ok(artefacts)
    }
}

/// Inserts a pending artefact, unless the key version that wraps its data key is being destroyed.
pub(super) async fn insert_artefact(
    transaction: &mut Transaction<'_, Any>,
    row: &ArtefactRow,
    doing: &'static str,
) -> Result<(), CatalogError> {
    require_current_key(transaction, row.object_key.tenant, &row.wrapped_key, doing).await?;
    query(
        "INSERT INTO artefact (id, recording, kind, object_key, format, plaintext_bytes,
         ciphertext_bytes, segments, plaintext_sha256, ciphertext_sha256, commitment,
         wrapped_key, key_version, kms, subject, created_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
         'pending')",
    )
    .bind(row.id.to_string())
    .bind(row.recording.to_string())
    .bind(row.kind.as_str())
    .bind(row.object_key.to_string())
    .bind(&row.format)
    .bind(sql_number(row.sealed.plaintext_bytes))
    .bind(sql_number(row.sealed.ciphertext_bytes))
    .bind(sql_number(row.sealed.segments))
    .bind(row.sealed.plaintext_sha256.map(|digest| digest.to_string()))
    .bind(row.sealed.ciphertext_sha256.to_string())
    .bind(row.sealed.commitment.to_string())
    .bind(&row.wrapped_key.bytes)
    .bind(i64::from(row.wrapped_key.version))
    .bind(row.wrapped_key.kms.as_str())
    .bind(row.subject.map(|subject| subject.to_string()))
    .bind(row.created_at.as_micros())
    .execute(&mut **transaction)
    .await
    .map(drop)
    .map_err(|source| CatalogError::while_doing(doing, source))
}
