//! Telling people that they are recorded, their answers, and the taps.

use std::collections::BTreeSet;

use scrim_policy::{ConsentPurpose, Moment, ParticipantId, Pii, TimelineEvent};

use super::{
    Answered, Identity, Output, Room, Seat, TapOrder,
    person::{Line, Person},
};
use crate::{
    signal::{Refusal, ServerMessage},
    tap::RecordingFailure,
};

impl Room {
    pub(super) fn start_recording(&mut self, by: ParticipantId) {
        if self.settings.protection.recording().is_none() || !self.has_recorder {
            self.problem(by, "cannot_record");
            return;
        }
        if self.is_recording {
            return;
        }
        self.is_recording = true;
        self.note(TimelineEvent::RecordingStarted);
        self.dirty.room();
        self.dirty.people();
        self.tap();
    }

    pub(super) fn stop_recording(&mut self) {
        if !self.is_recording {
            return;
        }
        self.is_recording = false;
        self.tap();
        for person in self.people.values_mut() {
            person.answers.end_permits();
        }
        self.note(TimelineEvent::RecordingStopped);
        self.dirty.room();
        self.dirty.people();
    }

    /// Whoever records cannot do so any more: the recording stops, and the meeting goes on. Hosts are told
    /// why their recording ends here; they may begin another one.
    pub(super) fn recording_failed(&mut self, failure: RecordingFailure) {
        if !self.is_recording {
            return;
        }
        tracing::error!(failure = failure.as_str(), "a recording has failed");
        self.stop_recording();
        let hosts = self.people.values().filter(|one| one.seat == Seat::Host);
        let hosts: Vec<_> = hosts.map(|one| one.id).collect();
        for host in hosts {
            self.problem(host, "recording_failed");
        }
    }

    /// A page has shown the notice to somebody.
    pub(super) fn noticed(&mut self, id: ParticipantId, notice: &str) {
        if !self.is_current(notice) {
            return;
        }
        for id in self.same_person(id) {
            let Some(person) = self.people.get_mut(&id) else {
                continue;
            };
            if !std::mem::replace(&mut person.answers.was_told, true) {
                self.note(TimelineEvent::Noticed {
                    participant: id,
                    notice: notice.to_owned(),
                });
                self.answered(id, notice, None);
                self.dirty.people();
            }
        }
        self.tap();
    }

    /// Somebody says yes or no.
    pub(super) fn consent(
        &mut self,
        now: Moment,
        id: ParticipantId,
        purpose: ConsentPurpose,
        is_given: bool,
        notice: &str,
    ) {
        // A no counts whatever it answers; a yes to something else is no yes.
        if is_given && !self.is_current(notice) {
            self.problem(id, "old_notice");
            return;
        }
        let Some(rule) = self.settings.protection.recording() else {
            return;
        };
        let can_refuse = rule.can_refuse;
        for id in self.same_person(id) {
            self.answer(id, purpose, is_given, notice);
        }
        self.tell_consents(id);
        let person = self.people.get(&id);
        if !can_refuse && person.is_some_and(|one| one.answers.refuses_all()) {
            self.dismiss(now, id, Refusal::Consent);
        }
    }

    fn answer(&mut self, id: ParticipantId, purpose: ConsentPurpose, is_given: bool, notice: &str) {
        let Some(person) = self.people.get_mut(&id) else {
            return;
        };
        if person.answers.all().get(&purpose) == Some(&is_given) {
            return;
        }
        person.answers.note(purpose, is_given);
        self.note(TimelineEvent::Consented {
            participant: id,
            purpose,
            given: is_given,
            notice: notice.to_owned(),
        });
        self.answered(id, notice, Some((purpose, is_given)));
        self.tap();
        if !is_given {
            self.destroy(id, purpose);
        }
        self.dirty.people();
    }

    /// Destroys what was recorded of somebody before a no.
    fn destroy(&mut self, participant: ParticipantId, purpose: ConsentPurpose) {
        self.outputs.push(Output::Tap(TapOrder::Destroy {
            participant,
            purpose,
        }));
    }

    /// Says what somebody was told or has said, for the person to be given it.
    fn answered(
        &mut self,
        id: ParticipantId,
        notice: &str,
        answer: Option<(ConsentPurpose, bool)>,
    ) {
        let Some(person) = self.people.get(&id) else {
            return;
        };
        self.outputs.push(Output::Answered(Answered {
            participant: id,
            identity: person.identity,
            language: person.language,
            notice: notice.to_owned(),
            answer,
        }));
    }

    /// What somebody has said is kept: the person is told where.
    pub(super) fn kept(&mut self, id: ParticipantId, link: &Pii<String>) {
        for id in self.same_person(id) {
            if let Some(person) = self.people.get_mut(&id) {
                person.link = Some(link.clone());
            }
            self.tell_link(id);
        }
    }

    pub(super) fn tell_link(&mut self, id: ParticipantId) {
        let link = self.people.get(&id).and_then(|one| one.link.clone());
        if let Some(link) = link {
            self.tell(id, ServerMessage::Personal { link });
        }
    }

    /// Somebody says no by the personal link. Of whoever has left, what is recorded goes as well.
    pub(super) fn refused(
        &mut self,
        now: Moment,
        participants: &[ParticipantId],
        purposes: &[ConsentPurpose],
    ) {
        let Some(rule) = self.settings.protection.recording() else {
            return;
        };
        let notice = rule.notice.clone();
        // Whoever is about to come again is not among those whose answers are kept yet.
        let known = participants.iter();
        let same: BTreeSet<Identity> = known
            .filter_map(|id| self.identities.get(id))
            .copied()
            .collect();
        let is_same =
            |identity: Option<Identity>| identity.is_some_and(|identity| same.contains(&identity));
        for one in &mut self.waiting {
            let arrival = &mut one.arrival;
            if participants.contains(&arrival.participant) || is_same(arrival.identity) {
                let no = purposes.iter().map(|purpose| (*purpose, false));
                arrival.consents.extend(no);
            }
        }
        let newer = self
            .people
            .values()
            .filter(|one| is_same(one.identity) && !matches!(one.line, Line::Player(_)));
        let newer = newer.map(|one| one.id);
        let everybody: BTreeSet<_> = newer.chain(participants.iter().copied()).collect();
        for purpose in purposes {
            for id in &everybody {
                if self.people.contains_key(id) {
                    self.consent(now, *id, *purpose, false, &notice);
                    continue;
                }
                if self
                    .waiting
                    .iter()
                    .any(|one| one.arrival.participant == *id)
                {
                    continue;
                }
                self.note(TimelineEvent::Consented {
                    participant: *id,
                    purpose: *purpose,
                    given: false,
                    notice: notice.clone(),
                });
                self.destroy(*id, *purpose);
            }
        }
    }

    /// An encoder sends for somebody who may have answered on a page. It cannot answer by itself.
    pub(super) fn take_over_answers(&mut self, id: ParticipantId) {
        let notice = self.settings.protection.recording();
        let Some(notice) = notice.map(|rule| rule.notice.clone()) else {
            return;
        };
        let mut twins = self.same_person(id).into_iter().filter(|one| *one != id);
        let twin = twins.next_back().and_then(|one| self.people.get(&one));
        let Some(answers) = twin.map(|one| &one.answers) else {
            return;
        };
        let (was_told, given) = (answers.was_told, answers.all().clone());
        if was_told {
            self.noticed(id, &notice);
        }
        for (purpose, is_given) in given {
            self.answer(id, purpose, is_given, &notice);
        }
    }

    /// Returns everybody who is the same person: on a page, and with an encoder. A player sends
    /// nothing that somebody could agree to.
    fn same_person(&self, id: ParticipantId) -> Vec<ParticipantId> {
        let identity = self.people.get(&id).and_then(|one| one.identity);
        let all = self.people.values();
        let same = all.filter(|one| {
            let is_twin = identity.is_some() && one.identity == identity;
            one.id == id || (is_twin && !matches!(one.line, Line::Player(_)))
        });
        same.map(|one| one.id).collect()
    }

    fn is_current(&self, notice: &str) -> bool {
        let rule = self.settings.protection.recording();
        rule.is_some_and(|rule| rule.notice == notice)
    }

    pub(super) fn tell_consents(&mut self, id: ParticipantId) {
        if let Some(person) = self.people.get(&id) {
            let consents = person.answers.all().clone();
            self.tell(id, ServerMessage::Consents { consents });
        }
    }

    /// Opens and closes taps, until exactly the tracks are recorded that may be.
    pub(super) fn tap(&mut self) {
        let Some(rule) = self.settings.protection.recording().cloned() else {
            return;
        };
        let ids: Vec<_> = self.people.keys().copied().collect();
        for id in ids {
            let is_on = self.is_recording
                && self
                    .people
                    .get(&id)
                    .is_some_and(|one| self.is_recorded_in(one.breakout));
            let Some(person) = self.people.get_mut(&id) else {
                continue;
            };
            let Person {
                tracks, answers, ..
            } = person;
            for (source, sent) in tracks {
                let Some((track, _)) = sent.track else {
                    continue;
                };
                let purpose = source.purpose();
                let should = is_on && answers.allows(&rule, purpose);
                if should == sent.is_tapped {
                    continue;
                }
                sent.is_tapped = should;
                let order = if should {
                    answers
                        .permit(&rule, id, track, purpose)
                        .map(TapOrder::Open)
                } else {
                    Some(TapOrder::Close { track })
                };
                self.outputs.extend(order.map(Output::Tap));
            }
        }
    }

    /// Whether anything of somebody is being recorded now.
    pub(super) fn is_recorded(&self, person: &Person) -> bool {
        person.tracks.values().any(|sent| sent.is_tapped)
    }
}
