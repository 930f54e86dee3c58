use super::*;
use crate::signal::Assignment;

fn open(play: &mut Play, host: Page, people: &[Page], recorded: bool) {
    play.say(
        host,
        ClientMessage::OpenBreakouts {
            breakouts: vec![Assignment {
                name: Pii::new("Hives".to_owned()),
                recorded,
                people: people.iter().map(|one| one.id).collect(),
            }],
        },
    );
}

#[test]
fn those_in_a_breakout_see_each_other_and_nobody_else() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let bo = play.guest("Bo Lund");
    for page in [host, ada, bo] {
        play.send(page, TrackSource::Microphone);
    }
    open(&mut play, host, &[ada, bo], false);
    assert_eq!(play.slots(host), []);
    assert_eq!(play.slots(ada), [(bo.id, TrackSource::Microphone)]);
    play.say(
        bo,
        ClientMessage::Chat {
            text: Pii::new("Hello".to_owned()),
        },
    );
    let has_line = |page| {
        let told = play.told(page);
        told.iter().any(|one| matches!(one, ServerMessage::Chat(_)))
    };
    assert!(has_line(ada) && !has_line(host));
    play.say(host, ClientMessage::CloseBreakouts {});
    assert_eq!(play.slots(host).len(), 2);
    assert!(
        play.told(ada)
            .contains(&&ServerMessage::Moved { breakout: None })
    );
}

#[test]
fn a_breakout_is_recorded_only_where_its_own_rule_says_so() {
    for recorded in [true, false] {
        let mut play = Play::new(settings());
        let host = play.host();
        let ada = play.guest("Ada Krol");
        play.send(ada, TrackSource::Microphone);
        play.agree(ada, ConsentPurpose::Voice, true);
        play.say(host, ClientMessage::Record { on: true });
        assert_eq!(play.taps().len(), 1);
        open(&mut play, host, &[ada], recorded);
        assert_eq!(play.taps().len(), usize::from(recorded));
        play.wait(0.2, &[]);
        let told = play.last(ada, |message| match message {
            ServerMessage::Room(view) => Some(view.is_recording),
            _ => None,
        });
        assert_eq!(told, Some(recorded));
        play.say(host, ClientMessage::CloseBreakouts {});
        assert_eq!(play.taps().len(), 1);
    }
}

#[test]
fn nobody_is_sent_to_a_breakout_that_is_not_there() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let to = |breakout| ClientMessage::Move {
        participant: ada.id,
        breakout,
    };
    play.say(host, to(Some(0)));
    assert_eq!(play.problem(host), Some("no_such_breakout"));
    open(&mut play, host, &[], false);
    play.say(host, to(Some(0)));
    assert_eq!(play.room.people.get(&ada.id).unwrap().breakout, Some(0));
    play.say(host, to(None));
    assert_eq!(play.room.people.get(&ada.id).unwrap().breakout, None);
    open(&mut play, host, &[], false);
    assert_eq!(play.problem(host), Some("breakouts_are_open"));
}
