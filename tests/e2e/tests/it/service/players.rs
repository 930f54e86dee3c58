//! Players that show the programme of a room: see `tests/peers/aiortc/whep.py`.

use serde_json::json;

use super::{
    Service,
    aiortc::{Room, assert_said},
};

#[test]
fn a_player_shows_what_an_encoder_sends() {
    let service = Service::start();
    let room = Room::open(&service);
    let mut encoder = room.encoder(&room.invite("presenter"), &[]);
    encoder.until("connected");
    let secret = room.invite("attendee");
    for more in [&[][..], &["--candidates"]] {
        let said = room.player(&secret, more).ended();
        assert_said(
            &said,
            &[
                ("found", json!(200)),
                ("endpoint", json!("application/sdp")),
                ("body", json!("")),
                ("without_token", json!(401)),
                ("of_another_type", json!(415)),
                ("no_offer", json!(400)),
                ("sends", json!(400)),
                ("posted", json!(201)),
                ("kind", json!("application/sdp")),
                ("tag", json!("\"1\"")),
                ("has_candidates", json!(true)),
                ("named", json!(0)),
                ("streams", json!(["a=msid:programme"])),
                ("frames", json!({ "audio": 20, "video": 20 })),
                ("looked", json!(204)),
                ("without_tag", json!(428)),
                ("stale", json!(412)),
                ("trickled", json!(204)),
                ("restarted", json!(422)),
                ("other_token", json!(401)),
                ("deleted", json!(200)),
                ("again", json!(404)),
                ("looked_later", json!(404)),
            ],
        );
    }
    assert_said(&encoder.ended(), &[("deleted", json!(200))]);
}

#[test]
fn whoever_was_not_invited_plays_nothing() {
    let service = Service::start();
    let room = Room::open(&service);
    let elsewhere = Room::open(&service).invite("attendee");
    let said = room.player(&elsewhere, &[]).ended();
    assert_said(&said, &[("posted", json!(401))]);
}

#[test]
fn a_player_waits_until_a_host_has_decided() {
    let service = Service::start();
    let rules = json!({ "has_waiting_room": true });
    for (more, status) in [(None, 201), (Some("--refuse"), 403)] {
        let room = Room::plan(&service, &rules);
        let mut host = room.host(more.as_slice());
        host.until("seat");
        let mut encoder = room.encoder(&room.invite("presenter"), &[]);
        encoder.until("connected");
        let said = room.player(&room.invite("attendee"), &[]).ended();
        assert_said(&said, &[("posted", json!(status))]);
        encoder.ended();
        let seen = host.ended();
        assert_said(
            &seen,
            &[("seat", json!("host")), ("waited", json!("Pia Post"))],
        );
        let attendee = json!(["Pia Post", "attendee"]);
        let is_seen = seen["seen"].as_array().unwrap().contains(&attendee);
        assert_eq!(is_seen, status == 201, "{seen}");
    }
}
