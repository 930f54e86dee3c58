//! Encoders that send into a room: see `tests/peers/aiortc/whip.py`.

use serde_json::json;

use super::{
    Service,
    aiortc::{Room, assert_said},
};

#[test]
fn an_encoder_like_obs_sends_into_a_room() {
    let service = Service::start();
    let room = Room::open(&service);
    let secret = room.invite("presenter");
    for more in [&[][..], &["--candidates"]] {
        let said = room.encoder(&secret, more).ended();
        assert_said(
            &said,
            &[
                ("without_token", json!(401)),
                ("of_another_type", json!(415)),
                ("no_offer", json!(400)),
                ("posted", json!(201)),
                ("kind", json!("application/sdp")),
                ("has_candidates", json!(true)),
                ("named", json!(0)),
                ("without_tag", json!(428)),
                ("stale", json!(412)),
                ("trickled", json!(204)),
                ("restarted", json!(422)),
                ("other_token", json!(401)),
                ("deleted", json!(200)),
                ("again", json!(404)),
            ],
        );
        for kind in ["audio", "video"] {
            assert!(said["packets"][kind].as_u64().unwrap() > 0, "{said}");
        }
    }
}

#[test]
fn whoever_was_invited_to_listen_or_elsewhere_sends_nothing() {
    let service = Service::start();
    let room = Room::open(&service);
    let listener = room.invite("attendee");
    let said = room.encoder(&listener, &[]).ended();
    assert_said(&said, &[("posted", json!(403))]);
    let elsewhere = Room::open(&service).invite("presenter");
    let said = room.encoder(&elsewhere, &[]).ended();
    assert_said(&said, &[("posted", json!(401))]);
}
