//! Players: who lets them in, what they are sent, and when they are gone.

use super::*;

const ALL: [Codec; 3] = [Codec::Opus, Codec::Vp8, Codec::H264];

/// Somebody with a player wants in.
fn arrival(play: &mut Play, name: &str, pass: Pass, takes: &[Codec]) -> Arrival {
    let mut arrival = play.arrival(name, pass);
    arrival.client = Client::Player(PlayOffer {
        sdp: "v=0".to_owned(),
        takes: takes.to_vec(),
    });
    arrival
}

fn player(play: &mut Play, takes: &[Codec]) -> Page {
    let arrival = arrival(play, "Ada Krol", Pass::Registered, takes);
    let player = play.knock(arrival);
    assert!(play.is_in(player), "{:?}", play.outputs);
    player
}

/// A room with a host who says and shows nothing.
fn open() -> Play {
    let mut play = Play::new(settings());
    play.host();
    play
}

/// A moment later, these can be heard, the one with the floor first.
fn speak(play: &mut Play, tracks: &[TrackId]) {
    let tracks = tracks.to_vec();
    play.now = Moment(play.now.0 + 1_000_000);
    play.put(Input::Media(MediaInput::Speaking { tracks }));
}

/// A presenter with a camera and a microphone; returns the track of the microphone.
fn presenter(play: &mut Play, name: &str) -> (Page, TrackId) {
    let page = play.join(name, Pass::Presenter);
    play.send(page, TrackSource::Camera);
    let voice = play.send(page, TrackSource::Microphone);
    (page, voice)
}

/// Voice and face of somebody.
fn talk(page: Page) -> [(ParticipantId, TrackSource); 2] {
    [
        (page.id, TrackSource::Microphone),
        (page.id, TrackSource::Camera),
    ]
}

#[test]
fn a_player_is_answered_and_hosts_see_an_attendee() {
    let mut play = Play::new(settings());
    let host = play.host();
    for pass in [Pass::Registered, Pass::Presenter] {
        play.taken();
        let arrival = arrival(&mut play, "Ada Krol", pass, &ALL);
        let player = play.knock(arrival);
        let orders = play.outputs.iter().filter_map(|output| match output {
            Output::Media(order) => Some(order),
            _ => None,
        });
        let sdp = "v=0".to_owned();
        let participant = player.id;
        let expected = MediaOrder::Play { participant, sdp };
        assert_eq!(orders.collect::<Vec<_>>(), [&expected]);
        let seen = play.sees(host);
        let seen = seen.iter().find(|one| one.id == player.id).unwrap();
        assert_eq!(
            (seen.seat, seen.label.reveal().as_str()),
            (Seat::Attendee, "Ada Krol")
        );
        let joined = play.notes().into_iter().find_map(|note| match note {
            TimelineEvent::Joined {
                participant, role, ..
            } => Some((*participant, *role)),
            _ => None,
        });
        assert_eq!(joined, Some((player.id, Seat::Attendee.role())));
    }
}

#[test]
fn the_programme_is_voice_and_face_of_whoever_has_the_floor() {
    let mut play = open();
    let player = player(&mut play, &ALL);
    let (ada, first) = presenter(&mut play, "Pia Post");
    let (bo, second) = presenter(&mut play, "Bo Lund");
    speak(&mut play, &[first]);
    assert_eq!(play.slots(player), talk(ada));
    speak(&mut play, &[second, first]);
    assert_eq!(play.slots(player), talk(bo));
    // Silence takes it from nobody.
    speak(&mut play, &[]);
    assert_eq!(play.slots(player), talk(bo));
    play.say(bo, ClientMessage::Leave {});
    assert_eq!(play.slots(player), talk(ada));
}

#[test]
fn nothing_of_an_attendee_is_in_the_programme() {
    let mut play = open();
    let player = player(&mut play, &ALL);
    let ada = play.guest("Ada Krol");
    let camera = play.send(ada, TrackSource::Camera);
    let voice = play.send(ada, TrackSource::Microphone);
    let screen = play.send(ada, TrackSource::Screen);
    speak(&mut play, &[voice]);
    assert_eq!(play.slots(player), []);
    let (pia, second) = presenter(&mut play, "Pia Post");
    speak(&mut play, &[voice, second]);
    assert_eq!(play.slots(player), talk(pia));
    for track in [camera, voice, screen] {
        let filled = play.outputs.iter().any(|output| {
            let is_it = |order: &MediaOrder| match order {
                MediaOrder::Fill {
                    participant,
                    track: Some(filled),
                    ..
                } => *participant == player.id && *filled == track,
                _ => false,
            };
            matches!(output, Output::Media(order) if is_it(order))
        });
        assert!(!filled);
    }
}

#[test]
fn nobody_is_cut_off_by_somebody_without_the_floor() {
    let mut play = open();
    let player = player(&mut play, &ALL);
    let ada = play.guest("Ada Krol");
    let question = play.send(ada, TrackSource::Microphone);
    let (pia, first) = presenter(&mut play, "Pia Post");
    let (bo, second) = presenter(&mut play, "Bo Lund");
    speak(&mut play, &[first]);
    // An attendee has the floor, and whoever is louder beside does not get the programme.
    speak(&mut play, &[question, second, first]);
    assert_eq!(play.slots(player), talk(pia));
    speak(&mut play, &[question, second]);
    assert_eq!(play.slots(player), talk(bo));
}

#[test]
fn a_screen_comes_before_all_faces_and_its_sound_is_heard() {
    let mut play = open();
    let player = player(&mut play, &ALL);
    let (pia, first) = presenter(&mut play, "Pia Post");
    let (bo, second) = presenter(&mut play, "Bo Lund");
    speak(&mut play, &[first]);
    play.send(bo, TrackSource::Screen);
    let sound = play.send(bo, TrackSource::ScreenSound);
    let screen = (bo.id, TrackSource::Screen);
    assert_eq!(
        play.slots(player),
        [(pia.id, TrackSource::Microphone), screen]
    );
    speak(&mut play, &[sound]);
    assert_eq!(
        play.slots(player),
        [(bo.id, TrackSource::ScreenSound), screen]
    );
    speak(&mut play, &[second, sound]);
    assert_eq!(
        play.slots(player),
        [(bo.id, TrackSource::Microphone), screen]
    );
    play.say(
        bo,
        ClientMessage::Unpublish {
            source: TrackSource::Screen,
        },
    );
    assert_eq!(play.slots(player), talk(bo));
}

#[test]
fn a_player_is_sent_only_what_it_takes() {
    let mut play = open();
    let silent = player(&mut play, &[Codec::H264]);
    let blind = player(&mut play, &[Codec::Opus]);
    let (pia, first) = presenter(&mut play, "Pia Post");
    speak(&mut play, &[first]);
    assert_eq!(play.slots(silent), []);
    assert_eq!(play.slots(blind), [(pia.id, TrackSource::Microphone)]);
    let bo = play.join("Bo Lund", Pass::Presenter);
    let sources = [("0".to_owned(), TrackSource::Camera)].into();
    let sdp = String::new();
    play.say(bo, ClientMessage::Publish { sdp, sources });
    play.put(Input::Media(MediaInput::Opened {
        participant: bo.id,
        source: TrackSource::Camera,
        track: TrackId::from_uuid(Uuid::from_u128(99)),
        codec: Codec::H264,
    }));
    assert_eq!(play.slots(silent), [(bo.id, TrackSource::Camera)]);
}

#[test]
fn a_line_that_is_too_slow_keeps_the_voice() {
    let mut play = open();
    let player = player(&mut play, &ALL);
    let (pia, first) = presenter(&mut play, "Pia Post");
    speak(&mut play, &[first]);
    for (pictures, count) in [(0, 1), (1, 2)] {
        play.put(Input::Media(MediaInput::Capacity {
            participant: player.id,
            pictures,
        }));
        assert_eq!(play.slots(player), talk(pia)[..count]);
    }
}

#[test]
fn a_player_gets_the_programme_of_the_place_where_it_is() {
    let mut play = Play::new(settings());
    let host = play.host();
    let player = player(&mut play, &ALL);
    let (pia, first) = presenter(&mut play, "Pia Post");
    let (bo, second) = presenter(&mut play, "Bo Lund");
    speak(&mut play, &[first]);
    speak(&mut play, &[second, first]);
    play.say(
        host,
        ClientMessage::OpenBreakouts {
            breakouts: vec![crate::signal::Assignment {
                name: Pii::new("Wax".to_owned()),
                recorded: false,
                people: vec![bo.id],
            }],
        },
    );
    assert_eq!(play.slots(player), talk(pia));
    // Whoever has the floor elsewhere is not heard here.
    speak(&mut play, &[second, first]);
    assert_eq!(play.slots(player), talk(pia));
    play.say(
        host,
        ClientMessage::Move {
            participant: player.id,
            breakout: Some(0),
        },
    );
    assert_eq!(play.slots(player), talk(bo));
}

#[test]
fn a_player_waits_until_a_host_lets_it_in() {
    let mut play = Play::new(RoomSettings {
        door: Door {
            has_waiting_room: true,
            ..Door::default()
        },
        ..settings()
    });
    let host = play.host();
    let arrival = arrival(&mut play, "Ada Krol", Pass::Registered, &ALL);
    let player = play.knock(arrival);
    assert_eq!(play.told(player), [&ServerMessage::Waiting]);
    let is_played = |play: &Play| {
        let mut outputs = play.outputs.iter();
        outputs.any(|output| matches!(output, Output::Media(MediaOrder::Play { .. })))
    };
    assert!(!is_played(&play));
    // Its request says that it is still there.
    play.wait(60.0, &[host, player]);
    play.say(
        host,
        ClientMessage::Admit {
            participant: player.id,
            admitted: true,
        },
    );
    assert!(play.is_in(player) && is_played(&play));
}

#[test]
fn a_player_is_refused_like_a_page() {
    let with = |settings: RoomSettings, before: &dyn Fn(&mut Play)| {
        let mut play = Play::new(settings);
        play.host();
        before(&mut play);
        let mut arrival = arrival(&mut play, "Ada Krol", Pass::Registered, &ALL);
        arrival.identity = Some(Identity(7));
        let player = play.knock(arrival);
        assert!(!play.is_in(player));
        play.refusal(player)
    };
    let nothing = |_: &mut Play| {};
    let locks = Door {
        locks_after_start: true,
        ..Door::default()
    };
    let locked = RoomSettings {
        door: locks,
        ..settings()
    };
    assert_eq!(with(locked, &nothing), Some(Refusal::Locked));
    let full = RoomSettings {
        most_people: 1,
        ..settings()
    };
    assert_eq!(with(full, &nothing), Some(Refusal::Full));
    let removed = |play: &mut Play| {
        let mut arrival = play.arrival("Ada Krol", Pass::Registered);
        arrival.identity = Some(Identity(7));
        let page = play.knock(arrival);
        let host = play.host();
        let participant = page.id;
        play.say(host, ClientMessage::Remove { participant });
    };
    assert_eq!(with(settings(), &removed), Some(Refusal::Removed));
}

#[test]
fn programs_do_not_come_into_a_room_that_is_encrypted_end_to_end() {
    let mut play = Play::new(RoomSettings {
        protection: Protection::EndToEnd,
        ..settings()
    });
    play.host();
    let with_player = arrival(&mut play, "Ada Krol", Pass::Presenter, &ALL);
    let with_encoder = Arrival {
        client: Client::Encoder,
        ..with_player.clone()
    };
    for arrival in [with_player, with_encoder] {
        let page = play.knock(arrival);
        assert_eq!(play.refusal(page), Some(Refusal::NoPassphrase));
    }
}

#[test]
fn a_player_that_says_nothing_stays_until_its_media_end() {
    let mut play = Play::new(settings());
    let host = play.host();
    let silent = |participant| MediaInput::Silent { participant };
    let failed = |participant| MediaInput::Failed {
        participant,
        leg: Leg::Subscribe,
    };
    let ends: [&dyn Fn(ParticipantId) -> MediaInput; 2] = [&silent, &failed];
    for end in ends {
        let player = player(&mut play, &ALL);
        play.wait(60.0, &[host]);
        assert!(play.is_in(player));
        play.put(Input::Media(end(player.id)));
        assert_eq!(play.refusal(player), Some(Refusal::Silent));
        assert!(!play.is_in(player));
    }
}

#[test]
fn an_encoder_whose_connection_broke_is_gone() {
    let mut play = open();
    let mut arrival = play.arrival("Pia Post", Pass::Presenter);
    arrival.client = Client::Encoder;
    let encoder = play.knock(arrival);
    play.put(Input::Media(MediaInput::Failed {
        participant: encoder.id,
        leg: Leg::Publish,
    }));
    assert_eq!(play.refusal(encoder), Some(Refusal::Silent));
}

#[test]
fn the_end_of_its_session_is_the_end_of_a_player() {
    let mut play = open();
    let player = player(&mut play, &ALL);
    let secret = play
        .room
        .people
        .get(&player.id)
        .map(|one| one.secret.clone());
    let secret = secret.unwrap();
    let connection = ConnectionId(play.number());
    play.put(Input::CameBack {
        connection,
        secret,
        has_media: true,
    });
    let back = Page {
        connection,
        ..player
    };
    assert_eq!(play.refusal(back), Some(Refusal::TooLate));
    play.put(Input::Lost {
        connection: player.connection,
    });
    assert!(!play.is_in(player));
    let participant = player.id;
    let closed = Output::Media(MediaOrder::Close { participant });
    assert!(play.outputs.contains(&closed));
}

#[test]
fn one_person_has_one_player_and_a_page_beside() {
    let mut play = open();
    let mut page = play.arrival("Ada Krol", Pass::Registered);
    page.identity = Some(Identity(7));
    let page = play.knock(page);
    let mut players = Vec::new();
    for _ in 0..2 {
        let mut arrival = arrival(&mut play, "Ada Krol", Pass::Registered, &ALL);
        arrival.identity = Some(Identity(7));
        players.push(play.knock(arrival));
    }
    assert_eq!(play.refusal(players[0]), Some(Refusal::Elsewhere));
    assert!(play.is_in(players[1]) && play.is_in(page));
}

#[test]
fn a_player_stays_an_attendee() {
    let mut play = Play::new(settings());
    let host = play.host();
    let player = player(&mut play, &ALL);
    play.say(
        host,
        ClientMessage::Seat {
            participant: player.id,
            seat: Seat::Host,
        },
    );
    let seat = play.room.people.get(&player.id).map(|one| one.seat);
    assert_eq!(seat, Some(Seat::Attendee));
    // So it does not keep a meeting going that all hosts have left.
    play.say(host, ClientMessage::Leave {});
    play.wait(61.0, &[]);
    assert!(play.room.has_ended());
    assert_eq!(play.told(player).last(), Some(&&ServerMessage::Ended));
}

#[test]
fn nothing_that_a_player_is_told_has_the_name_of_an_attendee() {
    let mut play = Play::new(settings());
    let host = play.host();
    let arrival = arrival(&mut play, "Cy Moor", Pass::Registered, &ALL);
    let player = play.knock(arrival);
    let ada = play.guest("Ada Krol");
    play.send(ada, TrackSource::Camera);
    play.say(ada, ClientMessage::Hand { raised: true });
    let text = Pii::new("Hello".to_owned());
    play.say(ada, ClientMessage::Chat { text });
    play.wait(1.0, &[host, ada]);
    let told = play.told(player);
    assert!(told.len() > 2, "{told:?}");
    for message in told {
        assert!(!message.write().contains("Krol"), "{message:?}");
    }
}

#[test]
fn a_player_has_no_part_in_what_its_person_agrees_to() {
    let mut play = Play::new(settings());
    let host = play.host();
    let with = |play: &mut Play, client: Client| {
        let mut arrival = play.arrival("Pia Post", Pass::Presenter);
        arrival.identity = Some(Identity(7));
        arrival.client = client;
        play.knock(arrival)
    };
    let page = with(&mut play, Client::Page);
    play.agree(page, ConsentPurpose::Camera, true);
    let offer = PlayOffer {
        sdp: "v=0".to_owned(),
        takes: ALL.to_vec(),
    };
    let player = with(&mut play, Client::Player(offer));
    let encoder = with(&mut play, Client::Encoder);
    play.agree(page, ConsentPurpose::Voice, true);
    play.say(host, ClientMessage::Record { on: true });
    let camera = play.send(encoder, TrackSource::Camera);
    let tapped: Vec<_> = play.taps().iter().map(|one| one.track()).collect();
    assert_eq!(tapped, [camera]);
    let answered = play.notes().into_iter().any(|note| match note {
        TimelineEvent::Consented { participant, .. }
        | TimelineEvent::Noticed { participant, .. } => *participant == player.id,
        _ => false,
    });
    assert!(!answered);
}
