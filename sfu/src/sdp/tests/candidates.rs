//! Candidates, in a text and on their own.

use super::{super::*, *};

fn read(text: &str) -> Result<Option<Candidate>, SdpError> {
    read_candidate(text, &Limits::default())
}

/// What is written of a candidate; nothing where it is dropped.
fn written(text: &str) -> Option<String> {
    read(text).unwrap().map(|candidate| candidate.to_string())
}

#[test]
fn candidates_are_written_without_what_a_nat_hides() {
    let chromium = "candidate:842163049 1 udp 1677729535 198.51.100.9 52200 typ srflx \
                    raddr 10.0.0.5 rport 52200 generation 0 ufrag 4ZcD network-cost 999";
    let expected = "candidate:842163049 1 UDP 1677729535 198.51.100.9 52200 typ srflx";
    assert_eq!(written(chromium).unwrap(), expected);
    assert_eq!(written(&format!("a={chromium}")).unwrap(), expected);
    assert_eq!(written(expected).unwrap(), expected);
}

#[test]
fn four_kinds_are_known() {
    for (word, kind) in [
        ("host", CandidateKind::Host),
        ("srflx", CandidateKind::ServerReflexive),
        ("prflx", CandidateKind::PeerReflexive),
        ("relay", CandidateKind::Relay),
    ] {
        let text = format!("candidate:a+/ 1 UDP 1 2001:DB8:0::9 65535 typ {word}");
        let candidate = read(&text).unwrap().unwrap();
        assert_eq!(candidate.kind(), kind);
        assert_eq!(
            candidate.to_string(),
            format!("candidate:a+/ 1 UDP 1 2001:db8::9 65535 typ {word}")
        );
    }
}

#[test]
fn the_end_of_candidates_is_no_candidate() {
    for end in ["", "a=", "end-of-candidates", "a=end-of-candidates"] {
        assert_eq!(read(end), Ok(None), "{end}");
    }
}

#[test]
fn candidates_that_nothing_can_be_sent_to_are_dropped() {
    for dropped in [
        "candidate:1 2 UDP 5 192.0.2.9 5000 typ host",
        "candidate:1 1 TCP 5 192.0.2.9 9 typ host tcptype active",
        "candidate:1 1 TCP 5 192.0.2.9 0 typ host tcptype active",
        "candidate:1 1 tls 5 192.0.2.9 9 typ host",
        "candidate:1 1 UDP 5 0c1e7a52-98b4.local 5000 typ host",
        "candidate:1 1 UDP 5 peer.example 5000 typ host",
        "candidate:1 1 UDP 5 192.0.2.9 5000 typ token",
        "candidate:1 1 UDP 5 192.0.2 5000 typ host",
        "candidate:1 1 UDP 5 192.0.2.09 5000 typ host",
        "candidate:1 1 UDP 5 fe80::1%eth0 5000 typ host",
    ] {
        assert_eq!(written(dropped), None, "{dropped}");
    }
}

#[test]
fn addresses_where_no_peer_can_be_are_dropped() {
    for address in [
        "0.0.0.0",
        "0.1.2.3",
        "127.0.0.1",
        "127.8.9.10",
        "169.254.169.254",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "febf::1",
        "ff02::fb",
        "::ffff:127.0.0.1",
        "::ffff:192.0.2.9",
        "::192.0.2.9",
    ] {
        let text = format!("candidate:1 1 UDP 5 {address} 5000 typ host");
        assert_eq!(written(&text), None, "{address}");
    }
    // Private ones are those of a peer in the same network.
    for address in ["10.0.0.5", "192.168.1.5", "fd00::5", "2001:db8::5"] {
        let text = format!("candidate:1 1 UDP 5 {address} 5000 typ host");
        assert_eq!(written(&text), Some(text));
    }
}

#[test]
fn the_machine_itself_is_only_for_tests() {
    let limits = Limits {
        loopback: true,
        ..Limits::default()
    };
    for (address, is_kept) in [
        ("127.0.0.1", true),
        ("::1", true),
        ("::ffff:127.0.0.1", false),
        ("0.0.0.0", false),
    ] {
        let text = format!("candidate:1 1 UDP 5 {address} 5000 typ host");
        let candidate = read_candidate(&text, &limits).unwrap();
        assert_eq!(candidate.is_some(), is_kept, "{address}");
    }
}

#[test]
fn malformed_candidates_are_refused() {
    for bad in [
        "x",
        "candidate",
        "candidate:",
        "candidate: 1 UDP 5 192.0.2.9 5000 typ host",
        "candidate:1",
        "candidate:1 0 UDP 5 192.0.2.9 5000 typ host",
        "candidate:1 257 UDP 5 192.0.2.9 5000 typ host",
        "candidate:1 1 UDP 0 192.0.2.9 5000 typ host",
        "candidate:1 1 UDP 2147483648 192.0.2.9 5000 typ host",
        "candidate:1 1 UDP -5 192.0.2.9 5000 typ host",
        "candidate:1 1 UDP 5 192.0.2.9 0 typ host",
        "candidate:1 1 UDP 5 192.0.2.9 65536 typ host",
        "candidate:1 1 UDP 5 192.0.2.9 5000 host",
        "candidate:1 1 UDP 5 192.0.2.9 5000 typ",
        "candidate:1 1 UDP 5  5000 typ host",
        "candidate:1  1 UDP 5 192.0.2.9 5000 typ host",
        "candidate:a-b 1 UDP 5 192.0.2.9 5000 typ host",
        "candidate:123456789012345678901234567890123 1 UDP 5 192.0.2.9 5000 typ host",
        "candidate:1 1 UDP 5 192.0.2.9 5000 typ host\r\na=x",
        "candidate:1 1 UDP 5 192.0.2.9 5000 typ host \u{e9}",
        "a=a=candidate:1 1 UDP 5 192.0.2.9 5000 typ host",
    ] {
        assert_eq!(read(bad), Err(SdpError::Candidate), "{bad}");
    }
    let long = format!(
        "candidate:1 1 UDP 5 192.0.2.9 5000 typ host {}",
        "x".repeat(LONGEST_LINE)
    );
    assert_eq!(read(&long), Err(SdpError::Candidate));
}

#[test]
fn a_malformed_candidate_refuses_the_whole_text() {
    let text = changed(CHROMIUM, "udp 2122194687", "udp x");
    assert_eq!(refused(&text), SdpError::Candidate);
}

#[test]
fn the_number_of_candidates_is_limited() {
    let line = "a=candidate:1 1 UDP 5 192.0.2.9 5000 typ host\n";
    // OBS has none, and its last section is at the end.
    let last = |count: usize| format!("{OBS}{}", line.repeat(count));
    offer(&last(MOST_CANDIDATES));
    assert_eq!(
        refused(&last(MOST_CANDIDATES + 1)),
        SdpError::TooManyCandidates {
            limit: MOST_CANDIDATES
        }
    );
    let both = changed(
        &last(21),
        "a=mid:0\n",
        &format!("a=mid:0\n{}", line.repeat(20)),
    );
    assert_eq!(
        refused(&both),
        SdpError::TooManyCandidates {
            limit: MOST_CANDIDATES
        }
    );
    let limits = Limits {
        candidates_per_section: 2,
        ..Limits::default()
    };
    assert!(read_offer(&last(2), &limits).is_ok());
    assert_eq!(
        read_offer(&last(3), &limits).unwrap_err(),
        SdpError::TooManyCandidates { limit: 2 }
    );
}
