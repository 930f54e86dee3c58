//! Rooms: who comes to which, and the rooms that run.
//!
//! ```text
//! /r/{code}       the page: what is recorded, devices, the meeting
//! /r/{code}/live  its WebSocket ──► door: who is that? ──► LiveRoom (scrim-sfu)
//! /r/{code}/whip  encoders      ──►
//! /r/{code}/whep  players       ──►
//! /consent/{…}    what somebody has said ◄── records ◄┘
//! ```
//!
//! The crate of rooms decides who comes in and who is recorded; here is only found out who somebody
//! is, and where packets that may be recorded go.

mod consents;
mod door;
mod notice;
mod page;
mod personal;
mod recorder;
mod recording;
mod registry;
mod session;
mod socket;
#[cfg(test)]
mod tests;
mod turn;
mod whep;
mod whip;

use axum::routing::{get, patch, post};

pub(super) use consents::deliver;
pub(crate) use door::room as by_code;
pub(crate) use page::notice;
pub(crate) use registry::Registry;
pub(crate) use turn::Turn;

use super::routes::{Access, Routes};

/// Adds the page of rooms and what it talks to.
pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .page(Access::Secret, &["GET"], "/r/{code}", get(page::show))
        .page(
            Access::Secret,
            &["GET"],
            "/r/{code}/live",
            get(socket::talk),
        )
        .page(
            Access::Secret,
            &["POST", "OPTIONS"],
            "/r/{code}/whip",
            post(whip::post).options(session::options),
        )
        .page(
            Access::Secret,
            &["PATCH", "DELETE"],
            "/r/{code}/whip/{session}",
            patch(session::patch).delete(session::delete),
        )
        .page(
            Access::Secret,
            &["GET", "POST", "OPTIONS"],
            "/r/{code}/whep",
            get(whep::look).post(whep::post).options(session::options),
        )
        .page(
            Access::Secret,
            &["GET", "PATCH", "DELETE"],
            "/r/{code}/whep/{session}",
            get(session::look)
                .patch(session::patch)
                .delete(session::delete),
        )
        .page(
            Access::Secret,
            &["GET", "POST"],
            "/consent/{secret}",
            get(personal::show).post(personal::take_back),
        )
        .page(
            Access::Secret,
            &["GET"],
            "/consent/{secret}/receipt.json",
            get(personal::receipt),
        )
}
