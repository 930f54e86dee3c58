//! Connections over which servers are talked to: a WebSocket for each page.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpStream},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::Value;
use tungstenite::{
    Error, Message, WebSocket, client,
    client::IntoClientRequest,
    http::{HeaderName, HeaderValue},
};

use crate::Outcome;

/// How long a server may take to say something.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// How often pages say that they are there, as Scrim's do.
const PING_EVERY: Duration = Duration::from_secs(2);

/// How often what servers say is read.
const READ_EVERY: Duration = Duration::from_millis(100);

/// A page.
pub(super) struct Page {
    socket: WebSocket<TcpStream>,
}

impl Page {
    /// Opens a WebSocket, with one more line in its head.
    pub(super) fn open(
        address: SocketAddr,
        path: &str,
        field: Option<(&'static str, &str)>,
    ) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        if let Some((name, value)) = field {
            let name = HeaderName::from_static(name);
            request
                .headers_mut()
                .insert(name, HeaderValue::from_str(value)?);
        }
        let opened = client(request, stream);
        let (socket, _) = opened.map_err(|error| format!("no WebSocket was opened: {error}"))?;
        Ok(Self { socket })
    }

    /// Says something.
    pub(super) fn say(&mut self, message: &Value) -> Outcome<()> {
        self.socket.send(Message::text(message.to_string()))?;
        Ok(())
    }

    /// Waits for a message that `wanted` makes something of. What says no is an error.
    pub(super) fn hear<T>(
        &mut self,
        mut wanted: impl FnMut(&Value) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        let until = Instant::now() + ANSWER_WITHIN;
        while Instant::now() < until {
            if let Message::Text(text) = self.socket.read()? {
                let message = serde_json::from_str(text.as_str())?;
                if let Some(found) = wanted(&message)? {
                    return Ok(found);
                }
            }
        }
        Err("the server says something else".into())
    }

    /// Reads what is there, and tells whoever listens. False where the server has closed the connection.
    fn drain(&mut self, listener: Option<&Sender<String>>) -> bool {
        loop {
            match self.socket.read() {
                Ok(Message::Close(_)) => return false,
                Ok(Message::Text(text)) => {
                    if let Some(listener) = listener {
                        let _ = listener.send(text.as_str().to_owned());
                    }
                }
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
        }
    }
}

/// Pages that are there, and say so from time to time. They are closed when it is dropped.
pub(super) struct Pages {
    enter: Option<Sender<Kept>>,
    left: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

/// One of them.
struct Kept {
    page: Page,
    ping: Value,
    next_ping: Instant,
    /// Whoever still has something to say.
    talker: Option<(Receiver<Value>, Sender<String>)>,
}

/// Talks over a page that is kept.
pub(super) struct Talk {
    say: Sender<Value>,
    heard: Receiver<String>,
}

impl Pages {
    /// Begins without pages.
    pub(super) fn open() -> Outcome<Self> {
        let (enter, entering) = channel();
        let (tell, left) = channel();
        let thread = thread::Builder::new().name("pages".to_owned());
        let thread = thread.spawn(move || attend(&entering, &tell))?;
        Ok(Self {
            enter: Some(enter),
            left,
            thread: Some(thread),
        })
    }

    /// Keeps a page that is only pinged from now on.
    pub(super) fn keep(&self, page: Page, ping: Value) -> Outcome<()> {
        self.enter(page, ping, None)
    }

    /// Keeps a page that goes on to talk.
    pub(super) fn keep_talking(&self, page: Page, ping: Value) -> Outcome<Talk> {
        let (say, says) = channel();
        let (hears, heard) = channel();
        self.enter(page, ping, Some((says, hears)))?;
        Ok(Talk { say, heard })
    }

    fn enter(
        &self,
        page: Page,
        ping: Value,
        talker: Option<(Receiver<Value>, Sender<String>)>,
    ) -> Outcome<()> {
        page.socket.get_ref().set_nonblocking(true)?;
        let kept = Kept {
            page,
            ping,
            next_ping: Instant::now() + PING_EVERY,
            talker,
        };
        let enter = self.enter.as_ref().ok_or("the pages are closed")?;
        enter.send(kept).map_err(|_| "the pages are closed".into())
    }

    /// An error where a server has closed the connection of a page.
    pub(super) fn are_there(&self) -> Outcome<()> {
        match self.left.try_recv() {
            Ok(()) => Err("the server has closed the connection of a page".into()),
            Err(_) => Ok(()),
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.enter.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Talk {
    /// Says something, and waits for a message that `wanted` makes something of.
    pub(super) fn ask<T>(
        &self,
        message: Value,
        mut wanted: impl FnMut(&Value) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        // What was said before is no answer.
        while self.heard.try_recv().is_ok() {}
        self.say.send(message)?;
        let until = Instant::now() + ANSWER_WITHIN;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let text = self.heard.recv_timeout(left)?;
            if let Some(found) = wanted(&serde_json::from_str(&text)?)? {
                return Ok(found);
            }
        }
    }
}

impl Kept {
    /// Does what is due. False where the server has closed the connection.
    fn attend(&mut self, now: Instant) -> bool {
        let listener = self.talker.as_ref().map(|(_, hears)| hears);
        let mut is_there = self.page.drain(listener);
        if let Some((says, _)) = &self.talker {
            while let Ok(message) = says.try_recv() {
                is_there &= self.page.say(&message).is_ok();
            }
        }
        if self.next_ping <= now {
            self.next_ping = now + PING_EVERY;
            is_there &= self.page.say(&self.ping).is_ok();
        }
        is_there
    }
}

/// Reads and pings until nobody can come any more.
fn attend(entering: &Receiver<Kept>, tell: &Sender<()>) {
    let mut pages: Vec<Kept> = Vec::new();
    let mut next_read = Instant::now();
    loop {
        let left = next_read.saturating_duration_since(Instant::now());
        match entering.recv_timeout(left) {
            Ok(kept) => {
                pages.push(kept);
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = Instant::now();
        next_read = now + READ_EVERY;
        pages.retain_mut(|kept| {
            let is_there = kept.attend(now);
            if !is_there {
                let _ = tell.send(());
            }
            is_there
        });
    }
}
