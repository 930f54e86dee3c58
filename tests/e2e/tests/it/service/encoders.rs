//! Encoders that send into a room: see `tests/peers/aiortc/whip.py`.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use scrim_testkit::{peer, workspace};
use serde_json::{Value, json};

use super::Service;

/// Plans a room and invites somebody; returns the path of the room and the secret of the invitation.
fn invited(service: &Service, seat: &str) -> (String, String) {
    let room = json!({ "title": "Beekeeping", "rules": { "opens_without_host": true } });
    let room = service.api("POST", "/api/v1/rooms", &room);
    let invitations = format!("/api/v1/rooms/{}/invitations", room["id"].as_str().unwrap());
    let invitee = json!({ "name": "Pia Post", "seat": seat });
    let made = service.api("POST", &invitations, &invitee);
    let (url, secret) = made["url"].as_str().unwrap().split_once("#t=").unwrap();
    let path = &url[url.find("/r/").unwrap()..];
    (path.to_owned(), secret.to_owned())
}

/// Sends for a moment, and returns all that happened.
fn sent(service: &Service, path: &str, secret: &str, more: &[&str]) -> Value {
    let mut child = Command::new(peer::programs("aiortc").join("python"))
        .arg(workspace::root().join("tests/peers/aiortc/whip.py"))
        .arg(format!("{}{path}/whip", service.running.url()))
        .arg(secret)
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take();
    let mut all = json!({});
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let said: Value = serde_json::from_str(&line.unwrap()).unwrap();
        for (name, value) in said.as_object().unwrap() {
            all[name] = value.clone();
        }
        // It has sent something by now, and ends when nobody talks to it any more.
        if said.get("other_token").is_some()
            && let Some(mut input) = input.take()
        {
            input.write_all(b"enough\n").unwrap();
        }
    }
    assert!(child.wait().unwrap().success(), "{all}");
    all
}

#[test]
fn an_encoder_like_obs_sends_into_a_room() {
    let service = Service::start();
    let (path, secret) = invited(&service, "presenter");
    for more in [&[][..], &["--candidates"]] {
        let all = sent(&service, &path, &secret, more);
        let expected = [
            ("without_token", 401),
            ("of_another_type", 415),
            ("no_offer", 400),
            ("posted", 201),
            ("without_tag", 428),
            ("stale", 412),
            ("trickled", 204),
            ("restarted", 422),
            ("other_token", 401),
            ("deleted", 200),
            ("again", 404),
        ];
        for (name, status) in expected {
            assert_eq!(all[name], status, "{name}: {all}");
        }
        assert_eq!(all["kind"], "application/sdp");
        assert_eq!(all["has_candidates"], true);
        for kind in ["audio", "video"] {
            assert!(all["packets"][kind].as_u64().unwrap() > 0, "{all}");
        }
    }
}

#[test]
fn whoever_was_invited_to_listen_or_elsewhere_sends_nothing() {
    let service = Service::start();
    let (path, listener) = invited(&service, "attendee");
    assert_eq!(sent(&service, &path, &listener, &[])["posted"], 403);
    let (_, elsewhere) = invited(&service, "presenter");
    assert_eq!(sent(&service, &path, &elsewhere, &[])["posted"], 401);
}
