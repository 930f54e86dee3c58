//! Telling people that they are recorded, their answers, and the taps.

use scrim_policy::{ConsentPurpose, Moment, ParticipantId, TimelineEvent};

use super::{Output, Room, TapOrder, person::Person};
use crate::signal::{Refusal, ServerMessage};

impl Room {
    pub(super) fn start_recording(&mut self, by: ParticipantId) {
        if self.settings.protection.recording().is_none() {
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

    /// A page has shown the notice.
    pub(super) fn noticed(&mut self, id: ParticipantId, notice: &str) {
        if !self.is_current(notice) {
            return;
        }
        let Some(person) = self.people.get_mut(&id) else {
            return;
        };
        if !person.answers.was_told {
            person.answers.was_told = true;
            self.note(TimelineEvent::Noticed {
                participant: id,
                notice: notice.to_owned(),
            });
            self.dirty.people();
            self.tap();
        }
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
        let Some(person) = self.people.get_mut(&id) else {
            return;
        };
        let before = person.answers.all().get(&purpose).copied();
        if before == Some(is_given) {
            return;
        }
        person.answers.note(purpose, is_given);
        let refuses_all = person.answers.refuses_all();
        self.note(TimelineEvent::Consented {
            participant: id,
            purpose,
            given: is_given,
            notice: notice.to_owned(),
        });
        self.tap();
        if !is_given {
            // What was recorded before the no goes as well.
            self.outputs.push(Output::Tap(TapOrder::Destroy {
                participant: id,
                purpose,
            }));
        }
        self.dirty.people();
        self.tell_consents(id);
        if refuses_all && !can_refuse {
            self.dismiss(now, id, Refusal::Consent);
        }
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
