//! Only what may be recorded reaches a recorder.

use std::sync::atomic::Ordering;

use scrim_policy::ConsentPurpose;
use scrim_sfu::{
    room::{Pass, Protection, RoomSettings},
    signal::{ClientMessage, ServerMessage},
    tap::RecordingFailure,
};

use crate::{
    peer::Sends,
    recorder::Counting,
    room::{TestRoom, settings, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn exactly_what_was_agreed_to_is_recorded() {
    let counting = Counting::default();
    let counted = counting.0.clone();
    let room = TestRoom::open(settings(), Some(Box::new(counting)));
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::VoiceAndVp8).await;
    until("the publisher is connected", || publisher.is_connected()).await;
    host.agree(ConsentPurpose::Voice, true).await;
    host.say(ClientMessage::Record { on: true }).await;
    let voice = || counted.voice.load(Ordering::Relaxed);
    let pictures = || counted.pictures.load(Ordering::Relaxed);
    until("sound is recorded", || voice() > 50).await;
    assert_eq!(pictures(), 0);
    host.agree(ConsentPurpose::Camera, true).await;
    until("pictures are recorded", || pictures() > 10).await;
    host.agree(ConsentPurpose::Camera, false).await;
    until("pictures are destroyed", || {
        *counted.destroyed.lock().unwrap() == [ConsentPurpose::Camera]
    })
    .await;
    let before = pictures();
    let sound = voice();
    until("sound goes on", || voice() > sound + 20).await;
    assert_eq!(pictures(), before);
    host.say(ClientMessage::End {}).await;
    until("the recording is finished", || {
        counted.finished.load(Ordering::Relaxed) == 1
    })
    .await;
    assert_eq!(counted.bad.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_recorded_of_a_room_that_is_encrypted_end_to_end() {
    let counting = Counting::default();
    let counted = counting.0.clone();
    let room = TestRoom::open(
        RoomSettings {
            protection: Protection::EndToEnd,
            ..settings()
        },
        Some(Box::new(counting)),
    );
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let mut ada = room.join("Ada Krol", Pass::Registered).await;
    let viewer = ada.watch().await;
    let _publisher = host.publish(Sends::VoiceAndVp8).await;
    host.agree(ConsentPurpose::Voice, true).await;
    host.say(ClientMessage::Record { on: true }).await;
    until("sound comes", || viewer.packets(0) > 50).await;
    assert_eq!(counted.voice.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_senders_say_about_time_is_recorded_for_each_track() {
    let counting = Counting::default();
    let counted = counting.0.clone();
    let room = TestRoom::open(settings(), Some(Box::new(counting)));
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::VoiceAndVp8).await;
    until("the publisher is connected", || publisher.is_connected()).await;
    host.agree(ConsentPurpose::Voice, true).await;
    host.agree(ConsentPurpose::Camera, true).await;
    host.say(ClientMessage::Record { on: true }).await;
    let reports = |at: usize| counted.reports[at].load(Ordering::Relaxed);
    until("both tracks have reports", || {
        reports(0) > 0 && reports(1) > 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_fails_stops_and_the_meeting_goes_on() {
    let counting = Counting::default();
    let counted = counting.0.clone();
    let room = TestRoom::open(settings(), Some(Box::new(counting)));
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::Voice).await;
    until("the publisher is connected", || publisher.is_connected()).await;
    host.agree(ConsentPurpose::Voice, true).await;
    host.say(ClientMessage::Record { on: true }).await;
    let voice = || counted.voice.load(Ordering::Relaxed);
    until("sound is recorded", || voice() > 50).await;
    let alarm = counted.alarm.lock().unwrap().clone().unwrap();
    alarm.raise(RecordingFailure::NotWritten);
    host.hear(|message| match message {
        ServerMessage::Problem { code } => {
            assert_eq!(code, "recording_failed");
            Some(())
        }
        _ => None,
    })
    .await;
    let before = voice();
    host.say(ClientMessage::Record { on: true }).await;
    until("it is recorded anew", || voice() > before + 20).await;
}
