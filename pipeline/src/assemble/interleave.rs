//! In which order the bytes of both tracks lie in the file.

use std::io::{Read, Seek, Write};

use super::{
    AssembleError, Parts,
    movie::{AudioTrack, VideoTrack},
};

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
pub(super) fn copy<R: Read + Seek>(
    parts: &mut Parts<R>,
    chunks: &[Chunk],
    out: &mut impl Write,
) -> Result<(), AssembleError> {
    // Units of a chunk may lie in two segments.
    let mut lengths: Vec<u64> = parts
        .segments
        .iter()
        .map(|part| {
            part.index()
                .units
                .iter()
                .map(|unit| u64::from(unit.length))
                .sum()
        })
        .collect();
    let mut segment = 0;
    for chunk in chunks {
        let mut bytes = chunk.bytes;
        if !chunk.is_video {
            if let Some(audio) = &mut parts.audio {
                let read = |source| AssembleError::ReadPart {
                    part: "audio",
                    source,
                };
                audio.copy(bytes, out).map_err(read)?;
            }
            continue;
        }
        while bytes > 0 && segment < lengths.len() {
            let now = bytes.min(lengths[segment]);
            let read = |source| AssembleError::ReadPart {
                part: "segment",
                source,
            };
            parts.segments[segment].copy(now, out).map_err(read)?;
            bytes -= now;
            lengths[segment] -= now;
            if lengths[segment] == 0 {
                segment += 1;
            }
        }
    }
    Ok(())
}
