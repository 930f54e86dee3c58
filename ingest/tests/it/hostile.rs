//! Files that lie, break off or are no recordings: a clear error, never a panic, never a hang.

use std::{fs::File, thread};

use scrim_ingest::{Archive, SourceError, Track};
use scrim_policy::Kind;

use crate::{
    boxes,
    media::{AAC, Media, X264, both, picture, sound, timed_picture, timed_sound},
    reading::{Reading, read},
};

/// Long enough that a tenth is more than any slack.
const LONG_S: u32 = 30;

fn short(muxer: &str, name: &str) -> Vec<u8> {
    Media::make(name, &both(muxer, &picture(X264), &sound(AAC))).bytes()
}

fn long(muxer: &str, name: &str) -> Vec<u8> {
    let encoder = "x264enc speed-preset=ultrafast ! h264parse";
    let picture = timed_picture(encoder, LONG_S, 0);
    Media::make(
        name,
        &both(muxer, &picture, &timed_sound(AAC, 48_000, LONG_S, 0)),
    )
    .bytes()
}

fn read_bytes(bytes: &[u8]) -> Result<Reading, SourceError> {
    read(Media::of_bytes("a.bin", bytes).path())
}

/// Reads many files at a time: most of the time goes into waiting for silent demuxers.
fn read_all(files: Vec<Vec<u8>>) -> Vec<Result<Reading, SourceError>> {
    const AT_A_TIME: usize = 10;
    let mut outcomes = Vec::new();
    for some in files.chunks(AT_A_TIME) {
        thread::scope(|scope| {
            let running: Vec<_> = some
                .iter()
                .map(|bytes| scope.spawn(|| read_bytes(bytes)))
                .collect();
            outcomes.extend(running.into_iter().map(|thread| thread.join().unwrap()));
        });
    }
    outcomes
}

fn cut_at_every_tenth(whole: &[u8]) -> Vec<Vec<u8>> {
    (1..10)
        .map(|tenths| whole[..whole.len() * tenths / 10].to_vec())
        .collect()
}

#[test]
fn what_is_no_recording_is_called_so() {
    let still = Media::make(
        "a.png",
        "videotestsrc num-buffers=1 ! pngenc ! identity name=mux",
    );
    let scrap = short("mp4mux", "a.mp4")[..8].to_vec();
    for bytes in [
        b"x".to_vec(),
        b"Hello, this is a text.\n".to_vec(),
        vec![0; 4096],
        scrap,
    ] {
        let error = read_bytes(&bytes).unwrap_err();
        assert!(matches!(error, SourceError::NotMedia), "{error}");
        assert_eq!(error.kind(), Kind::Invalid);
    }
    let error = read(still.path()).unwrap_err();
    assert!(
        matches!(error, SourceError::NoTracks | SourceError::NotMedia),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Invalid);
}

#[test]
fn an_empty_file_and_a_folder_are_refused() {
    let error = read_bytes(&[]).unwrap_err();
    assert!(matches!(error, SourceError::Empty), "{error}");
    assert_eq!(error.kind(), Kind::Invalid);
    let folder = File::open(std::env::temp_dir()).unwrap();
    let error = Archive::open(folder).unwrap_err();
    assert!(matches!(error, SourceError::Read { .. }), "{error}");
}

fn check_cuts(name: &str, muxer: &str) {
    let whole = long(muxer, name);
    assert!(read_bytes(&whole).is_ok());
    for (index, outcome) in read_all(cut_at_every_tenth(&whole)).into_iter().enumerate() {
        let tenths = index + 1;
        let Err(error) = outcome else {
            panic!("{muxer}: {tenths} tenths were taken for a whole");
        };
        assert_eq!(
            error.kind(),
            Kind::Damaged,
            "{muxer}, {tenths} tenths: {error}"
        );
        let is_stalled = matches!(error, SourceError::Stalled { .. });
        assert!(!is_stalled, "{muxer}, {tenths} tenths: {error}");
    }
}

#[test]
fn an_mp4_that_was_cut_anywhere_is_refused() {
    check_cuts("a.mp4", "mp4mux");
    check_cuts("a.mp4", "mp4mux faststart=true");
}

#[test]
fn other_containers_that_were_cut_anywhere_are_refused() {
    check_cuts("a.mkv", "matroskamux");
    check_cuts("a.flv", "flvmux");
}

#[test]
fn an_mpeg_ts_that_was_cut_is_read_as_far_as_it_goes() {
    // A transport stream has no header with a duration: any part of it is a stream of its own.
    let whole = long("mpegtsmux", "a.ts");
    for (index, outcome) in read_all(cut_at_every_tenth(&whole)).into_iter().enumerate() {
        let reading = outcome.unwrap();
        let expected_ms = i64::from(LONG_S) * 100 * (index as i64 + 1);
        let end_ms = reading.end_ms(Track::Audio);
        assert!(
            end_ms.abs_diff(expected_ms) < 1500,
            "{expected_ms} {end_ms}"
        );
    }
}

#[test]
fn an_mp4_without_its_index_is_refused() {
    let mut bytes = short("mp4mux", "a.mp4");
    boxes::rename(&mut bytes, b"moov", b"free");
    let error = read_bytes(&bytes).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged, "{error}");
}

#[test]
fn an_mp4_whose_fragments_are_gone_is_refused() {
    let mut bytes = short("mp4mux fragment-duration=500", "a.mp4");
    boxes::rename(&mut bytes, b"moof", b"free");
    let error = read_bytes(&bytes).unwrap_err();
    assert!(
        matches!(error.kind(), Kind::Damaged | Kind::Invalid),
        "{error}"
    );
    let is_stalled = matches!(error, SourceError::Stalled { .. });
    assert!(!is_stalled, "{error}");
}

fn with_durations(whole: &[u8], boxes: &[&[u8; 4]], change: impl Fn(u32) -> u32) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    boxes
        .iter()
        .for_each(|kind| boxes::set_durations(&mut bytes, kind, &change));
    bytes
}

#[test]
fn an_mp4_that_promises_too_much_is_refused() {
    let whole = short("mp4mux", "a.mp4");
    let all: [&[u8; 4]; 4] = [b"mvhd", b"tkhd", b"mdhd", b"elst"];
    for boxes in [&all[..1], &all] {
        let error = read_bytes(&with_durations(&whole, boxes, |old| old * 3)).unwrap_err();
        assert!(matches!(error, SourceError::Truncated { .. }), "{error}");
        let error = read_bytes(&with_durations(&whole, boxes, |_| u32::MAX - 1)).unwrap_err();
        assert_eq!(error.kind(), Kind::Damaged, "{error}");
    }
}

#[test]
fn durations_that_nobody_needs_may_lie() {
    let whole = short("mp4mux", "a.mp4");
    let media_is_long = with_durations(&whole, &[b"mdhd"], |_| u32::MAX - 1);
    let movie_is_empty = with_durations(&whole, &[b"mvhd", b"tkhd"], |_| 0);
    for bytes in [media_is_long, movie_is_empty] {
        let reading = read_bytes(&bytes).unwrap();
        assert_eq!(reading.of(Track::Video).count(), 50);
        assert_eq!(reading.end_ms(Track::Video), 2000);
    }
}

/// A small generator of pseudo-random numbers (SplitMix64), the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

/// Overwrites one to four bytes of a range, and tells which.
fn damaged(whole: &[u8], range: std::ops::Range<usize>, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut bytes = whole.to_vec();
    for _ in 0..=random.below(4) {
        let at = range.start + random.below(range.len());
        bytes[at] = random.below(256) as u8;
    }
    bytes
}

/// Reads a file with overwritten bytes for many seeds. That it ends at all is what [`read`] checks;
/// here an error has to be one of a damaged or unknown file.
fn check_damaged(whole: &[u8], range: std::ops::Range<usize>, seeds: std::ops::Range<u64>) {
    let files = seeds
        .clone()
        .map(|seed| damaged(whole, range.clone(), seed))
        .collect();
    let mut refused = 0;
    for (seed, outcome) in seeds.zip(read_all(files)) {
        match outcome {
            Ok(reading) => assert!(!reading.packets.is_empty(), "seed {seed} gives nothing"),
            Err(error) => {
                refused += 1;
                let kind = error.kind();
                assert!(
                    matches!(kind, Kind::Damaged | Kind::Invalid),
                    "seed {seed}: {error}"
                );
            }
        }
    }
    assert!(refused > 0, "no damage was noticed");
}

#[test]
fn an_mp4_with_overwritten_headers_never_hangs_the_reader() {
    let whole = short("mp4mux", "a.mp4");
    let index = whole
        .windows(4)
        .rposition(|window| window == b"moov")
        .unwrap();
    check_damaged(&whole, index..whole.len(), 0..60);
}

#[test]
fn an_mkv_with_overwritten_headers_never_hangs_the_reader() {
    check_damaged(&short("matroskamux", "a.mkv"), 0..1500, 100..140);
}

#[test]
fn an_flv_with_overwritten_headers_never_hangs_the_reader() {
    check_damaged(&short("flvmux", "a.flv"), 0..600, 200..240);
}

#[test]
fn an_mpeg_ts_with_overwritten_headers_never_hangs_the_reader() {
    check_damaged(&short("mpegtsmux", "a.ts"), 0..1500, 300..360);
}
