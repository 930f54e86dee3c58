//! All that Scrim writes about its peers, line by line, to the last word.

use crate::sdp::{CandidateKind, MOST_PAYLOADS, Mid, Section, Transport};

/// The longest text that can be made of what was understood: what is kept is counted, not timed.
pub(super) fn most_bytes(transport: &Transport, sections: &[Section]) -> usize {
    let of_section = |section: &Section| 1300 + 300 * section.formats.len();
    let sections: usize = sections.iter().map(of_section).sum();
    200 + sections + 160 * transport.candidates.len()
}

/// Whether Scrim writes such a line.
pub(super) fn is_ours(line: &str) -> bool {
    const WHOLE: [&str; 13] = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "c=IN IP4 0.0.0.0",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        "a=sendonly",
        "a=recvonly",
        "a=inactive",
        "a=setup:actpass",
        "a=setup:active",
        "a=setup:passive",
    ];
    type Rule = (&'static str, fn(&str) -> bool);
    const BEGUN: [Rule; 14] = [
        ("a=group:BUNDLE ", |mids| mids.split(' ').all(is_mid)),
        ("m=audio 9 UDP/TLS/RTP/SAVPF ", are_payloads),
        ("m=video 9 UDP/TLS/RTP/SAVPF ", are_payloads),
        ("a=mid:", is_mid),
        ("a=ice-ufrag:", |text| is_ice(text, 4..=256)),
        ("a=ice-pwd:", |text| is_ice(text, 22..=256)),
        ("a=fingerprint:sha-256 ", is_digest),
        ("a=extmap:", is_audio_level),
        ("a=rtpmap:", is_codec),
        ("a=fmtp:", are_parameters),
        ("a=rtcp-fb:", is_feedback),
        ("a=ssrc:", is_source),
        ("a=ssrc-group:FID ", is_pair),
        ("a=candidate:", is_candidate),
    ];
    let follows = |(begin, is_right): &Rule| line.strip_prefix(*begin).is_some_and(*is_right);
    WHOLE.contains(&line) || BEGUN.iter().any(follows)
}

/// Digits without a zero in front, up to this number.
fn is_number(text: &str, most: u64) -> bool {
    let is_canonical = text == "0" || !text.starts_with(['0', '+']);
    is_canonical && text.parse().is_ok_and(|number: u64| number <= most)
}

fn is_mid(text: &str) -> bool {
    Mid::new(text).is_some()
}

fn are_payloads(text: &str) -> bool {
    text.split(' ').count() <= MOST_PAYLOADS && text.split(' ').all(is_payload)
}

fn is_payload(text: &str) -> bool {
    is_number(text, 127)
}

fn is_ice(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    let is_ice = |byte: u8| byte.is_ascii_alphanumeric() || b"+/".contains(&byte);
    lengths.contains(&text.len()) && text.bytes().all(is_ice)
}

/// 32 pairs of capital digits.
fn is_digest(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(is_digit);
    text.split(':').count() == 32 && text.split(':').all(is_pair)
}

fn is_audio_level(text: &str) -> bool {
    let uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    let split = text.split_once(' ');
    split.is_some_and(|(id, rest)| is_number(id, 14) && rest == uri)
}

/// What belongs to a payload type.
fn of_payload(text: &str, is_right: impl Fn(&str) -> bool) -> bool {
    let split = text.split_once(' ');
    split.is_some_and(|(payload, rest)| is_payload(payload) && is_right(rest))
}

fn is_codec(text: &str) -> bool {
    let codecs = ["opus/48000/2", "VP8/90000", "H264/90000", "rtx/90000"];
    of_payload(text, |codec| codecs.contains(&codec))
}

fn are_parameters(text: &str) -> bool {
    of_payload(text, |parameters| parameters.split(';').all(is_parameter))
}

fn is_parameter(text: &str) -> bool {
    let flags = [
        "useinbandfec",
        "stereo",
        "sprop-stereo",
        "level-asymmetry-allowed",
        "packetization-mode",
    ];
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    match text.split_once('=') {
        Some(("minptime", millis)) => is_number(millis, 120),
        Some(("apt", payload)) => is_payload(payload),
        Some(("profile-level-id", id)) => {
            id.len() == 6 && id.starts_with("42") && id.bytes().all(is_digit)
        }
        Some((name, "1")) => flags.contains(&name),
        _ => false,
    }
}

fn is_feedback(text: &str) -> bool {
    of_payload(text, |kind| ["nack", "nack pli", "ccm fir"].contains(&kind))
}

/// The cname is the number of the section.
fn is_source(text: &str) -> bool {
    let split = text.split_once(" cname:s");
    split.is_some_and(|(ssrc, section)| is_ssrc(ssrc) && is_number(section, 31))
}

fn is_pair(text: &str) -> bool {
    let split = text.split_once(' ');
    split.is_some_and(|(media, rtx)| is_ssrc(media) && is_ssrc(rtx) && media != rtx)
}

fn is_ssrc(text: &str) -> bool {
    text != "0" && is_number(text, u32::MAX.into())
}

/// Without a related address, and for RTP and RTCP together.
fn is_candidate(text: &str) -> bool {
    let kinds = [
        CandidateKind::Host,
        CandidateKind::ServerReflexive,
        CandidateKind::PeerReflexive,
        CandidateKind::Relay,
    ];
    let words: Vec<&str> = text.split(' ').collect();
    let [foundation, "1", "UDP", priority, address, port, "typ", kind] = words.as_slice() else {
        return false;
    };
    is_ice(foundation, 1..=32)
        && is_number(priority, (1 << 31) - 1)
        && address.parse::<std::net::IpAddr>().is_ok()
        && is_number(port, u16::MAX.into())
        && kinds.iter().any(|known| known.name() == *kind)
}
