//! What speech recognition gets: the same sound, at a third of the samples.

use super::super::ear::Ear;

fn tone(frequency: f64, samples: std::ops::Range<i64>) -> Vec<[f32; 2]> {
    let at = |sample: i64| {
        let angle = std::f64::consts::TAU * frequency * sample as f64 / 48_000.0;
        [(0.5 * angle.sin()) as f32; 2]
    };
    samples.map(at).collect()
}

/// Hears a span in pieces of so many samples.
fn heard(frequency: f64, span: std::ops::Range<i64>, piece: usize) -> (i64, Vec<i16>) {
    let mut ear = Ear::default();
    let (mut first, mut all) = (None, Vec::new());
    for at in span.clone().step_by(piece) {
        let end = (at + piece as i64).min(span.end);
        let (from, out) = ear.hear(span.clone(), at, &tone(frequency, at..end));
        assert_eq!(*first.get_or_insert(from) + all.len() as i64, from);
        all.extend(out);
    }
    (first.unwrap(), all)
}

#[test]
fn a_voice_keeps_its_time_and_its_strength() {
    let (first, out) = heard(1_000.0, 7..48_007, 480);
    assert_eq!(first, 3);
    assert_eq!(out.len(), 16_000);
    for (index, sample) in out.iter().enumerate().take(15_900).skip(100) {
        let angle = std::f64::consts::TAU * 1_000.0 * (first + index as i64) as f64 / 16_000.0;
        let wanted = 0.5 * 32_767.0 * angle.sin();
        assert!(
            (f64::from(*sample) - wanted).abs() < 200.0,
            "{sample} instead of {wanted}"
        );
    }
}

#[test]
fn what_is_too_high_is_not_heard_as_something_lower() {
    let (_, out) = heard(11_000.0, 0..48_000, 48_000);
    let loudest = out[100..15_900]
        .iter()
        .map(|sample| sample.unsigned_abs())
        .max()
        .unwrap();
    assert!(loudest < 330, "{loudest}");
}

#[test]
fn pieces_make_no_difference() {
    let whole = heard(700.0, 5..50_000, 50_000);
    for piece in [1, 37, 480, 9_999] {
        assert_eq!(heard(700.0, 5..50_000, piece), whole, "{piece}");
    }
}

#[test]
fn nothing_of_one_span_is_in_the_next() {
    let mut ear = Ear::default();
    ear.hear(0..480, 0, &tone(900.0, 0..480));
    let (first, out) = ear.hear(480_000..481_000, 480_000, &[[0.0; 2]; 1_000]);
    assert_eq!(first, 160_000);
    assert!(out.iter().all(|sample| *sample == 0));
    assert_eq!(out.len(), 334);
}
