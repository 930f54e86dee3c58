//! Live sessions: spooled, sealed, refused, cut, erased.

mod erasing;
mod recovering;
mod refusing;
mod spooling;

use std::path::PathBuf;

use scrim_policy::{
    ArtefactId, ConsentPurpose, ConsentRule, Moment, ParticipantId, Pii, RecordingId, Role, RoomId,
    TenantId, TimelineEntry, TimelineEvent, TrackId,
};
use scrim_storage::session::{
    LayerOwner, SealingState, Session, SessionReader, SessionSealing, SpoolView,
};
use uuid::Uuid;

use crate::{
    fixtures::{NOW, contains, files_below},
    runs::Place,
};

pub(crate) const ZOFIA: u128 = 1;
pub(crate) const LUCA: u128 = 2;

pub(crate) fn participant(number: u128) -> ParticipantId {
    ParticipantId::from_uuid(Uuid::from_u128(number))
}

/// The room that is recorded.
pub(crate) fn room() -> RoomId {
    RoomId::from_uuid(Uuid::from_u128(9))
}

pub(crate) fn track(number: u128) -> TrackId {
    TrackId::from_uuid(Uuid::from_u128(number))
}

/// A track of somebody. Its number says whose and what it is.
pub(crate) fn owner(of: u128, purpose: ConsentPurpose) -> LayerOwner {
    LayerOwner {
        participant: participant(of),
        purpose,
        track: (purpose != ConsentPurpose::Chat).then(|| track(of * 10 + purpose as u128)),
    }
}

pub(crate) const fn seconds(count: u64) -> Moment {
    Moment(count * 1_000_000_000)
}

pub(crate) fn entry(at: u64, event: TimelineEvent) -> TimelineEntry {
    TimelineEntry {
        at: seconds(at),
        event,
    }
}

pub(crate) fn joined(of: u128, name: &str, email: Option<&str>) -> TimelineEntry {
    let event = TimelineEvent::Joined {
        participant: participant(of),
        name: Pii::new(name.to_owned()),
        email: email.map(|email| Pii::new(email.to_owned())),
        initials: "Q.Q.".to_owned(),
        role: Role::Attendee,
    };
    entry(1, event)
}

pub(crate) fn refused(of: u128, purpose: ConsentPurpose) -> TimelineEntry {
    let event = TimelineEvent::Consented {
        participant: participant(of),
        purpose,
        given: false,
        notice: "notice".to_owned(),
    };
    entry(3, event)
}

/// A session with two people: two layers of one of them, one and a line of chat of the other.
pub(crate) struct Recorded {
    pub(crate) session: Session,
    pub(crate) sealing: SessionSealing,
    pub(crate) recording: RecordingId,
    pub(crate) zofias_voice: ArtefactId,
    pub(crate) zofias_camera: ArtefactId,
    pub(crate) lucas_voice: ArtefactId,
    pub(crate) lucas_chat: ArtefactId,
}

pub(crate) fn chunk(of: &str, number: u64) -> Vec<u8> {
    format!("{of} {number} quillfeather").into_bytes()
}

pub(crate) fn record(place: &Place) -> Recorded {
    let (mut session, sealing) = place
        .vault
        .begin_live_session(TenantId::SINGLE, room(), NOW)
        .unwrap();
    let opened = TimelineEvent::Opened {
        unix_millis: 1_790_000_000_000,
        rule: ConsentRule::Explicit,
    };
    let entries = vec![
        entry(0, opened),
        joined(ZOFIA, "Zofia Wiśniewska", Some("zofia@example.org")),
        joined(LUCA, "Luca Conti", None),
        entry(2, TimelineEvent::RecordingStarted),
    ];
    session.happened(Moment::START, entries).unwrap();
    let mut open = |of, purpose| session.open_layer(owner(of, purpose), NOW).unwrap();
    let zofias_voice = open(ZOFIA, ConsentPurpose::Voice);
    let zofias_camera = open(ZOFIA, ConsentPurpose::Camera);
    let lucas_voice = open(LUCA, ConsentPurpose::Voice);
    let lucas_chat = open(LUCA, ConsentPurpose::Chat);
    let mut recorded = Recorded {
        recording: session.recording(),
        session,
        sealing,
        zofias_voice,
        zofias_camera,
        lucas_voice,
        lucas_chat,
    };
    recorded.append(0);
    recorded.append(1);
    recorded.complete(4);
    recorded
}

impl Recorded {
    pub(crate) fn layers(&self) -> [(ArtefactId, &'static str); 4] {
        [
            (self.zofias_voice, "voice of Z"),
            (self.zofias_camera, "camera of Z"),
            (self.lucas_voice, "voice of L"),
            (self.lucas_chat, "chat of L"),
        ]
    }

    /// Appends a chunk to every layer.
    pub(crate) fn append(&mut self, number: u64) {
        for (layer, of) in self.layers() {
            self.session.append(layer, &chunk(of, number)).unwrap();
        }
    }

    /// Says that everything is there up to so many seconds.
    pub(crate) fn complete(&mut self, to: u64) {
        self.session.happened(seconds(to), Vec::new()).unwrap();
        self.session.sync().unwrap();
    }

    pub(crate) fn end(mut self) -> Ended {
        self.session.end().unwrap();
        seal(&mut self.sealing);
        Ended {
            recording: self.recording,
        }
    }

    /// Goes away in the middle, as a process does that is killed. What was not synced may be lost, which
    /// a process cannot do to itself.
    pub(crate) fn cut(self) -> Ended {
        let Self { recording, .. } = self;
        Ended { recording }
    }

    pub(crate) fn view(&self) -> SpoolView {
        self.session.view()
    }
}

pub(crate) fn seal(sealing: &mut SessionSealing) {
    while sealing.advance(NOW).unwrap() != SealingState::Over {}
}

/// A session that nobody records any more.
pub(crate) struct Ended {
    pub(crate) recording: RecordingId,
}

impl Ended {
    pub(crate) fn reader(&self, place: &Place) -> SessionReader {
        place.vault.open_session(self.recording, NOW).unwrap()
    }

    pub(crate) fn folder(&self, place: &Place) -> PathBuf {
        place.home.join("live").join(self.recording.to_string())
    }

    /// Returns the chunks of a layer; nothing where it is not there.
    pub(crate) fn chunks(&self, place: &Place, layer: ArtefactId) -> Option<Vec<Vec<u8>>> {
        let mut reader = self.reader(place).open(layer).unwrap()?;
        let next = || reader.next_chunk().unwrap();
        Some(std::iter::from_fn(next).collect())
    }
}

/// Returns the chunks of a layer in the spool.
pub(crate) fn spooled(view: &SpoolView, layer: ArtefactId) -> Option<Vec<Vec<u8>>> {
    let mut reader = view.open(layer).unwrap()?;
    let next = || reader.next_chunk().unwrap();
    Some(std::iter::from_fn(next).collect())
}

/// How many objects are in the store.
pub(crate) fn objects(place: &Place) -> usize {
    let files = files_below(&place.home.join("objects"));
    let is_object = |path: &&PathBuf| !path.to_string_lossy().contains("incoming");
    files.iter().filter(is_object).count()
}

/// Whether a text is in any file below the home.
pub(crate) fn holds(place: &Place, text: &[u8]) -> bool {
    let files = files_below(&place.home);
    let has_it = |path: &PathBuf| contains(&std::fs::read(path).unwrap(), text);
    files.iter().any(has_it)
}
