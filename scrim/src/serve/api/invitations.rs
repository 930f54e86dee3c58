//! Invitations to rooms.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::{InvitationId, Pii};
use scrim_storage::service::{Invitation, InvitedSeat, Invitee, LinkSecret, Room};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Checked,
    accounts::{text, words},
    body::Part,
    parsed_id,
    rooms::{found, join_url},
};
use crate::serve::{
    app::{App, now},
    identity::Caller,
    problem::{Problem, ProblemBody},
};

/// An invitation to a room.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationBody {
    /// Id, `inv_…`.
    id: String,
    /// The name of whoever is invited.
    name: String,
    /// The e-mail address, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// presenter or attendee.
    seat: &'static str,
    /// Since when the person is invited.
    invited_at: String,
    /// Since when not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<String>,
    /// Where the person comes in. It is shown once, when the invitation is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// An invitation to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvitationToMake {
    /// The name that the person goes by in the room, up to 200 characters.
    pub(crate) name: String,
    /// The e-mail address. Nothing is sent to it.
    pub(crate) email: Option<String>,
    /// presenter or attendee.
    pub(crate) seat: String,
}

impl InvitationBody {
    fn new(invitation: &Invitation, url: Option<String>) -> Self {
        let email = invitation.email.as_ref();
        Self {
            id: invitation.id.to_string(),
            name: invitation.name.reveal().clone(),
            email: email.map(|email| email.reveal().clone()),
            seat: invitation.seat.as_str(),
            invited_at: invitation.invited_at.to_string(),
            withdrawn_at: invitation.withdrawn_at.map(|at| at.to_string()),
            url,
        }
    }
}

impl InvitationToMake {
    fn understood(&self) -> Result<Invitee, Problem> {
        let seat: InvitedSeat = self
            .seat
            .parse()
            .map_err(|()| Problem::invalid("seat", "it is presenter or attendee"))?;
        let email = self.email.as_deref().unwrap_or_default();
        let (name, email) = match email.trim() {
            "" => (Pii::new(text("name", &self.name, 200)?), None),
            email => {
                let words = words(&self.name, email)?;
                (words.name, Some(words.address))
            }
        };
        Ok(Invitee { name, email, seat })
    }
}

/// Invitations to a room, oldest first.
#[utoipa::path(get, path = "/api/v1/rooms/{id}/invitations", tag = "invitations",
    params(("id" = String, Path, description = "Id, `rom_…`")),
    responses((status = 200, body = Part<InvitationBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Part<InvitationBody>>, Problem> {
    let room = found(&app, &caller, &id).await?;
    let tenant = caller.tenant();
    let invitations = app
        .act(&caller, move |vault| {
            Ok(vault.room_invitations(tenant, room.id)?)
        })
        .await?;
    Ok(Json(Part {
        entries: invitations
            .iter()
            .map(|invitation| InvitationBody::new(invitation, None))
            .collect(),
        next: None,
    }))
}

/// Invites somebody to a room. The address in the answer is for that person alone.
#[utoipa::path(post, path = "/api/v1/rooms/{id}/invitations", tag = "invitations",
    params(("id" = String, Path, description = "Id, `rom_…`")), request_body = InvitationToMake,
    responses((status = 201, body = InvitationBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn make(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(wanted): Checked<InvitationToMake>,
) -> Result<(StatusCode, Json<InvitationBody>), Problem> {
    let room = found(&app, &caller, &id).await?;
    let (invitation, url) = invited(&app, &caller, &room, &wanted).await?;
    let body = InvitationBody::new(&invitation, Some(url));
    Ok((StatusCode::CREATED, Json(body)))
}

/// Invites somebody to a room, and returns where the person comes in.
pub(crate) async fn invited(
    app: &App,
    caller: &Caller,
    room: &Room,
    wanted: &InvitationToMake,
) -> Result<(Invitation, String), Problem> {
    let invitee = wanted.understood()?;
    let (tenant, id) = (caller.tenant(), room.id);
    let made = app
        .act(caller, move |vault| {
            Ok(vault.invite_to_room(tenant, id, &invitee, now())?)
        })
        .await?;
    let (invitation, secret) = made.ok_or_else(|| Problem::conflict("the meeting is over"))?;
    let url = way_in(app, room, &secret);
    Ok((invitation, url))
}

/// Where somebody comes in who is invited. The secret stands behind the mark, so that no server on the
/// way and no log ever sees it.
pub(crate) fn way_in(app: &App, room: &Room, secret: &LinkSecret) -> String {
    format!("{}#t={}", join_url(app, room), secret.expose())
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/invitations/{invitation}", tag = "invitations",
    params(("id" = String, Path, description = "Id, `rom_…`"),
        ("invitation" = String, Path, description = "Id, `inv_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path((id, invitation)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    withdrawn(&app, &caller, &id, &invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an invitation back, if there is one that can be.
pub(crate) async fn withdrawn(
    app: &App,
    caller: &Caller,
    room: &str,
    invitation: &str,
) -> Result<(), Problem> {
    let room = found(app, caller, room).await?;
    let invitation: InvitationId = parsed_id(invitation, "invitation")?;
    let (tenant, id) = (caller.tenant(), room.id);
    let is_withdrawn = app
        .act(caller, move |vault| {
            Ok(vault.withdraw_invitation(tenant, id, invitation, now())?)
        })
        .await?;
    match is_withdrawn {
        true => Ok(()),
        false => Err(Problem::not_found("invitation")),
    }
}
