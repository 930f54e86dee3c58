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

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use scrim_policy::TrackSource;
use scrim_sfu::{
    live::{MOST_MESSAGES, Outgoing},
    room::{Client, Input},
    sdp::{Limits, Media, read_offer},
    signal::{ClientMessage, Leg, ServerMessage},
};
use tokio::sync::mpsc::{Receiver, channel};

use super::{
    super::{app::App, problem::Problem},
    door, registry,
    session::{self, Begun, OFFER, Session, not_now, wrong},
};

/// How long a room may take to answer an offer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Takes an offer.
pub(crate) async fn post(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let token = session::token(&headers).ok_or_else(session::unauthorised)?;
    let text = session::text(&headers, body, OFFER).await?;
    let room = session::room(&app, &code).await?;
    let (sources, ufrag) = understood(&text)?;
    let mut arrival = session::arrival(&app, &room, &token).await?;
    arrival.client = Client::Encoder;
    let servers = arrival.ice_servers.clone();
    if !door::may_open(&room, arrival.pass) && app.rooms.running(room.id).is_none() {
        return Err(session::not_open());
    }
    let secret = session::secret()?;
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
        return Err(session::over());
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
    let begun = Begun {
        session: Session {
            room: room.id,
            live,
            connection,
            leg: Leg::Publish,
            token: session::digest(&token),
            ufrag,
        },
        secret,
        answer,
        messages,
        servers,
        place: None,
    };
    Ok(begun.keep(&app, &format!("/r/{code}/whip")))
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
            ServerMessage::Refused { reason } => return Err(session::refused(reason)),
            _ => continue,
        };
        return Err(Problem::new(status, what));
    }
    Err(not_now("the room has closed the session"))
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
