//! Transcription of real speech, with real models. Word error rates are printed.
#![allow(clippy::print_stdout)]

use std::{path::Path, process::Command};

use scrim_pipeline::transcribe::{
    CancelFlag, Language, Recogniser, SAMPLE_RATE, SpeechModels, TranscribeError, Transcriber,
    TranscriptPart,
};
use scrim_policy::Kind;

use crate::{models::installed, word_errors::word_error_rate};

/// From the Debian package pocketsphinx-testdata: a reader of LibriVox.
const CLIPS: &str = "/usr/share/pocketsphinx/test/data/librivox";

/// A clip and what is said in it.
struct Clip {
    samples: Vec<f32>,
    said: String,
}

fn clips() -> Vec<Clip> {
    let list = std::fs::read_to_string(Path::new(CLIPS).join("transcription"))
        .expect("the Debian package pocketsphinx-testdata is installed");
    let clip = |line: &str| {
        let (said, file) = line.rsplit_once(" (").unwrap();
        let file = Path::new(CLIPS).join(format!("{}.wav", file.trim_end_matches(')')));
        let said = said.replace("<s>", "").replace("</s>", "");
        // The transcription of one clip has a word that the reader swallows.
        let said = said
            .replace("mister", "mr")
            .replace(" a amiable", " amiable");
        Clip {
            samples: samples_of(&std::fs::read(file).unwrap()),
            said,
        }
    };
    list.lines().map(clip).collect()
}

/// The samples of a WAV file of 16 bit, one channel, at 16 kHz.
fn samples_of(wav: &[u8]) -> Vec<f32> {
    let rate = u32::from_le_bytes(wav[24..28].try_into().unwrap());
    let data = wav.windows(4).position(|four| four == b"data").unwrap() + 8;
    let samples: Vec<f32> = wav[data..]
        .chunks_exact(2)
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect();
    let step = f64::from(rate) / SAMPLE_RATE as f64;
    let count = (samples.len() as f64 / step) as usize;
    let at = |index: usize| {
        let place = index as f64 * step;
        let (whole, part) = (place as usize, place.fract() as f32);
        let next = samples.get(whole + 1).copied().unwrap_or(0.0);
        samples[whole] * (1.0 - part) + next * part
    };
    (0..count).map(at).collect()
}

fn silence(seconds: f64) -> Vec<f32> {
    vec![0.0; (seconds * SAMPLE_RATE as f64) as usize]
}

fn english() -> SpeechModels {
    SpeechModels {
        whisper: installed("tiny.en"),
        vad: installed("silero-vad"),
    }
}

fn transcriber(models: &SpeechModels, language: Language) -> Transcriber {
    // One thread: tests run side by side, and waiting threads of whisper.cpp spin.
    Transcriber::new(models, language, 1, CancelFlag::default()).unwrap()
}

fn transcribe(mut transcriber: Transcriber, samples: &[f32], step: usize) -> Vec<TranscriptPart> {
    let mut parts = Vec::new();
    for chunk in samples.chunks(step) {
        transcriber
            .push(chunk, &mut |part| parts.push(part))
            .unwrap();
    }
    transcriber.finish(&mut |part| parts.push(part)).unwrap();
    parts
}

fn text_of(parts: &[TranscriptPart]) -> String {
    let words = parts.iter().flat_map(|part| &part.words);
    words
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// All clips with two seconds of silence after each, and where each lies, in milliseconds.
fn reading() -> (Vec<f32>, String, Vec<(u64, u64)>) {
    let (mut samples, mut said, mut places) = (Vec::new(), String::new(), Vec::new());
    for clip in clips() {
        let start = samples.len();
        samples.extend(&clip.samples);
        let place = |sample: usize| sample as u64 * 1000 / SAMPLE_RATE as u64;
        places.push((place(start), place(samples.len())));
        samples.extend(silence(2.0));
        said.push_str(&clip.said);
    }
    (samples, said, places)
}

/// Two people in one room share the models, and each is written down at their own times.
#[test]
fn two_speakers_share_the_models_and_silence_is_passed_over() {
    let recogniser =
        Recogniser::load(&english(), Language::Auto, 1, CancelFlag::default()).unwrap();
    let clips = clips();
    let (first, second) = (&clips[0], &clips[1]);
    let mut parts = [Vec::new(), Vec::new()];
    let mut voices = [
        recogniser.transcriber().unwrap(),
        recogniser.transcriber().unwrap(),
    ];
    // The second one begins to speak after an hour.
    let hour = 3600 * SAMPLE_RATE as u64;
    voices[1]
        .pass_to(hour, &mut |part| parts[1].push(part))
        .unwrap();
    assert_eq!(voices[1].position(), hour);
    for (index, clip) in [first, second].into_iter().enumerate() {
        for chunk in clip.samples.chunks(3200) {
            voices[index]
                .push(chunk, &mut |part| parts[index].push(part))
                .unwrap();
        }
    }
    for (index, voice) in voices.into_iter().enumerate() {
        voice.finish(&mut |part| parts[index].push(part)).unwrap();
    }
    for (index, clip) in [first, second].into_iter().enumerate() {
        let rate = word_error_rate(&clip.said, &text_of(&parts[index]));
        assert!(rate <= 0.35, "{index}: {rate}");
    }
    let begins = &parts[1][0];
    assert_eq!(begins.start_sample, hour);
    assert!(begins.words[0].start_ms >= 3_600_000);
}

#[test]
fn a_reading_is_written_down_with_times_in_its_speech() {
    let (samples, said, places) = reading();
    let parts = transcribe(transcriber(&english(), Language::Auto), &samples, 4000);
    let rate = word_error_rate(&said, &text_of(&parts));
    println!(
        "word error rate of tiny.en on English, read: {:.1} %",
        rate * 100.0
    );
    assert!(rate <= 0.06, "{rate}");

    assert!(
        parts
            .iter()
            .all(|part| part.language == "en" && !part.is_doubtful)
    );
    let (first, last) = (parts.first().unwrap(), parts.last().unwrap());
    assert_eq!(
        (first.start_sample, last.end_sample),
        (0, samples.len() as u64)
    );
    let spoken: u64 = parts.iter().map(|part| part.speech_ms).sum();
    assert!((18_000..26_000).contains(&spoken), "{spoken}");
    let mut before = 0;
    for word in parts.iter().flat_map(|part| &part.words) {
        assert!(
            before <= word.start_ms && word.start_ms <= word.end_ms,
            "{word:?}"
        );
        before = word.start_ms;
        let inside = |(start, end): &(u64, u64)| {
            start.saturating_sub(300) <= word.start_ms && word.end_ms <= end + 300
        };
        assert!(
            places.iter().any(inside),
            "{word:?} is in none of {places:?}"
        );
    }
    // The first word of each clip is found where the clip begins.
    for (place, opening) in places.iter().zip(["And", "He", "Unless", "Had", "He"]) {
        let near = |word: &&scrim_redact::text::Word| word.start_ms.abs_diff(place.0) < 800;
        let words = parts.iter().flat_map(|part| &part.words).find(near);
        assert_eq!(words.unwrap().text, opening);
    }
}

#[test]
fn how_the_sound_is_divided_and_resumed_changes_nothing() {
    let models = english();
    let (mut samples, ..) = reading();
    samples.extend(samples[..15 * SAMPLE_RATE].to_vec());
    let whole = transcribe(
        transcriber(&models, Language::Auto),
        &samples,
        samples.len(),
    );
    assert!(whole.len() >= 2, "{whole:?}");

    let mut resumed = transcriber(&models, Language::Auto);
    resumed.resume_after(&whole[..1]);
    let rest = transcribe(resumed, &samples, 12_345);
    assert_eq!(rest, whole[1..]);
    let stored = serde_json::to_string(&whole).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<TranscriptPart>>(&stored).unwrap(),
        whole
    );
    assert!(!format!("{whole:?}").contains("Dashwood"));
}

#[test]
fn silence_and_noise_have_no_words() {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as f32 / 65_536.0 - 0.5
    };
    let mut samples = silence(50.0);
    samples.extend((0..20 * SAMPLE_RATE).map(|_| noise() * 0.05));
    samples.extend([f32::NAN, f32::INFINITY, -2.0]);
    let parts = transcribe(transcriber(&english(), Language::Auto), &samples, 50_000);
    assert_eq!(text_of(&parts), "");
    assert!(
        parts
            .iter()
            .all(|part| part.speech_ms == 0 && part.language.is_empty())
    );
    assert_eq!(parts.last().unwrap().end_sample, samples.len() as u64);
}

#[test]
fn a_recording_without_sound_has_no_parts() {
    assert!(transcribe(transcriber(&english(), Language::Auto), &[], 1).is_empty());
}

#[test]
fn integers_are_taken_as_well() {
    let clip = clips().remove(1);
    let integers: Vec<i16> = clip
        .samples
        .iter()
        .map(|sample| (sample * 32_768.0) as i16)
        .collect();
    let mut parts = Vec::new();
    let mut transcriber = transcriber(&english(), Language::Auto);
    transcriber
        .push_i16(&integers, &mut |part| parts.push(part))
        .unwrap();
    transcriber.finish(&mut |part| parts.push(part)).unwrap();
    assert!(word_error_rate(&clip.said, &text_of(&parts)) < 0.4);
}

#[test]
fn a_cancelled_transcription_stops_with_an_error() {
    let cancel = CancelFlag::default();
    let mut transcriber = Transcriber::new(&english(), Language::Auto, 1, cancel.clone()).unwrap();
    transcriber.push(&clips()[0].samples, &mut |_| {}).unwrap();
    cancel.cancel();
    let error = transcriber
        .finish(&mut |part| panic!("{part:?}"))
        .unwrap_err();
    assert!(matches!(error, TranscribeError::Cancelled), "{error}");
}

#[test]
fn an_english_model_refuses_other_languages_and_odd_models_are_refused() {
    let refused = |models: &SpeechModels, language| {
        Transcriber::new(models, language, 1, CancelFlag::default())
            .err()
            .unwrap()
    };
    let models = english();
    let error = refused(&models, Language::One("pl"));
    assert!(matches!(error, TranscribeError::EnglishOnly { .. }));
    let swapped = SpeechModels {
        whisper: models.vad.clone(),
        vad: models.vad,
    };
    let error = refused(&swapped, Language::Auto);
    assert!(matches!(error, TranscribeError::UnknownModel { .. }));
    assert_eq!(error.kind(), Kind::Invalid);
}

/// What a synthetic voice says, in the five languages of Scrim.
const SPOKEN: [(&str, &str); 5] = [
    (
        "pl",
        "Dzień dobry, witam państwa na szkoleniu. Nagranie tego spotkania zostanie udostępnione \
         uczestnikom jutro rano.",
    ),
    (
        "de",
        "Guten Morgen und herzlich willkommen. Heute sprechen wir über die neue Aufzeichnung und \
         danach stellt Frau Müller die Ergebnisse vor.",
    ),
    (
        "fr",
        "Bonjour à tous et bienvenue. Aujourd'hui nous parlons de la protection des données. \
         Merci de poser vos questions à la fin.",
    ),
    (
        "it",
        "Buongiorno a tutti e benvenuti. Oggi parliamo della protezione dei dati personali. La \
         registrazione sarà disponibile domani mattina.",
    ),
    (
        "en",
        "Good morning and welcome. Today we talk about the new recording and you can ask your \
         questions at the end of the meeting.",
    ),
];

fn synthetic(language: &str, text: &str) -> Vec<f32> {
    let output = Command::new("espeak-ng")
        .args(["-v", language, "-s", "140", "--stdout", text])
        .output()
        .expect("the Debian package espeak-ng is installed");
    samples_of(&output.stdout)
}

#[test]
fn a_recording_in_five_languages_is_written_down_in_each() {
    let models = SpeechModels {
        whisper: installed("base"),
        vad: installed("silero-vad"),
    };
    let mut samples = silence(1.0);
    let mut ends = Vec::new();
    for (language, text) in SPOKEN {
        samples.extend(synthetic(language, text));
        samples.extend(silence(1.5));
        ends.push(samples.len() as u64);
    }
    let among: Language = "pl,de,fr,it,en".parse().unwrap();
    let parts = transcribe(transcriber(&models, among), &samples, 16_000);
    let mut start = 0;
    for ((language, said), end) in SPOKEN.into_iter().zip(ends) {
        let own: Vec<TranscriptPart> = parts
            .iter()
            .filter(|part| (start..end).contains(&((part.start_sample + part.end_sample) / 2)))
            .cloned()
            .collect();
        start = end;
        let rate = word_error_rate(said, &text_of(&own));
        println!(
            "word error rate of base on {language}, synthetic: {:.1} %",
            rate * 100.0
        );
        assert!(
            own.iter().all(|part| part.language == language),
            "{language}: {own:?}"
        );
        // A synthetic voice is hard to understand; garbage has a rate near 1.
        assert!(rate < 0.5, "{language}: {rate}");
    }
}
