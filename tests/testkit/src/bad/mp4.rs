//! An MP4 file taken apart, box by box (ISO/IEC 14496-12), and put together wrongly.
//!
//! The file that it takes apart is a known good one with lengths of 32 bits, so that whatever is
//! not as expected is a mistake in the test.

use std::ops::Range;

/// Boxes that hold boxes.
const CONTAINERS: [[u8; 4]; 6] = [*b"moov", *b"trak", *b"mdia", *b"minf", *b"stbl", *b"edts"];

/// Length and name come before the contents.
const HEADER: usize = 8;

#[derive(Clone, Debug)]
struct Found {
    kind: [u8; 4],
    /// Bytes of the box, header included.
    whole: Range<usize>,
}

impl Found {
    /// The place of a number in the contents.
    fn at(&self, offset: usize) -> usize {
        self.whole.start + HEADER + offset
    }
}

/// Returns the boxes of one level.
fn boxes(file: &[u8], within: Range<usize>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let length = read(file, at) as usize;
        assert!(
            length >= HEADER && at + length <= within.end,
            "the sample has an odd box at {at}"
        );
        let kind = file[at + 4..at + HEADER].try_into().expect("four bytes");
        found.push(Found {
            kind,
            whole: at..at + length,
        });
        at += length;
    }
    found
}

/// Returns all boxes of a kind, at any depth, in file order.
fn all(file: &[u8], wanted: &[u8; 4]) -> Vec<Found> {
    fn collect(file: &[u8], within: Range<usize>, wanted: &[u8; 4], found: &mut Vec<Found>) {
        for one in boxes(file, within) {
            if one.kind == *wanted {
                found.push(one.clone());
            }
            if CONTAINERS.contains(&one.kind) {
                collect(file, one.at(0)..one.whole.end, wanted, found);
            }
        }
    }
    let mut found = Vec::new();
    collect(file, 0..file.len(), wanted, &mut found);
    assert!(!found.is_empty(), "the sample has no such box");
    found
}

fn read(file: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes"))
}

fn write(file: &mut [u8], at: usize, value: u32) {
    file[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

/// The `minf` box of the video track.
fn video(file: &[u8]) -> Range<usize> {
    all(file, b"minf")
        .into_iter()
        .find(|minf| {
            boxes(file, minf.at(0)..minf.whole.end)
                .iter()
                .any(|one| one.kind == *b"vmhd")
        })
        .expect("the sample has a video track")
        .whole
}

/// A box of the video track.
fn of_video(file: &[u8], wanted: &[u8; 4]) -> Found {
    let track = video(file);
    all(file, wanted)
        .into_iter()
        .find(|one| track.contains(&one.whole.start))
        .expect("the video track has such a box")
}

/// Moves the index to the front, as players on the web need it.
pub(super) fn with_index_first(file: &[u8]) -> Vec<u8> {
    reordered(file, |kind| match &kind {
        b"ftyp" => 0,
        b"moov" => 1,
        _ => 2,
    })
}

/// Moves the index to the end, as recorders leave it.
pub(super) fn with_index_last(file: &[u8]) -> Vec<u8> {
    reordered(file, |kind| u8::from(kind == *b"moov"))
}

/// Sorts the boxes of the file and corrects where the index says that the media lie.
fn reordered(file: &[u8], rank: impl Fn([u8; 4]) -> u8) -> Vec<u8> {
    let mut order = boxes(file, 0..file.len());
    order.sort_by_key(|one| rank(one.kind));
    let mut out: Vec<u8> = order
        .iter()
        .flat_map(|one| &file[one.whole.clone()])
        .copied()
        .collect();
    let moved = |file: &[u8]| all(file, b"mdat")[0].whole.start;
    let (before, after) = (moved(file), moved(&out));
    for table in all(&out, b"stco") {
        for entry in 0..read(&out, table.at(4)) as usize {
            let at = table.at(8 + 4 * entry);
            let offset = read(&out, at) as usize - before + after;
            write(
                &mut out,
                at,
                u32::try_from(offset).expect("the sample is small"),
            );
        }
    }
    out
}

/// Leaves out a box of the highest level.
pub(super) fn without(file: &[u8], kind: [u8; 4]) -> Vec<u8> {
    let mut file = with_index_first(file);
    let found = all(&file, &kind)[0].whole.clone();
    file.drain(found);
    file
}

/// The index claims to be longer than the file.
pub(super) fn with_box_too_long(file: &[u8]) -> Vec<u8> {
    let mut file = with_index_first(file);
    let index = all(&file, b"moov")[0].whole.start;
    write(&mut file, index, 0x7fff_0000);
    file
}

/// All headers promise a hundred times the length that the samples have.
pub(super) fn with_duration_times_100(file: &[u8]) -> Vec<u8> {
    let mut file = with_index_first(file);
    // Where the duration lies in version 0 of each box.
    for (kind, offset) in [(b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16), (b"elst", 8)] {
        for one in all(&file, kind) {
            assert_eq!(file[one.at(0)], 0, "the sample has short durations");
            let duration = read(&file, one.at(offset));
            write(&mut file, one.at(offset), duration.saturating_mul(100));
        }
    }
    file
}

/// A second of the video track has no ticks.
pub(super) fn with_no_ticks(file: &[u8]) -> Vec<u8> {
    let mut file = with_index_first(file);
    let media_header = all(&file, b"mdhd")
        .into_iter()
        .rfind(|header| header.whole.start < video(&file).start)
        .expect("a header comes before what it is about");
    write(&mut file, media_header.at(12), 0);
    file
}

/// No time passes from one picture to the next.
pub(super) fn with_all_pictures_at_once(file: &[u8]) -> Vec<u8> {
    let mut file = with_index_first(file);
    let times = of_video(&file, b"stts");
    for entry in 0..read(&file, times.at(4)) as usize {
        write(&mut file, times.at(8 + 8 * entry + 4), 0);
    }
    file
}

/// Nothing is left of pictures that decoding can start at: their slices become filler data, and
/// the index lists no such picture.
pub(super) fn without_key_frames(file: &[u8]) -> Vec<u8> {
    const IDR: u8 = 5;
    const FILLER: u8 = 12;
    let mut file = with_index_first(file);
    let mut emptied = 0;
    for sample in video_samples(&file) {
        let mut at = sample.start;
        while at < sample.end {
            let length = read(&file, at) as usize;
            let header = at + 4;
            if file[header] & 0x1f == IDR {
                file[header] = FILLER;
                emptied += 1;
            }
            at = header + length;
        }
    }
    assert!(emptied > 0, "the sample has key frames");
    let list = of_video(&file, b"stss");
    write(&mut file, list.at(4), 0);
    file
}

/// Where the samples of the video track lie, in decoding order.
fn video_samples(file: &[u8]) -> Vec<Range<usize>> {
    let sizes = of_video(file, b"stsz");
    let chunks = of_video(file, b"stco");
    let runs = of_video(file, b"stsc");
    assert_eq!(
        read(file, sizes.at(4)),
        0,
        "the samples have different sizes"
    );
    let run = |index: usize| {
        (
            read(file, runs.at(8 + 12 * index)),
            read(file, runs.at(12 + 12 * index)),
        )
    };
    let run_count = read(file, runs.at(4)) as usize;
    let mut samples = Vec::new();
    for chunk in 0..read(file, chunks.at(4)) {
        let (_, count) = (0..run_count)
            .map(run)
            .rfind(|(first, _)| *first <= chunk + 1)
            .expect("the first run begins with the first chunk");
        let mut at = read(file, chunks.at(8 + 4 * chunk as usize)) as usize;
        for _ in 0..count {
            let length = read(file, sizes.at(12 + 4 * samples.len())) as usize;
            samples.push(at..at + length);
            at += length;
        }
    }
    assert_eq!(
        samples.len(),
        read(file, sizes.at(8)) as usize,
        "every sample lies in a chunk"
    );
    samples
}
