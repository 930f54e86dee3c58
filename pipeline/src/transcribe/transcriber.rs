//! A recording transcribed while it comes in.

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use scrim_redact::text::Word;
use whisper_rs::WhisperError;

use super::{
    cancel::CancelFlag,
    engine::Engine,
    error::TranscribeError,
    heard::Heard,
    language::{BELIEVED_FROM, Language, LanguageHistory},
    part::{TranscriptPart, milliseconds},
    speech::{SAMPLE_RATE, SpeechDetector},
    window::{LOOK_AHEAD, Window},
};
use crate::models::VerifiedModel;

/// Speech is listened to anew after a pause of 600 ms, in case another person speaks on.
const PAUSE_BETWEEN_TURNS: usize = SAMPLE_RATE * 6 / 10;
/// A turn of less than 2.5 s of speech does not show its language.
const TELLING_TURN: usize = SAMPLE_RATE * 5 / 2;
/// What is listened to for the language: at most 10 s.
const TELLING_AUDIO: usize = SAMPLE_RATE * 10;

/// The models that a transcription needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeechModels {
    /// Writes down what is said.
    pub whisper: VerifiedModel,
    /// Tells speech from everything else.
    pub vad: VerifiedModel,
}

/// The loaded models, for as many transcribers as there are speakers. They take turns.
pub struct Recogniser {
    engine: Arc<Mutex<Engine>>,
    vad: VerifiedModel,
    language: Language,
    cancel: CancelFlag,
}

impl Recogniser {
    /// Loads the models.
    ///
    /// `threads` is the number of cores to use, at least 1.
    ///
    /// # Errors
    /// When a model cannot be loaded, or does not understand the language.
    pub fn load(
        models: &SpeechModels,
        language: Language,
        threads: usize,
        cancel: CancelFlag,
    ) -> Result<Self, TranscribeError> {
        let engine = Engine::load(&models.whisper, threads, cancel.clone())?;
        let language = if engine.is_multilingual() {
            language
        } else if language.weight("en") > 0.0 {
            Language::One("en")
        } else {
            return Err(TranscribeError::EnglishOnly {
                model: models.whisper.name().to_owned(),
            });
        };
        Ok(Self {
            engine: Arc::new(Mutex::new(engine)),
            vad: models.vad.clone(),
            language,
            cancel,
        })
    }

    /// Begins to write down what one microphone hears.
    ///
    /// # Errors
    /// When the model that finds speech cannot be loaded.
    pub fn transcriber(&self) -> Result<Transcriber, TranscribeError> {
        Ok(Transcriber {
            engine: Arc::clone(&self.engine),
            detector: SpeechDetector::load(&self.vad)?,
            language: self.language.clone(),
            history: LanguageHistory::default(),
            cancel: self.cancel.clone(),
            gathered: Vec::with_capacity(LOOK_AHEAD + SAMPLE_RATE),
            start: 0,
            done: 0,
            next_index: 0,
        })
    }
}

/// Writes down a recording that comes in piece by piece.
///
/// Holds some 40 s of sound at most. The parts do not depend on how the sound was divided.
pub struct Transcriber {
    engine: Arc<Mutex<Engine>>,
    detector: SpeechDetector,
    language: Language,
    history: LanguageHistory,
    cancel: CancelFlag,
    /// Sound that belongs to no part yet.
    gathered: Vec<f32>,
    /// The position of the first gathered sample in the recording.
    start: u64,
    /// Samples that are still to be dropped, because their parts are done.
    done: u64,
    next_index: u32,
}

impl Transcriber {
    /// Loads the models.
    ///
    /// `threads` is the number of cores to use, at least 1.
    ///
    /// # Errors
    /// When a model cannot be loaded, or does not understand the language.
    pub fn new(
        models: &SpeechModels,
        language: Language,
        threads: usize,
        cancel: CancelFlag,
    ) -> Result<Self, TranscribeError> {
        Recogniser::load(models, language, threads, cancel)?.transcriber()
    }

    /// Goes on after parts that an earlier run has finished.
    ///
    /// The sound is to be pushed from the start of the recording all the same; what belongs to
    /// finished parts is dropped without a look.
    pub fn resume_after(&mut self, finished: &[TranscriptPart]) {
        for part in finished {
            self.history.remember(part);
            self.start = part.end_sample;
            self.next_index = part.index + 1;
        }
        self.done = self.start;
        self.gathered.clear();
    }

    /// Passes over silence: nothing was recorded up to this sample of the recording. What was gathered
    /// before becomes parts.
    ///
    /// # Errors
    /// As for [`Transcriber::push`].
    pub fn pass_to(
        &mut self,
        sample: u64,
        emit: &mut dyn FnMut(TranscriptPart),
    ) -> Result<(), TranscribeError> {
        while !self.gathered.is_empty() {
            self.emit_part(true, emit)?;
        }
        let here = self.position();
        if sample > here {
            let ahead = sample - here;
            self.done = self.done.saturating_sub(ahead);
            self.start = self.start.max(sample);
        }
        Ok(())
    }

    /// Returns the sample of the recording that is pushed next.
    pub fn position(&self) -> u64 {
        self.start + self.gathered.len() as u64 - self.done
    }

    /// Takes sound at 16 kHz, one channel, from -1 to 1, and emits the parts that it completes.
    ///
    /// # Errors
    /// When the recogniser fails or the work was cancelled. Parts that were emitted stay good.
    pub fn push(
        &mut self,
        samples: &[f32],
        emit: &mut dyn FnMut(TranscriptPart),
    ) -> Result<(), TranscribeError> {
        let dropped = usize::try_from(self.done)
            .unwrap_or(usize::MAX)
            .min(samples.len());
        self.done -= dropped as u64;
        let mut rest = &samples[dropped..];
        while !rest.is_empty() {
            let room = LOOK_AHEAD
                .saturating_sub(self.gathered.len())
                .min(rest.len());
            let (now, later) = rest.split_at(room);
            self.gathered.extend(now.iter().copied().map(sound));
            rest = later;
            while self.gathered.len() >= LOOK_AHEAD {
                self.emit_part(false, emit)?;
            }
        }
        Ok(())
    }

    /// Takes sound as 16 bit integers, otherwise as [`Transcriber::push`] does.
    ///
    /// # Errors
    /// As for [`Transcriber::push`].
    pub fn push_i16(
        &mut self,
        samples: &[i16],
        emit: &mut dyn FnMut(TranscriptPart),
    ) -> Result<(), TranscribeError> {
        for chunk in samples.chunks(SAMPLE_RATE) {
            let floats: Vec<f32> = chunk
                .iter()
                .map(|&sample| f32::from(sample) / 32_768.0)
                .collect();
            self.push(&floats, emit)?;
        }
        Ok(())
    }

    /// Emits the parts of what is left. The recording is over.
    ///
    /// # Errors
    /// As for [`Transcriber::push`].
    pub fn finish(mut self, emit: &mut dyn FnMut(TranscriptPart)) -> Result<(), TranscribeError> {
        while !self.gathered.is_empty() {
            self.emit_part(true, emit)?;
        }
        Ok(())
    }

    fn emit_part(
        &mut self,
        is_last: bool,
        emit: &mut dyn FnMut(TranscriptPart),
    ) -> Result<(), TranscribeError> {
        let part = self.next_part(is_last).map_err(|source| {
            if self.cancel.is_cancelled() {
                return TranscribeError::Cancelled;
            }
            TranscribeError::Recognise {
                second: self.start / SAMPLE_RATE as u64,
                source,
            }
        })?;
        // A window that was aborted late looks like one that was not.
        if self.cancel.is_cancelled() {
            return Err(TranscribeError::Cancelled);
        }
        self.history.remember(&part);
        self.next_index += 1;
        let length = part.end_sample - self.start;
        self.start = part.end_sample;
        self.gathered.drain(
            ..usize::try_from(length)
                .unwrap_or(usize::MAX)
                .min(self.gathered.len()),
        );
        emit(part);
        Ok(())
    }

    fn next_part(&mut self, is_last: bool) -> Result<TranscriptPart, WhisperError> {
        let speech = self.detector.spans(&self.gathered)?;
        let mut window = Window::choose(&self.gathered, &speech, is_last);
        let mut part = TranscriptPart {
            index: self.next_index,
            start_sample: self.start,
            end_sample: self.start + window.end as u64,
            language: String::new(),
            language_probability: 0.0,
            words: Vec::new(),
            speech_ms: milliseconds(window.speech as u64),
            is_doubtful: false,
        };
        if window.pieces.is_empty() {
            return Ok(part);
        }
        let (language, probability, turn_over) = self.listen(&window, &speech)?;
        if let Some(spans) = turn_over {
            window = Window::of_first(&speech, spans);
            part.end_sample = self.start + window.end as u64;
            part.speech_ms = milliseconds(window.speech as u64);
        }
        let heard = self
            .engine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .transcribe(&window.audio(&self.gathered), language)?;
        part.language = language.to_owned();
        part.language_probability = probability;
        part.is_doubtful = !heard.is_plausible();
        part.words = self.placed(&heard, &window);
        Ok(part)
    }

    /// Returns the language of a window, how probable it is, and after how many spans of speech
    /// another language begins.
    fn listen(
        &mut self,
        window: &Window,
        speech: &[Range<usize>],
    ) -> Result<(&'static str, f32, Option<usize>), WhisperError> {
        if let Language::One(language) = self.language {
            return Ok((language, 1.0, None));
        }
        let inside = speech
            .iter()
            .take_while(|span| span.start < window.end)
            .count();
        let mut spoken: Option<(&'static str, f32)> = None;
        for turn in turns(&speech[..inside]) {
            let audio = Window::of_turn(&speech[turn.clone()], window.end).audio(&self.gathered);
            if speech[turn.clone()]
                .iter()
                .map(ExactSizeIterator::len)
                .sum::<usize>()
                < TELLING_TURN
            {
                continue;
            }
            let (language, probability) = self.detect(&audio)?;
            match spoken {
                None => spoken = Some((language, probability)),
                Some((before, _)) if language != before && probability >= BELIEVED_FROM => {
                    let (before, probability) = self.believed(spoken, &audio)?;
                    return Ok((before, probability, Some(turn.start)));
                }
                Some((before, so_far)) if language == before => {
                    spoken = Some((before, so_far.max(probability)));
                }
                Some(_) => {}
            }
            if self.history.is_settled() && Some(language) == self.history.current() {
                break;
            }
        }
        let audio = window.audio(&self.gathered);
        let (language, probability) = self.believed(spoken, &audio)?;
        Ok((language, probability, None))
    }

    /// An uncertain language gives way to that of the part before.
    fn believed(
        &mut self,
        spoken: Option<(&'static str, f32)>,
        audio: &[f32],
    ) -> Result<(&'static str, f32), WhisperError> {
        let (language, probability) = match spoken {
            Some(spoken) => spoken,
            None => self.detect(audio)?,
        };
        match self.history.current() {
            Some(before) if probability < BELIEVED_FROM => Ok((before, probability)),
            _ => Ok((language, probability)),
        }
    }

    fn detect(&mut self, audio: &[f32]) -> Result<(&'static str, f32), WhisperError> {
        let telling = &audio[..audio.len().min(TELLING_AUDIO)];
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        engine.detect_language(telling, &self.language)
    }

    fn placed(&self, heard: &Heard, window: &Window) -> Vec<Word> {
        let sample = |time_ms: u64| {
            usize::try_from(time_ms)
                .unwrap_or(usize::MAX)
                .saturating_mul(SAMPLE_RATE / 1000)
        };
        let mut words = Vec::new();
        for word in heard.words() {
            let start = window.place(sample(word.start_ms), false);
            // A word before a pause ends with the speech, not where the next word begins.
            let end = window
                .place(sample(word.end_ms), true)
                .min(window.piece_end(start));
            let [start_ms, end_ms] =
                [start, end.max(start)].map(|place| milliseconds(self.start + place as u64));
            words.push(Word {
                text: word.text,
                start_ms,
                end_ms,
            });
        }
        words
    }
}

/// Divides spans of speech at the pauses, as ranges of their indices.
fn turns(speech: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut turns: Vec<Range<usize>> = Vec::new();
    for index in 0..speech.len() {
        let goes_on =
            index > 0 && speech[index].start - speech[index - 1].end < PAUSE_BETWEEN_TURNS;
        match turns.last_mut() {
            Some(turn) if goes_on => turn.end = index + 1,
            _ => turns.push(index..index + 1),
        }
    }
    turns
}

/// What came in, as numbers that can be calculated with.
fn sound(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-1.0, 1.0)
    } else {
        0.0
    }
}
