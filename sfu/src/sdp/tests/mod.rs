//! Texts as real peers write them, and one test for each rule. Names in them are invented.
#![allow(clippy::unwrap_used)]

mod answers;
mod candidates;
mod formats;
mod fragments;
mod fuzz;
mod ours;
mod players;
mod properties;
mod real_peers;
mod sources;
mod structure;
mod transports;

use super::{Answer, Limits, Mid, Offer, SdpError, read_answer, read_offer, shapes};

/// Chromium 156 with all its codecs, before it knows whether there will be a bundle.
const CHROMIUM: &str = include_str!("texts/chromium.sdp");
/// Chromium 156, VP8 only.
const CHROMIUM_VP8: &str = include_str!("texts/chromium_vp8.sdp");
/// Chromium 156, H.264 only.
const CHROMIUM_H264: &str = include_str!("texts/chromium_h264.sdp");
/// Chromium 156 with two layers.
const CHROMIUM_SIMULCAST: &str = include_str!("texts/chromium_simulcast.sdp");
/// Chromium 156 that only watches.
const CHROMIUM_PLAYER: &str = include_str!("texts/chromium_player.sdp");
/// Chromium 156 to [`WEBRTCBIN`].
const CHROMIUM_ANSWER: &str = include_str!("texts/chromium_answer.sdp");
/// In the shape of Firefox: fingerprint in the session, the second section only in the bundle.
const FIREFOX: &str = include_str!("texts/firefox.sdp");
/// In the shape of Firefox, to [`WEBRTCBIN`]: the transport only in the first section.
const FIREFOX_ANSWER: &str = include_str!("texts/firefox_answer.sdp");
/// In the shape of OBS: the whole transport in the session, and no candidates.
const OBS: &str = include_str!("texts/obs.sdp");
/// aiortc 1.16: three fingerprints, everything in each section.
const AIORTC: &str = include_str!("texts/aiortc.sdp");
/// aiortc 1.16 to [`WEBRTCBIN`] that wants to be the client of DTLS.
const AIORTC_ANSWER: &str = include_str!("texts/aiortc_answer.sdp");
/// webrtcbin 1.22 that sends sound, VP8 and H.264.
const WEBRTCBIN: &str = include_str!("texts/webrtcbin.sdp");
/// webrtcbin 1.22 that receives them.
const WEBRTCBIN_ANSWER: &str = include_str!("texts/webrtcbin_answer.sdp");

/// All offers of peers that publish.
const PUBLISHERS: [&str; 6] = [CHROMIUM, CHROMIUM_VP8, CHROMIUM_H264, FIREFOX, OBS, AIORTC];

fn offer(text: &str) -> Offer {
    read_offer(text, &Limits::default()).unwrap()
}

fn refused(text: &str) -> SdpError {
    read_offer(text, &Limits::default()).unwrap_err()
}

fn answer(text: &str) -> Result<Answer, SdpError> {
    read_answer(text, &shapes(WEBRTCBIN).unwrap(), &Limits::default())
}

fn mid(name: &str) -> Mid {
    Mid::new(name).unwrap()
}

/// The text with all places changed, of which there is at least one.
#[track_caller]
fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "there is no {from}");
    text.replace(from, to)
}

/// The text with its last place changed.
#[track_caller]
fn changed_last(text: &str, from: &str, to: &str) -> String {
    let at = text.rfind(from).unwrap();
    format!("{}{to}{}", &text[..at], &text[at + from.len()..])
}

/// The text without the lines that begin so, of which there is at least one.
#[track_caller]
fn without(text: &str, prefix: &str) -> String {
    let is_kept = |line: &&str| !line.starts_with(prefix);
    let kept: String = text
        .lines()
        .filter(is_kept)
        .map(|line| format!("{line}\n"))
        .collect();
    assert_ne!(kept, text, "there is no {prefix}");
    kept
}
