//! What was done, and where things lie.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use scrim_policy::RecordingId;

use super::{
    super::{
        api,
        app::{App, now},
        identity::Caller,
        problem::Problem,
        trail,
        view::{AuditEntry, AuditPage, AuditVerdict, Place, PlaceLine, PlaceVerdict, PlacesPage},
    },
    frame::Reader,
    protection::Which,
    recordings,
};

/// Entries of the audit log on one page.
const ENTRIES: u32 = 100;

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    api::Asked(which): api::Asked<Which>,
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
    let tenant = caller.tenant();
    let (records, size) = app
        .act(&caller, move |vault| {
            let newest = vault.audit_records(None, None, 1)?;
            let size = newest.last().map_or(0, |record| record.seq + 1);
            let records = trail::records(vault, tenant, recording, before, ENTRIES)?;
            Ok((records, size))
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
    let tenant = caller.tenant();
    let bytes = app
        .act(&caller, move |vault| {
            if !trail::is_whole_for(vault, tenant)? {
                return Err(Problem::conflict("the log holds entries of others as well")
                    .hint("whoever runs Scrim can export it with `scrim audit export`"));
            }
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
