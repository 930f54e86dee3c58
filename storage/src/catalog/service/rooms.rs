//! Rooms: planned, open and ended.

use std::{fmt, str::FromStr};

use scrim_policy::{AccountId, RoomId, TenantId};
use serde::{Deserialize, Serialize};
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{optional_time, parsed, time, value},
    },
    Sealed, registrations,
};
use crate::{digest::Sha256Digest, timestamp::Timestamp};

const ADD: &str = "plan a room";
const FIND: &str = "look for a room";
const CHANGE: &str = "change a room";
const NOTE: &str = "note how a meeting stands";
const REMOVE: &str = "remove a room";

/// How far a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomState {
    /// Its meeting is to come.
    Planned,
    /// Its meeting goes on.
    Open,
    /// Its meeting is over. It is not opened again.
    Ended,
}

impl RoomState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Planned, Self::Open, Self::Ended];

    /// Returns the word for this state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }
}

impl fmt::Display for RoomState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RoomState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// One room.
#[derive(Clone, Debug)]
pub(crate) struct RoomRow {
    pub(crate) id: RoomId,
    pub(crate) tenant: TenantId,
    pub(crate) words: Vec<u8>,
    pub(crate) password: Option<String>,
    /// JSON.
    pub(crate) rules: String,
    pub(crate) state: RoomState,
    pub(crate) made_by: AccountId,
    pub(crate) made_at: Timestamp,
    pub(crate) opens_at: Option<Timestamp>,
    pub(crate) opened_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

/// What of a room can be changed, beside its words.
pub(crate) struct RoomWritten<'a> {
    pub(crate) password: Option<&'a str>,
    pub(crate) rules: &'a str,
    pub(crate) opens_at: Option<Timestamp>,
}

/// A room that is to be added.
pub(crate) struct NewRoom<'a> {
    pub(crate) id: RoomId,
    pub(crate) digest: Sha256Digest,
    pub(crate) made_by: AccountId,
    pub(crate) made_at: Timestamp,
    pub(crate) written: RoomWritten<'a>,
}

impl RoomRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            words: value(row, "words")?,
            password: value(row, "password")?,
            rules: value(row, "rules")?,
            state: parsed(row, "state")?,
            made_by: parsed(row, "made_by")?,
            made_at: time(row, "made_at")?,
            opens_at: optional_time(row, "opens_at")?,
            opened_at: optional_time(row, "opened_at")?,
            ended_at: optional_time(row, "ended_at")?,
        })
    }
}

impl Catalog {
    /// Adds a room.
    pub(crate) async fn add_room(
        &self,
        room: &NewRoom<'_>,
        sealed: Sealed<'_>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write_words(&sealed, ADD).await?;
        query(
            "INSERT INTO room (id, tenant, digest, words, password, rules, state, made_by, made_at,
             opens_at) VALUES ($1, $2, $3, $4, $5, $6, 'planned', $7, $8, $9)",
        )
        .bind(room.id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(room.digest.to_string())
        .bind(sealed.words)
        .bind(room.written.password)
        .bind(room.written.rules)
        .bind(room.made_by.to_string())
        .bind(room.made_at.as_micros())
        .bind(room.written.opens_at.map(Timestamp::as_micros))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns rooms of a tenant, newest first, those before a room where one is given.
    pub(crate) async fn rooms(
        &self,
        tenant: TenantId,
        before: Option<RoomId>,
        limit: u32,
    ) -> Result<Vec<RoomRow>, CatalogError> {
        let rows = query(
            "SELECT * FROM room WHERE tenant = $1 AND ($2 = '' OR id < $2)
             ORDER BY id DESC LIMIT $3",
        )
        .bind(tenant.to_string())
        .bind(before.map_or_else(String::new, |before| before.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(RoomRow::read).collect()
    }

    /// Returns a room, of whichever tenant.
    pub(crate) async fn room(&self, id: RoomId) -> Result<Option<RoomRow>, CatalogError> {
        self.room_where("SELECT * FROM room WHERE id = $1", id.to_string())
            .await
    }

    /// Returns the room that a code leads to, whether it is over or not.
    pub(crate) async fn room_by_digest(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<RoomRow>, CatalogError> {
        let text = "SELECT * FROM room WHERE digest = $1";
        self.room_where(text, digest.to_string()).await
    }

    async fn room_where(
        &self,
        text: &'static str,
        is: String,
    ) -> Result<Option<RoomRow>, CatalogError> {
        let row = query(text)
            .bind(is)
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(RoomRow::read).transpose()
    }

    /// Changes a room of the tenant that was not opened yet. Says whether it did.
    pub(crate) async fn change_room(
        &self,
        id: RoomId,
        written: &RoomWritten<'_>,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(CHANGE, source);
        let mut transaction = self.write_words(&sealed, CHANGE).await?;
        let changed = query(
            "UPDATE room SET words = $3, password = $4, rules = $5, opens_at = $6
             WHERE id = $1 AND tenant = $2 AND state = 'planned'",
        )
        .bind(id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(sealed.words)
        .bind(written.password)
        .bind(written.rules)
        .bind(written.opens_at.map(Timestamp::as_micros))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(changed.rows_affected() == 1)
    }

    /// Notes that the meeting of a room begins. Says whether it had not begun before.
    pub(crate) async fn open_room(&self, id: RoomId, now: Timestamp) -> Result<bool, CatalogError> {
        let text = "UPDATE room SET state = 'open', opened_at = $2
             WHERE id = $1 AND state = 'planned'";
        let noted = query(text)
            .bind(id.to_string())
            .bind(now.as_micros())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(NOTE, source))?;
        Ok(noted.rows_affected() == 1)
    }

    /// Notes that the meeting of a room is over, and takes its registrations away with the invitations
    /// that came of them. Says whether it went on.
    pub(crate) async fn end_room(&self, id: RoomId, now: Timestamp) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(NOTE, source);
        let mut transaction = self.write(NOTE).await?;
        let ended = query(
            "UPDATE room SET state = 'ended', ended_at = $2 WHERE id = $1 AND state = 'open'",
        )
        .bind(id.to_string())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if ended.rows_affected() != 1 {
            return Ok(false);
        }
        registrations::remove_all(&mut transaction, id)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// Takes a room of the tenant away whose meeting does not go on, with its invitations. Says
    /// whether it did.
    pub(crate) async fn remove_room(
        &self,
        tenant: TenantId,
        id: RoomId,
    ) -> Result<bool, CatalogError> {
        let gone = query("DELETE FROM room WHERE id = $1 AND tenant = $2 AND state <> 'open'")
            .bind(id.to_string())
            .bind(tenant.to_string())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(REMOVE, source))?;
        Ok(gone.rows_affected() == 1)
    }
}
