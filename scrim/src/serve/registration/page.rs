//! The pages of whoever registers. They work without scripts.

use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use scrim_storage::service::{
    Bearer, Confirmed, LinkSecret, Registrant, Registration, RegistrationMail, RegistrationState,
    Room, RoomProtection, RoomRegistration, RoomState,
};

use super::{
    super::{
        api,
        app::{App, now},
        gate,
        peer::{self, Peer},
        problem::Problem,
        rooms,
        site::{Form, Reader},
        texts::{Language, Texts},
        view::{
            ConfirmPage, RegisterClosed, RegisterClosedPage, RegisterPage, RegisterSentPage,
            RegisteredAs, RegisteredPage,
        },
    },
    is_open, register_soon, send,
};
use crate::{limits::Subject, metrics::Limit};

/// Finds the room that people register for, or answers that they cannot.
async fn open_room(
    app: &App,
    reader: &Reader,
    code: &str,
) -> Result<Result<Room, Response>, Problem> {
    let Some(room) = rooms::by_code(app, code).await? else {
        return Ok(Err(closed(reader, RegisterClosed::Unknown, None)));
    };
    Ok(match shut(app, &room) {
        None => Ok(room),
        Some(reason) => Err(closed(reader, reason, Some(&room))),
    })
}

fn shut(app: &App, room: &Room) -> Option<RegisterClosed> {
    match room.state {
        RoomState::Ended => Some(RegisterClosed::Over),
        RoomState::Planned | RoomState::Open if is_open(app, room) => None,
        RoomState::Planned | RoomState::Open => Some(RegisterClosed::Shut),
    }
}

fn closed(reader: &Reader, reason: RegisterClosed, room: Option<&Room>) -> Response {
    let status = match reason {
        RegisterClosed::Unknown => StatusCode::NOT_FOUND,
        RegisterClosed::Over | RegisterClosed::Expired => StatusCode::GONE,
        RegisterClosed::Shut => StatusCode::CONFLICT,
    };
    let page = RegisterClosedPage {
        frame: reader.frame(None),
        reason,
        contact: room.map_or_else(String::new, |room| room.words.contact.clone()),
    };
    reader.draw_as(status, &page)
}

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let room = match open_room(&app, &reader, &code).await? {
        Ok(room) => room,
        Err(response) => return Ok(response),
    };
    let page = register_page(&app, &reader, &room, &Form::empty(), None).await?;
    Ok(reader.draw(&page))
}

async fn register_page(
    app: &App,
    reader: &Reader,
    room: &Room,
    form: &Form,
    error: Option<String>,
) -> Result<RegisterPage, Problem> {
    let (tenant, by, id) = (room.tenant, room.made_by, room.id);
    let (organiser, taken) = app
        .ask(move |vault| {
            let account = vault.account(tenant, by)?;
            Ok((account, vault.count_registrations(id)?))
        })
        .await?;
    let language = Language::from_tag(form.text("language")).unwrap_or(reader.language);
    Ok(RegisterPage {
        frame: reader.frame(None),
        action: format!("/register/{}", room.words.code),
        title: room.words.title.clone(),
        begins_us: room.opens_at.map(|at| at.as_micros()),
        organiser: organiser
            .map_or_else(String::new, |account| account.words.name.reveal().clone()),
        contact: room.words.contact.clone(),
        is_end_to_end: room.rules.protection == RoomProtection::EndToEnd,
        notice: rooms::notice(room),
        needs_approval: room.rules.registration == RoomRegistration::Approved,
        is_full: taken >= u64::from(room.rules.registrations()),
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        language: language.tag(),
        error,
    })
}

/// Says what is wrong with what somebody entered. None of it depends on what is known of the address.
fn wrong(texts: Texts, problem: &Problem) -> String {
    let is_address = |path: &str| path == "email";
    match problem.findings.first() {
        Some(finding) if is_address(&finding.path) => texts.say("error-email"),
        _ => texts.say_with("error-form", &[("field", texts.say("name").into())]),
    }
}

pub(crate) async fn take(
    State(app): State<App>,
    reader: Reader,
    Extension(peer): Extension<Peer>,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let room = match open_room(&app, &reader, &code).await? {
        Ok(room) => room,
        Err(response) => return Ok(response),
    };
    let network = Subject::registering(peer::client(&app, peer, &reader.headers));
    if let Err(wait) = app.limits.check(&network, 1) {
        return Ok(gate::too_many(&app, wait, Limit::Registration));
    }
    let words = match api::account_words(form.text("name"), form.text("email")) {
        Ok(words) => words,
        Err(problem) => {
            let error = wrong(Texts::of(reader.language), &problem);
            let page = register_page(&app, &reader, &room, &form, Some(error)).await?;
            return Ok(reader.draw_as(problem.status, &page));
        }
    };
    let language = Language::from_tag(form.text("language")).unwrap_or(reader.language);
    let page = RegisterSentPage {
        frame: reader.frame(None),
        action: format!("/register/{code}"),
        title: room.words.title.clone(),
    };
    let who = Registrant {
        name: words.name,
        email: words.address,
        language: language.tag().to_owned(),
    };
    register_soon(&app, room, who);
    Ok(reader.draw(&page))
}

/// Looks for the registration that a secret is for.
async fn found(app: &App, text: &str) -> Result<Option<(LinkSecret, Registration, Room)>, Problem> {
    let Some(secret) = LinkSecret::parse(Bearer::Registration, text) else {
        return Ok(None);
    };
    app.ask(move |vault| {
        let found = vault.registration_to_confirm(&secret, now())?;
        Ok(found.map(|(registration, room)| (secret, registration, room)))
    })
    .await
}

/// Only asks: programs that look for malware open every link of a mail.
pub(crate) async fn ask(
    State(app): State<App>,
    reader: Reader,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let Some((_, registration, room)) = found(&app, &text).await? else {
        return Ok(closed(&reader, RegisterClosed::Expired, None));
    };
    if registration.state != RegistrationState::Unconfirmed {
        return Ok(registered(&reader, &room, as_known(registration.state)));
    }
    if let Some(reason) = shut(&app, &room) {
        return Ok(closed(&reader, reason, Some(&room)));
    }
    let name = registration.who.name.reveal().clone();
    let page = confirm_page(&reader, &room, &text, name, None);
    Ok(reader.draw(&page))
}

fn confirm_page(
    reader: &Reader,
    room: &Room,
    secret: &str,
    name: String,
    error: Option<String>,
) -> ConfirmPage {
    ConfirmPage {
        frame: reader.frame(None),
        action: format!("/confirm/{secret}"),
        title: room.words.title.clone(),
        begins_us: room.opens_at.map(|at| at.as_micros()),
        name,
        error,
    }
}

const fn as_known(state: RegistrationState) -> RegisteredAs {
    match state {
        RegistrationState::Invited => RegisteredAs::Invited,
        RegistrationState::Waiting
        | RegistrationState::Unconfirmed
        | RegistrationState::Refused => RegisteredAs::Waiting,
    }
}

fn registered(reader: &Reader, room: &Room, standing: RegisteredAs) -> Response {
    let status = match standing {
        RegisteredAs::Invited | RegisteredAs::Waiting => StatusCode::OK,
        RegisteredAs::Full => StatusCode::CONFLICT,
    };
    let page = RegisteredPage {
        frame: reader.frame(None),
        title: room.words.title.clone(),
        begins_us: room.opens_at.map(|at| at.as_micros()),
        standing,
    };
    reader.draw_as(status, &page)
}

pub(crate) async fn confirm(
    State(app): State<App>,
    reader: Reader,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let Some((secret, registration, room)) = found(&app, &text).await? else {
        return Ok(closed(&reader, RegisterClosed::Expired, None));
    };
    if registration.state != RegistrationState::Unconfirmed {
        return Ok(registered(&reader, &room, as_known(registration.state)));
    }
    if let Some(reason) = shut(&app, &room) {
        return Ok(closed(&reader, reason, Some(&room)));
    }
    let typed = form.text("name");
    let name = match api::text("name", typed, 200) {
        Ok(name) => scrim_policy::Pii::new(name),
        Err(problem) => {
            let error = wrong(Texts::of(reader.language), &problem);
            let page = confirm_page(&reader, &room, &text, typed.to_owned(), Some(error));
            return Ok(reader.draw_as(problem.status, &page));
        }
    };
    let confirmed = app
        .ask(move |vault| Ok(vault.confirm_registration(&secret, &name, now())?))
        .await?;
    Ok(match confirmed {
        Some(Confirmed::Invited(id)) => {
            send(&app, room.tenant, id, RegistrationMail::WayIn).await?;
            registered(&reader, &room, RegisteredAs::Invited)
        }
        Some(Confirmed::Waiting) => registered(&reader, &room, RegisteredAs::Waiting),
        Some(Confirmed::Before(state)) => registered(&reader, &room, as_known(state)),
        Some(Confirmed::Full) => registered(&reader, &room, RegisteredAs::Full),
        None => closed(&reader, RegisterClosed::Expired, None),
    })
}
