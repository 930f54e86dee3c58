//! Who wants to come to which room, and is not invited yet.

use scrim_policy::{InvitationId, RegistrationId, RoomId, TenantId};
use sqlx::{Any, Transaction, any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{number, optional_parsed, optional_time, parsed, sql_number, time, value},
    },
    NewRoomInvitation, RegistrationState, Sealed, room_invitations,
};
use crate::{
    digest::{KeyedDigest, Sha256Digest},
    timestamp::Timestamp,
};

const ADD: &str = "take a registration";
const FIND: &str = "look for a registration";
const MAIL: &str = "note a mail about a registration";
const CONFIRM: &str = "confirm a registration";
const DECIDE: &str = "decide about a registration";
const FORGET: &str = "forget registrations";

/// One registration.
#[derive(Clone, Debug)]
pub(crate) struct RegistrationRow {
    pub(crate) id: RegistrationId,
    pub(crate) tenant: TenantId,
    pub(crate) room: RoomId,
    pub(crate) words: Vec<u8>,
    pub(crate) state: RegistrationState,
    pub(crate) asked_at: Timestamp,
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) invitation: Option<InvitationId>,
}

/// A registration that is to be added.
pub(crate) struct NewRegistration {
    pub(crate) id: RegistrationId,
    pub(crate) room: RoomId,
    /// Room and address together.
    pub(crate) person: KeyedDigest,
    pub(crate) digest: Sha256Digest,
    pub(crate) asked_at: Timestamp,
}

/// How many registrations a room takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegistrationLimits {
    /// Those that nobody has confirmed.
    pub(crate) unconfirmed: u64,
    /// All others.
    pub(crate) confirmed: u64,
}

/// What an unconfirmed registration becomes.
pub(crate) enum Becomes<'a> {
    /// It waits for somebody to decide.
    Waiting,
    /// It is invited at once, with the sealed words of the invitation.
    Invited(&'a NewRoomInvitation, &'a [u8]),
}

impl RegistrationRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            room: parsed(row, "room")?,
            words: value(row, "words")?,
            state: parsed(row, "state")?,
            asked_at: time(row, "asked_at")?,
            confirmed_at: optional_time(row, "confirmed_at")?,
            invitation: optional_parsed(row, "invitation")?,
        })
    }
}

impl Catalog {
    /// Adds a registration for a room of the tenant whose meeting is not over, in the place of one
    /// that was asked for before `expired` and never confirmed. Says whether it did: the room may
    /// have no place left, or somebody was faster.
    pub(crate) async fn add_registration(
        &self,
        new: &NewRegistration,
        expired: Timestamp,
        limits: RegistrationLimits,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write_words(&sealed, ADD).await?;
        query(
            "DELETE FROM room_registration WHERE room = $1 AND person = $2
             AND state = 'unconfirmed' AND asked_at <= $3",
        )
        .bind(new.room.to_string())
        .bind(new.person.to_string())
        .bind(expired.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        let has_place = unconfirmed(&mut transaction, new.room).await? < limits.unconfirmed
            && confirmed(&mut transaction, new.room).await? < limits.confirmed;
        if !has_place {
            return Ok(false);
        }
        let added = query(
            "INSERT INTO room_registration (id, tenant, room, person, digest, words, state,
             asked_at, mails, sent_at)
             SELECT $1, $2, id, $4, $5, $6, 'unconfirmed', $7, 1, $7 FROM room
             WHERE id = $3 AND tenant = $2 AND state <> 'ended' ON CONFLICT DO NOTHING",
        )
        .bind(new.id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(new.room.to_string())
        .bind(new.person.to_string())
        .bind(new.digest.to_string())
        .bind(sealed.words)
        .bind(new.asked_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(added.rows_affected() == 1)
    }

    /// Returns the registration of somebody for a room.
    pub(crate) async fn registration_of(
        &self,
        room: RoomId,
        person: KeyedDigest,
    ) -> Result<Option<RegistrationRow>, CatalogError> {
        let row = query("SELECT * FROM room_registration WHERE room = $1 AND person = $2")
            .bind(room.to_string())
            .bind(person.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(RegistrationRow::read).transpose()
    }

    /// Returns a registration, of whichever tenant.
    pub(crate) async fn registration(
        &self,
        id: RegistrationId,
    ) -> Result<Option<RegistrationRow>, CatalogError> {
        let text = "SELECT * FROM room_registration WHERE id = $1";
        self.registration_where(text, id.to_string()).await
    }

    /// Returns the registration that a secret confirms, or has confirmed.
    pub(crate) async fn registration_by_digest(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<RegistrationRow>, CatalogError> {
        let text = "SELECT * FROM room_registration WHERE digest = $1";
        self.registration_where(text, digest.to_string()).await
    }

    async fn registration_where(
        &self,
        text: &'static str,
        is: String,
    ) -> Result<Option<RegistrationRow>, CatalogError> {
        let row = query(text)
            .bind(is)
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(RegistrationRow::read).transpose()
    }

    /// Returns the registrations of a tenant, for one room where one is given, oldest first.
    pub(crate) async fn registrations(
        &self,
        tenant: TenantId,
        room: Option<RoomId>,
    ) -> Result<Vec<RegistrationRow>, CatalogError> {
        let text = "SELECT * FROM room_registration WHERE tenant = $1 AND ($2 = '' OR room = $2)
             ORDER BY id";
        let rows = query(text)
            .bind(tenant.to_string())
            .bind(room.map_or_else(String::new, |room| room.to_string()))
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(RegistrationRow::read).collect()
    }

    /// Counts the confirmed registrations for a room, those left out whose invitation was taken back.
    pub(crate) async fn count_registrations(&self, room: RoomId) -> Result<u64, CatalogError> {
        let failed = |source| CatalogError::while_doing(FIND, source);
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        confirmed(&mut transaction, room).await
    }

    /// Notes that an unconfirmed registration is sent its mail once more, with what was entered now.
    /// Says whether it is: nobody gets more than `most`.
    pub(crate) async fn mail_unconfirmed(
        &self,
        id: RegistrationId,
        most: u64,
        now: Timestamp,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(MAIL, source);
        let mut transaction = self.write_words(&sealed, MAIL).await?;
        let noted = query(
            "UPDATE room_registration SET words = $3, mails = mails + 1, sent_at = $4
             WHERE id = $1 AND tenant = $2 AND state = 'unconfirmed' AND mails < $5",
        )
        .bind(id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(sealed.words)
        .bind(now.as_micros())
        .bind(sql_number(most))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(noted.rows_affected() == 1)
    }

    /// Notes that somebody is sent the way in once more. Says whether they are: nobody gets more than
    /// `most`, nor one after another mail that was sent later than `before`, and nobody does whose
    /// invitation was taken back.
    pub(crate) async fn mail_invited(
        &self,
        id: RegistrationId,
        most: u64,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let noted = query(
            "UPDATE room_registration SET mails = mails + 1, sent_at = $4
             WHERE id = $1 AND state = 'invited' AND mails < $2 AND sent_at <= $3
             AND EXISTS (SELECT 1 FROM room_invitation
                 WHERE room_invitation.id = room_registration.invitation
                 AND room_invitation.withdrawn_at IS NULL)",
        )
        .bind(id.to_string())
        .bind(sql_number(most))
        .bind(before.as_micros())
        .bind(now.as_micros())
        .execute(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(MAIL, source))?;
        Ok(noted.rows_affected() == 1)
    }

    /// Confirms a registration that was asked for after `expired`. Says whether it did: the room may
    /// have no place left.
    pub(crate) async fn confirm_registration(
        &self,
        (room, id): (RoomId, RegistrationId),
        becomes: Becomes<'_>,
        (expired, most): (Timestamp, u64),
        now: Timestamp,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(CONFIRM, source);
        let mut transaction = self.write_words(&sealed, CONFIRM).await?;
        if confirmed(&mut transaction, room).await? >= most {
            return Ok(false);
        }
        let (state, invitation) = match becomes {
            Becomes::Waiting => ("waiting", None),
            Becomes::Invited(invitation, words) => {
                let words = Sealed { words, ..sealed };
                if !room_invitations::insert(&mut transaction, invitation, words).await? {
                    return Ok(false);
                }
                ("invited", Some(invitation.id.to_string()))
            }
        };
        let done = query(
            "UPDATE room_registration SET state = $3, words = $4, confirmed_at = $5, mails = 1,
             sent_at = $5, invitation = $6
             WHERE id = $1 AND tenant = $2 AND state = 'unconfirmed' AND asked_at > $7",
        )
        .bind(id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(state)
        .bind(sealed.words)
        .bind(now.as_micros())
        .bind(invitation)
        .bind(expired.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// Invites somebody who waits. Says whether it did.
    pub(crate) async fn approve_registration(
        &self,
        id: RegistrationId,
        (invitation, words): (&NewRoomInvitation, &[u8]),
        now: Timestamp,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(DECIDE, source);
        let mut transaction = self.write_words(&sealed, DECIDE).await?;
        let words = Sealed { words, ..sealed };
        if !room_invitations::insert(&mut transaction, invitation, words).await? {
            return Ok(false);
        }
        let done = query(
            "UPDATE room_registration SET state = 'invited', words = $3, mails = 1, sent_at = $4,
             invitation = $5 WHERE id = $1 AND tenant = $2 AND state = 'waiting'",
        )
        .bind(id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(sealed.words)
        .bind(now.as_micros())
        .bind(invitation.id.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// Refuses somebody of the tenant who waits. Unless they are still to be told, the row goes at
    /// once. Says whether there was somebody.
    pub(crate) async fn refuse_registration(
        &self,
        tenant: TenantId,
        (room, id): (RoomId, RegistrationId),
        is_told: bool,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let text = match is_told {
            true => {
                "UPDATE room_registration SET state = 'refused', sent_at = $4
                 WHERE id = $1 AND tenant = $2 AND room = $3 AND state = 'waiting'"
            }
            false => {
                "DELETE FROM room_registration
                 WHERE id = $1 AND tenant = $2 AND room = $3 AND state = 'waiting'"
            }
        };
        let refusing = query(text)
            .bind(id.to_string())
            .bind(tenant.to_string())
            .bind(room.to_string());
        let refusing = match is_told {
            true => refusing.bind(now.as_micros()),
            false => refusing,
        };
        let done = refusing
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(DECIDE, source))?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets somebody who was refused and is told by now, or never will be.
    pub(crate) async fn forget_refused(&self, id: RegistrationId) -> Result<(), CatalogError> {
        query("DELETE FROM room_registration WHERE id = $1 AND state = 'refused'")
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(FORGET, source))
    }

    /// Forgets registrations that were asked for up to `expired` and never confirmed, and those that
    /// were refused up to `refused`. Says how many.
    pub(crate) async fn forget_registrations(
        &self,
        expired: Timestamp,
        refused: Timestamp,
    ) -> Result<u64, CatalogError> {
        let gone = query(
            "DELETE FROM room_registration WHERE (state = 'unconfirmed' AND asked_at <= $1)
             OR (state = 'refused' AND sent_at <= $2)",
        )
        .bind(expired.as_micros())
        .bind(refused.as_micros())
        .execute(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FORGET, source))?;
        Ok(gone.rows_affected())
    }
}

async fn unconfirmed(
    transaction: &mut Transaction<'_, Any>,
    room: RoomId,
) -> Result<u64, CatalogError> {
    let text = "SELECT COUNT(*) AS registrations FROM room_registration
         WHERE room = $1 AND state = 'unconfirmed'";
    count(transaction, text, room).await
}

async fn confirmed(
    transaction: &mut Transaction<'_, Any>,
    room: RoomId,
) -> Result<u64, CatalogError> {
    let text = "SELECT COUNT(*) AS registrations FROM room_registration
         LEFT JOIN room_invitation ON room_invitation.id = room_registration.invitation
         WHERE room_registration.room = $1 AND room_registration.state IN ('waiting', 'invited')
         AND room_invitation.withdrawn_at IS NULL";
    count(transaction, text, room).await
}

async fn count(
    transaction: &mut Transaction<'_, Any>,
    text: &'static str,
    room: RoomId,
) -> Result<u64, CatalogError> {
    let row = query(text)
        .bind(room.to_string())
        .fetch_one(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
    number(&row, "registrations")
}

/// Takes away the registrations for a room, with the invitations that came of them.
pub(super) async fn remove_all(
    transaction: &mut Transaction<'_, Any>,
    room: RoomId,
) -> Result<(), sqlx::Error> {
    for text in [
        "DELETE FROM room_invitation WHERE id IN (SELECT invitation FROM room_registration
         WHERE room = $1 AND invitation IS NOT NULL)",
        "DELETE FROM room_registration WHERE room = $1",
    ] {
        query(text)
            .bind(room.to_string())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
