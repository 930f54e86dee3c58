//! How a job is doing.

use axum::{
    extract::{Path, State},
    response::Response,
};
use scrim_policy::{JobId, Kind};
use scrim_storage::{
    RecordingState as Stored,
    service::{Job, JobState as Standing},
};

use super::{
    super::{
        api,
        app::App,
        identity::Caller,
        problem::Problem,
        view::{JobFailure, JobPage, JobState, Place, STAGES},
    },
    frame::{self, Reader},
};

/// The key of the name of a stage.
pub(crate) fn stage_key(word: &str) -> &'static str {
    let found = STAGES.iter().find(|stage| stage.word == word);
    found.map_or("failure-internal", |stage| stage.key)
}

async fn found(app: &App, caller: &Caller, id: &str) -> Result<Job, Problem> {
    let id: JobId = api::parsed_id(id, "job")?;
    let tenant = caller.tenant();
    let job = app
        .act(caller, move |vault| Ok(vault.job(tenant, id)?))
        .await?;
    job.ok_or_else(|| Problem::not_found("job"))
}

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let job = found(&app, &caller, &id).await?;
    let (tenant, original, recording) = (caller.tenant(), job.original, job.recording);
    let (title, made) = app
        .act(&caller, move |vault| {
            let made = recording
                .map(|id| vault.recording(id))
                .transpose()?
                .flatten();
            Ok((vault.title(tenant, original)?, made))
        })
        .await?;
    let state = match (job.state, made.map(|row| row.state)) {
        (Standing::Waiting, _) => JobState::Queued,
        (Standing::Running, _) => JobState::Running,
        (Standing::Done, Some(Stored::Held)) => JobState::Held,
        (Standing::Done, _) => JobState::Done,
        (Standing::Failed, _) => JobState::Failed,
        (Standing::Cancelled, _) => JobState::Cancelled,
    };
    let stage_word = match &job.failure {
        Some(failure) => Some(failure.stage.as_str()),
        None => job.stage.as_deref(),
    };
    let stage = stage_word.and_then(|word| STAGES.iter().find(|stage| stage.word == word));
    let total = job.total.filter(|total| *total > 0);
    let failure = job.failure.as_ref().map(|failure| JobFailure {
        reason: failure.what.clone(),
        help: failure
            .help
            .clone()
            .unwrap_or_else(|| reader.frame(None).say(help_key(failure.kind))),
        code: job.id.to_string(),
    });
    Ok(reader.draw(&JobPage {
        frame: reader.frame(Some(Place::Recordings)),
        id: job.id.to_string(),
        recording: job.recording.map(|recording| recording.to_string()),
        original: job.original.to_string(),
        title: title.unwrap_or_default(),
        state,
        stage: stage.map(|stage| stage.word),
        share: total.map(|total| job.done as f64 / total as f64),
        speed: None,
        seconds_left: None,
        has_transcript: job.language != "none",
        failure,
        created_us: job.created_at.as_micros(),
        may_manage: true,
    }))
}

const fn help_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Unavailable => "failure-unavailable-help",
        Kind::Invalid => "failure-invalid-help",
        _ => "failure-internal-help",
    }
}

pub(crate) async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let job = found(&app, &caller, &id).await?;
    app.act(&caller, move |vault| {
        Ok(vault.retry_job(job.tenant, job.id)?)
    })
    .await?;
    app.work.notify_one();
    Ok(frame::done(&format!("/jobs/{}", job.id), "flash-retried"))
}

pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let job = found(&app, &caller, &id).await?;
    app.act(&caller, move |vault| {
        Ok(vault.cancel_job(job.tenant, job.id)?)
    })
    .await?;
    Ok(frame::done(&format!("/jobs/{}", job.id), "flash-cancelled"))
}
