//! A server that answers what a test wants it to. It speaks just enough HTTP for that; real servers
//! do not change their region while one looks.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// One request: the line and the headers.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) line: String,
    pub(super) headers: Vec<String>,
}

/// A response: a status line, headers and a body.
pub(super) struct Response {
    pub(super) status: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: &'static str,
}

impl Response {
    pub(super) fn new(status: &'static str) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: "",
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn body(self, body: &'static str) -> Self {
        Self { body, ..self }
    }
}

/// A server on a port of its own. Its thread ends with the test process.
pub(super) struct Fake {
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    pub(super) fn start(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen_there) = (Arc::new(answer), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen_there));
                thread::spawn(move || serve(&stream, answer.as_ref(), &seen));
            }
        });
        Self { url, seen }
    }

    /// Everything that was asked so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(stream: &TcpStream, answer: &dyn Fn(&Request) -> Response, seen: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        seen.lock().unwrap().push(request.clone());
        let Response {
            status,
            headers,
            body,
        } = answer(&request);
        let headers: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let is_head = request.line.starts_with("HEAD ");
        let length = body.len();
        let body = if is_head { "" } else { body };
        let text = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}");
        if (&mut &*stream).write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

/// Reads one request, or nothing where the client has closed.
fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader
        .read_line(&mut line)
        .ok()
        .filter(|count| *count > 0)?;
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim_end().to_owned();
        if header.is_empty() {
            break;
        }
        let lower = header.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        headers.push(lower);
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    Some(Request { line, headers })
}
