//! Encoders and players of others: scripts in `tests/peers/aiortc`.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use scrim_testkit::{peer, workspace};
use serde_json::{Value, json};

use super::Service;

/// A room that is planned.
pub(super) struct Room<'a> {
    service: &'a Service,
    id: String,
    /// The path of its page.
    path: String,
}

impl<'a> Room<'a> {
    /// Plans a room with these rules.
    pub(super) fn plan(service: &'a Service, rules: &Value) -> Self {
        let room = json!({ "title": "Beekeeping", "rules": rules });
        let room = service.api("POST", "/api/v1/rooms", &room);
        let url = room["join_url"].as_str().unwrap();
        Self {
            service,
            id: room["id"].as_str().unwrap().to_owned(),
            path: url[url.find("/r/").unwrap()..].to_owned(),
        }
    }

    /// Plans a room that needs no host.
    pub(super) fn open(service: &'a Service) -> Self {
        Self::plan(service, &json!({ "opens_without_host": true }))
    }

    /// Invites somebody, and returns the secret of the invitation.
    pub(super) fn invite(&self, seat: &str) -> String {
        let invitations = format!("/api/v1/rooms/{}/invitations", self.id);
        let invitee = json!({ "name": "Pia Post", "seat": seat });
        let made = self.service.api("POST", &invitations, &invitee);
        let (_, secret) = made["url"].as_str().unwrap().split_once("#t=").unwrap();
        secret.to_owned()
    }

    /// Returns where programs post their offers, such as with `whip`.
    pub(super) fn endpoint(&self, protocol: &str) -> String {
        format!("{}{}/{protocol}", self.service.running.url(), self.path)
    }

    /// Lets the account of the service come in as a host, who lets in whoever waits.
    pub(super) fn host(&self, more: &[&str]) -> Script {
        let page = format!("{}{}", self.service.running.url(), self.path);
        Script::start("host.py", &page, &self.service.token, more)
    }

    /// Starts an encoder.
    pub(super) fn encoder(&self, secret: &str, more: &[&str]) -> Script {
        Script::start("whip.py", &self.endpoint("whip"), secret, more)
    }

    /// Starts a player.
    pub(super) fn player(&self, secret: &str, more: &[&str]) -> Script {
        Script::start("whep.py", &self.endpoint("whep"), secret, more)
    }
}

/// A script that runs. It is killed when it is dropped.
pub(super) struct Script {
    child: Child,
    /// It ends when this does.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// All that it has said.
    said: Value,
}

impl Script {
    pub(super) fn start(name: &str, url: &str, secret: &str, more: &[&str]) -> Self {
        let mut child = Command::new(peer::programs("aiortc").join("python"))
            .arg(workspace::root().join("tests/peers/aiortc").join(name))
            .args([url, secret])
            .args(more)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            said: json!({}),
        }
    }

    /// Waits until it has said something of this name.
    pub(super) fn until(&mut self, name: &str) {
        while self.said.get(name).is_none() {
            assert!(self.hear(), "it has ended: {}", self.said);
        }
    }

    /// Lets it come to its end, and returns all that it has said.
    pub(super) fn ended(mut self) -> Value {
        self.input.take();
        while self.hear() {}
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{}", self.said);
        std::mem::take(&mut self.said)
    }

    /// Takes in one line, if there is one more.
    fn hear(&mut self) -> bool {
        let mut line = String::new();
        if self.output.read_line(&mut line).unwrap() == 0 {
            return false;
        }
        let said: Value = serde_json::from_str(&line).unwrap();
        for (name, value) in said.as_object().unwrap() {
            self.said[name] = value.clone();
        }
        true
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fails the test unless all of this was said.
#[track_caller]
pub(super) fn assert_said(said: &Value, expected: &[(&str, Value)]) {
    for (name, value) in expected {
        assert_eq!(said[*name], *value, "{name}: {said}");
    }
}
