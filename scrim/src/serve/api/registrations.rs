//! Registrations for rooms, as whoever holds the meeting decides about them.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::RegistrationId;
use scrim_storage::service::{Registration, RegistrationMail, RoomState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Checked, body::Part, parsed_id, rooms::found};
use crate::serve::{
    app::{App, now},
    identity::Caller,
    problem::{Problem, ProblemBody},
    registration,
};

/// A registration that was confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegistrationBody {
    /// Id, `reg_…`.
    id: String,
    /// The name that the person goes by.
    name: String,
    /// The e-mail address, which was shown to be theirs.
    email: String,
    /// The language of the mails that the person gets.
    language: String,
    /// `waiting` for somebody to decide, or `invited`.
    state: &'static str,
    /// When it was asked for.
    asked_at: String,
    /// When it was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<String>,
    /// The invitation that came of it, `inv_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<String>,
}

/// How somebody is refused.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RegistrationRefusal {
    /// Whether the person gets a short mail that says so.
    pub(crate) send_mail: bool,
}

impl RegistrationBody {
    fn new(registration: &Registration) -> Self {
        let who = &registration.who;
        Self {
            id: registration.id.to_string(),
            name: who.name.reveal().clone(),
            email: who.email.reveal().clone(),
            language: who.language.clone(),
            state: registration.state.as_str(),
            asked_at: registration.asked_at.to_string(),
            confirmed_at: registration.confirmed_at.map(|at| at.to_string()),
            invitation: registration.invitation.map(|id| id.to_string()),
        }
    }
}

/// Registrations for a room that were confirmed, oldest first. They go when its meeting is over.
#[utoipa::path(get, path = "/api/v1/rooms/{id}/registrations", tag = "registrations",
    params(("id" = String, Path, description = "Id, `rom_…`")),
    responses((status = 200, body = Part<RegistrationBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Part<RegistrationBody>>, Problem> {
    let room = found(&app, &caller, &id).await?;
    let tenant = caller.tenant();
    let registrations = app
        .act(&caller, move |vault| {
            Ok(vault.registrations(tenant, room.id)?)
        })
        .await?;
    Ok(Json(Part {
        entries: registrations.iter().map(RegistrationBody::new).collect(),
        next: None,
    }))
}

/// Invites somebody who waits. The personal way in goes to the person by mail.
#[utoipa::path(post, path = "/api/v1/rooms/{id}/registrations/{registration}/approve",
    tag = "registrations",
    params(("id" = String, Path, description = "Id, `rom_…`"),
        ("registration" = String, Path, description = "Id, `reg_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody))
)]
pub(crate) async fn approve(
    State(app): State<App>,
    caller: Caller,
    Path((id, registration)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    approved(&app, &caller, &id, &registration).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses somebody who waits. Name and address are destroyed, at once or with the mail that says so.
#[utoipa::path(post, path = "/api/v1/rooms/{id}/registrations/{registration}/refuse",
    tag = "registrations",
    params(("id" = String, Path, description = "Id, `rom_…`"),
        ("registration" = String, Path, description = "Id, `reg_…`")),
    request_body = RegistrationRefusal,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn refuse(
    State(app): State<App>,
    caller: Caller,
    Path((id, registration)): Path<(String, String)>,
    Checked(refusal): Checked<RegistrationRefusal>,
) -> Result<StatusCode, Problem> {
    refused(&app, &caller, (&id, &registration), refusal.send_mail).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites somebody who waits, if there is somebody.
pub(crate) async fn approved(
    app: &App,
    caller: &Caller,
    room: &str,
    registration: &str,
) -> Result<(), Problem> {
    let room = found(app, caller, room).await?;
    let id: RegistrationId = parsed_id(registration, "registration")?;
    if room.state == RoomState::Ended {
        return Err(Problem::conflict("the meeting is over"));
    }
    let (tenant, place) = (caller.tenant(), (room.id, id));
    let is_approved = app
        .act(caller, move |vault| {
            Ok(vault.approve_registration(tenant, place, now())?)
        })
        .await?;
    if !is_approved {
        return Err(Problem::not_found("registration"));
    }
    registration::send(app, tenant, id, RegistrationMail::WayIn).await
}

/// Refuses somebody who waits, if there is somebody.
pub(crate) async fn refused(
    app: &App,
    caller: &Caller,
    (room, registration): (&str, &str),
    is_told: bool,
) -> Result<(), Problem> {
    let room = found(app, caller, room).await?;
    let id: RegistrationId = parsed_id(registration, "registration")?;
    let (tenant, place) = (caller.tenant(), (room.id, id));
    // Where no mail is sent, none is waited for.
    let is_told = is_told && app.messenger.has_mail();
    let is_refused = app
        .act(caller, move |vault| {
            Ok(vault.refuse_registration(tenant, place, is_told, now())?)
        })
        .await?;
    match (is_refused, is_told) {
        (false, _) => Err(Problem::not_found("registration")),
        (true, false) => Ok(()),
        (true, true) => registration::send(app, tenant, id, RegistrationMail::Refused).await,
    }
}
