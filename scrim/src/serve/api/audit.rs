//! What a DPO and an auditor look up: who agreed to what, and what was done.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::{Attendance, Purpose, RecordingId};
use scrim_storage::audit::Record;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    body::{Asked, Part},
    cursor, parsed_id,
    recordings::owned,
};
use crate::serve::{
    app::{App, now},
    identity::Caller,
    problem::{Problem, ProblemBody},
    trail,
};

/// What somebody agreed to.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentsBody {
    /// What stands for the name in the recording.
    initials: String,
    /// Name.
    name: String,
    /// What the person did.
    role: String,
    /// Purposes and how it stands with each.
    consents: serde_json::Value,
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryBody {
    /// Its number, from 0.
    seq: u64,
    /// What happened, docs/reference/audit-events.md. Nothing where it was erased, or
    /// where it is about somebody else's.
    entry: Option<serde_json::Value>,
}

/// What is wanted of the log.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditListing {
    /// Only entries about this recording.
    recording: Option<String>,
    /// What `next` said in the answer before.
    cursor: Option<String>,
    /// Most entries to answer with, up to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Whether the log is whole.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditVerdict {
    /// Whether it is.
    is_intact: bool,
    /// Number of entries.
    entries: u64,
    /// What is wrong.
    findings: Vec<String>,
}

/// Who took part in a recording and agreed to what.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/consents", tag = "consents",
    params(("id" = String, Path, description = "Id, `rec_…`")),
    responses((status = 200, body = Part<ConsentsBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn consents(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Part<ConsentsBody>>, Problem> {
    const MOST: u64 = 16 << 20;
    let id: RecordingId = parsed_id(&id, "recording")?;
    let asking = caller.clone();
    let entries = app
        .act(&caller, move |vault| {
            owned(vault, &asking, id)?;
            let Some(row) = vault.attendance(id)? else {
                return Ok(Vec::new());
            };
            let json = vault.read_all(&row, MOST, Purpose::Get, now())?;
            let attendance: Attendance = serde_json::from_slice(&json).map_err(|_| {
                Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "the list of who took part is unreadable",
                )
            })?;
            Ok(attendance
                .people
                .iter()
                .map(|person| ConsentsBody {
                    initials: person.initials.clone(),
                    name: person.name.reveal().clone(),
                    role: serde_json::to_value(person.role)
                        .ok()
                        .and_then(|role| role.as_str().map(str::to_owned))
                        .unwrap_or_default(),
                    consents: serde_json::to_value(&person.consents).unwrap_or_default(),
                })
                .collect())
        })
        .await?;
    Ok(Json(Part {
        entries,
        next: None,
    }))
}

/// Entries of the audit log, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditListing),
    responses((status = 200, body = Part<EntryBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(wanted): Asked<AuditListing>,
) -> Result<Json<Part<EntryBody>>, Problem> {
    let limit = super::Listing {
        cursor: None,
        limit: wanted.limit,
    }
    .limit()?;
    let before: Option<u64> = cursor(wanted.cursor.as_deref())?;
    let recording: Option<RecordingId> = wanted
        .recording
        .as_deref()
        .map(|id| parsed_id(id, "recording"))
        .transpose()?;
    let tenant = caller.tenant();
    let records = app
        .act(&caller, move |vault| {
            trail::records(vault, tenant, recording, before, limit)
        })
        .await?;
    let next = records
        .first()
        .filter(|first| records.len() == limit as usize && first.seq > 0)
        .map(|first| first.seq.to_string());
    let body = |record: &Record| EntryBody {
        seq: record.seq,
        entry: record
            .body
            .as_deref()
            .and_then(|body| serde_json::from_str(body).ok()),
    };
    Ok(Json(Part {
        entries: records.iter().rev().map(body).collect(),
        next,
    }))
}

/// Walks the whole audit log and says whether it is whole.
#[utoipa::path(get, path = "/api/v1/audit/verify", tag = "audit", responses(
    (status = 200, body = AuditVerdict), (status = 401, body = ProblemBody),
    (status = 403, body = ProblemBody)
))]
pub(crate) async fn verify(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<AuditVerdict>, Problem> {
    let verdict = app
        .act(&caller, move |vault| Ok(vault.verify_audit(&[])?))
        .await?;
    Ok(Json(AuditVerdict {
        is_intact: verdict.is_intact(),
        entries: verdict.entries,
        findings: verdict.findings.iter().map(ToString::to_string).collect(),
    }))
}
