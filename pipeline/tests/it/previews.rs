//! One picture of a recording, found by the index or without one.

use std::{fs::File, path::Path};

use scrim_ingest::{Archive, Track};
use scrim_pipeline::preview::{PreviewError, frame, preview};
use scrim_policy::{Moment, Roster};

use crate::{
    media::{Media, filtered_pictures, tone},
    support::{STAGE_ONLY, policy},
};

/// Every frame is of one grey, which another one has only 30 frames later.
const COUNTING: &str = "-f lavfi -i \
    nullsrc=size=32x18:rate=25:duration=24,geq=lum=16+mod(N*7\\,210):cb=128:cr=128,scale=320:180";

/// Two groups of pictures in the file, with pictures that refer to later ones.
const LONG_GROUPS: &str = "-c:v libx264 -preset veryfast -g 300 -bf 2 -pix_fmt yuv420p";

fn counting(name: &str, codecs: &str) -> Media {
    Media::made(name, &format!("{COUNTING} {} {codecs}", tone(24)))
}

/// The grey of the picture that is seen at a moment.
fn grey_at(path: &Path, at: f64) -> f64 {
    let still = frame(File::open(path).unwrap(), Moment::from_seconds(at), 1000).unwrap();
    assert_eq!(still.size(), (320, 180));
    let png = Media::of_bytes("still.png", &still.png().unwrap());
    let picture = filtered_pictures(png.path(), "format=gray", (320, 180)).remove(0);
    // Stills have all greys from 0 to 255, videos those from 16 to 235.
    picture.mean([0, 0, 320, 180]) * 219.0 / 255.0 + 16.0
}

/// When each picture begins to be seen, as a reader from the start finds it. Containers begin at
/// other times than zero and round.
fn starts(path: &Path) -> Vec<i64> {
    let mut archive = Archive::open(File::open(path).unwrap()).unwrap();
    let mut starts = Vec::new();
    while let Some(packet) = archive.next().unwrap() {
        if packet.track == Track::Video {
            starts.push(packet.timing.start);
        }
    }
    starts.sort_unstable();
    starts
}

fn check(name: &str, codecs: &str) {
    let media = counting(name, codecs);
    let starts = starts(media.path());
    assert_eq!(starts.len(), 600, "{name}");
    let mut jumping = Archive::open(File::open(media.path()).unwrap()).unwrap();
    if jumping.seek(Moment::from_seconds(0.5)) {
        let mut after = Vec::new();
        while let Some(packet) = jumping.next().unwrap() {
            if packet.track == Track::Video && after.len() < 5 {
                after.push(packet.timing.start);
            }
        }
        // Matroska says another beginning after a jump, by the delay of the sound.
        let is_known = |start: &i64| {
            starts
                .iter()
                .any(|known| known.abs_diff(*start) <= 30_000_000)
        };
        assert!(
            after.iter().all(is_known),
            "{name}: {after:?} after a jump, {:?} from the start",
            &starts[..5]
        );
    }
    for at in [0.0, 0.04, 0.5, 3.99, 11.98, 12.0, 12.3, 19.01, 23.9] {
        let moment = Moment::from_seconds(at).0 as i64;
        let begun = starts.iter().filter(|start| **start <= moment).count();
        // Where the first picture begins late, it is the one that is shown for what is before.
        let number = begun.saturating_sub(1) as u32;
        let expected = f64::from(16 + number * 7 % 210);
        let found = grey_at(media.path(), at);
        assert!(
            (found - expected).abs() < 3.0,
            "{name} at {at}: {found} where {expected} is seen"
        );
    }
}

#[test]
fn the_picture_that_is_seen_is_found_in_every_container() {
    let (aac, opus) = ("-c:a aac", "-c:a libopus");
    let vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M -g 300 -pix_fmt yuv420p";
    check("a.mp4", &format!("{LONG_GROUPS} {aac}"));
    check(
        "a.mov",
        &format!("{LONG_GROUPS} {aac} -movflags +faststart"),
    );
    check("a.mkv", &format!("{LONG_GROUPS} {opus}"));
    check("a.webm", &format!("{vp9} {opus}"));
}

#[test]
fn a_file_without_an_index_gives_the_same_pictures() {
    let aac = "-c:a aac";
    check(
        "a.flv",
        &format!("{LONG_GROUPS} {aac} -flvflags no_duration_filesize"),
    );
    check(
        "fragmented.mp4",
        &format!("{LONG_GROUPS} {aac} -movflags frag_keyframe+empty_moov"),
    );
    check("live.mkv", &format!("{LONG_GROUPS} {aac} -live 1"));
}

#[test]
fn a_picture_that_is_seen_for_long_is_found_long_after_it_began() {
    let slides =
        "-f lavfi -i nullsrc=size=320x180:rate=1/8:duration=32,geq=lum=40+N*40:cb=128:cr=128";
    let media = Media::made("a.mp4", &format!("{slides} {LONG_GROUPS}"));
    for (at, grey) in [(0.0, 40.0), (7.9, 40.0), (8.0, 80.0), (22.5, 120.0)] {
        let found = grey_at(media.path(), at);
        assert!(
            (found - grey).abs() < 3.0,
            "at {at}: {found} where {grey} is seen"
        );
    }
}

#[test]
fn a_preview_shows_both_and_is_made_from_the_same_picture() {
    let media = counting("a.mp4", LONG_GROUPS);
    let (input, at) = (
        File::open(media.path()).unwrap(),
        Moment::from_seconds(14.01),
    );
    let shown = preview(input, &policy(STAGE_ONLY), &Roster::default(), at).unwrap();
    assert_eq!(shown.at, Moment::from_seconds(14.0));
    assert_eq!(shown.before.size(), (320, 180));
    let png = Media::of_bytes("after.png", &shown.after.png().unwrap());
    let (width, height) = shown.after.size();
    let size = (width as usize, height as usize);
    let after = filtered_pictures(png.path(), "format=gray", size).remove(0);
    let middle = after.mean([size.0 / 2, size.1 / 2, 8, 8]) * 219.0 / 255.0 + 16.0;
    assert!(
        (middle - f64::from(16 + 350 * 7 % 210)).abs() < 4.0,
        "{middle}"
    );
}

#[test]
fn there_is_no_picture_after_the_end_and_none_of_sound() {
    let media = counting("a.mp4", LONG_GROUPS);
    let late = frame(
        File::open(media.path()).unwrap(),
        Moment::from_seconds(60.0),
        100,
    );
    let error = late.unwrap_err();
    assert!(matches!(error, PreviewError::AfterEnd { .. }), "{error:?}");
    let silent = Media::made("a.m4a", &format!("{} -c:a aac", tone(2)));
    let none = frame(File::open(silent.path()).unwrap(), Moment::START, 100);
    assert!(matches!(none.unwrap_err(), PreviewError::NoVideo));
}

#[test]
fn a_still_is_made_smaller_and_never_larger() {
    let media = counting("a.mp4", LONG_GROUPS);
    let size = |longest| {
        let input = File::open(media.path()).unwrap();
        frame(input, Moment::START, longest).unwrap().size()
    };
    assert_eq!(size(160), (160, 90));
    assert_eq!(size(4000), (320, 180));
}
