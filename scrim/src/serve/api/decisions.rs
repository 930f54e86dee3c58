//! What a person decides about a recording: publish it, publish it all the same, take it back.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::{Pii, RecordingId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Checked, accounts::text, parsed_id, recordings::owned};
use crate::serve::{
    app::{App, now},
    identity::Caller,
    messages,
    problem::{Problem, ProblemBody},
};

/// Why something is done. It is sealed with the recording.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reason {
    /// Up to 500 characters.
    pub(crate) reason: Option<String>,
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Publish,
    Override,
    Withdraw,
}

/// Publishes a recording that the gate let through, or that was withdrawn.
#[utoipa::path(post, path = "/api/v1/recordings/{id}/publish", tag = "recordings",
    params(("id" = String, Path, description = "Id, `rec_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody))
)]
pub(crate) async fn publish(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = parsed_id(&id, "recording")?;
    decide(&app, &caller, id, Decision::Publish, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Publishes a recording that the gate held. The reason is kept, and everybody who is told of alarms
/// is told.
#[utoipa::path(post, path = "/api/v1/recordings/{id}/override", tag = "recordings",
    params(("id" = String, Path, description = "Id, `rec_…`")), request_body = Reason,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn override_gate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(why): Checked<Reason>,
) -> Result<StatusCode, Problem> {
    let id = parsed_id(&id, "recording")?;
    decide(&app, &caller, id, Decision::Override, why.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a recording back: nobody gets it any more, and no batch publishes it again.
#[utoipa::path(post, path = "/api/v1/recordings/{id}/withdraw", tag = "recordings",
    params(("id" = String, Path, description = "Id, `rec_…`")), request_body = Reason,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(why): Checked<Reason>,
) -> Result<StatusCode, Problem> {
    let id = parsed_id(&id, "recording")?;
    decide(&app, &caller, id, Decision::Withdraw, why.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Carries a decision out.
pub(crate) async fn decide(
    app: &App,
    caller: &Caller,
    id: RecordingId,
    decision: Decision,
    reason: Option<&str>,
) -> Result<(), Problem> {
    let reason = reason
        .map(str::trim)
        .filter(|reason| !reason.is_empty())
        .map(|reason| text("reason", reason, 500))
        .transpose()?
        .map(Pii::new);
    if decision == Decision::Override && reason.is_none() {
        return Err(Problem::invalid(
            "reason",
            "say why it is published all the same",
        ));
    }
    let asking = caller.clone();
    app.act(caller, move |vault| {
        owned(vault, &asking, id)?;
        match (decision, &reason) {
            (Decision::Publish, _) => vault.release(id, now())?,
            (Decision::Override, Some(reason)) => vault.override_gate(id, reason, now())?,
            (Decision::Override, None) => {}
            (Decision::Withdraw, reason) => vault.withdraw(id, reason.as_ref(), now())?,
        }
        Ok(())
    })
    .await?;
    if decision == Decision::Override {
        let alert = messages::alert(
            messages::Alert::GateOverridden,
            &format!("/recordings/{id}"),
        );
        messages::tell_soon(app, caller.tenant(), alert);
    }
    Ok(())
}
