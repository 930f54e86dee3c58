#![allow(clippy::unwrap_used)]

mod fuzz;

use proptest::prelude::*;
use scrim_policy::{ConsentPurpose, TrackSource};

use super::*;

const PERSON: &str = "par_00000000000000000000000000000001";

/// One message of each kind, as the page writes it.
fn messages() -> Vec<String> {
    vec![
        r#"{"type":"knock","name":"Ada Krol","consents":{"voice":true,"screen":false},"notice":"n-1"}"#.to_owned(),
        r#"{"type":"come_back","secret":"x","has_media":true}"#.to_owned(),
        r#"{"type":"publish","sdp":"v=0","sources":{"0":"microphone","1":"camera"}}"#.to_owned(),
        r#"{"type":"answer","sdp":"v=0"}"#.to_owned(),
        r#"{"type":"candidate","leg":"publish","candidate":"","mid":"0"}"#.to_owned(),
        r#"{"type":"mute","source":"camera","muted":true}"#.to_owned(),
        r#"{"type":"unpublish","source":"screen"}"#.to_owned(),
        format!(r#"{{"type":"watch","people":["{PERSON}"]}}"#),
        r#"{"type":"take","video":false}"#.to_owned(),
        r#"{"type":"chat","text":"Hello\nthere"}"#.to_owned(),
        r#"{"type":"hand","raised":true}"#.to_owned(),
        r#"{"type":"consent","purpose":"camera","given":true,"notice":"n-1"}"#.to_owned(),
        r#"{"type":"noticed","notice":"n-1"}"#.to_owned(),
        r#"{"type":"leave"}"#.to_owned(),
        r#"{"type":"ping"}"#.to_owned(),
        format!(r#"{{"type":"admit","participant":"{PERSON}","admitted":true}}"#),
        format!(r#"{{"type":"remove","participant":"{PERSON}"}}"#),
        format!(r#"{{"type":"silence","participant":"{PERSON}","source":"microphone"}}"#),
        format!(r#"{{"type":"seat","participant":"{PERSON}","seat":"presenter"}}"#),
        r#"{"type":"take_over"}"#.to_owned(),
        r#"{"type":"lock","locked":true}"#.to_owned(),
        r#"{"type":"show_people","shown":true}"#.to_owned(),
        r#"{"type":"record","on":true}"#.to_owned(),
        format!(r#"{{"type":"open_breakouts","breakouts":[{{"name":"A","recorded":true,"people":["{PERSON}"]}}]}}"#),
        format!(r#"{{"type":"move","participant":"{PERSON}","breakout":0}}"#),
        r#"{"type":"close_breakouts"}"#.to_owned(),
        r#"{"type":"end"}"#.to_owned(),
    ]
}

#[test]
fn the_messages_of_the_page_are_understood() {
    for message in messages() {
        assert!(ClientMessage::read(&message).is_ok(), "{message}");
    }
}

#[test]
fn what_is_not_of_the_protocol_is_refused_and_not_repeated() {
    let long = "x".repeat(100 << 10);
    let messages = [
        "",
        "[]",
        "{}",
        r#"{"type":"fly"}"#,
        r#"{"type":"ping","extra":"Zofia"}"#,
        r#"{"type":"hand","raised":"Zofia"}"#,
        r#"{"type":"knock","name":""}"#,
        r#"{"type":"knock","name":"a\u202eb"}"#,
        r#"{"type":"knock","name":"a\nb"}"#,
        r#"{"type":"knock","name":"Zofia","notice":"<b>"}"#,
        r#"{"type":"knock","name":"Zofia","guest":"easy to guess"}"#,
        r#"{"type":"chat","text":"  "}"#,
        r#"{"type":"publish","sdp":"v=0","sources":{}}"#,
        r#"{"type":"publish","sdp":"v=0","sources":{"0":"camera","1":"camera"}}"#,
        r#"{"type":"publish","sdp":"v=0","sources":{"0":"window"}}"#,
        r#"{"type":"consent","purpose":"face","given":true,"notice":"n"}"#,
        r#"{"type":"open_breakouts","breakouts":[]}"#,
        r#"{"type":"open_breakouts","breakouts":[{"name":""}]}"#,
        &long,
    ];
    for message in messages {
        let error = ClientMessage::read(message).unwrap_err();
        assert!(!error.to_string().contains("Zofia"), "{message}: {error}");
    }
}

#[test]
fn what_a_page_says_prints_no_name() {
    let message =
        ClientMessage::read(r#"{"type":"knock","name":"Zofia","password":"Zofia"}"#).unwrap();
    assert!(!format!("{message:?}").contains("Zofia"));
}

#[test]
fn every_source_has_a_purpose_and_a_medium() {
    assert_eq!(TrackSource::ScreenSound.purpose(), ConsentPurpose::Screen);
    assert_eq!(TrackSource::Microphone.purpose(), ConsentPurpose::Voice);
    let pong = ServerMessage::Pong { said: 3 };
    assert_eq!(pong.write(), r#"{"type":"pong","said":3}"#);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = ClientMessage::read(&text);
    }
}
