//! `scrim serve`, alone for one test.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
};

use serde_json::Value;

use crate::Home;

/// The service of a home. It is killed when it is dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    /// Reads what is printed, or the program would stop when the pipe is full.
    printed: Option<JoinHandle<Vec<u8>>>,
    url: String,
    setup_url: Option<String>,
    log: PathBuf,
}

impl Service {
    /// Starts the service of a home at a free port and waits until it listens. Settings are in the
    /// `config.toml` of [`Home::state`], if the caller has written one; what it logs goes to
    /// `service.log` of the home.
    pub fn start(home: &Home) -> Self {
        Self::start_as(home, home.scrim(), 0)
    }

    /// [`Service::start`], with a command from [`Home::scrim`] that has something in its environment,
    /// and at a port that was known before.
    pub fn start_as(home: &Home, mut command: Command, port: u16) -> Self {
        let log = home.path().join("service.log");
        let file = fs::File::options().create(true).append(true).open(&log);
        let file = file.expect("a file can be made in a home");
        let mut child = command
            .args(["--json", "serve", "--listen"])
            .arg(format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .expect("the program can be started");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it prints UTF-8");
        let said = serde_json::from_str::<Value>(&line).unwrap_or_else(|_| {
            let log = fs::read_to_string(&log).unwrap_or_default();
            panic!("the service does not listen: {line}{log}")
        });
        let printed = thread::spawn(move || {
            let mut printed = line.into_bytes();
            let _ = output.read_to_end(&mut printed);
            printed
        });
        let text = |key: &str| said[key].as_str().map(str::to_owned);
        Self {
            child,
            printed: Some(printed),
            url: text("url").expect("it says where it listens"),
            setup_url: text("setup_url"),
            log,
        }
    }

    /// Returns where it is, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns address and port.
    pub fn address(&self) -> &str {
        self.url.split("://").last().unwrap_or_default()
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        let (_, port) = self.url.rsplit_once(':').expect("no port was named");
        port.parse().expect("ports are numbers")
    }

    /// Returns where the first account is made, while there is none.
    pub fn setup_url(&self) -> Option<&str> {
        self.setup_url.as_deref()
    }

    /// Returns the id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns what it has logged so far.
    pub fn log(&self) -> Vec<u8> {
        fs::read(&self.log).expect("the log is there")
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        self.child.kill().expect("the service runs");
        self.child.wait().expect("it was just killed");
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.expect("kill can be started").success());
    }

    /// Waits until it has stopped as it was asked to, and returns all that it has printed.
    ///
    /// # Panics
    /// If it ends with a failure.
    pub fn stopped(&mut self) -> Vec<u8> {
        let status = self.child.wait().expect("the service was started");
        let log = String::from_utf8_lossy(&self.log()).into_owned();
        assert!(status.success(), "the service ended with {status}: {log}");
        let printed = self.printed.take().expect("it stops once");
        printed.join().expect("reading does not panic")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Where it has ended already, there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Home {
    /// Makes an account with these roles, and returns a file with a token that may all they may.
    pub fn token(&self, name: &str, address: &str, roles: &[&str]) -> PathBuf {
        let mut add = self.scrim();
        add.args(["--json", "accounts", "add", address, "--name", name]);
        for role in roles {
            add.args(["--role", role]);
        }
        said(&mut add);
        let mut token = self.scrim();
        let said = said(token.args(["--json", "accounts", "token", address]));
        let path = self.path().join(format!("{address}.token"));
        let text = said["token"].as_str().expect("it says the token");
        fs::write(&path, text).expect("a file can be made in a home");
        path
    }
}

fn said(command: &mut Command) -> Value {
    let output = command.output().expect("the program can be started");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    let printed = String::from_utf8_lossy(&output.stdout);
    let last = printed.lines().last().unwrap_or_default();
    serde_json::from_str(last).expect("it prints JSON")
}
