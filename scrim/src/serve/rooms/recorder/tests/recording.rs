//! What comes in can be read while it is recorded, and afterwards.

use scrim_ingest::SessionSource;
use scrim_policy::{ConsentPurpose, Moment, RecordingId, TenantId, TimelineEvent, TrackSource};

use super::{Read, TestRoom, complete, packets, participant, read};

#[test]
fn packets_can_be_read_while_they_are_recorded_and_afterwards() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (recording, source) = room.start();
    let (track, mut sink) = room.tap(1, TrackSource::Microphone);
    room.send(sink.as_mut(), 0, 50);
    sink.report(room.now().0, 1 << 40, 960);
    let state = complete(source.as_ref(), room.now());
    assert!(!state.is_over);
    let mut wanted = packets(0..50);
    wanted.push(Read::Report(960));
    assert_eq!(read(source.as_ref(), track), Some(wanted.clone()));
    room.send(sink.as_mut(), 50, 50);
    wanted.extend(packets(50..100));
    assert_eq!(room.finish(), recording);
    // Whoever has it reads on, also after it was sealed.
    assert!(source.state().is_over);
    assert_eq!(read(source.as_ref(), track), Some(wanted.clone()));
    let kept = room.kept(recording);
    assert_eq!(read(&kept, track), Some(wanted));
    let (live, kept) = (source.state(), kept.state());
    assert_eq!(live.timeline, kept.timeline);
    assert_eq!(live.complete_to, kept.complete_to);
    let ended = kept.timeline.last().map(|entry| &entry.event);
    assert_eq!(ended, Some(&TimelineEvent::Ended));
    let title = room.vault.title(TenantId::SINGLE, recording).unwrap();
    assert_eq!(title.as_deref(), Some("Beekeeping"));
}

#[test]
fn a_recording_that_stops_and_starts_again_is_one_session() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (recording, source) = room.start();
    let (track, mut sink) = room.tap(1, TrackSource::Microphone);
    room.send(sink.as_mut(), 0, 5);
    room.untap(track);
    room.note(TimelineEvent::RecordingStopped);
    // What is on its way through a tap that was closed is not recorded.
    room.send(sink.as_mut(), 5, 5);
    room.note(TimelineEvent::RecordingStarted);
    let mut sink = room.tap_again(1, TrackSource::Microphone, track);
    room.send(sink.as_mut(), 10, 5);
    assert_eq!(room.finish(), recording);
    let mut wanted = packets(0..5);
    wanted.extend([Read::Pause, Read::Resume]);
    wanted.extend(packets(10..15));
    assert_eq!(read(source.as_ref(), track), Some(wanted.clone()));
    assert_eq!(read(&room.kept(recording), track), Some(wanted));
}

#[test]
fn what_comes_late_is_after_what_was_promised_to_be_complete() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (_, source) = room.start();
    let (track, mut sink) = room.tap(1, TrackSource::Camera);
    room.send(sink.as_mut(), 0, 1);
    let state = complete(source.as_ref(), room.now());
    // It was sent when the room was opened.
    sink.packet(0, room.now().0, &super::packet(1));
    room.finish();
    let mut chunks = source.open_track(track).unwrap().unwrap();
    let mut late = None;
    while let Some(chunk) = chunks.next().unwrap() {
        let chunk = scrim_ingest::log::read_chunk(&chunk).unwrap();
        late = chunk.map(|record| record.pts).last().or(late);
    }
    assert!(late.unwrap() >= state.complete_to.0);
}

/// Returns what somebody has written, as it is kept.
fn chat(room: &TestRoom, recording: RecordingId, of: u128) -> Vec<String> {
    let kept = room.kept(recording);
    let layers = kept.timeline().layers.iter();
    let layer = layers
        .filter(|layer| layer.purpose == ConsentPurpose::Chat)
        .find(|layer| layer.participant == participant(of));
    let Some(layer) = layer else {
        return Vec::new();
    };
    let mut chunks = kept.open_layer(layer.artefact).unwrap().unwrap();
    let lines = std::iter::from_fn(|| chunks.next_chunk().unwrap());
    let text = |line: Vec<u8>| {
        let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert!(line["at"].as_u64().unwrap() > 0);
        line["text"].as_str().unwrap().to_owned()
    };
    lines.map(text).collect()
}

#[test]
fn chat_is_kept_by_whoever_wrote_it() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    room.join(2, "Luca Conti");
    let (recording, _source) = room.start();
    room.say(1, "bees?");
    room.say(2, "bees!");
    room.say(1, "honey");
    room.finish();
    assert_eq!(chat(&room, recording, 1), ["bees?", "honey"]);
    assert_eq!(chat(&room, recording, 2), ["bees!"]);
}

#[test]
fn a_room_that_is_never_recorded_leaves_nothing() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    room.say(1, "nobody keeps this");
    room.note(TimelineEvent::Ended);
    room.finish_unrecorded();
    let page = room.vault.originals(TenantId::SINGLE, None, 10).unwrap();
    assert!(page.recordings.is_empty());
}

#[test]
fn whoever_reads_waits_no_longer_than_they_want() {
    let mut room = TestRoom::open();
    let (_, source) = room.start();
    let state = source.wait(Moment::END, std::time::Duration::from_millis(20));
    assert!(!state.is_over);
    room.finish();
    let state = source.wait(Moment::END, std::time::Duration::from_secs(3600));
    assert!(state.is_over);
}
