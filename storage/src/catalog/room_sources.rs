//! What was recorded of which room: where rooms and sessions meet. How a session is kept is known
//! here and nowhere else beside: which source it is, and whose its layers are.

use scrim_policy::{ArtefactId, ConsentPurpose, ErasureId, ParticipantId, RoomId, TenantId};
use sqlx::{Any, AssertSqlSafe, Transaction, query};

use super::{Catalog, CatalogError, RecordingRow, originals::Original, places::COPY, rows::parsed};
use crate::{digest::Sha256Digest, session::LayerOwner};

const FIND: &str = "look for what was recorded of a room";

/// The layers of a source that participants have refused. `$2` is the tenant, `$3` the source.
const REFUSED_LAYERS: &str = "SELECT session_layer.artefact FROM session_layer
     JOIN artefact AS layer ON layer.id = session_layer.artefact
     JOIN recording ON recording.id = layer.recording
     JOIN refusal ON refusal.tenant = recording.tenant
     AND refusal.source_sha256 = recording.source_sha256
     AND refusal.participant = session_layer.participant
     AND refusal.purpose = session_layer.purpose
     WHERE recording.tenant = $2 AND recording.source_sha256 = $3";

/// What is of no use once nothing is left of a source. `$1` is the tenant.
const GONE: [&str; 3] = [
    "DELETE FROM room_source WHERE tenant = $1 AND NOT EXISTS (SELECT 1 FROM recording
     WHERE recording.tenant = room_source.tenant
     AND recording.source_sha256 = room_source.source_sha256)",
    "DELETE FROM refusal WHERE tenant = $1 AND NOT EXISTS (SELECT 1 FROM recording
     WHERE recording.tenant = refusal.tenant
     AND recording.source_sha256 = refusal.source_sha256)",
    "DELETE FROM consent WHERE tenant = $1
     AND NOT EXISTS (SELECT 1 FROM room_source WHERE room_source.room = consent.room)
     AND NOT EXISTS (SELECT 1 FROM room WHERE room.id = consent.room AND room.state <> 'ended')",
];

impl Catalog {
    /// Returns the sources that a room was recorded as.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn sources_of_room(
        &self,
        room: RoomId,
    ) -> Result<Vec<Sha256Digest>, CatalogError> {
        let text = "SELECT source_sha256 FROM room_source WHERE room = $1 ORDER BY source_sha256";
        let rows = query(text)
            .bind(room.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter()
            .map(|row| parsed(row, "source_sha256"))
            .collect()
    }

    /// Returns the rooms that a source was recorded from.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn rooms_of_source(
        &self,
        tenant: TenantId,
        source: Sha256Digest,
    ) -> Result<Vec<RoomId>, CatalogError> {
        let rows = query("SELECT room FROM room_source WHERE tenant = $1 AND source_sha256 = $2")
            .bind(tenant.to_string())
            .bind(source.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(|row| parsed(row, "room")).collect()
    }

    /// Returns everything that there is of a room: sessions, and what was made from them, oldest
    /// first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn recorded_of_room(
        &self,
        tenant: TenantId,
        room: RoomId,
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        let rows = query(
            "SELECT recording.* FROM recording JOIN room_source
             ON room_source.tenant = recording.tenant
             AND room_source.source_sha256 = recording.source_sha256
             WHERE room_source.room = $1 AND room_source.tenant = $2
             ORDER BY recording.created_at, recording.id",
        )
        .bind(room.to_string())
        .bind(tenant.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(RecordingRow::read).collect()
    }

    /// Returns whose layers are kept of what a room was recorded as, and for what they were
    /// recorded.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn layers_of_room(
        &self,
        room: RoomId,
    ) -> Result<Vec<(ParticipantId, ConsentPurpose)>, CatalogError> {
        let rows = query(
            "SELECT DISTINCT session_layer.participant, session_layer.purpose FROM session_layer
             JOIN artefact ON artefact.id = session_layer.artefact
             JOIN recording ON recording.id = artefact.recording
             JOIN room_source ON room_source.tenant = recording.tenant
             AND room_source.source_sha256 = recording.source_sha256
             WHERE room_source.room = $1",
        )
        .bind(room.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter()
            .map(|row| Ok((parsed(row, "participant")?, parsed(row, "purpose")?)))
            .collect()
    }

    /// Forgets what people have said of whose meeting nothing is left.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn forget_consents(&self, tenant: TenantId) -> Result<(), CatalogError> {
        const DOING: &str = "forget what people have said in rooms";
        let failed = |source| CatalogError::while_doing(DOING, source);
        let mut transaction = self.write(DOING).await?;
        forget_gone(&mut transaction, tenant)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

/// Notes that a session is what was recorded of a room.
pub(super) async fn join(
    transaction: &mut Transaction<'_, Any>,
    room: RoomId,
    session: &Original,
) -> Result<(), sqlx::Error> {
    query("INSERT INTO room_source (room, tenant, source_sha256) VALUES ($1, $2, $3)")
        .bind(room.to_string())
        .bind(session.tenant.to_string())
        .bind(session.source_sha256.to_string())
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Notes whose a layer is, and for what it was recorded.
pub(super) async fn note_layer(
    transaction: &mut Transaction<'_, Any>,
    layer: ArtefactId,
    owner: LayerOwner,
) -> Result<(), sqlx::Error> {
    query("INSERT INTO session_layer (artefact, participant, purpose) VALUES ($1, $2, $3)")
        .bind(layer.to_string())
        .bind(owner.participant.to_string())
        .bind(owner.purpose.as_str())
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Returns everything that there is of a source.
pub(super) async fn of_source(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    source: Sha256Digest,
    doing: &'static str,
) -> Result<Vec<RecordingRow>, CatalogError> {
    let rows =
        query("SELECT * FROM recording WHERE tenant = $1 AND source_sha256 = $2 ORDER BY id")
            .bind(tenant.to_string())
            .bind(source.to_string())
            .fetch_all(&mut **transaction)
            .await
            .map_err(|source| CatalogError::while_doing(doing, source))?;
    rows.iter().map(RecordingRow::read).collect()
}

/// Puts the layers on the list of an erasure that participants have refused.
pub(super) async fn list_refused(
    transaction: &mut Transaction<'_, Any>,
    erasure: ErasureId,
    tenant: TenantId,
    source: Sha256Digest,
) -> Result<(), sqlx::Error> {
    let text = format!("{COPY} id IN ({REFUSED_LAYERS}) ON CONFLICT DO NOTHING");
    query(AssertSqlSafe(text))
        .bind(erasure.to_string())
        .bind(tenant.to_string())
        .bind(source.to_string())
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Forgets what rooms were recorded as, what was refused and what people have said, where nothing
/// is left.
pub(super) async fn forget_gone(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
) -> Result<(), sqlx::Error> {
    for text in GONE {
        query(text)
            .bind(tenant.to_string())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
