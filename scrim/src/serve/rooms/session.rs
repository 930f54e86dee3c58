//! Sessions of programs over HTTP: what encoders (WHIP, RFC 9725) and players (WHEP,
//! draft-ietf-wish-whep-03) share.
//!
//! > **A session is found by its secret alone, and obeys only whoever has its token as well.** The token is
//! > the one of an invitation.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scrim_policy::{Pii, RoomId};
use scrim_sfu::{
    live::{LiveRoom, Outgoing},
    room::{Arrival, ConnectionId, Input},
    sdp::{self, Limits, read_fragment},
    signal::{ClientMessage, IceServer, Leg, Refusal},
};
use scrim_storage::{
    DataKey, Sha256Digest,
    service::{Room, RoomState},
};
use tokio::sync::{OwnedSemaphorePermit, mpsc::Receiver};

use super::{
    super::{app::App, incoming, problem::Problem},
    door::{self, Knock},
};

pub(super) const OFFER: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// In how many seconds a room that is not open may be.
const OPEN_SECONDS: u64 = 10;

/// In how many seconds there may be a place in a room that is full.
const PLACE_SECONDS: u64 = 30;

/// Sessions, by their secrets.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

/// One session.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) room: RoomId,
    pub(super) live: LiveRoom,
    pub(super) connection: ConnectionId,
    pub(super) leg: Leg,
    /// Digest of the token that it was made with.
    pub(super) token: Sha256Digest,
    /// What ICE of the program is called. Another one is a restart.
    pub(super) ufrag: String,
}

impl Sessions {
    fn put(&self, secret: &str, session: Session) {
        self.lock().insert(secret.to_owned(), session);
    }

    /// Returns a session of a room, to whoever has its token.
    fn find(&self, secret: &str, headers: &HeaderMap) -> Result<Session, Problem> {
        let session = self.lock().get(secret).cloned();
        let session = session.ok_or_else(|| Problem::not_found("session"))?;
        if token(headers).map(|token| digest(&token)) != Some(session.token) {
            return Err(unauthorised());
        }
        Ok(session)
    }

    fn remove(&self, secret: &str) {
        self.lock().remove(secret);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session that a room has answered.
pub(super) struct Begun {
    pub(super) session: Session,
    /// What brings it back: new and unguessable.
    pub(super) secret: String,
    pub(super) answer: String,
    pub(super) messages: Receiver<Outgoing>,
    /// Servers for a program that cannot reach this machine directly.
    pub(super) servers: Vec<IceServer>,
    /// What it holds as long as it lasts.
    pub(super) place: Option<OwnedSemaphorePermit>,
}

impl Begun {
    /// Keeps the session until the room closes it, and says where it is.
    pub(super) fn keep(self, app: &App, endpoint: &str) -> Response {
        let Self {
            session,
            secret,
            answer,
            messages,
            servers,
            place,
        } = self;
        app.rooms.sessions.put(&secret, session);
        let location = HeaderValue::from_str(&format!("{endpoint}/{secret}"));
        tokio::spawn(watch(app.clone(), secret, messages, place));
        let mut response = (StatusCode::CREATED, answer).into_response();
        let fields = response.headers_mut();
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(OFFER));
        if let Ok(location) = location {
            fields.insert(header::LOCATION, location);
        }
        fields.insert(header::ETAG, HeaderValue::from_static("\"1\""));
        fields.insert("accept-patch", HeaderValue::from_static(FRAGMENT));
        link(fields, &servers);
        response
    }
}

/// Forgets a session once the room has closed it.
async fn watch(
    app: App,
    secret: String,
    mut messages: Receiver<Outgoing>,
    place: Option<OwnedSemaphorePermit>,
) {
    while let Some(Outgoing::Message(_)) = messages.recv().await {}
    app.rooms.sessions.remove(&secret);
    drop(place);
}

/// Says what can be posted. Whoever was invited is told the servers for programs that cannot reach this
/// machine directly: some want to know them before they offer (RFC 9725, 4.6).
pub(crate) async fn options(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut response = StatusCode::OK.into_response();
    let kind = HeaderValue::from_static(OFFER);
    response.headers_mut().insert("accept-post", kind);
    if let Some(token) = token(&headers)
        && let Ok(room) = room(&app, &code).await
        && door::is_invited(&app, &room, token).await?
    {
        link(response.headers_mut(), &app.rooms.ice_servers());
    }
    Ok(response)
}

/// Takes candidates. A restart of ICE is refused: the session stays as it is, and a program makes a new
/// one.
pub(crate) async fn patch(
    State(app): State<App>,
    Path((_, secret)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let session = app.rooms.sessions.find(&secret, &headers)?;
    let text = text(&headers, body, FRAGMENT).await?;
    let tag = headers.get(header::IF_MATCH).map(HeaderValue::as_bytes);
    match tag {
        None => {
            let status = StatusCode::PRECONDITION_REQUIRED;
            return Err(Problem::new(status, "If-Match is missing"));
        }
        Some(b"\"1\"" | b"*") => {}
        Some(_) => {
            let status = StatusCode::PRECONDITION_FAILED;
            return Err(Problem::new(status, "the session is another one by now"));
        }
    }
    let fragment = read_fragment(&text, &Limits::default()).map_err(|error| wrong(&error))?;
    if fragment.credentials.ufrag() != session.ufrag {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "ICE is not restarted")
            .hint("end the session and begin a new one"));
    }
    let connection = session.connection;
    for (mid, candidate) in fragment.candidates {
        let message = ClientMessage::Candidate {
            leg: session.leg,
            candidate: candidate.to_string(),
            mid: Some(mid.as_str().to_owned()),
        };
        session
            .live
            .tell(Input::Said {
                connection,
                message,
            })
            .await;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ends a session.
pub(crate) async fn delete(
    State(app): State<App>,
    Path((_, secret)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let session = app.rooms.sessions.find(&secret, &headers)?;
    app.rooms.sessions.remove(&secret);
    let connection = session.connection;
    session.live.tell(Input::Lost { connection }).await;
    tracing::debug!(room = %session.room, "a program has ended its session");
    Ok(StatusCode::OK.into_response())
}

/// Says that a session is there.
pub(crate) async fn look(
    State(app): State<App>,
    Path((_, secret)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.rooms.sessions.find(&secret, &headers)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Finds a room that is not over.
pub(super) async fn room(app: &App, code: &str) -> Result<Room, Problem> {
    let room = door::room(app, code).await?;
    let room = room.ok_or_else(|| Problem::not_found("room"))?;
    if room.state == RoomState::Ended {
        return Err(over());
    }
    Ok(room)
}

/// Finds out for whom a program comes: the person who was invited.
pub(super) async fn arrival(app: &App, room: &Room, token: &str) -> Result<Arrival, Problem> {
    let knock = Knock {
        name: Pii::default(),
        password: None,
        token: Some(Pii::new(token.to_owned())),
        consents: BTreeMap::new(),
        notice: None,
        language: None,
        guest: None,
        is_unasked: false,
    };
    let arrival = door::arrival(app, room, None, knock).await?;
    arrival.map_err(|_| unauthorised())
}

/// Makes the secret of a session.
pub(super) fn secret() -> Result<String, Problem> {
    let key = DataKey::random().map_err(|_| not_now("there is no randomness"))?;
    Ok(Sha256Digest::of(key.expose()).to_string())
}

/// Names the servers (RFC 9725, 4.6).
fn link(fields: &mut HeaderMap, servers: &[IceServer]) {
    for server in servers {
        let (username, credential) = (&server.username, server.credential.reveal());
        for url in &server.urls {
            let link = format!(
                "<{url}>; rel=\"ice-server\"; username=\"{username}\"; credential=\"{credential}\"; \
                 credential-type=\"password\""
            );
            if let Ok(mut link) = HeaderValue::from_str(&link) {
                link.set_sensitive(true);
                fields.append(header::LINK, link);
            }
        }
    }
}

/// Reads a body of the right type.
pub(super) async fn text(
    headers: &HeaderMap,
    body: Body,
    wanted: &'static str,
) -> Result<String, Problem> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(wanted) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::new(status, format!("the body has to be {wanted}")));
    }
    let bytes = incoming::whole(body, sdp::LONGEST_TEXT).await?;
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body is no text"))
}

pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| token.trim().to_owned())
}

pub(super) fn digest(token: &str) -> Sha256Digest {
    Sha256Digest::of(token.as_bytes())
}

pub(super) fn unauthorised() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "the token is of no invitation to this room",
    )
    .hint("send the secret of an invitation as `Authorization: Bearer …`")
}

/// Why the room does not let a program in.
pub(super) fn refused(reason: Refusal) -> Problem {
    let forbidden = |what: &str| Problem::new(StatusCode::FORBIDDEN, what);
    match reason {
        Refusal::Ended => over(),
        Refusal::NotOpen => not_open(),
        Refusal::Full => Problem {
            retry_after: Some(PLACE_SECONDS),
            ..not_now("there is no place left in the room")
        },
        Refusal::Token => unauthorised(),
        Refusal::Silent => not_now("no connection for media could be made"),
        Refusal::NoPassphrase => {
            forbidden("the room is encrypted end to end, and a program has no passphrase")
                .hint("open the link of the room in a browser")
        }
        Refusal::NotAdmitted => forbidden("a host has not let you in"),
        Refusal::Removed => forbidden("a host has removed you from the room"),
        Refusal::Locked => forbidden("the room lets nobody in any more"),
        _ => forbidden("the room does not let you in"),
    }
}

/// The meeting has not begun, and only some can begin it. Players come again by themselves.
pub(super) fn not_open() -> Problem {
    Problem {
        retry_after: Some(OPEN_SECONDS),
        ..Problem::conflict("the room is not open yet")
    }
}

pub(super) fn over() -> Problem {
    Problem::new(StatusCode::GONE, "this meeting is over")
}

pub(super) fn not_now(what: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, what).hint("try again in a moment")
}

pub(super) fn wrong(error: &sdp::SdpError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn servers_are_named_as_rfc_9725_writes_them() {
        let mut fields = HeaderMap::new();
        let urls = [
            "turn:turn.example.eu:3478",
            "turns:turn.example.eu:443?transport=tcp",
        ];
        let server = IceServer {
            urls: urls.map(str::to_owned).to_vec(),
            username: "1700043200".to_owned(),
            credential: Pii::new("0GhAd1f2IsjQ52B6wG+zo1Tl4FE=".to_owned()),
        };
        link(&mut fields, &[server]);
        let links: Vec<_> = fields.get_all(header::LINK).iter().collect();
        assert_eq!(links.len(), 2);
        for (link, url) in links.into_iter().zip(urls) {
            assert!(link.is_sensitive());
            assert_eq!(
                link.to_str().unwrap(),
                format!(
                    "<{url}>; rel=\"ice-server\"; username=\"1700043200\"; \
                     credential=\"0GhAd1f2IsjQ52B6wG+zo1Tl4FE=\"; credential-type=\"password\""
                )
            );
        }
    }

    #[test]
    fn refusals_say_whether_to_come_again() {
        let said = |reason| {
            let problem = refused(reason);
            (problem.status.as_u16(), problem.retry_after)
        };
        assert_eq!(said(Refusal::NotOpen), (409, Some(OPEN_SECONDS)));
        assert_eq!(said(Refusal::Full), (503, Some(PLACE_SECONDS)));
        assert_eq!(said(Refusal::Ended), (410, None));
        assert_eq!(said(Refusal::Token), (401, None));
        for reason in [
            Refusal::NoPassphrase,
            Refusal::NotAdmitted,
            Refusal::Removed,
            Refusal::Locked,
            Refusal::Elsewhere,
        ] {
            assert_eq!(said(reason), (403, None), "{reason:?}");
        }
    }
}
