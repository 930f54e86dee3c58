//! Candidates that follow by WHIP.

use super::{super::*, *};

const FRAGMENT: &str = "a=group:BUNDLE 0 1\r\n\
    a=ice-ufrag:4ZcD\r\n\
    a=ice-pwd:vAq7xWc0RtY+3mKp/9LzEu4B\r\n\
    m=audio 9 RTP/AVP 0\r\n\
    a=mid:0\r\n\
    a=candidate:1 1 UDP 5 192.0.2.9 5000 typ host\r\n\
    a=candidate:2 1 TCP 5 192.0.2.9 9 typ host tcptype active\r\n\
    a=candidate:3 1 UDP 5 x.local 5001 typ host\r\n\
    a=end-of-candidates\r\n";

fn read(text: &str) -> Result<Fragment, SdpError> {
    read_fragment(text, &Limits::default())
}

#[test]
fn usable_candidates_come_with_their_section() {
    let fragment = read(FRAGMENT).unwrap();
    let [(section, candidate)] = fragment.candidates.as_slice() else {
        panic!("{fragment:?}");
    };
    assert_eq!(*section, mid("0"));
    assert_eq!(
        candidate.to_string(),
        "candidate:1 1 UDP 5 192.0.2.9 5000 typ host"
    );
}

#[test]
fn the_credentials_are_those_of_the_offer_or_a_restart() {
    let offered = offer(CHROMIUM).transport.credentials;
    assert_eq!(read(FRAGMENT).unwrap().credentials, offered);
    let restart = changed(FRAGMENT, "4ZcD", "4ZcE");
    assert_ne!(read(&restart).unwrap().credentials, offered);
}

#[test]
fn credentials_may_stand_in_sections_and_are_the_same_everywhere() {
    let lines = "a=ice-ufrag:4ZcD\r\na=ice-pwd:vAq7xWc0RtY+3mKp/9LzEu4B\r\n";
    let moved = changed(FRAGMENT, lines, "");
    let moved = changed(&moved, "a=mid:0\r\n", &format!("a=mid:0\r\n{lines}"));
    assert_eq!(read(&moved).unwrap(), read(FRAGMENT).unwrap());
    let twice = changed(FRAGMENT, "a=mid:0\r\n", &format!("a=mid:0\r\n{lines}"));
    assert_eq!(read(&twice).unwrap(), read(FRAGMENT).unwrap());
    let other = changed_last(&twice, "4ZcD", "4ZcE");
    assert_eq!(read(&other), Err(SdpError::Credentials));
    for missing in ["a=ice-ufrag", "a=ice-pwd"] {
        assert_eq!(
            read(&without(FRAGMENT, missing)),
            Err(SdpError::Credentials)
        );
    }
    assert_eq!(read(""), Err(SdpError::Line { line: 1 }));
}

#[test]
fn an_end_without_candidates_is_possible() {
    let text = without(&FRAGMENT.replace("\r\n", "\n"), "a=candidate");
    assert_eq!(read(&text).unwrap().candidates, []);
}

#[test]
fn the_rules_of_offers_hold() {
    let section = 0;
    for (from, to, error) in [
        ("a=mid:0", "a=x", SdpError::NoMid { section }),
        ("a=mid:0", "a=mid:a b", SdpError::NoMid { section }),
        (
            "m=audio",
            "m=application",
            SdpError::DataChannel { section },
        ),
        ("m=audio", "m=text", SdpError::Kind { section }),
        ("UDP 5 192", "UDP x 192", SdpError::Candidate),
        ("a=group", "v=0\r\na=group", SdpError::Version),
        ("a=mid:0", "a=mid:\u{e9}", SdpError::Character { line: 5 }),
    ] {
        assert_eq!(read(&changed(FRAGMENT, from, to)), Err(error), "{to}");
    }
    let limits = Limits {
        sections: 0,
        ..Limits::default()
    };
    assert_eq!(
        read_fragment(FRAGMENT, &limits),
        Err(SdpError::TooManySections { limit: 0 })
    );
    let limits = Limits {
        candidates_per_section: 2,
        ..Limits::default()
    };
    assert_eq!(
        read_fragment(FRAGMENT, &limits),
        Err(SdpError::TooManyCandidates { limit: 2 })
    );
}
