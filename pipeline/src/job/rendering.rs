//! The render stage: parts that are missing are rendered, sealed and recorded.

use std::{
    collections::{HashMap, HashSet},
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use scrim_ingest::Archive;
use scrim_storage::{ArtefactKind, ArtefactReader, ArtefactWriter, StagePart, StageResult};

use super::{Context, JobError, Stage, now};
use crate::{
    assemble::{PartReader, PartWriter},
    render::{Event, Part, RenderSpec, SEGMENT_NS, render},
};

const SEGMENT_STAGE: &str = "segment";
const AUDIO_STAGE: &str = "audio";

/// Events that may wait to be sealed.
const EVENTS: usize = 32;

/// Frames per second that the encoder is told when the source does not say.
const USUAL_FRAME_RATE: (u32, u32) = (30, 1);

/// Renders whatever an earlier run did not finish.
pub(super) fn render_missing(context: &Context<'_>, mut archive: Archive) -> Result<(), JobError> {
    let skip = finished(context)?;
    let video = context.probe.video.as_ref();
    let spec = RenderSpec {
        plan: context.plan.clone(),
        orientation: video.map(|video| video.orientation).unwrap_or_default(),
        frame_rate: video
            .and_then(|video| video.frame_rate)
            .unwrap_or(USUAL_FRAME_RATE),
        audio: context.probe.audio.is_some(),
        video_encoder: context.video_encoder,
        audio_encoder: context.audio_encoder,
        skip,
        segment: SEGMENT_NS,
        workers: context.spec.workers,
        digest: false,
        stills: context.still_moments(),
    };
    let (sender, events) = sync_channel(EVENTS);
    thread::scope(|scope| {
        let rendering = scope.spawn(|| {
            let sender = sender;
            render(&mut archive, &spec, &sender)
        });
        let sealed = seal(context, &events);
        // Rendering stops when nobody listens any more.
        drop(events);
        let rendered = rendering
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match (sealed, rendered) {
            (Err(error), _) => Err(error),
            (Ok(()), rendered) => rendered.map_err(JobError::from),
        }
    })
}

/// Takes events, seals units as they come, and records parts that are complete. A part that is not
/// complete leaves nothing: its writer is dropped.
fn seal(context: &Context<'_>, events: &Receiver<Event>) -> Result<(), JobError> {
    let mut open: HashMap<Part, PartWriter<ArtefactWriter>> = HashMap::new();
    let total = context.duration().filter(|_| context.plan.is_some());
    let mut rendered = 0;
    let write = |error| JobError::Vault(ArtefactWriter::explain(error));
    context.report(Stage::Render, 0, total);
    for event in events {
        match event {
            Event::Units { part, units, data } => {
                let writer = match open.entry(part) {
                    std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert(PartWriter::new(create(context, part)?))
                    }
                };
                writer.append(units, &data).map_err(write)?;
            }
            Event::Done { part, facts } => {
                let writer = match open.remove(&part) {
                    Some(writer) => writer,
                    None => PartWriter::new(create(context, part)?),
                };
                let artefact = writer.finish(facts).map_err(write)?.finish()?;
                let recorded = stage_part(context, part);
                context
                    .vault
                    .record_part(context.claim, recorded, Some(artefact.id), now())?;
            }
            Event::Progress { rendered: newly } => {
                rendered += newly;
                context.report(Stage::Render, rendered, total);
            }
        }
    }
    Ok(())
}

fn create(context: &Context<'_>, part: Part) -> Result<ArtefactWriter, JobError> {
    let kind = match part {
        Part::Segment(_) => ArtefactKind::Segment,
        Part::Audio => ArtefactKind::Audio,
    };
    Ok(context.vault.create_artefact(context.claim, kind, now())?)
}

fn stage_part<'a>(context: &Context<'_>, part: Part) -> StagePart<'a> {
    let (stage, index) = match part {
        Part::Segment(index) => (SEGMENT_STAGE, index),
        Part::Audio => (AUDIO_STAGE, 0),
    };
    let inputs: [&[u8]; 3] = [
        context.job.key.as_bytes(),
        stage.as_bytes(),
        &index.to_le_bytes(),
    ];
    let key = context
        .vault
        .keyring()
        .keyed_digest("scrim/part/v1", &inputs);
    StagePart {
        stage,
        part: index,
        key,
    }
}

/// The parts that an earlier run recorded for exactly this job.
fn finished(context: &Context<'_>) -> Result<HashSet<Part>, JobError> {
    let results = |stage| context.vault.finished_parts(context.recording(), stage);
    let segments = results(SEGMENT_STAGE)?;
    let audio = results(AUDIO_STAGE)?;
    let of_this_job = |part: Part, result: &StageResult| {
        stage_part(context, part).key == result.key && result.artefact.is_some()
    };
    let segments = segments.iter().filter_map(|result| {
        let part = Part::Segment(result.part);
        of_this_job(part, result).then_some(part)
    });
    let audio = audio
        .iter()
        .filter_map(|result| of_this_job(Part::Audio, result).then_some(Part::Audio));
    Ok(segments.chain(audio).collect())
}

/// Opens all segments in order of time.
pub(super) fn segments(context: &Context<'_>) -> Result<Vec<PartReader<ArtefactReader>>, JobError> {
    let results = context
        .vault
        .finished_parts(context.recording(), SEGMENT_STAGE)?;
    results
        .iter()
        .enumerate()
        .map(|(index, result)| {
            let is_next = usize::try_from(result.part) == Ok(index);
            let reader = open(context, result)?.filter(|_| is_next);
            let reader = reader.ok_or(JobError::MissingSegment { index })?;
            Ok(PartReader::open(Part::Segment(result.part), reader)?)
        })
        .collect()
}

/// Opens the audio, if there is any.
pub(super) fn audio(context: &Context<'_>) -> Result<Option<PartReader<ArtefactReader>>, JobError> {
    let results = context
        .vault
        .finished_parts(context.recording(), AUDIO_STAGE)?;
    let Some(result) = results.first() else {
        return Ok(None);
    };
    let reader = open(context, result)?;
    Ok(reader
        .map(|reader| PartReader::open(Part::Audio, reader))
        .transpose()?)
}

fn open(context: &Context<'_>, result: &StageResult) -> Result<Option<ArtefactReader>, JobError> {
    let Some(id) = result.artefact else {
        return Ok(None);
    };
    let row = context.vault.artefact(id)?;
    Ok(row
        .map(|row| context.vault.open_part(context.claim, &row))
        .transpose()?)
}
