//! What is done now and then, whether anybody asks or not.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use scrim_policy::{RecordingId, TenantId};
use scrim_storage::{
    RecordingState, Timestamp, Vault, VaultError,
    catalog::{ErasureStep, RecordingFate},
    service::{JobState, MessageState, UploadState},
};
use tokio::task::JoinHandle;

use super::{
    app::{App, now},
    messages::{self, Alert, Happened, Receivers},
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

/// How long before the end of a recording its publishers are told.
const EXPIRING_DAYS: u32 = 7;

/// What is wrong and was told. It is told again only after it was right in between.
#[derive(Debug, Default)]
pub(crate) struct Alarms(Mutex<BTreeSet<Alert>>);

impl Alarms {
    /// Notes how something is, and says whether it has just gone wrong.
    fn goes_off(&self, alert: Alert, is_wrong: bool) -> bool {
        // Putting in and taking out are one step each, so that no panic leaves half of one.
        let mut raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match is_wrong {
            true => raised.insert(alert),
            false => {
                raised.remove(&alert);
                false
            }
        }
    }
}

/// Notes how something is, and tells those who watch over the service when it has gone wrong.
fn watch(app: &App, alert: Alert, page: &str, is_wrong: bool) {
    if app.alarms.goes_off(alert, is_wrong) {
        messages::tell(app, TenantId::SINGLE, &messages::alert(alert, page));
    }
}

/// Begins with everything, until the service stops.
pub(crate) fn start(app: &App) -> Vec<JoinHandle<()>> {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    vec![
        tokio::spawn(every(app.clone(), minutes(1), "tidy", tidy)),
        tokio::spawn(every(app.clone(), minutes(1), "measure", measure)),
        tokio::spawn(every(app.clone(), minutes(15), "sweep", sweep)),
        tokio::spawn(destroying(app.clone(), minutes(1))),
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
        round(&app, what, act).await;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stop.told() => return,
        }
    }
}

async fn round(app: &App, what: &'static str, act: fn(&App) -> Result<(), Failure>) {
    let acting = app.clone();
    match tokio::task::spawn_blocking(move || act(&acting)).await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => {
            tracing::error!(what, error = %failure.whole_message(), "upkeep failed");
        }
        Err(error) => tracing::error!(what, panicked = error.is_panic(), "upkeep has a bug"),
    }
}

/// Destroys what was refused as soon as somebody refuses something. It is looked for now and then
/// as well: a hold may have been released, and a store may be there again.
async fn destroying(app: App, pause: Duration) {
    loop {
        round(&app, "destroy", destroy).await;
        tokio::select! {
            () = app.refusals.notified() => {}
            () = tokio::time::sleep(pause) => {}
            () = app.stop.told() => return,
        }
    }
}

/// Destroys what participants have refused. Jobs that make recordings without it may begin then.
pub(super) fn destroy(app: &App) -> Result<(), Failure> {
    let terms = app.home.config()?.retention.terms();
    if !app.vault.erase_refused(terms, now())?.is_empty() {
        app.work.notify_one();
    }
    Ok(())
}

/// Finishes what somebody has left: live sessions, and uploads that are whole. Forgets what is kept for a
/// while only: uploads that nobody goes on with, registrations that nobody confirms, answers, messages that
/// came to an end, and what was said in meetings of which nothing is left.
pub(super) fn tidy(app: &App) -> Result<(), Failure> {
    let time = now();
    let recovered = app.vault.recover_live_sessions(time);
    for recording in recovered.iter().flatten() {
        tracing::warn!(%recording, "a session that was cut is sealed");
        // Whoever worked at it was in the process that is gone.
        app.vault.revive_jobs(*recording)?;
        app.work.notify_one();
    }
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
    app.vault.forget_registrations(time)?;
    app.vault.forget_answers(time)?;
    app.vault.forget_consents(TenantId::SINGLE)?;
    messages::forget_old(app)?;
    // Last, as what is left of one session must not keep everything else from being done.
    recovered?;
    Ok(())
}

/// Asks something that has to be there whether it is.
type Reach = fn(&Vault) -> Result<(), VaultError>;

/// Looks at what metrics tell.
pub(super) fn measure(app: &App) -> Result<(), Failure> {
    let Some(metrics) = app.metrics.get() else {
        return Ok(());
    };
    let measured = counts(app, metrics);
    metrics.set_up(Dependency::Catalog, measured.is_ok());
    let reached: [(_, _, Reach); 2] = [
        (
            Dependency::Store,
            Alert::StoreUnreachable,
            Vault::reach_store,
        ),
        (Dependency::Keys, Alert::KeysUnreachable, Vault::reach_keys),
    ];
    for (dependency, alert, reach) in reached {
        let answer = reach(&app.vault);
        if let Err(error) = &answer {
            tracing::error!(what = alert.as_str(), kind = ?error.kind(), "there is no answer");
        }
        metrics.set_up(dependency, answer.is_ok());
        watch(app, alert, "/admin/health", answer.is_err());
    }
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

/// Deletes what is due, once a day, after a look at the audit log.
pub(super) fn sweep(app: &App) -> Result<(), Failure> {
    let retention = app.home.config()?.retention;
    let time = now();
    let before = app
        .vault
        .sweep_lateness(TenantId::SINGLE, SWEEP_EVERY, time)?;
    if !before.is_late {
        return Ok(());
    }
    let is_intact = app.vault.verify_audit(&[])?.is_intact();
    if let Some(metrics) = app.metrics.get() {
        metrics.set_audit_verified(is_intact);
    }
    watch(app, Alert::AuditNotIntact, "/dpo/audit", !is_intact);
    // Before the first sweep nobody was told of anything.
    let earlier = before.last.unwrap_or(time.minus_days(EXPIRING_DAYS));
    let expiring = expiring(&app.vault, earlier, time)?;
    let swept = app
        .vault
        .sweep(TenantId::SINGLE, retention.terms(), time, &|_| {});
    watch(
        app,
        Alert::RetentionSweepFailed,
        "/dpo/retention",
        swept.is_err(),
    );
    let swept = swept?;
    tracing::info!(recordings = swept.due.recordings, "swept what was due");
    if !expiring.is_empty() {
        let happened = Happened {
            event: "recording.expiring",
            alert: None,
            data: serde_json::json!({ "recordings": expiring, "within_days": EXPIRING_DAYS }),
            page: "/recordings?state=published".to_owned(),
            to: Receivers::Publishers,
        };
        messages::tell(app, TenantId::SINGLE, &happened);
    }
    Ok(())
}

/// Returns the published recordings whose last week has begun since the sweep before.
fn expiring(
    vault: &Vault,
    before: Timestamp,
    time: Timestamp,
) -> Result<Vec<RecordingId>, Failure> {
    let gone_by = |at: Timestamp| -> Result<BTreeSet<RecordingId>, Failure> {
        let due = vault.due(TenantId::SINGLE, at.plus_days(EXPIRING_DAYS))?;
        let goes = |fate: &RecordingFate| *fate != RecordingFate::Kept;
        let fates = due.fates().iter().filter(|(_, fate)| goes(fate));
        Ok(fates.map(|(id, _)| *id).collect())
    };
    let (earlier, now) = (gone_by(before)?, gone_by(time)?);
    let mut expiring = Vec::new();
    for id in now.difference(&earlier) {
        let row = vault.recording(*id)?;
        if row.is_some_and(|row| row.state == RecordingState::Published) {
            expiring.push(*id);
        }
    }
    Ok(expiring)
}
