//! What is changed in the texts of our own webrtcbin.

use std::{collections::BTreeMap, net::IpAddr};

use super::{super::*, *};

fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The offer of webrtcbin as it is always changed.
fn least(text: &str) -> String {
    let kept = |line: &&str| !line.contains("transport-cc") && !line.contains("fe80::");
    text.lines()
        .filter(kept)
        .map(|line| format!("{line}\r\n"))
        .collect()
}

fn offered(rework: &Rework) -> String {
    rework_offer(&crlf(WEBRTCBIN), rework, &mut BTreeMap::new())
}

/// Addresses of the candidates that are left.
fn addresses(text: &str) -> Vec<&str> {
    let candidates = text.lines().filter(|line| line.starts_with("a=candidate:"));
    candidates
        .map(|line| line.split(' ').nth(4).unwrap())
        .collect()
}

#[test]
fn without_wishes_only_transport_cc_link_local_addresses_and_tcp_go() {
    assert!(WEBRTCBIN.contains("transport-cc") && WEBRTCBIN.contains("fe80::"));
    assert_eq!(offered(&Rework::default()), least(WEBRTCBIN));
    // Lines that end in LF get the right end as well.
    assert_eq!(
        rework_offer(WEBRTCBIN, &Rework::default(), &mut BTreeMap::new()),
        least(WEBRTCBIN)
    );
    let answer = rework_answer(&crlf(WEBRTCBIN_ANSWER), &Rework::default());
    assert_eq!(addresses(&answer), ["192.0.2.2", "2001:db8::2"]);
    assert!(!answer.contains("TCP") && !answer.contains("transport-cc"));
}

#[test]
fn only_allowed_addresses_are_told() {
    let rework = Rework {
        allowed: Some(vec![address("192.0.2.7"), address("fe80::fc:ff:fe00:1")]),
        ..Rework::default()
    };
    let text = offered(&rework);
    assert_eq!(addresses(&text), ["192.0.2.7"]);
    assert_eq!(
        text,
        crlf(&without(
            &least(WEBRTCBIN).replace("\r\n", "\n"),
            "a=candidate:2"
        ))
    );
    let nothing = Rework {
        allowed: Some(Vec::new()),
        ..Rework::default()
    };
    assert!(addresses(&offered(&nothing)).is_empty());
}

#[test]
fn the_public_address_stands_for_hosts_of_its_family() {
    let mut rework = Rework {
        public: Some(address("203.0.113.9")),
        ..Rework::default()
    };
    let text = offered(&rework);
    assert_eq!(addresses(&text), ["203.0.113.9"]);
    assert!(text.contains("a=candidate:1 1 UDP 2015363327 203.0.113.9 33976 typ host\r\n"));
    rework.allowed = Some(vec![address("192.0.2.7"), address("2001:db8::7")]);
    assert_eq!(addresses(&offered(&rework)), ["203.0.113.9", "2001:db8::7"]);
    rework.public = Some(address("2001:db8::99"));
    assert_eq!(addresses(&offered(&rework)), ["192.0.2.7", "2001:db8::99"]);
    rework.allowed = Some(vec![address("198.51.100.1")]);
    assert!(addresses(&offered(&rework)).is_empty());
}

#[test]
fn an_address_that_is_no_host_stays_beside_the_public_one() {
    let rework = Rework {
        public: Some(address("203.0.113.9")),
        ..Rework::default()
    };
    let relayed = changed(
        WEBRTCBIN,
        "192.0.2.7 33976 typ host",
        "192.0.2.7 33976 typ relay",
    );
    let text = rework_offer(&relayed, &rework, &mut BTreeMap::new());
    assert_eq!(addresses(&text), ["192.0.2.7"]);
}

#[test]
fn related_addresses_of_this_machine_are_not_told() {
    let text = changed(
        WEBRTCBIN,
        "192.0.2.7 33976 typ host",
        "203.0.113.9 33976 typ srflx raddr 10.0.0.5 rport 33976",
    );
    let text = rework_offer(&text, &Rework::default(), &mut BTreeMap::new());
    assert!(text.contains("203.0.113.9 33976 typ srflx\r\n"), "{text}");
    assert!(!text.contains("10.0.0.5"));
}

#[test]
fn a_candidate_that_cannot_be_read_goes() {
    let text = changed(WEBRTCBIN, "UDP 2015363327", "UDP x");
    let text = rework_offer(&text, &Rework::default(), &mut BTreeMap::new());
    assert_eq!(addresses(&text), ["2001:db8::7"]);
}

#[test]
fn a_peer_can_be_made_the_server_of_dtls() {
    let rework = Rework {
        active: true,
        ..Rework::default()
    };
    assert_eq!(
        offered(&rework),
        least(WEBRTCBIN).replace("a=setup:actpass", "a=setup:active")
    );
}

#[test]
fn the_end_of_candidates_is_said_once_in_the_first_section() {
    let rework = Rework {
        end_of_candidates: true,
        ..Rework::default()
    };
    let text = offered(&rework);
    let (first, rest) = text.split_once("m=video").unwrap();
    assert!(
        first.ends_with("typ host\r\na=end-of-candidates\r\n"),
        "{first}"
    );
    assert!(!rest.contains("end-of-candidates"));
    let again = rework_offer(&text, &rework, &mut BTreeMap::new());
    assert_eq!(again, text);
}

#[test]
fn the_first_ssrcs_of_retransmissions_stay() {
    let mut first_rtx = BTreeMap::new();
    let first = rework_offer(&crlf(WEBRTCBIN), &Rework::default(), &mut first_rtx);
    assert_eq!(first, least(WEBRTCBIN));
    assert_eq!(first_rtx, BTreeMap::from([(22222, 22223), (33333, 33334)]));
    // The next offer has new ones; one of them is even a first one of the other section.
    let next = changed(WEBRTCBIN, "33334", "77777");
    let next = changed(&next, "22223", "33334");
    let next = rework_offer(&crlf(&next), &Rework::default(), &mut first_rtx);
    assert_eq!(next, first);
    assert_eq!(first_rtx.len(), 2);
}

#[test]
fn numbers_that_are_no_ssrcs_stay() {
    let mut first_rtx = BTreeMap::from([(22222, 97)]);
    let text = changed(WEBRTCBIN, "a=framerate:5", "a=framerate:22223");
    let text = changed(&text, "cname:user7", "cname:x 22223 y");
    let text = rework_offer(&text, &Rework::default(), &mut first_rtx);
    assert!(text.contains("a=framerate:22223\r\n"));
    assert!(text.contains("a=ssrc-group:FID 22222 97\r\n"));
    assert!(text.contains("a=ssrc:97 cname:x 22223 y@"));
}

#[test]
fn publishers_are_told_how_fast_they_may_send() {
    let rework = Rework {
        bitrate: Some(Bitrate {
            start: 1200,
            min: 300,
            max: 1500,
        }),
        ..Rework::default()
    };
    let text = rework_answer(&crlf(WEBRTCBIN_ANSWER), &rework);
    let google = "x-google-start-bitrate=1200;x-google-min-bitrate=300;x-google-max-bitrate=1500";
    let expected = rework_answer(WEBRTCBIN_ANSWER, &Rework::default())
        .replace(
            "a=rtpmap:96 VP8/90000\r\n",
            &format!("a=rtpmap:96 VP8/90000\r\na=fmtp:96 {google}\r\n"),
        )
        .replace(
            "level-asymmetry-allowed=1\r\n",
            &format!("level-asymmetry-allowed=1;{google}\r\n"),
        )
        .replace(
            "SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\n",
            "SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\nb=AS:1500\r\n",
        )
        .replace(
            "SAVPF 108 109\r\nc=IN IP4 0.0.0.0\r\n",
            "SAVPF 108 109\r\nc=IN IP4 0.0.0.0\r\nb=AS:1500\r\n",
        );
    assert_eq!(text, expected);
    // The sections do not change in an offer.
    assert_eq!(offered(&rework), least(WEBRTCBIN));
}

#[test]
fn a_rejected_section_is_not_limited_and_an_older_limit_is_replaced() {
    let rework = Rework {
        bitrate: Some(Bitrate {
            start: 1,
            min: 1,
            max: 2,
        }),
        ..Rework::default()
    };
    let rejected = changed(WEBRTCBIN_ANSWER, "m=video 9", "m=video 0");
    assert!(!rework_answer(&rejected, &rework).contains("b=AS"));
    let older = changed(WEBRTCBIN_ANSWER, "a=mid:1", "b=AS:77\na=mid:1");
    let text = rework_answer(&older, &rework);
    assert!(!text.contains("b=AS:77"));
    assert_eq!(text.matches("b=AS:2\r\n").count(), 2);
    let without_connection = without(WEBRTCBIN_ANSWER, "c=");
    let text = rework_answer(&without_connection, &rework);
    assert!(text.contains("SAVPF 96 97\r\nb=AS:2\r\n"));
}
