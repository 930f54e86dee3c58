//! Hostile recordings, made on demand.
//!
//! Each has one defect, named by its file. Most are cut from the short webinar that lies in the
//! repository, box by box; those that no cutting gives are encoded by `ffmpeg`. The table in
//! `tests/bad/README.md` is held to [`inputs`] by a test.

mod encoded;
mod mp4;

use std::{
    fs,
    path::{Path, PathBuf},
};

use scrim_policy::Kind;

use crate::sample::committed_sample;

/// A hostile recording and what has to become of it.
#[derive(Clone, Debug)]
pub struct BadInput {
    /// Name of the file.
    pub file: String,
    /// What is wrong with it.
    pub defect: &'static str,
    /// What has to become of it.
    pub expected: Expected,
    recipe: Recipe,
}

/// What has to become of a hostile recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It is strange, but a policy can be applied to it: it is published.
    Published,
    /// It fails, and nothing is left of it.
    Fails {
        /// The kind of the error.
        kind: Kind,
        /// A word of the message, in lower case. Any of several, separated by `|`.
        says: &'static str,
    },
}

impl Expected {
    /// Returns the exit code of the program, as in `docs/reference/exit-codes.md`.
    pub const fn exit_code(self) -> i32 {
        match self {
            Self::Published => 0,
            Self::Fails { kind, .. } => match kind {
                Kind::Invalid => 3,
                Kind::NotFound => 4,
                Kind::Refused => 5,
                Kind::Damaged => 7,
                Kind::Unavailable => 8,
                _ => 1,
            },
        }
    }

    /// Whether a message says what it has to.
    pub fn is_said_by(self, message: &str) -> bool {
        let message = message.to_lowercase();
        match self {
            Self::Published => true,
            Self::Fails { says, .. } => says.split('|').any(|word| message.contains(word)),
        }
    }
}

/// How a file is made.
#[derive(Clone, Copy, Debug)]
enum Recipe {
    /// These bytes.
    Bytes(&'static [u8]),
    /// Bytes without any order, after these.
    Noise(&'static [u8]),
    /// So many tenths of the short webinar, its index first or last.
    Cut { tenths: usize, index_first: bool },
    /// The short webinar, changed.
    Changed(fn(&[u8]) -> Vec<u8>),
    /// Written by an encoder.
    Encoded(fn(&Path)),
}

const DAMAGED: Expected = Expected::Fails {
    kind: Kind::Damaged,
    says: "damaged|incomplete|no picture",
};
const NOT_MEDIA: Expected = Expected::Fails {
    kind: Kind::Invalid,
    says: "not a recording",
};

/// Returns all hostile recordings, without making them.
pub fn inputs() -> Vec<BadInput> {
    let input = |file: &str, defect, expected, recipe| BadInput {
        file: file.to_owned(),
        defect,
        expected,
        recipe,
    };
    let invalid = |says| Expected::Fails {
        kind: Kind::Invalid,
        says,
    };
    let changed = |file, defect, expected, change: fn(&[u8]) -> Vec<u8>| {
        input(file, defect, expected, Recipe::Changed(change))
    };
    let encoded = |file, defect, expected, encode: fn(&Path)| {
        input(file, defect, expected, Recipe::Encoded(encode))
    };
    let text = b"Dear organiser,\n\nthe recording is attached.\n";
    let header = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1";
    let mut all = vec![
        input(
            "empty.mp4",
            "no bytes",
            invalid("empty"),
            Recipe::Bytes(b""),
        ),
        input("text.mp4", "a text file", NOT_MEDIA, Recipe::Bytes(text)),
        input("noise.mp4", "random bytes", NOT_MEDIA, Recipe::Noise(b"")),
        input(
            "noise-after-header.mp4",
            "random bytes behind an MP4 header",
            DAMAGED,
            Recipe::Noise(header),
        ),
        changed("index-missing.mp4", "no `moov` box", DAMAGED, |file| {
            mp4::without(file, *b"moov")
        }),
        changed("media-missing.mp4", "no `mdat` box", DAMAGED, |file| {
            mp4::without(file, *b"mdat")
        }),
        changed(
            "box-too-long.mp4",
            "a box says that it is longer than the file",
            DAMAGED,
            mp4::with_box_too_long,
        ),
        changed(
            "duration-too-long.mp4",
            "the headers promise a hundred times the length",
            DAMAGED,
            mp4::with_duration_times_100,
        ),
        changed(
            "frame-rate-0.mp4",
            "a second has no ticks, so that no picture has a time",
            DAMAGED,
            mp4::with_no_ticks,
        ),
        changed(
            "all-pictures-at-once.mp4",
            "every picture lasts no time",
            DAMAGED,
            mp4::with_all_pictures_at_once,
        ),
        changed(
            "key-frame-missing.mp4",
            "no picture that decoding can start at",
            DAMAGED,
            mp4::without_key_frames,
        ),
        encoded(
            "frame-rate-1000.mp4",
            "1000 pictures per second",
            Expected::Published,
            encoded::frame_rate_1000,
        ),
        encoded(
            "size-1x1.webm",
            "a picture of one pixel",
            invalid("too small"),
            encoded::size_1x1,
        ),
        encoded(
            "size-8192x8192.mp4",
            "a picture of 67 million pixels",
            invalid("too large"),
            encoded::size_8192x8192,
        ),
        encoded(
            "size-changes.ts",
            "1280x720 at first, 640x360 later",
            Expected::Published,
            encoded::size_changes,
        ),
    ];
    for (index_first, place) in [(true, "first"), (false, "last")] {
        all.extend((1..10).map(|tenths| BadInput {
            file: format!("truncated-{tenths}0-index-{place}.mp4"),
            defect: "ends early",
            expected: DAMAGED,
            recipe: Recipe::Cut {
                tenths,
                index_first,
            },
        }));
    }
    all
}

/// Writes all hostile recordings into a folder and returns where each lies.
pub fn write_all(folder: &Path) -> Vec<(BadInput, PathBuf)> {
    inputs()
        .into_iter()
        .map(|input| {
            let path = input.write(folder);
            (input, path)
        })
        .collect()
}

impl BadInput {
    /// Writes the recording into a folder and returns where it lies.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let path = folder.join(&self.file);
        let bytes = match self.recipe {
            Recipe::Bytes(bytes) => bytes.to_vec(),
            Recipe::Noise(before) => [before, &noise()].concat(),
            Recipe::Cut {
                tenths,
                index_first,
            } => {
                let sample = short_webinar();
                let whole = if index_first {
                    mp4::with_index_first(&sample)
                } else {
                    sample
                };
                whole[..whole.len() * tenths / 10].to_vec()
            }
            Recipe::Changed(change) => change(&short_webinar()),
            Recipe::Encoded(encode) => {
                encode(&path);
                return path;
            }
        };
        fs::write(&path, bytes)
            .unwrap_or_else(|error| panic!("writing {}: {error}", path.display()));
        path
    }
}

/// The short webinar, its index last as recorders leave it.
fn short_webinar() -> Vec<u8> {
    let path = committed_sample().media;
    let bytes =
        fs::read(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()));
    mp4::with_index_last(&bytes)
}

/// Bytes without any order, the same in every run.
fn noise() -> Vec<u8> {
    let mut state = 0x5eed_u64;
    std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(64 << 10)
    .collect()
}
