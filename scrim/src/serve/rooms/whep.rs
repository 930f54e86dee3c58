//! Players that show the programme of a room: WHEP, draft-ietf-wish-whep-03.
//!
//! ```text
//! POST   /r/{code}/whep            offer  ──► 201, answer, Location: …/whep/{session}
//! PATCH  /r/{code}/whep/{session}  candidates ──► 204
//! DELETE /r/{code}/whep/{session}  ──► 200
//! ```
//!
//! The bearer token is the one of an invitation. Whoever watches is the person who was invited, and is seen
//! by the hosts like everybody. Where a host has to let them in, the request waits for it.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scrim_sfu::{
    live::{LiveRoom, MOST_MESSAGES, Outgoing},
    room::{Client, ConnectionId, Input, PlayOffer},
    sdp::{Limits, read_play_offer},
    signal::{ClientMessage, Leg, ServerMessage},
};
use tokio::{
    sync::mpsc::{Receiver, channel},
    time::{Instant, interval, sleep_until},
};

use super::{
    super::{app::App, problem::Problem},
    door, registry,
    session::{self, Begun, OFFER, Session, not_now, wrong},
};

/// How long a room may take to answer an offer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// How long a request waits for a host. Players give up about then as well.
const HOST_WITHIN: Duration = Duration::from_secs(60);

/// How often a request that waits says that it is there, as pages do.
const PING_EVERY: Duration = Duration::from_secs(2);

/// In how many seconds a host may have time for somebody who waits.
const HOST_SECONDS: u64 = 5;

/// Says that players can post here.
pub(crate) async fn look() -> Response {
    let kind = HeaderValue::from_static(OFFER);
    ([(header::CONTENT_TYPE, kind)], ()).into_response()
}

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
    let (offer, ufrag) = understood(text)?;
    let mut arrival = session::arrival(&app, &room, &token).await?;
    arrival.client = Client::Player(offer);
    let servers = arrival.ice_servers.clone();
    if !door::may_open(&room, arrival.pass) && app.rooms.running(room.id).is_none() {
        return Err(session::not_open());
    }
    let Some(place) = app.rooms.place() else {
        return Err(not_now("there are too many people in all rooms together"));
    };
    let secret = session::secret()?;
    let live = registry::run(&app, &room).await?;
    let connection = app.rooms.connection();
    let (sender, mut messages) = channel(MOST_MESSAGES);
    let knocked = Input::Knocked {
        connection,
        arrival,
    };
    if !live.connect(connection, sender).await || !live.tell(knocked).await {
        return Err(session::over());
    }
    let answer = match answer(&live, connection, &mut messages).await {
        Ok(answer) => answer,
        Err(problem) => {
            live.tell(Input::Lost { connection }).await;
            return Err(problem);
        }
    };
    let begun = Begun {
        session: Session {
            room: room.id,
            live,
            connection,
            leg: Leg::Subscribe,
            token: session::digest(&token),
            ufrag,
        },
        secret,
        answer,
        messages,
        servers,
        place: Some(place),
    };
    Ok(begun.keep(&app, &format!("/r/{code}/whep")))
}

/// Waits for the answer of the room, and before it for a host. A request that nobody waits for any more
/// says nothing either, and the room forgets it.
async fn answer(
    live: &LiveRoom,
    connection: ConnectionId,
    messages: &mut Receiver<Outgoing>,
) -> Result<String, Problem> {
    let mut pings = interval(PING_EVERY);
    let mut until = Instant::now() + ANSWER_WITHIN;
    let mut waits_for_host = false;
    loop {
        let outgoing = tokio::select! {
            outgoing = messages.recv() => outgoing,
            _ = pings.tick() => {
                let message = ClientMessage::Ping {};
                live.tell(Input::Said { connection, message }).await;
                continue;
            }
            () = sleep_until(until) => {
                return Err(if waits_for_host {
                    Problem {
                        retry_after: Some(HOST_SECONDS),
                        ..Problem::conflict("no host has let you in yet")
                    }
                } else {
                    not_now("the room did not answer")
                });
            }
        };
        let Some(Outgoing::Message(message)) = outgoing else {
            return Err(not_now("the room has closed the session"));
        };
        match *message {
            ServerMessage::Answer { sdp } => return Ok(sdp),
            ServerMessage::Waiting => {
                (waits_for_host, until) = (true, Instant::now() + HOST_WITHIN);
            }
            ServerMessage::Welcome { .. } => {
                (waits_for_host, until) = (false, Instant::now() + ANSWER_WITHIN);
            }
            ServerMessage::Refused { reason } => return Err(session::refused(reason)),
            ServerMessage::Ended => return Err(session::over()),
            ServerMessage::Problem { code: "bad_offer" } => {
                let status = StatusCode::BAD_REQUEST;
                return Err(Problem::new(status, "the offer was not taken"));
            }
            ServerMessage::Problem { .. } => return Err(not_now("the room cannot answer")),
            _ => {}
        }
    }
}

/// Says what a player takes, and what its ICE is called.
fn understood(text: String) -> Result<(PlayOffer, String), Problem> {
    let offer = read_play_offer(&text, &Limits::default()).map_err(|error| wrong(&error))?;
    let played = offer.played().map_err(|error| wrong(&error))?;
    let formats = played.iter().flat_map(|one| &one.formats);
    let takes = formats.map(|format| format.codec()).collect();
    let ufrag = offer.transport.credentials.ufrag().to_owned();
    Ok((PlayOffer { sdp: text, takes }, ufrag))
}
