use super::*;
use crate::tap::RecordingFailure;

fn play(rule: RecordingRule) -> (Play, Page) {
    let mut play = Play::new(RoomSettings {
        protection: Protection::Clear(Some(rule)),
        ..settings()
    });
    let host = play.host();
    (play, host)
}

fn record(play: &mut Play, host: Page, on: bool) {
    play.say(host, ClientMessage::Record { on });
}

fn tapped(play: &Play) -> Vec<TrackId> {
    play.taps().iter().map(|one| one.track()).collect()
}

#[test]
fn nobody_is_recorded_who_did_not_say_yes() {
    let (mut play, host) = play(rule());
    let ada = play.guest("Ada Krol");
    let camera = play.send(ada, TrackSource::Camera);
    let voice = play.send(ada, TrackSource::Microphone);
    record(&mut play, host, true);
    assert_eq!(tapped(&play), []);
    play.agree(ada, ConsentPurpose::Voice, true);
    assert_eq!(tapped(&play), [voice]);
    play.agree(ada, ConsentPurpose::Camera, true);
    assert_eq!(tapped(&play), [voice, camera]);
}

#[test]
fn where_people_are_informed_a_no_counts_and_so_does_not_having_been_told() {
    let (mut play, host) = play(RecordingRule {
        rule: ConsentRule::Inform,
        ..rule()
    });
    record(&mut play, host, true);
    let ada = play.guest("Ada Krol");
    let voice = play.send(ada, TrackSource::Microphone);
    assert_eq!(tapped(&play), [], "nobody told her");
    play.say(
        ada,
        ClientMessage::Noticed {
            notice: "notice-0".to_owned(),
        },
    );
    assert_eq!(tapped(&play), [], "it was another notice");
    play.say(
        ada,
        ClientMessage::Noticed {
            notice: NOTICE.to_owned(),
        },
    );
    assert_eq!(tapped(&play), [voice]);
    play.agree(ada, ConsentPurpose::Voice, false);
    assert_eq!(tapped(&play), []);
}

#[test]
fn nothing_is_recorded_before_the_start_and_after_the_stop() {
    let (mut play, host) = play(rule());
    let ada = play.guest("Ada Krol");
    let voice = play.send(ada, TrackSource::Microphone);
    play.agree(ada, ConsentPurpose::Voice, true);
    assert_eq!(tapped(&play), []);
    record(&mut play, host, true);
    assert_eq!(tapped(&play), [voice]);
    assert!(play.taps()[0].is_good());
    record(&mut play, host, false);
    assert_eq!(tapped(&play), []);
    let opened = play.outputs.iter().find_map(|output| match output {
        Output::Tap(TapOrder::Open(consented)) => Some(consented),
        _ => None,
    });
    assert!(!opened.unwrap().is_good());
}

#[test]
fn a_no_ends_the_proof_at_once_and_destroys_what_there_was() {
    let (mut play, host) = play(rule());
    let ada = play.guest("Ada Krol");
    let voice = play.send(ada, TrackSource::Microphone);
    let camera = play.send(ada, TrackSource::Camera);
    play.agree(ada, ConsentPurpose::Voice, true);
    play.agree(ada, ConsentPurpose::Camera, true);
    record(&mut play, host, true);
    let outputs = play.taken();
    let permits: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Tap(TapOrder::Open(consented)) => Some(consented),
            _ => None,
        })
        .collect();
    play.agree(ada, ConsentPurpose::Camera, false);
    for permit in permits {
        assert_eq!(permit.is_good(), permit.track() == voice);
    }
    let taps: Vec<_> = play
        .outputs
        .iter()
        .filter(|output| matches!(output, Output::Tap(_)))
        .collect();
    assert_eq!(
        taps,
        [
            &Output::Tap(TapOrder::Close { track: camera }),
            &Output::Tap(TapOrder::Destroy {
                participant: ada.id,
                purpose: ConsentPurpose::Camera
            })
        ]
    );
}

#[test]
fn answers_from_the_lobby_count() {
    let (mut play, host) = play(rule());
    record(&mut play, host, true);
    let mut arrival = play.arrival(
        "Ada Krol",
        Pass::Guest {
            knows_password: false,
        },
    );
    arrival.notice = Some(NOTICE.to_owned());
    arrival.consents = [
        (ConsentPurpose::Voice, true),
        (ConsentPurpose::Camera, false),
    ]
    .into();
    let ada = play.knock(arrival);
    let voice = play.send(ada, TrackSource::Microphone);
    play.send(ada, TrackSource::Camera);
    assert_eq!(tapped(&play), [voice]);
    let mut arrival = play.arrival(
        "Bo Lund",
        Pass::Guest {
            knows_password: false,
        },
    );
    arrival.notice = Some("notice-0".to_owned());
    arrival.consents = [(ConsentPurpose::Voice, true)].into();
    let bo = play.knock(arrival);
    play.send(bo, TrackSource::Microphone);
    assert_eq!(tapped(&play), [voice], "a yes to another notice is no yes");
}

#[test]
fn refusing_locks_nobody_out_unless_the_room_says_so() {
    for can_refuse in [true, false] {
        let (mut play, _) = play(RecordingRule {
            can_refuse,
            ..rule()
        });
        let ada = play.guest("Ada Krol");
        for purpose in ConsentPurpose::ALL {
            play.agree(ada, purpose, false);
        }
        assert_eq!(play.is_in(ada), can_refuse);
        let mut arrival = play.arrival(
            "Bo Lund",
            Pass::Guest {
                knows_password: false,
            },
        );
        arrival.consents = ConsentPurpose::ALL.map(|purpose| (purpose, false)).into();
        let bo = play.knock(arrival);
        assert_eq!(play.is_in(bo), can_refuse);
        if !can_refuse {
            assert_eq!(play.refusal(ada), Some(Refusal::Consent));
            assert_eq!(play.refusal(bo), Some(Refusal::Consent));
        }
    }
}

#[test]
fn a_room_that_is_encrypted_end_to_end_records_nothing() {
    let mut play = Play::new(RoomSettings {
        protection: Protection::EndToEnd,
        ..settings()
    });
    let host = play.host();
    play.send(host, TrackSource::Microphone);
    play.agree(host, ConsentPurpose::Voice, true);
    record(&mut play, host, true);
    assert_eq!(play.problem(host), Some("cannot_record"));
    assert!(!play.room.is_recording());
    assert_eq!(tapped(&play), []);
}

#[test]
fn a_room_without_a_recorder_does_not_pretend_to_record() {
    let (mut play, host) = play(rule());
    play.room.has_recorder = false;
    record(&mut play, host, true);
    assert_eq!(play.problem(host), Some("cannot_record"));
    assert!(!play.room.is_recording());
}

#[test]
fn a_recording_that_fails_stops_and_hosts_are_told_and_may_begin_another_one() {
    let (mut play, host) = play(rule());
    let ada = play.guest("Ada Krol");
    let voice = play.send(ada, TrackSource::Microphone);
    play.agree(ada, ConsentPurpose::Voice, true);
    record(&mut play, host, true);
    assert_eq!(tapped(&play), [voice]);
    let failure = RecordingFailure::NotWritten;
    play.put(Input::RecordingFailed { failure });
    assert!(!play.room.is_recording());
    assert_eq!(tapped(&play), []);
    assert_eq!(play.notes().last(), Some(&&TimelineEvent::RecordingStopped));
    assert_eq!(play.problem(host), Some("recording_failed"));
    assert_eq!(play.problem(ada), None);
    // One that fails when it has stopped is no news.
    play.taken();
    play.put(Input::RecordingFailed { failure });
    assert_eq!(play.problem(host), None);
    record(&mut play, host, true);
    assert_eq!(tapped(&play), [voice]);
}

#[test]
fn everybody_is_told_that_recording_starts_and_stops() {
    let (mut play, host) = play(rule());
    let ada = play.guest("Ada Krol");
    for on in [true, false] {
        record(&mut play, host, on);
        play.wait(0.2, &[]);
        for page in [host, ada] {
            let told = play.last(page, |message| match message {
                ServerMessage::Room(view) => Some(view.is_recording),
                _ => None,
            });
            assert_eq!(told, Some(on));
        }
    }
    let notes = play.notes();
    let started = notes
        .iter()
        .position(|one| **one == TimelineEvent::RecordingStarted);
    let stopped = notes
        .iter()
        .position(|one| **one == TimelineEvent::RecordingStopped);
    assert!(started.unwrap() < stopped.unwrap());
}

#[test]
fn an_attendee_starts_no_recording() {
    let (mut play, _) = play(rule());
    let ada = play.guest("Ada Krol");
    record(&mut play, ada, true);
    assert_eq!(play.problem(ada), Some("not_a_host"));
    assert!(!play.room.is_recording());
}

#[test]
fn chat_is_kept_of_whoever_agreed_while_recording() {
    let (mut play, host) = play(rule());
    let ada = play.guest("Ada Krol");
    let write = |play: &mut Play, page| {
        play.say(
            page,
            ClientMessage::Chat {
                text: Pii::new("Hello".to_owned()),
            },
        );
        let is_kept = |output: &Output| matches!(output, Output::Tap(TapOrder::Chat { .. }));
        play.taken().iter().any(is_kept)
    };
    play.agree(ada, ConsentPurpose::Chat, true);
    assert!(!write(&mut play, ada));
    record(&mut play, host, true);
    assert!(write(&mut play, ada));
    assert!(!write(&mut play, host));
}

#[test]
fn the_timeline_has_every_answer_with_its_notice() {
    let (mut play, _) = play(rule());
    let ada = play.guest("Ada Krol");
    play.agree(ada, ConsentPurpose::Voice, true);
    play.agree(ada, ConsentPurpose::Voice, false);
    let answers: Vec<_> = play
        .notes()
        .into_iter()
        .filter(|note| {
            matches!(
                note,
                TimelineEvent::Noticed { .. } | TimelineEvent::Consented { .. }
            )
        })
        .cloned()
        .collect();
    let notice = || NOTICE.to_owned();
    let answer = |given| TimelineEvent::Consented {
        participant: ada.id,
        purpose: ConsentPurpose::Voice,
        given,
        notice: notice(),
    };
    let told = TimelineEvent::Noticed {
        participant: ada.id,
        notice: notice(),
    };
    assert_eq!(answers, [told, answer(true), answer(false)]);
}

#[test]
fn whoever_goes_is_recorded_no_more() {
    let (mut play, host) = play(rule());
    let ada = play.guest("Ada Krol");
    play.send(ada, TrackSource::Microphone);
    play.agree(ada, ConsentPurpose::Voice, true);
    record(&mut play, host, true);
    assert_eq!(play.taps().len(), 1);
    play.say(ada, ClientMessage::Leave {});
    assert_eq!(play.taps().len(), 0);
}

#[test]
fn an_encoder_is_recorded_as_its_person_says_on_a_page() {
    let (mut play, host) = play(rule());
    record(&mut play, host, true);
    let with = |play: &mut Play, client| {
        let mut arrival = play.arrival("Pia Post", Pass::Presenter);
        arrival.identity = Some(Identity(7));
        arrival.client = client;
        play.knock(arrival)
    };
    let page = with(&mut play, Client::Page);
    play.agree(page, ConsentPurpose::Camera, true);
    let encoder = with(&mut play, Client::Encoder);
    assert!(play.is_in(page) && play.is_in(encoder));
    let camera = play.send(encoder, TrackSource::Camera);
    let voice = play.send(encoder, TrackSource::Microphone);
    assert_eq!(tapped(&play), [camera]);
    play.agree(page, ConsentPurpose::Voice, true);
    assert_eq!(tapped(&play), [camera, voice]);
    play.agree(page, ConsentPurpose::Camera, false);
    assert_eq!(tapped(&play), [voice]);
    play.put(Input::Lost {
        connection: encoder.connection,
    });
    assert!(play.is_in(page) && !play.is_in(encoder));
}

#[test]
fn an_encoder_whose_person_is_on_no_page_is_not_recorded() {
    let (mut play, host) = play(rule());
    record(&mut play, host, true);
    let mut arrival = play.arrival("Pia Post", Pass::Presenter);
    arrival.identity = Some(Identity(7));
    arrival.client = Client::Encoder;
    let encoder = play.knock(arrival);
    play.send(encoder, TrackSource::Camera);
    assert_eq!(tapped(&play), []);
    play.wait(60.0, &[host]);
    assert!(play.is_in(encoder), "it says nothing");
    play.put(Input::Media(MediaInput::Silent {
        participant: encoder.id,
    }));
    assert_eq!(play.refusal(encoder), Some(Refusal::Silent));
}
