//! Where a video can be entered: packets that need none before them.
//!
//! Parsers call every picture of intra macroblocks a key frame. In H.264 only an IDR picture
//! (ITU-T H.264, 7.4.1.2.4) cuts all references to earlier pictures, so the NAL unit types are read
//! here. H.265 enters at any IRAP picture (ITU-T H.265, 7.4.2.2); pictures that lead it in decoding
//! order but come before it in time are left to the segment before.

use gstreamer as gst;

use crate::codec::VideoCodec;

/// How NAL units are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// A big-endian length of this many bytes before each.
    Length(usize),
    /// A start code 00 00 01 before each (ITU-T H.264, annex B).
    StartCode,
}

/// Tells at which packets of one track decoding can start.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    codec: VideoCodec,
    framing: Framing,
}

impl Access {
    /// Reads from the caps of a track how its packets are framed.
    pub fn new(codec: VideoCodec, caps: &gst::StructureRef) -> Self {
        let has_start_codes = caps
            .get::<&str>("stream-format")
            .is_ok_and(|form| form == "byte-stream");
        let framing = if has_start_codes {
            Framing::StartCode
        } else {
            Framing::Length(length_size(codec, caps))
        };
        Self { codec, framing }
    }

    /// Whether decoding can start at this packet.
    pub fn is_entry(&self, data: &[u8], flags: gst::BufferFlags) -> bool {
        if flags.contains(gst::BufferFlags::DELTA_UNIT) {
            return false;
        }
        match self.codec {
            VideoCodec::H264 => self.first_slice(data, |header| match header & 0x1f {
                kind @ 1..=5 => Some(kind == 5),
                _ => None,
            }),
            VideoCodec::H265 => self.first_slice(data, |header| match header >> 1 & 0x3f {
                kind @ 0..=31 => Some((16..=23).contains(&kind)),
                _ => None,
            }),
            VideoCodec::Vp8 | VideoCodec::Vp9 | VideoCodec::Av1 => true,
        }
    }

    /// Asks about the first NAL unit that is a slice.
    fn first_slice(&self, data: &[u8], judge: impl Fn(u8) -> Option<bool>) -> bool {
        let answer = match self.framing {
            Framing::Length(size) => lengths(data, size).find_map(judge),
            Framing::StartCode => start_codes(data).find_map(judge),
        };
        answer.unwrap_or(false)
    }
}

/// Reads how many bytes a length has from the decoder configuration (ISO/IEC 14496-15).
fn length_size(codec: VideoCodec, caps: &gst::StructureRef) -> usize {
    let offset = if codec == VideoCodec::H265 { 21 } else { 4 };
    caps.get::<gst::Buffer>("codec_data")
        .ok()
        .and_then(|buffer| {
            buffer
                .map_readable()
                .ok()
                .and_then(|map| map.get(offset).copied())
        })
        .map_or(4, |byte| usize::from(byte & 3) + 1)
}

/// The first byte of each NAL unit behind a length.
fn lengths(data: &[u8], size: usize) -> impl Iterator<Item = u8> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (prefix, after) = rest.split_at_checked(size)?;
        let length = prefix
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let header = *after.first()?;
        rest = after.get(length..).unwrap_or(&[]);
        Some(header)
    })
}

/// The first byte of each NAL unit behind a start code.
fn start_codes(data: &[u8]) -> impl Iterator<Item = u8> {
    data.windows(4)
        .filter(|bytes| bytes.starts_with(&[0, 0, 1]))
        .map(|bytes| bytes[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(codec: VideoCodec, framing: Framing) -> Access {
        Access { codec, framing }
    }

    #[test]
    fn only_an_idr_picture_is_an_entry_into_h264() {
        let idr = [0, 0, 0, 2, 0x06, 5, 0, 0, 0, 2, 0x65, 1];
        let intra = [0, 0, 0, 2, 0x06, 5, 0, 0, 0, 2, 0x61, 1];
        let avc = access(VideoCodec::H264, Framing::Length(4));
        assert!(avc.is_entry(&idr, gst::BufferFlags::empty()));
        assert!(!avc.is_entry(&intra, gst::BufferFlags::empty()));
        assert!(!avc.is_entry(&idr, gst::BufferFlags::DELTA_UNIT));
        let annex_b = access(VideoCodec::H264, Framing::StartCode);
        assert!(annex_b.is_entry(
            &[0, 0, 0, 1, 0x67, 9, 0, 0, 1, 0x65, 7],
            gst::BufferFlags::empty()
        ));
        assert!(!annex_b.is_entry(
            &[0, 0, 0, 1, 0x67, 9, 0, 0, 1, 0x41, 7],
            gst::BufferFlags::empty()
        ));
    }

    #[test]
    fn clean_random_access_pictures_are_entries_into_h265() {
        let at = |kind: u8| [0, 0, 0, 3, kind << 1, 1, 0];
        let hevc = access(VideoCodec::H265, Framing::Length(4));
        assert!(hevc.is_entry(&at(21), gst::BufferFlags::empty()));
        assert!(hevc.is_entry(&at(19), gst::BufferFlags::empty()));
        assert!(!hevc.is_entry(&at(1), gst::BufferFlags::empty()));
    }

    #[test]
    fn garbage_is_no_entry_and_no_panic() {
        for length in 0..40 {
            let garbage: Vec<u8> = (0..length).map(|byte| 255 - byte).collect();
            for framing in [Framing::Length(1), Framing::Length(4), Framing::StartCode] {
                access(VideoCodec::H264, framing).is_entry(&garbage, gst::BufferFlags::empty());
            }
        }
        assert!(
            !access(VideoCodec::H264, Framing::Length(4)).is_entry(&[], gst::BufferFlags::empty())
        );
    }
}
