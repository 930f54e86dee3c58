//! Who was invited to which room.

use std::{fmt, str::FromStr};

use scrim_policy::{InvitationId, RoomId, TenantId};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction, any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{optional_time, parsed, time, value},
    },
    Sealed,
};
use crate::{digest::Sha256Digest, timestamp::Timestamp};

const ADD: &str = "invite somebody to a room";
const FIND: &str = "look for an invitation to a room";
const WITHDRAW: &str = "take back an invitation to a room";

/// What somebody is invited to do in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitedSeat {
    /// Speaks and shows.
    Presenter,
    /// Listens.
    Attendee,
}

impl InvitedSeat {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Presenter, Self::Attendee];

    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Presenter => "presenter",
            Self::Attendee => "attendee",
        }
    }
}

impl fmt::Display for InvitedSeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for InvitedSeat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|seat| seat.as_str() == text)
            .ok_or(())
    }
}

/// One invitation.
#[derive(Clone, Debug)]
pub(crate) struct RoomInvitationRow {
    pub(crate) id: InvitationId,
    pub(crate) tenant: TenantId,
    pub(crate) room: RoomId,
    pub(crate) words: Vec<u8>,
    pub(crate) seat: InvitedSeat,
    pub(crate) invited_at: Timestamp,
    pub(crate) withdrawn_at: Option<Timestamp>,
}

/// An invitation that is to be added.
pub(crate) struct NewRoomInvitation {
    pub(crate) id: InvitationId,
    pub(crate) room: RoomId,
    pub(crate) digest: Sha256Digest,
    pub(crate) seat: InvitedSeat,
    pub(crate) invited_at: Timestamp,
}

impl RoomInvitationRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            room: parsed(row, "room")?,
            words: value(row, "words")?,
            seat: parsed(row, "seat")?,
            invited_at: time(row, "invited_at")?,
            withdrawn_at: optional_time(row, "withdrawn_at")?,
        })
    }
}

impl Catalog {
    /// Adds an invitation to a room of the tenant whose meeting is not over. Says whether it did.
    pub(crate) async fn add_room_invitation(
        &self,
        invitation: &NewRoomInvitation,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let mut transaction = self.write_words(&sealed, ADD).await?;
        let added = insert(&mut transaction, invitation, sealed).await?;
        transaction
            .commit()
            .await
            .map_err(|source| CatalogError::while_doing(ADD, source))?;
        Ok(added)
    }

    /// Returns the invitations to a room of the tenant, oldest first.
    pub(crate) async fn room_invitations(
        &self,
        tenant: TenantId,
        room: RoomId,
    ) -> Result<Vec<RoomInvitationRow>, CatalogError> {
        let text = "SELECT * FROM room_invitation WHERE room = $1 AND tenant = $2 ORDER BY id";
        let rows = query(text)
            .bind(room.to_string())
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(RoomInvitationRow::read).collect()
    }

    /// Returns the invitations of a tenant, to whichever room.
    pub(crate) async fn invitations_to_rooms(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<RoomInvitationRow>, CatalogError> {
        let rows = query("SELECT * FROM room_invitation WHERE tenant = $1 ORDER BY id")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(RoomInvitationRow::read).collect()
    }

    /// Returns the invitation with a secret, whether it was taken back or not.
    pub(crate) async fn room_invitation_by_digest(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<RoomInvitationRow>, CatalogError> {
        let row = query("SELECT * FROM room_invitation WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(RoomInvitationRow::read).transpose()
    }

    /// Takes an invitation of the tenant back. Says whether there was one to take back.
    pub(crate) async fn withdraw_room_invitation(
        &self,
        tenant: TenantId,
        (room, id): (RoomId, InvitationId),
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let withdrawn = query(
            "UPDATE room_invitation SET withdrawn_at = $4
             WHERE id = $1 AND tenant = $2 AND room = $3 AND withdrawn_at IS NULL",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(room.to_string())
        .bind(now.as_micros())
        .execute(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(WITHDRAW, source))?;
        Ok(withdrawn.rows_affected() == 1)
    }
}

/// Adds an invitation, as [`Catalog::add_room_invitation`] does.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Any>,
    invitation: &NewRoomInvitation,
    sealed: Sealed<'_>,
) -> Result<bool, CatalogError> {
    let added = query(
        "INSERT INTO room_invitation (id, tenant, room, digest, words, seat, invited_at)
         SELECT $1, $2, id, $4, $5, $6, $7 FROM room
         WHERE id = $3 AND tenant = $2 AND state <> 'ended'",
    )
    .bind(invitation.id.to_string())
    .bind(sealed.tenant.to_string())
    .bind(invitation.room.to_string())
    .bind(invitation.digest.to_string())
    .bind(sealed.words)
    .bind(invitation.seat.as_str())
    .bind(invitation.invited_at.as_micros())
    .execute(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(ADD, source))?;
    Ok(added.rows_affected() == 1)
}
