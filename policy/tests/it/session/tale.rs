//! A timeline, told by hand.

use scrim_policy::{
    ConsentPurpose, ConsentRule, InitialsBook, Moment, ParticipantId, Pii, Policy, Role,
    SessionPlan, TimelineEntry, TimelineEvent, TrackId, TrackSource,
    session::{Shows, Tile},
};
use uuid::Uuid;

pub(crate) const NOTICE: &str = "notice-1";

/// Everything that somebody can agree to.
pub(crate) const ALL: [ConsentPurpose; 5] = ConsentPurpose::ALL;

/// A meeting that is written down while it is told.
#[derive(Clone)]
pub(crate) struct Tale {
    pub(crate) timeline: Vec<TimelineEntry>,
    pub(crate) now: Moment,
    next: u128,
    initials: InitialsBook,
}

/// Somebody who has agreed to everything and sends picture and sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) id: ParticipantId,
    pub(crate) camera: TrackId,
    pub(crate) voice: TrackId,
}

pub(crate) fn moment(seconds: f64) -> Moment {
    Moment::from_seconds(seconds)
}

/// A policy for sessions with these lines.
pub(crate) fn policy(lines: &str) -> Policy {
    let text = format!("schema = 1\nname = \"test\"\n{lines}\n");
    Policy::parse("test.toml", &text).unwrap()
}

/// A policy with one of the layouts.
pub(crate) fn layout(word: &str) -> Policy {
    policy(&format!("[live]\nlayout = \"{word}\""))
}

impl Tale {
    pub(crate) fn new(rule: ConsentRule) -> Self {
        let mut tale = Self {
            timeline: Vec::new(),
            now: Moment::START,
            next: 0,
            initials: InitialsBook::default(),
        };
        tale.note(TimelineEvent::Opened {
            unix_millis: 1_800_000_000_000,
            rule,
        });
        tale
    }

    /// A room with explicit consent, in which recording is on from the start.
    pub(crate) fn recorded() -> Self {
        let mut tale = Self::new(ConsentRule::Explicit);
        tale.record(true);
        tale
    }

    /// Goes on at a second of the room.
    pub(crate) fn at(&mut self, seconds: f64) -> &mut Self {
        assert!(moment(seconds) >= self.now, "time goes back");
        self.now = moment(seconds);
        self
    }

    pub(crate) fn note(&mut self, event: TimelineEvent) {
        self.timeline.push(TimelineEntry {
            at: self.now,
            event,
        });
    }

    fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    pub(crate) fn join_as(&mut self, name: &str, role: Role) -> ParticipantId {
        let participant = ParticipantId::from_uuid(self.id());
        let name = Pii::new(name.to_owned());
        let initials = self.initials.give(&name);
        self.note(TimelineEvent::Joined {
            participant,
            name,
            email: None,
            initials,
            role,
        });
        participant
    }

    pub(crate) fn join(&mut self, name: &str) -> ParticipantId {
        self.join_as(name, Role::Attendee)
    }

    /// Somebody comes, agrees to everything and sends picture and sound.
    pub(crate) fn sender(&mut self, name: &str) -> Sender {
        let id = self.join(name);
        self.agree(id, &ALL);
        Sender {
            id,
            camera: self.send(id, TrackSource::Camera),
            voice: self.send(id, TrackSource::Microphone),
        }
    }

    pub(crate) fn tell(&mut self, participant: ParticipantId) {
        self.note(TimelineEvent::Noticed {
            participant,
            notice: NOTICE.to_owned(),
        });
    }

    pub(crate) fn say(&mut self, participant: ParticipantId, purpose: ConsentPurpose, given: bool) {
        self.note(TimelineEvent::Consented {
            participant,
            purpose,
            given,
            notice: NOTICE.to_owned(),
        });
    }

    pub(crate) fn agree(&mut self, participant: ParticipantId, purposes: &[ConsentPurpose]) {
        self.tell(participant);
        for purpose in purposes {
            self.say(participant, *purpose, true);
        }
    }

    pub(crate) fn refuse(&mut self, participant: ParticipantId, purposes: &[ConsentPurpose]) {
        for purpose in purposes {
            self.say(participant, *purpose, false);
        }
    }

    pub(crate) fn send(&mut self, participant: ParticipantId, source: TrackSource) -> TrackId {
        let track = TrackId::from_uuid(self.id());
        self.note(TimelineEvent::TrackOpened {
            track,
            participant,
            source,
        });
        track
    }

    pub(crate) fn mute(&mut self, track: TrackId, muted: bool) {
        self.note(TimelineEvent::TrackMuted { track, muted });
    }

    pub(crate) fn close(&mut self, track: TrackId) {
        self.note(TimelineEvent::TrackClosed { track });
    }

    pub(crate) fn speaks(&mut self, participant: Option<ParticipantId>) {
        self.note(TimelineEvent::Speaks { participant });
    }

    pub(crate) fn place(&mut self, participant: ParticipantId, breakout: Option<u8>) {
        self.note(TimelineEvent::Placed {
            participant,
            breakout,
        });
    }

    pub(crate) fn record(&mut self, on: bool) {
        self.note(match on {
            true => TimelineEvent::RecordingStarted,
            false => TimelineEvent::RecordingStopped,
        });
    }

    /// What is recorded of the main room until a second, in one of the layouts.
    pub(crate) fn plan(&self, word: &str, until: f64) -> SessionPlan {
        SessionPlan::compile(&layout(word), &self.timeline, moment(until), None)
    }
}

/// The tiles at a second of the recording.
pub(crate) fn tiles(plan: &SessionPlan, seconds: f64) -> &[Tile] {
    let at = moment(seconds);
    let mut scenes = plan.scenes.iter();
    let scene = scenes.find(|scene| scene.from <= at && at < scene.to);
    scene.map_or(&[], |scene| &scene.tiles)
}

/// The tracks that are seen at a second of the recording, in the order of the tiles.
pub(crate) fn pictures(plan: &SessionPlan, seconds: f64) -> Vec<TrackId> {
    let tracks = tiles(plan, seconds)
        .iter()
        .filter_map(|tile| match tile.shows {
            Shows::Track(track) => Some(track),
            Shows::Plate { .. } => None,
        });
    tracks.collect()
}

/// What is written on the plates at a second of the recording.
pub(crate) fn plates(plan: &SessionPlan, seconds: f64) -> Vec<String> {
    let texts = tiles(plan, seconds)
        .iter()
        .filter_map(|tile| match &tile.shows {
            Shows::Plate { text, .. } => Some(text.clone()),
            Shows::Track(_) => None,
        });
    texts.collect()
}

/// The tracks that are heard at a second of the recording.
pub(crate) fn heard(plan: &SessionPlan, seconds: f64) -> Vec<TrackId> {
    let at = moment(seconds);
    let voices = plan.voices.iter();
    let heard = voices.filter(|voice| voice.from <= at && at < voice.to);
    heard.map(|voice| voice.track).collect()
}
