//! The whole service with a room in it.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::Path,
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    Watching,
    connection::{Connection, Identity, Role},
    page::{Page, Pages, Talk},
    presenter::{Presenter, Way},
    sdp::{self, AUDIO_MID, Remote, VIDEO_MID},
};
use crate::{Outcome, http, server::Server};

/// What people are told where the meeting is recorded.
const NOTICE: [&str; 4] = ["controller", "contact", "purpose", "audience"];

/// A service with a room and a presenter, who is its host.
pub(super) struct Scrim {
    pub(super) presenter: Presenter,
    pub(super) server: Server,
    /// Talks as the host.
    pub(super) host: Talk,
    /// Where its pages talk.
    pub(super) live: String,
}

impl Scrim {
    /// Starts the service of a home with an account, and a presenter. A room that may be recorded is not
    /// yet.
    pub(super) fn start(
        program: &Path,
        (home, token): (&Path, &str),
        media: Ipv4Addr,
        (identity, pages): (&Arc<Identity>, &Pages),
        may_be_recorded: bool,
    ) -> Outcome<Self> {
        let server = Server::scrim(program, home)?;
        let live = room(server.address, token, may_be_recorded)?;
        let bearer = format!("Bearer {token}");
        let mut host = Page::open(
            server.address,
            &live,
            Some(("authorization", bearer.as_str())),
        )?;
        host.say(&json!({ "type": "knock", "name": "Presenter" }))?;
        let notice = host.hear(|said| {
            let room = (refused(said)?["type"] == "welcome").then(|| said["room"].clone());
            Ok(room.map(|room| room["notice"]["id"].clone()))
        })?;
        if !notice.is_null() {
            agree(&mut host, &notice)?;
        }
        let socket = UdpSocket::bind((media, 0))?;
        let (local, ours) = (socket.local_addr()?, identity.credentials()?);
        let offer = sdp::offer(identity, &ours, local);
        let sources = json!({ AUDIO_MID: "microphone", VIDEO_MID: "camera" });
        host.say(&json!({ "type": "publish", "sdp": offer, "sources": sources }))?;
        let answer = host.hear(|said| description(said, "answer"))?;
        let remote = Remote::read(&answer)?;
        let connection = Connection::new(identity, Role::Offers, ours, remote, local);
        let way = Way::Encrypted(Box::new(connection));
        Ok(Self {
            presenter: Presenter::start(socket, way)?,
            server,
            host: pages.keep_talking(host, ping())?,
            live,
        })
    }
}

/// Starts the recording. False where the service says that it cannot record.
pub(super) fn record(host: &Talk) -> Outcome<bool> {
    host.ask(json!({ "type": "record", "on": true }), |said| {
        if said["code"] == "cannot_record" {
            return Ok(Some(false));
        }
        let said = refused(said)?;
        let is_recorded = said["type"] == "room" && said["is_recording"] == true;
        Ok(is_recorded.then_some(true))
    })
}

/// What a page says while it has nothing to say.
fn ping() -> Value {
    json!({ "type": "ping" })
}

/// Comes in as somebody who watches.
pub(super) fn watch(address: SocketAddr, live: &str, number: usize) -> Outcome<Watching> {
    let mut page = Page::open(address, live, None)?;
    page.say(&json!({ "type": "knock", "name": format!("Viewer {number}") }))?;
    Ok(Watching {
        offer: page.hear(|said| description(said, "offer"))?,
        page,
        ping: ping(),
        answer: Box::new(|sdp| json!({ "type": "answer", "sdp": sdp })),
    })
}

/// Plans a room, and returns where its pages talk.
fn room(address: SocketAddr, token: &str, may_be_recorded: bool) -> Outcome<String> {
    let mut rules = json!({ "opens_without_host": true, "most_people": 500 });
    let mut room = json!({ "title": "Bench" });
    if may_be_recorded {
        rules["protection"] = "recorded".into();
        rules["recording"] = json!({ "rule": "explicit", "can_refuse": true, "days": 1 });
        for told in NOTICE {
            room[told] = "Bench".into();
        }
    }
    room["rules"] = rules;
    let bearer = format!("authorization: Bearer {token}\r\n");
    let mut connection = http::Connection::open(address)?;
    let (status, body) = connection.post("/api/v1/rooms", &bearer, &room.to_string())?;
    if status != 201 {
        let text = String::from_utf8_lossy(&body);
        return Err(format!("the room was answered with {status}: {text}").into());
    }
    let made: Value = serde_json::from_slice(&body)?;
    let url = made["join_url"].as_str().unwrap_or_default();
    let (_, code) = url.rsplit_once('/').ok_or("the room has no address")?;
    Ok(format!("/r/{code}/live"))
}

/// Says yes to being recorded.
fn agree(host: &mut Page, notice: &Value) -> Outcome<()> {
    host.say(&json!({ "type": "noticed", "notice": notice }))?;
    for purpose in ["camera", "voice"] {
        let yes = json!({
            "type": "consent", "purpose": purpose, "given": true, "notice": notice,
        });
        host.say(&yes)?;
    }
    Ok(())
}

fn description(said: &Value, kind: &str) -> Outcome<Option<String>> {
    let said = refused(said)?;
    let is_it = said["type"] == kind;
    Ok(said["sdp"].as_str().filter(|_| is_it).map(str::to_owned))
}

fn refused(said: &Value) -> Outcome<&Value> {
    match said["type"].as_str() {
        Some("refused" | "problem" | "ended" | "waiting") => {
            Err(format!("Scrim said no: {said}").into())
        }
        _ => Ok(said),
    }
}
