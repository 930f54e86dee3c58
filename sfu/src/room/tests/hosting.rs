use super::*;

#[test]
fn what_is_for_hosts_is_for_hosts() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let participant = host.id;
    let messages = [
        ClientMessage::Admit {
            participant,
            admitted: true,
        },
        ClientMessage::Remove { participant },
        ClientMessage::Silence {
            participant,
            source: TrackSource::Microphone,
        },
        ClientMessage::Seat {
            participant,
            seat: Seat::Attendee,
        },
        ClientMessage::Lock { locked: true },
        ClientMessage::ShowPeople { shown: true },
        ClientMessage::Record { on: true },
        ClientMessage::OpenBreakouts { breakouts: vec![] },
        ClientMessage::Move {
            participant,
            breakout: None,
        },
        ClientMessage::CloseBreakouts {},
        ClientMessage::End {},
    ];
    for message in messages {
        play.taken();
        play.say(ada, message.clone());
        assert_eq!(play.problem(ada), Some("not_a_host"), "{message:?}");
    }
    assert!(!play.room.has_ended() && play.is_in(host));
}

#[test]
fn hands_are_in_their_order() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let bo = play.guest("Bo Lund");
    for (page, raised) in [(bo, true), (ada, true), (bo, true)] {
        play.wait(1.0, &[host, ada, bo]);
        play.say(page, ClientMessage::Hand { raised });
    }
    play.wait(1.0, &[host, ada, bo]);
    let hands = play.last(host, |message| match message {
        ServerMessage::Hosting(view) => Some(view.hands.clone()),
        _ => None,
    });
    assert_eq!(hands, Some(vec![bo.id, ada.id]));
}

#[test]
fn a_host_makes_silent_and_nobody_makes_speak() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let track = play.send(ada, TrackSource::Microphone);
    play.say(
        host,
        ClientMessage::Silence {
            participant: ada.id,
            source: TrackSource::Microphone,
        },
    );
    assert!(
        play.outputs
            .contains(&Output::Media(MediaOrder::Mute { track, muted: true }))
    );
    assert!(play.told(ada).contains(&&ServerMessage::Silenced {
        source: TrackSource::Microphone
    }));
    assert_eq!(play.slots(host), []);
}

#[test]
fn whoever_leaves_the_stage_sends_nothing_any_more() {
    let mut play = Play::new(RoomSettings {
        is_stage_open: false,
        ..settings()
    });
    let host = play.host();
    let pia = play.join("Pia Post", Pass::Presenter);
    play.send(pia, TrackSource::Camera);
    assert_eq!(play.slots(host), [(pia.id, TrackSource::Camera)]);
    play.say(
        host,
        ClientMessage::Seat {
            participant: pia.id,
            seat: Seat::Attendee,
        },
    );
    assert_eq!(play.slots(host), []);
    assert!(play.outputs.contains(&Output::Media(MediaOrder::Unpublish {
        participant: pia.id,
        source: TrackSource::Camera
    })));
    play.say(
        pia,
        ClientMessage::Publish {
            sdp: String::new(),
            sources: [("0".to_owned(), TrackSource::Camera)].into(),
        },
    );
    assert_eq!(play.problem(pia), Some("not_on_stage"));
}

#[test]
fn the_last_host_stays_one() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let seat = |page: Page, seat| ClientMessage::Seat {
        participant: page.id,
        seat,
    };
    play.say(host, seat(host, Seat::Attendee));
    assert_eq!(play.problem(host), Some("last_host"));
    play.say(host, seat(ada, Seat::Host));
    play.say(host, seat(host, Seat::Attendee));
    assert_eq!(play.room.people.get(&host.id).unwrap().seat, Seat::Attendee);
    assert!(
        play.told(ada)
            .contains(&&ServerMessage::Seat { seat: Seat::Host })
    );
}
