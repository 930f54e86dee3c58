//! What holds for all texts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{super::*, *};

const ALL: [&str; 14] = [
    CHROMIUM,
    CHROMIUM_VP8,
    CHROMIUM_H264,
    CHROMIUM_SIMULCAST,
    CHROMIUM_PLAYER,
    CHROMIUM_ANSWER,
    FIREFOX,
    FIREFOX_ANSWER,
    OBS,
    AIORTC,
    AIORTC_ANSWER,
    WEBRTCBIN,
    WEBRTCBIN_ANSWER,
    "",
];

/// A text of a peer with some lines removed, doubled, exchanged or damaged.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,12}",
        Just(" ".to_owned()),
        Just(":0".to_owned()),
        Just("a=ssrc-group:FID 1 2".to_owned()),
        Just("\u{e9}\r".to_owned()),
        any::<u64>().prop_map(|number| number.to_string()),
    ];
    let change = (
        0_u8..5,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        piece,
    );
    let changes = prop::collection::vec(change, 0..6);
    (prop::sample::select(ALL.to_vec()), changes).prop_map(|(text, changes)| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (kind, one, other, piece) in changes {
            if lines.is_empty() {
                break;
            }
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            match kind {
                0 => drop(lines.remove(one)),
                1 => lines.insert(one, lines[other].clone()),
                2 => lines.swap(one, other),
                3 => lines[one].push_str(&piece),
                _ => {
                    let words: Vec<&str> = lines[one].split(' ').collect();
                    let replaced = words[other % words.len()].to_owned();
                    lines[one] = lines[one].replacen(&replaced, &piece, 1);
                }
            }
        }
        lines.join("\n")
    })
}

/// Reads a text in every way, and returns what is written of it.
fn written(text: &str) -> Vec<String> {
    let limits = Limits::default();
    let ours = shapes(WEBRTCBIN).unwrap();
    let mut written = Vec::new();
    if let Ok(offer) = read_offer(text, &limits) {
        written.push(offer.to_sdp());
        assert_eq!(read_offer(&offer.to_sdp(), &limits).unwrap(), offer);
        if let Ok(chosen) = offer.with_chosen(&[Codec::Opus, Codec::H264, Codec::Vp8]) {
            assert_eq!(read_offer(&chosen.to_sdp(), &limits).unwrap(), chosen);
        }
    }
    if let Ok(offer) = read_play_offer(text, &limits) {
        written.push(offer.to_sdp());
        assert_eq!(read_play_offer(&offer.to_sdp(), &limits).unwrap(), offer);
    }
    if let Ok(answer) = read_answer(text, &ours, &limits) {
        written.push(answer.to_sdp());
        assert_eq!(
            read_answer(&answer.to_sdp(), &ours, &limits).unwrap(),
            answer
        );
    }
    let _ = (shapes(text), read_fragment(text, &limits));
    if let Ok(Some(candidate)) = read_candidate(text, &limits) {
        let again = read_candidate(&candidate.to_string(), &limits);
        assert_eq!(again.unwrap().unwrap(), candidate);
    }
    written
}

/// Whether every line is one that Scrim writes.
fn is_plain(text: &str) -> bool {
    let known = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "c=IN IP4 0.0.0.0",
        "m=audio 9 UDP/TLS/RTP/SAVPF ",
        "m=video 9 UDP/TLS/RTP/SAVPF ",
        "a=group:BUNDLE ",
        "a=mid:",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=ice-ufrag:",
        "a=ice-pwd:",
        "a=fingerprint:sha-256 ",
        "a=setup:",
        "a=sendonly",
        "a=recvonly",
        "a=inactive",
        "a=extmap:",
        "a=rtpmap:",
        "a=fmtp:",
        "a=rtcp-fb:",
        "a=ssrc:",
        "a=ssrc-group:FID ",
        "a=candidate:",
    ];
    let is_known = |line: &str| known.iter().any(|prefix| line.starts_with(prefix));
    text.ends_with("\r\n") && text.lines().all(is_known)
}

#[test]
fn all_texts_of_peers_are_written_and_read_again() {
    let count: usize = ALL.iter().map(|text| written(text).len()).sum();
    // Six publish, one watches and three answer. The offer of webrtcbin could publish as well, and
    // the answers, with that of webrtcbin, could be offers of players.
    assert_eq!(count, 6 + 1 + 3 + 1 + 4);
}

#[test]
fn no_name_and_no_title_of_a_person_gets_through() {
    for text in PUBLISHERS
        .into_iter()
        .chain([CHROMIUM_ANSWER, FIREFOX_ANSWER, AIORTC_ANSWER])
    {
        let named = changed(
            text,
            "s=-",
            "s=Ännes canary\ni=canary\nu=canary\ne=canary\np=canary\nc=IN IP4 canary\nb=canary:1\nk=canary",
        );
        let named = changed(&named, "a=mid:", "a=label:canary\na=title:canary\na=mid:");
        let named = named.replace("cname:", "cname:canary");
        assert!(!written(&named).is_empty(), "{named}");
        for clean in written(&named) {
            let lower = clean.to_lowercase();
            assert!(
                !lower.contains("canary") && !lower.contains("nne"),
                "{clean}"
            );
            assert!(is_plain(&clean), "{clean}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn damaged_texts_are_refused_or_become_plain_ones(text in damaged()) {
        for clean in written(&text) {
            prop_assert!(is_plain(&clean), "{clean}");
        }
    }

    #[test]
    fn any_text_is_refused_without_panic(text in any::<String>(), lines in "(v=0\n)?([a-z]=[ -~]{0,20}\n){0,12}") {
        prop_assert!(written(&text).is_empty());
        prop_assert!(written(&lines).is_empty());
    }

    #[test]
    fn any_candidate_is_read_without_panic(
        text in "(a=)?candidate:[0-9a-z+/]{0,4} [0-3] (UDP|udp|tcp) [0-9]{1,11} [0-9a-f.:]{0,20} [0-9]{1,6} typ (host|srflx|x)[ -~]{0,20}"
    ) {
        written(&text);
    }

    #[test]
    fn reworking_any_text_keeps_the_lines_that_it_does_not_know(text in damaged()) {
        let rework = Rework {
            bitrate: Some(Bitrate { start: 1, min: 1, max: 1 }),
            active: true,
            end_of_candidates: true,
            ..Rework::default()
        };
        let mut first_rtx = BTreeMap::new();
        let once = rework_offer(&text, &rework, &mut first_rtx);
        prop_assert_eq!(&rework_offer(&once, &rework, &mut first_rtx), &once);
        let answer = rework_answer(&text, &rework);
        let is_kept = |line: &&str| {
            let changed = ["a=candidate:", "a=rtcp-fb:", "a=fmtp:", "a=ssrc", "a=setup", "b=AS:"];
            !changed.iter().any(|prefix| line.starts_with(prefix))
        };
        for line in text.lines().filter(is_kept) {
            prop_assert!(once.lines().any(|other| other == line), "{line}");
            prop_assert!(answer.lines().any(|other| other == line), "{line}");
        }
    }
}
