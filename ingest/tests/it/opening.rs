//! How much of a recording is read before it is known what it holds.

use std::{
    fs::{File, OpenOptions},
    ops::Range,
};

use scrim_ingest::{Archive, SourceError, Track};
use scrim_policy::Kind;

use crate::{
    media::{AAC, Media, X264, both, picture, sound, timed_picture, timed_sound},
    reading::read,
};

#[test]
fn a_recording_is_opened_without_being_read_to_its_end() {
    for (name, muxer) in [
        ("a.mp4", "mp4mux faststart=true"),
        ("a.mkv", "matroskamux"),
        ("a.flv", "flvmux"),
    ] {
        let picture = timed_picture("x264enc speed-preset=ultrafast ! h264parse", 30, 0);
        let sound = timed_sound(AAC, 48_000, 30, 0);
        let media = Media::make(name, &both(muxer, &picture, &sound));
        let mut archive = Archive::open(File::open(media.path()).unwrap()).unwrap();
        // What lies in memory by now can still be read.
        let file = OpenOptions::new().write(true).open(media.path()).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length / 2).unwrap();
        let error = loop {
            match archive.next() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("{name} was read completely when it was opened"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), Kind::Damaged, "{name}: {error}");
    }
}

/// An FLV in which nothing tells of the picture before its first packet, after so many packets of
/// sound (Adobe Flash Video File Format Specification 10.1, annex E).
fn flv_with_a_late_picture(sound_packets: u32) -> Media {
    const FILE_HEADER: usize = 9 + 4;
    const TAG_HEADER: usize = 11;
    const SOUND: u8 = 8;
    const PICTURE: u8 = 9;
    let whole = Media::make("a.flv", &both("flvmux", &picture(X264), &sound(AAC))).bytes();
    let mut tags: Vec<(u8, Range<usize>)> = Vec::new();
    let mut at = FILE_HEADER;
    while at + TAG_HEADER < whole.len() {
        let size = u32::from_be_bytes([0, whole[at + 1], whole[at + 2], whole[at + 3]]) as usize;
        let end = at + TAG_HEADER + size + 4;
        tags.push((whole[at], at..end));
        at = end;
    }
    let of_kind = |wanted: u8| tags.iter().filter(move |(kind, _)| *kind == wanted);
    let mut out = whole[..FILE_HEADER].to_vec();
    let mut put = |range: &Range<usize>, time: u32| {
        let mut tag = whole[range.clone()].to_vec();
        let [highest, rest @ ..] = time.to_be_bytes();
        tag[4..7].copy_from_slice(&rest);
        tag[7] = highest;
        out.extend(tag);
    };
    // The first tag of a track is its configuration.
    let mut packets = of_kind(SOUND);
    put(&packets.next().unwrap().1, 0);
    let packet = &packets.next().unwrap().1;
    let time = |packets: u32| packets * 64 / 3;
    for index in 0..sound_packets {
        put(packet, time(index));
    }
    let mut packets = of_kind(PICTURE);
    put(&packets.next().unwrap().1, time(sound_packets));
    for (index, (_, range)) in (0..).zip(packets) {
        put(range, time(sound_packets) + index * 40);
    }
    Media::of_bytes("a.flv", &out)
}

#[test]
fn a_picture_that_nothing_announces_is_waited_for() {
    let media = flv_with_a_late_picture(1000);
    let reading = read(media.path()).unwrap();
    assert!(reading.probe.video.is_some());
    assert_eq!(reading.of(Track::Audio).count(), 1000);
    assert_eq!(reading.begin_ms(Track::Video), 21_333);
    assert_eq!(reading.of(Track::Video).count(), 50);
}

#[test]
fn a_picture_that_comes_after_many_minutes_of_sound_alone_is_not_passed_over() {
    let media = flv_with_a_late_picture(20_000);
    let error = read(media.path()).unwrap_err();
    assert!(
        matches!(
            error,
            SourceError::Late {
                track: "picture",
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Invalid);
}
