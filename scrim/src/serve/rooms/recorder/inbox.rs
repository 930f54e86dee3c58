//! What waits to be recorded.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use scrim_ingest::log::SenderReport;
use scrim_policy::{
    ConsentPurpose, Moment, ParticipantId, Pii, RecordingId, TimelineEvent, TrackId,
};
use scrim_sfu::tap::{PacketSink, TrackFacts};

/// Bytes of packets that may wait: half a minute of a full stage. A disk that takes longer is none.
pub(super) const MOST_BYTES: usize = 64 << 20;

/// What a packet costs beside its bytes.
const OVERHEAD: usize = 96;

/// Something to be recorded.
pub(super) enum Event {
    /// Something happened.
    Noted(Moment, TimelineEvent),
    /// A track is recorded from now on, by this tap.
    Opened(TrackFacts, u64),
    /// A track is not recorded any more, for now.
    Closed(TrackId),
    /// A packet came.
    Packet(TrackId, u64, Times, Vec<u8>),
    /// A sender said what time it is.
    Reported(TrackId, u64, u64, SenderReport),
    /// Somebody has refused something.
    Destroyed(ParticipantId, ConsentPurpose),
    /// Somebody has written something.
    Said(Moment, ParticipantId, Pii<String>),
    /// A session was erased.
    Gone(RecordingId),
    /// The meeting is over.
    Finished,
}

/// When a packet is shown or heard, and when it came, in nanoseconds of the room.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) pts: u64,
    pub(super) arrival: u64,
}

/// Takes what has to be recorded. Nobody waits at it.
#[derive(Clone)]
pub(super) struct Inbox {
    sender: Sender<Event>,
    receiver: Arc<std::sync::Mutex<Option<Receiver<Event>>>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    waiting_bytes: AtomicUsize,
    /// Whether something was left out because too much waits.
    has_overflowed: AtomicBool,
}

impl Default for Inbox {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self {
            sender,
            receiver: Arc::new(std::sync::Mutex::new(Some(receiver))),
            state: Arc::default(),
        }
    }
}

/// The other end of an inbox.
pub(super) struct Outbox {
    receiver: Receiver<Event>,
    state: Arc<State>,
}

impl Inbox {
    /// Puts something in that is never left out.
    pub(super) fn put(&self, event: Event) {
        // A writer that is gone has nothing to write any more.
        let _ = self.sender.send(event);
    }

    /// Puts a packet in, unless too much waits.
    fn put_packet(&self, event: Event, bytes: usize) {
        let waiting = self.state.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        if waiting + bytes > MOST_BYTES {
            self.state.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.state.has_overflowed.store(true, Ordering::Relaxed);
            return;
        }
        self.put(event);
    }

    /// Returns the other end. There is one.
    pub(super) fn outbox(&self) -> Option<Outbox> {
        let mut receiver = self
            .receiver
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let receiver = receiver.take()?;
        let state = self.state.clone();
        Some(Outbox { receiver, state })
    }
}

impl Outbox {
    /// Returns the next event. None where nothing comes within `patience`.
    pub(super) fn next(&self, patience: Duration) -> Result<Option<Event>, Over> {
        let event = match self.receiver.recv_timeout(patience) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            Err(RecvTimeoutError::Disconnected) => return Err(Over),
        };
        if let Event::Packet(_, _, _, bytes) = &event {
            let cost = bytes.len() + OVERHEAD;
            self.state.waiting_bytes.fetch_sub(cost, Ordering::Relaxed);
        }
        Ok(Some(event))
    }

    /// Says whether something was left out since the last time.
    pub(super) fn has_overflowed(&self) -> bool {
        self.state.has_overflowed.swap(false, Ordering::Relaxed)
    }
}

/// Nobody is left who could put anything in.
pub(super) struct Over;

/// Takes the packets of one track, for one tap.
pub(super) struct TrackSink {
    inbox: Inbox,
    track: TrackId,
    tap: u64,
}

impl TrackSink {
    pub(super) const fn new(inbox: Inbox, track: TrackId, tap: u64) -> Self {
        Self { inbox, track, tap }
    }
}

impl PacketSink for TrackSink {
    fn packet(&mut self, pts: u64, arrival: u64, rtp: &[u8]) {
        let times = Times { pts, arrival };
        let packet = Event::Packet(self.track, self.tap, times, rtp.to_vec());
        self.inbox.put_packet(packet, rtp.len() + OVERHEAD);
    }

    fn report(&mut self, arrival: u64, ntp: u64, rtp: u32) {
        let report = SenderReport { ntp, rtp };
        self.inbox
            .put(Event::Reported(self.track, self.tap, arrival, report));
    }
}
