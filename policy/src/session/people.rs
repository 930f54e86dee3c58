//! Who was in a session: those who are in its recording, and those who must not be.

use std::collections::{BTreeMap, BTreeSet};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::meeting::{Meeting, Participant};
use crate::{
    Attendance, Attendant, Basis, ConsentPurpose, ConsentRecord, ConsentRule, ConsentState,
    Consents, Moment, ParticipantId, PersonId, Roster, Stay, TimelineEntry, TimelineEvent,
    initials,
};

/// Who was in a session, as far as one of its recordings is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    /// Everybody who was in the session. First those who are in the recording, in the order of joining;
    /// then all others, as erased: known only to be hidden, because somebody else may have said their
    /// names.
    pub roster: Roster,
    /// Which participant is which person of the roster.
    pub persons: BTreeMap<ParticipantId, PersonId>,
    /// When those were there who are in the recording, and what they agreed to. Nobody else is in it.
    pub attendance: Attendance,
}

/// Returns who was in a session. Of those who were in a place while it was recorded, whoever may be seen
/// or heard is in the recording of that place: the main room, or a breakout, from 0.
///
/// It is asked again whenever the timeline has grown: whoever refuses everything later is not in the
/// recording any more.
pub fn people(timeline: &[TimelineEntry], place: Option<u8>) -> People {
    let facts = Facts::read(timeline, place);
    let (mut shown, mut others): (Vec<_>, Vec<_>) =
        facts.people.iter().partition(|(_, fact)| fact.is_recorded);
    // No room has so many. Whoever cannot be numbered is hidden.
    others.extend(shown.split_off(shown.len().min(usize::from(u16::MAX))));
    let everybody = shown.iter().chain(&others);
    let mut attendants: Vec<Attendant> = (0_usize..)
        .zip(everybody)
        .map(|(number, (one, fact))| {
            let person = PersonId(u16::try_from(number).unwrap_or(u16::MAX));
            fact.attendant(one, person, facts.rule, facts.unix_millis)
        })
        .collect();
    let persons = shown.iter().chain(&others).map(|(one, _)| one.id);
    let persons = persons.zip(attendants.iter().map(|one| one.person));
    let persons = persons.collect();
    let hidden: BTreeSet<PersonId> = attendants[shown.len()..]
        .iter()
        .map(|one| one.person)
        .collect();
    let everybody = Attendance {
        schema: Attendance::SCHEMA,
        people: attendants.clone(),
    };
    attendants.truncate(shown.len());
    People {
        roster: Roster::from_attendance(&everybody).with_erased(&hidden),
        persons,
        attendance: Attendance {
            schema: Attendance::SCHEMA,
            people: attendants,
        },
    }
}

/// What a timeline says about everybody.
struct Facts {
    rule: ConsentRule,
    /// When the room was opened, where that is known.
    unix_millis: Option<i64>,
    /// In the order of joining.
    people: Vec<(Participant, Fact)>,
}

/// What a timeline says about somebody.
#[derive(Clone, Debug, Default)]
struct Fact {
    is_recorded: bool,
    /// When they came to the place and went, on the clock of the room.
    stays: Vec<(Moment, Option<Moment>)>,
    /// The notice that they were shown last.
    told: Option<String>,
    said: [Said; ConsentPurpose::ALL.len()],
}

/// What somebody said about one purpose.
#[derive(Clone, Debug, Default)]
struct Said {
    /// Yes or no, when, and after which notice.
    last: Option<(bool, Moment, String)>,
    had_agreed: bool,
}

impl Facts {
    fn read(timeline: &[TimelineEntry], place: Option<u8>) -> Self {
        let opened = match timeline.first().map(|entry| &entry.event) {
            Some(TimelineEvent::Opened { unix_millis, rule }) => Some((*unix_millis, *rule)),
            _ => None,
        };
        let mut meeting = Meeting::new(timeline);
        let mut facts: Vec<Fact> = Vec::new();
        let mut now = Moment::START;
        for (number, entry) in timeline.iter().enumerate() {
            if now < entry.at {
                note_recorded(&meeting, place, &mut facts);
                now = entry.at;
            }
            meeting.take_in(number, &entry.event);
            facts.resize_with(meeting.people().len(), Fact::default);
            for (one, fact) in meeting.people().iter().zip(&mut facts) {
                fact.note_stay(one.is_in(place), now);
            }
            let who = whose_answer(&entry.event).and_then(|one| meeting.number_of(one));
            if let Some(who) = who {
                facts[who].note_answer(&entry.event, now);
            }
        }
        // What goes on goes on after the last entry.
        note_recorded(&meeting, place, &mut facts);
        Self {
            rule: opened.map(|(_, rule)| rule).unwrap_or_default(),
            unix_millis: opened.map(|(unix_millis, _)| unix_millis),
            people: meeting.into_people().into_iter().zip(facts).collect(),
        }
    }
}

/// Notes who may be recorded from the last entry to the next one.
fn note_recorded(meeting: &Meeting, place: Option<u8>, facts: &mut [Fact]) {
    if !meeting.is_taken(place) {
        return;
    }
    for (one, fact) in meeting.people().iter().zip(facts) {
        fact.is_recorded |= one.is_in(place) && one.may_be_recorded();
    }
}

const fn whose_answer(event: &TimelineEvent) -> Option<ParticipantId> {
    match event {
        TimelineEvent::Noticed { participant, .. }
        | TimelineEvent::Consented { participant, .. } => Some(*participant),
        _ => None,
    }
}

impl Fact {
    fn note_stay(&mut self, is_here: bool, now: Moment) {
        let open = self.stays.last_mut().filter(|(_, left)| left.is_none());
        match (open, is_here) {
            (None, true) => self.stays.push((now, None)),
            (Some((came, _)), false) if *came == now => {
                self.stays.pop();
            }
            (Some((_, left)), false) => *left = Some(now),
            _ => {}
        }
    }

    fn note_answer(&mut self, event: &TimelineEvent, now: Moment) {
        match event {
            TimelineEvent::Noticed { notice, .. } => self.told = Some(notice.clone()),
            TimelineEvent::Consented {
                purpose,
                given,
                notice,
                ..
            } => {
                let said = &mut self.said[*purpose as usize];
                said.had_agreed |= given;
                said.last = Some((*given, now, notice.clone()));
            }
            _ => {}
        }
    }

    fn attendant(
        &self,
        one: &Participant,
        person: PersonId,
        rule: ConsentRule,
        opened: Option<i64>,
    ) -> Attendant {
        let mut consents = Consents::default();
        for purpose in ConsentPurpose::ALL {
            *consents.of_mut(purpose) = self.record(purpose, rule, opened);
        }
        let stays = self.stays.iter().map(|(came, left)| {
            Some(Stay {
                joined_at: wall_clock(opened, *came)?,
                left_at: left.and_then(|left| wall_clock(opened, left)),
            })
        });
        Attendant {
            person,
            name: crate::Pii::new(initials::reading_order(one.name.reveal())),
            email: one.email.clone(),
            role: one.role,
            initials: one.initials.clone(),
            stays: stays.collect(),
            consents,
        }
    }

    /// Where people are only told, what they do not object to rests on a legitimate interest: the right
    /// to object, GDPR Art. 21, is part of that basis.
    fn record(
        &self,
        purpose: ConsentPurpose,
        rule: ConsentRule,
        opened: Option<i64>,
    ) -> ConsentRecord {
        let said = &self.said[purpose as usize];
        let (at, notice) = match &said.last {
            Some((_, at, notice)) => (wall_clock(opened, *at), Some(notice.clone())),
            None => (None, self.told.clone()),
        };
        let answer = said.last.as_ref().map(|(is_given, ..)| *is_given);
        let (basis, no) = match (rule, said.had_agreed) {
            (ConsentRule::Inform, _) => (Basis::LegitimateInterests, ConsentState::Objected),
            (ConsentRule::Explicit, true) => (Basis::Consent, ConsentState::Withdrawn),
            (ConsentRule::Explicit, false) => (Basis::Consent, ConsentState::Refused),
        };
        ConsentRecord {
            basis,
            state: match answer {
                None => ConsentState::Unknown,
                Some(true) => ConsentState::Given,
                Some(false) => no,
            },
            at,
            // A no by another way than a notice names none.
            notice: notice.filter(|notice| !notice.is_empty()),
        }
    }
}

/// Returns a moment of a room by the wall clock, RFC 3339 in UTC, to the millisecond.
fn wall_clock(opened: Option<i64>, at: Moment) -> Option<String> {
    let millis = i128::from(opened?) + i128::from(at.0 / 1_000_000);
    let moment = OffsetDateTime::from_unix_timestamp_nanos(millis * 1_000_000).ok()?;
    moment.format(&Rfc3339).ok()
}
