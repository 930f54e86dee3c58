//! OWASP ASVS 5.0, 17.2.8: a peer whose certificate is another one than its description says. The
//! handshake takes place, whoever begins and in whatever order the server learns what; nothing passes.

use std::sync::atomic::Ordering;

use scrim_policy::{ConsentPurpose, TrackSource};
use scrim_sfu::{
    room::Pass,
    signal::{ClientMessage, Leg, ServerMessage},
};

use crate::{
    peer::{Peer, Sends},
    recorder::Counting,
    room::{Page, TestRoom, blocking, settings, until},
};

/// Section of the slot for H.264, of [`crate::room::settings`].
const H264: u32 = 4;
/// The one for the first picture in VP8.
const VP8: u32 = 2;

/// Changes the lines of a description.
fn rewritten(sdp: &str, change: impl Fn(&str) -> Option<String>) -> String {
    let lines = sdp.lines().filter_map(change);
    lines.map(|line| line + "\r\n").collect()
}

/// Replaces the fingerprints by another one.
pub(crate) fn with_other_fingerprint(sdp: &str) -> String {
    rewritten(sdp, |line| {
        let is_one = line.starts_with("a=fingerprint:sha-256");
        let other = format!("a=fingerprint:sha-256 {}", ["AA"; 32].join(":"));
        Some(if is_one { other } else { line.to_owned() })
    })
}

/// Gives the peer the other part in the handshake.
fn with_setup(sdp: &str, setup: &str) -> String {
    let from = "a=setup:actpass";
    assert!(sdp.contains(from));
    sdp.replace(from, &format!("a=setup:{setup}"))
}

/// Takes the candidates out, and returns them as well.
fn without_candidates(sdp: &str) -> (String, Vec<String>) {
    let candidates = sdp.lines().filter(|line| line.starts_with("a=candidate:"));
    let candidates: Vec<_> = candidates.map(|line| line[2..].to_owned()).collect();
    assert!(!candidates.is_empty());
    let is_kept = |line: &&str| !line.starts_with("a=candidate:") && *line != "a=end-of-candidates";
    let kept = sdp.lines().filter(is_kept);
    (
        kept.map(|line| line.to_owned() + "\r\n").collect(),
        candidates,
    )
}

async fn say_candidates(page: &Page, leg: Leg, candidates: &[String]) {
    for candidate in candidates {
        let candidate = candidate.clone();
        let mid = None;
        page.say(ClientMessage::Candidate {
            leg,
            candidate,
            mid,
        })
        .await;
    }
}

/// Somebody publishes pictures in H.264 under a wrong fingerprint, to a viewer and a recorder who would
/// take them. Afterwards the same participant publishes others honestly, by the same ways.
async fn nothing_passes_of(lie: fn(&str) -> String, trickles: bool) {
    let counting = Counting::default();
    let counted = counting.0.clone();
    let room = TestRoom::open(settings(), Some(Box::new(counting)));
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    for purpose in [ConsentPurpose::Voice, ConsentPurpose::Camera] {
        host.agree(purpose, true).await;
    }
    host.say(ClientMessage::Record { on: true }).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    until("the viewer is connected", || viewer.is_connected()).await;

    let (peer, offer) = blocking(move || {
        let peer = Peer::publisher(&Sends::VoiceAndH264);
        let offer = with_other_fingerprint(&lie(&peer.offer()));
        (peer, offer)
    })
    .await;
    let impostor = if trickles {
        let (offer, candidates) = without_candidates(&offer);
        // Before there is anything that they could belong to, and once there is.
        say_candidates(&host, Leg::Publish, &candidates).await;
        let peer = host.publish_as(peer, offer).await;
        say_candidates(&host, Leg::Publish, &candidates).await;
        peer
    } else {
        host.publish_as(peer, offer).await
    };
    assert_eq!(host.problem().await, "publish_failed");
    until("there was a handshake", || impostor.was_shown_certificate()).await;
    assert_eq!(counted.opened.load(Ordering::Relaxed), 0);

    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    until("pictures come of who is honest", || viewer.packets(VP8) > 5).await;
    until("and are recorded", || {
        counted.pictures.load(Ordering::Relaxed) > 5
    })
    .await;
    assert_eq!(viewer.packets(H264), 0);
    assert_eq!(counted.opened.load(Ordering::Relaxed), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_8_nothing_passes_of_a_publisher_with_another_certificate() {
    nothing_passes_of(str::to_owned, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_8_nothing_passes_of_one_who_begins_the_handshake() {
    nothing_passes_of(|offer| with_setup(offer, "active"), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_8_nothing_passes_of_one_who_is_reached_before_and_after_the_offer() {
    nothing_passes_of(|offer| with_setup(offer, "active"), true).await;
}

/// Who begins with the handshake of a viewer, and when the room learns its answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    ViewerBegins,
    RoomBegins,
    /// The viewer begins, and looks for a way to the server before the answer is there.
    ComesLate,
}

/// Somebody watches under a wrong fingerprint, and then honestly on the connection that is offered next.
async fn nothing_goes_to(how: Answer) {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::VoiceAndVp8).await;
    until("the publisher is connected", || publisher.is_connected()).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let offer = ada.offered().await;
    let (impostor, sdp) = blocking(move || {
        let impostor = Peer::viewer();
        let offer = match how {
            Answer::RoomBegins => with_setup(&offer, "active"),
            Answer::ViewerBegins | Answer::ComesLate => offer,
        };
        let answer = with_other_fingerprint(&impostor.answer(&offer));
        (impostor, answer)
    })
    .await;
    if how == Answer::ComesLate {
        until("it looks for the server", || impostor.is_checking()).await;
    }
    let setup = if how == Answer::RoomBegins {
        "a=setup:passive"
    } else {
        "a=setup:active"
    };
    assert!(sdp.contains(setup), "{sdp}");
    ada.say(ClientMessage::Answer { sdp }).await;
    // The room gives up this connection and offers another one.
    let offer = ada.offered().await;
    until("there was a handshake", || impostor.was_shown_certificate()).await;
    let (viewer, sdp) = blocking(move || {
        let viewer = Peer::viewer();
        let answer = viewer.answer(&offer);
        (viewer, answer)
    })
    .await;
    ada.say(ClientMessage::Answer { sdp }).await;
    until("pictures come to who is honest", || viewer.packets(VP8) > 5).await;
    let sections = 0..5;
    let came: u64 = sections.map(|section| impostor.packets(section)).sum();
    assert_eq!(came, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_8_nothing_goes_to_a_viewer_with_another_certificate() {
    nothing_goes_to(Answer::ViewerBegins).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_8_nothing_goes_to_one_who_waits_for_the_handshake() {
    nothing_goes_to(Answer::RoomBegins).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_8_nothing_goes_to_one_who_begins_before_the_answer_is_there() {
    nothing_goes_to(Answer::ComesLate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_8_a_description_without_fingerprint_is_refused() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let bare = |sdp: &str| {
        rewritten(sdp, |line| {
            (!line.starts_with("a=fingerprint")).then(|| line.to_owned())
        })
    };
    let sdp = blocking(move || bare(&Peer::publisher(&Sends::Voice).offer())).await;
    let sources = [("audio0".to_owned(), TrackSource::Microphone)].into();
    host.say(ClientMessage::Publish { sdp, sources }).await;
    let code = host
        .hear(|message| match message {
            ServerMessage::Problem { code } => Some(code),
            ServerMessage::Answer { .. } => panic!("it was answered"),
            _ => None,
        })
        .await;
    assert_eq!(code, "bad_offer");
    // A viewer that answers so gets nothing and another offer, of which the same holds.
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let offer = ada.offered().await;
    let (viewer, sdp) = blocking(move || {
        let viewer = Peer::viewer();
        let answer = bare(&viewer.answer(&offer));
        (viewer, answer)
    })
    .await;
    ada.say(ClientMessage::Answer { sdp }).await;
    assert_eq!(ada.problem().await, "bad_answer");
    assert!(!viewer.was_shown_certificate());
}
