//! A finished part of a transcript.

use std::fmt;

use scrim_redact::text::{Segment, Word};
use serde::{Deserialize, Serialize};

use super::speech::SAMPLE_RATE;

/// The words of one stretch of a recording, not cleared.
///
/// Parts follow each other without a gap. A part depends on the samples from its start on and on
/// the languages of the parts before it, so that a run which was broken off can go on after any of
/// them and give the same transcript.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptPart {
    /// Position in the transcript, from 0.
    pub index: u32,
    /// First sample, at 16 kHz, from the start of the recording.
    pub start_sample: u64,
    /// The sample after the last.
    pub end_sample: u64,
    /// ISO 639-1 code of the language. Empty where nobody speaks.
    pub language: String,
    /// How probable the language is; 1 if it was given.
    pub language_probability: f32,
    /// The words, with times from the start of the recording.
    pub words: Vec<Word>,
    /// Milliseconds of speech that the voice activity model found. Much speech without words means
    /// that the recogniser failed.
    pub speech_ms: u64,
    /// Whether the recogniser was unsure, or repeated itself, to the last.
    pub is_doubtful: bool,
}

impl TranscriptPart {
    /// Returns the start in milliseconds from the start of the recording.
    pub const fn start_ms(&self) -> u64 {
        milliseconds(self.start_sample)
    }

    /// Returns the end in milliseconds from the start of the recording.
    pub const fn end_ms(&self) -> u64 {
        milliseconds(self.end_sample)
    }

    /// Returns the words for the redactor.
    pub fn segment(&self) -> Segment {
        Segment {
            speaker: None,
            language: self.language.clone(),
            words: self.words.clone(),
        }
    }
}

/// Shows no word.
impl fmt::Debug for TranscriptPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TranscriptPart")
            .field("index", &self.index)
            .field("samples", &(self.start_sample..self.end_sample))
            .field("language", &self.language)
            .field("words", &self.words.len())
            .field("speech_ms", &self.speech_ms)
            .field("is_doubtful", &self.is_doubtful)
            .finish_non_exhaustive()
    }
}

pub(super) const fn milliseconds(samples: u64) -> u64 {
    samples * 1000 / SAMPLE_RATE as u64
}
