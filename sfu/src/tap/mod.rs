//! The tap: the only way from a room to a recording.
//!
//! > **There is no tap without [`Consented`]**, which only a room makes, for one track of one
//! > participant whose answer allows it. A room that is encrypted end to end makes none. A tap asks
//! > before every packet whether the answer still holds.

use scrim_policy::{
    ConsentPurpose, Moment, ParticipantId, Pii, TimelineEvent, TrackId, TrackSource,
};

use crate::{codec::Codec, room::Consented, rtp::Packet};

/// Where the packets of one track go, as the log of that track. It is called on a thread of a
/// connection, so it must not wait.
pub trait PacketSink: Send {
    /// Takes a packet without header extensions and padding. `pts` and `arrival` are nanoseconds of
    /// the room; what arrived late has a `pts` before its `arrival`.
    fn packet(&mut self, pts: u64, arrival: u64, rtp: &[u8]);
}

/// Whoever records a room. The room tells it what to keep; it says itself when it cannot.
pub trait Recorder: Send {
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
}
