//! Policies, in all their versions.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::{Policy, PolicyId};
use scrim_storage::service::SavedPolicy;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    Checked,
    body::{Asked, Part},
    parsed_id,
};
use crate::{
    failure::Failure,
    serve::{
        app::{App, now},
        identity::Caller,
        problem::{Problem, ProblemBody},
    },
};

/// A version of a policy.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyBody {
    /// Id, `pol_…`, the same for all versions.
    id: String,
    /// Version, from 1.
    version: u64,
    /// What it calls itself.
    name: String,
    /// The policy, as docs/reference/policy.md describes it.
    document: Value,
    /// When this version was saved.
    created_at: String,
}

/// A policy to save.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyToSave {
    /// The policy: an object with `schema`, `name`, `region` and so on.
    document: Value,
    /// The version that this one follows. Another one meanwhile is a conflict.
    after: Option<u64>,
}

/// A policy that was saved.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicySaved {
    /// Id.
    id: String,
    /// Version.
    version: u64,
}

/// Which version is wanted.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichVersion {
    /// Without it, the newest.
    version: Option<u64>,
}

impl PolicyBody {
    fn new(kept: SavedPolicy) -> Self {
        Self {
            id: kept.id.to_string(),
            version: kept.version,
            name: kept.name,
            document: toml::from_str(&kept.text).unwrap_or_default(),
            created_at: kept.created_at.to_string(),
        }
    }
}

/// Understands a policy that was sent as JSON, and returns it as the text that is kept.
pub(crate) fn understood(document: &Value) -> Result<(Policy, String), Problem> {
    let text = toml::to_string_pretty(document)
        .map_err(|_| Problem::invalid("document", "this is no policy: it has to be an object"))?;
    let policy = Policy::parse("document", &text).map_err(Failure::from)?;
    Ok((policy, text))
}

/// The newest version of every policy.
#[utoipa::path(get, path = "/api/v1/policies", tag = "policies", responses(
    (status = 200, body = Part<PolicyBody>), (status = 401, body = ProblemBody),
    (status = 403, body = ProblemBody)
))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Part<PolicyBody>>, Problem> {
    let tenant = caller.tenant();
    let kept = app
        .act(&caller, move |vault| Ok(vault.saved_policies(tenant)?))
        .await?;
    Ok(Json(Part {
        entries: kept.into_iter().map(PolicyBody::new).collect(),
        next: None,
    }))
}

/// Saves a new policy.
#[utoipa::path(post, path = "/api/v1/policies", tag = "policies", request_body = PolicyToSave,
    responses((status = 201, body = PolicySaved), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn save(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<PolicyToSave>,
) -> Result<(StatusCode, Json<PolicySaved>), Problem> {
    let saved = keep(&app, &caller, None, &wanted.document).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// One policy, the newest version or another one.
#[utoipa::path(get, path = "/api/v1/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "Id, `pol_…`"), WhichVersion),
    responses((status = 200, body = PolicyBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(which): Asked<WhichVersion>,
) -> Result<Json<PolicyBody>, Problem> {
    let id: PolicyId = parsed_id(&id, "policy")?;
    let tenant = caller.tenant();
    let kept = app
        .act(&caller, move |vault| {
            Ok(vault.saved_policy(tenant, id, which.version)?)
        })
        .await?;
    let kept = kept.ok_or_else(|| Problem::not_found("policy"))?;
    Ok(Json(PolicyBody::new(kept)))
}

/// Saves the next version of a policy.
#[utoipa::path(put, path = "/api/v1/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "Id, `pol_…`")), request_body = PolicyToSave,
    responses((status = 200, body = PolicySaved), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(wanted): Checked<PolicyToSave>,
) -> Result<Json<PolicySaved>, Problem> {
    let id: PolicyId = parsed_id(&id, "policy")?;
    let after = wanted
        .after
        .ok_or_else(|| Problem::invalid("after", "say which version this one follows"))?;
    let tenant = caller.tenant();
    let known = app
        .act(&caller, move |vault| {
            Ok(vault.saved_policy(tenant, id, None)?)
        })
        .await?;
    known.ok_or_else(|| Problem::not_found("policy"))?;
    keep(&app, &caller, Some((id, after)), &wanted.document)
        .await
        .map(Json)
}

async fn keep(
    app: &App,
    caller: &Caller,
    after: Option<(PolicyId, u64)>,
    document: &Value,
) -> Result<PolicySaved, Problem> {
    let (policy, text) = understood(document)?;
    let (tenant, by) = (caller.tenant(), caller.id());
    let saved = app
        .act(caller, move |vault| {
            Ok(vault.save_policy(tenant, after, (&policy.name, &text), by, now())?)
        })
        .await?;
    let (id, version) = saved.ok_or_else(|| {
        Problem::conflict("somebody else has saved a version meanwhile").hint("load the newest one")
    })?;
    Ok(PolicySaved {
        id: id.to_string(),
        version,
    })
}

/// Takes a policy away with all its versions. Recordings that were made with it stay.
#[utoipa::path(delete, path = "/api/v1/policies/{id}", tag = "policies",
    params(("id" = String, Path, description = "Id, `pol_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn forget(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: PolicyId = parsed_id(&id, "policy")?;
    let tenant = caller.tenant();
    match app
        .act(&caller, move |vault| Ok(vault.forget_policy(tenant, id)?))
        .await?
    {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found("policy")),
    }
}
