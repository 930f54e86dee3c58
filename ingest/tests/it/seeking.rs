//! Going to another place of an archive.

use std::fs::File;

use scrim_ingest::{Archive, Packet, Track};
use scrim_policy::Moment;

use crate::media::{AAC, Media, X264, both, timed_picture, timed_sound};

/// Starts of the pictures from where an archive is to its end, and whether each can be entered.
fn pictures(archive: &mut Archive) -> Vec<(i64, bool)> {
    let mut found = Vec::new();
    while let Some(packet) = archive.next().unwrap() {
        let Packet {
            track,
            timing,
            is_entry,
            ..
        } = packet;
        if track == Track::Video {
            found.push((timing.start, is_entry));
        }
    }
    found
}

fn check(name: &str, muxer: &str, from_ms: u32) {
    let picture = timed_picture(X264, 8, from_ms);
    let media = Media::make(
        name,
        &both(muxer, &picture, &timed_sound(AAC, 48_000, 8, 0)),
    );
    let all = pictures(&mut Archive::open(File::open(media.path()).unwrap()).unwrap());
    // One archive all the time: forwards, backwards, after its end.
    let mut archive = Archive::open(File::open(media.path()).unwrap()).unwrap();
    for seconds in [5.1, 2.0, 7.9, 0.0, 6.5] {
        let at = Moment::from_seconds(seconds);
        assert!(archive.seek(at), "{name} at {seconds}");
        let found = pictures(&mut archive);
        let (first, can_enter) = found[0];
        assert!(can_enter, "{name} at {seconds}: it begins at {first}");
        let before = all.iter().position(|picture| *picture == found[0]);
        let before =
            before.unwrap_or_else(|| panic!("{name} at {seconds}: nothing begins at {first}"));
        let rest = &all[before..];
        assert!(rest.starts_with(&found), "{name} at {seconds}: {found:?}");
        // After a jump, the demuxer of Matroska ends where the header says that the recording does,
        // which is too early by as much as the picture begins late.
        let lost = (rest.len() - found.len()) as u32 * 40;
        assert!(
            lost <= from_ms,
            "{name} at {seconds}: {lost} ms are missing"
        );
        // An index need not have every place that can be entered, but one for each second.
        assert!(
            at.0 as i64 - first < 1_000_000_000,
            "{name} at {seconds}: it begins at {first}, too early"
        );
        assert!(
            first <= at.0 as i64 || before == 0,
            "{name} at {seconds}: {first}"
        );
    }
}

#[test]
fn packets_after_a_jump_are_those_of_a_reader_from_the_start() {
    for from_ms in [0, 700] {
        check("a.mp4", "mp4mux", from_ms);
        check("a.mkv", "matroskamux", from_ms);
    }
}

#[test]
fn sound_alone_goes_nowhere() {
    let sound = timed_sound(AAC, 48_000, 2, 0);
    let media = Media::make("a.m4a", &format!("{sound} ! mp4mux name=mux"));
    let mut archive = Archive::open(File::open(media.path()).unwrap()).unwrap();
    assert!(!archive.seek(Moment::from_seconds(1.0)));
    assert!(archive.next().unwrap().is_some(), "reading goes on");
}
