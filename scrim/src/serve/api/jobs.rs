//! Jobs: an original on its way through the pipeline.

use std::convert::Infallible;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, stream};
use scrim_policy::{JobId, PolicyId, RecordingId, Roster};
use scrim_storage::service::{Job, JobState, NewJob};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use utoipa::ToSchema;

use super::{
    Checked, Listing,
    body::{Asked, Part},
    cursor, parsed_id,
};
use crate::{
    failure::Failure,
    serve::{
        app::{App, now},
        identity::Caller,
        problem::{Problem, ProblemBody},
        work::Note,
    },
};

/// Languages that can be spoken.
const LANGUAGES: [&str; 6] = ["auto", "en", "pl", "de", "fr", "it"];

/// A job.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobBody {
    /// Id, `job_…`.
    id: String,
    /// waiting, running, done, failed or cancelled.
    state: &'static str,
    /// The original.
    original: String,
    /// Which breakout of a session, from 0; without it, the main room.
    #[serde(skip_serializing_if = "Option::is_none")]
    breakout: Option<u8>,
    /// The policy.
    policy: String,
    /// Which version of it.
    policy_version: u64,
    /// The language that is spoken, `auto`, or `none` for no transcript.
    language: String,
    /// When it was asked for.
    created_at: String,
    /// When the last try began.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
    /// Number of tries.
    tries: u64,
    /// What is being done: hash, probe, render, transcribe, assemble, verify or publish.
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    /// How much of the stage is done, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    /// What was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<String>,
    /// Why the last try gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<JobFailureBody>,
}

/// Why a try gave up.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobFailureBody {
    /// The stage that failed.
    stage: String,
    /// What happened.
    what: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

/// A job to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobToAdd {
    /// The original, `rec_…`.
    recording: String,
    /// Which breakout of a session, from 0; without it, the main room.
    breakout: Option<u8>,
    /// The policy, `pol_…`.
    policy: String,
    /// Which version of it. Without it, the newest.
    version: Option<u64>,
    /// The language that is spoken: auto, en, pl, de, fr or it.
    language: Option<String>,
    /// Whether a transcript is made.
    #[serde(default = "yes")]
    transcript: bool,
    /// Who took part: CSV with the columns name, email, role.
    #[serde(default)]
    roster: String,
}

const fn yes() -> bool {
    true
}

/// A job that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobAdded {
    /// Id.
    id: String,
}

impl JobBody {
    pub(crate) fn new(job: &Job) -> Self {
        let total = job.total.filter(|total| *total > 0);
        Self {
            id: job.id.to_string(),
            state: job.state.as_str(),
            original: job.original.to_string(),
            breakout: job.breakout,
            policy: job.policy.to_string(),
            policy_version: job.policy_version,
            language: job.language.clone(),
            created_at: job.created_at.to_string(),
            started_at: job.started_at.map(|at| at.to_string()),
            finished_at: job.finished_at.map(|at| at.to_string()),
            tries: job.tries,
            stage: job.stage.clone(),
            share: total.map(|total| (job.done as f64 / total as f64).min(1.0)),
            recording: job.recording.map(|recording| recording.to_string()),
            failure: job.failure.as_ref().map(|failure| JobFailureBody {
                stage: failure.stage.clone(),
                what: failure.what.clone(),
                help: failure.help.clone(),
            }),
        }
    }
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(Listing),
    responses((status = 200, body = Part<JobBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(listing): Asked<Listing>,
) -> Result<Json<Part<JobBody>>, Problem> {
    let limit = listing.limit()?;
    let before = cursor(listing.cursor.as_deref())?;
    let tenant = caller.tenant();
    let jobs = app
        .act(&caller, move |vault| Ok(vault.jobs(tenant, before, limit)?))
        .await?;
    let is_full = jobs.len() == limit as usize;
    let next = jobs
        .last()
        .filter(|_| is_full)
        .map(|job| job.id.to_string());
    Ok(Json(Part {
        entries: jobs.iter().map(JobBody::new).collect(),
        next,
    }))
}

/// Processes an original.
#[utoipa::path(post, path = "/api/v1/jobs", tag = "jobs", request_body = JobToAdd,
    responses((status = 201, body = JobAdded), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<JobToAdd>,
) -> Result<(StatusCode, Json<JobAdded>), Problem> {
    let original: RecordingId = wanted
        .recording
        .parse()
        .map_err(|_| Problem::invalid("recording", "this is no id of a recording"))?;
    let policy: PolicyId = wanted
        .policy
        .parse()
        .map_err(|_| Problem::invalid("policy", "this is no id of a policy"))?;
    let language = match (wanted.transcript, wanted.language.as_deref()) {
        (false, _) => "none",
        (true, None) => "auto",
        (true, Some(word)) => {
            let known = LANGUAGES.into_iter().find(|known| *known == word);
            known.ok_or_else(|| {
                Problem::invalid("language", "the languages are auto, en, pl, de, fr and it")
            })?
        }
    };
    if !wanted.roster.trim().is_empty() {
        Roster::parse_csv(&wanted.roster)
            .map_err(|error| Problem::invalid("roster", Failure::from(error).whole_message()))?;
    }
    let (tenant, created_by) = (caller.tenant(), caller.id());
    let id = app
        .act(&caller, move |vault| {
            let kept = vault.saved_policy(tenant, policy, wanted.version)?;
            let kept = kept.ok_or_else(|| Problem::not_found("policy"))?;
            let job = NewJob {
                original,
                breakout: wanted.breakout,
                policy: (policy, kept.version),
                roster: wanted.roster.trim(),
                language,
                created_by,
            };
            Ok(vault.add_job(tenant, &job, now())?)
        })
        .await?;
    app.work.notify_one();
    Ok((StatusCode::CREATED, Json(JobAdded { id: id.to_string() })))
}

async fn found(app: &App, caller: &Caller, id: &str) -> Result<Job, Problem> {
    let id: JobId = parsed_id(id, "job")?;
    let tenant = caller.tenant();
    let job = app
        .act(caller, move |vault| Ok(vault.job(tenant, id)?))
        .await?;
    job.ok_or_else(|| Problem::not_found("job"))
}

/// One job.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs",
    params(("id" = String, Path, description = "Id, `job_…`")),
    responses((status = 200, body = JobBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<JobBody>, Problem> {
    Ok(Json(JobBody::new(&found(&app, &caller, &id).await?)))
}

/// Lets a job wait again that has failed or was given up. What is finished is not done again.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/retry", tag = "jobs",
    params(("id" = String, Path, description = "Id, `job_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody))
)]
pub(crate) async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let job = found(&app, &caller, &id).await?;
    let done = app
        .act(&caller, move |vault| {
            Ok(vault.retry_job(job.tenant, job.id)?)
        })
        .await?;
    app.work.notify_one();
    match done {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::conflict(
            "the job neither failed nor was it given up",
        )),
    }
}

/// Gives a job up.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "jobs",
    params(("id" = String, Path, description = "Id, `job_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody))
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let job = found(&app, &caller, &id).await?;
    let done = app
        .act(&caller, move |vault| {
            Ok(vault.cancel_job(job.tenant, job.id)?)
        })
        .await?;
    match done {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::conflict("the job is at its end already")),
    }
}

/// How far a job is, as it happens: `progress` again and again, and `end` once.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/events", tag = "jobs",
    params(("id" = String, Path, description = "Id, `job_…`")),
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    // Before the question how it stands, so that nothing is missed in between.
    let notes = app.notes.subscribe();
    let job = found(&app, &caller, &id).await?;
    let first = Watching::Standing(Box::new(job.clone()));
    let watched = stream::unfold((first, notes, app), move |(at, mut notes, app)| {
        let (tenant, id) = (job.tenant, job.id);
        async move {
            let standing = match at {
                Watching::Over => return None,
                Watching::Standing(job) => Some(*job),
                Watching::Notes => None,
            };
            if let Some(job) = standing {
                let (event, is_over) = of_job(&job);
                let next = if is_over {
                    Watching::Over
                } else {
                    Watching::Notes
                };
                return Some((Ok(event), (next, notes, app)));
            }
            loop {
                let note = tokio::select! {
                    note = notes.recv() => note,
                    () = app.stop.told() => return None,
                };
                match note {
                    Ok(note) if (note.tenant, note.job) == (tenant, id) => {
                        let (event, is_over) = of_note(&note);
                        let next = if is_over {
                            Watching::Over
                        } else {
                            Watching::Notes
                        };
                        return Some((Ok(event), (next, notes, app)));
                    }
                    Ok(_) => {}
                    // Whoever was too slow is told how it stands.
                    Err(RecvError::Lagged(_)) => {
                        let asked = app.ask(move |vault| Ok(vault.job(tenant, id)?)).await;
                        let job = asked.ok().flatten()?;
                        let (event, is_over) = of_job(&job);
                        let next = if is_over {
                            Watching::Over
                        } else {
                            Watching::Notes
                        };
                        return Some((Ok(event), (next, notes, app)));
                    }
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    });
    Ok(Sse::new(watched).keep_alive(KeepAlive::default()))
}

enum Watching {
    /// It is told first how it stands.
    Standing(Box<Job>),
    Notes,
    Over,
}

const fn is_end(state: JobState) -> bool {
    matches!(
        state,
        JobState::Done | JobState::Failed | JobState::Cancelled
    )
}

fn of_job(job: &Job) -> (Event, bool) {
    let body = JobBody::new(job);
    let is_over = is_end(job.state);
    (event(is_over, &body), is_over)
}

fn of_note(note: &Note) -> (Event, bool) {
    let is_over = is_end(note.state);
    let body = serde_json::json!({
        "state": note.state,
        "stage": note.far.map(|far| far.stage.word()),
        "share": note.far.and_then(|far| far.share),
        "speed": note.far.and_then(|far| far.speed),
        "seconds_left": note.far.and_then(|far| far.seconds_left),
        "recording": note.recording,
    });
    (event(is_over, &body), is_over)
}

fn event(is_over: bool, body: &impl Serialize) -> Event {
    let name = if is_over { "end" } else { "progress" };
    let text = serde_json::to_string(body).expect("texts and numbers can be written as JSON");
    Event::default().event(name).data(text)
}
