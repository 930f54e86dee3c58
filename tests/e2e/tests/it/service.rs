//! The service, as a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Stdio},
};

use scrim_testkit::Home;
use serde_json::Value;

/// `scrim serve` in a home, at a free port of this machine. It is killed when it is dropped.
pub(crate) struct Service {
    child: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Service {
    /// Starts it, and waits until it takes connections.
    pub(crate) fn start(home: &Home) -> Self {
        let mut child = home
            .scrim()
            .args(["--json", "serve", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program can be started");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut service = Self {
            child,
            output,
            address: String::new(),
        };
        let mut line = String::new();
        service.output.read_line(&mut line).unwrap();
        let said: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in: {line}"));
        service.address = said["address"].as_str().unwrap().to_owned();
        service
    }

    /// Address and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
