//! A peer made of a socket, of ICE by hand, and of OpenSSL's own client as a program: it can say what no
//! browser says, and when it likes.

use std::{
    io::Read,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    peer::PATIENCE,
    stun::{self, Credentials, Role},
    wire::{is_dtls, is_media, ports},
};

/// How long a thread listens before it looks around.
const LISTENS: Duration = Duration::from_millis(20);

/// A peer.
pub(crate) struct Raw {
    /// Towards the server.
    outside: UdpSocket,
    /// Towards the client of DTLS.
    inside: UdpSocket,
    server: OnceLock<SocketAddr>,
    ours: Credentials,
    seen: Arc<Seen>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What was seen on the way.
#[derive(Default)]
struct Seen {
    /// Datagrams of handshakes, to the server and back.
    asked: AtomicU64,
    answered: AtomicU64,
    media: AtomicU64,
    is_met: AtomicBool,
    is_chosen: AtomicBool,
    is_over: AtomicBool,
    client: OnceLock<SocketAddr>,
}

impl Raw {
    pub(crate) fn new() -> Self {
        let socket = || {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            socket.set_read_timeout(Some(LISTENS)).unwrap();
            socket
        };
        Self {
            outside: socket(),
            inside: socket(),
            server: OnceLock::new(),
            ours: Credentials {
                ufrag: "rawrawraw".to_owned(),
                password: "made+by+hand+made+by+hand".to_owned(),
            },
            seen: Arc::default(),
            threads: Mutex::default(),
        }
    }

    /// Makes the description of another peer one of this one, who begins with DTLS and shows a
    /// certificate with this fingerprint.
    pub(crate) fn description(&self, of_another: &str, fingerprint: &str) -> String {
        let port = self.outside.local_addr().unwrap().port();
        let candidate = format!("a=candidate:1 1 UDP 2122252543 127.0.0.1 {port} typ host");
        let Credentials { ufrag, password } = &self.ours;
        let mut lines = Vec::new();
        for line in of_another.lines() {
            match line.split_once(':').map_or(line, |(name, _)| name) {
                "a=candidate" | "a=end-of-candidates" => {}
                "a=ice-ufrag" => lines.push(format!("a=ice-ufrag:{ufrag}")),
                "a=ice-pwd" => lines.push(format!("a=ice-pwd:{password}")),
                "a=fingerprint" => lines.push(format!("a=fingerprint:sha-256 {fingerprint}")),
                "a=setup" => lines.push("a=setup:active".to_owned()),
                _ => lines.push(line.to_owned()),
            }
        }
        let section = lines.iter().position(|line| line.starts_with("a=mid:"));
        lines.insert(section.unwrap(), candidate);
        lines.join("\r\n") + "\r\n"
    }

    /// Looks for the server, which may not know of this peer yet, until it is found.
    pub(crate) fn meet(&self, description: &str, role: Role) {
        let server = (Ipv4Addr::LOCALHOST, ports(description)[0]).into();
        self.server.set(server).unwrap();
        let check = stun::check(&Credentials::of(description), &self.ours, role);
        let threads = [self.carry_in(server, check), self.carry_out(server)];
        self.threads.lock().unwrap().extend(threads);
    }

    /// Whether the server has answered a check.
    pub(crate) fn is_met(&self) -> bool {
        self.seen.is_met.load(Ordering::Relaxed)
    }

    /// Whether the server has chosen the way to this peer.
    pub(crate) fn is_chosen(&self) -> bool {
        self.seen.is_chosen.load(Ordering::Relaxed)
    }

    /// Returns how many datagrams of a handshake went to the server and came back.
    pub(crate) fn handshake(&self) -> (u64, u64) {
        let Seen {
            asked, answered, ..
        } = &*self.seen;
        (
            asked.load(Ordering::Relaxed),
            answered.load(Ordering::Relaxed),
        )
    }

    /// Returns how many packets of media came.
    pub(crate) fn media(&self) -> u64 {
        self.seen.media.load(Ordering::Relaxed)
    }

    /// Sends a datagram as it is.
    pub(crate) fn send(&self, datagram: &[u8]) {
        let server = self.server.get().unwrap();
        self.outside.send_to(datagram, server).unwrap();
    }

    /// Begins a handshake, with options of `openssl s_client`.
    pub(crate) fn shake_hands(&self, identity: &Identity, options: &[&str]) -> Client {
        let port = self.inside.local_addr().unwrap().port();
        let mut client = Command::new("timeout");
        client
            .arg(PATIENCE.as_secs().to_string())
            .args(["openssl", "s_client", "-connect"])
            .arg(format!("127.0.0.1:{port}"))
            .arg("-cert")
            .arg(&identity.certificate)
            .arg("-key")
            .arg(&identity.key)
            .args(options)
            // It goes on until this ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        Client::start(&mut client)
    }

    /// From the server to the client. Checks are answered on the way, and media counted.
    fn carry_in(&self, server: SocketAddr, check: Vec<u8>) -> JoinHandle<()> {
        let (outside, inside) = (self.outside.try_clone(), self.inside.try_clone());
        let (outside, inside) = (outside.unwrap(), inside.unwrap());
        let (seen, ours) = (self.seen.clone(), self.ours.clone());
        thread::spawn(move || {
            let mut bytes = [0; 2048];
            while !seen.is_over.load(Ordering::Relaxed) {
                if !seen.is_met.load(Ordering::Relaxed) {
                    let _ = outside.send_to(&check, server);
                }
                let Ok((length, from)) = outside.recv_from(&mut bytes) else {
                    continue;
                };
                let datagram = &bytes[..length];
                if let Some(answer) = stun::answer(datagram, from, &ours) {
                    let _ = outside.send_to(&answer, from);
                    if stun::is_choice(datagram) {
                        seen.is_chosen.store(true, Ordering::Relaxed);
                    }
                } else if stun::is_answer(datagram) {
                    seen.is_met.store(true, Ordering::Relaxed);
                } else if is_media(datagram) {
                    seen.media.fetch_add(1, Ordering::Relaxed);
                } else if is_dtls(datagram) {
                    seen.answered.fetch_add(1, Ordering::Relaxed);
                    if let Some(client) = seen.client.get() {
                        let _ = inside.send_to(datagram, client);
                    }
                }
            }
        })
    }

    fn carry_out(&self, server: SocketAddr) -> JoinHandle<()> {
        let (outside, inside) = (self.outside.try_clone(), self.inside.try_clone());
        let (outside, inside) = (outside.unwrap(), inside.unwrap());
        let seen = self.seen.clone();
        thread::spawn(move || {
            let mut bytes = [0; 2048];
            while !seen.is_over.load(Ordering::Relaxed) {
                if let Ok((length, from)) = inside.recv_from(&mut bytes) {
                    let _ = seen.client.set(from);
                    seen.asked.fetch_add(1, Ordering::Relaxed);
                    let _ = outside.send_to(&bytes[..length], server);
                }
            }
        })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.seen.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.get_mut().unwrap().drain(..) {
            let _ = thread.join();
        }
    }
}

/// A client of DTLS that runs. It ends when it is dropped.
pub(crate) struct Client {
    child: Child,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Client {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("openssl can be started");
        let mut output = child.stdout.take().unwrap();
        let said = Arc::<Mutex<String>>::default();
        let grows = said.clone();
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                let more = String::from_utf8_lossy(&bytes[..length]);
                grows.lock().unwrap().push_str(&more);
            }
        });
        Self {
            child,
            said,
            reader: Some(reader),
        }
    }

    /// Returns the cipher suite that was agreed on, once there was a handshake.
    pub(crate) fn suite(&self) -> Option<String> {
        let said = self.said.lock().unwrap();
        let (_, after) = said.split_once("Cipher is ")?;
        let suite = after.lines().next()?;
        (suite != "(NONE)").then(|| suite.to_owned())
    }

    /// Ends it as somebody at a terminal would, and returns all that it has said.
    pub(crate) fn finish(mut self) -> String {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        std::mem::take(&mut self.said.lock().unwrap())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It ends with its input, and `timeout` ends one that does not.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A certificate and its key.
pub(crate) struct Identity {
    certificate: PathBuf,
    key: PathBuf,
    /// SHA-256 of the certificate, as descriptions have it.
    pub(crate) fingerprint: String,
}

impl Identity {
    /// Makes one, for a test of this name.
    pub(crate) fn new(test: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let file = |ending: &str| folder.join(format!("{test}.{ending}"));
        let (certificate, key) = (file("crt"), file("key"));
        let mut make = Command::new("openssl");
        make.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes"])
            .args(["-subj", "/CN=peer", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&certificate);
        let made = make.output().expect("openssl can be started");
        assert!(made.status.success(), "{made:?}");
        let mut print = Command::new("openssl");
        print
            .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
            .arg(&certificate);
        let printed = print.output().expect("openssl can be started");
        let printed = String::from_utf8(printed.stdout).unwrap();
        let (_, fingerprint) = printed.trim().split_once('=').unwrap();
        Self {
            certificate,
            key,
            fingerprint: fingerprint.to_owned(),
        }
    }
}
