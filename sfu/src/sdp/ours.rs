//! What is changed in the texts of our own webrtcbin before a browser gets them. They are trusted,
//! so all lines that are not named here stay as they are.

use std::{collections::BTreeMap, net::IpAddr};

use super::{
    CandidateKind,
    candidate::{is_link_local, parse},
    lines::number,
};

/// What is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rework {
    /// The addresses of this machine that peers are told of; without a list all of them are. Never
    /// link-local ones, and never candidates over TCP.
    pub allowed: Option<Vec<IpAddr>>,
    /// The address under which this machine is known outside (1:1 NAT). Host addresses of its
    /// family become it, so `allowed` should name the one behind it where there are several; those
    /// of the other family go, unless `allowed` names them.
    pub public: Option<IpAddr>,
    /// How fast a publisher may send. Only for answers.
    pub bitrate: Option<Bitrate>,
    /// Makes the peer the server of DTLS: aiortc accepts no other role in offers. Only for offers.
    pub active: bool,
    /// Says that no candidates will follow.
    pub end_of_candidates: bool,
}

/// Bitrates of a video section, in kbit/s. Without them Chromium needs more than 10 s to become
/// sharp, as long as no transport-cc is negotiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bitrate {
    /// Where it begins.
    pub start: u32,
    /// The least.
    pub min: u32,
    /// The most, also for peers that do not know Chromium's parameters.
    pub max: u32,
}

/// Changes the answer to a peer that publishes.
pub fn rework_answer(text: &str, rework: &Rework) -> String {
    let mut parts = parts(text);
    for section in sections(&mut parts) {
        if let Some(bitrate) = rework.bitrate {
            limit_bitrate(section, bitrate);
        }
    }
    finish(parts, rework)
}

/// Changes an offer to a viewer.
///
/// webrtcbin 1.22 writes new SSRCs of retransmissions into each offer and goes on using the first
/// ones. `first_rtx` maps SSRCs of media to the first ones; it has to be kept as long as the
/// connection.
pub fn rework_offer(text: &str, rework: &Rework, first_rtx: &mut BTreeMap<u32, u32>) -> String {
    let mut parts = parts(text);
    if rework.active {
        for line in parts.iter_mut().flatten() {
            if line == "a=setup:actpass" {
                "a=setup:active".clone_into(line);
            }
        }
    }
    keep_first_rtx(&mut parts, first_rtx);
    finish(parts, rework)
}

/// The lines of the session, then those of each section.
pub(super) fn parts(text: &str) -> Vec<Vec<String>> {
    let mut parts = vec![Vec::new()];
    for line in text.lines() {
        if line.starts_with("m=") {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(line.to_owned());
        }
    }
    parts
}

/// The lines of each section.
pub(super) fn sections(parts: &mut [Vec<String>]) -> impl Iterator<Item = &mut Vec<String>> {
    parts.iter_mut().skip(1)
}

/// What offers and answers share.
pub(super) fn finish(mut parts: Vec<Vec<String>>, rework: &Rework) -> String {
    for part in &mut parts {
        part.retain(|line| !is_transport_cc(line));
        let lines = std::mem::take(part).into_iter();
        part.extend(lines.filter_map(|line| candidate(line, rework)));
    }
    if rework.end_of_candidates
        && let Some(first) = sections(&mut parts).next()
        && !first.iter().any(|line| line == END_OF_CANDIDATES)
    {
        first.push(END_OF_CANDIDATES.to_owned());
    }
    let lines = parts.into_iter().flatten();
    lines.map(|line| line + "\r\n").collect()
}

const END_OF_CANDIDATES: &str = "a=end-of-candidates";

/// webrtcbin writes it into every text. 1.22 has a use after free where it is negotiated.
fn is_transport_cc(line: &str) -> bool {
    line.strip_prefix("a=rtcp-fb:")
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(_, kind)| kind == "transport-cc")
}

/// Returns a line as peers may see it. Only candidates change or go.
fn candidate(line: String, rework: &Rework) -> Option<String> {
    let Some(value) = line.strip_prefix("a=candidate:") else {
        return Some(line);
    };
    let parsed = parse(value).ok().filter(|parsed| parsed.is_udp)?;
    let address = parsed.address?;
    let shown = shown(address, parsed.kind?, rework)?;
    // A related address is one of this machine.
    let line = match line.split_once(" raddr ") {
        Some((before, _)) => before.to_owned(),
        None => line,
    };
    if shown == address {
        return Some(line);
    }
    let replace = |(at, word): (usize, &str)| match at {
        4 => shown.to_string(),
        _ => word.to_owned(),
    };
    let words: Vec<String> = line.split(' ').enumerate().map(replace).collect();
    Some(words.join(" "))
}

fn shown(address: IpAddr, kind: CandidateKind, rework: &Rework) -> Option<IpAddr> {
    let is_named = match &rework.allowed {
        Some(allowed) => allowed.contains(&address),
        None => false,
    };
    if is_link_local(address) || (rework.allowed.is_some() && !is_named) {
        return None;
    }
    match rework.public {
        Some(public) if kind == CandidateKind::Host => {
            if public.is_ipv4() == address.is_ipv4() {
                Some(public)
            } else {
                is_named.then_some(address)
            }
        }
        _ => Some(address),
    }
}

/// Puts the first SSRC of retransmissions in the place of each new one.
fn keep_first_rtx(parts: &mut [Vec<String>], first_rtx: &mut BTreeMap<u32, u32>) {
    let mut renamed = BTreeMap::new();
    for line in parts.iter().flatten() {
        if let Some((media, rtx)) = pair(line) {
            let first = *first_rtx.entry(media).or_insert(rtx);
            renamed.insert(rtx, first);
        }
    }
    for line in parts.iter_mut().flatten() {
        // `a=ssrc:1 …` names one, `a=ssrc-group:FID 1 2` several.
        let (prefix, most) = if line.starts_with(SSRC) {
            (SSRC, 1)
        } else if line.starts_with(FID) {
            (FID, usize::MAX)
        } else {
            continue;
        };
        let rename = |(at, word): (usize, &str)| {
            let first = number(word).and_then(|ssrc| renamed.get(&ssrc));
            match first.filter(|_| at < most) {
                Some(first) => first.to_string(),
                None => word.to_owned(),
            }
        };
        let words = line[prefix.len()..].split(' ').enumerate().map(rename);
        *line = format!("{prefix}{}", words.collect::<Vec<_>>().join(" "));
    }
}

const SSRC: &str = "a=ssrc:";
const FID: &str = "a=ssrc-group:FID ";

/// A source and its retransmissions.
fn pair(line: &str) -> Option<(u32, u32)> {
    let (media, rtx) = line.strip_prefix(FID)?.split_once(' ')?;
    Some((number(media)?, number(rtx)?))
}

/// Limits a video section that is not rejected: by Chromium's parameters, and by `b=AS` (RFC 8866)
/// for everybody else.
fn limit_bitrate(section: &mut Vec<String>, bitrate: Bitrate) {
    let Some(payload) = video_payload(section) else {
        return;
    };
    let Bitrate { start, min, max } = bitrate;
    let google = format!(
        "x-google-start-bitrate={start};x-google-min-bitrate={min};x-google-max-bitrate={max}"
    );
    let fmtp = format!("a=fmtp:{payload} ");
    let rtpmap = format!("a=rtpmap:{payload} ");
    if let Some(line) = section.iter_mut().find(|line| line.starts_with(&fmtp)) {
        line.push(';');
        line.push_str(&google);
    } else if let Some(at) = section.iter().position(|line| line.starts_with(&rtpmap)) {
        section.insert(at + 1, fmtp + &google);
    }
    section.retain(|line| !line.starts_with("b=AS:"));
    // Behind `c=`, or behind `m=` where there is none.
    let connection = section.iter().position(|line| line.starts_with("c="));
    section.insert(connection.unwrap_or(0) + 1, format!("b=AS:{max}"));
}

/// The payload type of the codec: the first one that is not of retransmissions.
fn video_payload(section: &[String]) -> Option<&str> {
    let media_line = section.first()?.strip_prefix("m=video ")?;
    let mut words = media_line.split(' ');
    words.next().filter(|port| *port != "0")?;
    let is_media = |payload: &&str| {
        let rtpmap = format!("a=rtpmap:{payload} ");
        let encoding = section.iter().find_map(|line| line.strip_prefix(&rtpmap));
        encoding.is_some_and(|encoding| !encoding.starts_with("rtx/"))
    };
    words.skip(1).find(is_media)
}
