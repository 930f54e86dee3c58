//! The page of a room.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use scrim_policy::ConsentRule;
use scrim_storage::service::{Room, RoomProtection, RoomState};

use super::{
    super::{
        app::{App, now},
        headers::PERMISSIONS,
        problem::Problem,
        site::Reader,
        view::{RoomClosed, RoomClosedPage, RoomNotice, RoomPage},
    },
    door,
};

/// How long before it begins a room can be looked at, in microseconds.
const EARLY_US: i64 = 3_600_000_000;

/// What a meeting needs of a browser. No other page of ours does.
const DEVICES: HeaderValue = HeaderValue::from_static(
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), interest-cohort=()",
);

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let Some(room) = door::room(&app, &code).await? else {
        let page = closed(&reader, RoomClosed::Unknown, None);
        return Ok(reader.draw_as(StatusCode::NOT_FOUND, &page));
    };
    if room.state == RoomState::Ended {
        let page = closed(&reader, RoomClosed::Over, Some(&room));
        return Ok(reader.draw_as(StatusCode::GONE, &page));
    }
    let host = reader
        .caller
        .as_ref()
        .filter(|who| door::is_host(who, &room));
    let begins = room.opens_at.map(|at| at.as_micros());
    let is_early = begins.is_some_and(|begins| begins - now().as_micros() > EARLY_US);
    if is_early && host.is_none() && room.state == RoomState::Planned {
        let page = closed(&reader, RoomClosed::Early, Some(&room));
        return Ok(reader.draw_as(StatusCode::CONFLICT, &page));
    }
    app.rooms.expect_somebody();
    let name = host.map(|host| host.account.words.name.reveal().clone());
    let page = RoomPage {
        frame: reader.frame(None),
        title: room.words.title.clone(),
        live: format!("/r/{code}/live"),
        code,
        asks_password: room.has_password && host.is_none(),
        takes_registrations: room.rules.takes_registrations(),
        is_end_to_end: room.rules.protection == RoomProtection::EndToEnd,
        is_stage_open: room.rules.is_stage_open,
        is_host: host.is_some(),
        name: name.unwrap_or_default(),
        notice: notice(&room),
    };
    let mut response = reader.draw(&page);
    response.headers_mut().insert(PERMISSIONS, DEVICES);
    Ok(response)
}

/// What people are told about recording before they come in.
pub(crate) fn notice(room: &Room) -> Option<RoomNotice> {
    let RoomProtection::Recorded {
        rule,
        can_refuse,
        days,
        ..
    } = &room.rules.protection
    else {
        return None;
    };
    Some(RoomNotice {
        id: room.notice(),
        controller: room.words.controller.clone(),
        contact: room.words.contact.clone(),
        purpose: room.words.purpose.clone(),
        audience: room.words.audience.clone(),
        days: *days,
        is_explicit: *rule == ConsentRule::Explicit,
        can_refuse: *can_refuse,
    })
}

fn closed(reader: &Reader, reason: RoomClosed, room: Option<&Room>) -> RoomClosedPage {
    let begins = room.and_then(|room| room.opens_at);
    RoomClosedPage {
        frame: reader.frame(None),
        reason,
        begins_us: begins
            .map(|at| at.as_micros())
            .filter(|_| reason == RoomClosed::Early),
        contact: room.map_or_else(String::new, |room| room.words.contact.clone()),
    }
}
