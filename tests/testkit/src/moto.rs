//! A server that answers like Amazon about regions, replication and locks.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

use crate::peer;

/// moto in server mode: its own process, its own port, empty. It ends when it is dropped.
///
/// It takes wrong checksums without a word, so it is no witness for what is kept.
pub struct Moto {
    child: Child,
    port: u16,
}

impl Moto {
    /// Starts a server, which is installed first if it was missing.
    pub fn start() -> Self {
        let python = peer::programs("moto").join("python");
        let mut child = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
            .env("PYTHONUNBUFFERED", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto can be started");
        let output = child.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(output);
        let port = said_port(&mut lines);
        // What it says later is read away, or it would stop when the pipe is full.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { child, port }
    }

    /// Returns the port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Reads until the server says where it listens.
fn said_port(lines: &mut impl BufRead) -> u16 {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        let count = lines.read_line(&mut line).expect("its output can be read");
        assert!(count > 0, "moto ended before it listened: {said}");
        if let Some((_, after)) = line.split_once("http://127.0.0.1:") {
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            return digits.parse().expect("a port follows the address");
        }
        said.push_str(&line);
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
