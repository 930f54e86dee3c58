//! A job over a session: it goes on while the session does.
//!
//! ```text
//! timeline ─► plan ─┬─► segments that are complete ─► parts
//!    ▲              └─► sound ─► one part, and ─► words of each speaker ─► parts
//!    └── until the session is over ── then: assemble → verify → seal → publish
//! ```
//!
//! What is rendered is bound to what it shows: the key of a segment covers who is in it, where, and
//! when. When somebody refuses later, the keys of all segments with them are others, the old segments
//! are deleted at once, and new ones are rendered without them.
//!
//! > **Nothing is published that the last plan does not name.** The plan is compiled again when the
//! > session is over, and every part is held against it.

mod script;
mod segments;
mod voices;
mod work;

use scrim_ingest::SessionState;
use scrim_policy::SessionPlan;
use scrim_storage::{Job, RecordingRow, Vault, VaultError};

use super::{
    Context, JobError, JobSpec, Material, Outcome, Progress, SessionInput, Stage, begin, finish,
    key_parts, now, speech,
};
use crate::{
    render::{AudioEncoder, VideoEncoder},
    transcribe::TranscribeError,
};
pub(super) use script::Script;
pub(super) use voices::Spoken;
use work::Work;

pub(super) fn process(
    vault: &Vault,
    spec: &JobSpec<'_>,
    session: &SessionInput,
    progress: &dyn Fn(Progress),
) -> Result<Outcome, JobError> {
    let (video_encoder, audio_encoder) = (VideoEncoder::installed()?, AudioEncoder::installed()?);
    let recording = session.recording;
    let original = vault.recording(recording)?;
    let original = original.ok_or(VaultError::NotAnOriginal { recording })?;
    let script = Script::write(vault, spec, session, &original, &session.source.state())?;
    let job = job(
        vault,
        spec,
        session,
        &original,
        &script,
        (video_encoder, audio_encoder),
    );
    if spec.batch.is_some() {
        vault.check_not_withdrawn(spec.tenant, job.source_sha256)?;
    }
    let claim = match begin(vault, spec, &job, &script.roster)? {
        Ok(claim) => claim,
        Err(made_before) => return Ok(made_before),
    };
    let context = Context {
        vault,
        spec,
        roster: &script.roster,
        job: &job,
        claim: &claim,
        original: Some(original.clone()),
        // What it is made of is known at its end.
        material: Material::Session {
            plan: SessionPlan::default(),
            canvas: None,
            attendance: script.attendance.clone(),
            timeline: Vec::new(),
        },
        video_encoder,
        audio_encoder,
        progress,
    };
    let outcome = run(&context, session, &original);
    if let Err(error) = &outcome {
        // The failure itself matters more than that it could not be noted.
        let _ = vault.fail(&claim, error.kind(), error.stage().word(), now());
    }
    outcome
}

fn run(
    context: &Context<'_>,
    session: &SessionInput,
    original: &RecordingRow,
) -> Result<Outcome, JobError> {
    let Context { vault, claim, .. } = *context;
    vault.start_rendering(claim, 0, now())?;
    let write = |state: &SessionState| Script::write(vault, context.spec, session, original, state);
    let (script, voices) = match Work::run(context, session, &write) {
        Err(JobError::Transcribe(TranscribeError::Cancelled)) => Err(JobError::Cancelled {
            stage: Stage::Transcribe,
        }),
        done => done,
    }?;
    context.go_on(Stage::Assemble)?;
    vault.list_participants(claim, context.job, &script.roster, now())?;
    let transcript = voices.map(|voices| speech::Transcript::of_voices(context, &script, &voices));
    let context = Context {
        roster: &script.roster,
        original: context.original.clone(),
        material: Material::Session {
            canvas: script.plan.canvas(context.spec.policy.background),
            plan: script.plan.clone(),
            attendance: script.attendance.clone(),
            timeline: script.timeline.clone(),
        },
        ..*context
    };
    if script.plan.takes.is_empty() {
        return Err(JobError::NothingRecorded);
    }
    let outcome = finish::finish(&context, transcript)?;
    vault.delete_working_artefacts(context.recording())?;
    context.report(Stage::Publish, 1, Some(1));
    Ok(outcome)
}

/// What was refused after the session goes into the key, so that the recording is made anew.
fn job(
    vault: &Vault,
    spec: &JobSpec<'_>,
    session: &SessionInput,
    original: &RecordingRow,
    script: &Script,
    encoders: (VideoEncoder, AudioEncoder),
) -> Job {
    let breakout = [session.breakout.map_or(u8::MAX, |breakout| breakout)];
    let refused = postcard::to_stdvec(&script.refused_later)
        .expect("what was refused are ids, words and times");
    let mut parts = key_parts(spec, original.source_sha256, encoders);
    parts.push(breakout.to_vec());
    if !script.refused_later.is_empty() {
        parts.push(refused);
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Job {
        tenant: spec.tenant,
        key: vault.keyring().keyed_digest("scrim/session-job/v1", &parts),
        source_sha256: original.source_sha256,
        policy_sha256: scrim_storage::Sha256Digest::of(spec.policy_text.as_bytes()),
        policy_name: spec.policy.name.clone(),
        original: Some(original.id),
    }
}
