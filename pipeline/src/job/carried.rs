//! What one job of an original leaves for the next one: sound and words do not depend on the policy.
//!
//! The rendered sound and the words that were heard in it stay with the original, sealed like it and
//! for as long as it is there. A job with another policy takes them over instead of listening again.
//! The words are those before anything was taken out, so they are as sensitive as the original; a
//! recording that was made from a file leaves nothing of the kind.
//!
//! > **Only what is provably the same is taken over.** The key of a part covers everything that it
//! > was made from; a part with another key is not looked at.

use std::io;

use scrim_policy::{Kind, Purpose};
use scrim_storage::{
    ArtefactKind, ArtefactWriter, CatalogError, RecordingRow, StagePart, StageResult, VaultError,
};

use super::{Context, JobError, now, rendering, speech};

/// A stage whose parts are left with the original.
struct Carried {
    stage: &'static str,
    kind: ArtefactKind,
    key: fn(&Context<'_>, u32) -> StagePart<'static>,
}

/// The stages whose results no policy changes.
const CARRIED: [Carried; 2] = [
    Carried {
        stage: rendering::AUDIO_STAGE,
        kind: ArtefactKind::Audio,
        key: |context, _| rendering::audio_part(context),
    },
    Carried {
        stage: speech::TRANSCRIPT_STAGE,
        kind: ArtefactKind::TranscriptPart,
        key: speech::stage_part,
    },
];

/// Takes over what earlier jobs have left with the original, as far as this one would make the same.
pub(super) fn take_over(context: &Context<'_>) -> Result<(), JobError> {
    let Some(original) = &context.original else {
        return Ok(());
    };
    for carried in CARRIED.iter().filter(|carried| carried.applies(context)) {
        let there = parts(context, original, carried)?;
        let ours = context
            .vault
            .finished_parts(context.recording(), carried.stage)?;
        for result in there {
            let is_here = ours
                .iter()
                .any(|other| (other.part, other.key) == (result.part, result.key));
            if !is_here {
                copy_here(context, carried, &result)?;
            }
        }
    }
    Ok(())
}

/// Leaves what the next job of the same original will need. An original that was erased meanwhile
/// takes nothing any more.
pub(super) fn leave(context: &Context<'_>) -> Result<(), JobError> {
    let Some(original) = &context.original else {
        return Ok(());
    };
    for carried in CARRIED.iter().filter(|carried| carried.applies(context)) {
        let there = parts(context, original, carried)?;
        let ours = context
            .vault
            .finished_parts(context.recording(), carried.stage)?;
        let missing = ours.iter().filter(|result| {
            let is_same =
                |other: &StageResult| (other.part, other.key) == (result.part, result.key);
            !there.iter().any(is_same)
        });
        for result in missing {
            match copy_there(context, original, carried, result) {
                Err(JobError::Vault(VaultError::Catalog(
                    CatalogError::NoRecording { .. } | CatalogError::WrongState { .. },
                ))) => return Ok(()),
                other => other?,
            }
        }
    }
    Ok(())
}

impl Carried {
    /// Whether this job has the stage at all.
    fn applies(&self, context: &Context<'_>) -> bool {
        self.kind == ArtefactKind::Audio || context.spec.speech.is_some()
    }
}

/// The parts that lie with the original and would be made by this job in the same way.
fn parts(
    context: &Context<'_>,
    original: &RecordingRow,
    carried: &Carried,
) -> Result<Vec<StageResult>, JobError> {
    let mut results = context.vault.finished_parts(original.id, carried.stage)?;
    results.retain(|result| (carried.key)(context, result.part).key == result.key);
    Ok(results)
}

fn copy_here(
    context: &Context<'_>,
    carried: &Carried,
    result: &StageResult,
) -> Result<(), JobError> {
    let Some(row) = artefact(context, result)? else {
        return Ok(());
    };
    let mut reader = context.vault.open_artefact(&row, Purpose::Process, now())?;
    let mut writer = context
        .vault
        .create_artefact(context.claim, carried.kind, now())?;
    match io::copy(&mut reader, &mut writer) {
        Ok(_) => {}
        // What cannot be read is made again.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(()),
        Err(error) => return Err(ArtefactWriter::explain(error).into()),
    }
    let artefact = writer.finish()?;
    let part = (carried.key)(context, result.part);
    context
        .vault
        .record_part(context.claim, part, Some(artefact.id), now())?;
    Ok(())
}

fn copy_there(
    context: &Context<'_>,
    original: &RecordingRow,
    carried: &Carried,
    result: &StageResult,
) -> Result<(), JobError> {
    let Some(row) = artefact(context, result)? else {
        return Ok(());
    };
    let mut reader = context.vault.open_part(context.claim, &row)?;
    let part = (carried.key)(context, result.part);
    Ok(context
        .vault
        .keep_with_original(original, carried.kind, part, &mut reader, now())?)
}

fn artefact(
    context: &Context<'_>,
    result: &StageResult,
) -> Result<Option<scrim_storage::ArtefactRow>, JobError> {
    let id = result.artefact;
    let row = id.map(|id| context.vault.artefact(id)).transpose();
    match row {
        Ok(row) => Ok(row.flatten()),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
