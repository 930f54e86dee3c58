//! Texts of real peers, changed at random: what is kept of them, and what is written anew.

mod written;

use std::{collections::BTreeSet, net::IpAddr};

use self::written::{is_ours, most_bytes};
use super::{super::*, *};
use crate::tests::fuzz::{Fuzz, Grammar, Random};

/// Texts that are understood in one way or another.
const SEEDS: [&str; 12] = [
    CHROMIUM,
    CHROMIUM_VP8,
    CHROMIUM_H264,
    CHROMIUM_PLAYER,
    CHROMIUM_ANSWER,
    FIREFOX,
    FIREFOX_ANSWER,
    OBS,
    AIORTC,
    AIORTC_ANSWER,
    WEBRTCBIN,
    WEBRTCBIN_ANSWER,
];

const GRAMMAR: Grammar = Grammar {
    separators: &[b"\n", b"\n", b" \n", b" :;=/,\r\n"],
    words: &[
        "v=0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "m=video 0 UDP/TLS/RTP/SAVPF 96 97",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "UDP/TLS/RTP/SAVPF",
        "a=group:BUNDLE 0 1",
        "a=group:LS 0 1",
        "a=bundle-only",
        "a=mid:0",
        "a=mid:1",
        "a=mid:video1",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=sendrecv",
        "a=sendonly",
        "a=recvonly",
        "a=inactive",
        "a=ice-lite",
        "a=ice-ufrag:4ZcD",
        "a=ice-pwd:vAq7xWc0RtY+3mKp/9LzEu4B",
        "a=setup:actpass",
        "a=setup:active",
        "a=setup:holdconn",
        "a=fingerprint:sha-1 00:11",
        "a=fingerprint:sha-512 ",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:96 H264/90000",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=fmtp:96 packetization-mode=1;profile-level-id=42E01F",
        "a=fmtp:111 minptime=3;stereo=1;sprop-stereo=1;useinbandfec=1;x=y",
        "a=rtcp-fb:* nack",
        "a=rtcp-fb:96 nack pli",
        "a=rtcp-fb:* ccm fir",
        "a=rtcp-fb:96 transport-cc",
        "a=extmap:14/sendonly urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=ssrc:1001 cname:Anna",
        "a=ssrc:4294967295 cname:x",
        "a=ssrc-group:FID 2001 2002",
        "a=ssrc-group:SIM 1 2",
        "a=ssrc-group:FEC-FR 1 2 3",
        "a=rid:a send",
        "a=end-of-candidates",
        "a=candidate:1 1 UDP 1 203.0.113.9 9 typ host",
        "a=candidate:1 1 udp 2122194687 ::ffff:10.0.0.1 9 typ srflx raddr 10.0.0.1 rport 9",
        "a=candidate:+/ 1 UDP 2147483647 fe80::1 1 typ relay",
        "a=candidate:1 1 UDP 1 127.0.0.1 1 typ prflx",
        "a=candidate:1 1 tcp 1 anna.local 0 typ host tcptype active",
        "a=candidate:1 2 UDP 1 255.255.255.255 65535 typ host",
        "s=\u{17b}\u{f3}\u{142}w",
        "c=IN IP4 192.0.2.1",
        "\r\n",
        "\r",
        "\0",
        " ",
    ],
};

/// As much as is possible, and less than that.
const LIMITS: [Limits; 2] = [
    Limits {
        sections: MOST_SECTIONS,
        candidates_per_section: MOST_CANDIDATES,
        loopback: false,
    },
    Limits {
        sections: 2,
        candidates_per_section: 2,
        loopback: false,
    },
];

/// The codecs that a publisher is held to, as media do it.
const PREFERRED: [Codec; 3] = [Codec::Vp8, Codec::H264, Codec::Opus];

#[test]
fn whatever_a_peer_writes_is_refused_or_becomes_a_text_of_ours() {
    let seeds: Vec<Vec<u8>> = SEEDS.map(|text| text.as_bytes().to_vec()).into();
    let mut others = seeds.clone();
    others.push(CHROMIUM_SIMULCAST.as_bytes().to_vec());
    let make = |random: &mut Random| {
        let seed = random.pick(&others);
        GRAMMAR.changed(random, seed, &others)
    };
    let ours = shapes(WEBRTCBIN).unwrap();
    Fuzz::as_asked().run(&seeds, make, |input| {
        let text = String::from_utf8_lossy(input);
        let read = LIMITS.map(|limits| check(&text, &ours, &limits));
        // Whoever may say less is understood less.
        assert!(read[0] || !read[1]);
        read[0]
    });
}

/// Reads a text in every way, and says whether it was understood in one.
fn check(text: &str, ours: &[SectionShape], limits: &Limits) -> bool {
    let mut is_understood = false;
    for (read, wanted) in [
        (read_offer as Read, Direction::SendOnly),
        (read_play_offer as Read, Direction::RecvOnly),
    ] {
        if let Some(offer) = taken(read(text, limits)) {
            assert_eq!(offer.sections[0].direction, wanted);
            check_offer(offer, wanted, read, limits);
            is_understood = true;
        }
    }
    if let Some(answer) = taken(read_answer(text, ours, limits)) {
        check_kept(&answer.transport, &answer.sections, limits);
        assert_ne!(answer.transport.setup, Setup::ActPass);
        for (theirs, ours) in answer.sections.iter().zip(ours) {
            assert!(theirs.mid == ours.mid && theirs.sending.is_none());
        }
        assert_eq!(answer.sections.len(), ours.len());
        let written = answer.to_sdp();
        check_written(&written, &answer.transport, &answer.sections);
        assert_eq!(read_answer(&written, ours, limits).unwrap(), answer);
        is_understood = true;
    }
    if let Some(fragment) = taken(read_fragment(text, limits)) {
        assert!(fragment.candidates.len() <= MOST_CANDIDATES);
        check_credentials(&fragment.credentials);
        fragment
            .candidates
            .iter()
            .for_each(|(_, one)| check_candidate(one));
    }
    for line in text.lines().take(200) {
        if let Some(candidate) = taken(read_candidate(line, limits)).flatten() {
            check_candidate(&candidate);
        }
    }
    let _ = shapes(text);
    is_understood
}

type Read = fn(&str, &Limits) -> Result<Offer, SdpError>;

/// What was understood. An error repeats nothing that could be anything.
fn taken<T>(read: Result<T, SdpError>) -> Option<T> {
    let error = read.as_ref().err();
    if let Some(said) = error.map(SdpError::to_string) {
        let is_plain = said.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        assert!(is_plain && said.len() < 600, "{said}");
    }
    read.ok()
}

fn check_offer(offer: Offer, wanted: Direction, read: Read, limits: &Limits) {
    check_kept(&offer.transport, &offer.sections, limits);
    for section in &offer.sections {
        let is_wanted = [wanted, Direction::Inactive].contains(&section.direction);
        let is_sending = section.direction == Direction::SendOnly;
        assert!(is_wanted && section.sending.is_some() == is_sending);
    }
    let written = offer.to_sdp();
    check_written(&written, &offer.transport, &offer.sections);
    // Of very many formats more is written than is read of a stranger.
    if written.len() <= LONGEST_TEXT {
        assert_eq!(read(&written, limits).unwrap(), offer);
    }
    let sections = offer.sections.len();
    let Ok(chosen) = offer.with_chosen(&PREFERRED) else {
        panic!("each section has one of all codecs");
    };
    assert_eq!(chosen.sections.len(), sections);
    assert!(
        chosen
            .sections
            .iter()
            .all(|section| section.formats.len() == 1)
    );
    let written = chosen.to_sdp();
    // That is what webrtcbin gets.
    assert!(written.len() <= LONGEST_TEXT);
    check_written(&written, &chosen.transport, &chosen.sections);
    assert_eq!(read(&written, limits).unwrap(), chosen);
}

/// What was kept is within the limits, and makes sense.
fn check_kept(transport: &Transport, sections: &[Section], limits: &Limits) {
    assert!((1..=limits.sections).contains(&sections.len()));
    assert!(transport.candidates.len() <= limits.candidates_per_section);
    transport.candidates.iter().for_each(check_candidate);
    check_credentials(&transport.credentials);
    let mids: BTreeSet<_> = sections.iter().map(|section| &section.mid).collect();
    assert_eq!(mids.len(), sections.len());
    let sending = sections.iter().filter_map(|section| section.sending);
    let sources: Vec<u32> = sending
        .flat_map(|sending| [Some(sending.ssrc), sending.rtx])
        .flatten()
        .collect();
    let different: BTreeSet<u32> = sources.iter().copied().collect();
    assert_eq!(different.len(), sources.len());
    assert!(!different.contains(&0));
    sections.iter().for_each(check_section);
}

fn check_section(section: &Section) {
    let formats = &section.formats;
    assert!(!formats.is_empty());
    let payloads: Vec<u8> = formats
        .iter()
        .flat_map(|format| [Some(format.payload), format.rtx])
        .flatten()
        .collect();
    let different: BTreeSet<u8> = payloads.iter().copied().collect();
    assert!(different.len() == payloads.len() && payloads.len() <= MOST_PAYLOADS);
    let is_dynamic = |payload: &u8| matches!(payload, 35..=63 | 96..=127);
    assert!(payloads.iter().all(is_dynamic));
    for format in formats {
        let is_audio = format.codec() == Codec::Opus;
        assert_eq!(is_audio, section.media == Media::Audio);
        assert!(!is_audio || (format.rtx.is_none() && format.feedback == Feedback::default()));
    }
    let has_rtx = formats.iter().any(|format| format.rtx.is_some());
    if let Some(sending) = section.sending {
        assert_eq!(sending.rtx.is_some(), has_rtx);
    }
    let level = section.audio_level;
    assert!(level.is_none_or(|id| (1..=14).contains(&id) && section.media == Media::Audio));
}

fn check_credentials(credentials: &Credentials) {
    let is_ice = |text: &str| {
        let is_ice = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
        text.bytes().all(is_ice)
    };
    let (ufrag, password) = (credentials.ufrag(), credentials.password());
    assert!(is_ice(ufrag) && is_ice(password));
    assert!((4..=256).contains(&ufrag.len()) && (22..=256).contains(&password.len()));
}

/// A candidate leads to a peer, and to no service of this machine or its network.
fn check_candidate(candidate: &Candidate) {
    assert_ne!(candidate.port(), 0);
    let address = candidate.address();
    assert!(!address.is_loopback() && !address.is_unspecified() && !address.is_multicast());
    match address {
        IpAddr::V4(address) => assert!(!address.is_link_local() && !address.is_broadcast()),
        IpAddr::V6(address) => {
            assert!(address.to_ipv4().is_none() && !address.is_unicast_link_local());
        }
    }
    let written = candidate.to_string();
    assert!(is_ours(&format!("a={written}")), "{written}");
    let again = read_candidate(&written, &Limits::default());
    assert_eq!(again.unwrap().unwrap(), *candidate);
}

/// What is written has only words of ours, and the transport once for each section.
fn check_written(written: &str, transport: &Transport, sections: &[Section]) {
    let strange = written.lines().find(|line| !is_ours(line));
    assert_eq!(strange, None);
    assert!(written.ends_with("\r\n") && !written.replace("\r\n", "").contains(['\r', '\n']));
    assert!(written.lines().all(|line| line.len() <= LONGEST_LINE));
    assert!(written.len() <= most_bytes(transport, sections));
    let fingerprint = format!("a=fingerprint:sha-256 {}\r\n", transport.fingerprint);
    for (line, count) in [
        (fingerprint.as_str(), sections.len()),
        ("a=fingerprint:", sections.len()),
        ("a=setup:", sections.len()),
        ("a=rtcp-mux\r\n", sections.len()),
        ("a=candidate:", transport.candidates.len()),
    ] {
        assert_eq!(written.matches(line).count(), count, "{line}");
    }
}
