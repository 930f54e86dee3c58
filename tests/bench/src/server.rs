//! Servers that are measured, and what the system says about them.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::Outcome;

/// By default an address may ask 20 times a second, and here all come from one.
pub(crate) const LIMITS: &str = "[limits]
address = { requests = 1000000, seconds = 1 }
account = { requests = 1000000, seconds = 1 }
token = { requests = 1000000, seconds = 1 }
link = { requests = 1000000, seconds = 1 }
";

const ADDRESS: &str = "bench@example.org";

/// A server. It is asked to end when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// A server that was started and listens.
    pub(crate) fn new(child: Child, address: SocketAddr) -> Self {
        Self { child, address }
    }

    /// Starts the service with the home that lies in `home`.
    pub(crate) fn scrim(program: &Path, home: &Path) -> Outcome<Self> {
        let mut child = Command::new(program)
            .env("SCRIM_HOME", home)
            // Its peers write no line for each request either.
            .env("SCRIM_LOG", "warn")
            .args(["serve", "--json", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("could not start {}: {error}", program.display()))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let said: Value = serde_json::from_str(&line)?;
        let address = said["address"].as_str().unwrap_or_default().parse()?;
        Ok(Self { child, address })
    }

    /// Returns the id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns a figure about memory in MB, such as `VmRSS`.
    pub(crate) fn memory(&self, name: &str) -> Outcome<f64> {
        Ok(self.figure(name)? * 1024.0 / 1e6)
    }

    /// Returns the number of threads.
    pub(crate) fn threads(&self) -> Outcome<f64> {
        self.figure("Threads")
    }

    fn figure(&self, name: &str) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(number.ok_or("no such figure")?.parse()?)
    }

    /// Returns the seconds of processor time that were used so far.
    pub(crate) fn cpu(&self) -> Outcome<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in brackets, may hold spaces. User and system time are fields 14
        // and 15, in ticks, of which Linux shows 100 in a second.
        let (_, after) = stat.rsplit_once(") ").ok_or("no name in stat")?;
        let mut ticks = 0.0;
        for field in after.split(' ').skip(11).take(2) {
            ticks += field.parse::<f64>()?;
        }
        Ok(ticks / 100.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx ends its workers when it is asked to end, and would leave them when it is killed.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

/// Adds an account by the command line and returns a token of it.
pub(crate) fn account(scrim: &Path, home: &Path) -> Outcome<String> {
    let run = |words: &[&str]| -> Outcome<Value> {
        let output = Command::new(scrim)
            .env("SCRIM_HOME", home)
            .args(words)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    };
    let role = ["--name", "Bench", "--role", "organiser"];
    run(&[&["accounts", "add", "--json", ADDRESS][..], &role].concat())?;
    let made = run(&["accounts", "token", "--json", ADDRESS])?;
    Ok(made["token"].as_str().ok_or("no token")?.to_owned())
}
