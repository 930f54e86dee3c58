//! What the DPO sees and governs.

use axum::{extract::State, http::StatusCode, response::Response};
use scrim_policy::{
    Attendance, ConsentState as Consent, Permission as May, Purpose, RecordingId, RetentionClass,
};
use scrim_storage::{
    ErasurePlan, RecordingState as Stored,
    catalog::{Cursor, ErasureStep as Step, Reach},
    service::LinkState as LinkStands,
};
use serde::Deserialize;

use super::{
    super::{
        api,
        app::{App, now},
        problem::Problem,
        view::{
            AffectedLine, ConsentLine, ConsentState, ConsentsPage, ErasureLine, ErasurePreviewPage,
            ErasureStep, ErasureSubject, ErasuresPage, OverviewPage, Place, StoredLine, StoredPage,
        },
    },
    form::Form,
    frame::{self, Reader},
    recordings,
};

/// Recordings on one page.
const PER_PAGE: u32 = 50;

/// What is typed to confirm an erasure.
const CONFIRMATION: &str = "ERASE";

pub(crate) async fn overview(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let late_after = app.home.config()?.retention.late_after();
    let frame = reader.frame(Some(Place::Overview));
    let page = app
        .act(&caller, move |vault| {
            let counts = vault.count_by_state(tenant)?;
            let count = |wanted| {
                let found = counts.iter().find(|(state, _)| *state == wanted);
                found.map_or(0, |(_, count)| *count)
            };
            let holds = vault.holds(tenant)?;
            let erasures = vault.erasures(tenant)?;
            let lateness = vault.sweep_lateness(tenant, late_after, now())?;
            let soon = vault.due(tenant, now().plus_days(30))?;
            let published = vault.recordings_in(tenant, Stored::Published, None, 1000)?;
            let mut links = 0;
            for row in &published.recordings {
                let all = vault.links(tenant, row.id, now())?;
                links += all
                    .iter()
                    .filter(|link| link.state == LinkStands::Good)
                    .count() as u64;
            }
            Ok(OverviewPage {
                frame,
                recordings: counts.iter().map(|(_, count)| count).sum(),
                originals: count(Stored::Original),
                published: count(Stored::Published),
                links,
                holds: holds
                    .iter()
                    .filter(|hold| hold.released_at.is_none())
                    .count() as u64,
                erasures_open: erasures
                    .iter()
                    .filter(|one| one.finished_at.is_none())
                    .count() as u64,
                due_soon: soon.count(),
                swept_us: lateness.last.map(|at| at.as_micros()),
                alerts: Vec::new(),
            })
        })
        .await?;
    Ok(reader.draw(&page))
}

/// Which part of a list is wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct After {
    after: String,
}

pub(crate) async fn stored(
    State(app): State<App>,
    reader: Reader,
    api::Asked(after): api::Asked<After>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let asking = caller.clone();
    let from: Option<Cursor> = match after.after.as_str() {
        "" => None,
        text => api::cursor(Some(text))?,
    };
    let store = match app.home.config()?.location()? {
        None => "file".to_owned(),
        Some(location) => format!("s3, {}", location.region),
    };
    let (lines, next) = app
        .act(&caller, move |vault| {
            let page = vault.recordings(tenant, from, PER_PAGE)?;
            let jobs = recordings::newest_jobs(vault, &asking)?;
            let rules = vault.retention_rules(tenant)?;
            let holds = vault.holds(tenant)?;
            let mut lines = Vec::new();
            for row in &page.recordings {
                let artefacts = vault.artefacts(row.id)?;
                let tags = vault.tags(row.id)?;
                let class = match row.state {
                    Stored::Original => RetentionClass::Raw,
                    _ => RetentionClass::Published,
                };
                let days = rules.period(class, &tags).count();
                lines.push(StoredLine {
                    recording: row.id.to_string(),
                    state: recordings::state_of(row, jobs.get(&row.id)),
                    artefacts: artefacts.len() as u64,
                    bytes: artefacts
                        .iter()
                        .map(|one| one.sealed.ciphertext_bytes)
                        .sum(),
                    store: store.clone(),
                    created_us: row.created_at.as_micros(),
                    expires_us: Some(row.created_at.plus_days(days).as_micros()),
                    is_held: holds.iter().any(|hold| hold.covers(row.id)),
                    tags: tags.iter().map(ToString::to_string).collect(),
                });
            }
            Ok((lines, page.next))
        })
        .await?;
    Ok(reader.draw(&StoredPage {
        frame: reader.frame(Some(Place::Stored)),
        lines,
        next: next.map(|next| format!("/dpo/recordings?after={next}")),
    }))
}

/// Which recording is looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    pub(super) recording: String,
    pub(super) before: String,
}

pub(crate) async fn consents(
    State(app): State<App>,
    reader: Reader,
    api::Asked(which): api::Asked<Which>,
) -> Result<Response, Problem> {
    const MOST: u64 = 16 << 20;
    let caller = reader.signed_in()?;
    let asking = caller.clone();
    let wanted = which.recording.clone();
    let (recordings, people) = app
        .act(&caller, move |vault| {
            let page = vault.recordings(asking.tenant(), None, 200)?;
            let mut with_people = Vec::new();
            for row in page
                .recordings
                .iter()
                .filter(|row| row.state != Stored::Original)
            {
                if vault.attendance(row.id)?.is_some() {
                    with_people.push(row.id.to_string());
                }
            }
            if wanted.is_empty() {
                return Ok((with_people, None));
            }
            let id: RecordingId = recordings::id(&wanted)?;
            api::owned(vault, &asking, id)?;
            let Some(row) = vault.attendance(id)? else {
                return Ok((with_people, None));
            };
            let json = vault.read_all(&row, MOST, Purpose::Get, now())?;
            let attendance: Option<Attendance> = serde_json::from_slice(&json).ok();
            Ok((with_people, attendance))
        })
        .await?;
    let has_attendance = people.is_some();
    let lines = people.map(|list| list.people.iter().map(consent_line).collect());
    Ok(reader.draw(&ConsentsPage {
        frame: reader.frame(Some(Place::Consents)),
        recording: which.recording,
        lines: lines.unwrap_or_default(),
        has_attendance,
        recordings,
    }))
}

fn consent_line(person: &scrim_policy::Attendant) -> ConsentLine {
    let state = |record: &scrim_policy::ConsentRecord| match record.state {
        Consent::Given => ConsentState::Given,
        Consent::Refused | Consent::Objected => ConsentState::Refused,
        Consent::Withdrawn => ConsentState::Withdrawn,
        Consent::Unknown => ConsentState::Unknown,
    };
    let role = serde_json::to_value(person.role).ok();
    ConsentLine {
        pseudonym: person.initials.clone(),
        role: role
            .and_then(|role| role.as_str().map(str::to_owned))
            .unwrap_or_default(),
        camera: state(&person.consents.camera),
        voice: state(&person.consents.voice),
        chat: state(&person.consents.chat),
        transcript: state(&person.consents.transcript),
    }
}

pub(crate) async fn erasures(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let page = erasures_page(&app, &reader, None).await?;
    Ok(reader.draw(&page))
}

async fn erasures_page(
    app: &App,
    reader: &Reader,
    error: Option<String>,
) -> Result<ErasuresPage, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let texts = reader.frame(None);
    let lines = app
        .act(&caller, move |vault| {
            let mut lines = Vec::new();
            for row in vault.erasures(tenant)? {
                let subject = match row.reach {
                    Reach::Recording => ErasureSubject::Recording,
                    Reach::Person => ErasureSubject::Person,
                    Reach::Tenant => ErasureSubject::Tenant,
                    Reach::Refusal => ErasureSubject::Refusal,
                    // A sweep is no request of anybody.
                    _ => continue,
                };
                let step = |(step, key): (Step, &str)| ErasureStep {
                    text: texts.say(key),
                    is_done: row.step >= step,
                };
                let recordings = vault.frozen_by(row.id)?.len();
                lines.push(ErasureLine {
                    id: row.id.to_string(),
                    subject,
                    created_us: row.begun_at.as_micros(),
                    certified_us: row.finished_at.map(|at| at.as_micros()),
                    recordings,
                    steps: STEPS.map(step).into(),
                });
            }
            Ok(lines)
        })
        .await?;
    Ok(ErasuresPage {
        frame: reader.frame(Some(Place::Erasures)),
        erasures: lines,
        error,
        may_erase: reader.may(May::ErasuresManage),
    })
}

/// Steps of an erasure, and the keys of what they do.
const STEPS: [(Step, &str); 7] = [
    (Step::Frozen, "erasure-step-frozen"),
    (Step::Listed, "erasure-step-listed"),
    (Step::ObjectsDeleted, "erasure-step-objects"),
    (Step::RowsDeleted, "erasure-step-rows"),
    (Step::Shredded, "erasure-step-shredded"),
    (Step::Proven, "erasure-step-proven"),
    (Step::Certified, "erasure-step-certified"),
];

/// What a form wants erased.
fn wanted(form: &Form) -> (ErasureSubject, String, api::ErasureToDo) {
    let (subject, typed) = match form.text("subject") {
        "person" => (ErasureSubject::Person, form.text("person").trim()),
        _ => (ErasureSubject::Recording, form.text("recording").trim()),
    };
    let is_address = typed.contains('@');
    let given = |is_meant: bool| is_meant.then(|| typed.to_owned());
    let is_person = subject == ErasureSubject::Person;
    let to_do = api::ErasureToDo {
        recording: given(!is_person),
        email: given(is_person && is_address),
        name: given(is_person && !is_address),
        dry_run: false,
    };
    (subject, typed.to_owned(), to_do)
}

pub(crate) async fn preview(
    State(app): State<App>,
    reader: Reader,
    form: Form,
) -> Result<Response, Problem> {
    preview_page(&app, &reader, &form, false).await
}

async fn preview_page(
    app: &App,
    reader: &Reader,
    form: &Form,
    is_mistyped: bool,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let (subject, typed, to_do) = wanted(form);
    let planned = app
        .act(&caller, move |vault| {
            let selection = api::selection(vault, &to_do)?;
            let plan = vault.plan_erasure(tenant, &selection)?;
            Ok(plan)
        })
        .await;
    let (plan, refused) = match planned {
        Ok(plan) => (plan, None),
        // A hold stands against it.
        Err(problem) if problem.status == StatusCode::CONFLICT => {
            (ErasurePlan::default(), Some(problem.detail))
        }
        Err(problem) if problem.status.is_client_error() => {
            let page = erasures_page(app, reader, Some(problem.detail.clone())).await?;
            return Ok(reader.draw_as(problem.status, &page));
        }
        Err(problem) => return Err(problem),
    };
    let affected = [(plan.deleted, false), (plan.withdrawn, true)]
        .into_iter()
        .filter(|(recordings, _)| *recordings > 0)
        .map(|(recordings, is_made_again)| AffectedLine {
            recordings,
            is_made_again,
        });
    let status = match refused {
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::OK,
    };
    let page = ErasurePreviewPage {
        frame: reader.frame(Some(Place::Erasures)),
        subject,
        typed,
        affected: affected.collect(),
        artefacts: plan.artefacts,
        bytes: plan.bytes,
        invited: plan.registrations + plan.invitations,
        not_searchable: 0,
        refused,
        confirmation: CONFIRMATION.to_owned(),
        is_mistyped,
    };
    Ok(reader.draw_as(status, &page))
}

pub(crate) async fn erase(
    State(app): State<App>,
    reader: Reader,
    form: Form,
) -> Result<Response, Problem> {
    if form.text("confirmation").trim() != CONFIRMATION {
        return preview_page(&app, &reader, &form, true).await;
    }
    let caller = reader.signed_in()?;
    let terms = app.home.config()?.retention.terms();
    let tenant = caller.tenant();
    let (_, _, to_do) = wanted(&form);
    app.act(&caller, move |vault| {
        let selection = api::selection(vault, &to_do)?;
        Ok(vault.erase(tenant, &selection, terms, now(), &|_| ())?)
    })
    .await?;
    Ok(frame::done("/dpo/erasures", "flash-erased"))
}
