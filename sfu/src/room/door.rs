//! Coming and going.

use scrim_policy::{Moment, ParticipantId, Pii, TimelineEvent};

use super::{
    Arrival, COME_BACK_WITHIN, Client, ConnectionId, MediaOrder, Output, Pass, Phase, Protection,
    Room, SILENCE, Seat,
    consent::Answers,
    later,
    person::{Counter, Line, Person, Viewing},
};
use crate::signal::{Refusal, ServerMessage};

/// How many are told why they were sent away when they come back.
const MOST_SENT_AWAY: usize = 256;

/// Somebody before the door.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) connection: ConnectionId,
    pub(super) arrival: Arrival,
    pub(super) heard: Moment,
}

impl Room {
    pub(super) fn knocked(&mut self, now: Moment, connection: ConnectionId, arrival: Arrival) {
        if let Err(reason) = self.may_enter(&arrival) {
            self.refuse(connection, reason);
            return;
        }
        let waits = self.settings.door.has_waiting_room
            && matches!(arrival.pass, Pass::Guest { .. } | Pass::Registered);
        if waits {
            self.tell_at(connection, ServerMessage::Waiting);
            self.waiting.push(Waiting {
                connection,
                arrival,
                heard: now,
            });
            self.dirty.hosting();
        } else {
            self.enter(now, connection, arrival);
        }
    }

    fn may_enter(&self, arrival: &Arrival) -> Result<(), Refusal> {
        let door = self.settings.door;
        if arrival
            .identity
            .is_some_and(|who| self.removed.contains(&who))
        {
            return Err(Refusal::Removed);
        }
        // A program has no passphrase: it would send in the clear, and play nothing.
        let is_program = arrival.client != Client::Page;
        if is_program && self.settings.protection == Protection::EndToEnd {
            return Err(Refusal::NoPassphrase);
        }
        if let Some(rule) = self.settings.protection.recording()
            && !rule.can_refuse
        {
            let mut answers = Answers::default();
            for (purpose, is_given) in &arrival.consents {
                answers.note(*purpose, *is_given);
            }
            if answers.refuses_all() {
                return Err(Refusal::Consent);
            }
        }
        if arrival.pass == Pass::Host {
            return Ok(());
        }
        match arrival.pass {
            Pass::Guest { .. } if door.is_registered_only => return Err(Refusal::RegisteredOnly),
            Pass::Guest { knows_password } if door.has_password && !knows_password => {
                return Err(Refusal::Password);
            }
            _ => {}
        }
        if self.is_closed() {
            return Err(Refusal::Locked);
        }
        if self.people.len() + self.waiting.len() >= self.settings.most_people {
            return Err(Refusal::Full);
        }
        let is_early = !self.had_host && !door.opens_without_host;
        match arrival.pass {
            Pass::Guest { .. } | Pass::Registered if is_early && !door.has_waiting_room => {
                Err(Refusal::NotOpen)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn enter(&mut self, now: Moment, connection: ConnectionId, arrival: Arrival) {
        // The same person on another page takes the place of the one before.
        if let Some(identity) = arrival.identity {
            let same = self
                .people
                .values()
                .find(|one| one.identity == Some(identity) && one.came_with(&arrival.client));
            if let Some(id) = same.map(|one| one.id) {
                self.dismiss(now, id, Refusal::Elsewhere);
            }
        }
        let id = arrival.participant;
        self.identities
            .extend(arrival.identity.map(|identity| (id, identity)));
        let seat = match (arrival.pass, &arrival.client) {
            // Whoever was invited to speak only watches with a player.
            (_, Client::Player(_)) => Seat::Attendee,
            (Pass::Host, _) => Seat::Host,
            (Pass::Presenter, _) => Seat::Presenter,
            (Pass::Registered | Pass::Guest { .. }, _) => Seat::Attendee,
        };
        let initials = self.initials.give(&arrival.name);
        self.note(TimelineEvent::Joined {
            participant: id,
            name: arrival.name.clone(),
            email: arrival.email,
            initials: initials.clone(),
            role: seat.role(),
        });
        let person = Person {
            id,
            name: arrival.name,
            initials,
            seat,
            identity: arrival.identity,
            language: arrival.language,
            link: None,
            secret: arrival.secret,
            ice_servers: arrival.ice_servers,
            line: match &arrival.client {
                Client::Page => Line::Page {
                    connection,
                    heard: now,
                },
                Client::Encoder => Line::Encoder(connection),
                Client::Player(_) => Line::Player(connection),
            },
            said: 0,
            breakout: None,
            answers: Answers::default(),
            hand_raised_at: None,
            tracks: Default::default(),
            watches: Vec::new(),
            view: match &arrival.client {
                Client::Player(offer) => Viewing::of_player(&offer.takes),
                Client::Page | Client::Encoder => Viewing::new(self.settings.slots),
            },
            last_spoke: None,
            led: None,
            chat: Counter::new(now),
            media: Counter::new(now),
        };
        self.people.insert(id, person);
        self.had_people = true;
        if seat == Seat::Host {
            self.had_host = true;
            self.hosts_are_back();
        }
        self.connections.insert(connection, id);
        self.welcome(id, false);
        let is_encoder = arrival.client == Client::Encoder;
        match arrival.client {
            Client::Page => self.order(MediaOrder::OpenViewer {
                participant: id,
                slots: self.settings.slots,
            }),
            Client::Player(offer) => self.order(MediaOrder::Play {
                participant: id,
                sdp: offer.sdp,
            }),
            Client::Encoder => {}
        }
        if let Some(notice) = &arrival.notice {
            self.noticed(id, notice);
        }
        // A no needs no notice.
        let notice = arrival.notice.unwrap_or_default();
        for (purpose, is_given) in arrival.consents {
            self.consent(now, id, purpose, is_given, &notice);
        }
        if is_encoder {
            self.take_over_answers(id);
        }
        self.dirty.people();
        self.route();
    }

    fn welcome(&mut self, id: ParticipantId, is_back: bool) {
        let Some(person) = self.people.get(&id) else {
            return;
        };
        let message = ServerMessage::Welcome {
            you: id,
            seat: person.seat,
            secret: person.secret.clone(),
            room: self.room_view(person),
            is_back,
            said: person.said,
            ice_servers: person.ice_servers.clone(),
        };
        self.tell(id, message);
    }

    pub(super) fn came_back(
        &mut self,
        now: Moment,
        connection: ConnectionId,
        secret: &Pii<String>,
        has_media: bool,
    ) {
        let mut people = self.people.values_mut();
        let Some(person) = people.find(|person| {
            !person.is_program() && is_same(person.secret.reveal(), secret.reveal())
        }) else {
            // A page whose line was broken when it was sent away has not heard why.
            let mut sent_away = self.sent_away.iter();
            let why = sent_away.find(|(one, _)| is_same(one.reveal(), secret.reveal()));
            let why = why.map_or(Refusal::TooLate, |(_, why)| *why);
            self.refuse(connection, why);
            return;
        };
        let id = person.id;
        // The page may be back before the loss was noticed.
        let before = person.connection();
        person.line = Line::Page {
            connection,
            heard: now,
        };
        if let Some(before) = before {
            self.connections.remove(&before);
            self.outputs.push(Output::Hang { connection: before });
        }
        self.connections.insert(connection, id);
        if !has_media {
            self.drop_tracks(id);
            self.order(MediaOrder::Close { participant: id });
        }
        self.welcome(id, true);
        if !has_media {
            let slots = self.settings.slots;
            if let Some(person) = self.people.get_mut(&id) {
                person.view = Viewing::new(slots);
            }
            self.order(MediaOrder::OpenViewer {
                participant: id,
                slots,
            });
        }
        self.hosts_changed(now);
        if let Some(at) = self.hosts_gone_at {
            let ends = later(at, self.settings.without_host);
            let ends_in = ends.0.saturating_sub(now.0) / 1_000_000_000;
            self.tell(id, ServerMessage::HostsGone { ends_in });
        }
        self.dirty.anew(id);
        self.dirty.people();
        self.route();
        self.tell_slots(id);
        self.tell_consents(id);
        self.tell_link(id);
    }

    pub(super) fn lost(&mut self, now: Moment, connection: ConnectionId) {
        let waiting = self.waiting.len();
        self.waiting.retain(|one| one.connection != connection);
        if self.waiting.len() < waiting {
            self.dirty.hosting();
        }
        let Some(id) = self.connections.remove(&connection) else {
            return;
        };
        match self.people.get_mut(&id) {
            Some(person) if person.is_program() => {
                self.leave(now, id);
                return;
            }
            Some(person) => person.line = Line::Lost(now),
            None => return,
        }
        self.hosts_changed(now);
        self.dirty.people();
    }

    /// Somebody goes, for good.
    pub(super) fn leave(&mut self, now: Moment, id: ParticipantId) {
        if let Some(connection) = self.forget(now, id) {
            self.outputs.push(Output::Hang { connection });
        }
    }

    /// Sends somebody away.
    pub(super) fn dismiss(&mut self, now: Moment, id: ParticipantId, reason: Refusal) {
        if let Some(person) = self.people.get(&id) {
            self.sent_away.push_back((person.secret.clone(), reason));
            if self.sent_away.len() > MOST_SENT_AWAY {
                self.sent_away.pop_front();
            }
        }
        if let Some(connection) = self.forget(now, id) {
            self.refuse(connection, reason);
        }
    }

    /// Forgets somebody, and returns where they still listen.
    fn forget(&mut self, now: Moment, id: ParticipantId) -> Option<ConnectionId> {
        self.drop_tracks(id);
        let mut person = self.people.remove(&id)?;
        person.answers.end_permits();
        let connection = person.connection();
        if let Some(connection) = connection {
            self.connections.remove(&connection);
        }
        self.order(MediaOrder::Close { participant: id });
        self.note(TimelineEvent::Left { participant: id });
        if self.floor == Some(id) {
            self.floor = None;
            self.note(TimelineEvent::Speaks { participant: None });
        }
        self.speaking.retain(|one| *one != id);
        self.hosts_changed(now);
        self.dirty.forget(id);
        self.dirty.people();
        self.route();
        connection
    }

    /// Looks whether anybody runs the room.
    pub(super) fn hosts_changed(&mut self, now: Moment) {
        if !self.had_host {
            return;
        }
        let mut hosts = self.people.values().filter(|one| one.seat == Seat::Host);
        if hosts.any(|host| !host.is_away()) {
            self.hosts_are_back();
        } else if self.hosts_gone_at.is_none() {
            self.hosts_gone_at = Some(now);
            let ends_in = self.settings.without_host.as_secs();
            self.tell_all(&ServerMessage::HostsGone { ends_in });
        }
    }

    /// Somebody runs the room again.
    pub(super) fn hosts_are_back(&mut self) {
        if self.hosts_gone_at.take().is_some() {
            self.tell_all(&ServerMessage::HostsBack);
        }
    }

    fn tell_all(&mut self, message: &ServerMessage) {
        let everybody: Vec<_> = self.people.keys().copied().collect();
        for id in everybody {
            self.tell(id, message.clone());
        }
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, now: Moment) {
        let is_over = |since: Moment, wait| later(since, wait) <= now;
        let silent = self.people.values().filter_map(|one| match one.line {
            Line::Page { connection, heard } if is_over(heard, SILENCE) => Some(connection),
            _ => None,
        });
        let silent: Vec<ConnectionId> = silent.collect();
        for connection in silent {
            self.lost(now, connection);
            self.outputs.push(Output::Hang { connection });
        }
        let waiting = self.waiting.iter();
        let silent = waiting.filter(|one| is_over(one.heard, SILENCE));
        let silent: Vec<_> = silent.map(|one| one.connection).collect();
        for connection in silent {
            self.lost(now, connection);
            self.outputs.push(Output::Hang { connection });
        }
        let gone = self
            .people
            .values()
            .filter(|one| matches!(one.line, Line::Lost(at) if is_over(at, COME_BACK_WITHIN)));
        let gone: Vec<_> = gone.map(|one| one.id).collect();
        for id in gone {
            self.leave(now, id);
        }
        let alone = self.hosts_gone_at.into_iter().chain(self.empty_since);
        if alone
            .into_iter()
            .any(|at| is_over(at, self.settings.without_host))
        {
            self.end();
        }
    }

    /// Notes since when nobody is there.
    pub(super) fn notice_emptiness(&mut self, now: Moment) {
        let is_empty = self.people.is_empty() && self.waiting.is_empty();
        let since = self.empty_since.unwrap_or(now);
        self.empty_since = is_empty.then_some(since);
    }

    /// The meeting is over for everybody.
    pub(super) fn end(&mut self) {
        self.stop_recording();
        let everybody: Vec<_> = self.people.keys().copied().collect();
        for id in everybody {
            self.drop_tracks(id);
            self.order(MediaOrder::Close { participant: id });
            self.note(TimelineEvent::Left { participant: id });
        }
        let pages: Vec<_> = self.connections.keys().copied().collect();
        let waiting = std::mem::take(&mut self.waiting);
        for connection in pages
            .into_iter()
            .chain(waiting.into_iter().map(|one| one.connection))
        {
            self.tell_at(connection, ServerMessage::Ended);
            self.outputs.push(Output::Hang { connection });
        }
        self.people.clear();
        self.connections.clear();
        self.phase = Phase::Ended;
        self.note(TimelineEvent::Ended);
        self.outputs.push(Output::Ended {
            had_meeting: self.had_people,
        });
    }
}

/// Compares without telling by the time how much of it is right.
fn is_same(one: &str, other: &str) -> bool {
    let differences = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differences == 0
}
