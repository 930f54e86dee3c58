//! What hosts do, and what takes their place.

use scrim_policy::{Moment, ParticipantId, TimelineEvent, TrackSource};

use super::{Room, Seat, person::Line};
use crate::signal::{ClientMessage, Refusal, ServerMessage};

impl Room {
    /// Does what a host says. Others are told that they may not.
    pub(super) fn host_said(&mut self, now: Moment, id: ParticipantId, message: ClientMessage) {
        if self.people.get(&id).map(|one| one.seat) != Some(Seat::Host) {
            self.problem(id, "not_a_host");
            return;
        }
        match message {
            ClientMessage::Admit {
                participant,
                admitted,
            } => self.admit(now, participant, admitted),
            ClientMessage::Remove { participant } => self.remove(now, id, participant),
            ClientMessage::Silence {
                participant,
                source,
            } => self.silence(participant, source),
            ClientMessage::Seat { participant, seat } => self.seat(now, id, participant, seat),
            ClientMessage::Lock { locked } => {
                self.is_locked = locked;
                self.dirty.room();
            }
            ClientMessage::ShowPeople { shown } => {
                self.settings.are_people_shown = shown;
                self.dirty.room();
                self.dirty.people();
            }
            ClientMessage::Record { on: true } => self.start_recording(id),
            ClientMessage::Record { on: false } => self.stop_recording(),
            ClientMessage::OpenBreakouts { breakouts } => self.open_breakouts(id, breakouts),
            ClientMessage::Move {
                participant,
                breakout,
            } => self.place(id, participant, breakout),
            ClientMessage::CloseBreakouts {} => self.close_breakouts(),
            ClientMessage::End {} => self.end(),
            // Everything else was for everybody.
            _ => {}
        }
    }

    fn admit(&mut self, now: Moment, participant: ParticipantId, is_admitted: bool) {
        let mut waiting = self.waiting.iter();
        let Some(at) = waiting.position(|one| one.arrival.participant == participant) else {
            return;
        };
        let waiting = self.waiting.remove(at);
        self.dirty.hosting();
        if is_admitted {
            self.enter(now, waiting.connection, waiting.arrival);
        } else {
            self.refuse(waiting.connection, Refusal::NotAdmitted);
        }
    }

    fn remove(&mut self, now: Moment, by: ParticipantId, participant: ParticipantId) {
        let Some(person) = self.people.get(&participant) else {
            return;
        };
        if by == participant {
            self.problem(by, "not_yourself");
            return;
        }
        self.removed.extend(person.identity);
        self.dismiss(now, participant, Refusal::Removed);
    }

    fn silence(&mut self, participant: ParticipantId, source: TrackSource) {
        self.mute(participant, source, true);
        self.tell(participant, ServerMessage::Silenced { source });
    }

    fn seat(&mut self, now: Moment, by: ParticipantId, participant: ParticipantId, seat: Seat) {
        // Nobody is at a player who could run or say anything.
        let line = self.people.get(&participant).map(|one| one.line);
        if matches!(line, Some(Line::Player(_))) {
            return;
        }
        let hosts = self.people.values().filter(|one| one.seat == Seat::Host);
        let is_last_host = hosts.count() == 1 && by == participant;
        if is_last_host && seat != Seat::Host {
            self.problem(by, "last_host");
            return;
        }
        self.sit(participant, seat);
        self.hosts_changed(now);
    }

    /// Gives somebody a part. Whoever may send nothing any more sends nothing any more.
    fn sit(&mut self, participant: ParticipantId, seat: Seat) {
        let Some(person) = self.people.get_mut(&participant) else {
            return;
        };
        if person.seat == seat {
            return;
        }
        person.seat = seat;
        person.hand_raised_at = None;
        self.note(TimelineEvent::RoleChanged {
            participant,
            role: seat.role(),
        });
        self.tell(participant, ServerMessage::Seat { seat });
        if !self.may_send(participant) {
            for source in [
                TrackSource::Microphone,
                TrackSource::Camera,
                TrackSource::Screen,
                TrackSource::ScreenSound,
            ] {
                self.end_source(participant, source);
            }
        }
        self.dirty.people();
        self.dirty.hosting();
        self.route();
    }

    /// A presenter takes over a room that no host is in.
    pub(super) fn take_over(&mut self, id: ParticipantId) {
        let is_presenter = self.people.get(&id).map(|one| one.seat) == Some(Seat::Presenter);
        if self.hosts_gone_at.is_none() || !is_presenter {
            self.problem(id, "not_now");
            return;
        }
        self.hosts_are_back();
        self.sit(id, Seat::Host);
    }

    pub(super) fn hand(&mut self, now: Moment, id: ParticipantId, is_raised: bool) {
        if let Some(person) = self.people.get_mut(&id) {
            let was = person.hand_raised_at;
            person.hand_raised_at = is_raised.then(|| was.unwrap_or(now));
            self.dirty.people();
            self.dirty.hosting();
        }
    }
}
