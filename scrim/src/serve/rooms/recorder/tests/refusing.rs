//! What somebody refuses is gone, and what they agree to later is there.

use scrim_policy::{ConsentPurpose, Moment, TrackSource};

use super::{TestRoom, complete, packets, read};

#[test]
fn a_track_that_was_refused_is_gone_everywhere() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (recording, source) = room.start();
    let (voice, mut sound) = room.tap(1, TrackSource::Microphone);
    let (camera, mut picture) = room.tap(1, TrackSource::Camera);
    room.send(sound.as_mut(), 0, 5);
    room.send(picture.as_mut(), 0, 5);
    complete(source.as_ref(), room.now());
    let mut reading = source.open_track(camera).unwrap().unwrap();
    assert!(reading.next().unwrap().is_some());
    let refused_at = room.now();
    room.refuse(1, ConsentPurpose::Camera);
    complete(source.as_ref(), refused_at);
    assert!(source.open_track(camera).unwrap().is_none());
    let gone = reading.next().unwrap_err();
    assert_eq!(gone.kind(), std::io::ErrorKind::NotFound);
    // What is still on its way is not recorded either.
    room.send(picture.as_mut(), 5, 5);
    room.finish();
    assert!(source.open_track(camera).unwrap().is_none());
    let kept = room.kept(recording);
    assert_eq!(read(&kept, camera), None);
    assert_eq!(read(&kept, voice), Some(packets(0..5)));
    let rows = room.vault.artefacts(recording).unwrap();
    // The voice and the timeline.
    assert_eq!(rows.len(), 2);
}

#[test]
fn whoever_agrees_again_is_recorded_from_then_on() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (recording, source) = room.start();
    let (camera, mut picture) = room.tap(1, TrackSource::Camera);
    room.send(picture.as_mut(), 0, 5);
    room.refuse(1, ConsentPurpose::Camera);
    let mut picture = room.tap_again(1, TrackSource::Camera, camera);
    room.send(picture.as_mut(), 5, 5);
    room.finish();
    assert_eq!(read(source.as_ref(), camera), Some(packets(5..10)));
    assert_eq!(read(&room.kept(recording), camera), Some(packets(5..10)));
}

#[test]
fn whoever_waits_is_told_of_a_refusal() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (_, source) = room.start();
    let (camera, mut picture) = room.tap(1, TrackSource::Camera);
    room.send(picture.as_mut(), 0, 5);
    complete(source.as_ref(), room.now());
    let waits = source.clone();
    let waiting = std::thread::spawn(move || {
        // Nothing else would end it.
        waits.wait(Moment::END, super::PATIENCE);
        waits.open_track(camera).unwrap().is_none()
    });
    // Again and again, as it may not wait yet.
    while !waiting.is_finished() {
        room.refuse(1, ConsentPurpose::Camera);
        complete(source.as_ref(), room.now());
    }
    assert!(waiting.join().unwrap());
    room.finish();
}
