use super::*;

fn come_back(play: &mut Play, page: Page, has_media: bool) -> Page {
    let secret = secret_of(page.id);
    let connection = ConnectionId(play.number());
    play.put(Input::CameBack {
        connection,
        secret,
        has_media,
    });
    Page { connection, ..page }
}

#[test]
fn a_lost_connection_is_seen_and_can_be_made_again() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let track = play.send(ada, TrackSource::Camera);
    play.put(Input::Lost {
        connection: ada.connection,
    });
    let seen = play.sees(host);
    assert!(seen.iter().any(|one| one.id == ada.id && one.is_away));
    play.wait(9.0, &[host]);
    let ada = come_back(&mut play, ada, true);
    let is_back = play.last(ada, |message| match message {
        ServerMessage::Welcome { is_back, you, .. } => Some((*is_back, *you)),
        _ => None,
    });
    assert_eq!(is_back, Some((true, ada.id)));
    assert_eq!(play.slots(host), [(ada.id, TrackSource::Camera)]);
    assert!(
        !play
            .notes()
            .contains(&&TimelineEvent::TrackClosed { track })
    );
    assert!(!play.notes().contains(&&TimelineEvent::Left {
        participant: ada.id
    }));
}

#[test]
fn a_page_that_comes_back_is_told_how_much_of_it_has_arrived() {
    let mut play = Play::new(settings());
    play.host();
    let ada = play.guest("Ada Krol");
    play.say(ada, ClientMessage::Hand { raised: true });
    play.say(ada, ClientMessage::Ping {});
    play.put(Input::Unread {
        connection: ada.connection,
    });
    play.say(ada, ClientMessage::Hand { raised: false });
    play.say(ada, ClientMessage::Ping {});
    let said = play.last(ada, |message| match message {
        ServerMessage::Pong { said } => Some(*said),
        _ => None,
    });
    assert_eq!(said, Some(3));
    let before = ada;
    let ada = come_back(&mut play, ada, true);
    // What still comes by the line before is not done, so it has not arrived.
    play.say(before, ClientMessage::Hand { raised: true });
    play.say(ada, ClientMessage::Take { video: false });
    let ada = come_back(&mut play, ada, true);
    let said = play.last(ada, |message| match message {
        ServerMessage::Welcome { said, .. } => Some(*said),
        _ => None,
    });
    assert_eq!(said, Some(4));
}

#[test]
fn a_page_that_was_loaded_again_sends_anew() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let track = play.send(ada, TrackSource::Camera);
    play.taken();
    let ada = come_back(&mut play, ada, false);
    assert!(
        play.notes()
            .contains(&&TimelineEvent::TrackClosed { track })
    );
    assert_eq!(play.slots(host), []);
    let orders: Vec<_> = play
        .outputs
        .iter()
        .filter_map(|output| match output {
            Output::Media(order) => Some(order),
            _ => None,
        })
        .collect();
    let participant = ada.id;
    let slots = settings().slots;
    let closed = orders
        .iter()
        .position(|one| **one == MediaOrder::Close { participant });
    let opened = orders
        .iter()
        .position(|one| **one == MediaOrder::OpenViewer { participant, slots });
    assert!(closed.unwrap() < opened.unwrap());
}

#[test]
fn whoever_does_not_come_back_is_gone() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.put(Input::Lost {
        connection: ada.connection,
    });
    play.wait(10.0, &[host]);
    assert!(!play.is_in(ada));
    let again = come_back(&mut play, ada, false);
    assert_eq!(play.refusal(again), Some(Refusal::TooLate));
}

#[test]
fn whoever_was_sent_away_while_their_line_was_broken_is_told_why() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.put(Input::Lost {
        connection: ada.connection,
    });
    play.say(
        host,
        ClientMessage::Remove {
            participant: ada.id,
        },
    );
    play.wait(12.0, &[host]);
    let again = come_back(&mut play, ada, false);
    assert_eq!(play.refusal(again), Some(Refusal::Removed));
}

#[test]
fn a_page_that_says_nothing_is_lost_within_ten_seconds() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.wait(7.0, &[host]);
    assert!(
        play.sees(host)
            .iter()
            .any(|one| one.id == ada.id && one.is_away)
    );
    play.wait(10.0, &[host]);
    assert!(!play.is_in(ada) && play.is_in(host));
}

#[test]
fn the_meeting_ends_when_all_hosts_are_gone_for_long() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.say(host, ClientMessage::Leave {});
    assert_eq!(
        play.told(ada).last(),
        Some(&&ServerMessage::HostsGone { ends_in: 60 })
    );
    play.wait(59.0, &[ada]);
    assert!(!play.room.has_ended());
    play.wait(2.0, &[ada]);
    assert!(play.room.has_ended());
}

#[test]
fn a_host_who_comes_back_keeps_the_meeting_going() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.put(Input::Lost {
        connection: host.connection,
    });
    play.wait(5.0, &[ada]);
    let host = come_back(&mut play, host, true);
    assert!(play.told(ada).contains(&&ServerMessage::HostsBack));
    play.wait(120.0, &[ada, host]);
    assert!(!play.room.has_ended());
}

#[test]
fn whoever_comes_back_is_told_that_the_hosts_are_gone() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.say(host, ClientMessage::Leave {});
    play.wait(20.0, &[ada]);
    let ada = come_back(&mut play, ada, true);
    let told = play.told(ada);
    assert!(
        told.contains(&&ServerMessage::HostsGone { ends_in: 40 }),
        "{told:?}"
    );
}

#[test]
fn a_presenter_takes_over_and_an_attendee_does_not() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let pia = play.join("Pia Post", Pass::Presenter);
    play.say(pia, ClientMessage::TakeOver {});
    assert_eq!(play.problem(pia), Some("not_now"));
    play.say(host, ClientMessage::Leave {});
    play.say(ada, ClientMessage::TakeOver {});
    assert_eq!(play.problem(ada), Some("not_now"));
    play.say(pia, ClientMessage::TakeOver {});
    play.wait(120.0, &[ada, pia]);
    assert!(!play.room.has_ended());
    assert_eq!(play.room.people.get(&pia.id).unwrap().seat, Seat::Host);
}

#[test]
fn something_is_due_as_long_as_somebody_is_there() {
    let mut play = Play::new(settings());
    let host = play.host();
    play.wait(0.2, &[host]);
    let due = play.room.next_due().unwrap();
    assert!(due > play.now && due.0 <= play.now.0 + 6_000_000_000);
}

#[test]
fn a_room_that_everybody_has_left_is_closed() {
    let mut play = Play::new(settings());
    let host = play.host();
    play.say(host, ClientMessage::Leave {});
    play.wait(61.0, &[]);
    assert!(play.outputs.contains(&Output::Ended { had_meeting: true }));
}

#[test]
fn a_room_that_nobody_came_to_can_be_opened_again() {
    let mut play = Play::new(RoomSettings {
        door: Door {
            has_waiting_room: true,
            ..Door::default()
        },
        ..settings()
    });
    let arrival = play.arrival("Ada Krol", Pass::Registered);
    let ada = play.knock(arrival);
    play.wait(120.0, &[ada]);
    assert!(!play.room.has_ended(), "somebody waits");
    play.put(Input::Lost {
        connection: ada.connection,
    });
    play.wait(61.0, &[]);
    assert!(play.outputs.contains(&Output::Ended { had_meeting: false }));
}
