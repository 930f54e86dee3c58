//! Registrations for rooms: whoever wants to come says so, and shows that the address is theirs.
//!
//! Whoever asks is told nothing here about what is known of an address: a caller that answers people
//! gives each the same answer, and leaves the rest to a mail.

use std::time::Duration;

use scrim_policy::{
    AuditEvent, InvitationId, Pii, RegistrationId, RoomId, SubjectText, TenantId, Word,
};
use serde::{Deserialize, Serialize};

use super::{
    Bearer, BearerText, InvitedSeat, Invitee, LinkSecret, RegistrationState, Room,
    RoomRegistration, RoomState, invitations::Inviting, words::Words,
};
use crate::{
    catalog::{Becomes, NewRegistration, ROOM_REGISTRATION, RegistrationLimits, RegistrationRow},
    digest::KeyedDigest,
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// For how many days a registration can be confirmed. Then it is forgotten.
const CONFIRM_DAYS: u32 = 1;

/// Unconfirmed registrations of one room. Each may be an address that somebody made up.
const MOST_UNCONFIRMED: u64 = 1000;

/// Mails to an address that nobody has confirmed: it may be the address of somebody who wants none.
const MOST_CONFIRM_MAILS: u64 = 3;

/// Mails with the way in, and how long after one there is the next.
const MOST_WAY_IN_MAILS: u64 = 10;
const WAY_IN_AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);

/// For how many days a refused registration waits for its mail, which is given up before.
const REFUSED_DAYS: u32 = 4;

/// Somebody who wants to come.
#[derive(Clone, Debug)]
pub struct Registrant {
    /// Name.
    pub name: Pii<String>,
    /// E-mail address.
    pub email: Pii<String>,
    /// The language of the mails, such as `de`.
    pub language: String,
}

/// One registration.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// Whose room it is for.
    pub tenant: TenantId,
    /// The room.
    pub room: RoomId,
    /// Who wants to come.
    pub who: Registrant,
    /// How far it is.
    pub state: RegistrationState,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// The invitation that came of it.
    pub invitation: Option<InvitationId>,
    /// What its next mail has to hold: what confirms it, or the personal way in.
    pub secret: Option<LinkSecret>,
}

/// A mail to somebody who has registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMail {
    /// Whether it was them.
    Confirm,
    /// How they come in.
    WayIn,
    /// That they cannot.
    Refused,
}

/// What came of confirming a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// There is an invitation now, and a mail with the way in is due.
    Invited(RegistrationId),
    /// Somebody has to decide.
    Waiting,
    /// It was confirmed before, and is so far.
    Before(RegistrationState),
    /// There is no place left.
    Full,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    name: String,
    email: String,
    language: String,
    secret: Option<String>,
}

impl Plain {
    fn new(who: &Registrant, secret: Option<&BearerText>) -> Self {
        Self {
            name: who.name.reveal().clone(),
            email: who.email.reveal().clone(),
            language: who.language.clone(),
            secret: secret.map(|secret| secret.expose().to_owned()),
        }
    }
}

impl Registrant {
    fn invitee(&self) -> Invitee {
        Invitee {
            name: self.name.clone(),
            email: Some(self.email.clone()),
            seat: InvitedSeat::Attendee,
        }
    }
}

impl Vault {
    /// Takes a registration for a room, and returns which mail is due, if any. Whoever is known
    /// already is not taken twice: they get the mail once more that they wait for, a few times and
    /// not at once.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn register(
        &self,
        room: &Room,
        who: &Registrant,
        now: Timestamp,
    ) -> Result<Option<(RegistrationId, RegistrationMail)>, VaultError> {
        if !room.rules.takes_registrations() || room.state == RoomState::Ended {
            return Ok(None);
        }
        let Some(address) = SubjectText::of_email(who.email.reveal()) else {
            return Ok(None);
        };
        let parts: [&[u8]; 2] = [room.id.as_uuid().as_bytes(), address.reveal().as_bytes()];
        let person = self.keyring().keyed_digest("scrim/registration/v1", &parts);
        let expired = now.minus_days(CONFIRM_DAYS);
        let found = self.wait(self.catalog().registration_of(room.id, person))?;
        match found.map(|row| (row.state, row)) {
            Some((RegistrationState::Unconfirmed, row)) if row.asked_at > expired => {
                self.ask_again(&row, who, now)
            }
            None | Some((RegistrationState::Unconfirmed, _)) => {
                self.ask_first(room, who, (person, expired), now)
            }
            Some((RegistrationState::Invited, row)) => {
                let before = now.as_micros() - WAY_IN_AGAIN_AFTER.as_micros() as i64;
                let before = Timestamp::from_micros(before);
                let most = MOST_WAY_IN_MAILS;
                let noting = self.catalog().mail_invited(row.id, most, before, now);
                let is_due = self.wait(noting)?;
                Ok(is_due.then_some((row.id, RegistrationMail::WayIn)))
            }
            // There is nothing to say yet, or not any more.
            Some((RegistrationState::Waiting | RegistrationState::Refused, _)) => Ok(None),
        }
    }

    fn ask_first(
        &self,
        room: &Room,
        who: &Registrant,
        (person, expired): (KeyedDigest, Timestamp),
        now: Timestamp,
    ) -> Result<Option<(RegistrationId, RegistrationMail)>, VaultError> {
        let id = new_id(now).map(RegistrationId::from_uuid)?;
        let secret = BearerText::random(Bearer::Registration)?;
        let new = NewRegistration {
            id,
            room: room.id,
            person,
            digest: secret.digest(),
            asked_at: now,
        };
        let limits = RegistrationLimits {
            unconfirmed: MOST_UNCONFIRMED,
            confirmed: room.rules.registrations().into(),
        };
        let plain = Plain::new(who, Some(&secret));
        let added = self.with_words(room.tenant, |words| {
            let sealed = words.seal(ROOM_REGISTRATION, &id.to_string(), &plain)?;
            let adding = self
                .catalog()
                .add_registration(&new, expired, limits, sealed.as_row());
            Ok(self.wait(adding)?)
        })?;
        Ok(added.then_some((id, RegistrationMail::Confirm)))
    }

    /// What was entered last is what can be confirmed; the secret stays.
    fn ask_again(
        &self,
        row: &RegistrationRow,
        who: &Registrant,
        now: Timestamp,
    ) -> Result<Option<(RegistrationId, RegistrationMail)>, VaultError> {
        let place = row.id.to_string();
        let before: Plain = self
            .words(row.tenant)?
            .open(ROOM_REGISTRATION, &place, &row.words)?;
        let plain = Plain {
            secret: before.secret,
            ..Plain::new(who, None)
        };
        let is_due = self.with_words(row.tenant, |words| {
            let sealed = words.seal(ROOM_REGISTRATION, &place, &plain)?;
            let most = MOST_CONFIRM_MAILS;
            let noting = self
                .catalog()
                .mail_unconfirmed(row.id, most, now, sealed.as_row());
            Ok(self.wait(noting)?)
        })?;
        Ok(is_due.then_some((row.id, RegistrationMail::Confirm)))
    }

    /// Returns the registration that a secret confirms or has confirmed, and its room. Nothing where
    /// it is too late, or somebody has refused it.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn registration_to_confirm(
        &self,
        secret: &LinkSecret,
        now: Timestamp,
    ) -> Result<Option<(Registration, Room)>, VaultError> {
        let digest = secret.digest();
        let Some(row) = self.wait(self.catalog().registration_by_digest(digest))? else {
            return Ok(None);
        };
        let is_over = match row.state {
            RegistrationState::Unconfirmed => row.asked_at <= now.minus_days(CONFIRM_DAYS),
            RegistrationState::Refused => true,
            RegistrationState::Waiting | RegistrationState::Invited => false,
        };
        if is_over {
            return Ok(None);
        }
        let Some(room) = self.room(row.tenant, row.room)? else {
            return Ok(None);
        };
        let registration = open(&self.words(row.tenant)?, row)?;
        Ok(Some((registration, room)))
    }

    /// Confirms a registration, under the name that somebody goes by from now on. As the room wants
    /// it, the person is invited or waits. Nothing where there is none that could be confirmed.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Audit`], [`VaultError::Key`] and
    /// [`VaultError::Catalog`].
    pub fn confirm_registration(
        &self,
        secret: &LinkSecret,
        name: &Pii<String>,
        now: Timestamp,
    ) -> Result<Option<Confirmed>, VaultError> {
        let Some((found, room)) = self.registration_to_confirm(secret, now)? else {
            return Ok(None);
        };
        if found.state != RegistrationState::Unconfirmed {
            return Ok(Some(Confirmed::Before(found.state)));
        }
        if !room.rules.takes_registrations() || room.state == RoomState::Ended {
            return Ok(None);
        }
        let most = u64::from(room.rules.registrations());
        if self.count_registrations(room.id)? >= most {
            return Ok(Some(Confirmed::Full));
        }
        let who = Registrant {
            name: name.clone(),
            ..found.who
        };
        self.account_for_registration(room.id, found.id, "confirmed", now)?;
        let inviting = match room.rules.registration {
            RoomRegistration::Open => Some(Inviting::new(room.id, &who.invitee(), now)?),
            RoomRegistration::Approved | RoomRegistration::Closed => None,
        };
        if let Some(inviting) = &inviting {
            self.audit(inviting.event(), now)?;
        }
        let plain = Plain::new(&who, inviting.as_ref().map(|inviting| &inviting.secret));
        let expired = now.minus_days(CONFIRM_DAYS);
        let is_done = self.with_words(found.tenant, |words| {
            let sealed = words.seal(ROOM_REGISTRATION, &found.id.to_string(), &plain)?;
            let invitation = match &inviting {
                Some(inviting) => Some((&inviting.row, inviting.seal(words)?)),
                None => None,
            };
            let becomes = match &invitation {
                Some((row, sealed)) => Becomes::Invited(row, sealed.as_row().words),
                None => Becomes::Waiting,
            };
            let place = (room.id, found.id);
            let ends = (expired, most);
            let confirming =
                self.catalog()
                    .confirm_registration(place, becomes, ends, now, sealed.as_row());
            Ok(self.wait(confirming)?)
        })?;
        if is_done {
            return Ok(Some(match inviting {
                Some(_) => Confirmed::Invited(found.id),
                None => Confirmed::Waiting,
            }));
        }
        // Somebody was faster: the same person on another page, or all others.
        let now_so = self.registration_to_confirm(secret, now)?;
        Ok(now_so.map(|(found, _)| match found.state {
            RegistrationState::Unconfirmed => Confirmed::Full,
            state => Confirmed::Before(state),
        }))
    }

    /// Counts the confirmed registrations for a room, those left out whose invitation was taken back.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn count_registrations(&self, room: RoomId) -> Result<u64, VaultError> {
        Ok(self.wait(self.catalog().count_registrations(room))?)
    }

    /// Returns the confirmed registrations for a room of a tenant, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn registrations(
        &self,
        tenant: TenantId,
        room: RoomId,
    ) -> Result<Vec<Registration>, VaultError> {
        let mut rows = self.wait(self.catalog().registrations(tenant, Some(room)))?;
        rows.retain(|row| {
            let shown = [RegistrationState::Waiting, RegistrationState::Invited];
            shown.contains(&row.state)
        });
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let words = self.words(tenant)?;
        rows.into_iter().map(|row| open(&words, row)).collect()
    }

    /// Returns a registration of a tenant, in whichever state.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn registration(
        &self,
        tenant: TenantId,
        id: RegistrationId,
    ) -> Result<Option<Registration>, VaultError> {
        let row = self.wait(self.catalog().registration(id))?;
        let Some(row) = row.filter(|row| row.tenant == tenant) else {
            return Ok(None);
        };
        open(&self.words(tenant)?, row).map(Some)
    }

    /// Invites somebody who waits. Says whether there was somebody; a mail with the way in is due
    /// then.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Audit`], [`VaultError::Key`] and
    /// [`VaultError::Catalog`].
    pub fn approve_registration(
        &self,
        tenant: TenantId,
        (room, id): (RoomId, RegistrationId),
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let Some(found) = self.waiting(tenant, room, id)? else {
            return Ok(false);
        };
        let inviting = Inviting::new(room, &found.who.invitee(), now)?;
        self.account_for_registration(room, id, "approved", now)?;
        self.audit(inviting.event(), now)?;
        let plain = Plain::new(&found.who, Some(&inviting.secret));
        self.with_words(tenant, |words| {
            let sealed = words.seal(ROOM_REGISTRATION, &id.to_string(), &plain)?;
            let invitation = inviting.seal(words)?;
            let invitation = (&inviting.row, invitation.as_row().words);
            let approving =
                self.catalog()
                    .approve_registration(id, invitation, now, sealed.as_row());
            Ok(self.wait(approving)?)
        })
    }

    /// Refuses somebody who waits, whose words are destroyed: at once, or where the person `is_told`
    /// with [`Vault::forget_refused`] after the mail. Says whether there was somebody.
    ///
    /// # Errors
    /// [`VaultError::Audit`], [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn refuse_registration(
        &self,
        tenant: TenantId,
        (room, id): (RoomId, RegistrationId),
        is_told: bool,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        if self.waiting(tenant, room, id)?.is_none() {
            return Ok(false);
        }
        self.account_for_registration(room, id, "refused", now)?;
        let refusing = self
            .catalog()
            .refuse_registration(tenant, (room, id), is_told, now);
        Ok(self.wait(refusing)?)
    }

    /// Destroys the words of somebody who was refused, once they are told or never will be.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn forget_refused(&self, id: RegistrationId) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().forget_refused(id))?)
    }

    /// Forgets registrations that nobody has confirmed in time, and refused ones that no mail will
    /// leave for any more. Says how many.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn forget_registrations(&self, now: Timestamp) -> Result<u64, VaultError> {
        let (expired, refused) = (now.minus_days(CONFIRM_DAYS), now.minus_days(REFUSED_DAYS));
        Ok(self.wait(self.catalog().forget_registrations(expired, refused))?)
    }

    fn waiting(
        &self,
        tenant: TenantId,
        room: RoomId,
        id: RegistrationId,
    ) -> Result<Option<Registration>, VaultError> {
        let found = self.registration(tenant, id)?;
        Ok(found.filter(|one| one.room == room && one.state == RegistrationState::Waiting))
    }

    fn account_for_registration(
        &self,
        room: RoomId,
        registration: RegistrationId,
        change: &str,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let event = AuditEvent::RoomRegistration {
            room,
            registration,
            change: Word::new(change),
        };
        self.audit(event, now).map(drop)
    }
}

pub(super) fn open(words: &Words, row: RegistrationRow) -> Result<Registration, VaultError> {
    let plain: Plain = words.open(ROOM_REGISTRATION, &row.id.to_string(), &row.words)?;
    let bearer = match row.state {
        RegistrationState::Invited => Bearer::Invitation,
        _ => Bearer::Registration,
    };
    let secret = plain.secret.as_deref();
    Ok(Registration {
        id: row.id,
        tenant: row.tenant,
        room: row.room,
        who: Registrant {
            name: Pii::new(plain.name),
            email: Pii::new(plain.email),
            language: plain.language,
        },
        state: row.state,
        asked_at: row.asked_at,
        confirmed_at: row.confirmed_at,
        invitation: row.invitation,
        secret: secret.and_then(|secret| BearerText::parse(bearer, secret)),
    })
}
