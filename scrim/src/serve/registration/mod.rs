//! Registering for a room: a public page, a mail that shows whose the address is, and the personal
//! way in.
//!
//! ```text
//! /register/{code}  name, address ─► the same answer for everybody ─► mail: was that you?
//! /confirm/{secret} a button      ─► invited: mail with the way in
//!                                 └► waiting: an organiser approves or refuses ─► mail
//! ```
//!
//! > **No answer says whether an address is known.** What is entered is looked at after the answer
//! > was given, and everything that depends on it is said in a mail to that address.

pub(super) mod mail;
mod page;

use axum::routing::get;
use scrim_policy::{RegistrationId, TenantId};
use scrim_storage::{
    Vault, VaultError,
    service::{Channel, Registrant, RegistrationMail, Room, RoomState},
};

use super::{
    app::{App, now},
    messages::Words,
    problem::Problem,
    routes::{Access, Routes},
};
use crate::{failure::Failure, limits::Subject};

/// What a registration costs the mailbox that it names, beside the one of a network: six at once.
const MAILBOX_COST: u32 = 10;

/// Adds the pages of whoever registers.
pub(super) fn routes(routes: Routes) -> Routes {
    const BOTH: &[&str] = &["GET", "POST"];
    routes
        .page(
            Access::Secret,
            BOTH,
            "/register/{code}",
            get(page::show).post(page::take),
        )
        .page(
            Access::Secret,
            BOTH,
            "/confirm/{secret}",
            get(page::ask).post(page::confirm),
        )
}

/// Whether people can register for a room now. It ends with the meeting, and as long as nobody new is
/// let in.
fn is_open(app: &App, room: &Room) -> bool {
    room.rules.takes_registrations()
        && room.state != RoomState::Ended
        && !app.rooms.is_closed(room.id)
        && app.messenger.has_mail()
}

/// Takes a registration, after whoever sent it got their answer: how long it takes would say whether
/// the address is known.
fn register_soon(app: &App, room: Room, who: Registrant) {
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let mailbox = Subject::mailbox(who.email.reveal());
        if app.limits.check(&mailbox, MAILBOX_COST).is_err() {
            return;
        }
        if let Err(error) = register(&app, &room, &who) {
            let error = Failure::from(error).whole_message();
            tracing::error!(room = %room.id, error, "could not take a registration");
        }
    });
}

fn register(app: &App, room: &Room, who: &Registrant) -> Result<(), VaultError> {
    let Some((id, mail)) = app.vault.register(room, who, now())? else {
        return Ok(());
    };
    put(&app.vault, room.tenant, id, mail)?;
    app.messages.notify_one();
    Ok(())
}

/// Puts a mail to somebody who has registered into the outbox.
pub(crate) async fn send(
    app: &App,
    tenant: TenantId,
    id: RegistrationId,
    mail: RegistrationMail,
) -> Result<(), Problem> {
    app.ask(move |vault| Ok(put(vault, tenant, id, mail)?))
        .await?;
    app.messages.notify_one();
    Ok(())
}

/// The message says which mail it is, and nothing else: address and secret are looked up when it
/// leaves, so that none goes to whoever was erased meanwhile.
fn put(
    vault: &Vault,
    tenant: TenantId,
    id: RegistrationId,
    mail: RegistrationMail,
) -> Result<(), VaultError> {
    let target = id.to_string();
    let words = Words::Registration { mail };
    vault
        .add_message(tenant, (Channel::Mail, &target), &words, now())
        .map(drop)
}
