//! Encoders and players at the door: what they are told before there are any media.

use std::{fs, os::unix::fs::PermissionsExt};

use axum::http::StatusCode;
use scrim_policy::{AccountRole, TenantId};
use serde_json::{Value, json};

use super::{super::app::now, Reply, Service};
use crate::config::Config;

const PROTOCOLS: [(&str, &str); 2] = [("whip", "sendonly"), ("whep", "recvonly")];

/// An offer of sound alone, from a program that gathers no candidates.
fn offer(direction: &str) -> String {
    let fingerprint = format!("a=fingerprint:sha-256 {}", ["AB"; 32].join(":"));
    let direction = format!("a={direction}");
    let lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=mid:0",
        "a=rtcp-mux",
        "a=ice-ufrag:4ZcD",
        "a=ice-pwd:vAq7xWc0RtY+3mKp/9LzEu4B",
        fingerprint.as_str(),
        "a=setup:actpass",
        direction.as_str(),
        "a=rtpmap:111 opus/48000/2",
        "a=ssrc:1001 cname:canary",
    ];
    lines.map(|line| format!("{line}\r\n")).concat()
}

/// A room, and one who was invited to it.
struct Room {
    id: String,
    path: String,
    invitation: String,
    secret: String,
}

fn made(reply: &Reply) -> Value {
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    serde_json::from_slice(&reply.body).unwrap()
}

fn plan(service: &Service, token: &str, rules: &Value) -> Room {
    let room = json!({ "title": "Beekeeping", "rules": rules }).to_string();
    let room = made(&service.api(token, "POST", "/api/v1/rooms", &room));
    let id = room["id"].as_str().unwrap().to_owned();
    let invitations = format!("/api/v1/rooms/{id}/invitations");
    let invitee = json!({ "name": "Ada Krol", "seat": "attendee" }).to_string();
    let invited = made(&service.api(token, "POST", &invitations, &invitee));
    let (url, secret) = invited["url"].as_str().unwrap().split_once("#t=").unwrap();
    Room {
        path: url[url.find("/r/").unwrap()..].to_owned(),
        invitation: format!("{invitations}/{}", invited["id"].as_str().unwrap()),
        secret: secret.to_owned(),
        id,
    }
}

fn organiser(service: &Service) -> String {
    service.token(TenantId::SINGLE, "hanna", &[AccountRole::Organiser])
}

/// Posts an offer with a token.
fn post(service: &Service, endpoint: &str, secret: &str, offer: &str) -> Reply {
    let bearer = format!("Bearer {secret}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/sdp"),
    ];
    service.ask("POST", endpoint, &headers, offer.to_owned())
}

#[test]
fn a_program_is_told_what_is_wrong() {
    let service = Service::new();
    let token = organiser(&service);
    let room = plan(&service, &token, &json!({}));
    let other = plan(&service, &token, &json!({}));
    for (protocol, direction) in PROTOCOLS {
        let endpoint = format!("{}/{protocol}", room.path);
        let offer = offer(direction);
        let status = |endpoint: &str, secret: &str, offer: &str| {
            post(&service, endpoint, secret, offer).status.as_u16()
        };
        let nobody = service.ask("POST", &endpoint, &[], offer.clone());
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        let bearer = format!("Bearer {}", room.secret);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "text/plain"),
        ];
        let wrong_type = service.ask("POST", &endpoint, &headers, offer.clone());
        assert_eq!(wrong_type.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(status(&endpoint, &room.secret, "v=0"), 400);
        let wrong_way = offer.replace(direction, "inactive");
        assert_eq!(status(&endpoint, &room.secret, &wrong_way), 400);
        assert_eq!(status(&endpoint, &other.secret, &offer), 401);
        assert_eq!(status(&endpoint, "sci_nothing", &offer), 401);
        let nowhere = format!("/r/scr_{}/{protocol}", "A".repeat(43));
        assert_eq!(status(&nowhere, &room.secret, &offer), 404);
        // Nobody is there who could begin the meeting.
        let early = post(&service, &endpoint, &room.secret, &offer);
        assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());
        assert_eq!(early.header("retry-after"), "10");
        for method in ["GET", "PATCH", "DELETE"] {
            let session = format!("{endpoint}/{}", "0".repeat(64));
            let reply = service.ask(method, &session, &headers, String::new());
            let is_there = protocol == "whep" || method != "GET";
            let expected = if is_there { 404 } else { 405 };
            assert_eq!(reply.status.as_u16(), expected, "{method}");
        }
    }
    let withdrawn = service.api(&token, "DELETE", &room.invitation, "");
    assert_eq!(withdrawn.status, StatusCode::NO_CONTENT);
    let vault = &service.app.vault;
    let over = other.id.parse().unwrap();
    vault.note_room_opened(over, now()).unwrap();
    vault.note_room_ended(over, now()).unwrap();
    for (protocol, direction) in PROTOCOLS {
        for (room, expected) in [(&room, 401), (&other, 410)] {
            let endpoint = format!("{}/{protocol}", room.path);
            let reply = post(&service, &endpoint, &room.secret, &offer(direction));
            assert_eq!(reply.status.as_u16(), expected, "{}", reply.text());
        }
    }
}

#[test]
fn a_player_is_not_let_into_a_room_that_is_encrypted_end_to_end() {
    let service = Service::new();
    let token = organiser(&service);
    let rules = json!({ "opens_without_host": true, "protection": "end_to_end" });
    let room = plan(&service, &token, &rules);
    for (protocol, direction) in PROTOCOLS {
        let endpoint = format!("{}/{protocol}", room.path);
        let refused = post(&service, &endpoint, &room.secret, &offer(direction));
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
        assert!(refused.text().contains("no passphrase"));
    }
}

#[test]
fn a_player_finds_out_that_it_can_post_here() {
    let service = Service::new();
    let room = plan(&service, &organiser(&service), &json!({}));
    let endpoint = format!("{}/whep", room.path);
    for method in ["GET", "HEAD"] {
        let found = service.ask(method, &endpoint, &[], String::new());
        assert_eq!(found.status, StatusCode::OK);
        assert_eq!(found.header("content-type"), "application/sdp");
        assert!(found.body.is_empty());
    }
}

#[test]
fn only_whoever_was_invited_is_told_the_turn_servers() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "open sesame").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let config = format!(
        "[live]\nturn = [\"turns:turn.example.eu:443?transport=tcp\"]\nturn_secret_file = \"{}\"\n",
        secret.display()
    );
    let config: Config = toml::from_str(&config).unwrap();
    let service = Service::with(&config);
    let token = organiser(&service);
    let room = plan(&service, &token, &json!({}));
    let other = plan(&service, &token, &json!({}));
    for (protocol, _) in PROTOCOLS {
        let endpoint = format!("{}/{protocol}", room.path);
        let link = |bearer: &str| {
            let bearer = format!("Bearer {bearer}");
            let headers = [("authorization", bearer.as_str())];
            let reply = service.ask("OPTIONS", &endpoint, &headers, String::new());
            assert_eq!(reply.status, StatusCode::OK);
            assert_eq!(reply.header("accept-post"), "application/sdp");
            reply.header("link").to_owned()
        };
        let named = link(&room.secret);
        assert!(
            named.starts_with("<turns:turn.example.eu:443?transport=tcp>; rel=\"ice-server\"; "),
            "{named}"
        );
        for stranger in [other.secret.as_str(), token.as_str(), ""] {
            assert_eq!(link(stranger), "");
        }
    }
    service.api(&token, "DELETE", &room.invitation, "");
    let bearer = format!("Bearer {}", room.secret);
    let headers = [("authorization", bearer.as_str())];
    let endpoint = format!("{}/whep", room.path);
    let reply = service.ask("OPTIONS", &endpoint, &headers, String::new());
    assert_eq!(reply.header("link"), "");
}
