//! ICE credentials, fingerprints and the role in DTLS.

use super::{super::*, *};

const FINGERPRINT: &str = "5B:3A:9F:21:C4:07:7E:D2:18:6B:F0:4D:93:A5:2C:E8:71:0F:B6:3D:54:9A:C7:12:8E:60:F3:2B:A9:D4:45:1E";

#[test]
fn the_transport_may_stand_in_the_session_or_in_sections() {
    let in_session = offer(OBS).transport;
    let lines: Vec<&str> = OBS
        .lines()
        .filter(|line| {
            ["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"]
                .iter()
                .any(|name| line.starts_with(name))
        })
        .collect();
    assert_eq!(lines.len(), 4);
    let moved = lines
        .iter()
        .fold(OBS.to_owned(), |text, line| without(&text, line));
    let moved = changed(&moved, "a=mid:0", &format!("a=mid:0\n{}", lines.join("\n")));
    assert_eq!(offer(&moved).transport, in_session);
}

#[test]
fn credentials_have_the_length_and_the_letters_of_ice() {
    for (from, to) in [
        ("JLvv", "JLv"),
        ("JLvv", "JL-v"),
        ("JLvv", "JLv="),
        ("JLvv", "JL v"),
        ("AVQo+aTrh2UHIfcZiaNfD9", "AVQo+aTrh2UHIfcZiaNfD"),
        ("AVQo+aTrh2UHIfcZiaNfD9", "AVQo+aTrh2UHIfcZiaNfD!"),
    ] {
        assert_eq!(
            refused(&changed(OBS, from, to)),
            SdpError::Credentials,
            "{to}"
        );
    }
    for (of, from) in [("JLvv", "JLvv"), ("AVQo", "AVQo+aTrh2UHIfcZiaNfD9")] {
        offer(&changed(OBS, from, &"x".repeat(256)));
        let long = changed(OBS, from, &"x".repeat(257));
        assert_eq!(refused(&long), SdpError::Credentials, "{of}");
    }
    assert_eq!(refused(&without(OBS, "a=ice-ufrag")), SdpError::Credentials);
    assert_eq!(refused(&without(OBS, "a=ice-pwd")), SdpError::Credentials);
}

#[test]
fn sections_of_a_bundle_share_one_transport() {
    let mid = mid("1");
    for (from, to, attribute) in [
        ("ice-ufrag:4ZcD", "ice-ufrag:4ZcE", "ice-ufrag"),
        ("ice-pwd:vAq7x", "ice-pwd:wAq7x", "ice-pwd"),
        ("setup:actpass", "setup:active", "setup"),
        ("sha-256 5B", "sha-256 5C", "fingerprint"),
    ] {
        let text = changed_last(CHROMIUM, from, to);
        let mid = mid.clone();
        assert_eq!(
            refused(&text),
            SdpError::TransportDiffers { mid, attribute }
        );
    }
    // The other hashes are not compared with a certificate, but have to be the same ones.
    let text = changed_last(AIORTC, "sha-512 07", "sha-512 08");
    let attribute = "fingerprint";
    assert_eq!(
        refused(&text),
        SdpError::TransportDiffers { mid, attribute }
    );
}

#[test]
fn attributes_of_the_transport_are_there_once() {
    for attribute in ["ice-ufrag", "ice-pwd", "setup"] {
        let line = OBS
            .lines()
            .find(|line| line.starts_with(&format!("a={attribute}:")));
        let line = line.unwrap();
        let text = changed(OBS, line, &format!("{line}\n{line}"));
        assert_eq!(refused(&text), SdpError::Repeated { attribute });
    }
}

#[test]
fn rtcp_is_multiplexed() {
    let text = OBS.replacen("a=rtcp-mux\n", "", 1);
    assert_eq!(refused(&text), SdpError::RtcpMux);
}

#[test]
fn a_peer_does_ice_itself() {
    let text = changed(OBS, "t=0 0", "t=0 0\na=ice-lite");
    assert_eq!(refused(&text), SdpError::IceLite);
}

#[test]
fn there_is_one_sha_256_fingerprint() {
    assert_eq!(offer(OBS).transport.fingerprint.to_string(), FINGERPRINT);
    assert_eq!(
        refused(&without(OBS, "a=fingerprint")),
        SdpError::NoFingerprint
    );
    assert_eq!(
        refused(&without(AIORTC, "a=fingerprint:sha-256")),
        SdpError::NoFingerprint
    );
    let line = format!("a=fingerprint:sha-256 {FINGERPRINT}");
    let other = line.replace("5B", "5C");
    let twice = |second: &str| changed(OBS, &line, &format!("{line}\n{second}"));
    assert_eq!(offer(&twice(&line)), offer(OBS));
    assert_eq!(refused(&twice(&other)), SdpError::TooManyFingerprints);
}

#[test]
fn fingerprints_may_be_in_small_letters() {
    let small = changed(OBS, FINGERPRINT, &FINGERPRINT.to_lowercase());
    assert_eq!(offer(&changed(&small, "sha-256", "SHA-256")), offer(OBS));
}

#[test]
fn malformed_fingerprints_are_refused() {
    for bad in [
        "sha-256",
        "sha-256 ",
        "sha-256 5B:3A",
        &format!("sha-256 {FINGERPRINT}:00"),
        &format!("sha-256 {}", FINGERPRINT.replace(':', "")),
        &format!("sha-256 {}", FINGERPRINT.replace("5B", "5G")),
        &format!("sha-256 {}", FINGERPRINT.replace("5B", "+B")),
        &format!("sha-256  {FINGERPRINT}"),
        &format!("sha-384 {FINGERPRINT}"),
    ] {
        let text = changed(OBS, &format!("sha-256 {FINGERPRINT}"), bad);
        assert_eq!(refused(&text), SdpError::FingerprintMalformed, "{bad}");
    }
}

#[test]
fn weak_and_unknown_hashes_are_refused() {
    for hash in ["sha-1", "md5", "md2", "sha-224", "", "x"] {
        let line = format!("a=fingerprint:{hash} {FINGERPRINT}\na=ice-ufrag");
        let text = changed(OBS, "a=ice-ufrag", &line);
        assert_eq!(refused(&text), SdpError::FingerprintHash, "{hash}");
    }
}

#[test]
fn there_are_at_most_four_fingerprints() {
    let line = format!("a=fingerprint:sha-256 {FINGERPRINT}\n");
    offer(&changed(OBS, &line, &line.repeat(4)));
    assert_eq!(
        refused(&changed(OBS, &line, &line.repeat(5))),
        SdpError::TooManyFingerprints
    );
}

#[test]
fn an_offer_leaves_open_or_takes_who_begins() {
    for (word, setup) in [
        ("actpass", Setup::ActPass),
        ("active", Setup::Active),
        ("passive", Setup::Passive),
    ] {
        let text = changed(OBS, "setup:actpass", &format!("setup:{word}"));
        assert_eq!(offer(&text).transport.setup, setup);
    }
    for bad in ["holdconn", "Active", ""] {
        let text = changed(OBS, "setup:actpass", &format!("setup:{bad}"));
        assert_eq!(refused(&text), SdpError::Setup, "{bad}");
    }
    assert_eq!(refused(&without(OBS, "a=setup")), SdpError::Setup);
}
