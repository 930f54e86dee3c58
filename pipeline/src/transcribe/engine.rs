//! whisper.cpp, held so that its traps cannot be stepped into.
//!
//! - The type of the closure given to `set_abort_callback_safe` must be the boxed one, or its
//!   trampoline calls the wrong code. Its box is never freed, so there is one per engine.
//! - Every window gets a fresh state: the size of the audio context, the text context and the
//!   random numbers of one call live on in the next otherwise, and a resumed run would differ.
//! - Times are aligned by dynamic time warping, which aborts the process for audio of less than
//!   160 ms and for timestamps that jump. Windows are padded, and timestamp tokens are off.
//! - Its log repeats the text. All of it is switched off.

use std::{collections::HashMap, fs::File, io::Read};

use whisper_rs::{
    DtwMode, DtwModelPreset, DtwParameters, FullParams, SamplingStrategy, WhisperContext,
    WhisperContextParameters, WhisperError, WhisperState,
};

use super::{
    cancel::CancelFlag,
    error::TranscribeError,
    heard::{Heard, Token},
    language::Language,
    speech::SAMPLE_RATE,
};
use crate::models::VerifiedModel;

/// Samples per position of the audio context: 20 ms.
const SAMPLES_PER_POSITION: usize = SAMPLE_RATE / 50;
/// Positions beyond the audio, in which the end of the last word settles.
const SPARE_POSITIONS: usize = 64;
/// Context sizes are rounded up to this, which suits the matrix kernels.
const POSITION_STEP: usize = 32;
/// Shorter windows are padded with silence: 1 s.
const SHORTEST_AUDIO: usize = SAMPLE_RATE;
/// Silence of ten frames. It sets the size of the audio context of a state, which nothing else
/// does, and is over before the encoder would run.
const TEN_FRAMES: [f32; 1700] = [0.0; 1700];
/// More tokens per second than anybody speaks.
const TOKENS_PER_SECOND: usize = 14;
const SPARE_TOKENS: usize = 24;

/// A loaded speech model.
pub(super) struct Engine {
    context: WhisperContext,
    threads: i32,
    cancel: CancelFlag,
    /// The parameters of each language that was used. What they point to is never freed.
    parameters: HashMap<&'static str, FullParams<'static, 'static>>,
}

/// How much of the audio context a pass uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effort {
    /// As much as the audio fills, one temperature.
    Quick,
    /// All of it, and higher temperatures if need be.
    Thorough,
}

impl Engine {
    pub(super) fn load(
        model: &VerifiedModel,
        threads: usize,
        cancel: CancelFlag,
    ) -> Result<Self, TranscribeError> {
        whisper_rs::install_logging_hooks();
        let name = model.name().to_owned();
        let preset = alignment_heads(model)?;
        let mut parameters = WhisperContextParameters::new();
        parameters.use_gpu(false).dtw_parameters(DtwParameters {
            mode: DtwMode::ModelPreset {
                model_preset: preset,
            },
            ..DtwParameters::default()
        });
        let context =
            WhisperContext::new_with_params(model.path(), parameters).map_err(|source| {
                TranscribeError::LoadModel {
                    model: name,
                    source,
                }
            })?;
        let threads = i32::try_from(threads.max(1)).unwrap_or(1);
        Ok(Self {
            context,
            threads,
            cancel,
            parameters: HashMap::new(),
        })
    }

    pub(super) fn is_multilingual(&self) -> bool {
        self.context.is_multilingual()
    }

    /// Writes down what is said in at most 28 s of audio.
    ///
    /// The audio context is cut to the audio first, which is two to ten times faster. Where the
    /// result looks like one of the failures of that (repetition, low confidence, nothing), it is
    /// done again with all of it.
    pub(super) fn transcribe(
        &mut self,
        audio: &[f32],
        language: &'static str,
    ) -> Result<Heard, WhisperError> {
        let quick = self.pass(audio, language, Effort::Quick)?;
        if quick.is_plausible() {
            return Ok(quick);
        }
        self.pass(audio, language, Effort::Thorough)
    }

    fn pass(
        &mut self,
        audio: &[f32],
        language: &'static str,
        effort: Effort,
    ) -> Result<Heard, WhisperError> {
        let seconds = audio.len() as f32 / SAMPLE_RATE as f32;
        let most_tokens = SPARE_TOKENS + TOKENS_PER_SECOND * audio.len() / SAMPLE_RATE;
        let mut parameters = self.parameters_for(language);
        parameters.set_max_tokens(i32::try_from(most_tokens).unwrap_or(i32::MAX));
        match effort {
            Effort::Quick => {
                parameters.set_audio_ctx(self.context_for(audio.len()));
                parameters.set_temperature_inc(0.0);
            }
            Effort::Thorough => parameters.set_temperature_inc(0.2),
        }
        let mut state = self.context.create_state()?;
        state.full(parameters, &padded(audio))?;
        Ok(Heard::new(self.tokens(&state), seconds, most_tokens))
    }

    /// Returns the language that is most probably spoken and how probable it is, given what is
    /// expected.
    pub(super) fn detect_language(
        &mut self,
        audio: &[f32],
        expected: &Language,
    ) -> Result<(&'static str, f32), WhisperError> {
        let mut state = self.context.create_state()?;
        let mut parameters = self.parameters_for("en");
        parameters.set_audio_ctx(self.context_for(audio.len()));
        state.full(parameters, &TEN_FRAMES)?;
        let threads = usize::try_from(self.threads).unwrap_or(1);
        state.pcm_to_mel(&padded(audio), threads)?;
        let (_, probabilities) = state.lang_detect(0, threads)?;
        let candidates = (0..).zip(&probabilities).filter_map(|(id, &probability)| {
            let code = whisper_rs::get_lang_str(id)?;
            Some((code, probability * expected.weight(code)))
        });
        let total: f32 = candidates.clone().map(|(_, probability)| probability).sum();
        let best = candidates.max_by(|one, other| one.1.total_cmp(&other.1));
        let (code, probability) = best.ok_or(WhisperError::NullPointer)?;
        Ok((code, probability / total.max(f32::MIN_POSITIVE)))
    }

    fn parameters_for(&mut self, language: &'static str) -> FullParams<'static, 'static> {
        let (threads, cancel) = (self.threads, &self.cancel);
        let made = || parameters(language, threads, cancel.clone());
        self.parameters.entry(language).or_insert_with(made).clone()
    }

    fn context_for(&self, samples: usize) -> i32 {
        let needed = samples.max(SHORTEST_AUDIO) / SAMPLES_PER_POSITION + SPARE_POSITIONS;
        let rounded = i32::try_from(needed.next_multiple_of(POSITION_STEP)).unwrap_or(i32::MAX);
        rounded.min(self.context.n_audio_ctx())
    }

    fn tokens(&self, state: &WhisperState) -> Vec<Token> {
        let mut tokens = Vec::new();
        for segment in state.as_iter() {
            for index in 0..segment.n_tokens() {
                let Some(token) = segment.get_token(index) else {
                    continue;
                };
                // Everything from the end-of-text token on is no text.
                if token.token_id() >= self.context.token_eot() {
                    continue;
                }
                let data = token.token_data();
                tokens.push(Token {
                    bytes: token.to_bytes().unwrap_or_default().to_vec(),
                    start_ms: u64::try_from(data.t_dtw).unwrap_or(0) * 10,
                    log_probability: data.plog,
                });
            }
        }
        tokens
    }
}

fn padded(audio: &[f32]) -> Vec<f32> {
    let mut padded = audio.to_vec();
    padded.resize(audio.len().max(SHORTEST_AUDIO), 0.0);
    padded
}

fn parameters(
    language: &'static str,
    threads: i32,
    cancel: CancelFlag,
) -> FullParams<'static, 'static> {
    let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    parameters.set_n_threads(threads);
    parameters.set_language(Some(language));
    parameters.set_translate(false);
    parameters.set_no_context(true);
    parameters.set_no_timestamps(true);
    parameters.set_single_segment(true);
    parameters.set_suppress_blank(true);
    // No "(music)", no "[applause]".
    parameters.set_suppress_nst(true);
    parameters.set_print_special(false);
    parameters.set_print_progress(false);
    parameters.set_print_realtime(false);
    parameters.set_print_timestamps(false);
    let abort: Box<dyn FnMut() -> bool> = Box::new(move || cancel.is_cancelled());
    parameters.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(abort);
    parameters
}

/// The attention heads that follow the audio, which differ from model to model.
fn alignment_heads(model: &VerifiedModel) -> Result<DtwModelPreset, TranscribeError> {
    let mut header = [0; 48];
    File::open(model.path())
        .and_then(|mut file| file.read_exact(&mut header))
        .map_err(|source| TranscribeError::ReadModel { source })?;
    let field = |index: usize| {
        let bytes = &header[4 * index..4 * index + 4];
        bytes.try_into().map_or(0, u32::from_le_bytes)
    };
    let (magic, vocabulary, text_layers) = (field(0), field(1), field(9));
    let is_english = vocabulary < 51_865;
    match (magic, field(5), text_layers, is_english) {
        (0x6767_6d6c, 4, 4, true) => Ok(DtwModelPreset::TinyEn),
        (0x6767_6d6c, 4, 4, false) => Ok(DtwModelPreset::Tiny),
        (0x6767_6d6c, 6, 6, true) => Ok(DtwModelPreset::BaseEn),
        (0x6767_6d6c, 6, 6, false) => Ok(DtwModelPreset::Base),
        (0x6767_6d6c, 12, 12, true) => Ok(DtwModelPreset::SmallEn),
        (0x6767_6d6c, 12, 12, false) => Ok(DtwModelPreset::Small),
        (0x6767_6d6c, 24, 24, true) => Ok(DtwModelPreset::MediumEn),
        (0x6767_6d6c, 24, 24, false) => Ok(DtwModelPreset::Medium),
        // Large v1 and v2 have the same sizes and different heads.
        (0x6767_6d6c, 32, 32, false) if vocabulary > 51_865 => Ok(DtwModelPreset::LargeV3),
        (0x6767_6d6c, 32, 4, false) => Ok(DtwModelPreset::LargeV3Turbo),
        _ => Err(TranscribeError::UnknownModel {
            model: model.name().to_owned(),
        }),
    }
}
