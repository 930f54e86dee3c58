//! OWASP ASVS 5.0, 17.2.6: a hello of DTLS that comes before the one of the peer.
//!
//! Media servers were found that take the first hello that reaches a port, and lose the peer over it
//! (Enable Security, "DTLS ClientHello Race Conditions in WebRTC Implementations"). Here whoever sends it
//! was not let in by ICE: it gets no answer, and the peer, which comes later, gets its media.

use std::sync::mpsc;

use gstreamer_webrtc::WebRTCSDPType;
use scrim_sfu::{room::Pass, signal::ClientMessage};

use crate::{
    peer::{Peer, Sends},
    raw::{Identity, Raw},
    room::{TestRoom, blocking, until},
    stun::{self, Role},
    wire::{Stranger, is_dtls},
};

/// Sections of the slots for sound and for the first picture.
const VOICE: u32 = 0;
const VP8: u32 = 2;

/// How many datagrams come before the peer does anything.
const FIRST: u64 = 500;

/// Returns the hello with which a real peer begins.
async fn hello() -> Vec<u8> {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let (peer, offer) = offering(Sends::Voice, "active").await;
    let (sender, hellos) = mpsc::channel();
    peer.send_along(move |datagram| {
        // A handshake, which begins with a hello of the client.
        if datagram.first() == Some(&22) && datagram.get(13) == Some(&1) {
            let _ = sender.send(datagram.to_vec());
        }
        Vec::new()
    });
    let peer = host.publish_as(peer, offer).await;
    until("it is connected", || peer.is_connected()).await;
    hellos.recv().unwrap()
}

/// A peer that publishes, and its offer with this part in the handshake.
async fn offering(sends: Sends, setup: &'static str) -> (Peer, String) {
    blocking(move || {
        let peer = Peer::publisher(&sends);
        let offer = peer.offer();
        let setup = format!("a=setup:{setup}");
        (peer, offer.replace("a=setup:actpass", &setup))
    })
    .await
}

/// A stranger who has sent something already.
async fn stranger(sdp: &str) -> Stranger {
    let mut datagrams = vec![hello().await; 32];
    datagrams.push(stun::guess());
    let stranger = Stranger::before(sdp, datagrams);
    until("hellos come first", || stranger.sent() > FIRST).await;
    stranger
}

/// It was told that it is not known, at most.
fn assert_not_let_in(stranger: Stranger) {
    let answers = stranger.answers();
    assert!(!answers.iter().any(|answer| is_dtls(answer)));
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_6_hellos_of_a_stranger_keep_no_viewer_out() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let offer = ada.offered().await;
    let stranger = stranger(&offer).await;
    let (viewer, sdp) = blocking(move || {
        let viewer = Peer::viewer();
        let answer = viewer.answer(&offer);
        (viewer, answer)
    })
    .await;
    assert!(sdp.contains("a=setup:active"));
    ada.say(ClientMessage::Answer { sdp }).await;
    until("pictures come", || viewer.packets(VP8) > 10).await;
    assert_not_let_in(stranger);
}

/// A peer publishes, to whose port strangers have said hello.
async fn hellos_keep_no_publisher_out(setup: &'static str) {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    let (peer, offer) = offering(Sends::VoiceAndVp8, setup).await;
    let answer = host.offer(offer).await;
    let stranger = stranger(&answer).await;
    let _peer = blocking(move || {
        peer.take(WebRTCSDPType::Answer, &answer);
        peer
    })
    .await;
    until("sound and pictures come", || {
        viewer.packets(VOICE) > 10 && viewer.packets(VP8) > 10
    })
    .await;
    assert_not_let_in(stranger);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_6_hellos_of_a_stranger_keep_no_publisher_out() {
    hellos_keep_no_publisher_out("active").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_6_hellos_to_a_port_that_begins_itself_change_nothing() {
    hellos_keep_no_publisher_out("passive").await;
}

/// Whoever has the offer is let in by ICE, and may say hello before the server knows which certificate it
/// has to show.
#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_6_a_hello_before_the_answer_gets_nothing_that_the_answer_does_not_allow() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let mut dishonest = None;
    for is_honest in [false, true] {
        // The second one is offered because the first one has failed.
        let offer = ada.offered().await;
        let (raw, client, sdp) = blocking(move || {
            let (raw, identity) = (Raw::new(), Identity::new("early"));
            let other = ["AA"; 32].join(":");
            let fingerprint = if is_honest {
                &identity.fingerprint
            } else {
                &other
            };
            let answer = raw.description(&Peer::viewer().answer(&offer), fingerprint);
            raw.meet(&offer, Role::Answered);
            let usual = ["-dtls1_2", "-use_srtp", "SRTP_AES128_CM_SHA1_80"];
            let client = raw.shake_hands(&identity, &usual);
            (raw, client, answer)
        })
        .await;
        until("the server is found", || raw.is_met()).await;
        until("a hello is there", || raw.handshake().0 > 0).await;
        assert_eq!(raw.handshake().1, 0, "it was answered");
        ada.say(ClientMessage::Answer { sdp }).await;
        until("there is a handshake", || raw.handshake().1 > 0).await;
        if is_honest {
            until("media come", || raw.media() > 10).await;
        } else {
            dishonest = Some(raw);
        }
        drop(client);
    }
    assert_eq!(dishonest.unwrap().media(), 0);
}
