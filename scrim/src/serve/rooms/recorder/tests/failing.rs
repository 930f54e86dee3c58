//! Where a recording cannot go on, the room is told, and what was written is kept.

use std::fs;

use scrim_policy::{Moment, TenantId, TimelineEvent, TrackSource};
use scrim_sfu::tap::RecordingFailure;
use scrim_storage::{ErasureTerms, catalog::Selection};

use super::{TestRoom, complete, packets, read};
use crate::serve::app::now;

#[test]
fn a_recording_that_cannot_begin_is_told_to_the_room() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let live = room.folder.path().join("home/live");
    fs::write(&live, b"no folder").unwrap();
    room.note(TimelineEvent::RecordingStarted);
    assert_eq!(room.alarm(), RecordingFailure::NotBegun);
    // As soon as it can, it does.
    room.note(TimelineEvent::RecordingStopped);
    fs::remove_file(&live).unwrap();
    let (recording, _source) = room.start();
    assert_eq!(room.finish(), recording);
}

#[test]
fn a_recording_that_cannot_be_written_ends_and_the_next_one_is_another_session() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (first, source) = room.start();
    let (voice, mut sound) = room.tap(1, TrackSource::Microphone);
    room.send(sound.as_mut(), 0, 5);
    complete(source.as_ref(), room.now());
    // Longer than anything that the spool takes.
    room.say(1, &"x".repeat(17 << 20));
    assert_eq!(room.alarm(), RecordingFailure::NotWritten);
    room.note(TimelineEvent::RecordingStopped);
    assert_eq!(room.sealed(), first);
    let kept = room.kept(first);
    assert_eq!(read(&kept, voice), Some(packets(0..5)));
    let last = kept
        .timeline()
        .entries
        .last()
        .map(|entry| entry.event.clone());
    assert_eq!(last, Some(TimelineEvent::RecordingStopped));

    let (second, source) = room.start();
    assert_ne!(second, first);
    let mut sound = room.tap_again(1, TrackSource::Microphone, voice);
    room.send(sound.as_mut(), 5, 5);
    assert_eq!(room.finish(), second);
    let kept = room.kept(second);
    assert_eq!(read(&kept, voice), Some(packets(5..10)));
    // It knows who is there and which tracks there are, and nothing of the recording before.
    let events = kept.timeline().entries.iter().map(|entry| &entry.event);
    let begins = events.filter(|event| **event == TimelineEvent::RecordingStarted);
    assert_eq!(begins.count(), 1);
    let opened = TimelineEvent::TrackOpened {
        track: voice,
        participant: super::participant(1),
        source: TrackSource::Microphone,
    };
    let has_opened = |entry: &scrim_policy::TimelineEntry| entry.event == opened;
    assert!(kept.timeline().entries.iter().any(has_opened));
    drop(source);
}

#[test]
fn a_recording_that_is_erased_meanwhile_ends() {
    let mut room = TestRoom::open();
    room.join(1, "Zofia Wiśniewska");
    let (recording, source) = room.start();
    let (voice, mut sound) = room.tap(1, TrackSource::Microphone);
    room.send(sound.as_mut(), 0, 5);
    complete(source.as_ref(), room.now());
    let selection = Selection::Recording(recording);
    let terms = ErasureTerms { backup_days: 30 };
    room.vault
        .erase(TenantId::SINGLE, &selection, terms, now(), &|_| ())
        .unwrap();
    // Nothing is left of it, so nobody has to seal anything.
    assert_eq!(room.sealed(), recording);
    assert_eq!(room.alarm(), RecordingFailure::Erased);
    assert!(source.open_track(voice).unwrap().is_none());
    let state = source.wait(Moment::END, super::PATIENCE);
    assert!(state.is_over);
}
