//! A player gets the programme in its own payload types, and nothing else.

use std::collections::BTreeSet;

use scrim_policy::{ParticipantId, TrackSource};
use scrim_sfu::{
    room::Pass,
    signal::{ClientMessage, Refusal, ServerMessage},
};

use crate::{
    impostors::with_other_fingerprint,
    peer::Sends,
    room::{Page, TestRoom, until},
};

/// What a player takes, in other payload types than anybody else uses.
const OPUS: &str = "application/x-rtp,media=audio,encoding-name=OPUS,payload=96,clock-rate=48000,\
    encoding-params=(string)2";
const VP8: &str = "application/x-rtp,media=video,encoding-name=VP8,payload=111,clock-rate=90000,\
    rtcp-fb-nack-pli=true";
const H264: &str = "application/x-rtp,media=video,encoding-name=H264,payload=120,clock-rate=90000,\
    packetization-mode=(string)1,rtcp-fb-nack-pli=true";

const VOICE: u32 = 0;
const PICTURE: u32 = 1;

fn same(offer: &str) -> String {
    offer.to_owned()
}

/// Waits until the room has sent somebody away.
async fn dismissed(page: &mut Page) -> Refusal {
    page.hear(|message| match message {
        ServerMessage::Refused { reason } => Some(reason),
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_gets_sound_and_pictures_in_its_own_payload_types() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let (_page, player) = room.play(&[OPUS, VP8], same).await;
    until("the player is connected", || player.is_connected()).await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    until("sound and pictures come", || {
        player.packets(VOICE) > 50 && player.packets(PICTURE) > 20
    })
    .await;
    let counts = player.counts.lock().unwrap();
    let streams = counts.iter().map(|one| (one.section, one.payload_type));
    let streams: BTreeSet<_> = streams.collect();
    assert_eq!(streams, [(VOICE, 96), (PICTURE, 111)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_a_player_changes_from_a_browser_to_an_encoder_and_back() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let _browser = host.publish(Sends::VoiceAndVp8).await;
    let (_page, player) = room.play(&[OPUS, VP8, H264], same).await;
    until("pictures come", || player.packets_of(111) > 10).await;
    player.look_at_the_network();
    let mut pia = room.join("Pia Post", Pass::Presenter).await;
    let _encoder = pia.publish(Sends::VoiceAndH264).await;
    for (muted, payload_type) in [(true, 120), (false, 111), (true, 120)] {
        let before = player.packets_of(payload_type);
        let source = TrackSource::Camera;
        host.say(ClientMessage::Mute { source, muted }).await;
        until("pictures of the other come", || {
            player.packets_of(payload_type) > before + 20
        })
        .await;
    }
    // It is one stream, whatever the codec.
    assert!(player.arrived(111) > 20 && player.arrived(120) > 20);
    assert_eq!(player.holes_on_the_way(), 0);
}

/// Adds a payload type for retransmissions of H.264. webrtcbin offers one for the first codec alone.
fn with_more_retransmissions(offer: &str) -> String {
    let lines = offer.lines().map(|line| match line {
        line if line.starts_with("m=video ") => format!("{line} 121"),
        "a=rtpmap:120 H264/90000" => {
            format!("{line}\r\na=rtpmap:121 rtx/90000\r\na=fmtp:121 apt=120")
        }
        line => line.to_owned(),
    });
    lines.map(|line| line + "\r\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_player_has_lost_is_sent_again_in_every_codec() {
    for (sends, codec, rtx) in [
        (Sends::VoiceAndVp8, 111, 97),
        (Sends::VoiceAndH264, 120, 121),
    ] {
        let room = TestRoom::unrecorded();
        let mut host = room.join("Hanna Holt", Pass::Host).await;
        let (_page, player) = room
            .play(&[OPUS, VP8, H264], with_more_retransmissions)
            .await;
        let _publisher = host.publish(sends).await;
        until("pictures come", || player.packets_of(codec) > 10).await;
        player.lose_one_of(10);
        until("something is sent again", || player.arrived(rtx) > 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_attendee_reaches_a_player() {
    let room = TestRoom::unrecorded();
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let mut bo = room.join("Bo Lund", Pass::Registered).await;
    let viewer = bo.watch().await;
    let (_page, player) = room.play(&[OPUS, VP8], same).await;
    until("the player is connected", || player.is_connected()).await;
    let _publisher = ada.publish(Sends::VoiceAndVp8).await;
    until("others see and hear it", || {
        viewer.packets(VOICE) > 50 && viewer.packets(2) > 20
    })
    .await;
    assert_eq!(player.packets(VOICE) + player.packets(PICTURE), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn v17_3_nothing_goes_to_a_player_with_another_certificate() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::VoiceAndVp8).await;
    until("the publisher is connected", || publisher.is_connected()).await;
    let (mut page, player) = room.play(&[OPUS, VP8], with_other_fingerprint).await;
    assert_eq!(dismissed(&mut page).await, Refusal::Silent);
    assert_eq!(player.packets(VOICE) + player.packets(PICTURE), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_that_is_gone_is_noticed() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let (mut page, player) = room.play(&[OPUS, VP8], same).await;
    until("the player is connected", || player.is_connected()).await;
    drop(player);
    assert_eq!(dismissed(&mut page).await, Refusal::Silent);
    let gone: ParticipantId = page.id;
    host.hear(|message| match message {
        ServerMessage::People { people, .. } => {
            people.iter().all(|one| one.id != gone).then_some(())
        }
        _ => None,
    })
    .await;
}
