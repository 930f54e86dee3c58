//! OWASP ASVS 5.0, V17.3: a peer whose certificate is another one than it said.

use scrim_policy::TrackSource;
use scrim_sfu::{
    room::Pass,
    signal::{ClientMessage, ServerMessage},
};

use crate::{
    peer::{Peer, Sends},
    room::{TestRoom, blocking, until},
};

/// Replaces the fingerprints by another one.
fn with_other_fingerprint(sdp: &str) -> String {
    let lines = sdp.lines().map(|line| {
        if line.starts_with("a=fingerprint:sha-256") {
            format!("a=fingerprint:sha-256 {}", ["AA"; 32].join(":"))
        } else {
            line.to_owned()
        }
    });
    lines.map(|line| line + "\r\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn v17_3_nothing_passes_of_a_publisher_with_another_certificate() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    until("the viewer is connected", || viewer.is_connected()).await;
    let (peer, sdp) = blocking(|| {
        let peer = Peer::publisher(&Sends::VoiceAndVp8);
        let offer = with_other_fingerprint(&peer.offer());
        (peer, offer)
    })
    .await;
    let sources = [
        ("audio0".to_owned(), TrackSource::Microphone),
        ("video1".to_owned(), TrackSource::Camera),
    ];
    let sources = sources.into();
    host.say(ClientMessage::Publish { sdp, sources }).await;
    let answer = host
        .hear(|message| match message {
            ServerMessage::Answer { sdp } => Some(sdp),
            _ => None,
        })
        .await;
    let _peer = blocking(move || {
        peer.take(gstreamer_webrtc::WebRTCSDPType::Answer, &answer);
        peer
    })
    .await;
    let code = host
        .hear(|message| match message {
            ServerMessage::Problem { code } => Some(code),
            _ => None,
        })
        .await;
    assert_eq!(code, "publish_failed");
    assert_eq!(
        (0..5).map(|section| viewer.packets(section)).sum::<u64>(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn v17_3_nothing_goes_to_a_viewer_with_another_certificate() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::VoiceAndVp8).await;
    until("the publisher is connected", || publisher.is_connected()).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let offer = ada.offered().await;
    let (viewer, sdp) = blocking(move || {
        let viewer = Peer::viewer();
        let answer = with_other_fingerprint(&viewer.answer(&offer));
        (viewer, answer)
    })
    .await;
    ada.say(ClientMessage::Answer { sdp }).await;
    // The room gives up this connection and offers another one.
    ada.offered().await;
    assert_eq!(
        (0..5).map(|section| viewer.packets(section)).sum::<u64>(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn v17_3_a_description_without_fingerprint_is_refused() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let sdp = blocking(|| {
        let offer = Peer::publisher(&Sends::Voice).offer();
        let lines = offer
            .lines()
            .filter(|line| !line.starts_with("a=fingerprint"));
        lines.map(|line| format!("{line}\r\n")).collect::<String>()
    })
    .await;
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
}
