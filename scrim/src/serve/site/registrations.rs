//! Registrations for rooms, on the page of whoever holds the meeting.

use axum::{
    extract::{Path, State},
    response::Response,
};
use scrim_policy::TenantId;
use scrim_storage::{
    Vault,
    service::{Registration, RegistrationState, Room, RoomRegistration, RoomRules},
};

use super::{
    super::{
        api,
        app::App,
        identity::Caller,
        problem::Problem,
        view::{RoomRegistrations, WaitingLine},
    },
    form::Form,
    frame,
};

/// What a page says about the registrations for a room; nothing where nobody can register and nobody
/// waits.
pub(super) fn part(
    app: &App,
    vault: &Vault,
    tenant: TenantId,
    room: &Room,
) -> Result<Option<RoomRegistrations>, Problem> {
    let url = api::register_url(app, room);
    let mut registrations = vault.registrations(tenant, room.id)?;
    registrations.retain(|one| one.state == RegistrationState::Waiting);
    if url.is_none() && registrations.is_empty() {
        return Ok(None);
    }
    let line = |one: Registration| WaitingLine {
        id: one.id.to_string(),
        name: one.who.name.reveal().clone(),
        email: one.who.email.reveal().clone(),
        confirmed_us: one.confirmed_at.unwrap_or(one.asked_at).as_micros(),
    };
    Ok(Some(RoomRegistrations {
        url,
        taken: vault.count_registrations(room.id)?,
        most: room.rules.registrations().into(),
        needs_approval: room.rules.registration == RoomRegistration::Approved,
        has_mail: app.messenger.has_mail(),
        waiting: registrations.into_iter().map(line).collect(),
    }))
}

/// Who can register and how many, as a form wants it. Where everybody is let in anyway, nobody can.
pub(super) fn wanted(
    form: &Form,
    is_registered_only: bool,
) -> Result<(String, Option<u16>), Problem> {
    let closed = RoomRegistration::Closed.as_str();
    if !is_registered_only {
        return Ok((closed.to_owned(), None));
    }
    let registration = form.given("registration").unwrap_or(closed).to_owned();
    let most = match form.given("most_registrations") {
        None => None,
        Some(_) => Some(form.number("most_registrations")?),
    };
    Ok((registration, most))
}

/// The key of who can register, and how many; nothing where everybody is let in anyway.
pub(super) fn facts(rules: &RoomRules) -> Option<(&'static str, Option<u16>)> {
    let is_taking = rules.takes_registrations();
    let key = match rules.registration {
        RoomRegistration::Closed => "register-closed",
        RoomRegistration::Open => "register-open",
        RoomRegistration::Approved => "register-approved",
    };
    rules
        .is_registered_only
        .then_some((key, is_taking.then(|| rules.registrations())))
}

pub(crate) async fn approve(
    State(app): State<App>,
    caller: Caller,
    Path((id, registration)): Path<(String, String)>,
) -> Result<Response, Problem> {
    api::approve_registration(&app, &caller, &id, &registration).await?;
    Ok(frame::done(
        &format!("/rooms/{id}"),
        "register-flash-approved",
    ))
}

pub(crate) async fn refuse(
    State(app): State<App>,
    caller: Caller,
    Path((id, registration)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Problem> {
    let is_told = !form.text("mail").is_empty();
    api::refuse_registration(&app, &caller, (&id, &registration), is_told).await?;
    Ok(frame::done(
        &format!("/rooms/{id}"),
        "register-flash-refused",
    ))
}
