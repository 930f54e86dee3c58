//! Whether the file is what it is meant to be, and holds nothing else.

use std::io::{Read, Seek};

use re_mp4::{Mp4, TrackKind};

use super::{
    Check, InspectError,
    boxes::{self, Place},
};

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
    let places = boxes::between(file, 0, length)?.unwrap_or_default();
    let mut checks = vec![Check::new(
        "container",
        "names and sizes of all boxes at the top of the file, in order",
        only_what_belongs(&places),
    )];
    file.rewind()
        .map_err(|source| InspectError::Read { source })?;
    let unreadable = Err("the index cannot be read".to_owned());
    let parsed = Mp4::read(&mut *file, length);
    let how = "all tracks and the place of every sample, by an independent MP4 reader; every byte \
               of the media has to belong to a sample";
    let outcome = match &parsed {
        Ok(mp4) => tracks(mp4, media(&places), expected),
        Err(_) => unreadable.clone(),
    };
    checks.push(Check::new("tracks", how, outcome));
    let outcome = match places.iter().find(|place| place.name == *b"moov") {
        Some(index) => match boxes::stranger(file, index)? {
            None => Ok("no user data, no metadata, no names and no unknown box".to_owned()),
            Some(found) => Err(found),
        },
        None => unreadable,
    };
    checks.push(Check::new(
        "metadata",
        "every box of the index, at any depth",
        outcome,
    ));
    Ok(checks)
}

/// Where the content of the media box begins and ends.
fn media(places: &[Place]) -> (u64, u64) {
    let media = places.iter().find(|place| place.name == *b"mdat");
    media.map_or((0, 0), |place| (place.content, place.end))
}

fn only_what_belongs(places: &[Place]) -> Result<String, String> {
    let names: Vec<&[u8; 4]> = places.iter().map(|place| &place.name).collect();
    if names == [b"ftyp", b"moov", b"mdat"] {
        Ok("type, index, media, in this order and nothing else".to_owned())
    } else {
        Err("the file is not made of type, index and media, in this order".to_owned())
    }
}

/// Whether samples fill the media without gaps and overlaps.
fn fill(mut samples: Vec<(u64, u64)>, (begin, end): (u64, u64)) -> bool {
    samples.sort_unstable();
    let filled = samples.iter().try_fold(begin, |at, (offset, size)| {
        (*offset == at).then(|| at.saturating_add(*size))
    });
    filled == Some(end)
}

fn tracks(mp4: &Mp4, media: (u64, u64), expected: &Expected) -> Result<String, String> {
    let (mut pictures, mut audio_frames, mut seconds) = (0, 0, 0.0_f64);
    let mut places = Vec::new();
    for track in mp4.tracks().values() {
        places.extend(
            track
                .samples
                .iter()
                .map(|sample| (sample.offset, sample.size)),
        );
        match track.kind {
            Some(TrackKind::Video) => pictures += track.samples.len(),
            Some(TrackKind::Audio) => audio_frames += track.samples.len(),
            _ => {
                return Err(format!(
                    "track {} is neither video nor audio",
                    track.track_id
                ));
            }
        }
        if !track.samples.first().is_some_and(|sample| sample.is_sync) {
            return Err(format!(
                "track {} does not begin with a key frame",
                track.track_id
            ));
        }
        let shown =
            track.trak(mp4).tkhd.duration as f64 / f64::from(mp4.moov.mvhd.timescale.max(1));
        seconds = seconds.max(shown);
    }
    if !fill(places, media) {
        return Err("the samples lie outside the media, overlap, or leave bytes over".to_owned());
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
    Ok(format!(
        "{pictures} pictures and {audio_frames} AAC frames in {seconds:.3} s"
    ))
}
