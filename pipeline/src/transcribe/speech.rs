//! Where speech is: voice activity as spans of samples.

use std::ops::Range;

use whisper_rs::{WhisperVadContext, WhisperVadContextParams};

use super::error::TranscribeError;
use crate::models::VerifiedModel;

/// Samples per second of everything in this module.
pub const SAMPLE_RATE: usize = 16_000;
/// Samples per probability of the voice activity model.
const FRAME: usize = 512;
/// Speech begins at this probability.
const SPEECH_FROM: f32 = 0.5;
/// Speech ends below this probability.
const SILENCE_BELOW: f32 = 0.35;
/// Shorter silences are part of the speech around them: 96 ms.
const SHORTEST_SILENCE: usize = 3;
/// Shorter sounds are no speech: 160 ms, a curt "yes".
const SHORTEST_SPEECH: usize = 5;

/// The voice activity model. Its memory begins afresh with every call.
pub(super) struct SpeechDetector {
    context: WhisperVadContext,
}

impl SpeechDetector {
    pub(super) fn load(model: &VerifiedModel) -> Result<Self, TranscribeError> {
        whisper_rs::install_logging_hooks();
        let unknown = || TranscribeError::UnknownModel {
            model: model.name().to_owned(),
        };
        let path = model
            .path()
            .to_str()
            .filter(|path| !path.contains('\0'))
            .ok_or_else(unknown)?;
        let mut parameters = WhisperVadContextParams::new();
        // Its matrices are too small to share.
        parameters.set_n_threads(1);
        let context = WhisperVadContext::new(path, parameters).map_err(|source| {
            TranscribeError::LoadModel {
                model: model.name().to_owned(),
                source,
            }
        })?;
        Ok(Self { context })
    }

    /// Returns the spans of speech, in samples, in order, apart from each other.
    pub(super) fn spans(
        &mut self,
        samples: &[f32],
    ) -> Result<Vec<Range<usize>>, whisper_rs::WhisperError> {
        if samples.is_empty() {
            return Ok(Vec::new());
        }
        self.context.detect_speech(samples)?;
        Ok(spans(self.context.probabilities(), samples.len()))
    }
}

fn spans(probabilities: &[f32], samples: usize) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut begun = None;
    for (frame, &probability) in probabilities.iter().enumerate() {
        match begun {
            None if probability >= SPEECH_FROM => begun = Some(frame),
            Some(start) if probability < SILENCE_BELOW => {
                add(&mut spans, start..frame);
                begun = None;
            }
            _ => {}
        }
    }
    if let Some(start) = begun {
        add(&mut spans, start..probabilities.len());
    }
    spans.retain(|span| span.len() >= SHORTEST_SPEECH);
    spans
        .iter()
        .map(|span| span.start * FRAME..(span.end * FRAME).min(samples))
        .collect()
}

fn add(spans: &mut Vec<Range<usize>>, span: Range<usize>) {
    match spans.last_mut() {
        Some(before) if span.start - before.end < SHORTEST_SILENCE => before.end = span.end,
        _ => spans.push(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clicks_are_no_speech_and_short_silences_are() {
        let mut probabilities = vec![0.0; 40];
        probabilities[2] = 0.9;
        probabilities[10..20].fill(0.9);
        probabilities[14..16].fill(0.1);
        probabilities[30..34].fill(0.6);
        probabilities[34..40].fill(0.4);
        assert_eq!(
            spans(&probabilities, 40 * FRAME - 100),
            [10 * FRAME..20 * FRAME, 30 * FRAME..40 * FRAME - 100]
        );
    }

    #[test]
    fn silence_has_no_spans() {
        assert!(spans(&[0.3; 50], 50 * FRAME).is_empty());
        assert!(spans(&[], 0).is_empty());
    }
}
