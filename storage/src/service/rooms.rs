//! Rooms: meetings that are planned, go on or are over.
//!
//! A room is found by its code, a secret like that of a link: whoever has it can come to the door. What
//! happens at the door and behind it is not decided here.

use std::fmt;

use scrim_policy::{AccountId, AuditEvent, RoomId, TenantId, Word};
use serde::{Deserialize, Serialize};

use super::{
    Bearer, BearerText, LinkSecret, NewPassword, RoomProtection, RoomRules, passwords::is_password,
    words::Words,
};
use crate::{
    catalog::{NewRoom as NewRow, ROOM, RoomRow, RoomState, RoomWritten},
    digest::Sha256Digest,
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// What people are told about a room, and the code that leads to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomWords {
    /// What it is called.
    pub title: String,
    /// Who records, where something is recorded.
    pub controller: String,
    /// How to reach them, or their data protection officer.
    pub contact: String,
    /// What a recording is for.
    pub purpose: String,
    /// Who may see a recording.
    pub audience: String,
    /// The secret that leads to it, `scr_…`.
    pub code: String,
}

impl fmt::Debug for RoomWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[room]")
    }
}

/// One room.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Whose.
    pub tenant: TenantId,
    /// What people are told about it, and its code.
    pub words: RoomWords,
    /// What holds in it.
    pub rules: RoomRules,
    /// How far it is.
    pub state: RoomState,
    /// Whether guests have to know a password.
    pub has_password: bool,
    /// Who has planned it.
    pub made_by: AccountId,
    /// When.
    pub made_at: Timestamp,
    /// When its meeting is to begin, where that is known.
    pub opens_at: Option<Timestamp>,
    /// When its meeting began.
    pub opened_at: Option<Timestamp>,
    /// When its meeting was over.
    pub ended_at: Option<Timestamp>,
}

impl Room {
    /// Returns which notice people are shown before they are recorded. It is another one as soon as
    /// something else is said to them, so that an answer is always one to what was read.
    pub fn notice(&self) -> String {
        let RoomWords {
            controller,
            contact,
            purpose,
            audience,
            ..
        } = &self.words;
        let rule = match &self.rules.protection {
            RoomProtection::Recorded {
                rule,
                can_refuse,
                days,
                ..
            } => Some((rule, can_refuse, days)),
            RoomProtection::Unrecorded | RoomProtection::EndToEnd => None,
        };
        let said = serde_json::to_vec(&(controller, contact, purpose, audience, rule))
            .expect("what is said are texts, words and numbers");
        let mut digest = Sha256Digest::of(&said).to_string();
        digest.truncate(16);
        digest
    }
}

/// A room as somebody wants it.
pub struct RoomPlan {
    /// What it is called.
    pub title: String,
    /// Who records, where something is recorded.
    pub controller: String,
    /// How to reach them, or their data protection officer.
    pub contact: String,
    /// What a recording is for.
    pub purpose: String,
    /// Who may see a recording.
    pub audience: String,
    /// What holds in it.
    pub rules: RoomRules,
    /// When its meeting is to begin, where that is known.
    pub opens_at: Option<Timestamp>,
    /// What guests have to know.
    pub password: RoomPassword,
}

impl fmt::Debug for RoomPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[plan of a room]")
    }
}

/// What guests of a room have to know.
#[derive(Debug, Default)]
pub enum RoomPassword {
    /// What they had to know before; nothing where the room is new.
    #[default]
    AsBefore,
    /// Nothing.
    Nothing,
    /// This password.
    New(NewPassword),
}

impl RoomPassword {
    fn hash(&self, before: Option<String>) -> Result<Option<String>, VaultError> {
        match self {
            Self::AsBefore => Ok(before),
            Self::Nothing => Ok(None),
            Self::New(password) => password.hash().map(Some),
        }
    }
}

impl RoomPlan {
    fn words(&self, code: &str) -> RoomWords {
        RoomWords {
            title: self.title.clone(),
            controller: self.controller.clone(),
            contact: self.contact.clone(),
            purpose: self.purpose.clone(),
            audience: self.audience.clone(),
            code: code.to_owned(),
        }
    }
}

impl Vault {
    /// Plans a room.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Password`], [`VaultError::Audit`], [`VaultError::Key`]
    /// and [`VaultError::Catalog`].
    pub fn plan_room(
        &self,
        tenant: TenantId,
        made_by: AccountId,
        plan: &RoomPlan,
        now: Timestamp,
    ) -> Result<Room, VaultError> {
        let id = new_id(now).map(RoomId::from_uuid)?;
        let code = BearerText::random(Bearer::Room)?;
        let password = plan.password.hash(None)?;
        let rules = plan.rules.to_json();
        let row = NewRow {
            id,
            digest: code.digest(),
            made_by,
            made_at: now,
            written: RoomWritten {
                password: password.as_deref(),
                rules: &rules,
                opens_at: plan.opens_at,
            },
        };
        let plain = plan.words(code.expose());
        self.audit(changed(id, "planned"), now)?;
        self.with_words(tenant, |words| {
            let sealed = words.seal(ROOM, &id.to_string(), &plain)?;
            Ok(self.wait(self.catalog().add_room(&row, sealed.as_row()))?)
        })?;
        Ok(Room {
            id,
            tenant,
            words: plain,
            rules: plan.rules.clone(),
            state: RoomState::Planned,
            has_password: password.is_some(),
            made_by,
            made_at: now,
            opens_at: plan.opens_at,
            opened_at: None,
            ended_at: None,
        })
    }

    /// Returns rooms of a tenant, newest first, those before a room where one is given.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn rooms(
        &self,
        tenant: TenantId,
        before: Option<RoomId>,
        limit: u32,
    ) -> Result<Vec<Room>, VaultError> {
        let rows = self.wait(self.catalog().rooms(tenant, before, limit))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let words = self.words(tenant)?;
        rows.into_iter().map(|row| open(&words, row)).collect()
    }

    /// Returns a room of a tenant.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn room(&self, tenant: TenantId, id: RoomId) -> Result<Option<Room>, VaultError> {
        let row = self.room_row(tenant, id)?;
        row.map(|row| self.opened_room(row)).transpose()
    }

    /// Returns the room that a code leads to, of whichever tenant, also when it is over.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn room_of(&self, code: &LinkSecret) -> Result<Option<Room>, VaultError> {
        let row = self.wait(self.catalog().room_by_digest(code.digest()))?;
        row.map(|row| self.opened_room(row)).transpose()
    }

    /// Changes a room that was not opened yet. Says whether it did. Its code stays.
    ///
    /// # Errors
    /// [`VaultError::Password`], [`VaultError::Audit`], [`VaultError::Key`] and
    /// [`VaultError::Catalog`].
    pub fn change_room(
        &self,
        tenant: TenantId,
        id: RoomId,
        plan: &RoomPlan,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let row = self.room_row(tenant, id)?;
        let Some(row) = row.filter(|row| row.state == RoomState::Planned) else {
            return Ok(false);
        };
        let place = id.to_string();
        let before: RoomWords = self.words(tenant)?.open(ROOM, &place, &row.words)?;
        let plain = plan.words(&before.code);
        let password = plan.password.hash(row.password)?;
        let rules = plan.rules.to_json();
        let written = RoomWritten {
            password: password.as_deref(),
            rules: &rules,
            opens_at: plan.opens_at,
        };
        self.audit(changed(id, "changed"), now)?;
        self.with_words(tenant, |words| {
            let sealed = words.seal(ROOM, &place, &plain)?;
            let changing = self.catalog().change_room(id, &written, sealed.as_row());
            Ok(self.wait(changing)?)
        })
    }

    /// Notes that the meeting of a room begins. Says whether it had not begun before.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn note_room_opened(&self, id: RoomId, now: Timestamp) -> Result<bool, VaultError> {
        let row = self.wait(self.catalog().room(id))?;
        if row.is_none_or(|row| row.state != RoomState::Planned) {
            return Ok(false);
        }
        self.audit(changed(id, "opened"), now)?;
        Ok(self.wait(self.catalog().open_room(id, now))?)
    }

    /// Notes that the meeting of a room is over. Says whether it went on.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn note_room_ended(&self, id: RoomId, now: Timestamp) -> Result<bool, VaultError> {
        let row = self.wait(self.catalog().room(id))?;
        if row.is_none_or(|row| row.state != RoomState::Open) {
            return Ok(false);
        }
        self.audit(changed(id, "ended"), now)?;
        Ok(self.wait(self.catalog().end_room(id, now))?)
    }

    /// Takes a room away with its invitations, unless its meeting goes on. Says whether it did.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn remove_room(
        &self,
        tenant: TenantId,
        id: RoomId,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        let row = self.room_row(tenant, id)?;
        if row.is_none_or(|row| row.state == RoomState::Open) {
            return Ok(false);
        }
        self.audit(changed(id, "removed"), now)?;
        Ok(self.wait(self.catalog().remove_room(tenant, id))?)
    }

    /// Says whether a text is the password of a room. It takes as long where it has none.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn check_room_password(&self, id: RoomId, text: &str) -> Result<bool, VaultError> {
        let row = self.wait(self.catalog().room(id))?;
        let kept = row.as_ref().and_then(|row| row.password.as_deref());
        Ok(is_password(kept, text))
    }

    pub(super) fn room_row(
        &self,
        tenant: TenantId,
        id: RoomId,
    ) -> Result<Option<RoomRow>, VaultError> {
        let row = self.wait(self.catalog().room(id))?;
        Ok(row.filter(|row| row.tenant == tenant))
    }

    pub(super) fn opened_room(&self, row: RoomRow) -> Result<Room, VaultError> {
        open(&self.words(row.tenant)?, row)
    }
}

fn open(words: &Words, row: RoomRow) -> Result<Room, VaultError> {
    Ok(Room {
        words: words.open(ROOM, &row.id.to_string(), &row.words)?,
        rules: RoomRules::from_json(&row.rules)?,
        id: row.id,
        tenant: row.tenant,
        state: row.state,
        has_password: row.password.is_some(),
        made_by: row.made_by,
        made_at: row.made_at,
        opens_at: row.opens_at,
        opened_at: row.opened_at,
        ended_at: row.ended_at,
    })
}

fn changed(room: RoomId, change: &str) -> AuditEvent {
    let change = Word::new(change);
    AuditEvent::RoomChanged { room, change }
}
