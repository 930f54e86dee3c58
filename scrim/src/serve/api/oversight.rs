//! What a DPO answers for: how long things are kept, and what was erased.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use scrim_policy::{
    Days, ErasureId, HoldId, RecordingId, RetentionClass, RetentionRule, SubjectText, Tag,
};
use scrim_storage::{
    ErasurePlan,
    catalog::{ErasureRow, Selection},
    vault::HoldWords,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Checked, accounts::text, body::Part, parsed_id, recordings::owned};
use crate::serve::{
    app::{App, now},
    identity::Caller,
    problem::{Problem, ProblemBody},
};

/// A rule about how long things are kept.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleBody {
    /// raw, published, transcript, attendance or log.
    class: String,
    /// The tag that it is for. Without it, it is for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    /// For how many days things are kept. Without it, the rule is taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
}

/// A legal hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoldBody {
    /// Id, `hld_…`.
    id: String,
    /// The recording that it keeps. Without it, it keeps everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<String>,
    /// Why.
    reason: String,
    /// Who approved it.
    approver: String,
    /// When it was placed.
    placed_at: String,
    /// When it was released.
    #[serde(skip_serializing_if = "Option::is_none")]
    released_at: Option<String>,
}

/// A hold to place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldToPlace {
    /// The recording. Without it, everything of the tenant.
    recording: Option<String>,
    /// Why.
    reason: String,
    /// Who approved it.
    approver: String,
}

/// Why a hold ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldRelease {
    /// Why.
    reason: String,
    /// Who approved it.
    approver: String,
}

/// An id of something new.
#[derive(Serialize, ToSchema)]
pub(crate) struct Made {
    /// Id.
    id: String,
}

/// An erasure.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasureBody {
    /// Id, `era_…`.
    id: String,
    /// recording, person, tenant, expiry or refusal.
    reach: &'static str,
    /// The step that is done.
    step: &'static str,
    /// When it began.
    begun_at: String,
    /// When it was certified.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
    /// Whether its certificate can be had.
    has_certificate: bool,
}

/// What to erase: a recording, or a person by e-mail address or name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureToDo {
    /// The recording, with everything else of the same source.
    pub(crate) recording: Option<String>,
    /// Whoever has this e-mail address.
    pub(crate) email: Option<String>,
    /// Whoever has this name.
    pub(crate) name: Option<String>,
    /// Whether only to say what would go.
    #[serde(default)]
    pub(crate) dry_run: bool,
}

/// What an erasure would take, or has begun to take.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErasureBegun {
    /// The erasure, unless it was only asked what would go.
    #[serde(skip_serializing_if = "Option::is_none")]
    erasure: Option<ErasureBody>,
    /// Recordings that are deleted.
    recordings_deleted: u64,
    /// Recordings that are withdrawn, to be rendered again without the person.
    recordings_withdrawn: u64,
    /// Artefacts that go.
    artefacts: u64,
    /// Registrations of the person for rooms that go.
    registrations: u64,
    /// Invitations of the person to rooms that go.
    invitations: u64,
}

/// All rules.
#[utoipa::path(get, path = "/api/v1/retention/rules", tag = "retention", responses(
    (status = 200, body = Part<RuleBody>), (status = 401, body = ProblemBody),
    (status = 403, body = ProblemBody)
))]
pub(crate) async fn rules(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Part<RuleBody>>, Problem> {
    let tenant = caller.tenant();
    let rules = app
        .act(&caller, move |vault| Ok(vault.retention_rules(tenant)?))
        .await?;
    let body = |rule: &RetentionRule| RuleBody {
        class: rule.class.to_string(),
        tag: rule.tag.as_ref().map(ToString::to_string),
        days: Some(rule.period.count()),
    };
    Ok(Json(Part {
        entries: rules.rules().iter().map(body).collect(),
        next: None,
    }))
}

/// Sets a rule, or takes it away.
#[utoipa::path(put, path = "/api/v1/retention/rules", tag = "retention", request_body = RuleBody,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn set_rule(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<RuleBody>,
) -> Result<StatusCode, Problem> {
    let class: RetentionClass = wanted.class.parse().map_err(|_| {
        Problem::invalid(
            "class",
            "the classes are raw, published, transcript, attendance, log",
        )
    })?;
    let tag: Option<Tag> = wanted
        .tag
        .as_deref()
        .map(|tag| {
            tag.parse()
                .map_err(|_| Problem::invalid("tag", "this is no tag"))
        })
        .transpose()?;
    let tenant = caller.tenant();
    let Some(days) = wanted.days else {
        let cleared = app
            .act(&caller, move |vault| {
                Ok(vault.clear_retention_rule(tenant, class, tag.as_ref(), now())?)
            })
            .await?;
        return match cleared {
            true => Ok(StatusCode::NO_CONTENT),
            false => Err(Problem::not_found("rule")),
        };
    };
    let period = Days::new(days).map_err(|_| {
        Problem::invalid("days", "this is no number of days that things can be kept")
    })?;
    let rule = RetentionRule { class, tag, period };
    app.act(&caller, move |vault| {
        Ok(vault.set_retention_rule(tenant, &rule, now())?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All holds, released ones too.
#[utoipa::path(get, path = "/api/v1/holds", tag = "retention", responses(
    (status = 200, body = Part<HoldBody>), (status = 401, body = ProblemBody),
    (status = 403, body = ProblemBody)
))]
pub(crate) async fn holds(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Part<HoldBody>>, Problem> {
    let tenant = caller.tenant();
    let entries = app
        .act(&caller, move |vault| {
            let mut entries = Vec::new();
            for row in vault.holds(tenant)? {
                let words = vault.hold_words(&row)?;
                entries.push(HoldBody {
                    id: row.id.to_string(),
                    recording: row.recording.map(|recording| recording.to_string()),
                    reason: words.placed.reason.reveal().clone(),
                    approver: words.placed.approver.reveal().clone(),
                    placed_at: row.placed_at.to_string(),
                    released_at: row.released_at.map(|at| at.to_string()),
                });
            }
            Ok(entries)
        })
        .await?;
    Ok(Json(Part {
        entries,
        next: None,
    }))
}

/// Places a hold: what it covers is not deleted, whatever is due or asked for.
#[utoipa::path(post, path = "/api/v1/holds", tag = "retention", request_body = HoldToPlace,
    responses((status = 201, body = Made), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn place_hold(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<HoldToPlace>,
) -> Result<(StatusCode, Json<Made>), Problem> {
    let words = hold_words(&wanted.reason, &wanted.approver)?;
    let recording: Option<RecordingId> = wanted
        .recording
        .as_deref()
        .map(|id| parsed_id(id, "recording"))
        .transpose()?;
    let asking = caller.clone();
    let id = app
        .act(&caller, move |vault| {
            // Before the audit log says that it was placed.
            if let Some(recording) = recording {
                owned(vault, &asking, recording)?;
            }
            Ok(vault.place_hold(asking.tenant(), recording, &words, now())?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(Made { id: id.to_string() })))
}

/// Ends a hold.
#[utoipa::path(post, path = "/api/v1/holds/{id}/release", tag = "retention",
    params(("id" = String, Path, description = "Id, `hld_…`")), request_body = HoldRelease,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn release_hold(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(wanted): Checked<HoldRelease>,
) -> Result<StatusCode, Problem> {
    let id: HoldId = parsed_id(&id, "hold")?;
    let words = hold_words(&wanted.reason, &wanted.approver)?;
    let tenant = caller.tenant();
    app.act(&caller, move |vault| {
        if vault.hold_row(id)?.tenant != tenant {
            return Err(Problem::not_found("hold"));
        }
        Ok(vault.release_hold(id, &words, now())?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the words of a hold.
pub(crate) fn hold_words(reason: &str, approver: &str) -> Result<HoldWords, Problem> {
    let reason = text("reason", reason, 500)?;
    let approver = text("approver", approver, 100)?;
    HoldWords::new(&reason, &approver)
        .map_err(|error| Problem::invalid("reason", error.to_string()))
}

impl ErasureBody {
    fn new(row: &ErasureRow) -> Self {
        Self {
            id: row.id.to_string(),
            reach: row.reach.as_str(),
            step: row.step.as_str(),
            begun_at: row.begun_at.to_string(),
            finished_at: row.finished_at.map(|at| at.to_string()),
            has_certificate: row.certificate.is_some(),
        }
    }
}

/// All erasures.
#[utoipa::path(get, path = "/api/v1/erasures", tag = "erasures", responses(
    (status = 200, body = Part<ErasureBody>), (status = 401, body = ProblemBody),
    (status = 403, body = ProblemBody)
))]
pub(crate) async fn erasures(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Part<ErasureBody>>, Problem> {
    let tenant = caller.tenant();
    let rows = app
        .act(&caller, move |vault| Ok(vault.erasures(tenant)?))
        .await?;
    Ok(Json(Part {
        entries: rows.iter().map(ErasureBody::new).collect(),
        next: None,
    }))
}

/// Erases, to the certificate. It is done when the answer comes.
#[utoipa::path(post, path = "/api/v1/erasures", tag = "erasures", request_body = ErasureToDo,
    responses((status = 200, body = ErasureBegun, description = "What would go"),
        (status = 201, body = ErasureBegun), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn erase(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<ErasureToDo>,
) -> Result<(StatusCode, Json<ErasureBegun>), Problem> {
    let terms = app.home.config()?.retention.terms();
    let tenant = caller.tenant();
    let is_dry = wanted.dry_run;
    let begun = app
        .act(&caller, move |vault| {
            let selection = selection(vault, &wanted)?;
            let plan = vault.plan_erasure(tenant, &selection)?;
            let row = match is_dry {
                true => None,
                false => Some(vault.erase(tenant, &selection, terms, now(), &|_| ())?),
            };
            Ok(begun(&plan, row.as_ref()))
        })
        .await?;
    let status = if is_dry {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(begun)))
}

fn begun(plan: &ErasurePlan, row: Option<&ErasureRow>) -> ErasureBegun {
    ErasureBegun {
        erasure: row.map(ErasureBody::new),
        recordings_deleted: plan.deleted,
        recordings_withdrawn: plan.withdrawn,
        artefacts: plan.artefacts,
        registrations: plan.registrations,
        invitations: plan.invitations,
    }
}

/// Returns what an erasure is about.
pub(crate) fn selection(
    vault: &scrim_storage::Vault,
    wanted: &ErasureToDo,
) -> Result<Selection, Problem> {
    match (&wanted.recording, &wanted.email, &wanted.name) {
        (Some(id), None, None) => Ok(Selection::Recording(parsed_id(id, "recording")?)),
        (None, Some(email), None) => {
            let text = SubjectText::of_email(email)
                .ok_or_else(|| Problem::invalid("email", "this is no e-mail address"))?;
            Ok(Selection::Person(vec![vault.subject(&text)]))
        }
        (None, None, Some(name)) => {
            let text = SubjectText::of_name(name)
                .ok_or_else(|| Problem::invalid("name", "this is no name"))?;
            Ok(Selection::Person(vec![vault.subject(&text)]))
        }
        _ => Err(Problem::invalid(
            "recording",
            "say one of recording, email and name",
        )),
    }
}

/// The signed certificate of an erasure.
#[utoipa::path(get, path = "/api/v1/erasures/{id}/certificate", tag = "erasures",
    params(("id" = String, Path, description = "Id, `era_…`")),
    responses((status = 200, description = "The certificate", content_type = "application/json"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn certificate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: ErasureId = parsed_id(&id, "erasure")?;
    let tenant = caller.tenant();
    let text = app
        .act(&caller, move |vault| {
            let row = vault.erasure(id)?;
            if row.tenant != tenant {
                return Err(Problem::not_found("erasure"));
            }
            row.certificate
                .ok_or_else(|| Problem::not_found("certificate"))
        })
        .await?;
    Ok(([("content-type", "application/json")], text).into_response())
}
