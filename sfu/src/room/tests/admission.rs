use super::*;

const GUEST: Pass = Pass::Guest {
    knows_password: false,
};

fn with(door: Door) -> Play {
    Play::new(RoomSettings { door, ..settings() })
}

/// What somebody is told who knocks at a room with a host in it.
fn told(door: Door, pass: Pass) -> Option<Refusal> {
    let mut play = with(door);
    play.host();
    let arrival = play.arrival("Ada Krol", pass);
    let page = play.knock(arrival);
    assert_eq!(play.is_in(page), play.refusal(page).is_none());
    play.refusal(page)
}

#[test]
fn a_guest_needs_the_password_and_a_token_does_not() {
    let door = Door {
        has_password: true,
        ..Door::default()
    };
    assert_eq!(told(door, GUEST), Some(Refusal::Password));
    let knows = Pass::Guest {
        knows_password: true,
    };
    for pass in [knows, Pass::Registered, Pass::Presenter, Pass::Host] {
        assert_eq!(told(door, pass), None, "{pass:?}");
    }
}

#[test]
fn a_room_for_the_registered_lets_no_guest_in() {
    let door = Door {
        is_registered_only: true,
        ..Door::default()
    };
    let knows = Pass::Guest {
        knows_password: true,
    };
    assert_eq!(told(door, knows), Some(Refusal::RegisteredOnly));
    assert_eq!(told(door, Pass::Registered), None);
}

#[test]
fn nobody_new_comes_in_after_the_start_where_the_room_locks() {
    let door = Door {
        locks_after_start: true,
        ..Door::default()
    };
    assert_eq!(told(door, GUEST), Some(Refusal::Locked));
    assert_eq!(told(door, Pass::Presenter), Some(Refusal::Locked));
    assert_eq!(told(door, Pass::Host), None);
}

#[test]
fn a_locked_room_opens_again() {
    let mut play = with(Door::default());
    let host = play.host();
    assert!(!play.room.is_closed());
    play.say(host, ClientMessage::Lock { locked: true });
    assert!(play.room.is_closed());
    let arrival = play.arrival("Ada Krol", GUEST);
    let page = play.knock(arrival);
    assert_eq!(play.refusal(page), Some(Refusal::Locked));
    play.say(host, ClientMessage::Lock { locked: false });
    assert!(!play.room.is_closed());
    play.guest("Ada Krol");
}

#[test]
fn a_room_that_locks_after_the_start_is_open_until_then() {
    let mut play = with(Door {
        locks_after_start: true,
        ..Door::default()
    });
    assert!(!play.room.is_closed());
    play.host();
    assert!(play.room.is_closed());
}

#[test]
fn guests_wait_for_the_first_host_unless_the_room_is_open() {
    let mut play = with(Door::default());
    let arrival = play.arrival("Ada Krol", GUEST);
    let page = play.knock(arrival);
    assert_eq!(play.refusal(page), Some(Refusal::NotOpen));
    play.join("Pia Post", Pass::Presenter);
    let mut play = with(Door {
        opens_without_host: true,
        ..Door::default()
    });
    play.guest("Ada Krol");
}

#[test]
fn a_host_decides_about_whoever_waits() {
    let mut play = with(Door {
        has_waiting_room: true,
        ..Door::default()
    });
    let arrival = play.arrival("Ada Krol", GUEST);
    let ada = play.knock(arrival);
    assert_eq!(play.told(ada), [&ServerMessage::Waiting]);
    let host = play.host();
    play.wait(0.2, &[]);
    let waiting = play.last(host, |message| match message {
        ServerMessage::Hosting(view) => Some(view.waiting.clone()),
        _ => None,
    });
    let waiting = waiting.unwrap();
    assert_eq!(waiting[0].id, ada.id);
    assert_eq!(waiting[0].label.reveal(), "Ada Krol");
    let arrival = play.arrival("Bo Lund", GUEST);
    let bo = play.knock(arrival);
    let admit = |page: Page, admitted| ClientMessage::Admit {
        participant: page.id,
        admitted,
    };
    play.say(host, admit(ada, true));
    play.say(host, admit(bo, false));
    assert!(play.is_in(ada));
    assert_eq!(play.refusal(bo), Some(Refusal::NotAdmitted));
}

#[test]
fn whoever_waits_and_goes_is_forgotten() {
    let mut play = with(Door {
        has_waiting_room: true,
        ..Door::default()
    });
    let host = play.host();
    for is_lost in [true, false] {
        let arrival = play.arrival("Ada Krol", GUEST);
        let ada = play.knock(arrival);
        if is_lost {
            play.put(Input::Lost {
                connection: ada.connection,
            });
        } else {
            play.wait(10.0, &[host]);
        }
        assert!(play.room.waiting.is_empty());
        play.say(
            host,
            ClientMessage::Admit {
                participant: ada.id,
                admitted: true,
            },
        );
        assert!(!play.is_in(ada));
    }
}

#[test]
fn whoever_waits_and_leaves_is_hung_up_on() {
    let mut play = with(Door {
        has_waiting_room: true,
        ..Door::default()
    });
    play.host();
    let arrival = play.arrival("Ada Krol", GUEST);
    let ada = play.knock(arrival);
    play.say(ada, ClientMessage::Leave {});
    assert!(play.room.waiting.is_empty());
    let is_over = |output: &Output| matches!(output, Output::Hang { connection } if *connection == ada.connection);
    assert!(play.outputs.iter().any(is_over));
}

#[test]
fn whoever_waits_on_two_pages_is_let_in_on_one() {
    let mut play = with(Door {
        has_waiting_room: true,
        ..Door::default()
    });
    let host = play.host();
    let pages = [(), ()].map(|()| {
        let mut arrival = play.arrival("Ada Krol", Pass::Registered);
        arrival.identity = Some(Identity(7));
        play.knock(arrival)
    });
    for page in pages {
        play.say(
            host,
            ClientMessage::Admit {
                participant: page.id,
                admitted: true,
            },
        );
    }
    let [first, second] = pages;
    assert_eq!(play.refusal(first), Some(Refusal::Elsewhere));
    assert!(play.is_in(second));
}

#[test]
fn a_full_room_has_a_place_for_a_host() {
    let mut play = Play::new(RoomSettings {
        most_people: 2,
        ..settings()
    });
    play.host();
    play.guest("Ada Krol");
    let arrival = play.arrival("Bo Lund", GUEST);
    let bo = play.knock(arrival);
    assert_eq!(play.refusal(bo), Some(Refusal::Full));
    play.host();
}

#[test]
fn one_person_is_here_once() {
    let mut play = with(Door::default());
    play.host();
    let mut arrival = play.arrival("Ada Krol", Pass::Registered);
    arrival.identity = Some(Identity(7));
    let first = play.knock(arrival);
    let mut arrival = play.arrival("Ada Krol", Pass::Registered);
    arrival.identity = Some(Identity(7));
    let second = play.knock(arrival);
    assert_eq!(play.refusal(first), Some(Refusal::Elsewhere));
    assert!(play.is_in(second) && !play.is_in(first));
}

#[test]
fn whoever_was_removed_does_not_come_again() {
    let mut play = with(Door::default());
    let host = play.host();
    let mut arrival = play.arrival("Ada Krol", Pass::Registered);
    arrival.identity = Some(Identity(7));
    let ada = play.knock(arrival);
    play.say(
        host,
        ClientMessage::Remove {
            participant: ada.id,
        },
    );
    assert_eq!(play.refusal(ada), Some(Refusal::Removed));
    let mut arrival = play.arrival("Ada Krol", Pass::Registered);
    arrival.identity = Some(Identity(7));
    let again = play.knock(arrival);
    assert_eq!(play.refusal(again), Some(Refusal::Removed));
}

#[test]
fn nobody_comes_in_after_the_end() {
    let mut play = with(Door::default());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.say(host, ClientMessage::End {});
    assert!(play.room.has_ended());
    assert_eq!(play.told(ada).last(), Some(&&ServerMessage::Ended));
    assert!(play.outputs.contains(&Output::Ended { had_meeting: true }));
    let arrival = play.arrival("Bo Lund", Pass::Host);
    let late = play.knock(arrival);
    assert_eq!(play.refusal(late), Some(Refusal::Ended));
    assert_eq!(play.room.next_due(), None);
}
