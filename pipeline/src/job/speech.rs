//! The transcribe stage: the published sound becomes words, and words become a cleared transcript.
//!
//! What is transcribed is what is published: the rendered audio is decoded again.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use scrim_policy::ParticipantId;
use scrim_redact::text::{ClearedTranscript, Segment, TextRedactor, label};
use scrim_storage::{ArtefactKind, ArtefactWriter, StagePart};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Context, JobError, Speech, Stage, TranscriptFacts, now, rendering,
    session::{Script, Spoken},
};
use crate::{
    inspect::Check,
    render::speech_samples,
    transcribe::{SAMPLE_RATE, SpeechModels, Transcriber, TranscriptPart},
};

pub(super) const TRANSCRIPT_STAGE: &str = "transcript";

/// Pieces of sound that may wait for the recogniser.
const PIECES: usize = 8;

/// Largest part that is read back: words of less than a minute.
const MOST_PART_BYTES: u64 = 4 << 20;

/// Speech in milliseconds from which on an empty transcript is a failure of the recogniser, not
/// somebody clearing their throat.
const TELLING_SPEECH_MS: u64 = 2_000;

/// A transcript that may be written, and what is known about it.
pub(super) struct Transcript {
    pub(super) cleared: ClearedTranscript,
    pub(super) facts: TranscriptFacts,
}

impl Transcript {
    /// Clears what the speakers of a session said. What was refused after it was said is left out.
    pub(super) fn of_voices(context: &Context<'_>, script: &Script, spoken: &[Spoken]) -> Self {
        let shown = context.spec.policy.names;
        let mut voices: BTreeMap<ParticipantId, Vec<TranscriptPart>> = BTreeMap::new();
        for one in spoken {
            let Some(participant) = one.participant else {
                continue;
            };
            let mut one = one.clone();
            script.leave_out(&mut one);
            voices.entry(participant).or_default().push(one.part);
        }
        let named: Vec<Vec<Segment>> = voices
            .iter()
            .map(|(participant, parts)| {
                let person = script.persons.get(participant);
                let person = person.and_then(|id| script.roster.person(*id));
                let speaker = person.and_then(|person| label(person, shown));
                let segment = |part: &TranscriptPart| Segment {
                    speaker: speaker.clone(),
                    ..part.segment()
                };
                parts.iter().map(segment).collect()
            })
            .collect();
        let cleared = TextRedactor::new(&script.roster, shown).clear_voices(&named);
        let facts = facts(voices.values().flatten(), &cleared);
        Self { cleared, facts }
    }

    /// Whether the recogniser found words where there was speech.
    pub(super) fn check(transcript: Option<&Self>) -> Check {
        transcript_check(transcript.map(|transcript| &transcript.facts))
    }
}

/// Whether there are words where there was speech.
pub(crate) fn transcript_check(facts: Option<&TranscriptFacts>) -> Check {
    const NAME: &str = "transcript";
    let Some(facts) = facts else {
        return Check::not_checked(NAME, "no transcript was made");
    };
    let how = "speech by the voice activity model against words by the recogniser";
    let found = format!("{} words in {}", facts.words, facts.speech_s());
    let is_empty = facts.words == 0 && facts.speech_ms >= TELLING_SPEECH_MS;
    Check::new(NAME, how, if is_empty { Err(found) } else { Ok(found) })
}

/// Transcribes whatever an earlier run did not finish, and clears the words.
pub(super) fn transcribe_missing(context: &Context<'_>) -> Result<Option<Transcript>, JobError> {
    let Some(speech) = &context.spec.speech else {
        return Ok(None);
    };
    let mut parts = finished(context)?;
    let is_complete = parts.pop_if(|part| part.end_sample == END_MARK).is_some();
    if !is_complete {
        listen(context, speech, &mut parts)?;
    }
    let segments: Vec<_> = parts.iter().map(TranscriptPart::segment).collect();
    let redactor = TextRedactor::new(context.roster, context.spec.policy.names);
    let cleared = redactor.clear(&segments);
    let facts = facts(parts.iter(), &cleared);
    Ok(Some(Transcript { cleared, facts }))
}

/// End of a part that says: the transcript is complete.
const END_MARK: u64 = u64::MAX;

fn finished(context: &Context<'_>) -> Result<Vec<TranscriptPart>, JobError> {
    kept_parts(context, |index| stage_part(context, index))
}

/// Returns what an earlier run has written down, in order, as far as it is what this one would.
pub(super) fn kept_parts<T: DeserializeOwned>(
    context: &Context<'_>,
    stage_part: impl Fn(u32) -> StagePart<'static>,
) -> Result<Vec<T>, JobError> {
    let results = context
        .vault
        .finished_parts(context.recording(), TRANSCRIPT_STAGE)?;
    let mut parts = Vec::new();
    for result in results {
        let is_next = usize::try_from(result.part) == Ok(parts.len());
        let is_ours = stage_part(result.part).key == result.key;
        let row = result
            .artefact
            .map(|id| context.vault.artefact(id))
            .transpose()?
            .flatten();
        let Some(row) = row.filter(|_| is_next && is_ours) else {
            break;
        };
        let bytes = context
            .vault
            .read_part(context.claim, &row, MOST_PART_BYTES)?;
        let Ok(part) = postcard::from_bytes(&bytes) else {
            break;
        };
        parts.push(part);
    }
    Ok(parts)
}

fn listen(
    context: &Context<'_>,
    speech: &Speech,
    parts: &mut Vec<TranscriptPart>,
) -> Result<(), JobError> {
    let Some(audio) = rendering::audio(context)? else {
        return record(context, end_mark(parts.len()));
    };
    let models = SpeechModels {
        whisper: speech.model.clone(),
        vad: speech.vad.clone(),
    };
    // Threads of the recogniser spin while they wait for each other: with as many as cores, any other
    // work on the machine makes it many times slower.
    let threads = context.spec.workers.div_ceil(2);
    let mut transcriber = Transcriber::new(
        &models,
        speech.language.clone(),
        threads,
        context.spec.cancel.clone(),
    )?;
    transcriber.resume_after(parts);
    let facts = audio.index().facts.clone();
    let total = facts.to.0;
    let priming = context.audio_encoder.priming_samples();
    let (sender, pieces) = sync_channel::<Vec<i16>>(PIECES);
    thread::scope(|scope| {
        let decoding = scope.spawn(move || {
            let mut broken = None;
            let frames = audio
                .into_units()
                .map_while(|unit| unit.map_err(|error| broken = Some(error)).ok());
            let decoded = speech_samples(&facts, priming, frames, move |samples| {
                sender.send(samples.to_vec()).is_ok()
            });
            match broken {
                Some(source) => Err(JobError::Read { source }),
                None => decoded.map_err(JobError::from),
            }
        });
        let heard = hear(context, transcriber, &pieces, parts, total);
        drop(pieces);
        let decoded = decoding
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        heard.and(decoded)
    })?;
    record(context, end_mark(parts.len()))
}

fn hear(
    context: &Context<'_>,
    mut transcriber: Transcriber,
    pieces: &Receiver<Vec<i16>>,
    parts: &mut Vec<TranscriptPart>,
    total: u64,
) -> Result<(), JobError> {
    let mut failure = None;
    let mut keep = |part: TranscriptPart| {
        let done = part.end_sample * 1_000_000_000 / SAMPLE_RATE as u64;
        context.report(Stage::Transcribe, done.min(total), Some(total));
        if let Err(error) = record(context, part.clone()) {
            failure.get_or_insert(error);
        }
        parts.push(part);
    };
    context.report(Stage::Transcribe, 0, Some(total));
    for piece in pieces {
        transcriber.push_i16(&piece, &mut keep)?;
    }
    transcriber.finish(&mut keep)?;
    failure.map_or(Ok(()), Err)
}

fn record(context: &Context<'_>, part: TranscriptPart) -> Result<(), JobError> {
    keep_part(context, stage_part(context, part.index), &part)
}

/// Seals what was written down and records it.
pub(super) fn keep_part(
    context: &Context<'_>,
    stage_part: StagePart<'_>,
    part: &impl Serialize,
) -> Result<(), JobError> {
    let mut writer =
        context
            .vault
            .create_artefact(context.claim, ArtefactKind::TranscriptPart, now())?;
    let bytes = postcard::to_stdvec(part).expect("a part holds only numbers and texts");
    writer.write_all(&bytes).map_err(ArtefactWriter::explain)?;
    let artefact = writer.finish()?;
    context
        .vault
        .record_part(context.claim, stage_part, Some(artefact.id), now())?;
    Ok(())
}

/// Returns the models and the language, as keys have them.
pub(super) fn models_word(context: &Context<'_>) -> String {
    let speech = context.spec.speech.as_ref();
    speech.map_or_else(String::new, |speech| {
        let (model, vad) = (speech.model.sha256(), speech.vad.sha256());
        format!("{model}/{vad}/{}", speech.language)
    })
}

/// Says that everything was written down.
pub(super) fn end_mark(count: usize) -> TranscriptPart {
    TranscriptPart {
        index: u32::try_from(count).unwrap_or(u32::MAX),
        start_sample: END_MARK,
        end_sample: END_MARK,
        language: String::new(),
        language_probability: 0.0,
        words: Vec::new(),
        speech_ms: 0,
        is_doubtful: false,
    }
}

/// Words are heard in the rendered sound, and depend on it and on the models. What is taken out of
/// them for a policy and a roster is taken out later.
pub(super) fn stage_part(context: &Context<'_>, part: u32) -> StagePart<'static> {
    let sound = rendering::audio_part(context).key;
    let speech = models_word(context);
    let inputs: [&[u8]; 3] = [sound.as_bytes(), speech.as_bytes(), &part.to_le_bytes()];
    let key = context
        .vault
        .keyring()
        .keyed_digest("scrim/transcript/v2", &inputs);
    StagePart {
        stage: TRANSCRIPT_STAGE,
        part,
        key,
    }
}

fn facts<'a>(
    parts: impl Iterator<Item = &'a TranscriptPart> + Clone,
    cleared: &ClearedTranscript,
) -> TranscriptFacts {
    let mut speech_by_language: BTreeMap<&str, u64> = BTreeMap::new();
    for part in parts.clone().filter(|part| !part.language.is_empty()) {
        *speech_by_language.entry(&part.language).or_default() += part.speech_ms;
    }
    let mut languages: Vec<(&str, u64)> = speech_by_language.into_iter().collect();
    languages.sort_by_key(|(_, speech)| std::cmp::Reverse(*speech));
    let removed = cleared.removed();
    TranscriptFacts {
        languages: languages
            .into_iter()
            .map(|(language, _)| language.to_owned())
            .collect(),
        speech_ms: parts.map(|part| part.speech_ms).sum(),
        words: cleared.words().count(),
        names: removed.names,
        emails: removed.emails,
        phones: removed.phones,
    }
}
