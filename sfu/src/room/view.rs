//! What each of them is told about the room and the others.
//!
//! > **An attendee sees no name of another attendee**, and does not see who else is there unless the
//! > room says so or their media are shown.

use std::collections::BTreeMap;

use scrim_policy::{Moment, ParticipantId, Pii};

use super::{Room, Seat, VIEWS_EVERY, door::Waiting, later, person::Person};
use crate::signal::{BreakoutView, HostView, NoticeView, PersonView, RoomView, ServerMessage};

/// What has to be told anew.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    room: bool,
    people: bool,
    hosting: bool,
    /// When views were renewed the last time.
    told: Option<Moment>,
    /// What each one was told last.
    last: BTreeMap<ParticipantId, Told>,
}

#[derive(Debug, Default)]
struct Told {
    room: Option<RoomView>,
    people: Option<(Vec<PersonView>, usize)>,
    hosting: Option<HostView>,
}

impl Dirty {
    pub(super) const fn room(&mut self) {
        self.room = true;
    }

    pub(super) const fn people(&mut self) {
        self.people = true;
    }

    pub(super) const fn hosting(&mut self) {
        self.hosting = true;
    }

    pub(super) fn forget(&mut self, id: ParticipantId) {
        self.last.remove(&id);
    }

    /// Somebody knows nothing any more.
    pub(super) fn anew(&mut self, id: ParticipantId) {
        self.last.remove(&id);
        (self.room, self.hosting) = (true, true);
    }

    /// Returns when views have to be renewed, if they have to.
    pub(super) fn due(&self) -> Option<Moment> {
        let is_dirty = self.room || self.people || self.hosting;
        let told = self
            .told
            .map_or(Moment::START, |told| later(told, VIEWS_EVERY));
        is_dirty.then_some(told)
    }
}

impl Room {
    /// Renews the views, unless that was done a moment ago.
    pub(super) fn flush(&mut self, now: Moment) {
        if self.dirty.due().is_none_or(|due| due > now) {
            return;
        }
        self.dirty.told = Some(now);
        self.dirty.people |= self.dirty.room;
        let (room, people) = (self.dirty.room, self.dirty.people);
        let hosting = self.dirty.hosting || people;
        (self.dirty.room, self.dirty.people, self.dirty.hosting) = (false, false, false);
        let pages = self
            .people
            .values()
            .filter(|one| one.connection().is_some());
        let pages: Vec<_> = pages.map(|one| (one.id, one.seat)).collect();
        for (id, seat) in pages {
            if room {
                self.tell_room(id);
            }
            if people {
                self.tell_people(id);
            }
            if hosting && seat == Seat::Host {
                self.tell_hosting(id);
            }
        }
    }

    fn tell_room(&mut self, id: ParticipantId) {
        let Some(view) = self.people.get(&id).map(|one| self.room_view(one)) else {
            return;
        };
        let told = self.dirty.last.entry(id).or_default();
        if told.room.as_ref() != Some(&view) {
            told.room = Some(view.clone());
            self.tell(id, ServerMessage::Room(view));
        }
    }

    fn tell_people(&mut self, id: ParticipantId) {
        let Some(viewer) = self.people.get(&id) else {
            return;
        };
        let shown = self
            .people
            .values()
            .filter(|one| self.is_shown(viewer, one));
        let view: Vec<_> = shown.map(|one| self.person_view(viewer, one)).collect();
        let near = self.people.values();
        let count = near
            .filter(|one| viewer.seat == Seat::Host || one.breakout == viewer.breakout)
            .count();
        let told = self.dirty.last.entry(id).or_default();
        let view = (view, count);
        if told.people.as_ref() != Some(&view) {
            told.people = Some(view.clone());
            let (people, count) = view;
            self.tell(id, ServerMessage::People { people, count });
        }
    }

    fn tell_hosting(&mut self, id: ParticipantId) {
        let waiting = self.waiting.iter().map(Self::waiting_view).collect();
        let mut hands: Vec<_> = self
            .people
            .values()
            .filter_map(|one| Some((one.hand_raised_at?, one.id)))
            .collect();
        hands.sort();
        let view = HostView {
            waiting,
            hands: hands.into_iter().map(|(_, id)| id).collect(),
        };
        let told = self.dirty.last.entry(id).or_default();
        if told.hosting.as_ref() != Some(&view) {
            told.hosting = Some(view.clone());
            self.tell(id, ServerMessage::Hosting(view));
        }
    }

    /// Whether somebody may know that somebody else is there.
    fn is_shown(&self, viewer: &Person, other: &Person) -> bool {
        if viewer.id == other.id || viewer.seat == Seat::Host {
            return true;
        }
        viewer.breakout == other.breakout
            && (viewer.seat.is_on_stage()
                || other.seat.is_on_stage()
                || self.settings.are_people_shown
                || viewer
                    .view
                    .slots
                    .filled()
                    .any(|(_, track)| other.source_of(track).is_some()))
    }

    /// What somebody is called, to somebody else.
    pub(super) fn label(&self, viewer: ParticipantId, other: ParticipantId) -> Option<Pii<String>> {
        let (viewer, other) = (self.people.get(&viewer)?, self.people.get(&other)?);
        let is_open =
            viewer.id == other.id || viewer.seat.is_on_stage() || other.seat.is_on_stage();
        Some(if is_open {
            other.name.clone()
        } else {
            Pii::new(other.initials.clone())
        })
    }

    fn person_view(&self, viewer: &Person, other: &Person) -> PersonView {
        let label = self.label(viewer.id, other.id);
        PersonView {
            id: other.id,
            label: label.unwrap_or_else(|| Pii::new(other.initials.clone())),
            initials: other.initials.clone(),
            seat: other.seat,
            sends: other
                .tracks
                .iter()
                .map(|(source, sent)| (*source, sent.track.is_some() && !sent.is_muted))
                .collect(),
            has_hand_up: other.hand_raised_at.is_some(),
            is_away: other.is_away(),
            is_recorded: self.is_recorded(other),
            breakout: other.breakout.filter(|_| viewer.seat == Seat::Host),
        }
    }

    fn waiting_view(waiting: &Waiting) -> PersonView {
        PersonView {
            id: waiting.arrival.participant,
            label: waiting.arrival.name.clone(),
            initials: String::new(),
            seat: Seat::Attendee,
            sends: BTreeMap::new(),
            has_hand_up: false,
            is_away: false,
            is_recorded: false,
            breakout: None,
        }
    }

    pub(super) fn room_view(&self, viewer: &Person) -> RoomView {
        let notice = self.settings.protection.recording();
        let notice = notice.map(|rule| NoticeView {
            id: rule.notice.clone(),
            controller: rule.controller.clone(),
            contact: rule.contact.clone(),
            purpose: rule.purpose.clone(),
            audience: rule.audience.clone(),
            days: rule.days,
            rule: rule.rule,
            can_refuse: rule.can_refuse,
        });
        let breakouts = (0..).zip(&self.breakouts).map(|(index, one)| {
            let inside = self.people.values();
            BreakoutView {
                name: one.name.clone(),
                is_recorded: one.is_recorded,
                count: inside.filter(|one| one.breakout == Some(index)).count(),
            }
        });
        RoomView {
            title: self.settings.title.clone(),
            is_locked: self.is_locked,
            is_recording: self.is_recording && self.is_recorded_in(viewer.breakout),
            notice,
            is_end_to_end: self.settings.protection == super::Protection::EndToEnd,
            is_stage_open: self.settings.is_stage_open,
            are_people_shown: self.settings.are_people_shown,
            breakouts: breakouts.collect(),
            breakout: viewer.breakout,
        }
    }
}
