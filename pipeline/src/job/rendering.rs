//! The render stage: parts that are missing are rendered, sealed and recorded.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use scrim_ingest::Archive;
use scrim_storage::{
    ArtefactKind, ArtefactReader, ArtefactRow, ArtefactWriter, KeyedDigest, StagePart, StageResult,
};

use super::{Context, JobError, Stage, now};
use crate::{
    assemble::{PartIndex, PartReader, PartWriter},
    render::{Event, Part, RenderSpec, SEGMENT_NS, render},
};

pub(super) const SEGMENT_STAGE: &str = "segment";
pub(super) const AUDIO_STAGE: &str = "audio";

/// Events that may wait to be sealed.
pub(super) const EVENTS: usize = 32;

/// Frames per second that the encoder is told when the source does not say.
const USUAL_FRAME_RATE: (u32, u32) = (30, 1);

/// Renders whatever an earlier run did not finish.
pub(super) fn render_missing(context: &Context<'_>, mut archive: Archive) -> Result<(), JobError> {
    let skip = finished(context)?;
    let probe = archive.probe();
    let video = probe.video.as_ref();
    let spec = RenderSpec {
        plan: context.material.picture().cloned(),
        orientation: video.map(|video| video.orientation).unwrap_or_default(),
        frame_rate: video
            .and_then(|video| video.frame_rate)
            .unwrap_or(USUAL_FRAME_RATE),
        audio: probe.audio.is_some(),
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

/// Takes events until there are no more, seals units as they come, and records parts that are complete.
fn seal(context: &Context<'_>, events: &Receiver<Event>) -> Result<(), JobError> {
    let mut sealing = Sealing::default();
    let total = context
        .duration()
        .filter(|_| context.material.picture().is_some());
    let mut rendered = 0;
    context.report(Stage::Render, 0, total);
    for event in events {
        context.go_on(Stage::Render)?;
        if let Event::Progress { rendered: newly } = event {
            rendered += newly;
            context.report(Stage::Render, rendered, total);
        }
        sealing.take(context, event, &|part| stage_part(context, part))?;
    }
    Ok(())
}

/// Parts that are being sealed. A part that is not complete leaves nothing: its writer is dropped.
#[derive(Default)]
pub(super) struct Sealing {
    open: HashMap<Part, PartWriter<ArtefactWriter>>,
}

impl Sealing {
    /// Seals what an event brings. A part that is complete is recorded under its key, and returned.
    pub(super) fn take(
        &mut self,
        context: &Context<'_>,
        event: Event,
        key: &dyn Fn(Part) -> StagePart<'static>,
    ) -> Result<Option<(Part, KeyedDigest)>, JobError> {
        let write = |error| JobError::Vault(ArtefactWriter::explain(error));
        match event {
            Event::Units { part, units, data } => {
                let writer = match self.open.entry(part) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert(PartWriter::new(create(context, part)?)),
                };
                writer.append(units, &data).map_err(write)?;
                Ok(None)
            }
            Event::Done { part, facts } => {
                let writer = match self.open.remove(&part) {
                    Some(writer) => writer,
                    None => PartWriter::new(create(context, part)?),
                };
                let artefact = writer.finish(facts).map_err(write)?.finish()?;
                let recorded = key(part);
                let digest = recorded.key;
                context
                    .vault
                    .record_part(context.claim, recorded, Some(artefact.id), now())?;
                Ok(Some((part, digest)))
            }
            Event::Progress { .. } => Ok(None),
        }
    }

    /// Forgets a part that is not complete.
    pub(super) fn forget(&mut self, part: Part) {
        self.open.remove(&part);
    }
}

fn create(context: &Context<'_>, part: Part) -> Result<ArtefactWriter, JobError> {
    let kind = match part {
        Part::Segment(_) => ArtefactKind::Segment,
        Part::Audio => ArtefactKind::Audio,
    };
    Ok(context.vault.create_artefact(context.claim, kind, now())?)
}

fn stage_part(context: &Context<'_>, part: Part) -> StagePart<'static> {
    let Part::Segment(index) = part else {
        return audio_part(context);
    };
    let inputs: [&[u8]; 3] = [
        context.job.key.as_bytes(),
        SEGMENT_STAGE.as_bytes(),
        &index.to_le_bytes(),
    ];
    let key = context
        .vault
        .keyring()
        .keyed_digest("scrim/part/v1", &inputs);
    StagePart {
        stage: SEGMENT_STAGE,
        part: index,
        key,
    }
}

/// The sound depends on the source and on what encodes it, and on no policy: whatever takes something
/// out of the sound has to become part of this key.
pub(super) fn audio_part(context: &Context<'_>) -> StagePart<'static> {
    let inputs: [&[u8]; 3] = [
        context.job.source_sha256.as_bytes(),
        context.audio_encoder.factory().as_bytes(),
        env!("CARGO_PKG_VERSION").as_bytes(),
    ];
    let key = context
        .vault
        .keyring()
        .keyed_digest("scrim/audio/v1", &inputs);
    StagePart {
        stage: AUDIO_STAGE,
        part: 0,
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

/// The segments in order of time: where each lies, and what it holds.
pub(super) fn segments(
    context: &Context<'_>,
) -> Result<(Vec<ArtefactRow>, Vec<PartIndex>), JobError> {
    let results = context
        .vault
        .finished_parts(context.recording(), SEGMENT_STAGE)?;
    let segments = results.iter().enumerate().map(|(index, result)| {
        let is_next = usize::try_from(result.part) == Ok(index);
        let row = row(context, result)?.filter(|_| is_next);
        let row = row.ok_or(JobError::MissingSegment { index })?;
        let reader = context.vault.open_part(context.claim, &row)?;
        let part = PartReader::open(Part::Segment(result.part), reader)?;
        Ok((row, part.into_index()))
    });
    segments.collect()
}

/// Opens the audio, if there is any.
pub(super) fn audio(context: &Context<'_>) -> Result<Option<PartReader<ArtefactReader>>, JobError> {
    let results = context
        .vault
        .finished_parts(context.recording(), AUDIO_STAGE)?;
    let Some(result) = results.first() else {
        return Ok(None);
    };
    let Some(row) = row(context, result)? else {
        return Ok(None);
    };
    let reader = context.vault.open_part(context.claim, &row)?;
    Ok(Some(PartReader::open(Part::Audio, reader)?))
}

fn row(context: &Context<'_>, result: &StageResult) -> Result<Option<ArtefactRow>, JobError> {
    let row = result.artefact.map(|id| context.vault.artefact(id));
    Ok(row.transpose()?.flatten())
}
