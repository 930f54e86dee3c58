//! What one person was told about recording, and said to it.

use std::fmt;

use scrim_policy::{ConsentPurpose, ConsentRule, ConsentState, ParticipantId};
use serde::{Deserialize, Serialize};

use crate::{digest::Sha256Digest, timestamp::Timestamp};

/// The most answers that are kept of one person. Nobody changes their mind more often than that;
/// the oldest ones go.
const MOST_ANSWERS: usize = 200;

/// The most notices that are kept of one person: languages, and what is said in them.
const MOST_NOTICES: usize = 20;

/// What one person was told and has said in a room.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// What the meeting is called.
    pub title: String,
    /// Who the person was among the participants, from the first time on.
    pub participants: Vec<ParticipantId>,
    /// What the person was shown, in order.
    pub notices: Vec<NoticeShown>,
    /// What the person has answered, in order.
    pub answers: Vec<Answer>,
}

/// A notice as it was shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeShown {
    /// Its version.
    pub notice: String,
    /// In which language, as a tag of BCP 47.
    pub language: String,
    /// All that it said.
    pub text: String,
    /// Who records.
    pub controller: String,
    /// How to reach them, or their data protection officer.
    pub contact: String,
    /// What for.
    pub purpose: String,
    /// Who may see the recording.
    pub audience: String,
    /// How many days it is kept.
    pub days: u32,
    /// What an answer means.
    pub rule: ConsentRule,
    /// When it was shown, in microseconds since 1970-01-01 UTC.
    pub shown_us: i64,
}

/// A yes or a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What for.
    pub purpose: ConsentPurpose,
    /// Yes or no.
    pub is_given: bool,
    /// When, in microseconds since 1970-01-01 UTC.
    pub at_us: i64,
    /// By which way.
    pub by: AnsweredBy,
    /// To which of the notices.
    pub notice: usize,
}

/// By which way somebody has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// On the page of the room.
    Room,
    /// On the page behind the personal link.
    PersonalLink,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[what somebody said]")
    }
}

impl fmt::Debug for NoticeShown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[notice]")
    }
}

impl NoticeShown {
    /// Returns the SHA-256 of all that it said.
    pub fn text_sha256(&self) -> Sha256Digest {
        Sha256Digest::of(self.text.as_bytes())
    }

    /// Whether it says the same, whenever it was shown.
    fn is_same(&self, other: &Self) -> bool {
        Self {
            shown_us: other.shown_us,
            ..self.clone()
        } == *other
    }
}

impl Said {
    pub(super) fn new(title: &str, notice: NoticeShown) -> Self {
        Self {
            title: title.to_owned(),
            participants: Vec::new(),
            notices: vec![notice],
            answers: Vec::new(),
        }
    }

    /// Takes in what a participant was shown and answered. Says whether it was not known before.
    /// Who was shown nothing sends with an encoder, for somebody who has answered elsewhere.
    pub(super) fn hear(
        &mut self,
        participant: ParticipantId,
        notice: Option<&NoticeShown>,
        answer: Option<(ConsentPurpose, bool)>,
        now: Timestamp,
    ) -> bool {
        let is_new = !self.participants.contains(&participant);
        if is_new {
            self.participants.push(participant);
        }
        let Some(notice) = notice else {
            return is_new;
        };
        let known = self.notices.iter().position(|one| one.is_same(notice));
        let shown = known.unwrap_or_else(|| {
            if self.notices.len() < MOST_NOTICES {
                self.notices.push(notice.clone());
            }
            self.notices.len() - 1
        });
        let Some((purpose, is_given)) = answer else {
            return is_new || known.is_none();
        };
        if self
            .answer_to(purpose)
            .is_some_and(|one| one.is_given == is_given)
        {
            return is_new;
        }
        self.push(Answer {
            purpose,
            is_given,
            at_us: now.as_micros(),
            by: AnsweredBy::Room,
            notice: shown,
        });
        true
    }

    /// Takes something back, by the personal link.
    pub(super) fn take_back(&mut self, purposes: &[ConsentPurpose], now: Timestamp) {
        for purpose in purposes {
            if !self.is_allowed(*purpose) {
                continue;
            }
            let before = self.answer_to(*purpose).map(|one| one.notice);
            self.push(Answer {
                purpose: *purpose,
                is_given: false,
                at_us: now.as_micros(),
                by: AnsweredBy::PersonalLink,
                notice: before.unwrap_or(self.notices.len() - 1),
            });
        }
    }

    fn push(&mut self, answer: Answer) {
        if self.answers.len() >= MOST_ANSWERS {
            let is_of_same = |one: &Answer| one.purpose == answer.purpose;
            let oldest = self.answers.iter().position(is_of_same).unwrap_or(0);
            self.answers.remove(oldest);
        }
        self.answers.push(answer);
    }

    /// Returns the last answer to a purpose.
    pub fn answer_to(&self, purpose: ConsentPurpose) -> Option<&Answer> {
        let mut newest = self.answers.iter().rev();
        newest.find(|one| one.purpose == purpose)
    }

    /// Returns the notice that a purpose was last asked about by.
    pub fn notice_of(&self, purpose: ConsentPurpose) -> &NoticeShown {
        let answered = self.answer_to(purpose).map(|one| one.notice);
        let shown = answered.and_then(|index| self.notices.get(index));
        shown
            .or(self.notices.last())
            .expect("nobody is heard who was shown nothing")
    }

    /// Returns what the answers to a purpose come to.
    pub fn state_of(&self, purpose: ConsentPurpose) -> ConsentState {
        let rule = self.notice_of(purpose).rule;
        let mut all = self.answers.iter().filter(|one| one.purpose == purpose);
        match (self.answer_to(purpose).map(|one| one.is_given), rule) {
            (None, _) => ConsentState::Unknown,
            (Some(true), _) => ConsentState::Given,
            (Some(false), ConsentRule::Inform) => ConsentState::Objected,
            (Some(false), ConsentRule::Explicit) if all.any(|one| one.is_given) => {
                ConsentState::Withdrawn
            }
            (Some(false), ConsentRule::Explicit) => ConsentState::Refused,
        }
    }

    /// Whether the person may be recorded for a purpose.
    pub fn is_allowed(&self, purpose: ConsentPurpose) -> bool {
        match (self.answer_to(purpose), self.notice_of(purpose).rule) {
            (Some(answer), _) => answer.is_given,
            (None, ConsentRule::Explicit) => false,
            (None, ConsentRule::Inform) => true,
        }
    }

    /// Returns the purposes that the person has taken back by the personal link, and nothing since.
    pub(super) fn taken_back(&self) -> impl Iterator<Item = &Answer> {
        let last = ConsentPurpose::ALL
            .into_iter()
            .filter_map(|one| self.answer_to(one));
        last.filter(|answer| !answer.is_given && answer.by == AnsweredBy::PersonalLink)
    }

    /// Whether it can be what it says: somebody was shown a notice, and every answer is one to a
    /// notice.
    pub(super) fn is_whole(&self) -> bool {
        let shown = self.notices.len();
        shown > 0
            && !self.participants.is_empty()
            && self.answers.iter().all(|one| one.notice < shown)
    }
}
