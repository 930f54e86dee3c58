//! What goes on beside requests: jobs, and uploads that become originals.

use std::{
    cell::RefCell,
    num::NonZero,
    sync::Arc,
    time::{Duration, Instant},
};

use scrim_ingest::{Archive, SessionSource, SourceError};
use scrim_pipeline::{
    job::{Input, JobSpec, OriginalBytes, Outcome, Progress, Release, SessionInput, process},
    session::KeptSession,
    transcribe::CancelFlag,
};
use scrim_policy::{
    JobId, Kind, Policy, RecordingId, Roster, SessionPlan, TenantId, TimelineEvent,
};
use scrim_storage::{
    RecordingState, Timestamp, Vault,
    service::{Job, JobClaim, JobEnd, JobFailure, JobState, NewJob, Upload},
};

use super::{
    app::{App, now},
    messages::{self, Happened, Receivers},
    sources::UploadBytes,
    upkeep,
};
use crate::{
    commands::{explained, speech},
    failure::Failure,
    page,
};

/// How long a try is taken to be alive without being heard of, and how often it is heard of.
pub(crate) const LEASE: Duration = Duration::from_secs(120);
const NOTE_EVERY: Duration = Duration::from_secs(2);

/// How often people who watch are told.
const TELL_EVERY: Duration = Duration::from_millis(300);

/// How often work is looked for that others have left.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What is known of a job, for whoever watches it.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) tenant: TenantId,
    pub(crate) job: JobId,
    pub(crate) state: JobState,
    pub(crate) far: Option<Far>,
    pub(crate) recording: Option<RecordingId>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Far {
    pub(crate) stage: scrim_pipeline::job::Stage,
    pub(crate) share: Option<f64>,
    /// Times real time.
    pub(crate) speed: Option<f64>,
    pub(crate) seconds_left: Option<f64>,
}

/// Works at jobs until the service stops.
pub(crate) async fn jobs(app: App) {
    while !app.stop.is_told() {
        let claimed = {
            let app = app.clone();
            tokio::task::spawn_blocking(move || app.vault.claim_job(now(), after(now(), LEASE)))
                .await
        };
        match claimed {
            Ok(Ok(Some((claim, job)))) => {
                let app = app.clone();
                let worked = tokio::task::spawn_blocking(move || work(&app, claim, &job)).await;
                if let Err(error) = worked {
                    tracing::error!(panicked = error.is_panic(), "a job ended in a bug");
                }
                continue;
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::error!(%error, "could not look for jobs"),
            Err(error) => tracing::error!(panicked = error.is_panic(), "could not look for jobs"),
        }
        tokio::select! {
            () = app.work.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = app.stop.told() => {}
        }
    }
}

fn after(time: Timestamp, span: Duration) -> Timestamp {
    time.after(span)
}

/// One try at a job.
pub(crate) fn work(app: &App, claim: JobClaim, job: &Job) {
    let _span = tracing::info_span!("job", id = %job.id).entered();
    let actor = format!("account:{}", job.created_by);
    let vault = match actor.parse() {
        Ok(actor) => app.vault.acting_as(actor),
        Err(_) => app.vault.clone(),
    };
    let watch = Watch::new(app, claim, job);
    watch.tell(JobState::Running, None, None);
    let end = match made(app, &vault, job, &watch) {
        Ok(recording) => JobEnd::Done(recording),
        Err(failure) if app.stop.is_told() && failure.kind() == Kind::Unavailable => {
            JobEnd::Returned
        }
        Err(failure) => JobEnd::Failed(JobFailure {
            kind: failure.kind(),
            stage: watch.stage().to_owned(),
            what: failure.whole_message(),
            help: failure.help().map(str::to_owned),
        }),
    };
    match vault.end_job(claim, &end, now()) {
        Ok(true) => tell(app, job, &end),
        Ok(false) => {
            tracing::warn!(job = %job.id, "another try has taken over, or it was given up");
            return;
        }
        Err(error) => tracing::error!(job = %job.id, %error, "could not note how a job ended"),
    }
    match end {
        JobEnd::Done(recording) => watch.tell(JobState::Done, None, Some(recording)),
        JobEnd::Failed(_) => watch.tell(JobState::Failed, None, None),
        JobEnd::Returned => {}
    }
}

/// Tells whoever wants to know how a job ended.
fn tell(app: &App, job: &Job, end: &JobEnd) {
    let (event, recording) = match end {
        JobEnd::Returned => return,
        JobEnd::Failed(_) => ("recording.failed", None),
        JobEnd::Done(id) => match app.vault.recording(*id) {
            Ok(Some(row)) if row.state == RecordingState::Held => ("recording.held", Some(*id)),
            Ok(_) => ("recording.ready", Some(*id)),
            Err(error) => {
                tracing::error!(job = %job.id, %error, "could not look at what a job has made");
                return;
            }
        },
    };
    let page = match recording {
        Some(recording) => format!("/recordings/{recording}"),
        None => format!("/jobs/{}", job.id),
    };
    let happened = Happened {
        event,
        alert: None,
        data: serde_json::json!({
            "job": job.id,
            "recording": recording,
            "original": job.original,
        }),
        page,
        to: Receivers::Account(job.created_by),
    };
    messages::tell(app, job.tenant, &happened);
}

fn made(app: &App, vault: &Vault, job: &Job, watch: &Watch<'_>) -> Result<RecordingId, Failure> {
    let kept = vault.saved_policy(job.tenant, job.policy, Some(job.policy_version))?;
    let kept = kept.ok_or_else(|| {
        Failure::words(Kind::NotFound, "the policy of this job was deleted")
            .hint("process the recording with another policy")
    })?;
    let policy = Policy::parse(&kept.name, &kept.text)?;
    let roster = match job.roster.as_str() {
        "" => Roster::default(),
        text => Roster::parse_csv(text)?,
    };
    let speech = match job.language.as_str() {
        "none" => None,
        language => Some(speech(&app.home, &app.settings.model, language)?),
    };
    let input = input(app, vault, job)?;
    let title = vault.title(job.tenant, job.original)?;
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let spec = JobSpec {
        input,
        tenant: job.tenant,
        policy: &policy,
        policy_text: &kept.text,
        roster: &roster,
        roster_text: &job.roster,
        speech,
        batch: None,
        release: Release::AfterReview,
        workers: (cores / app.settings.jobs).max(1),
        cancel: watch.cancel.clone(),
        report_page: &page::report,
    };
    let outcome = process(vault, &spec, &|progress| watch.note(progress)).map_err(explained)?;
    let is_new = matches!(
        outcome,
        Outcome::Published(_) | Outcome::Ready(_) | Outcome::Held(..)
    );
    if let (Input::Session(session), true) = (&spec.input, is_new) {
        add_breakouts(app, job, &policy, session)?;
    }
    let (Outcome::Published(id)
    | Outcome::PublishedBefore(id)
    | Outcome::Ready(id)
    | Outcome::ReadyBefore(id)
    | Outcome::Held(id, _)
    | Outcome::HeldBefore(id)) = outcome;
    if let Some(title) = title
        && vault.title(job.tenant, id)?.is_none()
    {
        vault.set_title(job.tenant, id, &title)?;
    }
    Ok(id)
}

/// Breakouts that were recorded become recordings of their own, once the main room has.
fn add_breakouts(
    app: &App,
    job: &Job,
    policy: &Policy,
    session: &SessionInput,
) -> Result<(), Failure> {
    if session.breakout.is_some() {
        return Ok(());
    }
    let state = session.source.state();
    let opened = state
        .timeline
        .iter()
        .filter_map(|entry| match &entry.event {
            TimelineEvent::BreakoutsOpened { recorded } => Some(recorded.len()),
            _ => None,
        });
    let breakouts = u8::try_from(opened.max().unwrap_or(0)).unwrap_or(u8::MAX);
    for breakout in (0..breakouts).map(Some) {
        let plan = SessionPlan::compile(policy, &state.timeline, state.complete_to, breakout);
        if plan.takes.is_empty() || (plan.voices.is_empty() && plan.scenes.is_empty()) {
            continue;
        }
        let new = NewJob {
            original: job.original,
            breakout,
            policy: (job.policy, job.policy_version),
            roster: &job.roster,
            language: &job.language,
            created_by: job.created_by,
        };
        app.vault.add_job(job.tenant, &new, now())?;
        app.work.notify_one();
    }
    Ok(())
}

/// Returns what a job is about: a session that goes on, one that is over, or a file.
fn input(app: &App, vault: &Vault, job: &Job) -> Result<Input, Failure> {
    let running = app.rooms.recordings.find(job.original);
    let source: Option<Arc<dyn SessionSource>> = match running {
        Some(running) => Some(running),
        None if vault.live_session(job.original)?.is_some() => {
            Some(Arc::new(KeptSession::open(vault, job.original, now())?))
        }
        None => None,
    };
    match source {
        Some(source) => Ok(Input::Session(SessionInput {
            recording: job.original,
            source,
            breakout: job.breakout,
        })),
        None => Ok(Input::File(Box::new(OriginalBytes::open(
            vault,
            job.original,
        )?))),
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.count_stage(&self.state.borrow(), Instant::now());
    }
}

/// Tells how far a job is: the catalog now and then, whoever watches more often.
struct Watch<'a> {
    app: &'a App,
    claim: JobClaim,
    job: &'a Job,
    /// Stops the try when the service stops, or when it is not its turn any more.
    cancel: CancelFlag,
    state: RefCell<Watched>,
}

struct Watched {
    stage: Option<scrim_pipeline::job::Stage>,
    stage_began: Instant,
    noted: Option<Instant>,
    told: Option<Instant>,
}

impl<'a> Watch<'a> {
    fn new(app: &'a App, claim: JobClaim, job: &'a Job) -> Self {
        Self {
            app,
            claim,
            job,
            cancel: CancelFlag::default(),
            state: RefCell::new(Watched {
                stage: None,
                stage_began: Instant::now(),
                noted: None,
                told: None,
            }),
        }
    }

    fn stage(&self) -> &'static str {
        self.state
            .borrow()
            .stage
            .map_or("begin", scrim_pipeline::job::Stage::word)
    }

    fn note(&self, progress: Progress) {
        if self.app.stop.is_told() {
            self.cancel.cancel();
        }
        let mut state = self.state.borrow_mut();
        let time = Instant::now();
        if state.stage != Some(progress.stage) {
            self.count_stage(&state, time);
            tracing::info!(stage = progress.stage.word(), "a stage begins");
            state.stage = Some(progress.stage);
            state.stage_began = time;
            state.told = None;
            state.noted = None;
        }
        let is_due = |last: Option<Instant>, every| last.is_none_or(|last| time - last >= every);
        if is_due(state.told, TELL_EVERY) {
            state.told = Some(time);
            let far = Far::new(progress, time - state.stage_began);
            self.tell(JobState::Running, Some(far), None);
        }
        if is_due(state.noted, NOTE_EVERY) {
            state.noted = Some(time);
            let far = (progress.stage.word(), progress.done, progress.total);
            let noted = self
                .app
                .vault
                .note_job(self.claim, far, after(now(), LEASE));
            match noted {
                Ok(true) => {}
                Ok(false) => self.cancel.cancel(),
                Err(error) => {
                    tracing::warn!(job = %self.job.id, %error, "could not note how far a job is");
                }
            }
        }
    }

    /// Counts the time of a stage that is over.
    fn count_stage(&self, state: &Watched, now: Instant) {
        if let (Some(metrics), Some(stage)) = (self.app.metrics.get(), state.stage) {
            metrics.stage(stage, now - state.stage_began);
        }
    }

    fn tell(&self, state: JobState, far: Option<Far>, recording: Option<RecordingId>) {
        // Nobody may be watching.
        let _ = self.app.notes.send(Note {
            tenant: self.job.tenant,
            job: self.job.id,
            state,
            far,
            recording,
        });
    }
}

impl Far {
    fn new(progress: Progress, elapsed: Duration) -> Self {
        let elapsed = elapsed.as_secs_f64();
        let total = progress.total.filter(|total| *total > 0);
        let share = total.map(|total| (progress.done as f64 / total as f64).min(1.0));
        let is_measurable = elapsed > 0.5 && progress.done > 0;
        Self {
            stage: progress.stage,
            share,
            speed: (progress.stage.counts_time() && is_measurable)
                .then(|| progress.done as f64 / 1e9 / elapsed),
            seconds_left: share
                .filter(|share| is_measurable && *share > 0.0)
                .map(|share| elapsed * (1.0 - share) / share),
        }
    }
}

/// Makes an original of an upload whose bytes are all there. What went wrong is noted with it.
pub(crate) fn finish(app: &App, upload: &Upload) {
    let actor = format!("account:{}", upload.account);
    let vault = match actor.parse() {
        Ok(actor) => app.vault.acting_as(actor),
        Err(_) => app.vault.clone(),
    };
    let kept = kept(app, &vault, upload);
    let Err(failure) = kept else { return };
    // Whatever may be otherwise the next time is tried again by the upkeep.
    if failure.kind() == Kind::Unavailable {
        tracing::warn!(upload = %upload.id, error = %failure.whole_message(), "could not finish");
        return;
    }
    let word = match failure.kind() {
        Kind::Damaged => "damaged",
        Kind::Refused => "refused",
        _ => "no_recording",
    };
    if let Err(error) = vault.refuse_upload(upload, word, now()) {
        tracing::error!(upload = %upload.id, %error, "could not refuse an upload");
    }
}

fn kept(app: &App, vault: &Vault, upload: &Upload) -> Result<(), Failure> {
    let bytes = UploadBytes::open(vault, upload)?;
    if let Some(scanner) = app.home.scanner()? {
        scanner.check(vault, &bytes)?;
    }
    let read = |source| Failure::from(SourceError::Read { source });
    let again = scrim_ingest::SourceBytes::again(&bytes).map_err(read)?;
    let probe = Archive::open(again)?.probe().clone();
    let duration = probe.duration.map(|duration| duration.0);
    vault.finish_upload(upload, duration, now())?;
    Ok(())
}

/// Keeps the runner alive as long as the service.
pub(crate) fn start(app: &App) -> Vec<tokio::task::JoinHandle<()>> {
    let mut tasks: Vec<_> = (0..app.settings.jobs)
        .map(|_| tokio::spawn(jobs(app.clone())))
        .collect();
    tasks.push(tokio::spawn(messages::run(app.clone())));
    tasks.extend(upkeep::start(app));
    tasks
}
