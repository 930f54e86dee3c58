//! Webhooks, sent to a receiver that uses the public library.

use std::{
    collections::BTreeMap,
    io,
    net::TcpListener,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use scrim_policy::Kind;
use scrim_testkit::WebhookReceiver;

use crate::notify::{Event, Message, Sender, Target, WebhookError, WebhookSecret, WebhookSettings};

const BODY: &str = r#"{"type":"recording.published","data":{"recording":"ż"}}"#;

fn message() -> Message<'static> {
    Message {
        id: "msg_1",
        sent_at: SystemTime::now(),
        body: BODY,
    }
}

fn target(url: &str, secret: Option<&WebhookSecret>) -> Target {
    Target {
        url: url.parse().unwrap(),
        secret: secret.cloned(),
    }
}

/// A receiver, the secret that it knows, and a sender that may reach it.
fn receiver() -> (WebhookReceiver, WebhookSecret, Sender) {
    let secret = WebhookSecret::random().unwrap();
    let receiver = WebhookReceiver::start(&secret.expose());
    let settings = WebhookSettings {
        allow_loopback: true,
        ca_file: Some(receiver.ca_file()),
        ..WebhookSettings::default()
    };
    let sender = Sender::new(&settings).unwrap();
    (receiver, secret, sender)
}

#[test]
fn receivers_verify_signatures_with_the_public_library() {
    let (mut receiver, secret, sender) = receiver();
    let other = WebhookSecret::random().unwrap();
    let url = receiver.url("/hook?key=1");
    for (secret, is_verified) in [(Some(&secret), true), (Some(&other), false), (None, false)] {
        sender.deliver(&target(&url, secret), &message()).unwrap();
        let request = receiver.next_request();
        assert_eq!(request["verified"], is_verified);
        assert_eq!(request["body"], BODY);
        assert_eq!(request["path"], "/hook?key=1");
        let headers = &request["headers"];
        assert_eq!(headers["webhook-id"], "msg_1");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["user-agent"], "Scrim");
        assert_eq!(headers.get("webhook-signature").is_some(), secret.is_some());
    }
    let plain = receiver.plain_url("/plain");
    sender
        .deliver(&target(&plain, Some(&secret)), &message())
        .unwrap();
    assert_eq!(receiver.next_request()["verified"], true);
    // A message that was caught is of no use after some minutes.
    let mut old = message();
    old.sent_at = SystemTime::now() - Duration::from_secs(600);
    sender.deliver(&target(&url, Some(&secret)), &old).unwrap();
    assert_eq!(receiver.next_request()["verified"], false);
}

#[test]
fn the_status_says_what_comes_next() {
    let (mut receiver, secret, sender) = receiver();
    let mut answer = |path: &str| {
        let url = receiver.url(path);
        let answer = sender.deliver(&target(&url, Some(&secret)), &message());
        // One request was made, and none to where a redirect leads.
        assert_eq!(receiver.next_request()["path"], path);
        answer
    };
    for status in [200, 202, 204, 299] {
        answer(&format!("/status/{status}")).unwrap();
    }
    for status in [301, 302, 307, 308, 400, 401, 404, 429, 500, 503] {
        let error = answer(&format!("/status/{status}")).unwrap_err();
        assert!(!error.is_final(), "{status}");
        let is_it = matches!(error, WebhookError::NotTaken { status: it } if it == status);
        assert!(is_it, "{status}: {error}");
    }
    let gone = answer("/status/410").unwrap_err();
    assert!(matches!(gone, WebhookError::Gone) && gone.is_final());
    // It answers with 204 and goes on talking.
    answer("/endless").unwrap();
}

#[test]
fn a_receiver_that_says_nothing_is_not_waited_for() {
    let (mut receiver, secret, sender) = receiver();
    let sender = sender.with_timeout(Duration::from_millis(500));
    let url = receiver.url("/silent");
    let error = sender.deliver(&target(&url, Some(&secret)), &message());
    let error = error.unwrap_err();
    assert!(
        matches!(error, WebhookError::Unreachable { .. }),
        "{error:?}"
    );
    assert!(!error.is_final());
    assert_eq!(receiver.next_request()["path"], "/silent");
}

#[test]
fn nobody_inside_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let settings: WebhookSettings = toml::from_str("allow_private = [\"10.0.0.5/32\"]").unwrap();
    let sender = Sender::new(&settings).unwrap();
    for host in [
        "127.0.0.1",
        "127.1.2.3",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "[::]",
        "10.0.0.6",
        "169.254.169.254",
        "[fd00:ec2::254]",
    ] {
        let target = target(&format!("https://{host}:{port}/"), None);
        let error = sender.deliver(&target, &message()).unwrap_err();
        let is_forbidden = matches!(error, WebhookError::Forbidden);
        assert!(is_forbidden && error.is_final(), "{host}: {error:?}");
        assert_eq!(error.kind(), Kind::Refused);
    }
    let plain = target(&format!("http://127.0.0.1:{port}/"), None);
    assert!(matches!(
        sender.check(&plain.url),
        Err(WebhookError::Forbidden)
    ));
    let error = sender.deliver(&plain, &message()).unwrap_err();
    assert!(matches!(error, WebhookError::Forbidden));
    let nobody_came = listener.accept().unwrap_err();
    assert_eq!(nobody_came.kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn who_is_not_trusted_learns_nothing() {
    let (mut receiver, secret, sender) = receiver();
    let settings: WebhookSettings = toml::from_str("allow_loopback = true").unwrap();
    let mistrusting = Sender::new(&settings).unwrap();
    let target = target(&receiver.url("/T0KEN"), Some(&secret));
    let error = mistrusting.deliver(&target, &message()).unwrap_err();
    assert!(matches!(error, WebhookError::Untrusted { .. }), "{error:?}");
    let words = format!("{error} {error:?} {target:?}");
    assert!(!words.contains("T0KEN"), "{words}");
    sender.deliver(&target, &message()).unwrap();
    assert_eq!(receiver.next_request()["verified"], true);
}

#[test]
fn settings_are_read_without_a_doubt() {
    for text in [
        "allow_lopback = true",
        "allow_private = [\"10.0.0.5/8\"]",
        "allow_private = [\"house.example\"]",
    ] {
        assert!(toml::from_str::<WebhookSettings>(text).is_err(), "{text}");
    }
}

#[test]
fn events_have_the_form_of_the_specification() {
    let event = Event {
        name: "recording.published",
        timestamp: UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        data: BTreeMap::from([("recording", "rec_1")]),
    };
    let text = serde_json::to_string(&event).unwrap();
    let wanted = r#"{"type":"recording.published","timestamp":"2027-01-15T08:00:00Z","data":{"recording":"rec_1"}}"#;
    assert_eq!(text, wanted);
}
