//! Programs that reach the service only through coturn, with the configuration that operators are given.

use scrim_testkit::Turn;
use serde_json::json;

use super::{
    Service,
    aiortc::{Room, Script, assert_said},
};

/// A service that knows a TURN server.
fn service(turn: &Turn) -> Service {
    Service::configured(&format!(
        "[live]\nturn = [\"{}\"]\nturn_secret_file = \"{}\"\n",
        turn.url(),
        turn.secret_file().display()
    ))
}

#[test]
fn sound_and_pictures_go_through_the_relay_in_both_directions() {
    let turn = Turn::start();
    let service = service(&turn);
    let room = Room::open(&service);
    let mut encoder = room.encoder(&room.invite("presenter"), &["--relay"]);
    encoder.until("connected");
    let said = room.player(&room.invite("attendee"), &["--relay"]).ended();
    assert_said(&said, &[("frames", json!({ "audio": 20, "video": 20 }))]);
    for said in [said, encoder.ended()] {
        assert_said(
            &said,
            &[
                ("options", json!(200)),
                ("accepts", json!("application/sdp")),
                ("servers", json!(1)),
                ("servers_for_nobody", json!(0)),
                ("servers_for_others", json!(0)),
                ("candidates", json!(["relay"])),
                ("posted", json!(201)),
                ("named", json!(1)),
                ("deleted", json!(200)),
            ],
        );
    }
}

#[test]
fn the_relay_leads_nobody_to_another_address_than_that_of_the_service() {
    let turn = Turn::start();
    let service = service(&turn);
    let room = Room::open(&service);
    // The machine itself, private networks, the metadata of clouds, and anywhere else.
    let denied = [
        "127.0.0.2",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.51.100.1",
    ];
    let mut more = vec![
        "--secret",
        Turn::SECRET,
        "--allowed",
        "127.0.0.1",
        "--denied",
    ];
    more.extend(denied);
    let secret = room.invite("attendee");
    let said = Script::start("relay.py", &room.endpoint("whep"), &secret, &more).ended();
    assert_said(
        &said,
        &[
            ("expired", json!(401)),
            ("forged", json!(401)),
            ("renamed", json!(401)),
            ("arrived", json!("allowed")),
            ("came_back", json!("back")),
            ("leaked", json!(0)),
        ],
    );
    for address in denied {
        assert_said(&said, &[(address, json!([403, 403]))]);
    }
    let hours = said["good_for"].as_f64().unwrap() / 3600.0;
    assert!((11.9..=12.0).contains(&hours), "{hours}");
    // Of IPv6 nothing listens here, so it is looked at that the rule was understood.
    let log = turn.log();
    for range in [
        "0.0.0.0-255.255.255.255",
        "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ] {
        assert!(log.contains(&format!("Black listing: {range}")), "{log}");
    }
}
