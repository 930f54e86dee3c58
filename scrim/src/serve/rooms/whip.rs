//! Encoders that send into a room: WHIP, RFC 9725.
//!
//! ```text
//! POST   /r/{code}/whip            offer  ──► 201, answer, Location: …/whip/{session}
//! PATCH  /r/{code}/whip/{session}  candidates ──► 204
//! DELETE /r/{code}/whip/{session}  ──► 200
//! ```
//!
//! The bearer token is the one of an invitation. Whoever sends is the person who was invited, and is
//! recorded only if that person says so on a page of the room: an encoder cannot agree to anything.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scrim_policy::{Pii, RoomId, TrackSource};
use scrim_sfu::{
    live::{LiveRoom, MOST_MESSAGES, Outgoing},
    room::{Client, ConnectionId, Input},
    sdp::{self, Limits, Media, read_fragment, read_offer},
    signal::{ClientMessage, Leg, ServerMessage},
};
use scrim_storage::{DataKey, Sha256Digest, service::RoomState};
use tokio::sync::mpsc::{Receiver, channel};

use super::{
    super::{app::App, incoming, problem::Problem},
    door::{self, Knock},
    registry,
};

/// How long a room may take to answer an offer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

const OFFER: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// Sessions of encoders, by their secrets.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Clone)]
struct Session {
    room: RoomId,
    live: LiveRoom,
    connection: ConnectionId,
    /// Digest of the token that it was made with.
    token: Sha256Digest,
    /// What ICE of the encoder is called. Another one is a restart.
    ufrag: String,
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

/// Says what can be posted.
pub(crate) async fn options() -> Response {
    let mut response = StatusCode::OK.into_response();
    let kind = HeaderValue::from_static(OFFER);
    response.headers_mut().insert("accept-post", kind);
    response
}

/// Takes an offer.
pub(crate) async fn post(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let token = token(&headers).ok_or_else(unauthorised)?;
    let text = text(&headers, body, OFFER).await?;
    let Some(room) = door::room(&app, &code).await? else {
        return Err(Problem::not_found("room"));
    };
    if room.state == RoomState::Ended {
        return Err(Problem::new(StatusCode::GONE, "this meeting is over"));
    }
    let (sources, ufrag) = understood(&text)?;
    let knock = Knock {
        name: Pii::default(),
        password: None,
        token: Some(Pii::new(token.clone())),
        consents: BTreeMap::new(),
        notice: None,
        language: None,
    };
    let Ok(mut arrival) = door::arrival(&app, &room, None, knock).await? else {
        return Err(unauthorised());
    };
    arrival.client = Client::Encoder;
    if !door::may_open(&room, arrival.pass) && app.rooms.running(room.id).is_none() {
        return Err(not_now("the room is not open yet"));
    }
    let live = registry::run(&app, &room).await?;
    let connection = app.rooms.connection();
    let (sender, mut messages) = channel(MOST_MESSAGES);
    let sdp = text;
    let offer = ClientMessage::Publish { sdp, sources };
    let is_in = live.connect(connection, sender).await
        && live
            .tell(Input::Knocked {
                connection,
                arrival,
            })
            .await
        && live
            .tell(Input::Said {
                connection,
                message: offer,
            })
            .await;
    if !is_in {
        return Err(Problem::new(StatusCode::GONE, "this meeting is over"));
    }
    let answered = tokio::time::timeout(ANSWER_WITHIN, answer(&mut messages)).await;
    let answer = match answered {
        Ok(Ok(answer)) => answer,
        Ok(Err(problem)) => {
            live.tell(Input::Lost { connection }).await;
            return Err(problem);
        }
        Err(_) => {
            live.tell(Input::Lost { connection }).await;
            return Err(not_now("the room did not answer"));
        }
    };
    let Ok(key) = DataKey::random() else {
        return Err(not_now("there is no randomness"));
    };
    let secret = Sha256Digest::of(key.expose()).to_string();
    let session = Session {
        room: room.id,
        live,
        connection,
        token: digest(&token),
        ufrag,
    };
    app.rooms.sessions.put(&secret, session);
    tokio::spawn(watch(app.clone(), secret.clone(), messages));
    let mut response = (StatusCode::CREATED, answer).into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(OFFER));
    let location = format!("/r/{code}/whip/{secret}");
    if let Ok(location) = HeaderValue::from_str(&location) {
        fields.insert(header::LOCATION, location);
    }
    fields.insert(header::ETAG, HeaderValue::from_static("\"1\""));
    fields.insert("accept-patch", HeaderValue::from_static(FRAGMENT));
    Ok(response)
}

/// Takes candidates. A restart of ICE is refused: the session stays as it is, and an encoder makes a new
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
            leg: Leg::Publish,
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
    tracing::debug!(room = %session.room, "an encoder has ended its session");
    Ok(StatusCode::OK.into_response())
}

/// Waits for the answer of the room.
async fn answer(messages: &mut Receiver<Outgoing>) -> Result<String, Problem> {
    while let Some(Outgoing::Message(message)) = messages.recv().await {
        let (status, what) = match *message {
            ServerMessage::Answer { sdp } => return Ok(sdp),
            ServerMessage::Problem {
                code: "not_on_stage",
            } => (
                StatusCode::FORBIDDEN,
                "whoever was invited to listen cannot send",
            ),
            ServerMessage::Problem { .. } => (StatusCode::BAD_REQUEST, "the offer was not taken"),
            ServerMessage::Refused { .. } => (StatusCode::FORBIDDEN, "the room lets nobody in"),
            _ => continue,
        };
        return Err(Problem::new(status, what));
    }
    Err(not_now("the room has closed the session"))
}

/// Forgets a session once the room has closed it.
async fn watch(app: App, secret: String, mut messages: Receiver<Outgoing>) {
    while let Some(Outgoing::Message(_)) = messages.recv().await {}
    app.rooms.sessions.remove(&secret);
}

/// Says what each section of an offer is, and what ICE of the encoder is called.
fn understood(text: &str) -> Result<(BTreeMap<String, TrackSource>, String), Problem> {
    let offer = read_offer(text, &Limits::default()).map_err(|error| wrong(&error))?;
    let sources = offer.sections.iter().map(|section| {
        let source = match section.media {
            Media::Audio => TrackSource::Microphone,
            Media::Video => TrackSource::Camera,
        };
        (section.mid.as_str().to_owned(), source)
    });
    let sources: BTreeMap<_, _> = sources.collect();
    let mut pictures = sources.values();
    let is_one_each = sources.len() <= 2 && pictures.next() != pictures.next();
    if !is_one_each {
        let status = StatusCode::BAD_REQUEST;
        return Err(Problem::new(
            status,
            "an offer has one section for sound and one for pictures at most",
        ));
    }
    let ufrag = offer.transport.credentials.ufrag().to_owned();
    Ok((sources, ufrag))
}

/// Reads a body of the right type.
async fn text(headers: &HeaderMap, body: Body, wanted: &'static str) -> Result<String, Problem> {
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

fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| token.trim().to_owned())
}

fn digest(token: &str) -> Sha256Digest {
    Sha256Digest::of(token.as_bytes())
}

fn unauthorised() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "the token is of no invitation to this room",
    )
    .hint("send the secret of an invitation as `Authorization: Bearer …`")
}

fn not_now(what: &str) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, what).hint("try again in a moment")
}

fn wrong(error: &sdp::SdpError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, error.to_string())
}
