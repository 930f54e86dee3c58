//! Whether the file is what it is meant to be, and holds nothing else.

use std::io::{Read, Seek, SeekFrom};

use re_mp4::{Mp4, TrackKind};

use super::{Check, InspectError};

/// How far the duration by the index may be from the one that was rendered, in seconds.
const DURATION_SLACK: f64 = 0.05;

/// What the file is meant to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Encoded pictures; 0 for no video track.
    pub pictures: usize,
    /// AAC frames; 0 for no audio track.
    pub audio_frames: usize,
    /// Duration of the longer track, in nanoseconds.
    pub duration: u64,
}

/// Checks the boxes of an MP4 file of `length` bytes with an independent reader.
///
/// # Errors
/// The file cannot be read.
pub fn structure<R: Read + Seek>(
    file: &mut R,
    length: u64,
    expected: &Expected,
) -> Result<Vec<Check>, InspectError> {
    let boxes = top_level(file, length)?;
    file.rewind().map_err(|source| InspectError::Read { source })?;
    let parsed = Mp4::read(&mut *file, length);
    let mut checks = vec![Check::new(
        "container",
        "names of all boxes at the top of the file, in order",
        only_what_belongs(&boxes),
    )];
    let how = "all tracks and the place of every sample, by an independent MP4 reader";
    let outcome = match &parsed {
        Ok(mp4) => tracks(mp4, length, expected),
        Err(_) => Err("the index cannot be read".to_owned()),
    };
    checks.push(Check::new("tracks", how, outcome));
    let outcome = match &parsed {
        Ok(mp4) if mp4.moov.udta.is_none() && mp4.moov.meta.is_none() => {
            Ok("no user data and no metadata box".to_owned())
        }
        Ok(_) => Err("the index holds a user data or metadata box".to_owned()),
        Err(_) => Err("the index cannot be read".to_owned()),
    };
    checks.push(Check::new("metadata", "user data and metadata boxes of the index", outcome));
    Ok(checks)
}

/// Names and sizes of the boxes at the top of the file.
fn top_level<R: Read + Seek>(file: &mut R, length: u64) -> Result<Vec<([u8; 4], u64)>, InspectError> {
    let read = |source| InspectError::Read { source };
    let mut boxes = Vec::new();
    let mut at = 0;
    while at + 8 <= length && boxes.len() < 16 {
        file.seek(SeekFrom::Start(at)).map_err(read)?;
        let mut head = [0; 8];
        file.read_exact(&mut head).map_err(read)?;
        let mut size = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        if size == 1 {
            let mut large = [0; 8];
            file.read_exact(&mut large).map_err(read)?;
            size = u64::from_be_bytes(large);
        }
        boxes.push(([head[4], head[5], head[6], head[7]], size));
        at = at.saturating_add(size.max(8));
    }
    Ok(boxes)
}

fn only_what_belongs(boxes: &[([u8; 4], u64)]) -> Result<String, String> {
    let names: Vec<&[u8; 4]> = boxes.iter().map(|(name, _)| name).collect();
    if names == [b"ftyp", b"moov", b"mdat"] {
        Ok("type, index, media, in this order and nothing else".to_owned())
    } else {
        Err("there are other boxes than type, index and media".to_owned())
    }
}

fn tracks(mp4: &Mp4, length: u64, expected: &Expected) -> Result<String, String> {
    let (mut pictures, mut audio_frames, mut seconds) = (0, 0, 0.0_f64);
    for track in mp4.tracks().values() {
        let inside = track.samples.iter().all(|sample| sample.offset + sample.size <= length);
        if !inside {
            return Err(format!("track {} has samples outside the file", track.track_id));
        }
        match track.kind {
            Some(TrackKind::Video) => pictures += track.samples.len(),
            Some(TrackKind::Audio) => audio_frames += track.samples.len(),
            _ => return Err(format!("track {} is neither video nor audio", track.track_id)),
        }
        if !track.samples.first().is_some_and(|sample| sample.is_sync) {
            return Err(format!("track {} does not begin with a key frame", track.track_id));
        }
        let shown = track.trak(mp4).tkhd.duration as f64 / f64::from(mp4.moov.mvhd.timescale.max(1));
        seconds = seconds.max(shown);
    }
    if (pictures, audio_frames) != (expected.pictures, expected.audio_frames) {
        return Err(format!(
            "{pictures} pictures and {audio_frames} AAC frames instead of {} and {}",
            expected.pictures, expected.audio_frames
        ));
    }
    let wanted = expected.duration as f64 / 1e9;
    if (seconds - wanted).abs() > DURATION_SLACK {
        return Err(format!("it lasts {seconds:.3} s instead of {wanted:.3} s"));
    }
    Ok(format!("{pictures} pictures and {audio_frames} AAC frames in {seconds:.3} s"))
}
