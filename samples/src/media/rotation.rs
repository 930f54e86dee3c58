//! The rotation of an MP4 or MOV file, which the muxers of GStreamer 1.22 do not write.

use std::{fs, io, ops::Range, path::Path};

/// Writes into the header of the video track by how many degrees players turn the picture
/// clockwise: the matrix of `tkhd`, ISO/IEC 14496-12, 8.3.2. `size` is that of the stored picture.
pub(crate) fn declare_rotation(path: &Path, degrees: u32, size: (u32, u32)) -> io::Result<()> {
    let mut file = fs::read(path)?;
    let Some(at) = matrix_of_video(&file) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "no header of a video track",
        ));
    };
    for (index, value) in matrix(degrees, size).into_iter().enumerate() {
        file[at + 4 * index..][..4].copy_from_slice(&value.to_be_bytes());
    }
    fs::write(path, file)
}

/// Returns a, b, u, c, d, v, x, y, w in fixed point.
fn matrix(degrees: u32, (width, height): (u32, u32)) -> [i32; 9] {
    const ONE: i32 = 1 << 16;
    const WHOLE: i32 = 1 << 30;
    let (width, height) = ((width << 16) as i32, (height << 16) as i32);
    match degrees {
        90 => [0, ONE, 0, -ONE, 0, 0, height, 0, WHOLE],
        180 => [-ONE, 0, 0, 0, -ONE, 0, width, height, WHOLE],
        270 => [0, -ONE, 0, ONE, 0, 0, 0, width, WHOLE],
        _ => [ONE, 0, 0, 0, ONE, 0, 0, 0, WHOLE],
    }
}

/// Returns where the matrix of the video track stands.
fn matrix_of_video(file: &[u8]) -> Option<usize> {
    let movie = find(file, 0..file.len(), b"moov")?;
    let is_video = |track: &Range<usize>| {
        let media = find(file, track.clone(), b"mdia");
        let handler = media.and_then(|media| find(file, media, b"hdlr"));
        handler.is_some_and(|body| file.get(body.start + 8..body.start + 12) == Some(b"vide"))
    };
    let track = boxes(file, movie)
        .find(|(name, body)| name == b"trak" && is_video(body))?
        .1;
    let header = find(file, track, b"tkhd")?;
    // Times and duration have 32 bits in version 0 and 64 bits in version 1.
    let offset = if file.get(header.start)? == &1 {
        52
    } else {
        40
    };
    (header.start + offset + 36 <= header.end).then_some(header.start + offset)
}

fn find(file: &[u8], within: Range<usize>, wanted: &[u8; 4]) -> Option<Range<usize>> {
    boxes(file, within)
        .find(|(name, _)| name == wanted)
        .map(|(_, body)| body)
}

/// Returns names and bodies of the boxes that follow each other in a part of the file.
fn boxes(file: &[u8], within: Range<usize>) -> impl Iterator<Item = ([u8; 4], Range<usize>)> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let head = file.get(at..within.end)?;
        let length = u32::from_be_bytes(*head.first_chunk()?) as usize;
        let name = *head.get(4..)?.first_chunk()?;
        let (length, start) = match length {
            1 => (
                u64::from_be_bytes(*head.get(8..)?.first_chunk()?) as usize,
                16,
            ),
            0 => (head.len(), 8),
            length => (length, 8),
        };
        if length < start || length > head.len() {
            return None;
        }
        let body = at + start..at + length;
        at = body.end;
        Some((name, body))
    })
}
