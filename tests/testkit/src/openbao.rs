//! A real OpenBao server with a transit engine, over TLS.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{certificates, workspace};

/// A server of its own for one test, unsealed, with a transit engine at `transit/`. Its certificate
/// leads to an authority that nobody else knows. It keeps everything in memory and is killed when
/// dropped.
pub struct OpenBao {
    server: Child,
    /// The server must be able to write to it for as long as it lives.
    _output: BufReader<ChildStdout>,
    program: PathBuf,
    folder: TempDir,
    port: u16,
    unseal_key: String,
    root_token: String,
}

impl std::fmt::Debug for OpenBao {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenBao")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Another process may take the free port before the server does.
const TRIES: u32 = 5;

impl OpenBao {
    /// Starts a server.
    #[expect(
        clippy::new_without_default,
        reason = "it starts a server, which no default should do"
    )]
    pub fn new() -> Self {
        let program = program();
        let folder = tempfile::tempdir().expect("a folder for temporary files can be made");
        certificates::make(folder.path());
        let started = (0..TRIES).find_map(|_| start(&program, folder.path()));
        let (server, output, port) = started.unwrap_or_else(|| {
            let log = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            panic!("OpenBao did not start:\n{log}")
        });
        let mut bao = Self {
            server,
            _output: output,
            program,
            folder,
            port,
            unseal_key: String::new(),
            root_token: String::new(),
        };
        let keys = bao.run_json(&["operator", "init", "-key-shares=1", "-key-threshold=1"]);
        bao.unseal_key = text(&keys["unseal_keys_b64"][0]);
        bao.root_token = text(&keys["root_token"]);
        bao.unseal();
        bao.run(&["secrets", "enable", "transit"]);
        bao
    }

    /// Returns `https://127.0.0.1:port`.
    pub fn address(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Returns the certificate of the authority that signed that of the server.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Returns a token that may do everything.
    pub fn root_token(&self) -> &str {
        &self.root_token
    }

    /// Returns a token that may do what this policy says.
    pub fn token(&self, name: &str, policy: &str) -> String {
        let path = self.folder.path().join("policy.hcl");
        fs::write(&path, policy).expect("a file can be written into an own folder");
        let path = path.to_string_lossy().into_owned();
        self.run(&["policy", "write", name, &path]);
        let policy = format!("-policy={name}");
        let made = self.run_json(&["token", "create", "-no-default-policy", &policy]);
        text(&made["auth"]["client_token"])
    }

    /// Runs `bao` with the root token and returns what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(
            output.status.success(),
            "bao {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("bao prints UTF-8")
    }

    /// Runs `bao` with the root token, expects it to fail, and returns what it complained about.
    pub fn run_refused(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(!output.status.success(), "bao {arguments:?} did it");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn run_json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.push("-format=json");
        serde_json::from_str(&self.run(&arguments)).expect("bao prints JSON")
    }

    fn output(&self, arguments: &[&str]) -> Output {
        Command::new(&self.program)
            .args(arguments)
            .env("BAO_ADDR", self.address())
            .env("BAO_CACERT", self.ca_file())
            .env("BAO_TOKEN", &self.root_token)
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("bao can be started")
    }

    /// Seals the server: it answers, and does nothing.
    pub fn seal(&self) {
        self.run(&["operator", "seal"]);
    }

    /// Opens a sealed server.
    pub fn unseal(&self) {
        self.run(&["operator", "unseal", &self.unseal_key]);
    }

    /// Kills the server. What it kept is gone.
    pub fn kill(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Drop for OpenBao {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Installs OpenBao where it is missing and returns its program.
fn program() -> PathBuf {
    let peers = workspace::root().join("tests/peers");
    let made = Command::new(peers.join("venv.sh"))
        .arg("openbao")
        .output()
        .expect("a shell script can be started");
    assert!(
        made.status.success(),
        "OpenBao could not be installed: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let python = String::from_utf8(made.stdout).expect("a path in UTF-8");
    Path::new(python.trim()).with_file_name("bao")
}

/// Starts a server and waits until it listens, or returns nothing where it could not.
fn start(program: &Path, folder: &Path) -> Option<(Child, BufReader<ChildStdout>, u16)> {
    let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let inside = |name: &str| folder.join(name).display().to_string();
    let settings = format!(
        r#"
storage "inmem" {{}}
disable_clustering = true
api_addr = "https://127.0.0.1:{port}"
listener "tcp" {{
  address       = "127.0.0.1:{port}"
  tls_cert_file = "{}"
  tls_key_file  = "{}"
}}
"#,
        inside("server.pem"),
        inside("server.key"),
    );
    fs::write(folder.join("server.hcl"), settings)
        .expect("a file can be written into an own folder");
    let log = File::create(folder.join("log")).expect("a file can be made in an own folder");
    let mut server = Command::new(program)
        .arg("server")
        .arg(format!("-config={}", inside("server.hcl")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("bao can be started");
    let mut output = BufReader::new(server.stdout.take().expect("it is piped"));
    let mut line = String::new();
    while output.read_line(&mut line).is_ok_and(|count| count > 0) {
        if line.contains("server started") {
            return Some((server, output, port));
        }
        line.clear();
    }
    server
        .wait()
        .expect("a process that ended can be waited for");
    None
}

fn text(value: &Value) -> String {
    value.as_str().expect("bao answers with a text").to_owned()
}
