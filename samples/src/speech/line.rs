//! One line: spoken by espeak-ng, or a real recording.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scrim_policy::Kind;

use super::{SAMPLE_RATE, resample::resampled, wave};
use crate::scenario::{Scenario, Speech};

/// Where the package `pocketsphinx-testdata` puts its recordings.
const CLIPS: &str = "/usr/share/pocketsphinx/test/data/librivox";

/// Words per minute. A little slower than the default, as people speak to an audience.
const SPEED: &str = "150";

/// Why the sound of a scenario cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechError {
    /// There is no espeak-ng.
    #[error("running espeak-ng for speech line {line}; install the package espeak-ng")]
    NoVoice {
        /// Number of the line in the scenario, from 1.
        line: usize,
        /// What the system said.
        source: std::io::Error,
    },
    /// espeak-ng gave up.
    #[error("espeak-ng could not speak line {line} with voice {voice}: {said}")]
    NotSpoken {
        /// Number of the line in the scenario, from 1.
        line: usize,
        /// Voice that was asked for.
        voice: String,
        /// What espeak-ng wrote.
        said: String,
    },
    /// A real recording is not there.
    #[error("reading {} for speech line {line}; install the package pocketsphinx-testdata", path.display())]
    NoClip {
        /// Number of the line in the scenario, from 1.
        line: usize,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A real recording has no transcript.
    #[error("no transcript of clip {clip} for speech line {line}")]
    NoTranscript {
        /// Number of the line in the scenario, from 1.
        line: usize,
        /// Name of the recording.
        clip: String,
    },
    /// The sound is not what was expected.
    #[error("the sound of speech line {line} is no 16 bit mono WAVE file")]
    NotWave {
        /// Number of the line in the scenario, from 1.
        line: usize,
    },
    /// A line ends after the recording.
    #[error("speech line {line} ends at {end:.1} s, after the recording of {duration:.1} s")]
    TooLong {
        /// Number of the line in the scenario, from 1.
        line: usize,
        /// End of the line in seconds.
        end: f64,
        /// Length of the recording in seconds.
        duration: f64,
    },
}

impl SpeechError {
    /// What a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NoVoice { .. } | Self::NoClip { .. } => Kind::Unavailable,
            Self::NotSpoken { .. } | Self::TooLong { .. } => Kind::Invalid,
            Self::NoTranscript { .. } => Kind::NotFound,
            Self::NotWave { .. } => Kind::Damaged,
        }
    }
}

/// A line before it is mixed.
pub(super) struct Recorded {
    /// One channel at [`SAMPLE_RATE`].
    pub(super) samples: Vec<f32>,
    /// The words that are heard.
    pub(super) text: String,
}

/// Returns the sound of line `index` of a scenario.
pub(super) fn record(
    scenario: &Scenario,
    index: usize,
    speech: &Speech,
) -> Result<Recorded, SpeechError> {
    let line = index + 1;
    let (wave, text) = match &speech.clip {
        Some(clip) => (clip_wave(line, clip)?, transcript(line, clip)?),
        None => {
            let text = speech.text.clone().unwrap_or_default();
            (spoken_wave(scenario, line, speech, &text)?, text)
        }
    };
    let (rate, samples) = wave::parse(&wave).ok_or(SpeechError::NotWave { line })?;
    Ok(Recorded {
        samples: resampled(&samples, rate, SAMPLE_RATE),
        text,
    })
}

fn spoken_wave(
    scenario: &Scenario,
    line: usize,
    speech: &Speech,
    text: &str,
) -> Result<Vec<u8>, SpeechError> {
    let person = scenario.person(&speech.speaker);
    let variant = person
        .and_then(|person| person.voice.as_deref())
        .unwrap_or("m1");
    let voice = format!("{}+{variant}", speech.language);
    let pitch = person
        .and_then(|person| person.pitch)
        .unwrap_or(50)
        .to_string();
    let failed = |source| SpeechError::NoVoice { line, source };
    let mut child = Command::new("espeak-ng")
        .args([
            "-v", &voice, "-p", &pitch, "-s", SPEED, "-b", "1", "--stdin", "--stdout",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() && !output.stdout.is_empty() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(SpeechError::NotSpoken { line, voice, said })
}

fn clip_wave(line: usize, clip: &str) -> Result<Vec<u8>, SpeechError> {
    let path = Path::new(CLIPS).join(format!("{clip}.wav"));
    fs::read(&path).map_err(|source| SpeechError::NoClip { line, path, source })
}

/// Finds a line such as `<s> he was not </s> (name)` and returns its words.
fn transcript(line: usize, clip: &str) -> Result<String, SpeechError> {
    let path = Path::new(CLIPS).join("transcription");
    let all = fs::read_to_string(&path);
    let all = all.map_err(|source| SpeechError::NoClip { line, path, source })?;
    let end = format!("({clip})");
    let found = all.lines().find_map(|line| line.trim().strip_suffix(&end));
    let words = found.map(|words| words.replace("<s>", "").replace("</s>", ""));
    let missing = || SpeechError::NoTranscript {
        line,
        clip: clip.to_owned(),
    };
    words
        .map(|words| words.trim().to_owned())
        .ok_or_else(missing)
}
