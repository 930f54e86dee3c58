//! In which order the bytes of both tracks lie in the file.

use std::io::{self, Read, Seek, Write};

use super::{
    AssembleError, PartReader, Parts,
    movie::{AudioTrack, VideoTrack},
};
use crate::render::Unit;

/// Time per chunk in nanoseconds. A player holds at most this much of one track before it gets to
/// the other.
const CHUNK_NS: u64 = 500_000_000;

/// Neighbouring units of one track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) is_video: bool,
    pub(super) units: usize,
    pub(super) bytes: u64,
}

/// Cuts both tracks into chunks, earliest first.
pub(super) fn chunks(video: Option<&VideoTrack>, audio: Option<&AudioTrack>) -> Vec<Chunk> {
    let video = video.map_or(&[][..], |track| &track.units);
    let audio = audio.map_or(&[][..], |track| &track.units);
    let (mut next_video, mut next_audio) = (0, 0);
    let mut chunks = Vec::new();
    let mut until = CHUNK_NS;
    while next_video < video.len() || next_audio < audio.len() {
        for (is_video, units, next) in [
            (true, video, &mut next_video),
            (false, audio, &mut next_audio),
        ] {
            // Units are in decoding order: a unit is due when it, or one after it that needs it,
            // is shown before the border.
            let due = units[*next..].iter().take_while(|unit| unit.at.0 < until);
            let (count, bytes) = due.fold((0, 0), |(count, bytes), unit| {
                (count + 1, bytes + u64::from(unit.length))
            });
            if count > 0 {
                chunks.push(Chunk {
                    is_video,
                    units: count,
                    bytes,
                });
                *next += count;
            }
        }
        until += CHUNK_NS;
    }
    chunks
}

/// Copies all chunks from their parts.
pub(super) fn copy<R: Read + Seek, E: From<AssembleError>>(
    parts: Parts<R>,
    open: impl FnMut(usize) -> Result<R, E>,
    chunks: &[Chunk],
    out: &mut impl Write,
) -> Result<(), E> {
    let lengths = parts.segments.iter().map(|index| bytes(&index.units));
    let mut segments = Segments {
        lengths: lengths.collect(),
        next: 0,
        current: None,
        open,
    };
    let mut audio = parts.audio.map(PartReader::into_input);
    for chunk in chunks {
        if chunk.is_video {
            segments.copy(chunk.bytes, out)?;
        } else if let Some(audio) = &mut audio {
            copy_units("audio", audio, chunk.bytes, out)?;
        }
    }
    Ok(())
}

/// The segments one after another, of which one is open.
struct Segments<R, O> {
    /// Bytes of the units of each.
    lengths: Vec<u64>,
    /// The next to open.
    next: usize,
    /// The one that is open, and how many of its bytes were not copied yet.
    current: Option<(R, u64)>,
    open: O,
}

impl<R: Read + Seek, O> Segments<R, O> {
    /// Copies the next bytes. They may lie in two segments.
    fn copy<E>(&mut self, mut bytes: u64, out: &mut impl Write) -> Result<(), E>
    where
        E: From<AssembleError>,
        O: FnMut(usize) -> Result<R, E>,
    {
        while bytes > 0 {
            let (reader, left) = match &mut self.current {
                Some(current) => current,
                None => {
                    let Some(&length) = self.lengths.get(self.next) else {
                        return Ok(());
                    };
                    let reader = (self.open)(self.next)?;
                    self.next += 1;
                    self.current.insert((reader, length))
                }
            };
            let now = bytes.min(*left);
            copy_units("segment", reader, now, out)?;
            bytes -= now;
            *left -= now;
            if *left == 0 {
                self.current = None;
            }
        }
        Ok(())
    }
}

fn bytes(units: &[Unit]) -> u64 {
    units.iter().map(|unit| u64::from(unit.length)).sum()
}

/// Copies the next bytes of a part.
fn copy_units(
    part: &'static str,
    input: &mut impl Read,
    length: u64,
    out: &mut impl Write,
) -> Result<(), AssembleError> {
    let read = |source| AssembleError::ReadPart { part, source };
    let copied = io::copy(&mut input.take(length), out).map_err(read)?;
    if copied == length {
        Ok(())
    } else {
        Err(read(io::ErrorKind::UnexpectedEof.into()))
    }
}
