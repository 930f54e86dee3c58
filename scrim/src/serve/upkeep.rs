//! What is done now and then, whether anybody asks or not.

use std::time::Duration;

use scrim_policy::TenantId;
use scrim_storage::{
    Timestamp,
    catalog::ErasureStep,
    service::{JobState, MessageState, UploadState},
};
use tokio::task::JoinHandle;

use super::{
    app::{App, now},
    messages,
    work::{self, LEASE},
};
use crate::{
    failure::Failure,
    metrics::{self, Dependency, OutboxState},
};

/// How long an upload waits for its next piece.
const UPLOAD_DAYS: u32 = 1;

/// How old the last retention sweep gets before the next one.
const SWEEP_EVERY: Duration = Duration::from_secs(24 * 3600);

/// Begins with everything, until the service stops.
pub(crate) fn start(app: &App) -> Vec<JoinHandle<()>> {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    vec![
        tokio::spawn(every(app.clone(), minutes(1), "tidy", tidy)),
        tokio::spawn(every(app.clone(), minutes(1), "measure", measure)),
        tokio::spawn(every(app.clone(), minutes(15), "sweep", sweep)),
    ]
}

/// Does something again and again. A failure is logged, and the next time comes as ever.
async fn every(
    app: App,
    pause: Duration,
    what: &'static str,
    act: fn(&App) -> Result<(), Failure>,
) {
    loop {
        let round = {
            let app = app.clone();
            tokio::task::spawn_blocking(move || act(&app)).await
        };
        match round {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                tracing::error!(what, error = %failure.whole_message(), "upkeep failed");
            }
            Err(error) => tracing::error!(what, panicked = error.is_panic(), "upkeep has a bug"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stop.told() => return,
        }
    }
}

/// Finishes uploads that somebody has left whole, and forgets those that nobody goes on with.
fn tidy(app: &App) -> Result<(), Failure> {
    let time = now();
    let left = Timestamp::from_micros(time.as_micros() - LEASE.as_micros() as i64);
    for upload in app.vault.uploads_unseen(UploadState::Finishing, left)? {
        work::finish(app, &upload);
    }
    for state in [
        UploadState::Receiving,
        UploadState::Done,
        UploadState::Failed,
    ] {
        for upload in app
            .vault
            .uploads_unseen(state, time.minus_days(UPLOAD_DAYS))?
        {
            app.vault.forget_upload(&upload)?;
        }
    }
    messages::forget_old(app)
}

/// Looks at what metrics tell.
fn measure(app: &App) -> Result<(), Failure> {
    let Some(metrics) = app.metrics.get() else {
        return Ok(());
    };
    let measured = counts(app, metrics);
    metrics.set_up(Dependency::Catalog, measured.is_ok());
    measured
}

fn counts(app: &App, metrics: &metrics::Metrics) -> Result<(), Failure> {
    let jobs = app.vault.jobs_open()?;
    for (state, shown) in [
        (JobState::Waiting, metrics::JobState::Queued),
        (JobState::Running, metrics::JobState::Running),
    ] {
        let count = jobs.iter().find(|(other, _)| *other == state);
        metrics.set_jobs(shown, count.map_or(0, |(_, count)| *count));
    }
    let messages = app.vault.messages_by_state()?;
    for channel in [metrics::Channel::Mail, metrics::Channel::Webhook] {
        for (state, shown) in [
            (MessageState::Waiting, OutboxState::Pending),
            (MessageState::Failed, OutboxState::Failed),
        ] {
            let is_it = |(other, its, _): &&(_, _, _)| {
                metrics::Channel::from(*other) == channel && *its == state
            };
            let count = messages.iter().find(is_it);
            metrics.set_outbox(channel, shown, count.map_or(0, |(_, _, count)| *count));
        }
    }
    let erasures = app.vault.erasures(TenantId::SINGLE)?;
    let is_open = |step| step != ErasureStep::Certified;
    let open = erasures.iter().filter(|erasure| is_open(erasure.step));
    metrics.set_erasures_pending(open.count() as u64);
    let allowed = app.home.config()?.retention.late_after();
    let swept = app.vault.sweep_lateness(TenantId::SINGLE, allowed, now())?;
    let lateness = match (swept.is_late, swept.last) {
        (false, _) => Duration::ZERO,
        (true, last) => {
            let since = last.unwrap_or(app.started_at).after(allowed);
            let late = now().as_micros().saturating_sub(since.as_micros());
            // Late without ever having swept: since when is not known.
            Duration::from_micros(u64::try_from(late).unwrap_or(0)).max(Duration::from_secs(1))
        }
    };
    metrics.set_sweep_lateness(lateness);
    Ok(())
}

/// Deletes what is due, once a day.
fn sweep(app: &App) -> Result<(), Failure> {
    let retention = app.home.config()?.retention;
    let time = now();
    let before = app
        .vault
        .sweep_lateness(TenantId::SINGLE, SWEEP_EVERY, time)?;
    if !before.is_late {
        return Ok(());
    }
    let swept = app
        .vault
        .sweep(TenantId::SINGLE, retention.terms(), time, &|_| {});
    match swept {
        Ok(report) => {
            tracing::info!(recordings = report.due.recordings, "swept what was due");
            Ok(())
        }
        Err(error) => {
            let alert = messages::alert("retention_sweep_failed", "/dpo/retention");
            messages::tell(app, TenantId::SINGLE, &alert);
            Err(error.into())
        }
    }
}
