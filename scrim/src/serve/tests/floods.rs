//! Pages of a room that say more than they may, over a connection as browsers have it.

use std::time::Duration;

use axum::http::StatusCode;
use scrim_policy::{AccountRole, TenantId};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    time::timeout,
};

use super::{super::listen, HOST, Service};

/// As much may be on its way that nobody waits for the other side.
const MOST_ON_THE_WAY: usize = 1 << 20;

/// Far longer than any of it takes. Whoever waits longer waits for what never comes.
const WITHIN: Duration = Duration::from_secs(60);

const PING: &str = r#"{"type":"ping"}"#;

/// A page of a room: the client of a WebSocket (RFC 6455).
struct Page {
    stream: DuplexStream,
}

impl Page {
    /// Comes to a room as a guest, and is let in.
    async fn enter(service: &Service, room: &str, name: &str) -> Self {
        let (stream, theirs) = duplex(MOST_ON_THE_WAY);
        let (router, app) = (service.router.clone(), service.app.clone());
        tokio::spawn(async move { listen::converse(theirs, router, &app.stop).await });
        let mut page = Self { stream };
        let head = format!(
            "GET {room}/live HTTP/1.1\r\nhost: {HOST}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        page.stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(page.stream.read_u8().await.unwrap());
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        let knock = json!({ "type": "knock", "name": name });
        page.say(&knock.to_string(), 1).await;
        page.hear_of("welcome").await;
        page
    }

    /// Says the same several times at once.
    async fn say(&mut self, text: &str, times: usize) {
        let flood = frame(text).repeat(times);
        self.stream.write_all(&flood).await.unwrap();
    }

    /// Returns the next message; none once the connection is closed.
    async fn hear(&mut self) -> Option<Value> {
        let kind = self.stream.read_u8().await.unwrap();
        let length = match self.stream.read_u8().await.unwrap() {
            126 => u64::from(self.stream.read_u16().await.unwrap()),
            127 => self.stream.read_u64().await.unwrap(),
            short => u64::from(short),
        };
        let mut bytes = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut bytes).await.unwrap();
        match kind {
            TEXT => Some(serde_json::from_slice(&bytes).unwrap()),
            CLOSE => None,
            other => panic!("a frame of kind {other:x}"),
        }
    }

    /// Returns the next message of a type.
    async fn hear_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear().await.expect("it goes on");
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Returns the types of all messages until the connection is closed, problems by their codes.
    async fn hear_all(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(message) = self.hear().await {
            let word = message.get("code").unwrap_or(&message["type"]);
            all.push(word.as_str().unwrap().to_owned());
        }
        all
    }
}

/// Whole frames, with the bit that says so.
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

/// A frame of a client. It has to be masked, and a mask of zeros changes nothing.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![TEXT];
    match u16::try_from(text.len()).unwrap() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend(long.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

/// Plans a room that anybody may come to, and returns its path.
fn room(service: &Service) -> String {
    let token = service.token(TenantId::SINGLE, "hanna", &[AccountRole::Organiser]);
    let wanted = json!({ "title": "Beekeeping", "rules": { "opens_without_host": true } });
    let made = service.api(&token, "POST", "/api/v1/rooms", &wanted.to_string());
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made: Value = serde_json::from_slice(&made.body).unwrap();
    let url = made["join_url"].as_str().unwrap();
    url[url.find("/r/").unwrap()..].to_owned()
}

/// Runs what pages do, and ends the room.
fn meet(service: &Service, what: impl Future<Output = ()>) {
    service.runtime.block_on(async {
        timeout(WITHIN, what).await.expect("nobody waits in vain");
        service.app.rooms.end().await;
    });
}

#[test]
fn a_page_that_floods_its_room_is_told_and_ended_while_others_go_on() {
    let service = Service::new();
    let room = room(&service);
    meet(&service, async {
        let mut other = Page::enter(&service, &room, "Ada Krol").await;
        let mut flooding = Page::enter(&service, &room, "Bo Lund").await;
        // It would be allowed to say as much in a minute and a half.
        flooding.say(PING, 2000).await;
        let told = flooding.hear_all().await;
        assert_eq!(told.last().map(String::as_str), Some("slow_down"));
        let answered = told.iter().filter(|word| *word == "pong").count();
        assert!(answered < 1000, "{answered} were answered");

        other.say(PING, 1).await;
        other.hear_of("pong").await;
        let mut newcomer = Page::enter(&service, &room, "Mo Post").await;
        newcomer.say(PING, 1).await;
        newcomer.hear_of("pong").await;
    });
}

#[test]
fn as_much_as_a_page_may_say_at_once_is_answered() {
    let service = Service::new();
    let room = room(&service);
    meet(&service, async {
        let mut page = Page::enter(&service, &room, "Ada Krol").await;
        page.say(PING, 200).await;
        for _ in 0..200 {
            page.hear_of("pong").await;
        }
    });
}

#[test]
fn a_page_that_is_not_understood_is_told_five_times_and_ended() {
    let service = Service::new();
    let room = room(&service);
    meet(&service, async {
        let mut page = Page::enter(&service, &room, "Ada Krol").await;
        page.say("{}", 10).await;
        let told = page.hear_all().await;
        let problems = told.iter().filter(|word| *word == "unreadable");
        assert_eq!(problems.count(), 5);
    });
}
