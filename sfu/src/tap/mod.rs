//! The tap: the only way from a room to a recording.
//!
//! > **There is no tap without [`Consented`]**, which only a room makes, for one track of one
//! > participant whose answer allows it. A room that is encrypted end to end makes none. A tap asks
//! > before every packet whether the answer still holds.

use scrim_policy::{
    ConsentPurpose, Moment, ParticipantId, Pii, TimelineEvent, TrackId, TrackSource,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    codec::Codec,
    media::RoomClock,
    room::Consented,
    rtp::{Packet, SenderReport},
};

/// Where the packets of one track go, as the log of that track. It is called on a thread of a
/// connection, so it must not wait.
pub trait PacketSink: Send {
    /// Takes a packet without header extensions and padding. `pts` and `arrival` are nanoseconds of
    /// the room; what arrived late has a `pts` before its `arrival`.
    fn packet(&mut self, pts: u64, arrival: u64, rtp: &[u8]);

    /// Takes what the sender says about time, RFC 3550, 6.4.1: the time of its own clock at an RTP
    /// timestamp. What it said before the tap was opened comes first, once.
    fn report(&mut self, arrival: u64, ntp: u64, rtp: u32);
}

/// Whoever records a room. The room tells it what to keep; it says itself when it cannot. It is called
/// by the task of the room, so it must not wait.
pub trait Recorder: Send {
    /// The room is open. Called once, before anything else.
    fn attach(&mut self, link: RoomLink);

    /// Keeps an entry of the timeline.
    fn note(&mut self, at: Moment, event: &TimelineEvent);

    /// Begins the log of a track. None where it cannot be kept: the meeting goes on without it.
    fn open(&mut self, track: &TrackFacts) -> Option<Box<dyn PacketSink>>;

    /// Ends the log of a track. What is in it stays.
    fn close(&mut self, track: TrackId);

    /// Destroys all logs of a participant for a purpose, and what comes of them later.
    fn destroy(&mut self, participant: ParticipantId, purpose: ConsentPurpose);

    /// Keeps a line of chat.
    fn chat(&mut self, at: Moment, participant: ParticipantId, text: &Pii<String>);

    /// The meeting is over.
    fn finish(&mut self);
}

/// What a recorder has of its room.
#[derive(Debug)]
pub struct RoomLink {
    /// The clock of the room.
    pub clock: RoomClock,
    /// What is called when it cannot record any more.
    pub alarm: Alarm,
}

/// Tells a room that it cannot be recorded any more. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Alarm(UnboundedSender<RecordingFailure>);

impl Alarm {
    /// Makes an alarm, and what hears it.
    pub fn new() -> (Self, UnboundedReceiver<RecordingFailure>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), receiver)
    }

    /// The recording is over, whatever the room wants. What was recorded stays.
    pub fn raise(&self, failure: RecordingFailure) {
        // A room that is over needs to know no more.
        let _ = self.0.send(failure);
    }
}

/// Why a room cannot be recorded any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingFailure {
    /// It could not begin: its keys or its catalog were not to be had, or there was no place for it.
    NotBegun,
    /// It could not be written: the disk is full or broken.
    NotWritten,
    /// More came than could be written.
    TooMuch,
    /// It was erased.
    Erased,
}

impl RecordingFailure {
    /// Returns the word for it in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotBegun => "not_begun",
            Self::NotWritten => "not_written",
            Self::TooMuch => "too_much",
            Self::Erased => "erased",
        }
    }
}

/// What has to be known of a track to keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackFacts {
    /// Which.
    pub track: TrackId,
    /// Whose.
    pub participant: ParticipantId,
    /// For what the participant agreed.
    pub purpose: ConsentPurpose,
    /// From where.
    pub source: TrackSource,
    /// In which codec.
    pub codec: Codec,
    /// Payload type of its packets.
    pub payload_type: u8,
}

/// The tap of one track.
pub struct Tap {
    consented: Consented,
    sink: Box<dyn PacketSink>,
    packet: Vec<u8>,
}

impl Tap {
    /// Opens a tap.
    pub fn new(consented: Consented, sink: Box<dyn PacketSink>) -> Self {
        Self {
            consented,
            sink,
            packet: Vec::new(),
        }
    }

    /// Returns which track it is.
    pub const fn track(&self) -> TrackId {
        self.consented.track()
    }

    /// Records a packet, and says whether it may go on doing so.
    pub fn packet(&mut self, packet: &Packet<'_>, pts: u64, arrival: u64) -> bool {
        if !self.consented.is_good() {
            return false;
        }
        packet.write_plain(&mut self.packet);
        self.sink.packet(pts, arrival, &self.packet);
        true
    }

    /// Records what the sender says about time, and says whether it may go on doing so.
    pub fn report(&mut self, report: SenderReport, arrival: u64) -> bool {
        if !self.consented.is_good() {
            return false;
        }
        self.sink.report(arrival, report.ntp, report.rtp);
        true
    }
}
