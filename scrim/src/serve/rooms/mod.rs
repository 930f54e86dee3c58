//! Rooms: who comes to which, and the rooms that run.
//!
//! ```text
//! /r/{code}       the page: what is recorded, devices, the meeting
//! /r/{code}/live  its WebSocket ──► door: who is that? ──► LiveRoom (scrim-sfu)
//! /r/{code}/whip  encoders      ──►
//! ```
//!
//! The crate of rooms decides who comes in and who is recorded; here is only found out who somebody
//! is, and where packets that may be recorded go.

mod door;
mod page;
mod recorder;
mod recording;
mod registry;
mod socket;
mod turn;
mod whip;

use axum::routing::{get, patch, post};

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
            post(whip::post).options(whip::options),
        )
        .page(
            Access::Secret,
            &["PATCH", "DELETE"],
            "/r/{code}/whip/{session}",
            patch(whip::patch).delete(whip::delete),
        )
}
