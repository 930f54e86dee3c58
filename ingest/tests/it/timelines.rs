//! Where the timeline of a recording begins, and that picture and sound stay together.

use scrim_ingest::Track;

use crate::{
    media::{AAC, Media, X264, both, timed_picture, timed_sound},
    reading::{Reading, read},
};

const CONTAINERS: [(&str, &str); 5] = [
    ("a.mp4", "mp4mux"),
    ("a.mov", "qtmux"),
    ("a.mkv", "matroskamux offset-to-zero=false"),
    ("a.flv", "flvmux"),
    ("a.ts", "mpegtsmux"),
];

fn made((name, muxer): (&str, &str), picture_from_ms: u32, sound_from_ms: u32) -> Reading {
    let picture = timed_picture(X264, 2, picture_from_ms);
    let sound = timed_sound(AAC, 48_000, 2, sound_from_ms);
    let media = Media::make(name, &both(muxer, &picture, &sound));
    read(media.path()).unwrap()
}

#[test]
fn a_file_whose_times_begin_at_ten_seconds_begins_at_zero() {
    // GStreamer writes FLV from zero on; the next test has one that begins late.
    for container in CONTAINERS
        .into_iter()
        .filter(|(_, muxer)| *muxer != "flvmux")
    {
        let reading = made(container, 10_000, 10_000);
        assert_eq!(reading.begin_ms(Track::Video), 0, "{container:?}");
        assert_eq!(reading.end_ms(Track::Video), 2000, "{container:?}");
        assert_eq!(reading.begin_ms(Track::Audio), 0, "{container:?}");
    }
}

/// Adds some milliseconds to the time of each tag and to the promised duration (Adobe Flash Video
/// File Format Specification 10.1, annex E).
fn delayed_flv(bytes: &mut [u8], by_ms: u32) {
    const FILE_HEADER: usize = 9 + 4;
    const TAG_HEADER: usize = 11;
    let mut at = FILE_HEADER;
    while at + TAG_HEADER < bytes.len() {
        let size = u32::from_be_bytes([0, bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        let time = u32::from_be_bytes([bytes[at + 7], bytes[at + 4], bytes[at + 5], bytes[at + 6]]);
        let [highest, rest @ ..] = (time + by_ms).to_be_bytes();
        bytes[at + 4..at + 7].copy_from_slice(&rest);
        bytes[at + 7] = highest;
        at += TAG_HEADER + size + 4;
    }
    const KEY: &[u8] = b"duration\0";
    let value = bytes
        .windows(KEY.len())
        .position(|window| window == KEY)
        .unwrap()
        + KEY.len();
    let field: &mut [u8; 8] = (&mut bytes[value..value + 8]).try_into().unwrap();
    *field = (f64::from_be_bytes(*field) + f64::from(by_ms) / 1000.0).to_be_bytes();
}

#[test]
fn an_flv_that_counts_its_duration_from_zero_but_begins_late_is_complete() {
    let picture = timed_picture(X264, 2, 0);
    let media = Media::make(
        "a.flv",
        &both("flvmux", &picture, &timed_sound(AAC, 48_000, 2, 0)),
    );
    let mut bytes = media.bytes();
    delayed_flv(&mut bytes, 10_000);
    let reading = read(Media::of_bytes("a.flv", &bytes).path()).unwrap();
    assert_eq!(reading.probe.duration.unwrap().seconds().round(), 12.0);
    assert_eq!(
        (reading.begin_ms(Track::Video), reading.end_ms(Track::Video)),
        (0, 2000)
    );
    assert_eq!(reading.begin_ms(Track::Audio), 0);
}

#[test]
fn sound_that_begins_late_stays_late() {
    for container in CONTAINERS {
        let reading = made(container, 0, 500);
        assert_eq!(reading.begin_ms(Track::Video), 0, "{container:?}");
        assert_eq!(reading.begin_ms(Track::Audio), 500, "{container:?}");
    }
}

#[test]
fn a_picture_that_begins_late_stays_late() {
    for container in CONTAINERS {
        let reading = made(container, 500, 0);
        let ahead = reading.end_ms(Track::Video) - reading.end_ms(Track::Audio);
        assert!((470..=500).contains(&ahead), "{container:?}: {ahead} ms");
        // The demuxer of MPEG-TS drops what comes before the first picture.
        if container.1 != "mpegtsmux" {
            assert_eq!(reading.begin_ms(Track::Video), 500, "{container:?}");
            assert_eq!(reading.begin_ms(Track::Audio), 0, "{container:?}");
        }
    }
}

#[test]
fn pictures_that_are_stored_out_of_order_keep_their_times() {
    let picture = timed_picture(
        "x264enc bframes=3 b-adapt=false key-int-max=25 ! h264parse",
        2,
        0,
    );
    for (name, muxer) in CONTAINERS {
        let media = Media::make(name, &format!("{picture} ! {muxer} name=mux"));
        let reading = read(media.path()).unwrap();
        let stored: Vec<i64> = reading
            .of(Track::Video)
            .map(|packet| packet.start / 1_000_000)
            .collect();
        let mut shown = stored.clone();
        shown.sort_unstable();
        assert_ne!(stored, shown, "{name} has pictures out of order");
        let expected: Vec<i64> = (0..50).map(|frame| frame * 40).collect();
        assert_eq!(shown, expected, "{name}");
        assert_eq!(reading.entries_ms(), [0, 1000], "{name}");
    }
}
