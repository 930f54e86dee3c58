//! Invitations to rooms. Whoever has one need not say who they are.

use scrim_policy::{AuditEvent, InvitationId, Pii, RoomId, TenantId};
use serde::{Deserialize, Serialize};

use super::{
    Bearer, BearerText, InvitedSeat, LinkSecret, Room, RoomState,
    words::{SealedWords, Words},
};
use crate::{
    catalog::{NewRoomInvitation, ROOM_INVITATION, RoomInvitationRow},
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// Somebody who is to be invited.
#[derive(Clone, Debug)]
pub struct Invitee {
    /// Name.
    pub name: Pii<String>,
    /// E-mail address, where it is known.
    pub email: Option<Pii<String>>,
    /// What the person is to do.
    pub seat: InvitedSeat,
}

/// One invitation, without its secret.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The room.
    pub room: RoomId,
    /// The name of whoever is invited.
    pub name: Pii<String>,
    /// The e-mail address, where it is known.
    pub email: Option<Pii<String>>,
    /// What the person is to do.
    pub seat: InvitedSeat,
    /// Since when the person is invited.
    pub invited_at: Timestamp,
    /// Since when not any more.
    pub withdrawn_at: Option<Timestamp>,
}

impl Invitation {
    /// Says whether it was taken back.
    pub const fn is_withdrawn(&self) -> bool {
        self.withdrawn_at.is_some()
    }
}

#[derive(Serialize, Deserialize)]
struct Plain {
    name: String,
    email: Option<String>,
}

/// An invitation on its way into the catalog.
pub(super) struct Inviting {
    pub(super) row: NewRoomInvitation,
    pub(super) secret: BearerText,
    plain: Plain,
}

impl Inviting {
    pub(super) fn new(room: RoomId, invitee: &Invitee, now: Timestamp) -> Result<Self, VaultError> {
        let secret = BearerText::random(Bearer::Invitation)?;
        Ok(Self {
            row: NewRoomInvitation {
                id: new_id(now).map(InvitationId::from_uuid)?,
                room,
                digest: secret.digest(),
                seat: invitee.seat,
                invited_at: now,
            },
            secret,
            plain: Plain {
                name: invitee.name.reveal().clone(),
                email: invitee.email.as_ref().map(|email| email.reveal().clone()),
            },
        })
    }

    /// What the audit log is told before it is in the catalog.
    pub(super) fn event(&self) -> AuditEvent {
        AuditEvent::RoomInvited {
            room: self.row.room,
            invitation: self.row.id,
        }
    }

    pub(super) fn seal(&self, words: &Words) -> Result<SealedWords, VaultError> {
        words.seal(ROOM_INVITATION, &self.row.id.to_string(), &self.plain)
    }
}

impl Vault {
    /// Invites somebody to a room of the tenant, and returns the secret, which nobody sees again.
    /// Nothing where there is no such room, or its meeting is over.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Audit`], [`VaultError::Key`] and
    /// [`VaultError::Catalog`].
    pub fn invite_to_room(
        &self,
        tenant: TenantId,
        room: RoomId,
        invitee: &Invitee,
        now: Timestamp,
    ) -> Result<Option<(Invitation, LinkSecret)>, VaultError> {
        let found = self.room_row(tenant, room)?;
        if found.is_none_or(|row| row.state == RoomState::Ended) {
            return Ok(None);
        }
        let inviting = Inviting::new(room, invitee, now)?;
        self.audit(inviting.event(), now)?;
        let added = self.with_words(tenant, |words| {
            let sealed = inviting.seal(words)?;
            let adding = self
                .catalog()
                .add_room_invitation(&inviting.row, sealed.as_row());
            Ok(self.wait(adding)?)
        })?;
        let invitation = Invitation {
            id: inviting.row.id,
            room,
            name: invitee.name.clone(),
            email: invitee.email.clone(),
            seat: invitee.seat,
            invited_at: now,
            withdrawn_at: None,
        };
        Ok(added.then_some((invitation, inviting.secret)))
    }

    /// Returns the invitations to a room of a tenant, oldest first, also those that were taken back.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn room_invitations(
        &self,
        tenant: TenantId,
        room: RoomId,
    ) -> Result<Vec<Invitation>, VaultError> {
        let rows = self.wait(self.catalog().room_invitations(tenant, room))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let words = self.words(tenant)?;
        rows.into_iter().map(|row| open(&words, row)).collect()
    }

    /// Returns the invitation with a secret and its room, of whichever tenant, also when it was taken
    /// back or the meeting is over.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn room_invitation(
        &self,
        secret: &LinkSecret,
    ) -> Result<Option<(Invitation, Room)>, VaultError> {
        let digest = secret.digest();
        let Some(row) = self.wait(self.catalog().room_invitation_by_digest(digest))? else {
            return Ok(None);
        };
        let Some(room) = self.room(row.tenant, row.room)? else {
            return Ok(None);
        };
        let invitation = open(&self.words(row.tenant)?, row)?;
        Ok(Some((invitation, room)))
    }

    /// Takes an invitation to a room of the tenant back. Says whether there was one to take back.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn withdraw_invitation(
        &self,
        tenant: TenantId,
        room: RoomId,
        invitation: InvitationId,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let place = (room, invitation);
        let withdrawing = self.catalog().withdraw_room_invitation(tenant, place, now);
        let withdrawn = self.wait(withdrawing)?;
        if withdrawn {
            self.audit(AuditEvent::RoomUninvited { room, invitation }, now)?;
        }
        Ok(withdrawn)
    }
}

pub(super) fn open(words: &Words, row: RoomInvitationRow) -> Result<Invitation, VaultError> {
    let Plain { name, email } = words.open(ROOM_INVITATION, &row.id.to_string(), &row.words)?;
    Ok(Invitation {
        id: row.id,
        room: row.room,
        name: Pii::new(name),
        email: email.map(Pii::new),
        seat: row.seat,
        invited_at: row.invited_at,
        withdrawn_at: row.withdrawn_at,
    })
}
