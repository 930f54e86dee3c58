//! As much of SDP as this needs: what a server offers or answers, and what is said to it.

use std::net::SocketAddr;

use super::{
    connection::{Credentials, Identity},
    media::{AUDIO_PAYLOAD, AUDIO_SSRC, LEVEL_EXTENSION, VIDEO_PAYLOAD, VIDEO_SSRC},
    stun::HOST_PRIORITY,
};
use crate::Outcome;

/// The mids of what the presenter offers.
pub(super) const AUDIO_MID: &str = "0";
pub(super) const VIDEO_MID: &str = "1";

/// What a server says about how to reach it.
pub(super) struct Remote {
    pub(super) credentials: Credentials,
    /// SHA-256 of the certificate that it has to show.
    pub(super) fingerprint: [u8; 32],
    pub(super) address: SocketAddr,
}

impl Remote {
    /// Reads it from an offer or an answer. All sections are one bundle, so that the first of each
    /// counts.
    pub(super) fn read(sdp: &str) -> Outcome<Self> {
        let credentials = Credentials {
            name: attribute(sdp, "ice-ufrag:")?.to_owned(),
            password: attribute(sdp, "ice-pwd:")?.to_owned(),
        };
        let digits = attribute(sdp, "fingerprint:sha-256 ")?.split(':');
        let fingerprint = digits.map(|pair| u8::from_str_radix(pair, 16));
        let fingerprint = fingerprint.collect::<Result<Vec<_>, _>>()?;
        let mut candidates = attributes(sdp, "candidate:").filter_map(candidate);
        Ok(Self {
            credentials,
            fingerprint: fingerprint
                .try_into()
                .map_err(|_| "the fingerprint has another length")?,
            address: candidates
                .next()
                .ok_or("the server says no address where it can be reached")?,
        })
    }
}

fn attributes<'a>(sdp: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = sdp.lines().filter_map(|line| line.strip_prefix("a="));
    lines.filter_map(move |line| line.strip_prefix(name))
}

fn attribute<'a>(sdp: &'a str, name: &'a str) -> Outcome<&'a str> {
    let first = attributes(sdp, name).next();
    first.ok_or_else(|| format!("the description has no `{name}`").into())
}

/// Reads `1 1 UDP 2015363327 127.0.0.1 33976 typ host`. Ways over TCP and IPv6 are of no use here.
fn candidate(value: &str) -> Option<SocketAddr> {
    let mut words = value.split(' ').skip(2);
    let is_udp = words.next()?.eq_ignore_ascii_case("udp");
    let (address, port) = (words.nth(1)?, words.next()?);
    let address: SocketAddr = format!("{address}:{port}").parse().ok()?;
    (is_udp && address.is_ipv4()).then_some(address)
}

/// Takes all that is offered, and sends nothing. Header extensions are not taken: they are answered by
/// what is left out.
pub(super) fn answer(
    offer: &str,
    identity: &Identity,
    credentials: &Credentials,
    local: SocketAddr,
) -> String {
    let mut answer = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned();
    for group in attributes(offer, "group:BUNDLE ") {
        answer += &format!("a=group:BUNDLE {group}\r\n");
    }
    let sections = offer.split("\nm=").skip(1);
    for (section, number) in sections.zip(0..) {
        let mut lines = section.lines();
        let head = lines.next().unwrap_or_default();
        let mut words = head.split(' ');
        let medium = words.next().unwrap_or_default();
        let rest: Vec<_> = words.skip(1).collect();
        answer += &format!("m={medium} 9 {}\r\nc=IN IP4 0.0.0.0\r\n", rest.join(" "));
        answer += &transport(identity, credentials, "active");
        if number == 0 {
            answer += &host_candidate(local);
        }
        answer += "a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n";
        for line in lines {
            let is_kept = ["a=mid:", "a=rtpmap:", "a=fmtp:"]
                .iter()
                .any(|name| line.starts_with(name));
            let is_feedback = line.starts_with("a=rtcp-fb:")
                && ["nack", "nack pli", "ccm fir"]
                    .iter()
                    .any(|feedback| line.trim_end().ends_with(&format!(" {feedback}")));
            if is_kept || is_feedback {
                answer += line.trim_end();
                answer += "\r\n";
            }
        }
    }
    answer
}

/// Offers the sound and the pictures of the presenter.
pub(super) fn offer(identity: &Identity, credentials: &Credentials, local: SocketAddr) -> String {
    let transport = transport(identity, credentials, "actpass");
    let candidate = host_candidate(local);
    let section = |medium: &str, payload: u8, mid: &str, ssrc: u32, more: &str| {
        let candidate = if mid == AUDIO_MID { &candidate } else { "" };
        format!(
            "m={medium} 9 UDP/TLS/RTP/SAVPF {payload}\r\nc=IN IP4 0.0.0.0\r\n{transport}{candidate}\
             a=mid:{mid}\r\na=sendonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n{more}\
             a=ssrc:{ssrc} cname:presenter\r\na=ssrc:{ssrc} msid:presenter {medium}\r\n"
        )
    };
    let sound = format!(
        "a=rtpmap:{AUDIO_PAYLOAD} opus/48000/2\r\na=fmtp:{AUDIO_PAYLOAD} minptime=10;useinbandfec=1\r\n\
         a=extmap:{LEVEL_EXTENSION} urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    );
    let pictures = format!(
        "a=rtpmap:{VIDEO_PAYLOAD} VP8/90000\r\na=rtcp-fb:{VIDEO_PAYLOAD} nack\r\n\
         a=rtcp-fb:{VIDEO_PAYLOAD} nack pli\r\na=rtcp-fb:{VIDEO_PAYLOAD} ccm fir\r\n"
    );
    let audio = section("audio", AUDIO_PAYLOAD, AUDIO_MID, AUDIO_SSRC, &sound);
    let video = section("video", VIDEO_PAYLOAD, VIDEO_MID, VIDEO_SSRC, &pictures);
    format!(
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n\
         a=group:BUNDLE {AUDIO_MID} {VIDEO_MID}\r\n{audio}{video}"
    )
}

fn transport(identity: &Identity, credentials: &Credentials, setup: &str) -> String {
    let Credentials { name, password } = credentials;
    let digits = identity
        .fingerprint
        .iter()
        .map(|byte| format!("{byte:02X}"));
    let digits: Vec<_> = digits.collect();
    format!(
        "a=ice-ufrag:{name}\r\na=ice-pwd:{password}\r\na=fingerprint:sha-256 {}\r\na=setup:{setup}\r\n",
        digits.join(":")
    )
}

fn host_candidate(local: SocketAddr) -> String {
    let (address, port) = (local.ip(), local.port());
    format!("a=candidate:1 1 udp {HOST_PRIORITY} {address} {port} typ host\r\n")
}
