use super::*;

/// What somebody is called to somebody else, where they see them.
fn label(play: &mut Play, viewer: Page, other: Page) -> Option<String> {
    let seen = play.sees(viewer).into_iter().find(|one| one.id == other.id);
    seen.map(|one| one.label.reveal().clone())
}

#[test]
fn attendees_see_the_stage_by_name_and_each_other_not_at_all() {
    let mut play = Play::new(settings());
    let host = play.host();
    let pia = play.join("Pia Post", Pass::Presenter);
    let ada = play.guest("Ada Krol");
    let bo = play.guest("Bo Lund");
    assert_eq!(label(&mut play, ada, host).as_deref(), Some("Hanna Holt"));
    assert_eq!(label(&mut play, ada, pia).as_deref(), Some("Pia Post"));
    assert_eq!(label(&mut play, ada, ada).as_deref(), Some("Ada Krol"));
    assert_eq!(label(&mut play, ada, bo), None);
    assert_eq!(label(&mut play, pia, ada).as_deref(), Some("Ada Krol"));
    let count = play.last(ada, |message| match message {
        ServerMessage::People { count, .. } => Some(*count),
        _ => None,
    });
    assert_eq!(count, Some(4));
}

#[test]
fn attendees_who_are_shown_are_initials_to_each_other() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let anna = play.guest("Anna Kowalska");
    play.send(anna, TrackSource::Camera);
    assert_eq!(label(&mut play, ada, anna).as_deref(), Some("A.K. 2"));
    assert_eq!(label(&mut play, anna, ada), None);
    play.say(host, ClientMessage::ShowPeople { shown: true });
    assert_eq!(label(&mut play, anna, ada).as_deref(), Some("A.K."));
}

#[test]
fn chat_shows_no_name_of_an_attendee_to_another() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let bo = play.guest("Bo Lund");
    play.say(
        ada,
        ClientMessage::Chat {
            text: Pii::new("Hello".to_owned()),
        },
    );
    let label = |page| {
        play.last(page, |message| match message {
            ServerMessage::Chat(line) => Some(line.label.reveal().clone()),
            _ => None,
        })
    };
    assert_eq!(label(host).as_deref(), Some("Ada Krol"));
    assert_eq!(label(bo).as_deref(), Some("A.K."));
    assert_eq!(label(ada).as_deref(), Some("Ada Krol"));
}

#[test]
fn nothing_that_an_attendee_is_told_has_the_name_of_another() {
    let mut play = Play::new(RoomSettings {
        are_people_shown: true,
        ..settings()
    });
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let bo = play.guest("Bo Lund");
    play.send(ada, TrackSource::Camera);
    play.say(ada, ClientMessage::Hand { raised: true });
    play.say(
        ada,
        ClientMessage::Chat {
            text: Pii::new("Hello".to_owned()),
        },
    );
    play.wait(1.0, &[host, ada, bo]);
    play.say(ada, ClientMessage::Leave {});
    play.wait(1.0, &[host, bo]);
    let told = play.told(bo);
    assert!(told.len() > 5);
    for message in told {
        assert!(!message.write().contains("Krol"), "{message:?}");
    }
}

#[test]
fn somebody_who_writes_without_end_is_stopped() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    for _ in 0..50 {
        play.say(
            ada,
            ClientMessage::Chat {
                text: Pii::new("Hello".to_owned()),
            },
        );
    }
    assert_eq!(play.problem(ada), Some("slow_down"));
    let lines = play.told(host);
    let lines = lines
        .iter()
        .filter(|one| matches!(one, ServerMessage::Chat(_)));
    assert_eq!(lines.count(), 10);
}
