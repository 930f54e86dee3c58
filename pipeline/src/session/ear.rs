//! The sound of one track as speech recognition takes it: 16 kHz, one channel.

use std::{f64::consts::PI, ops::Range, sync::LazyLock};

use super::runs::Stereo;
use crate::render::{AUDIO_RATE, SPEECH_RATE};

/// Samples that become one.
const RATIO: i64 = AUDIO_RATE as i64 / SPEECH_RATE as i64;

/// Samples that the filter looks at to either side.
const REACH: i64 = 32;

/// Keeps what is below 7.2 kHz: a sinc with the window of Hamming, of 65 samples.
static FILTER: LazyLock<Vec<f32>> = LazyLock::new(|| {
    const CUTOFF: f64 = 7_200.0 / AUDIO_RATE as f64;
    let tap = |place: i64| {
        let x = place as f64;
        let sinc = if place == 0 {
            2.0 * CUTOFF
        } else {
            (2.0 * PI * CUTOFF * x).sin() / (PI * x)
        };
        sinc * (0.54 + 0.46 * (PI * x / (REACH + 1) as f64).cos())
    };
    let taps: Vec<f64> = (-REACH..=REACH).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / sum) as f32).collect()
});

/// Filters the spans of one track. Outside of them is silence, whatever was said there.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// The span that it is in, in samples of the recording.
    span: Range<i64>,
    /// The last samples, and the first of them.
    samples: Vec<f32>,
    from: i64,
    /// The next that comes out, in samples of 16 kHz.
    next: i64,
}

impl Ear {
    /// Hears the next samples of a span, the first of which is `at`. Returns what comes out, and
    /// where that begins in samples of 16 kHz.
    pub(super) fn hear(
        &mut self,
        span: Range<i64>,
        at: i64,
        samples: &[Stereo],
    ) -> (i64, Vec<i16>) {
        if self.span.start != span.start || self.from + self.samples.len() as i64 != at {
            *self = Self {
                span: span.clone(),
                samples: Vec::new(),
                from: at,
                next: (at + RATIO - 1).div_euclid(RATIO),
            };
        }
        self.span = span;
        let mono = samples.iter().map(|[left, right]| (left + right) / 2.0);
        self.samples.extend(mono);
        let end = self.from + self.samples.len() as i64;
        let known = if end >= self.span.end {
            end
        } else {
            end - REACH
        };
        let first = self.next;
        let mut out = Vec::new();
        while self.next * RATIO < known {
            out.push(self.filtered(self.next * RATIO));
            self.next += 1;
        }
        let needed = (self.next * RATIO - REACH).clamp(self.from, end);
        self.samples.drain(..(needed - self.from) as usize);
        self.from = needed;
        (first, out)
    }

    fn filtered(&self, centre: i64) -> i16 {
        let sample = |place: i64| {
            let index = usize::try_from(place - self.from).ok();
            let sample = index.and_then(|index| self.samples.get(index));
            sample.copied().unwrap_or(0.0)
        };
        let places = centre - REACH..=centre + REACH;
        let sum: f32 = places
            .zip(FILTER.iter())
            .map(|(place, tap)| sample(place) * tap)
            .sum();
        // `as` saturates, as it should for what is too loud.
        (sum * 32_767.0).round() as i16
    }
}
