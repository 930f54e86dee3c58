//! Something between a client and a server that does to requests what networks and servers do.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The longest head of a request.
const MOST_HEAD_BYTES: usize = 64 << 10;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It reaches the server, and the answer the client.
    Pass,
    /// It passes after this time.
    Wait(Duration),
    /// The connection ends before the request is looked at.
    Refuse,
    /// So many bytes of the body reach the server, then both connections end.
    CutRequest(usize),
    /// The server answers, and so many bytes of it reach the client.
    CutAnswer(usize),
    /// The server answers, and the client never learns it.
    LoseAnswer,
    /// One bit in the middle of the body is another one.
    FlipRequest,
    /// One bit in the middle of the answer's body is another one.
    FlipAnswer,
    /// The server answers, and does not say how long the answer is.
    HideLength,
    /// The request does not reach the server. The client gets this status and body.
    Answer(u16, &'static str),
}

/// A request as far as it is looked at.
#[derive(Clone, Debug)]
pub struct Request {
    /// `PUT`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Length of the body.
    pub bytes: usize,
}

type Rule = dyn FnMut(&Request) -> Fate + Send;

struct Shared {
    server: u16,
    rule: Mutex<Box<Rule>>,
    seen: Mutex<Vec<Request>>,
}

/// A proxy for HTTP, one request per connection. It ends with the process.
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Stands in front of a server on this machine. Everything passes until there is a rule.
    pub fn before(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are free ports");
        let port = listener
            .local_addr()
            .expect("a listener has an address")
            .port();
        let shared = Arc::new(Shared {
            server,
            rule: Mutex::new(Box::new(|_| Fate::Pass)),
            seen: Mutex::default(),
        });
        let for_threads = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = for_threads.clone();
                // What goes wrong on a connection is what the test is about.
                thread::spawn(move || drop(shared.serve(&client)));
            }
        });
        Self { port, shared }
    }

    /// Returns the address to ask instead of that of the server.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Decides from now on what happens to requests.
    pub fn set_rule(&self, rule: impl FnMut(&Request) -> Fate + Send + 'static) {
        *self
            .shared
            .rule
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Box::new(rule);
    }

    /// Returns the requests since it was last asked.
    pub fn take_seen(&self) -> Vec<Request> {
        let mut seen = self
            .shared
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut seen)
    }
}

impl Shared {
    fn serve(&self, mut client: &TcpStream) -> io::Result<()> {
        let Some((head, mut body)) = read_head(client)? else {
            return Ok(());
        };
        let request = parse(&head);
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request.clone());
        let fate = self.rule.lock().unwrap_or_else(PoisonError::into_inner)(&request);
        match fate {
            Fate::Refuse => return client.shutdown(Shutdown::Both),
            Fate::Wait(time) => take_time(time),
            _ => {}
        }
        let already = body.len();
        body.resize(request.bytes, 0);
        client.read_exact(&mut body[already..])?;
        if let Fate::Answer(status, text) = fate {
            let length = text.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            client.write_all(head.as_bytes())?;
            return client.write_all(text.as_bytes());
        }
        if fate == Fate::FlipRequest {
            let middle = body.len() / 2;
            body[middle] ^= 1;
        }
        let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.server))?;
        server.write_all(&closing(&head))?;
        if let Fate::CutRequest(bytes) = fate {
            return server.write_all(&body[..bytes.min(body.len())]);
        }
        server.write_all(&body)?;
        match fate {
            Fate::LoseAnswer => read_all(server).map(drop),
            Fate::CutAnswer(bytes) => {
                let answer = read_all(server)?;
                client.write_all(&answer[..bytes.min(answer.len())])
            }
            Fate::FlipAnswer => {
                let mut answer = read_all(server)?;
                let body = find(&answer, b"\r\n\r\n").map_or(0, |at| at + 4);
                let middle = body + (answer.len() - body) / 2;
                answer[middle] ^= 1;
                client.write_all(&answer)
            }
            Fate::HideLength => {
                let mut answer = read_all(server)?;
                let name = b"\r\ncontent-length:";
                let lower = answer.to_ascii_lowercase();
                if let Some(at) = find(&lower, name) {
                    answer[at + 2..at + 4].copy_from_slice(b"X-");
                }
                client.write_all(&answer)
            }
            _ => io::copy(&mut server, &mut client).map(drop),
        }
    }
}

fn read_all(mut server: TcpStream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Reads up to the empty line. What follows it already is the beginning of the body.
fn read_head(mut client: &TcpStream) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = client.read(&mut piece)?;
        if count == 0 || head.len() > MOST_HEAD_BYTES {
            return Ok(None);
        }
        head.extend_from_slice(&piece[..count]);
        if let Some(end) = find(&head, b"\r\n\r\n") {
            let body = head.split_off(end + 4);
            return Ok(Some((head, body)));
        }
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

fn parse(head: &[u8]) -> Request {
    let head = String::from_utf8_lossy(head);
    let mut words = head.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok()).flatten()
    });
    Request {
        method,
        path,
        bytes: length.unwrap_or_default(),
    }
}

/// Asks the server to end the connection after its answer, so that the end shows where it ends.
fn closing(head: &[u8]) -> Vec<u8> {
    let mut head = head[..head.len() - 2].to_vec();
    head.extend_from_slice(b"Connection: close\r\n\r\n");
    head
}

/// A slow server is made of time, and of nothing else.
fn take_time(time: Duration) {
    let began = Instant::now();
    while let Some(left) = time.checked_sub(began.elapsed()) {
        thread::park_timeout(left);
    }
}
