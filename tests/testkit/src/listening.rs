//! Servers of peers that say in lines of JSON what they got.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{certificates, peer, workspace};

/// A script of a peer with a certificate of its own. It is killed when it is dropped.
struct Script {
    child: Child,
    output: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Script {
    fn start(peer: &str, script: &str, arguments: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for temporary files can be made");
        certificates::make(folder.path());
        let mut child = Command::new(peer::programs(peer).join("python"))
            .arg(
                workspace::root()
                    .join("tests/peers")
                    .join(peer)
                    .join(script),
            )
            .args(arguments(folder.path()))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // It ends when its input does, however the test ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the interpreter was just installed");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Self {
            child,
            output,
            folder,
        }
    }

    /// Waits for the next line.
    fn said(&mut self) -> Value {
        let mut line = String::new();
        let count = self.output.read_line(&mut line).expect("it prints UTF-8");
        assert!(count > 0, "the peer has ended");
        serde_json::from_str(&line).expect("it prints JSON")
    }

    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn port(value: &Value) -> u16 {
    let number = value.as_u64().and_then(|port| u16::try_from(port).ok());
    number.expect("the first line is a port")
}

/// How a [`MailServer`] is talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailEncryption {
    /// After STARTTLS.
    Starttls,
    /// From the first byte.
    Tls,
    /// Never. It does not offer STARTTLS, and nobody can log in.
    Plain,
}

/// aiosmtpd, see `tests/peers/aiosmtpd`: its own process, its own port, its own authority.
pub struct MailServer {
    script: Script,
    port: u16,
}

impl MailServer {
    /// The user that may log in.
    pub const USER: &str = "scrim";

    /// The password of the user.
    pub const PASSWORD: &str = "correct horse";

    /// Starts a server, which is installed first if it was missing.
    pub fn start(encryption: MailEncryption) -> Self {
        let mode = match encryption {
            MailEncryption::Starttls => "starttls",
            MailEncryption::Tls => "tls",
            MailEncryption::Plain => "plain",
        };
        let mut script = Script::start("aiosmtpd", "smtp_peer.py", |folder| {
            vec![mode.to_owned(), folder.display().to_string()]
        });
        let port = port(&script.said());
        Self { script, port }
    }

    /// Returns the port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the certificate of its authority.
    pub fn ca_file(&self) -> PathBuf {
        self.script.ca_file()
    }

    /// Waits for the next mail.
    pub fn next_mail(&mut self) -> Value {
        self.script.said()
    }
}

/// A receiver of webhooks, see `tests/peers/standardwebhooks`.
pub struct WebhookReceiver {
    script: Script,
    port: u16,
    plain_port: u16,
}

impl WebhookReceiver {
    /// Starts a receiver that knows this secret. What it needs is installed first if it was missing.
    pub fn start(secret: &str) -> Self {
        let mut script = Script::start("standardwebhooks", "receiver.py", |folder| {
            vec![folder.display().to_string(), secret.to_owned()]
        });
        let ports = script.said();
        Self {
            script,
            port: port(&ports[0]),
            plain_port: port(&ports[1]),
        }
    }

    /// Returns the address of a path, with TLS.
    pub fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// Returns the address of a path, without TLS.
    pub fn plain_url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.plain_port)
    }

    /// Returns the certificate of its authority.
    pub fn ca_file(&self) -> PathBuf {
        self.script.ca_file()
    }

    /// Waits for the next request.
    pub fn next_request(&mut self) -> Value {
        self.script.said()
    }
}

/// A collector of traces, see `tests/peers/opentelemetry`.
pub struct TraceCollector {
    script: Script,
    port: u16,
}

impl TraceCollector {
    /// Starts a collector, which is installed first if it was missing.
    #[expect(
        clippy::new_without_default,
        reason = "it starts a server, which no default should do"
    )]
    pub fn new() -> Self {
        let mut script = Script::start("opentelemetry", "collector.py", |_| Vec::new());
        let port = port(&script.said());
        Self { script, port }
    }

    /// Returns the address, without a path.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits for the next span.
    pub fn next_span(&mut self) -> Value {
        self.script.said()
    }
}
