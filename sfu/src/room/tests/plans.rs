//! What a plan names was tapped. The rules of consent are written down twice: in the room, which opens
//! taps, and in the plan of a recording, which is made of the timeline alone. Here they are one.

use proptest::prelude::*;
use scrim_policy::{Policy, SessionPlan, TimelineEntry, session::Shows};

use super::*;
use crate::signal::Assignment;

const SOURCES: [TrackSource; 4] = [
    TrackSource::Microphone,
    TrackSource::Camera,
    TrackSource::Screen,
    TrackSource::ScreenSound,
];

/// The main room and breakouts.
const PLACES: [Option<u8>; 3] = [None, Some(0), Some(1)];

type Spans = Vec<(Moment, Moment)>;

/// Something that happens. Numbers choose among those who are there.
#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    Join,
    JoinByEncoder(usize),
    Leave(usize),
    Lose(usize),
    Send(usize, usize),
    Unpublish(usize, usize),
    Break(usize),
    Mute(usize, usize, bool),
    Notice(usize, bool),
    Consent(usize, usize, bool),
    AgreeToAll(usize),
    Record(bool),
    Speak(usize),
    Open(Vec<bool>),
    Move(usize, Option<u8>),
    CloseBreakouts,
}

fn step() -> impl Strategy<Value = Step> {
    let who = any::<usize>;
    prop_oneof![
        8 => (1..4_000_u64).prop_map(Step::Pass),
        3 => Just(Step::Join),
        1 => who().prop_map(Step::JoinByEncoder),
        1 => who().prop_map(Step::Leave),
        1 => who().prop_map(Step::Lose),
        8 => (who(), 0..4_usize).prop_map(|(who, source)| Step::Send(who, source)),
        1 => (who(), 0..4_usize).prop_map(|(who, source)| Step::Unpublish(who, source)),
        1 => who().prop_map(Step::Break),
        3 => (who(), 0..4_usize, any::<bool>())
            .prop_map(|(who, source, muted)| Step::Mute(who, source, muted)),
        2 => (who(), prop::bool::weighted(0.8)).prop_map(|(who, current)| Step::Notice(who, current)),
        6 => (who(), 0..5_usize, prop::bool::weighted(0.7))
            .prop_map(|(who, purpose, given)| Step::Consent(who, purpose, given)),
        4 => who().prop_map(Step::AgreeToAll),
        3 => prop::bool::weighted(0.75).prop_map(Step::Record),
        2 => who().prop_map(Step::Speak),
        1 => prop::collection::vec(any::<bool>(), 1..3).prop_map(Step::Open),
        2 => (who(), prop::option::of(0..2_u8)).prop_map(|(who, to)| Step::Move(who, to)),
        1 => Just(Step::CloseBreakouts),
    ]
}

/// A room, the timeline that it wrote, and what it tapped.
struct Witness {
    play: Play,
    host: Page,
    pages: Vec<Page>,
    tracks: Vec<TrackId>,
    timeline: Vec<TimelineEntry>,
    /// Taps that are open, and since when.
    open: BTreeMap<TrackId, (ParticipantId, ConsentPurpose, Moment)>,
    /// What was tapped and not destroyed.
    tapped: Vec<(TrackId, ParticipantId, ConsentPurpose, (Moment, Moment))>,
}

impl Witness {
    fn new(rule_is: ConsentRule) -> Self {
        let mut play = Play::new(RoomSettings {
            protection: Protection::Clear(Some(RecordingRule {
                rule: rule_is,
                ..rule()
            })),
            ..settings()
        });
        let host = play.host();
        let mut witness = Self {
            play,
            host,
            pages: vec![host],
            tracks: Vec::new(),
            timeline: Vec::new(),
            open: BTreeMap::new(),
            tapped: Vec::new(),
        };
        witness.note();
        witness
    }

    /// Writes down what the room wants to be done now.
    fn note(&mut self) {
        let now = self.play.now;
        for output in self.play.taken() {
            match output {
                Output::Note(event) => self.timeline.push(TimelineEntry { at: now, event }),
                Output::Tap(TapOrder::Open(consented)) => {
                    let whose = (consented.participant(), consented.purpose(), now);
                    let before = self.open.insert(consented.track(), whose);
                    assert_eq!(before, None, "a track has one tap");
                }
                Output::Tap(TapOrder::Close { track }) => {
                    let (participant, purpose, since) = self.open.remove(&track).unwrap();
                    let span = (since, now);
                    self.tapped.push((track, participant, purpose, span));
                }
                Output::Tap(TapOrder::Destroy {
                    participant,
                    purpose,
                }) => {
                    let is_theirs = |one: ParticipantId, of| (one, of) == (participant, purpose);
                    let mut open = self.open.values();
                    assert!(!open.any(|(one, of, _)| is_theirs(*one, *of)));
                    self.tapped.retain(|(_, one, of, _)| !is_theirs(*one, *of));
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, step: &Step) {
        let page = |who: &usize| self.pages[who % self.pages.len()];
        let notice = |is_current: bool| if is_current { NOTICE } else { "notice-0" }.to_owned();
        match step {
            Step::Pass(millis) => return self.pass(*millis),
            Step::Join => {
                let arrival = self.play.arrival("Ada Krol", Pass::Presenter);
                let number = u128::from(self.play.next);
                self.knock(Arrival {
                    identity: Some(Identity(number)),
                    ..arrival
                });
            }
            Step::JoinByEncoder(who) => {
                let person = self.play.room.people.get(&page(who).id);
                let identity = person.and_then(|person| person.identity);
                let arrival = self.play.arrival("Ada Krol", Pass::Presenter);
                self.knock(Arrival {
                    identity,
                    client: Client::Encoder,
                    ..arrival
                });
            }
            Step::Leave(who) if page(who).id != self.host.id => {
                self.play.say(page(who), ClientMessage::Leave {});
            }
            Step::Lose(who) if page(who).id != self.host.id => self.play.put(Input::Lost {
                connection: page(who).connection,
            }),
            Step::Leave(_) | Step::Lose(_) => {}
            Step::Send(who, source) if self.play.is_in(page(who)) => {
                let track = self.play.send(page(who), SOURCES[*source]);
                self.tracks.push(track);
            }
            Step::Send(..) => {}
            Step::Unpublish(who, source) => {
                let source = SOURCES[*source];
                self.play
                    .say(page(who), ClientMessage::Unpublish { source });
            }
            Step::Break(which) if !self.tracks.is_empty() => {
                let track = self.tracks[which % self.tracks.len()];
                self.play.put(Input::Media(MediaInput::Closed { track }));
            }
            Step::Break(_) => {}
            Step::Mute(who, source, muted) => self.play.say(
                page(who),
                ClientMessage::Mute {
                    source: SOURCES[*source],
                    muted: *muted,
                },
            ),
            Step::Notice(who, is_current) => {
                let notice = notice(*is_current);
                self.play.say(page(who), ClientMessage::Noticed { notice });
            }
            Step::Consent(who, purpose, given) => self.play.say(
                page(who),
                ClientMessage::Consent {
                    purpose: ConsentPurpose::ALL[*purpose],
                    given: *given,
                    notice: notice(true),
                },
            ),
            Step::AgreeToAll(who) => {
                for purpose in ConsentPurpose::ALL {
                    self.play.agree(page(who), purpose, true);
                }
            }
            Step::Record(on) => self.play.say(self.host, ClientMessage::Record { on: *on }),
            Step::Speak(which) => {
                let tracks = match self.tracks.len() {
                    0 => vec![],
                    count => vec![self.tracks[which % count]],
                };
                self.play.put(Input::Media(MediaInput::Speaking { tracks }));
            }
            Step::Open(recorded) => {
                let breakouts = recorded.iter().map(|recorded| Assignment {
                    name: Pii::new("Hives".to_owned()),
                    recorded: *recorded,
                    people: Vec::new(),
                });
                let breakouts = breakouts.collect();
                self.play
                    .say(self.host, ClientMessage::OpenBreakouts { breakouts });
            }
            Step::Move(who, breakout) => self.play.say(
                self.host,
                ClientMessage::Move {
                    participant: page(who).id,
                    breakout: *breakout,
                },
            ),
            Step::CloseBreakouts => self.play.say(self.host, ClientMessage::CloseBreakouts {}),
        }
        self.note();
    }

    fn knock(&mut self, arrival: Arrival) {
        let page = self.play.knock(arrival);
        self.pages.push(page);
    }

    /// Lets time pass, and everybody who is there says so.
    fn pass(&mut self, millis: u64) {
        self.play.now = self.play.now.later(millis * 1_000_000);
        for page in self.pages.clone() {
            self.play.say(page, ClientMessage::Ping {});
        }
        let outputs = self.play.room.tick(self.play.now);
        self.play.outputs.extend(outputs);
        self.note();
    }

    /// Returns when a track was tapped, without what was destroyed.
    fn taps_of(&self, track: TrackId) -> Spans {
        let ended = self.tapped.iter().filter(|one| one.0 == track);
        let open = self
            .open
            .get(&track)
            .map(|(_, _, since)| (*since, self.play.now));
        joined(ended.map(|one| one.3).chain(open).collect())
    }

    /// Returns when a track was muted.
    fn mutes_of(&self, track: TrackId) -> Spans {
        let mut mutes = Spans::new();
        let mut since = None;
        for entry in &self.timeline {
            match entry.event {
                TimelineEvent::TrackMuted { track: of, muted } if of == track => {
                    if muted {
                        since.get_or_insert(entry.at);
                    } else {
                        mutes.extend(since.take().map(|since| (since, entry.at)));
                    }
                }
                _ => {}
            }
        }
        mutes.extend(since.map(|since| (since, Moment::END)));
        mutes
    }

    fn plan(&self, place: Option<u8>) -> SessionPlan {
        let text = "schema = 1\nname = \"test\"\n[live]\nlayout = \"grid\"\n";
        let policy = Policy::parse("test.toml", text).unwrap();
        SessionPlan::compile(&policy, &self.timeline, self.play.now, place)
    }
}

/// Spans in the order of time; those that follow each other are one.
fn joined(mut spans: Spans) -> Spans {
    spans.retain(|(from, to)| from < to);
    spans.sort();
    let mut all = Spans::new();
    for (from, to) in spans {
        match all.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => all.push((from, to)),
        }
    }
    all
}

/// What is left of spans without others.
fn without(spans: &Spans, holes: &Spans) -> Spans {
    let mut left = spans.clone();
    for (from, to) in holes {
        let cut = left
            .iter()
            .flat_map(|(begin, end)| [(*begin, *end.min(from)), (*begin.max(to), *end)]);
        left = cut.filter(|(begin, end)| begin < end).collect();
    }
    joined(left)
}

/// Returns where a span of a recording lies in the room.
fn in_room(plan: &SessionPlan, from: Moment, to: Moment) -> (Moment, Moment) {
    let begin = plan.in_room(from).unwrap();
    (begin, begin.later(to.0 - from.0))
}

fn witness() -> impl Strategy<Value = (ConsentRule, Vec<Step>)> {
    let rules = prop::sample::select(vec![ConsentRule::Explicit, ConsentRule::Inform]);
    (rules, prop::collection::vec(step(), 1..100))
}

fn seen(rule: ConsentRule, steps: &[Step]) -> Witness {
    let mut witness = Witness::new(rule);
    steps.iter().for_each(|step| witness.take(step));
    witness
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_plan_names_no_track_that_was_not_tapped_or_was_destroyed((rule, steps) in witness()) {
        let witness = seen(rule, &steps);
        for plan in PLACES.map(|place| witness.plan(place)) {
            let tiles = plan.scenes.iter().flat_map(|scene| {
                let tracks = scene.tiles.iter().filter_map(|tile| match tile.shows {
                    Shows::Track(track) => Some(track),
                    Shows::Plate { .. } => None,
                });
                tracks.map(|track| (track, scene.from, scene.to))
            });
            let voices = plan.voices.iter().map(|voice| (voice.track, voice.from, voice.to));
            for (track, from, to) in tiles.chain(voices) {
                let named = in_room(&plan, from, to);
                let taps = witness.taps_of(track);
                let is_tapped = taps.iter().any(|tap| tap.0 <= named.0 && named.1 <= tap.1);
                prop_assert!(is_tapped, "{track} at {named:?}: {taps:?}\n{:?}", witness.timeline);
            }
        }
    }

    #[test]
    fn whatever_sound_was_tapped_and_not_muted_is_in_a_plan((rule, steps) in witness()) {
        let witness = seen(rule, &steps);
        let plans = PLACES.map(|place| witness.plan(place));
        for entry in &witness.timeline {
            let TimelineEvent::TrackOpened { track, source, .. } = entry.event else {
                continue;
            };
            if source.medium() != Medium::Audio {
                continue;
            }
            let named = plans.iter().flat_map(|plan| {
                let voices = plan.voices.iter().filter(|voice| voice.track == track);
                voices.map(|voice| in_room(plan, voice.from, voice.to))
            });
            let expected = without(&witness.taps_of(track), &witness.mutes_of(track));
            prop_assert_eq!(joined(named.collect()), expected, "{}", track);
        }
    }
}

/// Guards the tests above against rooms in which nothing is tapped.
#[test]
fn the_random_rooms_have_something_of_everything() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut pictures, mut sounds, mut destroyed, mut breakouts) = (0, 0, 0, 0);
    for _ in 0..1_000 {
        let (rule, steps) = witness().new_tree(&mut runner).unwrap().current();
        let witness = seen(rule, &steps);
        let plan = witness.plan(None);
        let is_camera = |one: &(_, _, ConsentPurpose, _)| one.2 == ConsentPurpose::Camera;
        pictures += usize::from(witness.tapped.iter().any(is_camera));
        sounds += usize::from(!plan.voices.is_empty());
        breakouts += usize::from(!witness.plan(Some(0)).voices.is_empty());
        let is_no = |entry: &TimelineEntry| {
            matches!(entry.event, TimelineEvent::Consented { given: false, .. })
        };
        destroyed += usize::from(witness.timeline.iter().any(is_no) && sounds > 0);
    }
    let counts = [pictures, sounds, destroyed, breakouts];
    assert!(counts.iter().all(|count| *count >= 10), "{counts:?}");
}
