//! The WebSocket of a room's page.

use std::time::Duration;

use axum::{
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::StatusCode,
    response::Response,
};
use scrim_sfu::{
    live::{LiveRoom, MOST_MESSAGES, Outgoing},
    room::{ConnectionId, Input},
    signal::{ClientMessage, MOST_BYTES, Refusal, ServerMessage},
};
use scrim_storage::service::{Room, RoomState};
use tokio::sync::mpsc::{Receiver, channel};

use super::{
    super::{app::App, gate, problem::Problem, site::Reader},
    door::{self, Knock},
    registry,
};

/// How long a page may take to say who it is.
const KNOCK_WITHIN: Duration = Duration::from_secs(15);

/// How many messages a page may send in a second, over ten seconds. A browser has some ten candidates
/// at once, and a ping every 2 s.
const MOST_A_SECOND: u32 = 20;

/// How many messages may be of no use before the connection is closed.
const MOST_UNREADABLE: u32 = 5;

pub(crate) async fn talk(
    State(app): State<App>,
    reader: Reader,
    Path(code): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    // A page of somebody else's could talk with the cookie of whoever looks at it.
    gate::from_here(&reader.headers)?;
    let Some(room) = door::room(&app, &code).await? else {
        return Err(Problem::not_found("room"));
    };
    if room.state == RoomState::Ended {
        return Err(Problem::new(StatusCode::GONE, "this meeting is over"));
    }
    let Some(place) = app.rooms.place() else {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Err(
            Problem::new(status, "there are too many people in all rooms together")
                .hint("try again in a moment"),
        );
    };
    let upgrade = upgrade
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let mut page = Page { socket };
        if let Some((live, connection, messages)) = enter(&app, &mut page, &room, &reader).await {
            converse(&mut page, &live, connection, messages).await;
            live.tell(Input::Lost { connection }).await;
        }
        let _ = page.socket.send(Message::Close(None)).await;
        drop(place);
    }))
}

struct Page {
    socket: WebSocket,
}

impl Page {
    async fn tell(&mut self, message: &ServerMessage) -> bool {
        let text = message.write();
        self.socket.send(Message::Text(text.into())).await.is_ok()
    }

    async fn refuse(&mut self, reason: Refusal) {
        self.tell(&ServerMessage::Refused { reason }).await;
    }

    /// Returns the next text. None when nothing more comes.
    async fn hear(&mut self) -> Option<String> {
        loop {
            match self.socket.recv().await? {
                Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Binary(_) | Message::Close(_)) | Err(_) => return None,
            }
        }
    }
}

/// Finds out who that is, and brings them to the room.
async fn enter(
    app: &App,
    page: &mut Page,
    room: &Room,
    reader: &Reader,
) -> Option<(LiveRoom, ConnectionId, Receiver<Outgoing>)> {
    let first = tokio::time::timeout(KNOCK_WITHIN, page.hear())
        .await
        .ok()??;
    let connection = app.rooms.connection();
    let input = match ClientMessage::read(&first) {
        Ok(ClientMessage::ComeBack { secret, has_media }) => Input::CameBack {
            connection,
            secret,
            has_media,
        },
        Ok(ClientMessage::Knock {
            name,
            password,
            token,
            consents,
            notice,
            guest,
            unasked,
        }) => {
            let knock = Knock {
                name,
                password,
                token,
                consents,
                notice,
                language: Some(reader.language.tag()),
                guest,
                is_unasked: unasked,
            };
            match door::arrival(app, room, reader.caller.as_deref(), knock).await {
                Ok(Ok(arrival)) => Input::Knocked {
                    connection,
                    arrival,
                },
                Ok(Err(reason)) => {
                    page.refuse(reason).await;
                    return None;
                }
                Err(_) => {
                    page.tell(&ServerMessage::Problem {
                        code: "unavailable",
                    })
                    .await;
                    return None;
                }
            }
        }
        _ => {
            page.tell(&ServerMessage::Problem { code: "unreadable" })
                .await;
            return None;
        }
    };
    let live = match &input {
        // Only a room that runs can be come back to.
        Input::CameBack { .. } => app.rooms.running(room.id),
        Input::Knocked { arrival, .. } if !door::may_open(room, arrival.pass) => {
            app.rooms.running(room.id)
        }
        _ => match registry::run(app, room).await {
            Ok(live) => Some(live),
            Err(_) => {
                page.tell(&ServerMessage::Problem {
                    code: "unavailable",
                })
                .await;
                return None;
            }
        },
    };
    let Some(live) = live else {
        let reason = match input {
            Input::CameBack { .. } => Refusal::TooLate,
            _ => Refusal::NotOpen,
        };
        page.refuse(reason).await;
        return None;
    };
    let (sender, messages) = channel(MOST_MESSAGES);
    if !live.connect(connection, sender).await || !live.tell(input).await {
        page.refuse(Refusal::Ended).await;
        return None;
    }
    Some((live, connection, messages))
}

/// Passes messages on until one side ends.
async fn converse(
    page: &mut Page,
    live: &LiveRoom,
    connection: ConnectionId,
    mut messages: Receiver<Outgoing>,
) {
    let mut budget = MOST_A_SECOND * 10;
    let mut unreadable = 0;
    let mut refill = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            outgoing = messages.recv() => match outgoing {
                Some(Outgoing::Message(message)) => {
                    if !page.tell(&message).await {
                        return;
                    }
                }
                Some(Outgoing::Close) | None => return,
            },
            said = page.hear() => {
                let Some(text) = said else { return };
                let Some(rest) = budget.checked_sub(1) else {
                    tracing::debug!("a page says too much");
                    page.tell(&ServerMessage::Problem { code: "slow_down" }).await;
                    return;
                };
                budget = rest;
                match ClientMessage::read(&text) {
                    Ok(message) => {
                        let said = Input::Said { connection, message };
                        if !live.tell(said).await {
                            return;
                        }
                    }
                    Err(error) => {
                        tracing::debug!(%error, "a page says what is not understood");
                        unreadable += 1;
                        if !live.tell(Input::Unread { connection }).await {
                            return;
                        }
                        let problem = ServerMessage::Problem { code: "unreadable" };
                        if unreadable > MOST_UNREADABLE || !page.tell(&problem).await {
                            return;
                        }
                    }
                }
            }
            _ = refill.tick() => budget = (budget + MOST_A_SECOND).min(MOST_A_SECOND * 10),
        }
    }
}
