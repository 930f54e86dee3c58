//! Reading WAVE files, and finding the voice in samples.

use std::ops::Range;

/// Returns rate and samples of a WAVE file with one channel of 16 bits.
///
/// A program that writes to a pipe cannot know the length, so the last chunk may claim more bytes
/// than there are.
pub(super) fn parse(file: &[u8]) -> Option<(u32, Vec<f32>)> {
    let mut rest = file
        .strip_prefix(b"RIFF")?
        .get(4..)?
        .strip_prefix(b"WAVE")?;
    let mut rate = None;
    loop {
        let (head, body) = rest.split_at_checked(8)?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let chunk = &body[..length.min(body.len())];
        match &head[..4] {
            b"fmt " => rate = Some(format_of(chunk)?),
            b"data" => {
                let samples = chunk.chunks_exact(2);
                let value = |pair: &[u8]| f32::from(i16::from_le_bytes([pair[0], pair[1]]));
                return Some((rate?, samples.map(|pair| value(pair) / 32768.0).collect()));
            }
            _ => {}
        }
        rest = body.get(length + length % 2..)?;
    }
}

/// Returns the rate when the format is PCM, one channel, 16 bits.
fn format_of(chunk: &[u8]) -> Option<u32> {
    let number = |at: usize| Some(u16::from_le_bytes([*chunk.get(at)?, *chunk.get(at + 1)?]));
    let is_plain = number(0)? == 1 && number(2)? == 1 && number(14)? == 16;
    let rate = u32::from(number(4)?) | u32::from(number(6)?) << 16;
    (is_plain && rate > 0).then_some(rate)
}

/// Returns the samples from the first to the last that is louder than a thirtieth of the loudest.
pub(super) fn voiced(samples: &[f32]) -> Range<usize> {
    let loudest = samples
        .iter()
        .fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    let is_loud = |sample: &f32| sample.abs() > loudest / 30.0;
    let first = samples.iter().position(is_loud);
    let last = samples.iter().rposition(is_loud);
    match (first, last) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn wave(claimed: u32, samples: &[i16]) -> Vec<u8> {
        let mut file = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        file.extend(16_000u32.to_le_bytes());
        file.extend(32_000u32.to_le_bytes());
        file.extend(b"\x02\0\x10\0LIST\x03\0\0\0abc\0data");
        file.extend(claimed.to_le_bytes());
        file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        file
    }

    #[test]
    fn a_wave_file_with_other_chunks_and_a_wrong_length_is_read() {
        for claimed in [4, 0x7fff_ffff] {
            let (rate, samples) = parse(&wave(claimed, &[16_384, -32_768])).unwrap();
            assert_eq!((rate, samples), (16_000, vec![0.5, -1.0]));
        }
    }

    #[test]
    fn what_is_no_wave_file_is_refused() {
        let good = wave(4, &[1, 2]);
        for length in 0..good.len() - 4 {
            assert!(parse(&good[..length]).is_none_or(|(_, samples)| samples.is_empty()));
        }
        let mut stereo = good;
        stereo[22] = 2;
        assert!(parse(&stereo).is_none());
    }

    #[test]
    fn silence_before_and_after_the_voice_is_left_out() {
        let samples = [0.0, 0.001, 0.5, -0.9, 0.0, 0.2, 0.01, 0.0];
        assert_eq!(voiced(&samples), 2..6);
        assert_eq!(voiced(&[0.0, 0.0]), 0..0);
    }
}
