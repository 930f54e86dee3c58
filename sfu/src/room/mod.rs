//! A room as a state machine: what happens comes in, what has to be done goes out. It has no clock,
//! no socket and no media; tests drive it by hand.
//!
//! ```text
//! Input ──► Room::handle(now) ──► Output: tell a page, order media, open a tap, note in the timeline
//!           Room::tick(now)   ──►         whatever is due, at Room::next_due()
//! ```
//!
//! > **No track is recorded whose participant did not agree under the rule of the room**, none is shown
//! > to somebody in another place, and nobody sees a name that is not theirs to see.

mod breakouts;
mod consent;
mod door;
mod hosting;
mod media;
mod orders;
mod person;
mod programme;
mod recording;
mod settings;
mod slots;
#[cfg(test)]
mod tests;
mod view;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use scrim_policy::{InitialsBook, Moment, ParticipantId, Pii, TimelineEvent};

use self::{
    breakouts::Breakout,
    door::Waiting,
    person::{Line, Person},
    view::Dirty,
};
pub use self::{
    consent::Consented,
    orders::{
        Answered, Arrival, Client, ConnectionId, Identity, Input, MediaInput, MediaOrder, Output,
        Pass, PlayOffer, TapOrder,
    },
    settings::{Door, Protection, RecordingRule, RoomSettings, Seat, Slots},
};
use crate::signal::{ClientMessage, Refusal, ServerMessage};

/// How long a page may say nothing before its connection counts as lost. It says something every 2 s.
pub const SILENCE: Duration = Duration::from_secs(6);

/// How long somebody whose connection is lost can come back as who they were.
pub const COME_BACK_WITHIN: Duration = Duration::from_secs(10);

/// How often views are renewed at most, so that 200 who come at once do not cause 40,000 messages.
const VIEWS_EVERY: Duration = Duration::from_millis(100);

/// A room. See the [module](self).
#[derive(Debug)]
pub struct Room {
    settings: RoomSettings,
    phase: Phase,
    people: BTreeMap<ParticipantId, Person>,
    connections: BTreeMap<ConnectionId, ParticipantId>,
    waiting: Vec<Waiting>,
    removed: BTreeSet<Identity>,
    /// Who everybody is who is or was here, where that is known.
    identities: BTreeMap<ParticipantId, Identity>,
    /// By which secret whoever was sent away would come back, and why they were, the latest last.
    sent_away: VecDeque<(Pii<String>, Refusal)>,
    breakouts: Vec<Breakout>,
    initials: InitialsBook,
    is_locked: bool,
    is_recording: bool,
    has_recorder: bool,
    had_host: bool,
    had_people: bool,
    empty_since: Option<Moment>,
    hosts_gone_at: Option<Moment>,
    floor: Option<ParticipantId>,
    speaking: Vec<ParticipantId>,
    dirty: Dirty,
    outputs: Vec<Output>,
}

/// How far the meeting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// People can come.
    Open,
    /// It is over.
    Ended,
}

impl Room {
    /// Opens a room. `unix_millis` is when that is by the wall clock; moments count from then.
    /// `has_recorder` says whether there is anything that could record it.
    pub fn open(settings: RoomSettings, unix_millis: i64, has_recorder: bool) -> Self {
        let rule = settings.protection.recording().map(|rule| rule.rule);
        let opened = TimelineEvent::Opened {
            unix_millis,
            rule: rule.unwrap_or_default(),
        };
        Self {
            settings,
            phase: Phase::Open,
            people: BTreeMap::new(),
            connections: BTreeMap::new(),
            waiting: Vec::new(),
            removed: BTreeSet::new(),
            identities: BTreeMap::new(),
            sent_away: VecDeque::new(),
            breakouts: Vec::new(),
            initials: InitialsBook::default(),
            is_locked: false,
            is_recording: false,
            has_recorder,
            had_host: false,
            had_people: false,
            empty_since: Some(Moment::START),
            hosts_gone_at: None,
            floor: None,
            speaking: Vec::new(),
            dirty: Dirty::default(),
            outputs: vec![Output::Note(opened)],
        }
    }

    /// Takes in what happened, and returns what has to be done, in order.
    pub fn handle(&mut self, now: Moment, input: Input) -> Vec<Output> {
        if self.phase == Phase::Ended {
            self.late(now, input);
            return std::mem::take(&mut self.outputs);
        }
        match input {
            Input::Knocked {
                connection,
                arrival,
            } => self.knocked(now, connection, arrival),
            Input::CameBack {
                connection,
                secret,
                has_media,
            } => self.came_back(now, connection, &secret, has_media),
            Input::Said {
                connection,
                message,
            } => self.said(now, connection, message),
            Input::Unread { connection } => self.arrived(connection),
            Input::Lost { connection } => self.lost(now, connection),
            Input::Media(input) => self.media(now, input),
            Input::RecordingFailed { failure } => self.recording_failed(failure),
            Input::Kept { participant, link } => self.kept(participant, &link),
            Input::Refused {
                participants,
                purposes,
            } => self.refused(now, &participants, &purposes),
            Input::End => self.end(),
        }
        self.notice_emptiness(now);
        self.flush(now);
        std::mem::take(&mut self.outputs)
    }

    /// Does what is due, and returns what has to be done.
    pub fn tick(&mut self, now: Moment) -> Vec<Output> {
        if self.phase == Phase::Open {
            self.expire(now);
            self.notice_emptiness(now);
            self.flush(now);
        }
        std::mem::take(&mut self.outputs)
    }

    /// Returns when [`tick`](Self::tick) has to be called, unless something happens before.
    pub fn next_due(&self) -> Option<Moment> {
        if self.phase == Phase::Ended {
            return None;
        }
        let lines = self.people.values().filter_map(|person| match person.line {
            Line::Page { heard, .. } => Some(later(heard, SILENCE)),
            Line::Lost(at) => Some(later(at, COME_BACK_WITHIN)),
            Line::Encoder(_) | Line::Player(_) => None,
        });
        let waiting = self.waiting.iter().map(|one| later(one.heard, SILENCE));
        let hosts = self.hosts_gone_at.into_iter().chain(self.empty_since);
        let hosts = hosts.map(|at| later(at, self.settings.without_host));
        lines
            .chain(waiting)
            .chain(hosts)
            .chain(self.dirty.due())
            .min()
    }

    /// Whether the meeting is over.
    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Returns how many are in it.
    pub fn count(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody new is let in: a host has locked it, or came to a room that locks then.
    pub const fn is_closed(&self) -> bool {
        self.is_locked || (self.settings.door.locks_after_start && self.had_host)
    }

    /// Whether it is being recorded.
    pub const fn is_recording(&self) -> bool {
        self.is_recording
    }

    /// Answers whoever comes after the end, and hears a no, which is never too late.
    fn late(&mut self, now: Moment, input: Input) {
        match input {
            Input::Knocked { connection, .. } | Input::CameBack { connection, .. } => {
                self.refuse(connection, Refusal::Ended);
            }
            Input::Refused {
                participants,
                purposes,
            } => self.refused(now, &participants, &purposes),
            _ => {}
        }
    }

    fn said(&mut self, now: Moment, connection: ConnectionId, message: ClientMessage) {
        if let Some(waiting) = self
            .waiting
            .iter_mut()
            .find(|one| one.connection == connection)
        {
            waiting.heard = now;
            match message {
                ClientMessage::Ping {} => self.tell_at(connection, ServerMessage::Pong { said: 0 }),
                ClientMessage::Leave {} => {
                    self.lost(now, connection);
                    self.outputs.push(Output::Hang { connection });
                }
                _ => {}
            }
            return;
        }
        if message != (ClientMessage::Ping {}) {
            self.arrived(connection);
        }
        let Some(id) = self.connections.get(&connection).copied() else {
            return;
        };
        if let Some(person) = self.people.get_mut(&id)
            && let Line::Page { heard, .. } = &mut person.line
        {
            *heard = now;
        }
        match message {
            ClientMessage::Knock { .. } | ClientMessage::ComeBack { .. } => {
                self.problem(id, "already_in");
            }
            ClientMessage::Ping {} => {
                let said = self.people.get(&id).map_or(0, |one| one.said);
                self.tell(id, ServerMessage::Pong { said });
            }
            ClientMessage::Leave {} => self.leave(now, id),
            ClientMessage::Publish { sdp, sources } => self.publish(now, id, sdp, sources),
            ClientMessage::Unpublish { source } => self.unpublish(now, id, source),
            ClientMessage::Answer { sdp } => self.order(MediaOrder::Answer {
                participant: id,
                sdp,
            }),
            ClientMessage::Candidate {
                leg,
                candidate,
                mid,
            } => self.order(MediaOrder::Candidate {
                participant: id,
                leg,
                candidate,
                mid,
            }),
            ClientMessage::Mute { source, muted } => self.mute(id, source, muted),
            ClientMessage::Watch { people } => self.watch(id, people),
            ClientMessage::Take { video } => self.take(id, video),
            ClientMessage::Chat { text } => self.chat(now, id, text),
            ClientMessage::Hand { raised } => self.hand(now, id, raised),
            ClientMessage::Consent {
                purpose,
                given,
                notice,
            } => self.consent(now, id, purpose, given, &notice),
            ClientMessage::Noticed { notice } => self.noticed(id, &notice),
            ClientMessage::TakeOver {} => self.take_over(id),
            hosts => self.host_said(now, id, hosts),
        }
    }

    /// Counts what a page has said, so that after a lost connection it says again what has not arrived,
    /// and nothing twice.
    fn arrived(&mut self, connection: ConnectionId) {
        let id = self.connections.get(&connection);
        if let Some(person) = id.and_then(|id| self.people.get_mut(id)) {
            person.said += 1;
        }
    }

    // What goes out.

    fn order(&mut self, order: MediaOrder) {
        self.outputs.push(Output::Media(order));
    }

    fn note(&mut self, event: TimelineEvent) {
        self.outputs.push(Output::Note(event));
    }

    fn tell(&mut self, id: ParticipantId, message: ServerMessage) {
        if let Some(connection) = self.people.get(&id).and_then(Person::connection) {
            self.tell_at(connection, message);
        }
    }

    fn tell_at(&mut self, connection: ConnectionId, message: ServerMessage) {
        self.outputs.push(Output::Tell {
            connection,
            message,
        });
    }

    fn problem(&mut self, id: ParticipantId, code: &'static str) {
        self.tell(id, ServerMessage::Problem { code });
    }

    fn refuse(&mut self, connection: ConnectionId, reason: Refusal) {
        self.tell_at(connection, ServerMessage::Refused { reason });
        self.outputs.push(Output::Hang { connection });
    }
}

fn later(moment: Moment, wait: Duration) -> Moment {
    moment.later(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX))
}
