//! The list of recordings, and uploading.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use scrim_policy::{Permission as May, RecordingId, RetentionClass};
use scrim_storage::{
    RecordingRow, RecordingState as Stored, Vault,
    service::{Job, JobState},
};
use serde::Deserialize;

use super::{
    super::{
        api,
        app::App,
        identity::SignedIn,
        problem::Problem,
        texts::Texts,
        view::{
            ALL_STATES, Place, RecordingLine, RecordingState, RecordingsPage, StateTile, UploadPage,
        },
    },
    frame::Reader,
};

/// Recordings on one page.
const PER_PAGE: u32 = 50;

/// How many of the newest jobs are looked at for what is going on.
const JOBS: u32 = 500;

/// What of the list is wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    state: String,
    q: String,
    after: String,
}

/// How a recording stands, for people.
pub(crate) fn state_of(row: &RecordingRow, job: Option<&Job>) -> RecordingState {
    match row.state {
        Stored::Published => RecordingState::Published,
        Stored::Ready => RecordingState::Review,
        Stored::Held => RecordingState::Held,
        Stored::Withdrawn => RecordingState::Withdrawn,
        Stored::Failed => RecordingState::Failed,
        Stored::Planned | Stored::Rendering => RecordingState::Processing,
        Stored::Original => match job.map(|job| job.state) {
            None => RecordingState::Waiting,
            Some(JobState::Waiting | JobState::Running) => RecordingState::Processing,
            Some(JobState::Failed) => RecordingState::Failed,
            Some(JobState::Done | JobState::Cancelled) => RecordingState::Original,
        },
        // A state that is not known here is one that nobody gets.
        _ => RecordingState::Withdrawn,
    }
}

/// The newest job of each original.
pub(crate) fn newest_jobs(
    vault: &Vault,
    caller: &SignedIn,
) -> Result<BTreeMap<RecordingId, Job>, Problem> {
    let mut newest = BTreeMap::new();
    for job in vault.jobs(caller.tenant(), None, JOBS)? {
        newest.entry(job.original).or_insert(job);
    }
    Ok(newest)
}

pub(crate) async fn list(
    State(app): State<App>,
    reader: Reader,
    api::Asked(wanted): api::Asked<Wanted>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let state = ALL_STATES
        .into_iter()
        .find(|state| state.word() == wanted.state);
    let sees_titles = reader.may(May::RecordingsView);
    let texts = Texts::of(reader.language);
    let asking = caller.clone();
    let query = wanted.q.trim().to_lowercase();
    let after = wanted.after.clone();
    let searched = query.clone();
    let (tiles, recordings, next) = app
        .act(&caller, move |vault| {
            let jobs = newest_jobs(vault, &asking)?;
            let mut titles = match sees_titles {
                true => vault.titles(asking.tenant())?,
                false => BTreeMap::new(),
            };
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            let mut lines = Vec::new();
            let mut next = None;
            let mut is_past = after.is_empty();
            let rules = vault.retention_rules(asking.tenant())?;
            let mut from = None;
            // Every tile counts all, so all are walked; they are rows without content.
            loop {
                let page = vault.recordings(asking.tenant(), from, 1000)?;
                for row in &page.recordings {
                    let job = jobs.get(&row.id);
                    let of = state_of(row, job);
                    *counts.entry(of.word()).or_default() += 1;
                    let title = titles.remove(&row.id).unwrap_or_default();
                    let is_meant = state.is_none_or(|wanted| wanted == of)
                        && (searched.is_empty()
                            || title.to_lowercase().contains(&searched)
                            || row.id.to_string() == searched);
                    if !is_meant {
                        continue;
                    }
                    if lines.len() == PER_PAGE as usize {
                        next.get_or_insert_with(|| lines_end(&lines));
                        continue;
                    }
                    if is_past {
                        let class = match row.state {
                            Stored::Original => RetentionClass::Raw,
                            _ => RetentionClass::Published,
                        };
                        let days = rules.period(class, &vault.tags(row.id)?).count();
                        lines.push(line(&texts, row, of, title, job, days));
                    }
                    is_past |= row.id.to_string() == after;
                }
                match page.next {
                    Some(cursor) => from = Some(cursor),
                    None => break,
                }
            }
            let tiles = StateTile::all(|state| counts.get(state.word()).copied().unwrap_or(0));
            Ok((tiles, lines, next))
        })
        .await?;
    let next = next.map(|after| {
        let state = state.map_or("", RecordingState::word);
        let query =
            serde_urlencoded::to_string([("state", state), ("q", &query), ("after", &after)]);
        format!("/recordings?{}", query.unwrap_or_default())
    });
    Ok(reader.draw(&RecordingsPage {
        frame: reader.frame(Some(Place::Recordings)),
        tiles,
        state,
        query: wanted.q,
        recordings,
        next,
    }))
}

fn lines_end(lines: &[RecordingLine]) -> String {
    lines
        .last()
        .map_or_else(String::new, |line| line.id.clone())
}

fn line(
    texts: &Texts,
    row: &RecordingRow,
    state: RecordingState,
    title: String,
    job: Option<&Job>,
    days: u32,
) -> RecordingLine {
    let failure = match (&row.failure, job.and_then(|job| job.failure.as_ref())) {
        (_, Some(failure)) => Some(texts.say(super::jobs::stage_key(&failure.stage))),
        (Some(failure), None) => Some(texts.say(super::jobs::stage_key(&failure.stage))),
        (None, None) => None,
    };
    RecordingLine {
        id: row.id.to_string(),
        title,
        state,
        job: job.map(|job| job.id.to_string()),
        seconds: row.duration_ns.map(|duration| duration as f64 / 1e9),
        created_us: row.created_at.as_micros(),
        expires_us: Some(row.created_at.plus_days(days).as_micros()),
        failure: failure.filter(|_| state == RecordingState::Failed),
    }
}

pub(crate) async fn upload(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let rules = app
        .act(&caller, move |vault| Ok(vault.retention_rules(tenant)?))
        .await?;
    Ok(reader.draw(&UploadPage {
        frame: reader.frame(Some(Place::Upload)),
        most_bytes: app.settings.most_upload_bytes,
        kept_days: rules
            .period(RetentionClass::Raw, &Default::default())
            .count(),
    }))
}

/// Reads an id in the path of a page.
pub(crate) fn id(text: &str) -> Result<RecordingId, Problem> {
    api::parsed_id(text, "recording")
}
