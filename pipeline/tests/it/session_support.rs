//! A live session in memory, as a room would have logged it, and what is rendered of it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io::{self, Cursor},
    sync::{Arc, Condvar, Mutex, MutexGuard, mpsc::sync_channel},
    time::Duration,
};

use scrim_ingest::{
    SessionSource, SessionState, TrackChunks,
    log::{Body, Codec, Record, RtpPacket, SenderReport, TrackHeader, TrackLog},
};
use scrim_pipeline::{
    assemble::{AssembleError, PartReader, PartWriter, Parts, assemble},
    render::{AudioEncoder, Event, Part, PartFacts, RenderError, VideoEncoder},
    session::{Film, FilmSpec, Heard, Sound, SoundSpec},
    transcribe::CancelFlag,
};
use scrim_policy::{
    Colour, Moment, ParticipantId, PixelRect, SessionPlan, TimelineEntry, TimelineEvent, TrackId,
    TrackSource,
    session::{SessionScene, Shows, Take, Tile, Voice},
};

use crate::{media::Media, session_media::Sent};

pub(crate) const MS: u64 = 1_000_000;
pub(crate) const SECOND: u64 = 1_000_000_000;

/// When the first packet is sent, by the clock of the room.
pub(crate) const START: u64 = 10 * SECOND;

pub(crate) fn track(number: u8) -> TrackId {
    format!("trk_{number:032x}").parse().unwrap()
}

pub(crate) fn participant(number: u8) -> ParticipantId {
    format!("par_{number:032x}").parse().unwrap()
}

/// What of a track came, and how.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub(crate) track: TrackId,
    pub(crate) participant: ParticipantId,
    pub(crate) source: TrackSource,
    pub(crate) codec: Codec,
    pub(crate) packets: Vec<Sent>,
    /// When it began, in nanoseconds of the room.
    pub(crate) start: u64,
    /// Delay that every packet has, in nanoseconds.
    pub(crate) delay: u64,
    /// The most that a packet is late beyond that.
    pub(crate) jitter: u64,
    /// What the room gains on the clock of the sender.
    pub(crate) drift_ppm: f64,
    /// Whether there are sender reports, each second.
    pub(crate) reports: bool,
    /// Records beside packets, and before which packet they stand.
    pub(crate) beside: Vec<(usize, Beside)>,
}

#[derive(Clone, Copy)]
pub(crate) enum Beside {
    Gap,
    Pause,
}

impl Recorded {
    pub(crate) fn new(number: u8, source: TrackSource, codec: Codec, packets: Vec<Sent>) -> Self {
        Self {
            track: track(number),
            participant: participant(number / 10),
            source,
            codec,
            packets,
            start: START,
            delay: 20 * MS,
            jitter: 0,
            drift_ppm: 0.0,
            reports: false,
            beside: Vec::new(),
        }
    }

    /// A camera that sends VP8. The tens of the number are the participant.
    pub(crate) fn camera(number: u8, packets: Vec<Sent>) -> Self {
        Self::new(number, TrackSource::Camera, Codec::Vp8, packets)
    }

    pub(crate) fn microphone(number: u8, packets: Vec<Sent>) -> Self {
        Self::new(number, TrackSource::Microphone, Codec::Opus, packets)
    }

    fn header(&self) -> TrackHeader {
        TrackHeader {
            id: *self.track.as_uuid().as_bytes(),
            source: self.source,
            codec: self.codec,
            clock_rate: self.codec.clock_rate(),
            payload_type: self.packets[0].bytes[1] & 0x7f,
        }
    }

    /// Writes the log. Each chunk comes with the pts of its first record.
    pub(crate) fn chunks(&self) -> Vec<(u64, Vec<u8>)> {
        let mut log = TrackLog::new(self.header()).unwrap();
        let mut chunks = Vec::new();
        let mut dice = 1_u64;
        let mut latest = 0;
        let mut next_report = 500 * MS;
        let first = self.packets[0].clone();
        for (index, packet) in self.packets.iter().enumerate() {
            let elapsed = packet.at as f64 * (1.0 + self.drift_ppm * 1e-6);
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let late = ((u128::from(self.jitter) * u128::from(dice >> 32)) >> 32) as u64;
            let pts = self.start + elapsed as u64 + self.delay;
            let arrival = (pts + late).max(latest);
            latest = arrival;
            let mut push = |body| {
                let record = Record { pts, arrival, body };
                let full = log.push(record).unwrap();
                chunks.extend(full.map(|chunk| (chunk.first_pts, chunk.bytes)));
            };
            for (_, beside) in self.beside.iter().filter(|(before, _)| *before == index) {
                match beside {
                    Beside::Gap => push(Body::Gap { packets: 0 }),
                    Beside::Pause => {
                        push(Body::Pause);
                        push(Body::Resume);
                    }
                }
            }
            push(Body::Rtp(RtpPacket::new(&packet.bytes).unwrap()));
            if self.reports && packet.at >= next_report {
                next_report = packet.at + SECOND;
                push(Body::SenderReport(SenderReport {
                    ntp: ntp(packet.at),
                    rtp: first.timestamp().wrapping_add(
                        ((packet.at - first.at) as f64 * f64::from(self.codec.clock_rate()) / 1e9)
                            .round() as u32,
                    ),
                }));
            }
        }
        let last = log.finish(latest);
        chunks.push((last.first_pts, last.bytes));
        chunks
    }
}

/// NTP time of a sender, so long after its first packet.
fn ntp(elapsed: u64) -> u64 {
    let seconds = 3_990_000_000 + elapsed / SECOND;
    (seconds << 32) | (((elapsed % SECOND) << 32) / SECOND)
}

#[derive(Default)]
struct Inner {
    timeline: Vec<TimelineEntry>,
    tracks: HashMap<TrackId, Vec<(u64, Vec<u8>)>>,
    destroyed: HashSet<TrackId>,
    complete_to: u64,
    is_over: bool,
    /// Who waits, and for what the session has to be complete.
    is_waited_for: bool,
}

/// A session in memory.
#[derive(Clone, Default)]
pub(crate) struct Meeting(Arc<(Mutex<Inner>, Condvar)>);

impl Meeting {
    /// A session that is over.
    pub(crate) fn of(tracks: &[Recorded]) -> Self {
        let meeting = Self::running(tracks);
        meeting.go_on_to(u64::MAX);
        meeting.end();
        meeting
    }

    /// A session of which nothing has come yet.
    pub(crate) fn running(tracks: &[Recorded]) -> Self {
        let meeting = Self::default();
        let mut inner = meeting.lock();
        for recorded in tracks {
            inner.tracks.insert(recorded.track, recorded.chunks());
            inner.timeline.push(TimelineEntry {
                at: Moment(recorded.start),
                event: TimelineEvent::TrackOpened {
                    track: recorded.track,
                    participant: recorded.participant,
                    source: recorded.source,
                },
            });
        }
        drop(inner);
        meeting
    }

    /// Lets everything come that has a pts before this.
    pub(crate) fn go_on_to(&self, complete_to: u64) {
        self.lock().complete_to = complete_to;
        self.0.1.notify_all();
    }

    pub(crate) fn end(&self) {
        self.lock().is_over = true;
        self.0.1.notify_all();
    }

    /// Destroys what was recorded of a track.
    pub(crate) fn destroy(&self, track: TrackId) {
        self.lock().destroyed.insert(track);
    }

    /// Returns once somebody waits for more.
    pub(crate) fn until_waited_for(&self) {
        let mut inner = self.lock();
        inner.is_waited_for = false;
        while !inner.is_waited_for {
            let (next, timeout) = self.0.1.wait_timeout(inner, PATIENCE).unwrap();
            assert!(!timeout.timed_out(), "nobody waits");
            inner = next;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.0.lock().unwrap()
    }
}

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

impl Inner {
    fn state(&self) -> SessionState {
        SessionState {
            timeline: self.timeline.clone().into(),
            complete_to: Moment(self.complete_to),
            is_over: self.is_over,
        }
    }
}

impl SessionSource for Meeting {
    fn state(&self) -> SessionState {
        self.lock().state()
    }

    fn wait(&self, after: Moment, patience: Duration) -> SessionState {
        let mut inner = self.lock();
        inner.is_waited_for = true;
        self.0.1.notify_all();
        let is_same = |inner: &mut Inner| inner.complete_to <= after.0 && !inner.is_over;
        let waited = self.0.1.wait_timeout_while(inner, patience, is_same);
        inner = waited.unwrap().0;
        inner.state()
    }

    fn open_track(&self, track: TrackId) -> io::Result<Option<Box<dyn TrackChunks>>> {
        let inner = self.lock();
        let chunks = inner.tracks.get(&track);
        let is_there = chunks.is_some_and(|chunks| chunks[0].0 < inner.complete_to)
            && !inner.destroyed.contains(&track);
        let opened = is_there.then(|| Opened {
            meeting: self.clone(),
            track,
            next: 0,
        });
        Ok(opened.map(|opened| Box::new(opened) as Box<dyn TrackChunks>))
    }
}

struct Opened {
    meeting: Meeting,
    track: TrackId,
    next: usize,
}

impl TrackChunks for Opened {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let inner = self.meeting.lock();
        if inner.destroyed.contains(&self.track) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let chunk = inner.tracks[&self.track].get(self.next);
        let chunk = chunk.filter(|(first, _)| *first < inner.complete_to);
        self.next += usize::from(chunk.is_some());
        Ok(chunk.map(|(_, bytes)| bytes.clone()))
    }
}

/// Size of what is rendered.
pub(crate) const SIZE: [u32; 2] = [320, 180];

/// The left and the right half of the picture.
pub(crate) const LEFT: PixelRect = PixelRect::new(0, 0, 160, 180);
pub(crate) const RIGHT: PixelRect = PixelRect::new(160, 0, 160, 180);

pub(crate) fn tile(rect: PixelRect, number: u8) -> Tile {
    Tile {
        rect,
        shows: Shows::Track(track(number)),
        label: None,
    }
}

/// A plan of one take that begins with the first packet. Scenes are told by their first moments in
/// milliseconds.
pub(crate) fn plan(duration: u64, scenes: &[(u64, Vec<Tile>)], voices: &[u8]) -> SessionPlan {
    let end = Moment(duration);
    let ends = scenes.iter().skip(1).map(|(from, _)| Moment(from * MS));
    let ends = ends.chain([end]);
    SessionPlan {
        output: (!scenes.is_empty()).then_some(SIZE),
        takes: vec![Take {
            from: Moment(START),
            to: Moment(START + duration),
            at: Moment::START,
        }],
        scenes: scenes
            .iter()
            .zip(ends)
            .map(|((from, tiles), to)| SessionScene {
                from: Moment(from * MS),
                to,
                tiles: tiles.clone(),
            })
            .collect(),
        voices: voices
            .iter()
            .map(|number| voice(*number, 0, duration))
            .collect(),
    }
}

pub(crate) fn voice(number: u8, from: u64, to: u64) -> Voice {
    Voice {
        track: track(number),
        participant: participant(number / 10),
        from: Moment(from),
        to: Moment(to),
        is_transcribed: true,
    }
}

/// Parts that were rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) parts: BTreeMap<Part, (PartFacts, Vec<u8>)>,
}

impl Rendered {
    /// Runs something that reports parts, and keeps them.
    pub(crate) fn by(
        work: impl FnOnce(&std::sync::mpsc::SyncSender<Event>) -> Result<(), RenderError> + Send,
    ) -> Result<Self, RenderError> {
        let (sender, events) = sync_channel(16);
        std::thread::scope(|scope| {
            let working = scope.spawn(move || {
                let sender = sender;
                work(&sender)
            });
            let mut open: BTreeMap<Part, PartWriter<Vec<u8>>> = BTreeMap::new();
            let mut parts = BTreeMap::new();
            for event in events {
                match event {
                    Event::Units { part, units, data } => {
                        let writer = open
                            .entry(part)
                            .or_insert_with(|| PartWriter::new(Vec::new()));
                        writer.append(units, &data).unwrap();
                    }
                    Event::Done { part, facts } => {
                        let writer = open.remove(&part).unwrap();
                        let bytes = writer.finish(facts.clone()).unwrap();
                        parts.insert(part, (facts, bytes));
                    }
                    Event::Progress { .. } => {}
                }
            }
            working.join().unwrap()?;
            Ok(Self { parts })
        })
    }

    /// Puts the parts together.
    pub(crate) fn file(&self) -> Media {
        let mut out = Vec::new();
        let cursor = |part: Part| Cursor::new(self.parts[&part].1.as_slice());
        let reader = |part: Part| PartReader::open(part, cursor(part)).unwrap();
        let segments = self.parts.keys().filter(|part| **part != Part::Audio);
        let parts = Parts {
            segments: segments.map(|part| reader(*part).into_index()).collect(),
            size: SIZE,
            audio: self
                .parts
                .contains_key(&Part::Audio)
                .then(|| reader(Part::Audio)),
            audio_priming: AudioEncoder::installed().unwrap().priming_samples(),
        };
        let open =
            |index: usize| Ok::<_, AssembleError>(cursor(Part::Segment(index.try_into().unwrap())));
        assemble(parts, open, &mut out).unwrap();
        Media::of_bytes("recording.mp4", &out)
    }

    /// Adds other parts.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }
}

pub(crate) fn film_spec() -> FilmSpec {
    FilmSpec {
        workers: 2,
        ..FilmSpec::new(
            VideoEncoder::installed().unwrap(),
            Colour::BACKGROUND,
            CancelFlag::default(),
        )
    }
}

/// Renders all segments of a plan.
pub(crate) fn film(meeting: &Meeting, plan: &SessionPlan) -> Rendered {
    let count = plan.duration().0.div_ceil(film_spec().segment) as u32;
    let segments: Vec<u32> = (0..count).collect();
    Rendered::by(|events| Film::new(meeting, film_spec()).render(plan, &segments, events)).unwrap()
}

pub(crate) fn sound_spec() -> SoundSpec {
    SoundSpec {
        encoder: Some(AudioEncoder::installed().unwrap()),
        cancel: CancelFlag::default(),
    }
}

/// Renders the sound of a plan, and hands over what may be written down.
pub(crate) fn sound_and(
    meeting: &Meeting,
    plan: &SessionPlan,
    mut heard: impl FnMut(Heard<'_>) + Send,
) -> Rendered {
    Rendered::by(|events| {
        Sound::new(meeting, sound_spec())?.finish(plan, events, &mut |piece| heard(piece))
    })
    .unwrap()
}

pub(crate) fn sound(meeting: &Meeting, plan: &SessionPlan) -> Rendered {
    sound_and(meeting, plan, |_| {})
}
