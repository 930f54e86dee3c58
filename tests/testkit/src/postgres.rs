//! A real PostgreSQL server, alone for one test.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
};

use tempfile::TempDir;

use crate::workspace;

/// The owner of all databases, who is no superuser of the operating system.
const USER: &str = "scrim";
const PASSWORD: &str = "only-for-tests";
/// What a server says when it is up.
const READY: &str = "database system is ready to accept connections";

/// A running server with one empty database. It ends when this is dropped, and also when the test
/// process is killed.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
    server: Option<Child>,
}

impl Postgres {
    /// Starts a server on a free port of the loopback interface.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("scrim-postgres-")
            .tempdir()
            .expect("a folder for temporary files can be made");
        copy(&template(), &folder.path().join("data"));
        give_to_server(folder.path());
        let mut postgres = Self {
            folder,
            port: free_port(),
            server: None,
        };
        postgres.launch();
        postgres
    }

    /// Returns the address of the database, with its password.
    pub fn url(&self) -> String {
        let port = self.port;
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres")
    }

    /// Ends the server as a power cut would: at once, with nothing finished.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().expect("an own process can be killed");
            server.wait().expect("an own process can be waited for");
        }
    }

    /// Starts the server again on the same data and port.
    pub fn start_again(&mut self) {
        assert!(self.server.is_none(), "the server is running");
        // The lock file names a process that is gone.
        let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
        self.launch();
    }

    /// Returns a dump of everything in the database, as text.
    pub fn dump(&self) -> String {
        let dumped = Command::new(program("pg_dump"))
            .arg(self.url())
            .output()
            .expect("pg_dump can be started");
        String::from_utf8_lossy(&checked(dumped, "pg_dump").stdout).into_owned()
    }

    fn launch(&mut self) {
        let server = as_server_user(&program("postgres"))
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories="])
            .args(["-c", "max_connections=50"])
            .args(["-c", "shared_buffers=16MB"])
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut server = server.expect("postgres can be started");
        let mut words = BufReader::new(server.stderr.take().expect("it was asked for"));
        self.server = Some(server);
        let (mut said, mut line) = (String::new(), String::new());
        while !line.contains(READY) {
            said.push_str(&line);
            line.clear();
            let count = words.read_line(&mut line).unwrap_or_default();
            assert!(count > 0, "postgres ended:\n{said}");
        }
        // It would stop where nobody reads what it says.
        thread::spawn(move || io::copy(&mut words, &mut io::sink()));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Returns a port that nobody listens on at this moment.
fn free_port() -> u16 {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the loopback interface has free ports");
    listener
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// Debian keeps the programs of each version in a folder that is not in the path.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin").join(name)))
        .filter(|path| path.is_file())
        .max();
    newest.unwrap_or_else(|| PathBuf::from(name))
}

/// A new cluster takes seconds, a copy of one does not.
fn template() -> PathBuf {
    let folder = workspace::target("postgres");
    let data = folder.join("data");
    let _lock = workspace::lock("postgres-template");
    if !data.join("PG_VERSION").is_file() {
        let made = tempfile::tempdir().expect("a folder for temporary files can be made");
        let password = made.path().join("password");
        fs::write(&password, PASSWORD).expect("a file can be written to an empty folder");
        give_to_server(made.path());
        let made_data = made.path().join("data");
        let output = as_server_user(&program("initdb"))
            .arg("-D")
            .arg(&made_data)
            .args(["-U", USER, "-A", "scram-sha-256", "-E", "UTF8"])
            .args(["--locale", "C", "--no-sync", "--pwfile"])
            .arg(&password)
            .output()
            .expect("initdb can be started");
        checked(output, "initdb");
        let _ = fs::remove_dir_all(&data);
        copy(&made_data, &folder.join("data.new"));
        fs::rename(folder.join("data.new"), &data).expect("a folder can be renamed beside itself");
    }
    data
}

/// PostgreSQL refuses to run as root, so root hands over to the user of Debian's package. The
/// server also ends with the test process, however that ends.
fn as_server_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program).current_dir("/");
    command
}

fn give_to_server(folder: &Path) {
    if is_root() {
        let output = Command::new("chown")
            .args(["-R", "postgres:postgres"])
            .arg(folder)
            .output()
            .expect("chown can be started");
        checked(output, "chown");
    }
}

fn copy(from: &Path, to: &Path) {
    let output = Command::new("cp")
        .arg("-a")
        .args([from, to])
        .output()
        .expect("cp can be started");
    checked(output, "cp");
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn checked(output: Output, what: &str) -> Output {
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} failed:\n{messages}");
    output
}
