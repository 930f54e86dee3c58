//! Only what may be recorded reaches a recorder.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use scrim_policy::{
    ConsentPurpose, Moment, ParticipantId, Pii, TimelineEvent, TrackId, TrackSource,
};
use scrim_sfu::{
    room::{Pass, Protection, RoomSettings},
    signal::{ClientMessage, ServerMessage},
    tap::{Alarm, PacketSink, Recorder, RecordingFailure, RoomLink, TrackFacts},
};

use crate::{
    peer::Sends,
    room::{TestRoom, settings, until},
};

/// Counts what it is given.
#[derive(Clone, Default)]
struct Counting(Arc<Counted>);

#[derive(Default)]
struct Counted {
    voice: AtomicU64,
    pictures: AtomicU64,
    /// Reports of sound, and of pictures.
    reports: [AtomicU64; 2],
    /// Packets that still had a header extension, or went back in time.
    bad: AtomicU64,
    destroyed: Mutex<Vec<ConsentPurpose>>,
    finished: AtomicU64,
    alarm: Mutex<Option<Alarm>>,
}

struct Sink {
    counted: Arc<Counted>,
    source: TrackSource,
    last: u64,
}

impl PacketSink for Sink {
    fn packet(&mut self, pts: u64, arrival: u64, rtp: &[u8]) {
        let is_good = rtp[0] == 0x80 && pts + 5_000_000_000 > self.last && arrival > 0;
        self.last = self.last.max(pts);
        if !is_good {
            self.counted.bad.fetch_add(1, Ordering::Relaxed);
        }
        let count = match self.source {
            TrackSource::Microphone => &self.counted.voice,
            _ => &self.counted.pictures,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    fn report(&mut self, _: u64, ntp: u64, _: u32) {
        let is_sound = self.source == TrackSource::Microphone;
        let count = &self.counted.reports[usize::from(!is_sound)];
        // A clock that stands at its beginning says nothing.
        count.fetch_add(u64::from(ntp != 0), Ordering::Relaxed);
    }
}

impl Recorder for Counting {
    fn attach(&mut self, link: RoomLink) {
        *self.0.alarm.lock().unwrap() = Some(link.alarm);
    }
    fn note(&mut self, _: Moment, _: &TimelineEvent) {}
    fn open(&mut self, track: &TrackFacts) -> Option<Box<dyn PacketSink>> {
        Some(Box::new(Sink {
            counted: self.0.clone(),
            source: track.source,
            last: 0,
        }))
    }
    fn close(&mut self, _: TrackId) {}
    fn destroy(&mut self, _: ParticipantId, purpose: ConsentPurpose) {
        self.0.destroyed.lock().unwrap().push(purpose);
    }
    fn chat(&mut self, _: Moment, _: ParticipantId, _: &Pii<String>) {}
    fn finish(&mut self) {
        self.0.finished.fetch_add(1, Ordering::Relaxed);
    }
}

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
