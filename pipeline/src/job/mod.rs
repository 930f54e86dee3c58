//! One job: from a recording and a policy to a published recording.
//!
//! ```text
//! hash → probe → plan → render (segments, audio) → transcribe → assemble → verify → seal → publish
//! ```
//!
//! Every part that was rendered or transcribed is sealed and recorded before the next one counts,
//! so a job that was killed goes on where it was: at most the open parts are done again. What users
//! get appears in one transaction, or not at all.
//!
//! > Nothing is published unless every check of the leak report that could be done has passed. With
//! > [`Release::AfterReview`] a person has to publish it even then.

mod carried;
mod error;
mod finish;
mod material;
mod original;
mod progress;
mod rendering;
mod report;
mod session;
mod speech;

use std::{sync::Arc, time::SystemTime};

use scrim_ingest::{Archive, FromStart, Probe, Revision, SessionSource, SourceBytes};
use scrim_policy::{BatchId, Kind, Moment, Plan, Policy, RecordingId, Roster, TenantId};
use scrim_storage::{
    Begun, Claim, Job, RecordingRow, RecordingState, Sha256Digest, Timestamp, Vault,
};

use crate::{
    models::VerifiedModel,
    render::{AudioEncoder, RenderError, VideoEncoder},
    transcribe::{CancelFlag, Language, TranscribeError},
};

use material::Material;

pub use error::JobError;
pub use finish::gate_reasons;
pub(crate) use finish::{index_of, names_in, transcript_texts};
pub use original::OriginalBytes;
pub use progress::{Progress, Stage};
pub use report::{HiddenRegion, Report, TranscriptFacts};
pub(crate) use speech::transcript_check;

/// How many stills the report shows.
const STILLS: u64 = 5;

/// How speech becomes text.
#[derive(Clone, Debug)]
pub struct Speech {
    /// The recognition model.
    pub model: VerifiedModel,
    /// The model that finds speech.
    pub vad: VerifiedModel,
    /// The language that is spoken.
    pub language: Language,
}

/// What becomes of a recording that the gate lets pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Release {
    /// It is published at once.
    #[default]
    AtOnce,
    /// It waits until a person publishes it.
    AfterReview,
}

/// What a recording is made from.
pub enum Input {
    /// A file, or an original that is decrypted while it is read. Its name never gets here.
    File(Box<dyn SourceBytes>),
    /// A session, which may still go on: what is complete is rendered already, and the job ends after
    /// the session.
    Session(SessionInput),
}

/// A session to make a recording from.
#[derive(Clone)]
pub struct SessionInput {
    /// Under which id it is kept.
    pub recording: RecordingId,
    /// Its timeline and its tracks.
    pub source: Arc<dyn SessionSource>,
    /// Which breakout, from 0; none is the main room.
    pub breakout: Option<u8>,
}

/// What to do.
pub struct JobSpec<'a> {
    /// What it is made from.
    pub input: Input,
    /// For whom.
    pub tenant: TenantId,
    /// What is kept.
    pub policy: &'a Policy,
    /// The policy file, for its hash.
    pub policy_text: &'a str,
    /// Who took part; empty when nobody knows.
    pub roster: &'a Roster,
    /// The roster file, for its keyed hash.
    pub roster_text: &'a str,
    /// How to transcribe; `None` makes no transcript.
    pub speech: Option<Speech>,
    /// The batch that the job is part of. Its verdict takes the place of those that the batch came to
    /// before about the same source.
    pub batch: Option<BatchId>,
    /// Who publishes it: the gate alone, or a person after it.
    pub release: Release,
    /// Segments that are rendered side by side, and threads for speech.
    pub workers: usize,
    /// Stops the job. It ends with [`JobError::Cancelled`]; what is finished stays for the next run.
    pub cancel: CancelFlag,
    /// Renders the report as a page for people.
    pub report_page: &'a dyn Fn(&Report) -> Vec<u8>,
}

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    /// The recording can be had.
    Published(RecordingId),
    /// The gate said yes; somebody has to publish it.
    Ready(RecordingId),
    /// The gate said no; somebody has to look at the report.
    Held(RecordingId, Vec<String>),
    /// It was published by an earlier run.
    PublishedBefore(RecordingId),
    /// An earlier run made it, and somebody still has to publish it.
    ReadyBefore(RecordingId),
    /// An earlier run ended with a refusal of the gate.
    HeldBefore(RecordingId),
}

/// What all stages share.
struct Context<'a> {
    vault: &'a Vault,
    spec: &'a JobSpec<'a>,
    /// Who took part, and who of them was erased.
    roster: &'a Roster,
    job: &'a Job,
    claim: &'a Claim,
    /// The kept original with the same bytes, whether they were read from it or from a file.
    original: Option<RecordingRow>,
    material: Material,
    video_encoder: VideoEncoder,
    audio_encoder: AudioEncoder,
    progress: &'a dyn Fn(Progress),
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

impl Context<'_> {
    fn recording(&self) -> RecordingId {
        self.claim.recording()
    }

    fn source_sha256(&self) -> Option<Sha256Digest> {
        Some(self.job.source_sha256)
    }

    fn report(&self, stage: Stage, done: u64, total: Option<u64>) {
        (self.progress)(Progress { stage, done, total });
    }

    /// Asks whether somebody wants the job to stop.
    fn go_on(&self, stage: Stage) -> Result<(), JobError> {
        match self.spec.cancel.is_cancelled() {
            true => Err(JobError::Cancelled { stage }),
            false => Ok(()),
        }
    }

    fn duration(&self) -> Option<u64> {
        self.material.duration()
    }

    /// Moments in the middle of equal shares of the recording.
    fn still_moments(&self) -> Vec<Moment> {
        let duration = self.duration().unwrap_or(60_000_000_000);
        (0..STILLS)
            .map(|index| Moment(duration / (2 * STILLS) * (2 * index + 1)))
            .collect()
    }
}

/// Runs a job to its end, or takes up an earlier run of the same job.
///
/// # Errors
/// See [`JobError`]. What was finished before stays for the next run; nothing of the failed step is
/// left.
pub fn process(
    vault: &Vault,
    spec: &JobSpec<'_>,
    progress: &dyn Fn(Progress),
) -> Result<Outcome, JobError> {
    crate::elements::register()
        .map_err(|source| JobError::Render(RenderError::Start { source }))?;
    match &spec.input {
        Input::File(file) => process_file(vault, spec, file.as_ref(), progress),
        Input::Session(session) => session::process(vault, spec, session, progress),
    }
}

fn process_file(
    vault: &Vault,
    spec: &JobSpec<'_>,
    file: &dyn SourceBytes,
    progress: &dyn Fn(Progress),
) -> Result<Outcome, JobError> {
    let before = revision(file)?;
    let (source_sha256, source_bytes) = hash(file, before.length, progress)?;
    let (video_encoder, audio_encoder) = (VideoEncoder::installed()?, AudioEncoder::installed()?);
    // Whoever was erased from this source is known only to be hidden.
    let erased = vault.erased_from(spec.tenant, &source_sha256, spec.roster)?;
    let roster = spec.roster.with_erased(&erased);
    let original = vault.original_of(spec.tenant, source_sha256)?;
    let job = Job {
        original: original.as_ref().map(|row| row.id),
        ..job(
            vault,
            spec,
            &roster,
            source_sha256,
            video_encoder,
            audio_encoder,
        )
    };
    if spec.batch.is_some() {
        vault.check_not_withdrawn(spec.tenant, source_sha256)?;
    }
    let archive =
        Archive::open(file.again().map_err(JobError::reading)?).map_err(RenderError::from)?;
    let plan = match (plan(spec, &roster, archive.probe()), spec.batch) {
        (Err(refused), Some(batch)) if refused.kind() == Kind::Refused => {
            vault.refuse_in_batch(batch, spec.tenant, source_sha256, now())?;
            return Err(refused);
        }
        (plan, _) => plan?,
    };
    let claim = match begin(vault, spec, &job, &roster)? {
        Ok(claim) => claim,
        Err(made_before) => return Ok(made_before),
    };
    let context = Context {
        vault,
        spec,
        roster: &roster,
        job: &job,
        claim: &claim,
        original,
        material: Material::File {
            probe: archive.probe().clone(),
            plan,
            bytes: source_bytes,
        },
        video_encoder,
        audio_encoder,
        progress,
    };
    let outcome = run(&context, archive, file, &before);
    if let Err(error) = &outcome {
        // The failure itself matters more than that it could not be noted.
        let _ = vault.fail(&claim, error.kind(), error.stage().word(), now());
    }
    outcome
}

/// Begins a job or takes up an earlier run of it. Otherwise says how it stands with what that has made.
fn begin(
    vault: &Vault,
    spec: &JobSpec<'_>,
    job: &Job,
    roster: &Roster,
) -> Result<Result<Claim, Outcome>, JobError> {
    let claim = match vault.begin_or_resume_with(job, roster, now())? {
        Begun::New(claim) | Begun::Resumed(claim) => claim,
        Begun::AlreadyPublished(row)
        | Begun::AlreadyReady(row)
        | Begun::AlreadyHeld(row)
        | Begun::AlreadyWithdrawn(row) => {
            return made_before(vault, spec, &row).map(Err);
        }
    };
    if let Some(batch) = spec.batch {
        vault.join_batch(batch, claim.recording())?;
    }
    Ok(Ok(claim))
}

/// Says how it stands with a recording that an earlier run has finished.
fn made_before(vault: &Vault, spec: &JobSpec<'_>, row: &RecordingRow) -> Result<Outcome, JobError> {
    let state = match spec.batch {
        Some(batch) => vault.adopt(batch, row.id, now())?,
        None => row.state,
    };
    match state {
        RecordingState::Held => Ok(Outcome::HeldBefore(row.id)),
        RecordingState::Ready => Ok(Outcome::ReadyBefore(row.id)),
        RecordingState::Published => Ok(Outcome::PublishedBefore(row.id)),
        _ => Err(JobError::Withdrawn { recording: row.id }),
    }
}

fn run(
    context: &Context<'_>,
    archive: Archive,
    file: &dyn SourceBytes,
    before: &Revision,
) -> Result<Outcome, JobError> {
    let Context { vault, claim, .. } = context;
    vault.start_rendering(claim, context.duration().unwrap_or(0), now())?;
    carried::take_over(context)?;
    rendering::render_missing(context, archive)?;
    if *before != revision(file)? {
        return Err(JobError::SourceChanged);
    }
    let transcript = match speech::transcribe_missing(context) {
        Err(JobError::Transcribe(TranscribeError::Cancelled)) => Err(JobError::Cancelled {
            stage: Stage::Transcribe,
        }),
        heard => heard,
    }?;
    context.go_on(Stage::Assemble)?;
    // Before the verdict: after it a run that is killed is not taken up again.
    carried::leave(context)?;
    let outcome = finish::finish(context, transcript)?;
    vault.delete_working_artefacts(context.recording())?;
    context.report(Stage::Publish, 1, Some(1));
    Ok(outcome)
}

fn revision(file: &dyn SourceBytes) -> Result<Revision, JobError> {
    file.revision().map_err(JobError::reading)
}

fn hash(
    file: &dyn SourceBytes,
    total: u64,
    progress: &dyn Fn(Progress),
) -> Result<(Sha256Digest, u64), JobError> {
    let mut reader = FromStart::new(file.again().map_err(JobError::reading)?);
    progress(Progress {
        stage: Stage::Hash,
        done: 0,
        total: Some(total),
    });
    let hashed = Sha256Digest::of_reader(&mut reader).map_err(JobError::reading)?;
    progress(Progress {
        stage: Stage::Hash,
        done: total,
        total: Some(total),
    });
    Ok(hashed)
}

/// Everything that decides the result goes into the key. The roster is in it under a key of the
/// vault: names are too few to be safe behind a plain hash.
fn job(
    vault: &Vault,
    spec: &JobSpec<'_>,
    roster: &Roster,
    source_sha256: Sha256Digest,
    video_encoder: VideoEncoder,
    audio_encoder: AudioEncoder,
) -> Job {
    let erased = roster.people().iter().filter(|person| person.is_erased());
    let erased: Vec<u8> = erased
        .flat_map(|person| person.id().0.to_be_bytes())
        .collect();
    let mut parts = key_parts(spec, source_sha256, (video_encoder, audio_encoder));
    // Without anybody, the key is the one that it always was.
    if !erased.is_empty() {
        parts.push(erased);
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Job {
        tenant: spec.tenant,
        key: vault.keyring().keyed_digest("scrim/job/v1", &parts),
        source_sha256,
        policy_sha256: Sha256Digest::of(spec.policy_text.as_bytes()),
        policy_name: spec.policy.name.clone(),
        original: None,
    }
}

/// What decides the result beside the people.
fn key_parts(
    spec: &JobSpec<'_>,
    source_sha256: Sha256Digest,
    (video_encoder, audio_encoder): (VideoEncoder, AudioEncoder),
) -> Vec<Vec<u8>> {
    let speech = spec.speech.as_ref().map_or_else(String::new, |speech| {
        format!(
            "{}/{}/{}",
            speech.model.name(),
            speech.model.sha256(),
            speech.language
        )
    });
    [
        source_sha256.as_bytes(),
        spec.policy_text.as_bytes(),
        spec.roster_text.as_bytes(),
        speech.as_bytes(),
        video_encoder.factory().as_bytes(),
        audio_encoder.factory().as_bytes(),
        env!("CARGO_PKG_VERSION").as_bytes(),
    ]
    .map(<[u8]>::to_vec)
    .into()
}

fn plan(spec: &JobSpec<'_>, roster: &Roster, probe: &Probe) -> Result<Option<Plan>, JobError> {
    let Some(video) = &probe.video else {
        return Ok(None);
    };
    Ok(Some(Plan::compile(spec.policy, &video.geometry, roster)?))
}

/// Returns what a caller can do about an outcome that is not a publication.
pub const fn kind_of(outcome: &Outcome) -> Option<Kind> {
    match outcome {
        Outcome::Published(_)
        | Outcome::PublishedBefore(_)
        | Outcome::Ready(_)
        | Outcome::ReadyBefore(_) => None,
        Outcome::Held(..) | Outcome::HeldBefore(_) => Some(Kind::Refused),
    }
}
