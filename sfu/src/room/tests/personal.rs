//! What people are given of their answers, and taking them back by a link.

use super::*;

const LINK: &str = "/consent/secret";

fn kept(play: &mut Play, page: Page) {
    play.put(Input::Kept {
        participant: page.id,
        link: Pii::new(LINK.to_owned()),
    });
}

fn refuse(play: &mut Play, page: Page, purposes: &[ConsentPurpose]) {
    play.put(Input::Refused {
        participants: vec![page.id],
        purposes: purposes.to_vec(),
    });
}

fn answers(play: &Play) -> Vec<&Answered> {
    let answers = play.outputs.iter().filter_map(|output| match output {
        Output::Answered(answered) => Some(answered),
        _ => None,
    });
    answers.collect()
}

fn links(play: &Play, page: Page) -> usize {
    let is_link = |message: &&ServerMessage| matches!(message, ServerMessage::Personal { link } if link.reveal() == LINK);
    play.told(page).into_iter().filter(is_link).count()
}

/// What the timeline and the recording are told of a no.
fn refusals(play: &Play) -> (Vec<(ParticipantId, ConsentPurpose)>, Vec<ConsentPurpose>) {
    let noted = play.notes().into_iter().filter_map(|note| match note {
        TimelineEvent::Consented {
            participant,
            purpose,
            given: false,
            ..
        } => Some((*participant, *purpose)),
        _ => None,
    });
    let destroyed = play.outputs.iter().filter_map(|output| match output {
        Output::Tap(TapOrder::Destroy { purpose, .. }) => Some(*purpose),
        _ => None,
    });
    (noted.collect(), destroyed.collect())
}

fn invited(play: &mut Play, client: Client) -> Page {
    let mut arrival = play.arrival("Ada Krol", Pass::Presenter);
    arrival.identity = Some(Identity(7));
    arrival.client = client;
    play.knock(arrival)
}

#[test]
fn every_answer_is_given_out_with_who_gave_it() {
    let mut play = Play::new(settings());
    let ada = invited(&mut play, Client::Page);
    play.agree(ada, ConsentPurpose::Voice, true);
    play.agree(ada, ConsentPurpose::Voice, true);
    play.agree(ada, ConsentPurpose::Camera, false);
    let said: Vec<_> = answers(&play).iter().map(|one| one.answer).collect();
    // Once told, and nothing twice.
    assert_eq!(
        said,
        [
            None,
            Some((ConsentPurpose::Voice, true)),
            Some((ConsentPurpose::Camera, false))
        ]
    );
    for answered in answers(&play) {
        assert_eq!(answered.participant, ada.id);
        assert_eq!(answered.identity, Some(Identity(7)));
        assert_eq!(answered.language, Some("en"));
        assert_eq!(answered.notice, NOTICE);
    }
}

#[test]
fn an_encoder_is_given_out_as_the_person_who_answered() {
    let mut play = Play::new(settings());
    let ada = invited(&mut play, Client::Page);
    play.agree(ada, ConsentPurpose::Camera, true);
    play.taken();
    let encoder = invited(&mut play, Client::Encoder);
    let said = answers(&play);
    assert_eq!(said.len(), 2);
    for answered in said {
        assert_eq!(answered.participant, encoder.id);
        assert_eq!(answered.identity, Some(Identity(7)));
    }
}

#[test]
fn the_personal_link_comes_once_the_answer_is_kept_and_again_after_a_loss() {
    let mut play = Play::new(settings());
    play.host();
    let ada = play.guest("Ada Krol");
    let bo = play.guest("Bo Lund");
    play.agree(ada, ConsentPurpose::Voice, true);
    assert_eq!(links(&play, ada), 0);
    kept(&mut play, ada);
    assert_eq!((links(&play, ada), links(&play, bo)), (1, 0));
    let secret = play.room.people[&ada.id].secret.clone();
    let connection = ConnectionId(play.number());
    play.put(Input::CameBack {
        connection,
        secret,
        has_media: true,
    });
    assert_eq!(links(&play, Page { connection, ..ada }), 1);
    assert!(!format!("{:?}", play.outputs).contains(LINK));
}

#[test]
fn a_no_by_the_link_is_a_no_in_the_room() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    let camera = play.send(ada, TrackSource::Camera);
    let voice = play.send(ada, TrackSource::Microphone);
    play.agree(ada, ConsentPurpose::Camera, true);
    play.agree(ada, ConsentPurpose::Voice, true);
    play.say(host, ClientMessage::Record { on: true });
    assert_eq!(play.taps().len(), 2);
    refuse(&mut play, ada, &[ConsentPurpose::Camera]);
    let left: Vec<_> = play.taps().iter().map(|one| one.track()).collect();
    assert_eq!(left, [voice], "{camera} is recorded still");
    let purpose = ConsentPurpose::Camera;
    assert_eq!(refusals(&play), (vec![(ada.id, purpose)], vec![purpose]));
    let told = play.last(ada, |message| match message {
        ServerMessage::Consents { consents } => consents.get(&purpose).copied(),
        _ => None,
    });
    assert_eq!(told, Some(false));
    refuse(&mut play, ada, &[ConsentPurpose::Camera]);
    assert_eq!(refusals(&play).0.len(), 1, "it was refused already");
}

#[test]
fn whoever_has_left_can_refuse_what_was_recorded_before() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.send(ada, TrackSource::Microphone);
    play.agree(ada, ConsentPurpose::Voice, true);
    play.say(host, ClientMessage::Record { on: true });
    play.say(ada, ClientMessage::Leave {});
    assert!(!play.is_in(ada));
    play.taken();
    refuse(&mut play, ada, &[ConsentPurpose::Voice]);
    let purpose = ConsentPurpose::Voice;
    assert_eq!(refusals(&play), (vec![(ada.id, purpose)], vec![purpose]));
}

#[test]
fn a_no_of_whoever_waits_holds_inside() {
    let mut play = Play::new(RoomSettings {
        door: Door {
            has_waiting_room: true,
            ..Door::default()
        },
        protection: Protection::Clear(Some(RecordingRule {
            rule: ConsentRule::Inform,
            ..rule()
        })),
        ..settings()
    });
    let host = play.host();
    let arrival = play.arrival("Ada Krol", Pass::Registered);
    let ada = play.knock(arrival);
    refuse(&mut play, ada, &[ConsentPurpose::Voice]);
    play.say(
        host,
        ClientMessage::Admit {
            participant: ada.id,
            admitted: true,
        },
    );
    assert!(play.is_in(ada));
    assert_eq!(refusals(&play).0, [(ada.id, ConsentPurpose::Voice)]);
}

#[test]
fn a_no_to_an_earlier_stay_holds_for_whoever_has_come_again_or_waits_to() {
    for has_waiting_room in [false, true] {
        let mut play = Play::new(RoomSettings {
            door: Door {
                has_waiting_room,
                ..Door::default()
            },
            ..settings()
        });
        let host = play.host();
        let come = |play: &mut Play| {
            let mut arrival = play.arrival("Ada Krol", Pass::Registered);
            arrival.identity = Some(Identity(7));
            arrival.notice = Some(NOTICE.to_owned());
            arrival.consents = BTreeMap::from([(ConsentPurpose::Voice, true)]);
            play.knock(arrival)
        };
        let admit = |play: &mut Play, page: Page| {
            play.say(
                host,
                ClientMessage::Admit {
                    participant: page.id,
                    admitted: true,
                },
            );
        };
        let before = come(&mut play);
        admit(&mut play, before);
        play.say(before, ClientMessage::Leave {});
        let again = come(&mut play);
        // Only the stay before is known where answers are kept.
        refuse(&mut play, before, &[ConsentPurpose::Voice]);
        admit(&mut play, again);
        assert!(play.is_in(again));
        play.send(again, TrackSource::Microphone);
        play.say(host, ClientMessage::Record { on: true });
        assert!(play.taps().is_empty(), "{has_waiting_room}");
        let no = |page: Page| (page.id, ConsentPurpose::Voice);
        let refused = refusals(&play).0;
        assert!(
            [before, again]
                .into_iter()
                .all(|page| refused.contains(&no(page)))
        );
    }
}

#[test]
fn a_no_is_heard_after_the_end() {
    let mut play = Play::new(settings());
    let host = play.host();
    let ada = play.guest("Ada Krol");
    play.agree(ada, ConsentPurpose::Chat, true);
    play.say(host, ClientMessage::End {});
    assert!(play.room.has_ended());
    play.taken();
    refuse(&mut play, ada, &[ConsentPurpose::Chat]);
    let purpose = ConsentPurpose::Chat;
    assert_eq!(refusals(&play), (vec![(ada.id, purpose)], vec![purpose]));
}

#[test]
fn whoever_takes_everything_back_goes_where_nobody_may_stay_unrecorded() {
    for can_refuse in [true, false] {
        let mut play = Play::new(RoomSettings {
            protection: Protection::Clear(Some(RecordingRule {
                can_refuse,
                ..rule()
            })),
            ..settings()
        });
        play.host();
        let ada = play.guest("Ada Krol");
        play.agree(ada, ConsentPurpose::Voice, true);
        refuse(&mut play, ada, &ConsentPurpose::ALL);
        assert_eq!(play.is_in(ada), can_refuse);
    }
}

#[test]
fn a_room_that_is_never_recorded_has_nothing_to_refuse() {
    let mut play = Play::new(RoomSettings {
        protection: Protection::EndToEnd,
        ..settings()
    });
    play.host();
    let ada = play.guest("Ada Krol");
    play.taken();
    refuse(&mut play, ada, &ConsentPurpose::ALL);
    assert_eq!(refusals(&play), (vec![], vec![]));
    assert!(answers(&play).is_empty());
}
