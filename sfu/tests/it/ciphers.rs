//! OWASP ASVS 5.0, 17.2.2: what a peer may agree on with the server, before and for media.

use scrim_sfu::{room::Pass, signal::ClientMessage};

use crate::{
    peer::{FORGED, Peer, Sends},
    raw::{Client, Identity, Raw},
    room::{Page, TestRoom, blocking, until},
    stun::Role,
    wire::rtp,
};

/// What browsers agree on.
const USUAL: &[&str] = &["-dtls1_2", "-use_srtp", "SRTP_AES128_CM_SHA1_80"];

/// Sections of the slots for sound and for the first picture.
const VOICE: u32 = 0;
const VP8: u32 = 2;

/// Watches by hand, and begins a handshake.
async fn watch(page: &mut Page, test: &'static str, options: &[&str]) -> (Raw, Client) {
    let offer = page.offered().await;
    let (raw, identity, sdp) = blocking(move || {
        let (raw, identity) = (Raw::new(), Identity::new(test));
        let answer = Peer::viewer().answer(&offer);
        let answer = raw.description(&answer, &identity.fingerprint);
        raw.meet(&offer, Role::Answered);
        (raw, identity, answer)
    })
    .await;
    page.say(ClientMessage::Answer { sdp }).await;
    until("the server has found a way", || raw.is_chosen()).await;
    let client = raw.shake_hands(&identity, options);
    (raw, client)
}

/// Somebody who knows only these suites gets nothing.
async fn is_refused(room: &TestRoom, test: &'static str, version: &str, suites: &str) {
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let options = [&[version, "-cipher", suites], &USUAL[1..]].concat();
    let (raw, client) = watch(&mut ada, test, &options).await;
    // The room gives up this connection and offers another one.
    ada.offered().await;
    assert!(raw.handshake().0 > 0, "it has not begun");
    assert_eq!(client.suite(), None, "{options:?}");
    assert_eq!(raw.media(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_2_no_handshake_is_without_encryption_without_names_or_old() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    // It takes the room some time to give up.
    tokio::join!(
        is_refused(&room, "naked", "-dtls1_2", "eNULL:@SECLEVEL=0"),
        is_refused(&room, "nameless", "-dtls1_2", "aNULL:@SECLEVEL=0"),
        is_refused(&room, "old", "-dtls1", "ALL:@SECLEVEL=0"),
    );
    // The same peer gets media with what browsers offer.
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let (raw, client) = watch(&mut ada, "strong", USUAL).await;
    until("media come", || raw.media() > 10).await;
    let suite = client.suite().unwrap();
    let is_strong = suite.starts_with("ECDHE-") && suite.contains("-GCM-");
    assert!(is_strong, "{suite}");
    let said = client.finish();
    assert!(said.contains("Protocol  : DTLSv1.2"), "{said}");
    assert!(said.contains("profile=SRTP_AES128_CM_SHA1_80"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_2_nothing_goes_out_without_keys_for_media() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    let mut bo = room.join("Bo Lund", Pass::Registered).await;
    let viewer = bo.watch().await;
    let others: [&[&str]; 3] = [
        &["-dtls1_2"],
        &["-dtls1_2", "-use_srtp", "SRTP_AES128_CM_SHA1_32"],
        &["-dtls1_2", "-use_srtp", "SRTP_AEAD_AES_256_GCM"],
    ];
    for options in others {
        let mut ada = room.join("Ada Krol", Pass::Registered).await;
        let (raw, client) = watch(&mut ada, "keyless", options).await;
        until("there was a handshake", || client.suite().is_some()).await;
        let before = viewer.packets(VOICE);
        until("others get media", || viewer.packets(VOICE) > before + 50).await;
        assert_eq!(raw.media(), 0, "{options:?}");
        client.finish();
    }
    assert!(viewer.packets(VP8) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_2_nothing_is_taken_in_the_clear() {
    let room = TestRoom::unrecorded();
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    until("the viewer is connected", || viewer.is_connected()).await;
    for options in [&["-dtls1_2"], USUAL] {
        let mut host = room.join("Hanna Holt", Pass::Host).await;
        let (raw, identity, offer) = blocking(move || {
            let (raw, identity) = (Raw::new(), Identity::new("clear"));
            let offer = Peer::publisher(&Sends::Voice).offer();
            let offer = raw.description(&offer, &identity.fingerprint);
            (raw, identity, offer)
        })
        .await;
        let ssrc = offer.lines().find_map(|line| line.strip_prefix("a=ssrc:"));
        let ssrc = ssrc.unwrap().split(' ').next().unwrap().parse().unwrap();
        let answer = host.offer(offer).await;
        raw.meet(&answer, Role::Offered);
        until("the server is found", || raw.is_met()).await;
        for number in 0..100 {
            raw.send(&rtp(ssrc, 111, number, FORGED));
        }
        let client = raw.shake_hands(&identity, options);
        until("there was a handshake", || client.suite().is_some()).await;
        for number in 100..300 {
            raw.send(&rtp(ssrc, 111, number, FORGED));
        }
        // Somebody else is heard on the same way afterwards.
        let mut bo = room.join("Bo Lund", Pass::Registered).await;
        let _publisher = bo.publish(Sends::Voice).await;
        let before = viewer.packets(VOICE) + viewer.packets(VOICE + 1);
        until("others are heard", || {
            viewer.packets(VOICE) + viewer.packets(VOICE + 1) > before + 50
        })
        .await;
        assert_eq!(viewer.forged(), 0, "{options:?}");
        client.finish();
        host.say(ClientMessage::Leave {}).await;
        bo.say(ClientMessage::Leave {}).await;
    }
}
