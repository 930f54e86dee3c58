//! A recorder with a real vault. The test is the room, and everybody in it.
#![allow(clippy::unwrap_used)]

mod failing;
mod inbox;
mod prelude;
mod recording;
mod refusing;

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use scrim_ingest::{
    SessionSource, SessionState, TrackChunks,
    log::{Body, Codec, TrackReader},
};
use scrim_pipeline::session::KeptSession;
use scrim_policy::{
    ConsentPurpose, ConsentRule, Moment, ParticipantId, Pii, RecordingId, Role, RoomId, TenantId,
    TimelineEvent, TrackId, TrackSource,
};
use scrim_sfu::{
    media::RoomClock,
    tap::{Alarm, PacketSink, Recorder, RecordingFailure, RoomLink, TrackFacts},
};
use scrim_storage::Vault;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;
use uuid::Uuid;

use super::{
    Plan, RoomRecorder,
    hook::{Began, RecordingHook},
};
use crate::serve::app::now;

/// How long something may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn participant(number: u128) -> ParticipantId {
    ParticipantId::from_uuid(Uuid::from_u128(number))
}

pub(super) fn track(number: u128) -> TrackId {
    TrackId::from_uuid(Uuid::from_u128(number))
}

/// What is told of recordings.
enum Told {
    Began(Began),
    Ended(RecordingId),
}

struct Telling(Sender<Told>);

impl RecordingHook for Telling {
    fn began(&self, began: Began) {
        let _ = self.0.send(Told::Began(began));
    }

    fn ended(&self, recording: RecordingId) {
        let _ = self.0.send(Told::Ended(recording));
    }
}

/// A room that is recorded.
pub(super) struct TestRoom {
    recorder: Option<RoomRecorder>,
    clock: RoomClock,
    alarms: UnboundedReceiver<RecordingFailure>,
    told: Receiver<Told>,
    pub(super) vault: Vault,
    pub(super) folder: TempDir,
}

impl TestRoom {
    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let vault = Vault::open(&home, Vault::default_unlock(&home)).unwrap();
        let (telling, told) = channel();
        let plan = Plan {
            tenant: TenantId::SINGLE,
            room: RoomId::from_uuid(Uuid::from_u128(1)),
            title: "Beekeeping".to_owned(),
            policy: None,
        };
        let mut recorder = RoomRecorder::new(vault.clone(), plan, Arc::new(Telling(telling)));
        let clock = RoomClock::start().unwrap();
        let (alarm, alarms) = Alarm::new();
        let link = RoomLink {
            clock: clock.clone(),
            alarm,
        };
        recorder.attach(link);
        let mut room = Self {
            recorder: Some(recorder),
            clock,
            alarms,
            told,
            vault,
            folder,
        };
        room.note(TimelineEvent::Opened {
            unix_millis: 1_790_000_000_000,
            rule: ConsentRule::Inform,
        });
        room
    }

    fn recorder(&mut self) -> &mut RoomRecorder {
        self.recorder.as_mut().unwrap()
    }

    pub(super) fn note(&mut self, event: TimelineEvent) {
        let now = self.clock.now();
        self.recorder().note(now, &event);
    }

    pub(super) fn join(&mut self, number: u128, name: &str) {
        self.note(TimelineEvent::Joined {
            participant: participant(number),
            name: Pii::new(name.to_owned()),
            email: None,
            initials: "Q.Q.".to_owned(),
            role: Role::Attendee,
        });
    }

    /// Begins to record, and returns whoever reads it.
    pub(super) fn start(&mut self) -> (RecordingId, Arc<dyn SessionSource>) {
        self.note(TimelineEvent::RecordingStarted);
        match self.told.recv_timeout(PATIENCE).unwrap() {
            Told::Began(began) => (began.recording, began.source),
            Told::Ended(recording) => panic!("{recording} has ended"),
        }
    }

    /// Somebody is recorded from now on.
    pub(super) fn tap(&mut self, of: u128, source: TrackSource) -> (TrackId, Box<dyn PacketSink>) {
        let is_sound = source == TrackSource::Microphone;
        let track = track(10 * of + u128::from(is_sound));
        self.note(TimelineEvent::TrackOpened {
            track,
            participant: participant(of),
            source,
        });
        (track, self.tap_again(of, source, track))
    }

    pub(super) fn tap_again(
        &mut self,
        of: u128,
        source: TrackSource,
        track: TrackId,
    ) -> Box<dyn PacketSink> {
        let facts = TrackFacts {
            track,
            participant: participant(of),
            purpose: source.purpose(),
            source,
            codec: match source {
                TrackSource::Microphone => Codec::Opus,
                _ => Codec::Vp8,
            },
            payload_type: 96,
        };
        self.recorder().open(&facts).unwrap()
    }

    pub(super) fn untap(&mut self, track: TrackId) {
        self.recorder().close(track);
    }

    pub(super) fn say(&mut self, of: u128, text: &str) {
        let now = self.clock.now();
        let text = Pii::new(text.to_owned());
        self.recorder().chat(now, participant(of), &text);
    }

    pub(super) fn refuse(&mut self, of: u128, purpose: ConsentPurpose) {
        self.note(TimelineEvent::Consented {
            participant: participant(of),
            purpose,
            given: false,
            notice: "notice".to_owned(),
        });
        self.recorder().destroy(participant(of), purpose);
    }

    /// Sends packets, the first of them with this sequence number.
    pub(super) fn send(&self, sink: &mut dyn PacketSink, from: u16, count: u16) {
        for sequence in from..from + count {
            let now = self.clock.now();
            sink.packet(now.0, now.0, &packet(sequence));
        }
    }

    pub(super) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The meeting is over. Waits until all of it is sealed.
    pub(super) fn finish(&mut self) -> RecordingId {
        self.note(TimelineEvent::Ended);
        self.recorder().finish();
        self.sealed()
    }

    /// Waits until a session is sealed.
    pub(super) fn sealed(&mut self) -> RecordingId {
        match self.told.recv_timeout(PATIENCE).unwrap() {
            Told::Ended(recording) => recording,
            Told::Began(_) => panic!("another one has begun"),
        }
    }

    pub(super) fn kept(&self, recording: RecordingId) -> KeptSession {
        KeptSession::open(&self.vault, recording, now()).unwrap()
    }

    /// Waits for an alarm.
    pub(super) fn alarm(&mut self) -> RecordingFailure {
        self.alarms.blocking_recv().unwrap()
    }

    /// The meeting is over, and nothing was recorded of it.
    pub(super) fn finish_unrecorded(&mut self) {
        self.recorder().finish();
        // The thread is gone with its hook.
        assert!(self.told.recv_timeout(PATIENCE).is_err());
    }
}

/// A packet whose payload says which one it is.
fn packet(sequence: u16) -> Vec<u8> {
    let mut bytes = vec![0x80, 96];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend((u32::from(sequence) * 960).to_be_bytes());
    bytes.extend(7_u32.to_be_bytes());
    bytes.extend(format!("quillfeather {sequence}").bytes());
    bytes
}

/// Waits until a session is complete up to a moment.
pub(super) fn complete(source: &dyn SessionSource, to: Moment) -> SessionState {
    let since = Instant::now();
    loop {
        let state = source.wait(to.earlier(1), Duration::from_secs(1));
        if state.complete_to >= to || state.is_over {
            return state;
        }
        assert!(since.elapsed() < PATIENCE, "it does not get there");
    }
}

/// What a log has, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Packet(u16),
    Report(u32),
    Pause,
    Resume,
}

/// Returns what is in the log of a track; nothing where there is none. A log that is being written may
/// have no end.
pub(super) fn read(source: &dyn SessionSource, track: TrackId) -> Option<Vec<Read>> {
    let mut chunks: Box<dyn TrackChunks> = source.open_track(track).unwrap()?;
    let chunks = std::iter::from_fn(move || chunks.next().transpose());
    let mut reader = TrackReader::new(chunks);
    let mut found = Vec::new();
    let mut latest = 0;
    while let Some(record) = reader.next_record().unwrap() {
        latest = latest.max(record.pts);
        found.push(match record.body {
            Body::Rtp(packet) => Read::Packet(packet.sequence()),
            Body::SenderReport(report) => Read::Report(report.rtp),
            Body::Pause => Read::Pause,
            Body::Resume => Read::Resume,
            other => panic!("{other:?}"),
        });
    }
    assert!(latest > 0 || found.is_empty());
    Some(found)
}

pub(super) fn packets(numbers: std::ops::Range<u16>) -> Vec<Read> {
    numbers.map(Read::Packet).collect()
}
