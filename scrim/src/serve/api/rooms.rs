//! Rooms: meetings that are planned, go on or are over.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::RoomId;
use scrim_storage::{
    Timestamp,
    service::{NewPassword, Room, RoomPassword, RoomPlan, RoomProtection, RoomRules, RoomState},
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

use super::{
    Checked, Listing,
    accounts::text,
    body::{Asked, Part},
    cursor, parsed_id,
    room_rules::{RoomRulesBody, require_policy},
};
use crate::serve::{
    app::{App, now},
    identity::Caller,
    problem::{Problem, ProblemBody},
};

/// The longest title, and the longest text about a recording, in characters.
const MOST_TITLE_CHARS: usize = 200;
const MOST_CHARS: usize = 500;

/// A room.
#[derive(Serialize, ToSchema)]
pub(crate) struct RoomBody {
    /// Id, `rom_…`.
    id: String,
    /// What it is called.
    title: String,
    /// planned, open or ended.
    state: &'static str,
    /// Where it is. Whoever has this address can come to its door.
    join_url: String,
    /// Where people register for it, where they can.
    #[serde(skip_serializing_if = "Option::is_none")]
    register_url: Option<String>,
    /// Who records, where something is recorded.
    controller: String,
    /// How to reach them, or their data protection officer.
    contact: String,
    /// What a recording is for.
    purpose: String,
    /// Who may see a recording.
    audience: String,
    /// Whether guests have to know a password.
    has_password: bool,
    /// What holds in it.
    rules: RoomRulesBody,
    /// Which notice people are shown, where something is recorded. Answers name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    /// When it was planned.
    made_at: String,
    /// When its meeting is to begin, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    opens_at: Option<String>,
    /// When its meeting began.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at: Option<String>,
    /// When its meeting was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
}

/// A room to plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomToPlan {
    /// What it is called, up to 200 characters.
    pub(crate) title: String,
    /// Who records, up to 500 characters. This and the next three are needed where something is recorded.
    #[serde(default)]
    pub(crate) controller: String,
    /// How to reach them, or their data protection officer.
    #[serde(default)]
    pub(crate) contact: String,
    /// What a recording is for.
    #[serde(default)]
    pub(crate) purpose: String,
    /// Who may see a recording.
    #[serde(default)]
    pub(crate) audience: String,
    /// When its meeting is to begin, RFC 3339.
    pub(crate) opens_at: Option<String>,
    /// A password of at least 6 characters, for guests.
    pub(crate) password: Option<String>,
    /// What holds in it.
    #[serde(default)]
    pub(crate) rules: RoomRulesBody,
}

/// What changes of a room. What is left out stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RoomChange {
    /// What it is called.
    title: Option<String>,
    /// Who records.
    controller: Option<String>,
    /// How to reach them.
    contact: Option<String>,
    /// What a recording is for.
    purpose: Option<String>,
    /// Who may see a recording.
    audience: Option<String>,
    /// When its meeting is to begin, RFC 3339. Empty where nobody knows.
    opens_at: Option<String>,
    /// A password for guests. Empty for none.
    password: Option<String>,
    /// What holds in it, as a whole.
    rules: Option<RoomRulesBody>,
}

impl RoomBody {
    pub(crate) fn new(app: &App, room: &Room) -> Self {
        let words = &room.words;
        let is_recorded = matches!(room.rules.protection, RoomProtection::Recorded { .. });
        Self {
            id: room.id.to_string(),
            title: words.title.clone(),
            state: room.state.as_str(),
            join_url: join_url(app, room),
            register_url: register_url(app, room),
            controller: words.controller.clone(),
            contact: words.contact.clone(),
            purpose: words.purpose.clone(),
            audience: words.audience.clone(),
            has_password: room.has_password,
            rules: RoomRulesBody::new(&room.rules),
            notice: is_recorded.then(|| room.notice()),
            made_at: room.made_at.to_string(),
            opens_at: room.opens_at.map(|at| at.to_string()),
            opened_at: room.opened_at.map(|at| at.to_string()),
            ended_at: room.ended_at.map(|at| at.to_string()),
        }
    }
}

impl RoomChange {
    /// Returns the room as it is wanted from now on.
    fn of(self, room: &Room) -> RoomToPlan {
        let words = &room.words;
        let or = |wanted: Option<String>, kept: &String| wanted.unwrap_or_else(|| kept.clone());
        RoomToPlan {
            title: or(self.title, &words.title),
            controller: or(self.controller, &words.controller),
            contact: or(self.contact, &words.contact),
            purpose: or(self.purpose, &words.purpose),
            audience: or(self.audience, &words.audience),
            opens_at: self
                .opens_at
                .or_else(|| room.opens_at.map(|at| at.to_string())),
            password: self.password,
            rules: self
                .rules
                .unwrap_or_else(|| RoomRulesBody::new(&room.rules)),
        }
    }
}

/// Where a room is.
pub(crate) fn join_url(app: &App, room: &Room) -> String {
    format!("{}/r/{}", app.settings.url(), room.words.code)
}

/// Where people register for a room, as long as it lasts.
pub(crate) fn register_url(app: &App, room: &Room) -> Option<String> {
    let is_taking = room.rules.takes_registrations() && room.state != RoomState::Ended;
    is_taking.then(|| format!("{}/register/{}", app.settings.url(), room.words.code))
}

/// Without mail nobody could show that an address is theirs.
fn require_mail(app: &App, rules: &RoomRules) -> Result<(), Problem> {
    if !rules.takes_registrations() || app.messenger.has_mail() {
        return Ok(());
    }
    let refused = Problem::invalid("rules.registration", "this service sends no mail");
    Err(refused.hint("set up [mail] in the configuration"))
}

/// Reads a time.
fn moment(path: &str, text: &str) -> Result<Timestamp, Problem> {
    let wrong = |_| Problem::invalid(path, "this is no time: write it like 2027-01-15T10:00:00Z");
    let at = OffsetDateTime::parse(text, &Rfc3339).map_err(wrong)?;
    let micros = i64::try_from(at.unix_timestamp_nanos() / 1000);
    Ok(Timestamp::from_micros(micros.unwrap_or(i64::MAX)))
}

/// Takes a room that makes sense. Nobody can agree to be recorded without being told by whom, what for
/// and for whom, so that is said where something is recorded.
fn understood(wanted: RoomToPlan) -> Result<RoomPlan, Problem> {
    let rules = wanted.rules.understood()?;
    let is_recorded = matches!(rules.protection, RoomProtection::Recorded { .. });
    let said = |path: &str, said: &str| match said.trim() {
        "" if !is_recorded => Ok(String::new()),
        said => text(path, said, MOST_CHARS),
    };
    let opens_at = match wanted.opens_at.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(moment("opens_at", text)?),
    };
    let password = match wanted.password {
        None => RoomPassword::AsBefore,
        Some(password) if password.is_empty() => RoomPassword::Nothing,
        Some(password) => {
            let password = NewPassword::of_link(password);
            let wrong = |error: scrim_storage::service::PasswordRefused| {
                Problem::invalid("password", error.to_string())
            };
            RoomPassword::New(password.map_err(wrong)?)
        }
    };
    Ok(RoomPlan {
        title: text("title", &wanted.title, MOST_TITLE_CHARS)?,
        controller: said("controller", &wanted.controller)?,
        contact: said("contact", &wanted.contact)?,
        purpose: said("purpose", &wanted.purpose)?,
        audience: said("audience", &wanted.audience)?,
        rules,
        opens_at,
        password,
    })
}

/// Rooms, newest first.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", params(Listing),
    responses((status = 200, body = Part<RoomBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(listing): Asked<Listing>,
) -> Result<Json<Part<RoomBody>>, Problem> {
    let limit = listing.limit()?;
    let before = cursor(listing.cursor.as_deref())?;
    let tenant = caller.tenant();
    let rooms = app
        .act(
            &caller,
            move |vault| Ok(vault.rooms(tenant, before, limit)?),
        )
        .await?;
    let is_full = rooms.len() == limit as usize;
    let next = rooms
        .last()
        .filter(|_| is_full)
        .map(|room| room.id.to_string());
    Ok(Json(Part {
        entries: rooms.iter().map(|room| RoomBody::new(&app, room)).collect(),
        next,
    }))
}

/// Plans a room.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "rooms", request_body = RoomToPlan,
    responses((status = 201, body = RoomBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn plan(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<RoomToPlan>,
) -> Result<(StatusCode, Json<RoomBody>), Problem> {
    let room = planned(&app, &caller, wanted).await?;
    Ok((StatusCode::CREATED, Json(RoomBody::new(&app, &room))))
}

/// Plans a room, if what is wanted of it makes sense.
pub(crate) async fn planned(
    app: &App,
    caller: &Caller,
    wanted: RoomToPlan,
) -> Result<Room, Problem> {
    let plan = understood(wanted)?;
    require_mail(app, &plan.rules)?;
    let (tenant, by) = (caller.tenant(), caller.id());
    app.act(caller, move |vault| {
        require_policy(vault, tenant, &plan.rules)?;
        Ok(vault.plan_room(tenant, by, &plan, now())?)
    })
    .await
}

/// Looks for a room.
pub(crate) async fn found(app: &App, caller: &Caller, id: &str) -> Result<Room, Problem> {
    let id: RoomId = parsed_id(id, "room")?;
    let tenant = caller.tenant();
    let room = app
        .act(caller, move |vault| Ok(vault.room(tenant, id)?))
        .await?;
    room.ok_or_else(|| Problem::not_found("room"))
}

/// One room.
#[utoipa::path(get, path = "/api/v1/rooms/{id}", tag = "rooms",
    params(("id" = String, Path, description = "Id, `rom_…`")),
    responses((status = 200, body = RoomBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RoomBody>, Problem> {
    let room = found(&app, &caller, &id).await?;
    Ok(Json(RoomBody::new(&app, &room)))
}

/// Changes a room that was not opened yet. Its address stays.
#[utoipa::path(patch, path = "/api/v1/rooms/{id}", tag = "rooms",
    params(("id" = String, Path, description = "Id, `rom_…`")), request_body = RoomChange,
    responses((status = 200, body = RoomBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(wanted): Checked<RoomChange>,
) -> Result<Json<RoomBody>, Problem> {
    let room = found(&app, &caller, &id).await?;
    let plan = understood(wanted.of(&room))?;
    require_mail(&app, &plan.rules)?;
    let (tenant, id) = (caller.tenant(), room.id);
    let room = app
        .act(&caller, move |vault| {
            require_policy(vault, tenant, &plan.rules)?;
            if !vault.change_room(tenant, id, &plan, now())? {
                let opened = Problem::conflict("the room was opened already");
                return Err(opened.hint("plan another one"));
            }
            vault
                .room(tenant, id)?
                .ok_or_else(|| Problem::not_found("room"))
        })
        .await?;
    Ok(Json(RoomBody::new(&app, &room)))
}

/// Takes a room away with its invitations and registrations, unless its meeting goes on.
#[utoipa::path(delete, path = "/api/v1/rooms/{id}", tag = "rooms",
    params(("id" = String, Path, description = "Id, `rom_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    removed(&app, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a room away, if there is one that can be.
pub(crate) async fn removed(app: &App, caller: &Caller, id: &str) -> Result<(), Problem> {
    let room = found(app, caller, id).await?;
    let (tenant, id) = (caller.tenant(), room.id);
    let is_gone = app
        .act(caller, move |vault| {
            Ok(vault.remove_room(tenant, id, now())?)
        })
        .await?;
    match is_gone {
        true => Ok(()),
        false => Err(Problem::conflict("the meeting goes on").hint("end it first")),
    }
}
