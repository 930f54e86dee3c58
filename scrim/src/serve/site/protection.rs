//! What the DPO sees and governs.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use scrim_policy::{
    Attendance, ConsentState as Consent, Days, HoldId, Permission as May, Purpose, RecordingId,
    RetentionClass, RetentionRule, Tag,
};
use scrim_storage::{
    RecordingState as Stored,
    catalog::{Cursor, ErasureStep as Step, Reach},
    service::LinkState as LinkStands,
};
use serde::Deserialize;

use super::{
    super::{
        api,
        app::{App, now},
        identity::Caller,
        problem::Problem,
        view::{
            AffectedLine, AuditEntry, AuditPage, AuditVerdict, ConsentLine, ConsentState,
            ConsentsPage, ErasureLine, ErasurePreviewPage, ErasureStep, ErasureSubject,
            ErasuresPage, HoldLine, OverviewPage, Place, PlaceLine, PlaceVerdict, PlacesPage,
            RetentionPage, RuleLine, StoredLine, StoredPage,
        },
    },
    form::Form,
    frame::{self, Reader},
    recordings,
};

/// Recordings on one page.
const PER_PAGE: u32 = 50;

/// Entries of the audit log on one page.
const ENTRIES: u32 = 100;

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
    Query(after): Query<After>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
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
                    state: recordings::state_of(row, None),
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
    recording: String,
    before: String,
}

pub(crate) async fn consents(
    State(app): State<App>,
    reader: Reader,
    Query(which): Query<Which>,
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
    let plan = match planned {
        Ok(plan) => plan,
        Err(problem) if problem.status.is_client_error() => {
            let page = erasures_page(app, reader, Some(problem.detail.clone())).await?;
            return Ok(reader.draw_as(problem.status, &page));
        }
        Err(problem) => return Err(problem),
    };
    // How many there are of each kind; which ones is said once it is asked for.
    let line = |count: u64, is_made_again| AffectedLine {
        recording: count.to_string(),
        artefacts: plan.artefacts,
        bytes: plan.bytes,
        is_made_again,
    };
    let mut affected = Vec::new();
    if plan.deleted > 0 {
        affected.push(line(plan.deleted, false));
    }
    if plan.withdrawn > 0 {
        affected.push(line(plan.withdrawn, true));
    }
    Ok(reader.draw(&ErasurePreviewPage {
        frame: reader.frame(Some(Place::Erasures)),
        subject,
        typed,
        affected,
        not_searchable: 0,
        refused: None,
        confirmation: CONFIRMATION.to_owned(),
        is_mistyped,
    }))
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

pub(crate) async fn retention(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let late_after = app.home.config()?.retention.late_after();
    let (rules, holds, lateness) = app
        .act(&caller, move |vault| {
            let rules = vault.retention_rules(tenant)?;
            let mut holds = Vec::new();
            for row in vault
                .holds(tenant)?
                .into_iter()
                .filter(|row| row.released_at.is_none())
            {
                let words = vault.hold_words(&row)?;
                holds.push(HoldLine {
                    id: row.id.to_string(),
                    recording: row.recording.map(|id| id.to_string()),
                    reason: words.placed.reason.reveal().clone(),
                    approver: words.placed.approver.reveal().clone(),
                    placed_us: row.placed_at.as_micros(),
                });
            }
            Ok((
                rules,
                holds,
                vault.sweep_lateness(tenant, late_after, now())?,
            ))
        })
        .await?;
    let set = |class: RetentionClass| {
        rules
            .rules()
            .iter()
            .any(|rule| rule.class == class && rule.tag.is_none())
    };
    let mut lines: Vec<RuleLine> = RetentionClass::ALL
        .into_iter()
        .filter(|class| !set(*class))
        .map(|class| RuleLine {
            class: class.to_string(),
            tag: None,
            days: class.default_period().count(),
            is_default: true,
        })
        .collect();
    lines.extend(rules.rules().iter().map(|rule| RuleLine {
        class: rule.class.to_string(),
        tag: rule.tag.as_ref().map(ToString::to_string),
        days: rule.period.count(),
        is_default: false,
    }));
    Ok(reader.draw(&RetentionPage {
        frame: reader.frame(Some(Place::Retention)),
        rules: lines,
        holds,
        swept_us: lateness.last.map(|at| at.as_micros()),
        is_late: lateness.is_late,
        may_manage: reader.may(May::RetentionManage),
    }))
}

/// Reads class and tag of a rule.
fn rule_of(form: &Form) -> Result<(RetentionClass, Option<Tag>), Problem> {
    let class = form.text("class");
    let class = class
        .parse()
        .map_err(|_| Problem::invalid("class", "there is no such class"))?;
    let tag = match form.given("tag") {
        None => None,
        Some(tag) => Some(
            tag.parse()
                .map_err(|_| Problem::invalid("tag", "this is no tag"))?,
        ),
    };
    Ok((class, tag))
}

pub(crate) async fn set_rule(
    State(app): State<App>,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let (class, tag) = rule_of(&form)?;
    let period = Days::new(form.number("days")?)
        .map_err(|_| Problem::invalid("days", "this is no number of days"))?;
    let rule = RetentionRule { class, tag, period };
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        Ok(vault.set_retention_rule(tenant, &rule, now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-rule-saved"))
}

pub(crate) async fn remove_rule(
    State(app): State<App>,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let (class, tag) = rule_of(&form)?;
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        Ok(vault.clear_retention_rule(tenant, class, tag.as_ref(), now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-rule-saved"))
}

pub(crate) async fn place_hold(
    State(app): State<App>,
    caller: Caller,
    form: Form,
) -> Result<Response, Problem> {
    let words = api::hold_words(form.text("reason"), form.text("approver"))?;
    let recording: Option<RecordingId> = match form.given("recording") {
        None => None,
        Some(text) => Some(recordings::id(text)?),
    };
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        Ok(vault.place_hold(tenant, recording, &words, now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-hold-placed"))
}

pub(crate) async fn release_hold(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let id: HoldId = api::parsed_id(&id, "hold")?;
    let words = api::hold_words(form.text("reason"), form.text("approver"))?;
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        if vault.hold_row(id)?.tenant != tenant {
            return Err(Problem::not_found("hold"));
        }
        Ok(vault.release_hold(id, &words, now())?)
    })
    .await?;
    Ok(frame::done("/dpo/retention", "flash-hold-released"))
}

pub(crate) async fn audit(
    State(app): State<App>,
    reader: Reader,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let page = audit_page(&app, &reader, which, AuditVerdict::NotVerified).await?;
    Ok(reader.draw(&page))
}

pub(crate) async fn verify(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let is_whole = app
        .act(&caller, move |vault| {
            Ok(vault.verify_audit(&[])?.is_intact())
        })
        .await?;
    let verdict = if is_whole {
        AuditVerdict::Whole
    } else {
        AuditVerdict::Broken
    };
    let page = audit_page(&app, &reader, Which::default(), verdict).await?;
    Ok(reader.draw(&page))
}

async fn audit_page(
    app: &App,
    reader: &Reader,
    which: Which,
    verdict: AuditVerdict,
) -> Result<AuditPage, Problem> {
    let caller = reader.signed_in()?;
    let recording: Option<RecordingId> = match which.recording.trim() {
        "" => None,
        text => Some(recordings::id(text)?),
    };
    let before: Option<u64> = match which.before.as_str() {
        "" => None,
        text => api::cursor(Some(text))?,
    };
    let (records, size) = app
        .act(&caller, move |vault| {
            let newest = vault.audit_records(None, None, 1)?;
            let size = newest.last().map_or(0, |record| record.seq + 1);
            Ok((vault.audit_records(recording, before, ENTRIES)?, size))
        })
        .await?;
    let older = records
        .first()
        .filter(|first| records.len() == ENTRIES as usize && first.seq > 0)
        .map(|first| {
            format!(
                "/dpo/audit?recording={}&before={}",
                which.recording, first.seq
            )
        });
    Ok(AuditPage {
        frame: reader.frame(Some(Place::Audit)),
        recording: which.recording,
        entries: records.iter().rev().map(entry).collect(),
        size,
        older,
        verdict,
        verified_us: (verdict != AuditVerdict::NotVerified).then(|| now().as_micros()),
    })
}

fn entry(record: &scrim_storage::audit::Record) -> AuditEntry {
    let body = record.body.as_deref();
    let json: serde_json::Value = body
        .and_then(|body| serde_json::from_str(body).ok())
        .unwrap_or_default();
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    let fields = json.as_object().map(|fields| {
        let shown = |(name, value): (&String, &serde_json::Value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), value)
        };
        let is_other = |(name, _): &(&String, &serde_json::Value)| {
            !matches!(name.as_str(), "seq" | "at" | "actor" | "event")
        };
        fields.iter().filter(is_other).map(shown).collect()
    });
    AuditEntry {
        seq: record.seq,
        at_us: json["at"].as_i64().unwrap_or_default(),
        actor: text("actor"),
        event: text("event"),
        fields: fields.unwrap_or_default(),
        is_blank: body.is_none(),
    }
}

pub(crate) async fn export(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let bytes = app
        .act(&caller, move |vault| {
            let mut bytes = Vec::new();
            vault.export_audit(&mut bytes, now())?;
            Ok(bytes)
        })
        .await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/jsonl"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"audit.jsonl\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

pub(crate) async fn places(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let location = app.home.config()?.location()?;
    let verdict = app
        .act(&caller, move |vault| {
            Ok(vault.storage_verdict(now()).map(serde_json::to_value))
        })
        .await?;
    let checked_us = Some(now().as_micros());
    let (found, how) = match verdict {
        Ok(Ok(verdict)) if verdict.to_string().contains("declared") => {
            (PlaceVerdict::Declared, said(&verdict))
        }
        Ok(Ok(verdict)) => (PlaceVerdict::Allowed, said(&verdict)),
        Ok(Err(_)) => (PlaceVerdict::Unknown, String::new()),
        Err(error) => (PlaceVerdict::Refused, error.to_string()),
    };
    let (what, host, region) = match location {
        None => ("objects", app.home.folder().display().to_string(), None),
        Some(location) => (
            "objects",
            location.endpoint.host().to_owned(),
            Some(location.region.clone()),
        ),
    };
    Ok(reader.draw(&PlacesPage {
        frame: reader.frame(Some(Place::Places)),
        places: vec![PlaceLine {
            what: what.to_owned(),
            host,
            region,
            verdict: found,
            how,
            checked_us,
        }],
        may_check: false,
    }))
}

/// What a verdict says, in one line.
fn said(verdict: &serde_json::Value) -> String {
    let fields = verdict.as_object().map(|fields| {
        let shown = |(name, value): (&String, &serde_json::Value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}: {value}")
        };
        fields.iter().map(shown).collect::<Vec<_>>().join(", ")
    });
    fields.unwrap_or_else(|| verdict.as_str().unwrap_or_default().to_owned())
}
