//! Messages of pages, changed at random: what is understood is within its limits, and is the same
//! when it is written and read again.

use serde_json::{Value, json};

use super::{super::client::*, messages};
use crate::tests::fuzz::{Fuzz, Grammar, Random};

/// An offer as long as browsers send them.
const OFFER: &str = include_str!("../../sdp/tests/texts/chromium.sdp");

const GRAMMAR: Grammar = Grammar {
    separators: &[b",", b",:{}[]", b",:{}[]", b"\""],
    words: &[
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "1e999",
        "0.1",
        "\"\"",
        "\"type\":\"knock\"",
        "\"type\":\"publish\"",
        "\"name\":\"Zofia\"",
        "\"name\":null",
        "\"token\":\"x\"",
        "\"consents\":{\"voice\":true,\"voice\":false}",
        "\"camera\"",
        "\"screen_sound\"",
        "\"transcript\"",
        "\"host\"",
        "\"subscribe\"",
        "\"breakout\":255",
        "\"people\":[\"par_ffffffffffffffffffffffffffffffff\"]",
        "\"par_0000000000000000000000000000000g\"",
        "\"notice\":\"notice-1\"",
        "\"mid\":\"video1\"",
        "\\u202e",
        "\\u0000",
        "\\ud800",
        "\\n",
        "\u{feff}",
        "\u{1f41d}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "{\"a\":{\"a\":{\"a\":{\"a\":",
        "_",
        " ",
    ],
};

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = messages();
    let sources = json!({ "0": "microphone", "1": "camera", "2": "screen", "3": "screen_sound" });
    let more = [
        json!({ "type": "publish", "sdp": OFFER, "sources": sources }),
        json!({ "type": "answer", "sdp": OFFER }),
        json!({ "type": "chat", "text": "Wo ist das Bienenhaus? \u{1f41d}\n\tDort." }),
        json!({ "type": "knock", "name": "Zofia", "password": "open", "token": "sci_1" }),
        json!({ "type": "knock", "name": "Zofia", "guest": "0".repeat(32), "unasked": true }),
        json!({ "type": "candidate", "leg": "subscribe", "mid": "audio0",
            "candidate": "candidate:1 1 UDP 1 192.0.2.7 9 typ host" }),
    ];
    seeds.extend(more.iter().map(Value::to_string));
    seeds.into_iter().map(String::into_bytes).collect()
}

#[test]
fn whatever_a_page_says_is_refused_or_is_the_same_when_it_is_said_again() {
    let seeds = seeds();
    let make = |random: &mut Random| {
        let seed = random.pick(&seeds);
        GRAMMAR.changed(random, seed, &seeds)
    };
    Fuzz::as_asked().run(&seeds, make, |input| {
        let text = String::from_utf8_lossy(input);
        match ClientMessage::read(&text) {
            Ok(message) => {
                check_limits(&message);
                let written = written(&message).to_string();
                // What was left out is written, and may make it too long.
                if written.len() <= MOST_BYTES {
                    assert_eq!(ClientMessage::read(&written), Ok(message));
                }
                true
            }
            Err(error) => {
                let said = error.to_string();
                assert!(said.len() < 100 && said.is_ascii(), "{said}");
                false
            }
        }
    });
}

/// Writes a message as a page does.
fn written(message: &ClientMessage) -> Value {
    match message {
        ClientMessage::Knock {
            name,
            password,
            token,
            consents,
            notice,
            guest,
            unasked,
        } => json!({
            "type": "knock",
            "name": name.reveal(),
            "password": password.as_ref().map(|password| password.reveal()),
            "token": token.as_ref().map(|token| token.reveal()),
            "consents": consents,
            "notice": notice,
            "guest": guest.as_ref().map(|guest| guest.reveal()),
            "unasked": unasked,
        }),
        ClientMessage::ComeBack { secret, has_media } => {
            json!({ "type": "come_back", "secret": secret.reveal(), "has_media": has_media })
        }
        ClientMessage::Publish { sdp, sources } => {
            json!({ "type": "publish", "sdp": sdp, "sources": sources })
        }
        ClientMessage::Answer { sdp } => json!({ "type": "answer", "sdp": sdp }),
        ClientMessage::Candidate {
            leg,
            candidate,
            mid,
        } => json!({ "type": "candidate", "leg": leg, "candidate": candidate, "mid": mid }),
        ClientMessage::Mute { source, muted } => {
            json!({ "type": "mute", "source": source, "muted": muted })
        }
        ClientMessage::Unpublish { source } => json!({ "type": "unpublish", "source": source }),
        ClientMessage::Watch { people } => json!({ "type": "watch", "people": people }),
        ClientMessage::Take { video } => json!({ "type": "take", "video": video }),
        ClientMessage::Chat { text } => json!({ "type": "chat", "text": text.reveal() }),
        ClientMessage::Hand { raised } => json!({ "type": "hand", "raised": raised }),
        ClientMessage::Consent {
            purpose,
            given,
            notice,
        } => json!({ "type": "consent", "purpose": purpose, "given": given, "notice": notice }),
        ClientMessage::Noticed { notice } => json!({ "type": "noticed", "notice": notice }),
        ClientMessage::Leave {} => json!({ "type": "leave" }),
        ClientMessage::Ping {} => json!({ "type": "ping" }),
        ClientMessage::TakeOver {} => json!({ "type": "take_over" }),
        hosts => written_of_hosts(hosts),
    }
}

/// The same for what only hosts say.
fn written_of_hosts(message: &ClientMessage) -> Value {
    match message {
        ClientMessage::Admit {
            participant,
            admitted,
        } => json!({ "type": "admit", "participant": participant, "admitted": admitted }),
        ClientMessage::Remove { participant } => {
            json!({ "type": "remove", "participant": participant })
        }
        ClientMessage::Silence {
            participant,
            source,
        } => json!({ "type": "silence", "participant": participant, "source": source }),
        ClientMessage::Seat { participant, seat } => {
            json!({ "type": "seat", "participant": participant, "seat": seat })
        }
        ClientMessage::Lock { locked } => json!({ "type": "lock", "locked": locked }),
        ClientMessage::ShowPeople { shown } => json!({ "type": "show_people", "shown": shown }),
        ClientMessage::Record { on } => json!({ "type": "record", "on": on }),
        ClientMessage::OpenBreakouts { breakouts } => {
            let assignment = |one: &Assignment| json!({ "name": one.name.reveal(), "recorded": one.recorded, "people": one.people });
            let breakouts: Vec<Value> = breakouts.iter().map(assignment).collect();
            json!({ "type": "open_breakouts", "breakouts": breakouts })
        }
        ClientMessage::Move {
            participant,
            breakout,
        } => json!({ "type": "move", "participant": participant, "breakout": breakout }),
        ClientMessage::CloseBreakouts {} => json!({ "type": "close_breakouts" }),
        ClientMessage::End {} => json!({ "type": "end" }),
        other => panic!("there is no way to write {other:?}"),
    }
}

/// Everything that was understood is within the limits that SECURITY.md relies on.
fn check_limits(message: &ClientMessage) {
    match message {
        ClientMessage::Knock {
            name,
            password,
            token,
            notice,
            guest,
            ..
        } => {
            check_line(name.reveal());
            for secret in [password, token, guest].into_iter().flatten() {
                assert!(secret.reveal().len() <= 256);
            }
            assert!(guest.iter().all(|guest| guest.reveal().len() >= 32));
            notice.iter().for_each(|notice| check_word(notice));
        }
        ClientMessage::ComeBack { secret, .. } => assert!(secret.reveal().len() <= 256),
        ClientMessage::Publish { sdp, sources } => {
            assert!(sdp.len() <= 64 << 10 && (1..=4).contains(&sources.len()));
            sources.keys().for_each(|mid| check_word(mid));
            let mut all: Vec<_> = sources.values().collect();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), sources.len());
        }
        ClientMessage::Answer { sdp } => assert!(sdp.len() <= 64 << 10),
        ClientMessage::Candidate { candidate, mid, .. } => {
            assert!(candidate.len() <= 512);
            mid.iter().for_each(|mid| check_word(mid));
        }
        ClientMessage::Chat { text } => check_text(text.reveal(), 2000),
        ClientMessage::Consent { notice, .. } | ClientMessage::Noticed { notice } => {
            check_word(notice);
        }
        ClientMessage::Watch { people } => assert!(people.len() <= 64),
        ClientMessage::OpenBreakouts { breakouts } => {
            assert!((1..=50).contains(&breakouts.len()));
            breakouts
                .iter()
                .for_each(|one| check_line(one.name.reveal()));
        }
        _ => {}
    }
}

fn check_line(text: &str) {
    check_text(text, 80);
    assert!(!text.contains(['\n', '\t']));
}

fn check_text(text: &str, most: usize) {
    assert!((1..=most).contains(&text.chars().count()) && !text.trim().is_empty());
    for letter in text.chars().filter(|letter| !['\n', '\t'].contains(letter)) {
        let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!letter.is_control() && !turns && letter != '\u{feff}');
    }
}

fn check_word(text: &str) {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    assert!((1..=64).contains(&text.len()) && text.bytes().all(is_fine));
}
