//! What is heard is what truth says.

use std::fs;

use scrim_samples::{Container, RenderOptions, SAMPLE_RATE, Scenario, Truth, VideoCodec, render};

use crate::decode::decoded;

/// Renders only the sound and returns it with its truth. Opus has no delay in Matroska.
fn heard(name: &str) -> (Vec<i16>, Truth) {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Scenario::builtin(name).unwrap();
    let options = RenderOptions {
        container: Container::Mkv,
        video: Some(VideoCodec::None),
        audio: Some(scrim_samples::AudioCodec::Opus),
        ..RenderOptions::default()
    };
    let files = render(&scenario, &options, folder.path()).unwrap();
    let truth = Truth::parse(&fs::read_to_string(files.truth).unwrap()).unwrap();
    (decoded(&files.media).samples, truth)
}

/// Loudness of a stretch in decibels of full scale.
fn loudness(samples: &[i16], from: f64, to: f64) -> f64 {
    let at = |seconds: f64| ((seconds * f64::from(SAMPLE_RATE)) as usize).min(samples.len());
    let stretch = &samples[at(from)..at(to)];
    let power: f64 = stretch
        .iter()
        .map(|sample| (f64::from(*sample) / 32768.0).powi(2))
        .sum();
    10.0 * (power / stretch.len().max(1) as f64).max(1e-12).log10()
}

#[test]
fn lines_are_loud_and_pauses_are_quiet() {
    for name in ["webinar-short", "webinar-motion"] {
        let (samples, truth) = heard(name);
        let scenario = Scenario::builtin(name).unwrap();
        assert_eq!(truth.speech.len(), scenario.speech.len());
        for pair in truth.speech.windows(2) {
            let quiet = loudness(&samples, pair[0].end + 0.1, pair[1].start - 0.1);
            assert!(quiet < -45.0, "{name}: {quiet} dB after {:?}", pair[0].text);
        }
        for line in &truth.speech {
            let loud = loudness(&samples, line.start, line.end);
            assert!(
                (-27.0..-14.0).contains(&loud),
                "{name}: {loud} dB in {:?}",
                line.text
            );
            assert!(line.end <= truth.duration, "{name}");
        }
    }
}

#[test]
fn words_follow_each_other_inside_their_line() {
    let (_, truth) = heard("webinar-mixed");
    for line in &truth.speech {
        assert_eq!(line.words.first().unwrap().start, line.start);
        assert!((line.words.last().unwrap().end - line.end).abs() < 1e-6);
        assert!(
            line.words
                .windows(2)
                .all(|pair| pair[0].end <= pair[1].start)
        );
        let wanted = line.text.split_whitespace().count();
        assert_eq!(line.words.len(), wanted, "{:?}", line.text);
    }
}

#[test]
fn real_recordings_come_with_their_transcript() {
    let (_, truth) = heard("webinar-motion");
    let clip = truth
        .speech
        .iter()
        .find(|line| line.text.contains("ill disposed young man"));
    let clip = clip.unwrap();
    assert_eq!(clip.text, "he was not an ill disposed young man");
    assert!((1.5..3.5).contains(&(clip.end - clip.start)));
}
