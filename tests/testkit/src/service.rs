//! `scrim serve`, alone for one test.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

use crate::Home;

/// The service of a home. It is killed when it is dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    /// Kept open, since the program may say more.
    output: BufReader<ChildStdout>,
    url: String,
    setup_url: Option<String>,
    log: PathBuf,
}

impl Service {
    /// Starts the service of a home at a free port and waits until it listens. Settings are in the
    /// `config.toml` of [`Home::state`], if the caller has written one; what it logs goes to a file.
    pub fn start(home: &Home) -> Self {
        Self::start_as(home, home.scrim())
    }

    /// [`Service::start`], with a command from [`Home::scrim`] that has something in its environment.
    pub fn start_as(home: &Home, mut command: Command) -> Self {
        let log = home.path().join("service.log");
        let file = fs::File::options().create(true).append(true).open(&log);
        let file = file.expect("a file can be made in a home");
        command.args(["--json", "serve", "--listen", "127.0.0.1:0"]);
        let mut child = command
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
        let text = |key: &str| said[key].as_str().map(str::to_owned);
        Self {
            child,
            output,
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

    /// Returns where the first account is made, while there is none.
    pub fn setup_url(&self) -> Option<&str> {
        self.setup_url.as_deref()
    }

    /// Returns the id of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns what it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("the log is text")
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) {
        self.child.kill().expect("the service runs");
        self.child.wait().expect("it was just killed");
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Panics
    /// If it ends with a failure.
    pub fn stop(mut self) {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.expect("kill can be started").success());
        let status = self.child.wait().expect("the service was started");
        let mut rest = String::new();
        let _ = self.output.read_line(&mut rest);
        assert!(
            status.success(),
            "the service ended with {status}: {}",
            self.log()
        );
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
    pub fn token(&self, name: &str, roles: &[&str]) -> PathBuf {
        let email = format!("{name}@example.eu");
        let mut add = self.scrim();
        add.args(["--json", "accounts", "add", &email, "--name", name]);
        for role in roles {
            add.args(["--role", role]);
        }
        said(&mut add);
        let mut token = self.scrim();
        let said = said(token.args(["--json", "accounts", "token", &email]));
        let path = self.path().join(format!("{name}.token"));
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
