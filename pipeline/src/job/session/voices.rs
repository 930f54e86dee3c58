//! What each speaker says, written down while the session goes on.

use std::{
    collections::BTreeMap,
    sync::mpsc::{Receiver, Sender},
};

use scrim_policy::{Moment, ParticipantId};
use serde::{Deserialize, Serialize};

use super::super::{Context, JobError, now, speech};
use crate::transcribe::{
    CancelFlag, Recogniser, SAMPLE_RATE, SpeechModels, TranscribeError, Transcriber, TranscriptPart,
};

/// A silence that is listened to. A longer one is passed over: nobody waits for words in it.
const LISTENED_SILENCE: u64 = SAMPLE_RATE as u64;

/// Words of one participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spoken {
    /// Whose. None says: everything was written down.
    pub(crate) participant: Option<ParticipantId>,
    /// The words.
    pub(crate) part: TranscriptPart,
}

/// A piece of what somebody says: 16 kHz, one channel.
pub(super) struct Piece {
    pub(super) participant: ParticipantId,
    pub(super) at: Moment,
    pub(super) samples: Vec<i16>,
}

/// Says that everything was written down.
pub(super) fn end_mark(count: usize) -> Spoken {
    Spoken {
        participant: None,
        part: speech::end_mark(count),
    }
}

/// Returns what an earlier run has written down.
pub(super) fn written(context: &Context<'_>) -> Result<Vec<Spoken>, JobError> {
    let kept: Vec<Spoken> = speech::kept_parts(context, |index| stage_part(context, index))?;
    // What is behind a part that is missing is written down again.
    let results = context
        .vault
        .finished_parts(context.recording(), speech::TRANSCRIPT_STAGE)?;
    let first_missing = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    for result in results.iter().filter(|one| one.part >= first_missing) {
        forget(context, result.part)?;
    }
    Ok(kept)
}

/// Puts other words in the place of what was written down, which is deleted.
pub(super) fn replace(context: &Context<'_>, index: u32, spoken: &Spoken) -> Result<(), JobError> {
    forget(context, index)?;
    keep(context, index, spoken)
}

fn forget(context: &Context<'_>, index: u32) -> Result<(), JobError> {
    let stage = speech::TRANSCRIPT_STAGE;
    let Context { vault, claim, .. } = context;
    Ok(vault.forget_part(claim, stage, index, now())?)
}

/// Seals what was written down, and records it.
pub(super) fn keep(context: &Context<'_>, index: u32, spoken: &Spoken) -> Result<(), JobError> {
    speech::keep_part(context, stage_part(context, index), spoken)
}

/// Whatever is said is listened to once; what somebody refuses later is taken out of it.
fn stage_part(context: &Context<'_>, index: u32) -> scrim_storage::StagePart<'static> {
    let models = speech::models_word(context);
    let inputs: [&[u8]; 3] = [
        context.job.key.as_bytes(),
        models.as_bytes(),
        &index.to_le_bytes(),
    ];
    let key = context
        .vault
        .keyring()
        .keyed_digest("scrim/session-words/v1", &inputs);
    scrim_storage::StagePart {
        stage: speech::TRANSCRIPT_STAGE,
        part: index,
        key,
    }
}

/// Listens until nothing more comes. Goes on after what was written down before.
pub(super) fn listen(
    speech: &super::super::Speech,
    threads: usize,
    cancel: CancelFlag,
    before: &[Spoken],
    pieces: &Receiver<Piece>,
    spoken: &Sender<Spoken>,
) -> Result<(), TranscribeError> {
    let models = SpeechModels {
        whisper: speech.model.clone(),
        vad: speech.vad.clone(),
    };
    let recogniser = Recogniser::load(&models, speech.language.clone(), threads, cancel)?;
    let mut speakers: BTreeMap<ParticipantId, Transcriber> = BTreeMap::new();
    let emit = |participant: ParticipantId| {
        move |part: TranscriptPart| {
            // Nobody wants it any more when the job was stopped.
            let _ = spoken.send(Spoken {
                participant: Some(participant),
                part,
            });
        }
    };
    for Piece {
        participant,
        at,
        samples,
    } in pieces
    {
        let speaker = match speakers.entry(participant) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let mut speaker = recogniser.transcriber()?;
                let theirs = before
                    .iter()
                    .filter(|one| one.participant == Some(participant));
                let theirs: Vec<TranscriptPart> = theirs.map(|one| one.part.clone()).collect();
                speaker.resume_after(&theirs);
                entry.insert(speaker)
            }
        };
        let sample = sample_at(at);
        let here = speaker.position();
        let missing = sample.saturating_sub(here);
        if missing > LISTENED_SILENCE {
            speaker.pass_to(sample, &mut emit(participant))?;
        } else {
            speaker.push_i16(&vec![0; missing as usize], &mut emit(participant))?;
        }
        let heard_before = here.saturating_sub(sample).min(samples.len() as u64);
        speaker.push_i16(&samples[heard_before as usize..], &mut emit(participant))?;
    }
    for (participant, speaker) in speakers {
        speaker.finish(&mut emit(participant))?;
    }
    Ok(())
}

fn sample_at(at: Moment) -> u64 {
    let sample = u128::from(at.0) * SAMPLE_RATE as u128 / 1_000_000_000;
    u64::try_from(sample).unwrap_or(u64::MAX)
}
