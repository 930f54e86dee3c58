use super::*;

#[test]
fn everybody_sees_the_others_and_not_themselves() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.send(ada, TrackSource::Camera);
    play.send(ada, TrackSource::Microphone);
    play.send(host, TrackSource::Camera);
    assert_eq!(
        play.slots(host),
        [
            (ada.id, TrackSource::Microphone),
            (ada.id, TrackSource::Camera)
        ]
    );
    assert_eq!(play.slots(ada), [(host.id, TrackSource::Camera)]);
}

#[test]
fn a_screen_comes_before_faces_and_who_is_watched_before_who_speaks() {
    let mut play = Play::new(settings());
    let host = play.host();
    let people: Vec<_> = ["Ada Krol", "Bo Lund", "Cy Moor"]
        .iter()
        .map(|name| play.guest(name))
        .collect();
    for page in &people {
        play.send(*page, TrackSource::Camera);
    }
    let voice = play.send(people[2], TrackSource::Microphone);
    let shown = |play: &Play| -> Vec<_> {
        let slots = play.slots(host).into_iter();
        let pictures = slots.filter(|(_, source)| *source != TrackSource::Microphone);
        let mut shown: Vec<_> = pictures.collect();
        shown.sort();
        shown
    };
    let camera = |page: Page| (page.id, TrackSource::Camera);
    assert_eq!(shown(&play), [camera(people[0]), camera(people[1])]);
    play.put(Input::Media(MediaInput::Speaking {
        tracks: vec![voice],
    }));
    assert_eq!(shown(&play), [camera(people[0]), camera(people[2])]);
    play.say(
        host,
        ClientMessage::Watch {
            people: vec![people[1].id],
        },
    );
    assert_eq!(shown(&play), [camera(people[1]), camera(people[2])]);
    play.send(people[0], TrackSource::Screen);
    assert_eq!(
        shown(&play),
        [(people[0].id, TrackSource::Screen), camera(people[1])]
    );
}

#[test]
fn a_line_that_is_too_slow_loses_pictures_first_and_sound_never() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.send(ada, TrackSource::Microphone);
    play.send(ada, TrackSource::Camera);
    play.put(Input::Media(MediaInput::Capacity {
        participant: host.id,
        pictures: 0,
    }));
    assert_eq!(play.slots(host), [(ada.id, TrackSource::Microphone)]);
    play.put(Input::Media(MediaInput::Capacity {
        participant: host.id,
        pictures: 2,
    }));
    assert_eq!(play.slots(host).len(), 2);
    play.say(host, ClientMessage::Take { video: false });
    assert_eq!(play.slots(host).len(), 1);
}

#[test]
fn what_is_muted_is_in_no_slot() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.send(ada, TrackSource::Camera);
    for (muted, count) in [(true, 0), (false, 1)] {
        play.say(
            ada,
            ClientMessage::Mute {
                source: TrackSource::Camera,
                muted,
            },
        );
        assert_eq!(play.slots(host).len(), count);
    }
}

#[test]
fn what_was_muted_before_it_flowed_stays_muted() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.say(
        ada,
        ClientMessage::Publish {
            sdp: String::new(),
            sources: [("0".to_owned(), TrackSource::Camera)].into(),
        },
    );
    play.say(
        ada,
        ClientMessage::Mute {
            source: TrackSource::Camera,
            muted: true,
        },
    );
    let track = play.send(ada, TrackSource::Camera);
    assert!(
        play.outputs
            .contains(&Output::Media(MediaOrder::Mute { track, muted: true }))
    );
    assert_eq!(play.slots(host), []);
}

#[test]
fn what_is_not_published_any_more_is_shown_no_more_at_once() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.send(ada, TrackSource::Camera);
    play.send(ada, TrackSource::Microphone);
    assert_eq!(play.slots(host).len(), 2);
    play.say(
        ada,
        ClientMessage::Publish {
            sdp: String::new(),
            sources: [("0".to_owned(), TrackSource::Microphone)].into(),
        },
    );
    assert_eq!(play.slots(host), [(ada.id, TrackSource::Microphone)]);
}

#[test]
fn a_source_that_was_not_announced_is_not_taken() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.put(Input::Media(MediaInput::Opened {
        participant: ada.id,
        source: TrackSource::Screen,
        track: TrackId::from_uuid(Uuid::from_u128(99)),
        codec: Codec::Vp8,
    }));
    assert_eq!(play.slots(host), []);
    assert!(play.outputs.contains(&Output::Media(MediaOrder::Unpublish {
        participant: ada.id,
        source: TrackSource::Screen
    })));
}

#[test]
fn a_broken_viewer_is_offered_anew_and_a_broken_publisher_is_told() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let camera = play.send(ada, TrackSource::Camera);
    play.taken();
    play.put(Input::Media(MediaInput::Failed {
        participant: host.id,
        leg: Leg::Subscribe,
    }));
    let fills = |play: &Play| {
        let outputs = play.outputs.iter();
        let fills = outputs.filter(|output| {
            matches!(
                output,
                Output::Media(MediaOrder::Fill { track: Some(_), .. })
            )
        });
        fills.count()
    };
    assert_eq!(fills(&play), 1);
    assert_eq!(
        play.outputs[0],
        Output::Media(MediaOrder::OpenViewer {
            participant: host.id,
            slots: settings().slots
        })
    );
    // It wanted to share a screen on another connection. The camera goes on by the one before.
    play.put(Input::Media(MediaInput::Failed {
        participant: ada.id,
        leg: Leg::Publish,
    }));
    assert_eq!(play.problem(ada), Some("publish_failed"));
    assert_eq!(play.slots(host).len(), 1);
    play.put(Input::Media(MediaInput::Closed { track: camera }));
    assert_eq!(play.slots(host), []);
}

#[test]
fn who_speaks_is_told_and_the_floor_is_noted_once() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let voice = play.send(ada, TrackSource::Microphone);
    for _ in 0..3 {
        play.put(Input::Media(MediaInput::Speaking {
            tracks: vec![voice],
        }));
    }
    let floors: Vec<_> = play
        .notes()
        .into_iter()
        .filter(|note| matches!(note, TimelineEvent::Speaks { .. }))
        .cloned()
        .collect();
    let floor = |participant| TimelineEvent::Speaks { participant };
    assert_eq!(floors, [floor(Some(ada.id))]);
    assert!(play.told(host).contains(&&ServerMessage::Speaking {
        people: vec![ada.id]
    }));
    play.say(ada, ClientMessage::Leave {});
    assert!(play.notes().contains(&&floor(None)));
}

#[test]
fn nobody_makes_connections_without_end() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    for _ in 0..50 {
        play.say(
            ada,
            ClientMessage::Publish {
                sdp: String::new(),
                sources: [("0".to_owned(), TrackSource::Camera)].into(),
            },
        );
    }
    let outputs = play.taken();
    let is_order = |output: &&Output| matches!(output, Output::Media(MediaOrder::Publish { .. }));
    assert_eq!(outputs.iter().filter(is_order).count(), 20);
    play.wait(61.0, &[host, ada]);
    play.send(ada, TrackSource::Camera);
    assert_eq!(play.slots(host), [(ada.id, TrackSource::Camera)]);
    for _ in 0..50 {
        play.put(Input::Media(MediaInput::Failed {
            participant: host.id,
            leg: Leg::Subscribe,
        }));
    }
    assert!(!play.is_in(host));
}
