//! Finds out who somebody is who comes to a room.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use ring::hmac;
use scrim_policy::{ConsentPurpose, Permission, Pii};
use scrim_sfu::{
    room::{Arrival, Client, Identity, Pass},
    signal::Refusal,
};
use scrim_storage::{
    DataKey, Sha256Digest,
    service::{Bearer, LinkSecret, Respondent, Room},
};

use super::super::{app::App, identity::SignedIn, problem::Problem};
use crate::limits::Subject;

/// What somebody says and shows at the door.
pub(super) struct Knock {
    pub(super) name: Pii<String>,
    pub(super) password: Option<Pii<String>>,
    pub(super) token: Option<Pii<String>>,
    pub(super) consents: BTreeMap<ConsentPurpose, bool>,
    pub(super) notice: Option<String>,
    /// In which language it was shown; an encoder shows none.
    pub(super) language: Option<&'static str>,
    /// By what a guest is the same one when they come again.
    pub(super) guest: Option<Pii<String>>,
    /// Whether the page has come by itself.
    pub(super) is_unasked: bool,
}

/// Finds a room by its code.
pub(crate) async fn room(app: &App, code: &str) -> Result<Option<Room>, Problem> {
    let Some(code) = LinkSecret::parse(Bearer::Room, code) else {
        return Ok(None);
    };
    app.ask(move |vault| Ok(vault.room_of(&code)?)).await
}

/// Whether somebody runs a room: any account of its tenant that may.
pub(super) fn is_host(who: &SignedIn, room: &Room) -> bool {
    who.tenant() == room.tenant && who.may(Permission::RoomsManage)
}

/// Checks what somebody shows, and says who that is.
pub(super) async fn arrival(
    app: &App,
    room: &Room,
    who: Option<&SignedIn>,
    knock: Knock,
) -> Result<Result<Arrival, Refusal>, Problem> {
    let Knock {
        mut name,
        password,
        token,
        mut consents,
        notice,
        language,
        guest,
        is_unasked,
    } = knock;
    let mut email = None;
    let (pass, identity) = if let Some(token) = token {
        let Some(invited) = invited(app, room, token).await? else {
            return Ok(Err(Refusal::Token));
        };
        name = invited.name;
        email = invited.email;
        (invited.pass, Some(invited.identity))
    } else if let Some(host) = who.filter(|who| is_host(who, room)) {
        // Whoever runs a room goes by the name of the account.
        name = host.account.words.name.clone();
        email = Some(host.account.words.address.clone());
        let identity = identity(&host.id().to_string());
        (Pass::Host, Some(identity))
    } else {
        let knows_password = match password {
            Some(password) if room.has_password => knows(app, room, password).await?,
            _ => false,
        };
        // Somebody else in the same tab is somebody else.
        let guest = guest.map(|guest| format!("guest {} {}", guest.reveal(), name.reveal()));
        let identity = guest.map(|guest| identity(&guest));
        (Pass::Guest { knows_password }, identity)
    };
    // Encoders are shown nothing, and have the answers of whoever they send for.
    if let Some(identity) = identity.filter(|_| language.is_some()) {
        for purpose in refused_before(app, room, identity).await? {
            let answer = consents.entry(purpose).or_insert(false);
            // Nobody has said yes again by a page that comes by itself.
            if is_unasked {
                *answer = false;
            }
        }
    }
    let Ok(key) = DataKey::random() else {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Err(Problem::new(status, "there is no randomness"));
    };
    let id = Sha256Digest::of(key.expose()).to_string();
    let secret = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, key.expose()),
        b"scrim/room/come-back/v1",
    );
    let secret = secret.as_ref().iter().map(|byte| format!("{byte:02x}"));
    Ok(Ok(Arrival {
        participant: format!("par_{}", &id[..32])
            .parse()
            .expect("a digest has 64 hexadecimal digits"),
        secret: Pii::new(secret.collect()),
        name,
        email,
        pass,
        client: Client::Page,
        ice_servers: app.rooms.ice_servers(),
        identity,
        consents,
        notice,
        language,
    }))
}

/// Returns what somebody has said no to last: in an earlier visit, by the personal link, or before a
/// restart. It holds until they say something else.
async fn refused_before(
    app: &App,
    room: &Room,
    identity: Identity,
) -> Result<Vec<ConsentPurpose>, Problem> {
    let (id, who) = (room.id, Respondent::Known(identity.0));
    let consent = app.ask(move |vault| Ok(vault.consent_of(id, who)?)).await?;
    let is_no = |purpose: &ConsentPurpose| {
        let said = consent.as_ref().map(|consent| &consent.said);
        let answer = said.and_then(|said| said.answer_to(*purpose));
        answer.is_some_and(|answer| !answer.is_given)
    };
    Ok(ConsentPurpose::ALL.into_iter().filter(is_no).collect())
}

/// Whether a token is the one of an invitation to a room.
pub(super) async fn is_invited(app: &App, room: &Room, token: String) -> Result<bool, Problem> {
    Ok(invited(app, room, Pii::new(token)).await?.is_some())
}

struct Invited {
    name: Pii<String>,
    email: Option<Pii<String>>,
    pass: Pass,
    identity: Identity,
}

async fn invited(app: &App, room: &Room, token: Pii<String>) -> Result<Option<Invited>, Problem> {
    let Some(secret) = LinkSecret::parse(Bearer::Invitation, token.reveal()) else {
        return Ok(None);
    };
    let found = app
        .ask(move |vault| Ok(vault.room_invitation(&secret)?))
        .await?;
    Ok(found
        .filter(|(invitation, of)| of.id == room.id && !invitation.is_withdrawn())
        .map(|(invitation, _)| Invited {
            identity: identity(&invitation.id.to_string()),
            pass: match invitation.seat {
                scrim_storage::service::InvitedSeat::Presenter => Pass::Presenter,
                scrim_storage::service::InvitedSeat::Attendee => Pass::Registered,
            },
            name: invitation.name,
            email: invitation.email,
        }))
}

/// Asks whether a password is right. Whoever guesses is slowed down like with links.
async fn knows(app: &App, room: &Room, password: Pii<String>) -> Result<bool, Problem> {
    let guesses = Subject::link(&format!("password:{}", room.id));
    if app.limits.check(&guesses, 10).is_err() {
        return Ok(false);
    }
    let id = room.id;
    app.ask(move |vault| Ok(vault.check_room_password(id, password.reveal())?))
        .await
}

/// Says whether two are the same person, and nothing else.
pub(super) fn identity(id: &str) -> Identity {
    let digest = Sha256Digest::of(id.as_bytes()).to_string();
    Identity(u128::from_str_radix(&digest[..32], 16).unwrap_or_default())
}

/// Whether a room that does not run yet begins to run for somebody. Others are told that it is not open.
pub(super) const fn may_open(room: &Room, pass: Pass) -> bool {
    matches!(pass, Pass::Host | Pass::Presenter)
        || room.rules.opens_without_host
        || room.rules.has_waiting_room
}
