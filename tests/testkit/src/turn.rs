//! A real TURN server: coturn, with the configuration that operators are given.

use std::{
    fs::{self, File},
    io::ErrorKind,
    net::{TcpListener, UdpSocket},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::workspace;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long one question may go unanswered before it is asked again.
const ANSWER_WITHIN: Duration = Duration::from_millis(100);

/// Another process may take the free port before the server does.
const TRIES: u32 = 5;

/// A binding request of STUN (RFC 8489, section 5), and how its answer begins.
const REQUEST: &[u8; 20] = b"\x00\x01\x00\x00\x21\x12\xa4\x42scrim-tests!";
const ANSWER: [u8; 2] = [0x01, 0x01];

/// coturn with `samples/turnserver.conf`, on this machine only, where its peers may be at 127.0.0.1 and
/// nowhere else. It is killed when it is dropped.
#[derive(Debug)]
pub struct Turn {
    folder: TempDir,
    running: Child,
    port: u16,
}

impl Turn {
    /// What the server shares with whoever makes names and passwords for it.
    pub const SECRET: &str = "open sesame";

    /// Starts a server and waits until it answers.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("scrim-turn-")
            .tempdir()
            .expect("a folder for temporary files can be made");
        let secret = folder.path().join("secret");
        fs::write(&secret, Self::SECRET).expect("a file can be written in our own folder");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600))
            .expect("it is our own file");
        let started = (0..TRIES).find_map(|_| try_to_start(&folder));
        let Some((running, port)) = started else {
            let log = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            panic!("coturn did not start:\n{log}")
        };
        Self {
            folder,
            running,
            port,
        }
    }

    /// Returns its address, as pages are told it.
    pub fn url(&self) -> String {
        format!("turn:127.0.0.1:{}?transport=udp", self.port)
    }

    /// Returns a file with [`SECRET`](Self::SECRET) that only its owner can read.
    pub fn secret_file(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    /// Returns what it has logged so far.
    pub fn log(&self) -> String {
        let log = fs::read(self.folder.path().join("log")).expect("the log is there");
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

fn try_to_start(folder: &TempDir) -> Option<(Child, u16)> {
    let port = free_port();
    let at = |name: &str| folder.path().join(name);
    let log = File::create(at("log")).expect("a file can be written in our own folder");
    let errors = log.try_clone().expect("a file can be opened twice");
    let mut running = Command::new("turnserver")
        .arg("-c")
        .arg(workspace::root().join("samples/turnserver.conf"))
        // Where it is, and where Scrim is.
        .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"])
        .arg(format!("--listening-port={port}"))
        .args(["--allowed-peer-ip=127.0.0.1", "--allow-loopback-peers"])
        .arg(format!("--static-auth-secret={}", Turn::SECRET))
        // Nothing outside of the folder.
        .arg(format!("--userdb={}", at("database").display()))
        .arg(format!("--pidfile={}", at("pid").display()))
        .arg("--log-file=stdout")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .expect("turnserver is installed: scripts/install test");
    if answers(port, &mut running) {
        return Some((running, port));
    }
    let _ = running.kill();
    let _ = running.wait();
    None
}

/// A port that is free for TCP and for UDP.
fn free_port() -> u16 {
    let found = (0..TRIES).find_map(|_| {
        let listener = TcpListener::bind("127.0.0.1:0").ok()?;
        let port = listener.local_addr().ok()?.port();
        UdpSocket::bind(("127.0.0.1", port)).is_ok().then_some(port)
    });
    found.expect("there is a free port")
}

/// Asks until there is an answer, or nobody left who could give one.
fn answers(port: u16, running: &mut Child) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("there is a free port");
    socket
        .set_read_timeout(Some(ANSWER_WITHIN))
        .expect("the span is not zero");
    let begun = Instant::now();
    let mut answer = [0; 512];
    while begun.elapsed() < PATIENCE {
        if !matches!(running.try_wait(), Ok(None)) {
            return false;
        }
        socket
            .send_to(REQUEST, ("127.0.0.1", port))
            .expect("loopback takes packets");
        match socket.recv_from(&mut answer) {
            Ok((count, _)) => {
                let is_ours = count >= 20 && answer[..2] == ANSWER && answer[4..20] == REQUEST[4..];
                if is_ours {
                    return true;
                }
            }
            Err(error) => {
                let is_late = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
                assert!(is_late, "asking coturn: {error}");
            }
        }
    }
    false
}
