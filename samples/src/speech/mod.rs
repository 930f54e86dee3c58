//! What is heard: every line of a scenario, spoken or played, on one track.

mod line;
mod resample;
mod wave;
mod words;

use scrim_policy::Moment;

use crate::{
    random::{Random, derive},
    scenario::{Scenario, Speech},
    truth::{SpokenLine, WordTimes},
};

use line::Recorded;
pub use line::SpeechError;

/// Samples per second of the track.
pub const SAMPLE_RATE: u32 = 48_000;

/// Loudness of the speech of every line, as mean square of full scale: -20 dB.
const LOUDNESS: f32 = 0.1;
/// Standard deviation of the noise of the room: -66 dB.
const ROOM_NOISE: f32 = 0.000_5;

/// The sound of a recording.
pub(crate) struct Soundtrack {
    /// One channel, [`SAMPLE_RATE`] samples per second.
    pub(crate) samples: Vec<i16>,
    /// The lines in the order of the scenario.
    pub(crate) lines: Vec<SpokenLine>,
}

/// Speaks all lines. Lines that would end after the recording are refused, unless `may_cut` leaves
/// them out.
pub(crate) fn soundtrack(scenario: &Scenario, may_cut: bool) -> Result<Soundtrack, SpeechError> {
    let length = (scenario.duration.seconds() * f64::from(SAMPLE_RATE)).round() as usize;
    let mut mix = room_noise(scenario.seed, length);
    let mut lines = Vec::new();
    let mut end = 0.0;
    for (index, speech) in scenario.speech.iter().enumerate() {
        let recorded = line::record(scenario, index, speech)?;
        let start = speech.at.map_or(end + speech.pause, Moment::seconds);
        let first = (start * f64::from(SAMPLE_RATE)).round() as usize;
        end = (first + recorded.samples.len()) as f64 / f64::from(SAMPLE_RATE);
        if first + recorded.samples.len() > length {
            if may_cut {
                continue;
            }
            let seconds = scenario.duration.seconds();
            return Err(SpeechError::TooLong {
                line: index + 1,
                end,
                duration: seconds,
            });
        }
        add(&mut mix[first..], &recorded.samples);
        lines.push(spoken(speech, &recorded, start));
    }
    let samples = mix
        .iter()
        .map(|sample| (sample.clamp(-1.0, 1.0) * 32767.0) as i16)
        .collect();
    Ok(Soundtrack { samples, lines })
}

/// A quiet hiss, as every microphone has it.
fn room_noise(seed: u64, length: usize) -> Vec<f32> {
    let mut random = Random::new(derive(seed, 0xa0d10));
    (0..length)
        .map(|_| random.between(-1.0, 1.0) * 1.732 * ROOM_NOISE)
        .collect()
}

/// Adds a line at the loudness that all lines have.
fn add(mix: &mut [f32], line: &[f32]) {
    let power = line.iter().map(|sample| sample * sample).sum::<f32>() / line.len().max(1) as f32;
    let loudest = line
        .iter()
        .fold(1e-6_f32, |loudest, sample| loudest.max(sample.abs()));
    let gain = (LOUDNESS / power.sqrt().max(1e-6)).min(0.9 / loudest);
    for (mixed, sample) in mix.iter_mut().zip(line) {
        *mixed += sample * gain;
    }
}

fn spoken(speech: &Speech, recorded: &Recorded, start: f64) -> SpokenLine {
    let voiced = wave::voiced(&recorded.samples);
    let at = |sample: usize| start + sample as f64 / f64::from(SAMPLE_RATE);
    let (start, end) = (at(voiced.start), at(voiced.end));
    SpokenLine {
        speaker: speech.speaker.clone(),
        language: speech.language,
        text: recorded.text.clone(),
        start,
        end,
        times: WordTimes::Estimated,
        words: words::spread(&recorded.text, start, end),
    }
}
