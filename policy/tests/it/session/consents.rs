//! Nothing is in a plan that no consent covers.

use scrim_policy::{
    ConsentPurpose::{self, Camera, Chat, Screen, Transcript, Voice},
    ConsentRule, Moment, NamesShown, SessionPlan, TrackSource,
};

use super::tale::{ALL, Tale, heard, layout, pictures, plates, policy, tiles};

#[test]
fn nobody_is_seen_or_heard_before_their_yes() {
    let mut tale = Tale::recorded();
    let ada = tale.join("Ada Krol");
    let camera = tale.send(ada, TrackSource::Camera);
    let voice = tale.send(ada, TrackSource::Microphone);
    tale.at(10.0).agree(ada, &[Camera]);
    tale.at(20.0).say(ada, Voice, true);
    let plan = tale.plan("grid", 30.0);
    assert_eq!(tiles(&plan, 9.9), []);
    assert_eq!(pictures(&plan, 10.0), [camera]);
    assert_eq!(heard(&plan, 19.9), []);
    assert_eq!(heard(&plan, 20.0), [voice]);
}

#[test]
fn a_yes_of_somebody_who_was_not_told_is_no_yes() {
    for rule in [ConsentRule::Explicit, ConsentRule::Inform] {
        let mut tale = Tale::new(rule);
        tale.record(true);
        let ada = tale.join("Ada Krol");
        tale.send(ada, TrackSource::Camera);
        tale.say(ada, Camera, true);
        tale.at(10.0).tell(ada);
        let plan = tale.plan("grid", 20.0);
        assert_eq!(tiles(&plan, 9.0), []);
        assert_eq!(tiles(&plan, 11.0).len(), 1);
    }
}

#[test]
fn a_later_no_leaves_nothing_of_before_not_even_in_an_earlier_take() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    let bo = tale.sender("Bo Lund");
    tale.at(10.0).record(false);
    tale.at(20.0).record(true);
    tale.at(30.0).refuse(ada.id, &[Camera]);
    tale.at(40.0).say(ada.id, Camera, true);
    let plan = tale.plan("grid", 50.0);
    // The takes are 0 to 10 and 20 to 50.
    for second in [5.0, 15.0, 29.9] {
        assert_eq!(pictures(&plan, second), [bo.camera]);
        assert_eq!(
            heard(&plan, second),
            [ada.voice, bo.voice],
            "her voice stays"
        );
    }
    assert_eq!(pictures(&plan, 30.0), [ada.camera, bo.camera]);
}

#[test]
fn a_no_after_the_end_counts_as_well() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    tale.at(10.0).record(false);
    tale.at(5000.0).refuse(ada.id, &[Camera]);
    let plan = SessionPlan::compile(
        &layout("grid"),
        &tale.timeline,
        Moment::from_seconds(10.0),
        None,
    );
    assert_eq!(pictures(&plan, 5.0), []);
    assert_eq!(plates(&plan, 5.0), ["A.K."]);
    assert_eq!(heard(&plan, 5.0), [ada.voice]);
}

#[test]
fn whoever_is_told_and_silent_is_recorded_only_where_that_is_the_rule() {
    for (rule, is_seen) in [(ConsentRule::Inform, true), (ConsentRule::Explicit, false)] {
        let mut tale = Tale::new(rule);
        tale.record(true);
        let ada = tale.join("Ada Krol");
        let camera = tale.send(ada, TrackSource::Camera);
        tale.at(10.0).tell(ada);
        let plan = tale.plan("speaker", 20.0);
        assert_eq!(pictures(&plan, 9.0), [], "nobody told her");
        assert_eq!(pictures(&plan, 11.0).contains(&camera), is_seen);
    }
}

#[test]
fn whoever_objected_is_not_recorded_again_without_a_yes() {
    let mut tale = Tale::new(ConsentRule::Inform);
    tale.record(true);
    let ada = tale.join("Ada Krol");
    tale.tell(ada);
    let camera = tale.send(ada, TrackSource::Camera);
    tale.at(10.0).refuse(ada, &[Camera]);
    tale.at(20.0).tell(ada);
    tale.at(30.0).say(ada, Camera, true);
    let plan = tale.plan("speaker", 40.0);
    for second in [5.0, 15.0, 25.0] {
        assert_eq!(pictures(&plan, second), []);
    }
    assert_eq!(pictures(&plan, 35.0), [camera]);
}

#[test]
fn a_room_that_does_not_say_its_rule_records_only_who_said_yes() {
    let mut tale = Tale::new(ConsentRule::Inform);
    tale.record(true);
    let ada = tale.join("Ada Krol");
    tale.tell(ada);
    tale.send(ada, TrackSource::Camera);
    tale.timeline.remove(0);
    assert_eq!(tiles(&tale.plan("grid", 10.0), 5.0), []);
}

#[test]
fn each_source_needs_the_yes_for_its_own_purpose() {
    let sources = [
        (TrackSource::Camera, Camera),
        (TrackSource::Screen, Screen),
        (TrackSource::Microphone, Voice),
        (TrackSource::ScreenSound, Screen),
    ];
    for (source, needed) in sources {
        for purpose in ALL {
            let mut tale = Tale::recorded();
            let ada = tale.join("Ada Krol");
            tale.agree(ada, &[purpose]);
            let track = tale.send(ada, source);
            let plan = tale.plan("grid", 10.0);
            let is_there =
                pictures(&plan, 5.0).contains(&track) || heard(&plan, 5.0).contains(&track);
            assert_eq!(is_there, purpose == needed, "{source:?} with {purpose:?}");
        }
    }
}

#[test]
fn nothing_is_written_down_without_a_yes_for_it_and_never_what_a_screen_says() {
    let mut tale = Tale::recorded();
    let ada = tale.join("Ada Krol");
    tale.agree(ada, &[Voice, Screen]);
    let voice = tale.send(ada, TrackSource::Microphone);
    let sound = tale.send(ada, TrackSource::ScreenSound);
    tale.at(10.0).say(ada, Transcript, true);
    let written = |plan: &SessionPlan| -> Vec<_> {
        let voices = plan.voices.iter().filter(|voice| voice.is_transcribed);
        voices
            .map(|voice| (voice.track, voice.from.seconds()))
            .collect()
    };
    let plan = tale.plan("audio", 20.0);
    assert_eq!(written(&plan), [(voice, 10.0)]);
    assert_eq!(heard(&plan, 5.0), [voice, sound]);
    tale.at(20.0).refuse(ada, &[Transcript]);
    assert_eq!(written(&tale.plan("audio", 30.0)), []);
}

#[test]
fn somebody_who_refused_all_that_is_seen_and_heard_leaves_no_trace() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    let bo = tale.sender("Bo Lund");
    tale.send(bo.id, TrackSource::Screen);
    tale.at(1.0).speaks(Some(bo.id));
    tale.at(20.0).refuse(bo.id, &[Camera, Voice, Screen]);
    for layout in ["speaker", "presentation", "grid", "audio"] {
        let plan = tale.plan(layout, 30.0);
        let text = serde_json::to_string(&plan).unwrap();
        for trace in [
            bo.camera.to_string(),
            bo.voice.to_string(),
            bo.id.to_string(),
        ] {
            assert!(!text.contains(&trace), "{layout}: {text}");
        }
        assert!(!text.contains("B.L."), "{layout}: {text}");
        assert_eq!(heard(&plan, 10.0), [ada.voice]);
    }
}

#[test]
fn a_plate_stands_only_for_somebody_who_may_be_heard_and_could_be() {
    let mut tale = Tale::recorded();
    let ada = tale.join("Ada Krol");
    tale.agree(ada, &[Camera, Chat, Transcript]);
    let microphone = tale.send(ada, TrackSource::Microphone);
    tale.at(10.0).say(ada, Voice, true);
    tale.at(20.0).mute(microphone, true);
    tale.at(30.0).close(microphone);
    let plan = tale.plan("grid", 40.0);
    assert_eq!(plates(&plan, 5.0), [""; 0], "her voice is refused");
    assert_eq!(plates(&plan, 15.0), ["A.K."]);
    assert_eq!(
        plates(&plan, 25.0),
        ["A.K."],
        "she is muted and still there"
    );
    assert_eq!(plates(&plan, 35.0), [""; 0], "there is no microphone");
}

#[test]
fn nothing_is_heard_or_seen_while_muted() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    tale.at(10.0).mute(ada.camera, true);
    tale.mute(ada.voice, true);
    tale.at(20.0).mute(ada.camera, false);
    tale.mute(ada.voice, false);
    let plan = tale.plan("grid", 30.0);
    for (second, is_there) in [(9.9, true), (10.0, false), (19.9, false), (20.0, true)] {
        assert_eq!(pictures(&plan, second).contains(&ada.camera), is_there);
        assert_eq!(heard(&plan, second).contains(&ada.voice), is_there);
    }
}

#[test]
fn whoever_is_gone_is_not_there_any_more() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    tale.at(10.0).note(scrim_policy::TimelineEvent::Left {
        participant: ada.id,
    });
    let plan = tale.plan("grid", 20.0);
    assert_eq!(pictures(&plan, 5.0), [ada.camera]);
    assert_eq!((tiles(&plan, 10.0).len(), heard(&plan, 10.0).len()), (0, 0));
}

#[test]
fn people_are_called_what_the_policy_says_and_nothing_else() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Krol, Ada");
    let bo = tale.join("Bo Lund");
    tale.agree(bo, &[Voice]);
    tale.send(bo, TrackSource::Microphone);
    tale.agree(ada.id, &[Screen]);
    tale.send(ada.id, TrackSource::Screen);
    for (word, names, camera, plate) in [
        (
            "initials",
            NamesShown::Initials,
            Some("A.K."),
            ("B.L.", None),
        ),
        ("hidden", NamesShown::Hidden, None, ("", None)),
        (
            "full",
            NamesShown::Full,
            Some("Ada Krol"),
            ("B.L.", Some("Bo Lund")),
        ),
    ] {
        let policy = policy(&format!(
            "[names]\nshow = \"{word}\"\n[live]\nlayout = \"grid\""
        ));
        assert_eq!(policy.names, names);
        let until = Moment::from_seconds(10.0);
        let plan = SessionPlan::compile(&policy, &tale.timeline, until, None);
        let [screen, one, other] = tiles(&plan, 5.0) else {
            panic!("{plan:?}")
        };
        assert_eq!(screen.label.as_deref(), camera, "she shares it");
        assert_eq!(one.label.as_deref(), camera);
        assert_eq!(other.label.as_deref(), plate.1);
        assert_eq!(plates(&plan, 5.0), [plate.0]);
    }
}

#[test]
fn a_purpose_that_is_no_picture_and_no_sound_shows_nobody() {
    let others: [ConsentPurpose; 2] = [Chat, Transcript];
    let mut tale = Tale::recorded();
    let ada = tale.join("Ada Krol");
    tale.agree(ada, &others);
    for source in [
        TrackSource::Camera,
        TrackSource::Microphone,
        TrackSource::Screen,
    ] {
        tale.send(ada, source);
    }
    let plan = tale.plan("presentation", 10.0);
    assert_eq!((tiles(&plan, 5.0).len(), plan.voices.len()), (0, 0));
}
