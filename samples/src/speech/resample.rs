//! Another number of samples per second.

use std::f64::consts::PI;

/// Neighbours on either side that a sample is computed from.
const REACH: i64 = 16;

/// Returns the same sound at a higher rate, by a sinc filter under a Hann window. It lets aliases
/// through on the way down.
pub(super) fn resampled(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return samples.to_vec();
    }
    // Only this many different places between two samples occur.
    let step = from / divisor(from, to);
    let phases = u64::from(to / divisor(from, to));
    let filters: Vec<Vec<f32>> = (0..phases).map(|phase| filter(phase, phases)).collect();
    let length = samples.len() as u64 * phases / u64::from(step);
    let value = |index: u64| {
        let position = index * u64::from(step);
        let first = (position / phases) as i64 + 1 - REACH;
        let taps = filters[(position % phases) as usize].iter().zip(first..);
        taps.map(|(tap, at)| {
            let sample = usize::try_from(at).ok().and_then(|at| samples.get(at));
            tap * sample.copied().unwrap_or(0.0)
        })
        .sum()
    };
    (0..length).map(value).collect()
}

/// Returns the weights of all neighbours of a place between two samples.
fn filter(phase: u64, phases: u64) -> Vec<f32> {
    let offset = phase as f64 / phases as f64;
    let weight = |neighbour: i64| {
        let distance = neighbour as f64 - offset;
        let window = 0.5 + 0.5 * (PI * distance / REACH as f64).cos();
        (sinc(distance) * window) as f32
    };
    (1 - REACH..=REACH).map(weight).collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// Greatest common divisor.
fn divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_keeps_its_pitch_and_its_loudness() {
        let tone = |rate: u32, index: usize| {
            (2.0 * PI * 440.0 * index as f64 / f64::from(rate)).sin() as f32
        };
        let low: Vec<f32> = (0..22_050).map(|index| tone(22_050, index)).collect();
        let high = resampled(&low, 22_050, 48_000);
        assert_eq!(high.len(), 48_000);
        for (index, value) in high.iter().enumerate().take(47_900).skip(100) {
            let wanted = tone(48_000, index);
            assert!(
                (value - wanted).abs() < 0.01,
                "at {index}: {value} {wanted}"
            );
        }
    }
}
