//! Media reach everybody who should have them, and nobody else.

use scrim_policy::TrackSource;
use scrim_sfu::{
    room::Pass,
    signal::{ClientMessage, ServerMessage},
};

use crate::{
    peer::Sends,
    room::{TestRoom, until},
};

/// Sections of the slots of [`crate::room::settings`].
const VOICE: u32 = 0;
const VP8: u32 = 2;
const H264: u32 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_gets_sound_and_pictures_without_a_hole() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::VoiceAndVp8).await;
    until("the publisher is connected", || publisher.is_connected()).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    until("the viewer is connected", || viewer.is_connected()).await;
    until("a picture comes", || viewer.packets(VP8) > 0).await;
    until("more comes", || {
        viewer.packets(VOICE) > 50 && viewer.packets(VP8) > 20
    })
    .await;
    assert_eq!(viewer.holes(), 0);
    assert_eq!(viewer.packets(H264), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_with_h264_is_seen_in_the_slot_for_it() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    let _publisher = host.publish(Sends::VoiceAndH264).await;
    until("pictures come", || viewer.packets(H264) > 20).await;
    assert_eq!(viewer.packets(VP8), 0);
    assert_eq!(viewer.holes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_paused_goes_on_without_a_hole() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    until("pictures come", || viewer.packets(VP8) > 10).await;
    for _ in 0..3 {
        ada.say(ClientMessage::Take { video: false }).await;
        // What is on its way still comes.
        let sound = viewer.packets(VOICE);
        until("sound goes on", || viewer.packets(VOICE) > sound + 20).await;
        let before = viewer.packets(VP8);
        let sound = viewer.packets(VOICE);
        until("sound goes on", || viewer.packets(VOICE) > sound + 10).await;
        assert_eq!(viewer.packets(VP8), before);
        ada.say(ClientMessage::Take { video: true }).await;
        until("pictures go on", || viewer.packets(VP8) > before + 10).await;
    }
    assert_eq!(viewer.holes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_shows_one_after_the_other_without_a_hole() {
    let room = TestRoom::unrecorded();
    let mut people = Vec::new();
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    for name in ["Bo Lund", "Cy Moor", "Di Nils"] {
        let mut page = room.join(name, Pass::Registered).await;
        let peer = page.publish(Sends::VoiceAndVp8).await;
        people.push((page, peer));
    }
    until("pictures come", || viewer.packets(VP8) > 10).await;
    for _ in 0..2 {
        for (page, _) in &people {
            let before = viewer.packets(VP8) + viewer.packets(VP8 + 1);
            let people = vec![page.id];
            ada.say(ClientMessage::Watch { people }).await;
            until("pictures go on", || {
                viewer.packets(VP8) + viewer.packets(VP8 + 1) > before + 20
            })
            .await;
        }
    }
    assert_eq!(viewer.holes(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_comes_of_whoever_is_muted() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    until("sound comes", || viewer.packets(VOICE) > 10).await;
    let source = TrackSource::Microphone;
    host.say(ClientMessage::Mute {
        source,
        muted: true,
    })
    .await;
    // What is on its way still comes.
    let pictures = viewer.packets(VP8);
    until("pictures go on", || viewer.packets(VP8) > pictures + 10).await;
    let before = viewer.packets(VOICE);
    let pictures = viewer.packets(VP8);
    until("pictures go on", || viewer.packets(VP8) > pictures + 10).await;
    assert_eq!(viewer.packets(VOICE), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_loses_much_gets_sound_and_no_pictures() {
    let room = TestRoom::unrecorded();
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    until("pictures come", || viewer.packets(VP8) > 10).await;
    viewer.lose_one_of(3);
    ada.hear(|message| match message {
        ServerMessage::Slots { slots } => {
            let is_sound_only = slots.len() == 1 && slots[0].source == TrackSource::Microphone;
            is_sound_only.then_some(())
        }
        _ => None,
    })
    .await;
    let sound = viewer.packets(VOICE);
    until("sound goes on", || viewer.packets(VOICE) > sound + 20).await;
}
