//! The mel filter bank that whisper.cpp expects in the model file.

/// Mel bands.
pub(super) const BANDS: usize = 80;
/// Frequency bins of a 400 point transform.
pub(super) const BINS: usize = 201;

/// Hertz per bin at 16 kHz.
const BIN_HZ: f64 = 40.0;
/// Where the Slaney scale turns from linear to logarithmic, in mel and in Hz.
const BREAK_MEL: f64 = 15.0;
const BREAK_HZ: f64 = 1000.0;

/// Computes the filters, one row of [`BINS`] weights per band.
///
/// Slaney scale and area norm for 16 kHz, the defaults of `librosa.filters.mel`. The triangle is
/// rounded to f32 before the norm and once more after it, and zeros are positive: both are needed
/// for a file that is byte for byte the published one.
pub(super) fn filters() -> Vec<f32> {
    let log_step = 6.4_f64.ln() / 27.0;
    let top = BREAK_MEL + 8.0_f64.ln() / log_step;
    let edges: Vec<f64> = (0..BANDS + 2)
        .map(|index| {
            let is_last = index == BANDS + 1;
            let mel = if is_last {
                top
            } else {
                index as f64 * (top / (BANDS + 1) as f64)
            };
            if mel < BREAK_MEL {
                BREAK_HZ / BREAK_MEL * mel
            } else {
                BREAK_HZ * (log_step * (mel - BREAK_MEL)).exp()
            }
        })
        .collect();
    edges
        .windows(3)
        .flat_map(|edge| (0..BINS).map(|bin| weight(edge, bin)))
        .collect()
}

fn weight(edge: &[f64], bin: usize) -> f32 {
    let frequency = BIN_HZ * bin as f64;
    let rising = (frequency - edge[0]) / (edge[1] - edge[0]);
    let falling = (edge[2] - frequency) / (edge[2] - edge[1]);
    let triangle = rising.min(falling);
    if triangle > 0.0 {
        (f64::from(triangle as f32) * (2.0 / (edge[2] - edge[0]))) as f32
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::fingerprint::{Fingerprint, Hashing};
    use std::io::Write;

    #[test]
    fn the_table_is_the_published_one() {
        let filters = filters();
        assert_eq!(filters.len(), BANDS * BINS);
        assert_eq!(filters[1].to_le_bytes(), [0xa4, 0xac, 0xcb, 0x3c]);
        assert_eq!(filters.iter().filter(|weight| **weight != 0.0).count(), 391);
        assert!(filters.iter().all(|weight| weight.is_sign_positive()));
        let mut hashing = Hashing::new(std::io::sink());
        for weight in filters {
            hashing
                .write_all(&weight.to_le_bytes())
                .expect("a sink takes everything");
        }
        let expected =
            Fingerprint::pinned("85818f156f7e189453901a515e4726d270d307f976e161cf9403e8caab405498");
        assert_eq!(hashing.finish().1.fingerprint, expected);
    }
}
