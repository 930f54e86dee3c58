//! Recording a room.
//!
//! ```text
//! room ──► RoomRecorder ─┐
//!                        ├─► inbox ─► Writer, a thread ─► spool ─► sealing, a thread ─► store
//! taps ──► TrackSink ────┘              │
//!                                       └─► RunningSession, for whoever reads meanwhile
//! ```
//!
//! Whoever calls a recorder must not wait, so everything goes through an inbox, in order. The writer
//! gathers the packets of each track into chunks of a second, forces them to disk, and says up to when
//! the session is complete.
//!
//! > **A recording never holds up a meeting.** Where it cannot go on it ends, loudly: hosts are told, the
//! > indicator goes off, and what was recorded until then is kept.

mod hook;
mod inbox;
mod prelude;
mod recordings;
mod running;
mod sealing;
#[cfg(test)]
mod tests;
mod tracks;
mod writer;

pub(crate) use self::{
    hook::{Began, RecordingHook},
    recordings::Recordings,
};

use std::{sync::Arc, thread};

use scrim_policy::{
    ConsentPurpose, Moment, ParticipantId, Pii, PolicyId, RoomId, TenantId, TimelineEvent, TrackId,
};
use scrim_sfu::tap::{PacketSink, Recorder, RecordingFailure, RoomLink, TrackFacts};
use scrim_storage::Vault;

use self::{
    inbox::{Event, Inbox, TrackSink},
    writer::Writer,
};

/// What has to be known of a room to record it.
pub(super) struct Plan {
    pub(super) tenant: TenantId,
    pub(super) room: RoomId,
    /// What the recording is to be called.
    pub(super) title: String,
    /// The policy that it is to be processed with.
    pub(super) policy: Option<PolicyId>,
}

/// Records one room. See the [module](self).
pub(super) struct RoomRecorder {
    inbox: Inbox,
    /// How many taps were opened. Each has its number, so that what comes late of one is told apart.
    taps: u64,
    /// What the thread needs, until it is started.
    prepared: Option<(Vault, Plan, Arc<dyn RecordingHook>)>,
}

impl RoomRecorder {
    pub(super) fn new(vault: Vault, plan: Plan, hook: Arc<dyn RecordingHook>) -> Self {
        Self {
            inbox: Inbox::default(),
            taps: 0,
            prepared: Some((vault, plan, hook)),
        }
    }
}

impl Recorder for RoomRecorder {
    fn attach(&mut self, link: RoomLink) {
        let Some((vault, plan, hook)) = self.prepared.take() else {
            return;
        };
        let alarm = link.alarm.clone();
        let writer = Writer::new(vault, plan, hook, link, self.inbox.clone());
        let thread = thread::Builder::new().name("scrim-recorder".to_owned());
        if let Err(error) = thread.spawn(move || writer.run()) {
            tracing::error!(%error, "a room cannot be recorded");
            alarm.raise(RecordingFailure::NotBegun);
        }
    }

    fn note(&mut self, at: Moment, event: &TimelineEvent) {
        self.inbox.put(Event::Noted(at, event.clone()));
    }

    fn open(&mut self, track: &TrackFacts) -> Option<Box<dyn PacketSink>> {
        self.taps += 1;
        let tap = self.taps;
        self.inbox.put(Event::Opened(*track, tap));
        Some(Box::new(TrackSink::new(
            self.inbox.clone(),
            track.track,
            tap,
        )))
    }

    fn close(&mut self, track: TrackId) {
        self.inbox.put(Event::Closed(track));
    }

    fn destroy(&mut self, participant: ParticipantId, purpose: ConsentPurpose) {
        self.inbox.put(Event::Destroyed(participant, purpose));
    }

    fn chat(&mut self, at: Moment, participant: ParticipantId, text: &Pii<String>) {
        self.inbox.put(Event::Said(at, participant, text.clone()));
    }

    fn finish(&mut self) {
        self.inbox.put(Event::Finished);
    }
}

/// A room that is gone without a word is over as well.
impl Drop for RoomRecorder {
    fn drop(&mut self) {
        self.inbox.put(Event::Finished);
    }
}
