//! From rendered parts to one progressive MP4 file (ISO/IEC 14496-12, -14 and -15).
//!
//! ```text
//! ftyp │ moov │ mdat: half a second of video, half a second of audio, …
//! ```
//!
//! The index comes first, so that a player can start while the file still arrives. All sizes are
//! known before the first byte is written, so the file streams from sealed parts straight into a
//! sealed artefact: it never exists in the clear. Boxes are written by name; there is no way for
//! metadata of the source to get in.

mod interleave;
mod movie;
mod parts;
mod schedule;

use std::io::{self, Read, Seek, Write};

use scrim_policy::Kind;

use crate::render::{Part, PartFacts};

pub use parts::{PartIndex, PartReader, PartWriter};

/// Why the parts could not be put together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AssembleError {
    /// A part could not be read back.
    #[error("could not read back the rendered {part}")]
    ReadPart {
        /// Which part.
        part: &'static str,
        /// What the store said.
        source: io::Error,
    },
    /// A part does not end in a valid index.
    #[error("the rendered {part} is incomplete; start the job again")]
    Incomplete {
        /// Which part.
        part: &'static str,
    },
    /// Segments were encoded with different settings.
    #[error("segments {first} and {second} were encoded differently and cannot be joined")]
    Mismatch {
        /// A segment.
        first: usize,
        /// The next one.
        second: usize,
    },
    /// There is nothing to put together.
    #[error("nothing was rendered")]
    Nothing,
    /// A number does not fit into the file format.
    #[error("the recording is too long or too large for MP4: {what}")]
    TooLarge {
        /// Which number.
        what: &'static str,
    },
    /// The decoder configuration of the encoder is not readable.
    #[error("the {track} encoder put out an unusable configuration")]
    Configuration {
        /// "video" or "audio".
        track: &'static str,
    },
    /// The file could not be written.
    #[error("could not write the recording")]
    Write {
        /// What the store said.
        source: io::Error,
    },
}

impl AssembleError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ReadPart { .. } | Self::Incomplete { .. } => Kind::Damaged,
            Self::TooLarge { .. } => Kind::Invalid,
            Self::Write { .. } => Kind::Unavailable,
            Self::Mismatch { .. } | Self::Nothing | Self::Configuration { .. } => Kind::Internal,
        }
    }
}

/// The parts of one recording, with what is needed to describe them.
#[derive(Debug)]
pub struct Parts<R> {
    /// What the segments hold, in order of time; empty for a recording without video. Two hours
    /// have nine hundred, so they are opened one at a time, when their turn comes.
    pub segments: Vec<PartIndex>,
    /// Width and height of the pictures.
    pub size: [u32; 2],
    /// The audio track, if there is one.
    pub audio: Option<PartReader<R>>,
    /// Samples that the audio decoder puts out before the first real one.
    pub audio_priming: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembled {
    /// Duration of the longer track, in nanoseconds.
    pub duration: u64,
    /// Encoded pictures.
    pub pictures: usize,
    /// AAC frames.
    pub audio_frames: usize,
}

/// Writes the MP4 file. `open` opens a segment, of which the units are read from the start on; one
/// is closed before the next is opened.
///
/// # Errors
/// A part cannot be opened or read, the parts do not fit together, or the file cannot be written.
pub fn assemble<R: Read + Seek, E: From<AssembleError>>(
    parts: Parts<R>,
    open: impl FnMut(usize) -> Result<R, E>,
    out: &mut impl Write,
) -> Result<Assembled, E> {
    check_same_settings(&parts.segments)?;
    let video = movie::VideoTrack::new(&parts)?;
    let audio = movie::AudioTrack::new(&parts)?;
    if video.is_none() && audio.is_none() {
        return Err(AssembleError::Nothing.into());
    }
    let chunks = interleave::chunks(video.as_ref(), audio.as_ref());
    let header = movie::header(video.as_ref(), audio.as_ref(), &chunks)?;
    out.write_all(&header)
        .map_err(|source| AssembleError::Write { source })?;
    interleave::copy(parts, open, &chunks, out)?;
    Ok(Assembled {
        duration: movie::duration(video.as_ref(), audio.as_ref()),
        pictures: video.map_or(0, |track| track.units.len()),
        audio_frames: audio.map_or(0, |track| track.units.len()),
    })
}

fn check_same_settings(segments: &[PartIndex]) -> Result<(), AssembleError> {
    let settings = |facts: &PartFacts| {
        (
            facts.codec_data.clone(),
            facts.is_bt601,
            facts.is_full_range,
        )
    };
    let differing = segments
        .windows(2)
        .position(|pair| settings(&pair[0].facts) != settings(&pair[1].facts));
    match differing {
        Some(first) => Err(AssembleError::Mismatch {
            first,
            second: first + 1,
        }),
        None => Ok(()),
    }
}

const fn name(part: Part) -> &'static str {
    match part {
        Part::Segment(_) => "segment",
        Part::Audio => "audio",
    }
}
