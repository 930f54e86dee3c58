//! What holds of the plans of all meetings.

use proptest::prelude::*;
use scrim_policy::{
    ConsentPurpose, ConsentRule, Moment, ParticipantId, SessionPlan, TimelineEntry, TimelineEvent,
    TrackId, TrackSource,
    session::{self, SessionScene, Shows, Voice},
};

use super::tale::{ALL, Tale, layout, policy};

const SOURCES: [TrackSource; 4] = [
    TrackSource::Microphone,
    TrackSource::Camera,
    TrackSource::Screen,
    TrackSource::ScreenSound,
];

const LAYOUTS: [&str; 4] = ["speaker", "presentation", "grid", "audio"];

/// Something that happens. Numbers choose among those who are there.
#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Join,
    Leave(usize),
    Tell(usize),
    Say(usize, usize, bool),
    AgreeToAll(usize),
    Send(usize, usize),
    Mute(usize, bool),
    Close(usize),
    Speak(Option<usize>),
    Record(bool),
    Open(Vec<bool>),
    Place(usize, Option<u8>),
    CloseBreakouts,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (1..6_000_u64).prop_map(Step::Wait),
        3 => Just(Step::Join),
        1 => any::<usize>().prop_map(Step::Leave),
        2 => any::<usize>().prop_map(Step::Tell),
        4 => (any::<usize>(), 0..5_usize, prop::bool::weighted(0.7))
            .prop_map(|(who, purpose, given)| Step::Say(who, purpose, given)),
        4 => any::<usize>().prop_map(Step::AgreeToAll),
        8 => (any::<usize>(), 0..4_usize).prop_map(|(who, source)| Step::Send(who, source)),
        3 => any::<(usize, bool)>().prop_map(|(track, muted)| Step::Mute(track, muted)),
        2 => any::<usize>().prop_map(Step::Close),
        5 => prop::option::weighted(0.8, any::<usize>()).prop_map(Step::Speak),
        2 => prop::bool::weighted(0.7).prop_map(Step::Record),
        1 => prop::collection::vec(any::<bool>(), 1..3).prop_map(Step::Open),
        4 => (any::<usize>(), prop::option::of(0..2_u8))
            .prop_map(|(who, breakout)| Step::Place(who, breakout)),
        1 => Just(Step::CloseBreakouts),
    ]
}

/// A meeting in which all of this happens, and its people and tracks.
#[derive(Clone)]
struct Random {
    tale: Tale,
    people: Vec<ParticipantId>,
    tracks: Vec<TrackId>,
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.tale.timeline).finish()
    }
}

impl Random {
    fn new(rule: ConsentRule, steps: &[Step]) -> Self {
        let mut random = Self {
            tale: Tale::new(rule),
            people: Vec::new(),
            tracks: Vec::new(),
        };
        random.tale.record(true);
        for who in 0..2 {
            random.take(&Step::Join);
            random.take(&Step::AgreeToAll(who));
            random.take(&Step::Send(who, 0));
            random.take(&Step::Send(who, 1));
        }
        random.take(&Step::Open(vec![true, false]));
        steps.iter().for_each(|step| random.take(step));
        random
    }

    fn take(&mut self, step: &Step) {
        let tale = &mut self.tale;
        let people = self.people.clone();
        let one = |who: &usize| (!people.is_empty()).then(|| people[who % people.len()]);
        let tracks = self.tracks.clone();
        let track = |which: &usize| (!tracks.is_empty()).then(|| tracks[which % tracks.len()]);
        match step {
            Step::Wait(millis) => tale.now = tale.now.later(millis * 1_000_000),
            Step::Join => {
                // Each has initials of their own.
                let letter = char::from(b'A' + (self.people.len() % 26) as u8);
                let name = format!("{letter}nna {letter}owalska");
                self.people.push(tale.join(&name));
            }
            Step::Leave(who) => {
                if let Some(participant) = one(who) {
                    tale.note(TimelineEvent::Left { participant });
                }
            }
            Step::Tell(who) => {
                if let Some(participant) = one(who) {
                    tale.tell(participant);
                }
            }
            Step::Say(who, purpose, given) => {
                if let Some(participant) = one(who) {
                    tale.say(participant, ALL[*purpose], *given);
                }
            }
            Step::AgreeToAll(who) => {
                if let Some(participant) = one(who) {
                    tale.agree(participant, &ALL);
                }
            }
            Step::Send(who, source) => {
                if let Some(participant) = one(who) {
                    self.tracks.push(tale.send(participant, SOURCES[*source]));
                }
            }
            Step::Mute(which, muted) => {
                if let Some(track) = track(which) {
                    tale.mute(track, *muted);
                }
            }
            Step::Close(which) => {
                if let Some(track) = track(which) {
                    tale.close(track);
                }
            }
            Step::Speak(who) => tale.speaks(who.and_then(|who| one(&who))),
            Step::Record(on) => tale.record(*on),
            Step::Open(recorded) => tale.note(TimelineEvent::BreakoutsOpened {
                recorded: recorded.clone(),
            }),
            Step::Place(who, breakout) => {
                if let Some(participant) = one(who) {
                    tale.place(participant, *breakout);
                }
            }
            Step::CloseBreakouts => tale.note(TimelineEvent::BreakoutsClosed),
        }
    }
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..most)
}

fn rule() -> impl Strategy<Value = ConsentRule> {
    prop::sample::select(vec![ConsentRule::Explicit, ConsentRule::Inform])
}

fn meeting() -> impl Strategy<Value = Random> {
    (rule(), steps(80)).prop_map(|(rule, steps)| Random::new(rule, &steps))
}

fn place() -> impl Strategy<Value = Option<u8>> {
    prop::option::weighted(0.4, 0..2_u8)
}

/// Whether a track may be in the recording of a place at a moment of the room. It is read from the
/// timeline for this one question, by none of the rules of the plan.
fn may_be_there(timeline: &[TimelineEntry], track: TrackId, place: Option<u8>, at: Moment) -> bool {
    let past = || {
        timeline
            .iter()
            .filter(|entry| entry.at <= at)
            .map(|entry| &entry.event)
    };
    let opened = past().find_map(|event| match event {
        TimelineEvent::TrackOpened {
            track: of,
            participant,
            source,
        } if *of == track => Some((*participant, *source)),
        _ => None,
    });
    let Some((owner, source)) = opened else {
        return false;
    };
    let mut is_flowing = false;
    let mut is_here = false;
    let mut is_recording = false;
    let mut breakouts = Vec::new();
    let mut where_they_are = None;
    for event in past() {
        match event {
            TimelineEvent::TrackOpened { track: of, .. } if *of == track => is_flowing = true,
            TimelineEvent::TrackClosed { track: of } if *of == track => return false,
            TimelineEvent::TrackMuted { track: of, muted } if *of == track => is_flowing = !muted,
            TimelineEvent::Joined { participant, .. } if *participant == owner => is_here = true,
            TimelineEvent::Left { participant } if *participant == owner => is_here = false,
            TimelineEvent::Placed {
                participant,
                breakout,
            } if *participant == owner => {
                where_they_are = *breakout;
            }
            TimelineEvent::BreakoutsOpened { recorded } => breakouts.clone_from(recorded),
            TimelineEvent::BreakoutsClosed => {
                breakouts.clear();
                where_they_are = None;
            }
            TimelineEvent::RecordingStarted => is_recording = true,
            TimelineEvent::RecordingStopped => is_recording = false,
            _ => {}
        }
    }
    let is_taken = place.is_none_or(|index| breakouts.get(usize::from(index)) == Some(&true));
    is_flowing
        && is_here
        && is_recording
        && is_taken
        && where_they_are == place
        && agreed(timeline, owner, source.purpose(), at)
}

fn agreed(
    timeline: &[TimelineEntry],
    who: ParticipantId,
    purpose: ConsentPurpose,
    at: Moment,
) -> bool {
    let answers: Vec<(Moment, bool)> = timeline
        .iter()
        .filter_map(|entry| match entry.event {
            TimelineEvent::Consented {
                participant,
                purpose: of,
                given,
                ..
            } if (participant, of) == (who, purpose) => Some((entry.at, given)),
            _ => None,
        })
        .collect();
    let after_no = answers.rsplit(|(_, given)| !given).next().unwrap_or(&[]);
    let was_refused = answers.iter().any(|(_, given)| !given);
    let is_told = |entry: &TimelineEntry| {
        let is_theirs =
            matches!(entry.event, TimelineEvent::Noticed { participant, .. } if participant == who);
        is_theirs && entry.at <= at
    };
    let TimelineEvent::Opened { rule, .. } = timeline[0].event else {
        return false;
    };
    let says_yes = after_no.iter().any(|(said, _)| *said <= at);
    timeline.iter().any(is_told) && (says_yes || (rule == ConsentRule::Inform && !was_refused))
}

fn tracks_of(scene: &SessionScene) -> impl Iterator<Item = TrackId> + '_ {
    scene.tiles.iter().filter_map(|tile| match tile.shows {
        Shows::Track(track) => Some(track),
        Shows::Plate { .. } => None,
    })
}

/// First moment, middle and last moment of a span of the recording, in the room.
fn probes(plan: &SessionPlan, from: Moment, to: Moment) -> Vec<Moment> {
    let moments = [from, Moment(from.0 + (to.0 - from.0) / 2), Moment(to.0 - 1)];
    moments.map(|at| plan.in_room(at).unwrap()).to_vec()
}

/// What is in a plan before a moment of the recording.
fn before(plan: &SessionPlan, end: Moment) -> (Vec<SessionScene>, Vec<Voice>) {
    let scenes = plan.scenes.iter().filter(|scene| scene.from < end);
    let mut joined: Vec<SessionScene> = Vec::new();
    for scene in scenes.cloned() {
        let to = scene.to.min(end);
        match joined.last_mut() {
            Some(last) if last.tiles == scene.tiles => last.to = to,
            _ => joined.push(SessionScene { to, ..scene }),
        }
    }
    let voices = plan.voices.iter().filter(|voice| voice.from < end);
    let clipped = voices.map(|voice| Voice {
        to: voice.to.min(end),
        ..*voice
    });
    (joined, clipped.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_track_is_named_that_may_not_be_there(
        meeting in meeting(), place in place(), word in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        let timeline = &meeting.tale.timeline;
        let plan = SessionPlan::compile(&layout(word), timeline, meeting.tale.now, place);
        for scene in &plan.scenes {
            for track in tracks_of(scene) {
                for at in probes(&plan, scene.from, scene.to) {
                    prop_assert!(may_be_there(timeline, track, place, at), "{track} at {at}");
                }
            }
        }
        for voice in &plan.voices {
            for at in probes(&plan, voice.from, voice.to) {
                prop_assert!(may_be_there(timeline, voice.track, place, at), "{} at {at}", voice.track);
                let is_written = agreed(timeline, voice.participant, ConsentPurpose::Transcript, at);
                prop_assert!(is_written || !voice.is_transcribed);
            }
        }
    }

    #[test]
    fn scenes_have_no_hole_and_takes_do_not_overlap(meeting in meeting(), place in place()) {
        let timeline = &meeting.tale.timeline;
        let plan = SessionPlan::compile(&layout("grid"), timeline, meeting.tale.now, place);
        let mut end = Moment::START;
        for scene in &plan.scenes {
            prop_assert!(scene.from == end && scene.from < scene.to);
            end = scene.to;
        }
        prop_assert_eq!(end, plan.duration());
        let (mut room, mut at) = (Moment::START, Moment::START);
        for take in &plan.takes {
            prop_assert!(take.from >= room && take.from < take.to && take.at == at);
            (room, at) = (take.to, take.at.later(take.to.0 - take.from.0));
        }
        prop_assert!(room <= meeting.tale.now);
        prop_assert!(plan.voices.is_sorted_by_key(|voice| (voice.track, voice.from)));
        prop_assert!(plan.voices.iter().all(|voice| voice.from < voice.to && voice.to <= end));
    }

    #[test]
    fn what_happens_later_changes_nothing_unless_it_is_a_no(
        rule in rule(), first in steps(60), later in steps(30), place in place(),
        word in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        let mut meeting = Random::new(rule, &first);
        let until = meeting.tale.now;
        let short = SessionPlan::compile(&layout(word), &meeting.tale.timeline, until, place);
        for step in later.iter().filter(|step| !matches!(step, Step::Say(_, _, false))) {
            meeting.take(step);
        }
        let (timeline, now) = (&meeting.tale.timeline, meeting.tale.now);
        let long = SessionPlan::compile(&layout(word), timeline, now.later(1), place);
        let end = short.duration().earlier(2_000_000_000);
        prop_assert_eq!(before(&short, end), before(&long, end));
    }

    #[test]
    fn the_tracks_of_somebody_who_refuses_all_might_as_well_not_be(
        meeting in meeting(), who in any::<prop::sample::Index>(), place in place(),
        word in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        prop_assume!(!meeting.people.is_empty());
        let who = *who.get(&meeting.people);
        let mut refused = meeting.tale.clone();
        refused.refuse(who, &[ConsentPurpose::Camera, ConsentPurpose::Screen, ConsentPurpose::Voice]);
        let mut absent = meeting.tale.clone();
        let theirs: Vec<TrackId> = absent.timeline.iter().filter_map(|entry| match entry.event {
            TimelineEvent::TrackOpened { track, participant, .. } if participant == who => Some(track),
            _ => None,
        }).collect();
        absent.timeline.retain_mut(|entry| match &mut entry.event {
            TimelineEvent::TrackOpened { track, .. }
            | TimelineEvent::TrackMuted { track, .. }
            | TimelineEvent::TrackClosed { track } => !theirs.contains(track),
            TimelineEvent::Speaks { participant } if *participant == Some(who) => {
                *participant = None;
                true
            }
            _ => true,
        });
        let compiled = |tale: &Tale| {
            SessionPlan::compile(&layout(word), &tale.timeline, meeting.tale.now, place)
        };
        prop_assert_eq!(compiled(&refused), compiled(&absent));
        let people = session::people(&refused.timeline, place);
        let person = people.roster.person(people.persons[&who]).unwrap();
        prop_assert!(person.is_erased());
        prop_assert!(people.attendance.people.iter().all(|one| one.person != person.id()));
    }

    #[test]
    fn whoever_is_in_the_recording_is_listed_and_nobody_who_may_not_be(
        meeting in meeting(), place in place(),
    ) {
        let timeline = &meeting.tale.timeline;
        let policy = policy("[live]\nlayout = \"grid\"");
        let plan = SessionPlan::compile(&policy, timeline, meeting.tale.now.later(1), place);
        let people = session::people(timeline, place);
        let initials: Vec<&str> = people.attendance.people.iter().map(|one| one.initials.as_str()).collect();
        for tile in plan.scenes.iter().flat_map(|scene| &scene.tiles) {
            let called = match &tile.shows {
                Shows::Plate { text, .. } => Some(text),
                Shows::Track(_) => tile.label.as_ref(),
            };
            prop_assert!(called.is_none_or(|called| initials.contains(&called.as_str())));
        }
        for voice in &plan.voices {
            let person = people.persons[&voice.participant];
            prop_assert!(!people.roster.person(person).unwrap().is_erased());
        }
        prop_assert_eq!(people.persons.len(), meeting.people.len());
        prop_assert_eq!(people.roster.len(), meeting.people.len());
    }
}

/// Guards the tests above against meetings of which nothing is recorded.
#[test]
fn the_random_meetings_have_something_of_everything() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut seen, mut heard, mut written, mut breakouts, mut takes, mut busy) = (0, 0, 0, 0, 0, 0);
    for _ in 0..300 {
        let meeting = meeting().new_tree(&mut runner).unwrap().current();
        let compiled = |place| {
            let tale = &meeting.tale;
            SessionPlan::compile(&layout("presentation"), &tale.timeline, tale.now, place)
        };
        let plan = compiled(None);
        seen += usize::from(
            plan.scenes
                .iter()
                .any(|scene| tracks_of(scene).next().is_some()),
        );
        heard += usize::from(!plan.voices.is_empty());
        written += usize::from(plan.voices.iter().any(|voice| voice.is_transcribed));
        takes += usize::from(plan.takes.len() > 1);
        busy += usize::from(plan.scenes.len() > 4);
        breakouts += usize::from(!compiled(Some(0)).voices.is_empty());
    }
    let counts = [seen, heard, written, takes, busy, breakouts];
    assert!(counts.iter().all(|count| *count >= 20), "{counts:?}");
}
