//! From parts to a decision: assemble, verify, report, gate, sign, publish.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, Write},
};

use scrim_policy::{Attendance, Moment, NamesShown, Roster};
use scrim_redact::text::ClearedTranscript;
use scrim_storage::{
    ArtefactKind, ArtefactRow, ArtefactWriter, Proof,
    proof::{Gate, GateVerdict, Model, Output, PolicyUsed, Source},
    residency::StorageVerdict,
};

use super::{
    Context, JobError, Material, Outcome, Release, Stage, now, rendering,
    report::{HiddenRegion, Report, shown_percent},
    speech::Transcript,
};
use crate::{
    assemble::{Assembled, Parts, assemble},
    inspect::{
        Check, Expected, InspectError, Verdict, WordSource, consents, hidden_areas, structure,
        words,
    },
    render::PartFacts,
    transcribe::{write_json, write_srt, write_text, write_vtt},
};

/// Names are searched in what comes before the media: longer indexes are searched this far.
const INDEX_SEARCH_BYTES: u64 = 64 << 20;

/// What all segments together say.
#[derive(Default)]
struct Video {
    facts: PartFacts,
    key_times: Vec<Moment>,
    frames: u64,
    repeats: u64,
    wholly_hidden: Vec<(Moment, Moment)>,
}

pub(super) fn finish(
    context: &Context<'_>,
    transcript: Option<Transcript>,
) -> Result<Outcome, JobError> {
    context.report(Stage::Assemble, 0, None);
    let (video, assembled, recording) = put_together(context)?;
    context
        .vault
        .correct_duration(context.claim, assembled.duration, now())?;
    let mut rows = vec![recording];
    rows.extend(transcript_files(context, transcript.as_ref())?);

    context.report(Stage::Verify, 0, None);
    let mut checks = inspect(context, &video, &assembled, &rows)?;
    checks.push(Transcript::check(transcript.as_ref()));
    let reasons = gate_reasons(
        &checks,
        context.source_sha256() == rows[0].sealed.plaintext_sha256,
    );
    let verdict = if reasons.is_empty() {
        GateVerdict::Publish
    } else {
        GateVerdict::Hold
    };
    let report = report(
        context,
        video,
        &assembled,
        transcript.as_ref(),
        checks,
        verdict,
        &reasons,
    );
    rows.push(write(context, ArtefactKind::ReportJson, &report.to_json())?);
    rows.push(write(
        context,
        ArtefactKind::ReportHtml,
        &(context.spec.report_page)(&report),
    )?);

    // The last thing before the signature: what follows is one small artefact and one transaction. A
    // place that is refused now is refused to the recording as a whole.
    let storage = context.vault.storage_verdict(now())?;
    let proof = proof(context, &rows, &report, storage);
    let envelope = context.vault.keyring().sign_proof(&proof);
    rows.push(write(
        context,
        ArtefactKind::Proof,
        envelope.to_json().as_bytes(),
    )?);

    let attendance = attendance(context)?;
    let ids: Vec<_> = rows.iter().chain(&attendance).map(|row| row.id).collect();
    Ok(match (verdict, context.spec.release) {
        (GateVerdict::Publish, Release::AfterReview) => {
            context.vault.make_ready(context.claim, &ids, now())?;
            Outcome::Ready(context.recording())
        }
        (GateVerdict::Publish, Release::AtOnce) => {
            context.vault.publish(context.claim, &ids, now())?;
            Outcome::Published(context.recording())
        }
        (GateVerdict::Hold, _) => {
            context.vault.hold(context.claim, &ids, now())?;
            Outcome::Held(context.recording(), reasons)
        }
    })
}

/// Assembles the recording straight into a sealed artefact.
fn put_together(context: &Context<'_>) -> Result<(Video, Assembled, ArtefactRow), JobError> {
    let (places, segments) = rendering::segments(context)?;
    let audio = rendering::audio(context)?;
    let mut video = Video::default();
    for index in &segments {
        video.frames += index.facts.frames;
        video.repeats += index.facts.repeats;
        video.wholly_hidden.extend(&index.facts.wholly_hidden);
        video.key_times.extend(
            index
                .units
                .iter()
                .filter(|unit| unit.is_key)
                .map(|unit| unit.at),
        );
        video
            .facts
            .stills
            .extend(index.facts.stills.iter().cloned());
        video.facts = PartFacts {
            stills: std::mem::take(&mut video.facts.stills),
            ..index.facts.clone()
        };
    }
    let parts = Parts {
        segments,
        size: context
            .material
            .picture()
            .map_or([0, 0], |plan| plan.output),
        audio,
        audio_priming: context.audio_encoder.priming_samples(),
    };
    let mut writer =
        context
            .vault
            .create_artefact(context.claim, ArtefactKind::Recording, now())?;
    let open =
        |index: usize| Ok::<_, JobError>(context.vault.open_part(context.claim, &places[index])?);
    let assembled = assemble(parts, open, &mut writer)?;
    Ok((video, assembled, writer.finish()?))
}

fn transcript_files(
    context: &Context<'_>,
    transcript: Option<&Transcript>,
) -> Result<Vec<ArtefactRow>, JobError> {
    let Some(Transcript { cleared, .. }) = transcript else {
        return Ok(Vec::new());
    };
    transcript_texts(cleared)
        .map_err(ArtefactWriter::explain)?
        .into_iter()
        .map(|(kind, text)| write(context, kind, &text))
        .collect()
}

/// Returns the files of a transcript.
pub(crate) fn transcript_texts(
    cleared: &ClearedTranscript,
) -> io::Result<Vec<(ArtefactKind, Vec<u8>)>> {
    type Write = fn(&ClearedTranscript, &mut Vec<u8>) -> io::Result<()>;
    let files: [(ArtefactKind, Write); 4] = [
        (ArtefactKind::TranscriptTxt, write_text),
        (ArtefactKind::TranscriptVtt, write_vtt),
        (ArtefactKind::TranscriptSrt, write_srt),
        (ArtefactKind::TranscriptJson, write_json),
    ];
    files
        .into_iter()
        .map(|(kind, write_to)| {
            let mut text = Vec::new();
            write_to(cleared, &mut text)?;
            Ok((kind, text))
        })
        .collect()
}

fn write(context: &Context<'_>, kind: ArtefactKind, bytes: &[u8]) -> Result<ArtefactRow, JobError> {
    let mut writer = context.vault.create_artefact(context.claim, kind, now())?;
    writer.write_all(bytes).map_err(ArtefactWriter::explain)?;
    Ok(writer.finish()?)
}

/// Seals who took part, where a roster or a timeline says it. It is no output: neither the leak report nor the
/// proof, which go to users, may say anything of it.
fn attendance(context: &Context<'_>) -> Result<Option<ArtefactRow>, JobError> {
    let from_roster;
    let attendance = match &context.material {
        Material::Session { attendance, .. } => attendance,
        Material::File { .. } => {
            from_roster = Attendance::from_roster(context.roster);
            &from_roster
        }
    };
    if attendance.people.is_empty() {
        return Ok(None);
    }
    let json = serde_json::to_vec(attendance)
        .expect("attendance holds only texts, numbers and lists of them");
    write(context, ArtefactKind::Attendance, &json).map(Some)
}

fn inspect(
    context: &Context<'_>,
    video: &Video,
    assembled: &Assembled,
    rows: &[ArtefactRow],
) -> Result<Vec<Check>, JobError> {
    let recording = &rows[0];
    let length = recording.sealed.plaintext_bytes;
    let mut file = context.vault.open_part(context.claim, recording)?;
    let expected = Expected {
        pictures: assembled.pictures,
        audio_frames: assembled.audio_frames,
        duration: assembled.duration,
    };
    let mut checks = structure(&mut file, length, &expected)?;
    checks.push(match context.material.picture() {
        Some(plan) => hidden_areas(
            &mut file,
            length,
            plan,
            &video.facts,
            &video.key_times,
            &video.wholly_hidden,
        )?,
        None => Check::not_checked("hidden_areas", "the recording has no video"),
    });
    if let Material::Session { plan, timeline, .. } = &context.material {
        checks.push(consents(plan, timeline));
    }
    checks.push(names(context, &mut file, rows)?);
    checks.push(Check::not_checked(
        "text_in_pictures",
        "reading text in kept areas of the picture is not part of this version",
    ));
    checks.push(Check::not_checked(
        "names_in_sound",
        "names that are spoken stay in the sound in this version",
    ));
    let erased = context
        .roster
        .people()
        .iter()
        .filter(|person| person.is_erased());
    if erased.count() > 0 {
        checks.push(Check::not_checked(
            "erased_people",
            "names and initials of people who were erased are removed; whether somebody hears them \
             in the mixed sound is for people to find out",
        ));
    }
    Ok(checks)
}

/// Searches transcripts and the index of the recording for names.
fn names<R: Read + Seek>(
    context: &Context<'_>,
    file: &mut R,
    rows: &[ArtefactRow],
) -> Result<Check, JobError> {
    let head = index_of(file)?;
    let texts: Vec<(&'static str, Vec<u8>)> = rows
        .iter()
        .filter(|row| row.kind != ArtefactKind::Recording)
        .map(|row| {
            let name = row.kind.file_name().unwrap_or("an output");
            let bytes = context
                .vault
                .read_part(context.claim, row, u64::from(u32::MAX))?;
            Ok((name, bytes))
        })
        .collect::<Result<_, JobError>>()?;
    let shown = context.spec.policy.names;
    Ok(names_in(&head, &texts, context.roster, shown))
}

/// Searches the index of a recording and its texts for names.
pub(crate) fn names_in(
    index: &[u8],
    texts: &[(&'static str, Vec<u8>)],
    roster: &Roster,
    shown: NamesShown,
) -> Check {
    let index = [WordSource {
        name: "the index of recording.mp4",
        bytes: index,
    }];
    let texts = texts.iter().map(|(name, bytes)| WordSource { name, bytes });
    let sources: Vec<WordSource<'_>> = index.into_iter().chain(texts).collect();
    words(&sources, roster, shown)
}

/// Returns what comes before the media: the type box and the index.
pub(crate) fn index_of<R: Read + Seek>(file: &mut R) -> Result<Vec<u8>, InspectError> {
    let length = index_length(file)?;
    let mut head = Vec::new();
    file.by_ref()
        .take(length)
        .read_to_end(&mut head)
        .map_err(|source| InspectError::Read { source })?;
    Ok(head)
}

fn index_length<R: Read + Seek>(file: &mut R) -> Result<u64, InspectError> {
    let read = |source| InspectError::Read { source };
    let mut sizes = 0;
    for _ in 0..2 {
        let mut head = [0; 8];
        file.seek(std::io::SeekFrom::Start(sizes)).map_err(read)?;
        file.read_exact(&mut head).map_err(read)?;
        sizes += u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
    }
    file.rewind().map_err(read)?;
    Ok(sizes.min(INDEX_SEARCH_BYTES))
}

/// Why a recording must not be published; empty when it may be.
pub fn gate_reasons(checks: &[Check], equals_source: bool) -> Vec<String> {
    let failed = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed);
    let mut reasons: Vec<String> = failed
        .map(|check| format!("{}: {}", check.name, check.found))
        .collect();
    if equals_source {
        reasons.push("the output equals the source: nothing was hidden".to_owned());
    }
    if !checks.iter().any(|check| check.verdict == Verdict::Passed) {
        reasons.push("nothing was checked".to_owned());
    }
    reasons
}

fn report(
    context: &Context<'_>,
    video: Video,
    assembled: &Assembled,
    transcript: Option<&Transcript>,
    checks: Vec<Check>,
    verdict: GateVerdict,
    reasons: &[String],
) -> Report {
    let seconds = |(from, to): &(Moment, Moment)| [from.seconds(), to.seconds()];
    Report {
        recording: context.recording(),
        created_at: now().to_string(),
        policy: context.spec.policy.name.clone(),
        names: context.spec.policy.names,
        duration_s: Moment(assembled.duration).seconds(),
        source: context.material.geometry(),
        output: context.material.picture().map(|plan| plan.output),
        shown_percent: context.material.picture().map_or(0.0, shown_percent),
        regions: HiddenRegion::all(context.spec.policy),
        pictures: video.frames,
        repeats: video.repeats,
        tracks_left_out: context.material.left_out(),
        wholly_hidden_s: video.wholly_hidden.iter().map(seconds).collect(),
        transcript: transcript.map(|transcript| transcript.facts.clone()),
        checks,
        verdict,
        reasons: reasons.to_vec(),
        stills: video.facts.stills,
    }
}

fn proof(
    context: &Context<'_>,
    rows: &[ArtefactRow],
    report: &Report,
    storage_verdict: StorageVerdict,
) -> Proof {
    let models = context
        .spec
        .speech
        .iter()
        .flat_map(|speech| [&speech.model, &speech.vad]);
    Proof {
        schema: 2,
        recording: context.recording(),
        created_at: report.created_at.clone(),
        source: Source {
            sha256: context.job.source_sha256,
            bytes: context.material.bytes(),
        },
        policy: PolicyUsed {
            name: context.job.policy_name.clone(),
            sha256: context.job.policy_sha256,
        },
        plan: context.material.plan_json(),
        tools: tools(context),
        models: models
            .map(|model| Model {
                name: model.name().to_owned(),
                sha256: scrim_storage::Sha256Digest::from_bytes(*model.sha256().bytes()),
            })
            .collect(),
        outputs: rows.iter().filter_map(Output::of).collect(),
        leak_report: serde_json::to_value(&report.checks).unwrap_or_default(),
        gate: Gate {
            verdict: report.verdict,
            reasons: report.reasons.clone(),
        },
        storage_verdict,
        revises: None,
        public_key: None,
    }
}

/// What took part, by name and version.
fn tools(context: &Context<'_>) -> BTreeMap<String, String> {
    let mut tools = BTreeMap::from([
        ("scrim".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("gstreamer".to_owned(), crate::elements::framework_version()),
    ]);
    for factory in [
        context.video_encoder.factory(),
        context.audio_encoder.factory(),
    ] {
        tools.insert(factory.to_owned(), crate::elements::plugin_version(factory));
    }
    tools
}
