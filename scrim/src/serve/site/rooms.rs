//! Rooms: planning them, inviting to them.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use scrim_policy::{ConsentRule, Permission as May, TenantId};
use scrim_storage::{
    Timestamp, Vault,
    service::{Invitation, Room, RoomProtection, RoomRules, RoomState, SavedPolicy},
};
use serde::Deserialize;

use super::{
    super::{
        api,
        app::App,
        identity::Caller,
        problem::Problem,
        texts::Texts,
        view::{
            InvitationLine, Place, RoomFact, RoomFactsPage, RoomFilled, RoomLine, RoomPlanPage,
            RoomPolicy, RoomStanding, RoomsPage,
        },
    },
    form::Form,
    frame::{self, Reader},
    registrations,
};

/// Rooms on one page.
const PER_PAGE: u32 = 50;

/// Which part of the list is wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    before: String,
}

const fn standing(state: RoomState) -> RoomStanding {
    match state {
        RoomState::Planned => RoomStanding::Planned,
        RoomState::Open => RoomStanding::Open,
        RoomState::Ended => RoomStanding::Ended,
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    reader: Reader,
    api::Asked(wanted): api::Asked<Wanted>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let before = Some(wanted.before.as_str()).filter(|text| !text.is_empty());
    let before = api::cursor(before)?;
    let tenant = caller.tenant();
    let mut rooms = app
        .act(&caller, move |vault| {
            Ok(vault.rooms(tenant, before, PER_PAGE + 1)?)
        })
        .await?;
    let has_more = rooms.len() > PER_PAGE as usize;
    rooms.truncate(PER_PAGE as usize);
    let next = rooms
        .last()
        .filter(|_| has_more)
        .map(|room| format!("/rooms?before={}", room.id));
    let line = |room: Room| RoomLine {
        id: room.id.to_string(),
        title: room.words.title,
        standing: standing(room.state),
        begins_us: room.opened_at.or(room.opens_at).map(Timestamp::as_micros),
        made_us: room.made_at.as_micros(),
    };
    Ok(reader.draw(&RoomsPage {
        frame: reader.frame(Some(Place::Rooms)),
        rooms: rooms.into_iter().map(line).collect(),
        next,
    }))
}

pub(crate) async fn form(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let last = app
        .act(&caller, move |vault| Ok(vault.rooms(tenant, None, 1)?))
        .await?;
    let page = plan_page(&app, &reader, untouched(last.first()), "", None).await?;
    Ok(reader.draw(&page))
}

async fn plan_page(
    app: &App,
    reader: &Reader,
    filled: RoomFilled,
    chosen: &str,
    error: Option<String>,
) -> Result<RoomPlanPage, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let policies = match reader.may(May::PoliciesManage) {
        true => {
            app.act(&caller, move |vault| Ok(vault.saved_policies(tenant)?))
                .await?
        }
        false => Vec::new(),
    };
    let policy = |kept: SavedPolicy| {
        let id = kept.id.to_string();
        RoomPolicy {
            is_chosen: id == chosen,
            id,
            name: kept.name,
        }
    };
    Ok(RoomPlanPage {
        frame: reader.frame(Some(Place::Rooms)),
        filled,
        policies: policies.into_iter().map(policy).collect(),
        has_mail: app.messenger.has_mail(),
        error,
    })
}

/// A form that nobody has filled in. Who records and whom to ask is mostly what it was the last time.
fn untouched(last: Option<&Room>) -> RoomFilled {
    let rules = RoomRules::default();
    let said = |of: fn(&Room) -> &String| last.map(of).cloned().unwrap_or_default();
    RoomFilled {
        title: String::new(),
        begins: String::new(),
        most: rules.most_people.to_string(),
        door: "open".to_owned(),
        registration: rules.registration.to_string(),
        most_registrations: String::new(),
        has_waiting_room: rules.has_waiting_room,
        locks_after_start: rules.locks_after_start,
        opens_without_host: rules.opens_without_host,
        is_stage_open: rules.is_stage_open,
        are_people_shown: rules.are_people_shown,
        protection: "unrecorded".to_owned(),
        controller: said(|room| &room.words.controller),
        contact: said(|room| &room.words.contact),
        purpose: String::new(),
        audience: String::new(),
        days: "30".to_owned(),
        can_refuse: true,
    }
}

/// The form as somebody filled it in.
fn filled(form: &Form) -> RoomFilled {
    let text = |name: &str| form.text(name).to_owned();
    let is_ticked = |name: &str| !form.text(name).is_empty();
    RoomFilled {
        title: text("title"),
        begins: text("begins"),
        most: text("most"),
        door: text("door"),
        registration: text("registration"),
        most_registrations: text("most_registrations"),
        has_waiting_room: is_ticked("waiting"),
        locks_after_start: is_ticked("locks"),
        opens_without_host: is_ticked("early"),
        is_stage_open: is_ticked("stage"),
        are_people_shown: is_ticked("people"),
        protection: text("protection"),
        controller: text("controller"),
        contact: text("contact"),
        purpose: text("purpose"),
        audience: text("audience"),
        days: text("days"),
        can_refuse: is_ticked("refuse"),
    }
}

/// What the form wants. What it hides, because it does not matter, is not looked at.
fn wanted(form: &Form) -> Result<api::RoomToPlan, Problem> {
    let filled = filled(form);
    let recording = |rule: &str| -> Result<_, Problem> {
        Ok(Some(api::RoomRecordingBody {
            rule: rule.to_owned(),
            can_refuse: filled.can_refuse,
            days: form.number("days")?,
            policy: form.given("policy").map(str::to_owned),
        }))
    };
    let (protection, recording) = match filled.protection.as_str() {
        "unrecorded" => ("unrecorded", None),
        "end_to_end" => ("end_to_end", None),
        "explicit" => ("recorded", recording("explicit")?),
        "inform" => ("recorded", recording("inform")?),
        _ => return Err(Problem::invalid("protection", "say whether it is recorded")),
    };
    let is_told = recording.is_some();
    let password = match filled.door.as_str() {
        "open" | "registered" => None,
        "password" => match form.text("password") {
            // It would be open to anybody.
            "" => return Err(Problem::invalid("password", "this is empty")),
            password => Some(password.to_owned()),
        },
        _ => return Err(Problem::invalid("door", "say who is let in")),
    };
    let is_registered_only = filled.door == "registered";
    let (registration, most_registrations) = registrations::wanted(form, is_registered_only)?;
    let only_told = |text: &String| match is_told {
        true => text.clone(),
        false => String::new(),
    };
    Ok(api::RoomToPlan {
        controller: only_told(&filled.controller),
        purpose: only_told(&filled.purpose),
        audience: only_told(&filled.audience),
        opens_at: form.given("begins").map(utc),
        password,
        rules: api::RoomRulesBody {
            is_registered_only,
            has_waiting_room: filled.has_waiting_room,
            locks_after_start: filled.locks_after_start,
            opens_without_host: filled.opens_without_host,
            is_stage_open: filled.is_stage_open,
            are_people_shown: filled.are_people_shown,
            most_people: form.number("most")?,
            registration,
            most_registrations,
            protection: protection.to_owned(),
            recording,
        },
        title: filled.title,
        contact: filled.contact,
    })
}

/// A time as a browser writes it, which says nothing of a zone. The form says that it is UTC.
fn utc(text: &str) -> String {
    match text.len() {
        // Without seconds.
        16 => format!("{text}:00Z"),
        _ => format!("{text}Z"),
    }
}

/// What is wrong with a form, by the name that the field has on the page.
fn wrong(texts: Texts, problem: &Problem) -> String {
    let Some(finding) = problem.findings.first() else {
        return problem.detail.clone();
    };
    let field = match finding.path.rsplit('.').next().unwrap_or_default() {
        "title" => "title",
        "opens_at" => "rooms-begins",
        "most" | "most_people" => "rooms-most",
        "door" => "rooms-door",
        "registration" => "register-who",
        "most_registrations" => "register-most",
        "password" => "password",
        "protection" | "recording" | "rule" => "rooms-protection",
        "controller" => "rooms-controller",
        "contact" => "rooms-contact",
        "purpose" => "rooms-purpose",
        "audience" => "rooms-audience",
        "days" => "rooms-days",
        "policy" => "rooms-policy",
        "name" => "name",
        "email" => return texts.say("error-email"),
        "seat" => "rooms-seat",
        other => {
            let field = other.to_owned();
            return texts.say_with("error-form", &[("field", field.into())]);
        }
    };
    texts.say_with("error-form", &[("field", texts.say(field).into())])
}

pub(crate) async fn plan(
    State(app): State<App>,
    reader: Reader,
    form: Form,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let planned = match wanted(&form) {
        Ok(wanted) => api::plan_room(&app, &caller, wanted).await,
        Err(problem) => Err(problem),
    };
    match planned {
        Ok(room) => Ok(frame::done(
            &format!("/rooms/{}", room.id),
            "rooms-flash-planned",
        )),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let error = wrong(Texts::of(reader.language), &problem);
            let chosen = form.text("policy");
            let page = plan_page(&app, &reader, filled(&form), chosen, Some(error)).await?;
            Ok(reader.draw_as(problem.status, &page))
        }
        Err(problem) => Err(problem),
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let room = api::found_room(&app, &caller, &id).await?;
    let page = facts_page(&app, &reader, room, None, None).await?;
    Ok(reader.draw(&page))
}

pub(crate) async fn invite(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let room = api::found_room(&app, &caller, &id).await?;
    let wanted = api::InvitationToMake {
        name: form.text("name").to_owned(),
        email: form.given("email").map(str::to_owned),
        seat: form.text("seat").to_owned(),
    };
    let invited = api::invite_to_room(&app, &caller, &room, &wanted).await;
    let (status, fresh, error) = match invited {
        Ok((_, url)) => (StatusCode::OK, Some(url), None),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let error = wrong(Texts::of(reader.language), &problem);
            (problem.status, None, Some(error))
        }
        Err(problem) => return Err(problem),
    };
    let page = facts_page(&app, &reader, room, fresh, error).await?;
    Ok(reader.draw_as(status, &page))
}

pub(crate) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path((id, invitation)): Path<(String, String)>,
) -> Result<Response, Problem> {
    api::withdraw_invitation(&app, &caller, &id, &invitation).await?;
    Ok(frame::done(
        &format!("/rooms/{id}"),
        "rooms-flash-withdrawn",
    ))
}

pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    api::remove_room(&app, &caller, &id).await?;
    Ok(frame::done("/rooms", "rooms-flash-removed"))
}

async fn facts_page(
    app: &App,
    reader: &Reader,
    room: Room,
    fresh: Option<String>,
    error: Option<String>,
) -> Result<RoomFactsPage, Problem> {
    let caller = reader.signed_in()?;
    let (tenant, id) = (caller.tenant(), room.id);
    let (asking, of) = (app.clone(), room.clone());
    let (invitations, registrations, policy) = app
        .act(&caller, move |vault| {
            let invitations = vault.room_invitations(tenant, id)?;
            let registrations = registrations::part(&asking, vault, tenant, &of)?;
            let policy = policy_name(vault, tenant, &of.rules.protection)?;
            Ok((invitations, registrations, policy))
        })
        .await?;
    let line = |invitation: Invitation| InvitationLine {
        id: invitation.id.to_string(),
        name: invitation.name.reveal().clone(),
        email: invitation
            .email
            .as_ref()
            .map_or_else(String::new, |email| email.reveal().clone()),
        seat: invitation.seat.as_str(),
        invited_us: invitation.invited_at.as_micros(),
        is_withdrawn: invitation.is_withdrawn(),
    };
    Ok(RoomFactsPage {
        frame: reader.frame(Some(Place::Rooms)),
        id: room.id.to_string(),
        standing: standing(room.state),
        join_url: api::join_url(app, &room),
        facts: facts(Texts::of(reader.language), &room, policy),
        registrations,
        invitations: invitations.into_iter().map(line).collect(),
        fresh,
        error,
        title: room.words.title,
        code: room.words.code,
    })
}

/// What the policy calls itself that a room is to be processed with.
fn policy_name(
    vault: &Vault,
    tenant: TenantId,
    protection: &RoomProtection,
) -> Result<Option<String>, Problem> {
    let RoomProtection::Recorded {
        policy: Some(policy),
        ..
    } = protection
    else {
        return Ok(None);
    };
    let kept = vault.saved_policy(tenant, *policy, None)?;
    Ok(kept.map(|kept| kept.name))
}

/// What holds in a room, line by line.
fn facts(texts: Texts, room: &Room, policy: Option<String>) -> Vec<RoomFact> {
    let mut facts = Vec::new();
    let mut add = |label: &'static str, text: String| facts.push(RoomFact { label, text });
    let times = [
        ("rooms-when", room.opens_at),
        ("rooms-began", room.opened_at),
        ("rooms-over", room.ended_at),
        ("created", Some(room.made_at)),
    ];
    for (label, at) in times {
        if let Some(at) = at {
            add(label, texts.day_and_time(at.as_micros()));
        }
    }
    let rules = &room.rules;
    let door = match (rules.is_registered_only, room.has_password) {
        (true, _) => "rooms-door-registered",
        (false, true) => "rooms-door-password",
        (false, false) => "rooms-door-open",
    };
    add("rooms-door", texts.say(door));
    if let Some((who, most)) = registrations::facts(rules) {
        add("register-who", texts.say(who));
        if let Some(most) = most {
            add("register-most", most.to_string());
        }
    }
    let yes_or_no = [
        ("rooms-waiting-room", rules.has_waiting_room),
        ("rooms-locks", rules.locks_after_start),
        ("rooms-early", rules.opens_without_host),
        ("rooms-stage", rules.is_stage_open),
        ("rooms-people", rules.are_people_shown),
    ];
    for (label, is_so) in yes_or_no {
        let answer = if is_so { "room-yes" } else { "room-no" };
        add(label, texts.say(answer));
    }
    add("rooms-most", rules.most_people.to_string());
    let protection = match &rules.protection {
        RoomProtection::Unrecorded => "rooms-unrecorded",
        RoomProtection::EndToEnd => "rooms-end-to-end",
        RoomProtection::Recorded { rule, .. } => match rule {
            ConsentRule::Explicit => "rooms-explicit",
            ConsentRule::Inform => "rooms-inform",
        },
    };
    add("rooms-protection", texts.say(protection));
    if let RoomProtection::Recorded {
        can_refuse, days, ..
    } = &rules.protection
    {
        let answer = if *can_refuse { "room-yes" } else { "room-no" };
        add("rooms-refuse", texts.say(answer));
        add("rooms-controller", room.words.controller.clone());
        add("rooms-purpose", room.words.purpose.clone());
        add("rooms-audience", room.words.audience.clone());
        add(
            "rooms-days",
            texts.say_with("count-days", &[("count", (*days).into())]),
        );
        let policy = policy.unwrap_or_else(|| texts.say("rooms-policy-later"));
        add("rooms-policy", policy);
    }
    if !room.words.contact.is_empty() {
        add("rooms-contact", room.words.contact.clone());
    }
    facts
}
