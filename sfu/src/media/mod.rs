//! Media of one room: connections, and packets on their way between them.
//!
//! ```text
//! publisher ─ webrtcbin ─► ingress ─┬─► fan-out, one worker per core ─► webrtcbin ─ viewers, players
//!                                   └─► tap, where the participant agreed
//! ```
//!
//! Each connection has a pipeline of its own, so that one that fails or hangs stops no other. All run
//! on the clock of the room. Packets are never decoded; of a payload only where a keyframe starts is
//! read.
//!
//! > **No packet passes before the certificate of the peer was compared with what its description
//! > says**, in either direction. GStreamer before 1.28.5 does not compare them.

mod capacity;
mod clock;
mod connection;
mod error;
mod events;
mod fanout;
mod ingress;
mod leg;
mod player;
mod publisher;
mod reports;
mod settings;
mod shortcut;
#[cfg(test)]
mod tests;
mod tracks;
mod viewer;
mod viewers;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use scrim_policy::{ParticipantId, TrackId, TrackSource};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub use self::{
    clock::RoomClock, connection::wait_for_ends, error::MediaError, fanout::LeftOut, leg::rehearse,
    settings::MediaSettings,
};
use self::{
    events::{ConnectionNumber, MediaEvent, Owner},
    fanout::{Fanout, TrackNumber},
    leg::LegTask,
    publisher::Taken,
    reports::Heard,
    tracks::{Track, Wanted},
};
use crate::{
    room::{MediaInput, MediaOrder},
    rtp::{Seeker, Speakers, Throttle},
    sdp::read_candidate,
    signal::{Leg, ServerMessage},
};

/// How often [`Media::tick`] has to be called.
pub const TICK: Duration = Duration::from_millis(100);

/// Media of one room.
pub struct Media {
    settings: Arc<MediaSettings>,
    clock: RoomClock,
    fanout: Fanout,
    speakers: Arc<Mutex<Speakers>>,
    speaking: Vec<TrackId>,
    events: UnboundedSender<MediaEvent>,
    legs: HashMap<ConnectionNumber, LegState>,
    tracks: HashMap<TrackNumber, Track>,
    /// The next number of a connection or a track.
    next: u64,
    outputs: Vec<MediaOutput>,
}

/// What happens to media, for [`Media::event`].
pub struct MediaEvents(UnboundedReceiver<MediaEvent>);

/// One event. What is in it concerns [`Media`] alone.
#[derive(Debug)]
pub struct Happened(MediaEvent);

/// What comes of an order or an event.
#[derive(Debug, PartialEq)]
pub enum MediaOutput {
    /// The room has to know.
    Input(MediaInput),
    /// A page has to know.
    Tell {
        /// Whose.
        participant: ParticipantId,
        /// What.
        message: Box<ServerMessage>,
    },
    /// A peer showed another certificate than it said. Nothing passed.
    Impostor {
        /// As whom.
        participant: ParticipantId,
    },
}

/// One connection.
struct LegState {
    owner: Owner,
    task: LegTask,
    /// What is in the slots of a viewer.
    slots: BTreeMap<usize, TrackNumber>,
    /// Spreads requests of a viewer for keyframes.
    asks: Throttle,
    /// Whether it was connected.
    is_ready: bool,
    /// Since when there is it.
    since: Duration,
    /// Of a player: when something was heard of it.
    heard: Option<Heard>,
}

impl MediaEvents {
    /// Waits for the next event. None when the media are gone.
    pub async fn next(&mut self) -> Option<Happened> {
        self.0.recv().await.map(Happened)
    }
}

impl Media {
    /// Starts media for a room.
    pub fn start(settings: Arc<MediaSettings>, clock: RoomClock) -> (Self, MediaEvents) {
        let (events, receiver) = unbounded_channel();
        let fanout = Fanout::start(&events, &clock);
        let media = Self {
            settings,
            clock,
            fanout,
            speakers: Arc::default(),
            speaking: Vec::new(),
            events,
            legs: HashMap::new(),
            tracks: HashMap::new(),
            next: 1,
            outputs: Vec::new(),
        };
        (media, MediaEvents(receiver))
    }

    /// Does what the room orders.
    pub fn order(&mut self, order: MediaOrder) -> Vec<MediaOutput> {
        match order {
            MediaOrder::OpenViewer { participant, slots } => self.open_viewer(participant, slots),
            MediaOrder::Play { participant, sdp } => self.play(participant, &sdp),
            MediaOrder::Publish {
                participant,
                sdp,
                sources,
            } => self.publish(participant, &sdp, &sources),
            MediaOrder::Answer { participant, sdp } => {
                if let Some(leg) = self.leg(participant, Leg::Subscribe) {
                    leg.task.answer(sdp);
                }
            }
            MediaOrder::Candidate {
                participant,
                leg,
                candidate,
                ..
            } => self.candidate(participant, leg, &candidate),
            MediaOrder::Fill {
                participant,
                slot,
                track,
            } => self.fill(participant, slot, track),
            MediaOrder::Mute { track, muted } => {
                if let Some(track) = self.track(track) {
                    track.ingress.state.mute(muted);
                }
            }
            MediaOrder::Unpublish {
                participant,
                source,
            } => {
                let is_it =
                    |track: &Track| track.participant == participant && track.source == source;
                self.drop_tracks(is_it);
            }
            MediaOrder::Close { participant } => {
                let legs = self.legs.iter();
                let legs = legs.filter(|(_, leg)| leg.owner.participant == participant);
                let numbers: Vec<_> = legs.map(|(number, _)| *number).collect();
                for number in numbers {
                    self.close(number);
                }
            }
        }
        std::mem::take(&mut self.outputs)
    }

    /// Takes in what happened to media.
    pub fn event(&mut self, happened: Happened) -> Vec<MediaOutput> {
        match happened.0 {
            MediaEvent::Ready(number) => self.ready(number),
            MediaEvent::Impostor(number) => {
                if let Some(leg) = self.legs.get(&number) {
                    let participant = leg.owner.participant;
                    tracing::warn!(%participant, "a peer showed another certificate than it said");
                    self.outputs.push(MediaOutput::Impostor { participant });
                    self.fail(number);
                }
            }
            MediaEvent::Broken(number) => self.fail(number),
            MediaEvent::Capacity {
                connection,
                pictures,
            } => {
                if let Some(leg) = self.legs.get(&connection) {
                    let participant = leg.owner.participant;
                    let capacity = MediaInput::Capacity {
                        participant,
                        pictures,
                    };
                    self.outputs.push(MediaOutput::Input(capacity));
                }
            }
            MediaEvent::Described { connection, sdp } => {
                if let Some(leg) = self.legs.get(&connection) {
                    let message = match leg.owner.leg {
                        Leg::Subscribe if leg.heard.is_none() => ServerMessage::Offer { sdp },
                        // Players offer, as those do who send.
                        Leg::Publish | Leg::Subscribe => ServerMessage::Answer { sdp },
                    };
                    let participant = leg.owner.participant;
                    self.tell(participant, message);
                }
            }
            MediaEvent::Failed {
                connection,
                refused: Some(code),
            } => {
                if let Some(leg) = self.legs.get(&connection) {
                    let participant = leg.owner.participant;
                    self.tell(participant, ServerMessage::Problem { code });
                    self.close(connection);
                }
            }
            // A busy machine does it in another try.
            MediaEvent::Failed { connection, .. } => self.fail(connection),
            MediaEvent::Opened {
                connection,
                source,
                track,
            } => self.opened(connection, source, track),
            MediaEvent::KeyframeWanted(track) => self.ask_keyframe(track),
            MediaEvent::KeyframeAsked { viewer, slot } => {
                let now = self.clock.elapsed();
                if let Some(leg) = self.legs.get_mut(&viewer)
                    && leg.asks.ask(now)
                    && let Some(track) = leg.slots.get(&slot).copied()
                {
                    self.ask_keyframe(track);
                }
            }
            MediaEvent::KeyframeSeen(track) => {
                if let Some(track) = self.tracks.get_mut(&track) {
                    track.keyframes.seen();
                }
            }
        }
        std::mem::take(&mut self.outputs)
    }

    /// Does what is due. Has to be called every [`TICK`].
    pub fn tick(&mut self) -> Vec<MediaOutput> {
        let now = self.clock.elapsed();
        let mut wanted: Vec<_> = Vec::new();
        for leg in self.legs.values_mut() {
            if leg.asks.due(now) {
                wanted.extend(leg.slots.values().copied());
            }
        }
        for (number, track) in &mut self.tracks {
            if track.keyframe_due.is_some_and(|due| due <= now) {
                track.keyframe_due = Some(now.saturating_add(tracks::KEYFRAME_EVERY));
                wanted.push(*number);
            }
        }
        for track in wanted {
            self.ask_keyframe(track);
        }
        for track in self.tracks.values_mut() {
            if track.keyframes.due(now) {
                track.seek();
            }
        }
        self.listen(now);
        self.notice_silence(now);
        std::mem::take(&mut self.outputs)
    }

    fn publish(
        &mut self,
        participant: ParticipantId,
        sdp: &str,
        sources: &BTreeMap<String, TrackSource>,
    ) {
        let Some((offer, sections)) = self.understood(sdp, sources) else {
            self.tell(participant, ServerMessage::Problem { code: "bad_offer" });
            return;
        };
        // Of those that were begun before, only one that works may still be needed.
        let owner = Owner {
            participant,
            leg: Leg::Publish,
        };
        let begun = self.legs.iter();
        let begun = begun.filter(|(_, leg)| leg.owner == owner && !leg.is_ready);
        let begun: Vec<_> = begun.map(|(number, _)| *number).collect();
        for number in begun {
            self.close(number);
        }
        let number = self.take_number();
        let mut taken = BTreeMap::new();
        for section in sections {
            let Wanted { index, source, .. } = section;
            let track = self.take_number();
            let ingress = Arc::new(self.ingress(track, &section));
            self.tracks.insert(
                track,
                Track {
                    connection: number,
                    participant,
                    source,
                    id: None,
                    ingress: ingress.clone(),
                    keyframes: Seeker::default(),
                    keyframe_due: None,
                },
            );
            taken.insert(index, Taken { source, ingress });
        }
        let task = LegTask::publish(
            self.settings.clone(),
            self.clock.clone(),
            number,
            offer,
            taken,
            self.events.clone(),
        );
        self.add_leg(number, participant, Leg::Publish, task);
    }

    fn candidate(&mut self, participant: ParticipantId, leg: Leg, text: &str) {
        match read_candidate(text, &self.settings.limits) {
            Ok(Some(candidate)) => {
                if let Some(leg) = self.leg(participant, leg) {
                    leg.task.candidate(candidate);
                }
            }
            // One that is of no use here.
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%error, "a candidate was refused");
                let code = "bad_candidate";
                self.tell(participant, ServerMessage::Problem { code });
            }
        }
    }

    fn ready(&mut self, number: ConnectionNumber) {
        let Some(leg) = self.legs.get_mut(&number) else {
            return;
        };
        leg.is_ready = true;
        if let Some(heard) = &leg.heard {
            heard.note(&self.clock);
        }
        match leg.owner.leg {
            Leg::Subscribe => self.fanout.sender().activate(number),
            Leg::Publish => {
                // What the participant sent on connections before this one ends now.
                let participant = leg.owner.participant;
                let before = self.legs.iter().filter(|(other, leg)| {
                    **other < number
                        && leg.owner.participant == participant
                        && leg.owner.leg == Leg::Publish
                });
                let before: Vec<_> = before.map(|(number, _)| *number).collect();
                for number in before {
                    self.close(number);
                }
            }
        }
    }

    fn fail(&mut self, number: ConnectionNumber) {
        let Some(leg) = self.legs.get(&number) else {
            return;
        };
        let Owner { participant, leg } = leg.owner;
        self.close(number);
        self.outputs
            .push(MediaOutput::Input(MediaInput::Failed { participant, leg }));
    }

    fn close(&mut self, number: ConnectionNumber) {
        let Some(leg) = self.legs.remove(&number) else {
            return;
        };
        match leg.owner.leg {
            Leg::Subscribe => self.fanout.sender().detach(number),
            Leg::Publish => self.drop_tracks(|track| track.connection == number),
        }
    }

    fn add_leg(
        &mut self,
        number: ConnectionNumber,
        participant: ParticipantId,
        leg: Leg,
        task: LegTask,
    ) {
        let state = LegState {
            owner: Owner { participant, leg },
            task,
            slots: BTreeMap::new(),
            asks: Throttle::default(),
            is_ready: false,
            since: self.clock.elapsed(),
            heard: None,
        };
        self.legs.insert(number, state);
    }

    fn tell(&mut self, participant: ParticipantId, message: ServerMessage) {
        self.outputs.push(MediaOutput::Tell {
            participant,
            message: Box::new(message),
        });
    }

    const fn take_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Returns the newest connection of a participant.
    fn number(&self, participant: ParticipantId, leg: Leg) -> Option<ConnectionNumber> {
        let owner = Owner { participant, leg };
        let legs = self.legs.iter().filter(|(_, leg)| leg.owner == owner);
        legs.map(|(number, _)| *number).max()
    }

    fn leg(&self, participant: ParticipantId, leg: Leg) -> Option<&LegState> {
        self.legs.get(&self.number(participant, leg)?)
    }
}
