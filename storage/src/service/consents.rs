//! What people say to the notices of rooms, and their personal links to it.
//!
//! A personal link leads whoever has it to what one person has said in one room: to see it, to have
//! a receipt of it, and to take it back, as long as anything is left of the meeting.
//!
//! > **A personal link is kept nowhere.** It is made from the room and the person under the
//! > keyring, each time that somebody is to be told it. The catalog has its digest.

use scrim_policy::{
    AuditEvent, ConsentId, ConsentPurpose, ParticipantId, RecordingId, RoomId, TenantId, Word,
};

use super::{
    Bearer, BearerText, LinkSecret, RoomState,
    said::{NoticeShown, Said},
    words::Words,
};
use crate::{
    catalog::{CONSENT, CatalogError, ConsentRow, NewConsent, RecordingRow, Refusal, TakenBack},
    digest::KeyedDigest,
    proof::Envelope,
    receipt::Receipt,
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// How often something is kept again that somebody else has changed meanwhile.
const TRIES: u32 = 8;

const KEEP: &str = "keep what somebody has said in a room";

/// Who answers in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Respondent {
    /// Somebody whom the room knows, by a number that means nothing outside of it. On all pages and
    /// with an encoder, it is the same person.
    Known(u128),
    /// A guest of whom it is not known who else they were here, who is as many people as participants.
    Guest(ParticipantId),
}

/// What one person has said in one room.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Its id. It says nothing about who that is.
    pub id: ConsentId,
    /// Whose room.
    pub tenant: TenantId,
    /// The room. It may be gone.
    pub room: RoomId,
    /// What the person was told and has said.
    pub said: Said,
    /// How often it has changed, from 1.
    pub revision: u64,
    /// When the person said something for the first time.
    pub made_at: Timestamp,
    /// When for the last time.
    pub changed_at: Timestamp,
}

impl Consent {
    /// Returns the number of the receipt of it. It is another one with every answer.
    pub fn receipt_id(&self) -> String {
        format!("{}-{}", self.id, self.revision)
    }
}

/// Something that a participant was shown or has answered.
#[derive(Clone, Debug)]
pub struct Heard<'a> {
    /// In which room, of which tenant.
    pub room: (TenantId, RoomId),
    /// What the meeting is called.
    pub title: &'a str,
    /// Who.
    pub respondent: Respondent,
    /// Who that is among the participants.
    pub participant: ParticipantId,
    /// What was shown; nothing where an encoder sends for somebody who was shown it elsewhere.
    pub notice: Option<&'a NoticeShown>,
    /// What was answered; nothing where the notice was only shown.
    pub answer: Option<(ConsentPurpose, bool)>,
}

/// What there is of a meeting.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// What was recorded, as long as it is kept.
    pub sessions: Vec<RecordingRow>,
    /// What was made from it.
    pub recordings: Vec<RecordingRow>,
}

/// Whether a meeting goes on while something is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// It does: the room itself is told, and stops recording.
    GoesOn,
    /// It is over, or never was: what is kept of it is withdrawn.
    IsOver,
}

impl Vault {
    /// Returns the personal link of somebody in a room, whether anything was said or not.
    pub fn personal_link(&self, room: RoomId, respondent: Respondent) -> LinkSecret {
        let person = self.person_digest(room, respondent);
        let digest = self
            .keyring()
            .keyed_digest("scrim/personal-link/v1", &[person.as_bytes()]);
        BearerText::of_digest(Bearer::Personal, &digest)
    }

    /// Nobody learns from it who was in two rooms.
    fn person_digest(&self, room: RoomId, respondent: Respondent) -> KeyedDigest {
        let (kind, number) = match respondent {
            Respondent::Known(identity) => (b"known".as_slice(), identity),
            Respondent::Guest(participant) => {
                (b"guest".as_slice(), participant.as_uuid().as_u128())
            }
        };
        let parts = [
            room.as_uuid().as_bytes().as_slice(),
            kind,
            &number.to_be_bytes(),
        ];
        self.keyring().keyed_digest("scrim/consent/v1", &parts)
    }

    /// Keeps what a participant was shown or has answered. What is known already changes nothing.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn hear(&self, heard: &Heard<'_>, now: Timestamp) -> Result<(), VaultError> {
        let (tenant, room) = heard.room;
        let person = self.person_digest(room, heard.respondent);
        for _ in 0..TRIES {
            let before = self.wait(self.catalog().consent_of_person(room, person))?;
            let before = before.map(|row| self.opened_consent(row)).transpose()?;
            let mut said = match (&before, heard.notice) {
                (Some(consent), _) => consent.said.clone(),
                (None, Some(notice)) => Said::new(heard.title, notice.clone()),
                (None, None) => return Ok(()),
            };
            let is_new = said.hear(heard.participant, heard.notice, heard.answer, now);
            let is_kept = match &before {
                Some(_) if !is_new => true,
                Some(before) => self.change(before, &said, now)?,
                None => {
                    let consent = NewConsent {
                        id: new_id(now).map(ConsentId::from_uuid)?,
                        room,
                        person,
                        digest: self.personal_link(room, heard.respondent).digest(),
                        made_at: now,
                    };
                    self.with_words(tenant, |words| {
                        let sealed = words.seal(CONSENT, &consent.id.to_string(), &said)?;
                        let adding = self.catalog().add_consent(&consent, sealed.as_row());
                        Ok(self.wait(adding)?)
                    })?
                }
            };
            if is_kept {
                return Ok(());
            }
        }
        Err(CatalogError::Busy { doing: KEEP }.into())
    }

    fn change(&self, before: &Consent, said: &Said, now: Timestamp) -> Result<bool, VaultError> {
        self.with_words(before.tenant, |words| {
            let sealed = words.seal(CONSENT, &before.id.to_string(), said)?;
            let based_on = before.revision;
            let changing = self
                .catalog()
                .change_consent(before.id, based_on, sealed.as_row(), now);
            Ok(self.wait(changing)?)
        })
    }

    /// Returns what a personal link leads to.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn consent(&self, link: &LinkSecret) -> Result<Option<Consent>, VaultError> {
        let row = self.wait(self.catalog().consent_by_digest(link.digest()))?;
        row.map(|row| self.opened_consent(row)).transpose()
    }

    /// Returns what somebody has said in a room.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn consent_of(
        &self,
        room: RoomId,
        respondent: Respondent,
    ) -> Result<Option<Consent>, VaultError> {
        let person = self.person_digest(room, respondent);
        let row = self.wait(self.catalog().consent_of_person(room, person))?;
        row.map(|row| self.opened_consent(row)).transpose()
    }

    fn opened_consent(&self, row: ConsentRow) -> Result<Consent, VaultError> {
        open(&self.words(row.tenant)?, row)
    }

    /// Returns what there is of a meeting.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn recorded(&self, tenant: TenantId, room: RoomId) -> Result<Recorded, VaultError> {
        let mut recorded = Recorded::default();
        for row in self.wait(self.catalog().recorded_of_room(tenant, room))? {
            match row.state {
                crate::RecordingState::Original => recorded.sessions.push(row),
                _ => recorded.recordings.push(row),
            }
        }
        Ok(recorded)
    }

    /// Whether nothing is left of the meeting that somebody has said something in, and nothing will
    /// come.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn is_over_and_gone(&self, consent: &Consent) -> Result<bool, VaultError> {
        let room = self.wait(self.catalog().room(consent.room))?;
        if room.is_some_and(|room| room.state != RoomState::Ended) {
            return Ok(false);
        }
        let Recorded {
            sessions,
            recordings,
        } = self.recorded(consent.tenant, consent.room)?;
        Ok(sessions.is_empty() && recordings.is_empty())
    }

    /// Takes back what somebody could be recorded for. After the meeting, whatever was made of it
    /// is withdrawn in the same transaction, and what was recorded of the person for it is to be
    /// destroyed, see
    /// [`Vault::erase_refused`]. Returns what was withdrawn. What was taken back before changes nothing.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`]. Nothing has changed then.
    pub fn take_back(
        &self,
        consent: &Consent,
        purposes: &[ConsentPurpose],
        meeting: Meeting,
        now: Timestamp,
    ) -> Result<Vec<RecordingId>, VaultError> {
        let words: Vec<_> = purposes.iter().map(|purpose| purpose.as_str()).collect();
        let event = AuditEvent::ConsentWithdrawn {
            consent: consent.id,
            purposes: Word::new(words.join("+")),
        };
        let mut current = consent.clone();
        for _ in 0..TRIES {
            let mut said = current.said.clone();
            said.take_back(purposes, now);
            let sources = match meeting {
                Meeting::GoesOn => Vec::new(),
                Meeting::IsOver => self.wait(self.catalog().sources_of_room(current.room))?,
            };
            let taken = TakenBack {
                consent: current.id,
                based_on: current.revision,
                sources: &sources,
                participants: &said.participants,
                purposes,
                event: event.clone(),
            };
            let done = self.with_words(current.tenant, |words| {
                let sealed = words.seal(CONSENT, &current.id.to_string(), &said)?;
                let taking = self
                    .catalog()
                    .take_back(self.author(), &taken, sealed.as_row(), now);
                Ok(self.wait(taking)?)
            })?;
            if let Some(withdrawn) = done {
                return Ok(withdrawn);
            }
            let rows = self.wait(
                self.catalog()
                    .consents_of_room(current.tenant, current.room),
            )?;
            let same = rows.into_iter().find(|row| row.id == current.id);
            match same {
                Some(row) => current = self.opened_consent(row)?,
                // It went with everything else.
                None => return Ok(Vec::new()),
            }
        }
        Err(CatalogError::Busy { doing: KEEP }.into())
    }

    /// Refuses for people what they have said no to in a meeting that is over, where something of
    /// them is kept for it all the same: a machine that stops may lose what a room was told a
    /// moment before, and a room that runs again knows nothing of what was recorded before. Returns
    /// what was withdrawn.
    ///
    /// # Errors
    /// Those of [`Vault::take_back`].
    pub fn settle(
        &self,
        tenant: TenantId,
        room: RoomId,
        now: Timestamp,
    ) -> Result<Vec<RecordingId>, VaultError> {
        let layers = self.wait(self.catalog().layers_of_room(room))?;
        let mut withdrawn = Vec::new();
        for row in self.wait(self.catalog().consents_of_room(tenant, room))? {
            let consent = self.opened_consent(row)?;
            let said = &consent.said;
            let is_kept = |purpose: &ConsentPurpose| {
                let is_own = |(who, what): &(ParticipantId, ConsentPurpose)| {
                    what == purpose && said.participants.contains(who)
                };
                said.answer_to(*purpose).is_some()
                    && !said.is_allowed(*purpose)
                    && layers.iter().any(is_own)
            };
            let all = ConsentPurpose::ALL.into_iter();
            let purposes: Vec<ConsentPurpose> = all.filter(is_kept).collect();
            if !purposes.is_empty() {
                let taken = self.take_back(&consent, &purposes, Meeting::IsOver, now)?;
                withdrawn.extend(taken);
            }
        }
        Ok(withdrawn)
    }

    /// Returns what participants of a session have refused, after the meeting or by their personal
    /// links. Whoever opens a session that is kept takes them for what was said last in it.
    ///
    /// # Errors
    /// [`VaultError::NotAnOriginal`] for anything but a session that is kept, [`VaultError::Key`] and
    /// [`VaultError::Catalog`].
    pub fn refusals(&self, session: RecordingId) -> Result<Vec<Refusal>, VaultError> {
        let row = self.recording(session)?;
        let row = row.filter(|row| row.state == crate::RecordingState::Original);
        let row = row.ok_or(VaultError::NotAnOriginal { recording: session })?;
        let (tenant, source) = (row.tenant, row.source_sha256);
        let mut refusals = self.wait(self.catalog().refusals(tenant, source))?;
        // A machine that stops may lose what a room was told a moment before. What is kept here is
        // not lost.
        for room in self.wait(self.catalog().rooms_of_source(tenant, source))? {
            for row in self.wait(self.catalog().consents_of_room(tenant, room))? {
                let said = self.opened_consent(row)?.said;
                for answer in said.taken_back() {
                    for participant in &said.participants {
                        let refusal = Refusal {
                            participant: *participant,
                            purpose: answer.purpose,
                            refused_at: Timestamp::from_micros(answer.at_us),
                        };
                        let is_same = |one: &Refusal| {
                            one.participant == refusal.participant && one.purpose == refusal.purpose
                        };
                        if !refusals.iter().any(is_same) {
                            refusals.push(refusal);
                        }
                    }
                }
            }
        }
        Ok(refusals)
    }

    /// Returns a signed receipt of what somebody has said. It is the same one until the person says
    /// something else.
    pub fn receipt(&self, consent: &Consent) -> Envelope {
        let place = self.objects().bucket().is_some();
        self.keyring().sign_receipt(&Receipt::of(consent, place))
    }

    /// Forgets what people have said of whose meeting nothing is left.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn forget_consents(&self, tenant: TenantId) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().forget_consents(tenant))?)
    }
}

fn open(words: &Words, row: ConsentRow) -> Result<Consent, VaultError> {
    let said: Said = words.open(CONSENT, &row.id.to_string(), &row.words)?;
    if !said.is_whole() {
        return Err(CatalogError::Unreadable { column: "words" }.into());
    }
    Ok(Consent {
        id: row.id,
        tenant: row.tenant,
        room: row.room,
        said,
        revision: row.revision,
        made_at: row.made_at,
        changed_at: row.changed_at,
    })
}
