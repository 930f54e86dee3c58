//! Requests that come twice, exports, and what is watched while nobody asks.

use std::io::{Cursor, Read, Write};

use axum::http::StatusCode;
use scrim_policy::{AccountRole, RecordingId, TenantId};
use scrim_storage::{ArtefactKind, Timestamp, service::WebhookWords};
use scrim_testkit::WebhookReceiver;
use serde_json::Value;
use uuid::Uuid;

use super::{
    super::{app::now, messages, upkeep},
    Reply, Service,
};
use crate::{
    config::Config,
    notify::{WebhookSecret, WebhookSettings},
};

const TENANT: TenantId = TenantId::SINGLE;

/// What is on a published recording of these tests.
const MEDIA: &[u8] = b"this stands for a film";

/// Adds a published recording that came to be at some time.
fn published(service: &Service, tenant: TenantId, source: &str, at: Timestamp) -> RecordingId {
    let vault = &service.app.vault;
    let claim = service.claim(tenant, source, at);
    vault.start_rendering(&claim, 1_000_000_000, at).unwrap();
    let outputs = [ArtefactKind::Recording, ArtefactKind::Proof].map(|kind| {
        let mut writer = vault.create_artefact(&claim, kind, at).unwrap();
        writer.write_all(MEDIA).unwrap();
        writer.finish().unwrap().id
    });
    vault.publish(&claim, &outputs, at).unwrap();
    claim.recording()
}

fn keyed(service: &Service, token: &str, path: &str, key: &str, body: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    service.ask("POST", path, &headers, body.to_owned())
}

#[test]
fn a_request_with_a_key_is_done_once_and_answered_as_often_as_it_comes() {
    let service = Service::new();
    let token = service.token(TENANT, "anna", AccountRole::ALL);
    let other = service.token(TENANT, "bert", AccountRole::ALL);
    let recording = published(&service, TENANT, "one", now());
    let path = format!("/api/v1/recordings/{recording}/links");
    let body = r#"{"label":"for all","allows":["play"],"days":1}"#;
    let first = keyed(&service, &token, &path, "a", body);
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = keyed(&service, &token, &path, "a", body);
    assert_eq!((again.status, again.text()), (first.status, first.text()));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("content-type"), "application/json");
    let links = || {
        service
            .app
            .vault
            .links(TENANT, recording, now())
            .unwrap()
            .len()
    };
    assert_eq!(links(), 1);
    // The key is one account's, and stands for one request.
    let others = keyed(&service, &other, &path, "a", body);
    assert_eq!(others.header("idempotent-replayed"), "");
    assert_eq!(links(), 2);
    let different = keyed(&service, &token, &path, "a", &body.replace("all", "some"));
    assert_eq!(different.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        different.text().contains("another request"),
        "{}",
        different.text()
    );
    assert_eq!(links(), 2);
    for bad in ["", &"x".repeat(256)] {
        let reply = keyed(&service, &token, &path, bad, body);
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    assert_eq!(links(), 2);
}

#[test]
fn what_failed_is_tried_again_under_its_key() {
    let service = Service::new();
    let token = service.token(TENANT, "anna", AccountRole::ALL);
    let path = "/api/v1/policies";
    let wrong = keyed(&service, &token, path, "p", r#"{"document":{"schema":99}}"#);
    assert_eq!(
        wrong.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        wrong.text()
    );
    let right = r#"{"document":{"schema":1,"name":"s","region":[{"name":"s","kind":"stage","rect":[0,0,1,1],"action":"keep"}]}}"#;
    let right = keyed(&service, &token, path, "p", right);
    assert_eq!(right.status, StatusCode::CREATED, "{}", right.text());
}

fn export(service: &Service, token: &str, body: &Value) -> Reply {
    service.api(token, "POST", "/api/v1/exports", &body.to_string())
}

#[test]
fn an_export_is_a_zip_file_of_what_is_published() {
    let service = Service::new();
    let token = service.token(TENANT, "anna", AccountRole::ALL);
    let ids = ["one", "two"].map(|source| published(&service, TENANT, source, now()).to_string());
    let reply = export(&service, &token, &serde_json::json!({ "recordings": ids }));
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    assert_eq!(reply.header("content-type"), "application/zip");
    let mut zip = zip::ZipArchive::new(Cursor::new(reply.body)).unwrap();
    for id in &ids {
        let mut media = Vec::new();
        let mut file = zip.by_name(&format!("{id}/recording.mp4")).unwrap();
        file.read_to_end(&mut media).unwrap();
        assert_eq!(media, MEDIA);
    }
    let locked = serde_json::json!({ "recordings": ids, "password": "a password of many letters" });
    let reply = export(&service, &token, &locked);
    let mut zip = zip::ZipArchive::new(Cursor::new(reply.body)).unwrap();
    assert!(
        zip.by_name(&format!("{}/recording.mp4", ids[0])).is_err(),
        "it opens without a password"
    );
}

#[test]
fn an_export_of_more_than_one_may_see_is_refused() {
    let service = Service::new();
    let organiser = service.token(TENANT, "anna", &[AccountRole::Organiser]);
    let all = service.token(TENANT, "bert", AccountRole::ALL);
    let own = published(&service, TENANT, "one", now());
    let theirs = published(
        &service,
        TenantId::from_uuid(Uuid::from_u128(42)),
        "two",
        now(),
    );
    let part = |name: &str| serde_json::json!({ "recordings": [own], name: true });
    for (token, body, status) in [
        (&organiser, part("with_attendance"), StatusCode::FORBIDDEN),
        (
            &all,
            part("with_attendance"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            &all,
            serde_json::json!({ "recordings": [theirs] }),
            StatusCode::NOT_FOUND,
        ),
        (
            &all,
            serde_json::json!({ "recordings": [own, theirs] }),
            StatusCode::NOT_FOUND,
        ),
        (
            &all,
            serde_json::json!({ "recordings": [] }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            &all,
            serde_json::json!({ "recordings": ["rec_1"] }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            &all,
            serde_json::json!({ "recordings": [own], "password": "short" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let reply = export(&service, token, &body);
        assert_eq!(reply.status, status, "{body}: {}", reply.text());
    }
}

/// A service that tells programs, and who is told.
fn told(event: &str) -> (Service, WebhookReceiver) {
    let secret = WebhookSecret::random().unwrap().expose();
    let hooks = WebhookReceiver::start(&secret);
    let mut config = Config::default();
    config.webhooks = WebhookSettings {
        allow_loopback: true,
        ca_file: Some(hooks.ca_file()),
        ..WebhookSettings::default()
    };
    let service = Service::with(&config);
    let words = WebhookWords {
        url: hooks.url("/hook"),
        secret,
    };
    let vault = &service.app.vault;
    vault.add_webhook(TENANT, &words, event, now()).unwrap();
    (service, hooks)
}

fn next(hooks: &mut WebhookReceiver) -> Value {
    let body = hooks.next_request()["body"].as_str().unwrap().to_owned();
    serde_json::from_str(&body).unwrap()
}

#[test]
fn publishers_are_told_once_before_a_recording_expires() {
    let (service, mut hooks) = told("recording.expiring");
    let vault = &service.app.vault;
    let kept = vault.retention_rules(TENANT).unwrap();
    let no_tags = std::collections::BTreeSet::new();
    let days = kept
        .period(scrim_policy::RetentionClass::Published, &no_tags)
        .count();
    let soon = published(&service, TENANT, "one", now().minus_days(days - 3));
    published(&service, TENANT, "two", now().minus_days(days - 30));
    upkeep::sweep(&service.app).unwrap();
    assert_eq!(messages::send_due(&service.app).unwrap(), 1);
    let body = next(&mut hooks);
    assert_eq!(body["type"], "recording.expiring");
    assert_eq!(body["data"]["recordings"], serde_json::json!([soon]));
    // Swept already today.
    upkeep::sweep(&service.app).unwrap();
    assert_eq!(messages::send_due(&service.app).unwrap(), 0);
}

#[test]
fn a_store_that_does_not_answer_is_told_once_until_it_answers_again() {
    let (service, mut hooks) = told("security.alert");
    let objects = service.app.home.folder().join("objects");
    let aside = objects.with_extension("aside");
    let break_it = || {
        std::fs::rename(&objects, &aside).unwrap();
        std::fs::write(&objects, "no folder").unwrap();
    };
    let mend_it = || {
        std::fs::remove_file(&objects).unwrap();
        std::fs::rename(&aside, &objects).unwrap();
    };
    upkeep::measure(&service.app).unwrap();
    assert_eq!(messages::send_due(&service.app).unwrap(), 0);
    for _ in 0..2 {
        break_it();
        upkeep::measure(&service.app).unwrap();
        upkeep::measure(&service.app).unwrap();
        assert_eq!(messages::send_due(&service.app).unwrap(), 1);
        assert_eq!(next(&mut hooks)["data"]["alert"], "store_unreachable");
        mend_it();
        upkeep::measure(&service.app).unwrap();
        assert_eq!(messages::send_due(&service.app).unwrap(), 0);
    }
    let metrics = service.app.metrics.get().unwrap().encode();
    assert!(metrics.contains("dependency=\"store\""), "{metrics}");
}

#[test]
fn every_alert_has_words_in_every_language() {
    use super::super::texts::{Language, Texts};
    for language in Language::ALL {
        for alert in messages::Alert::ALL {
            let said = Texts::of(language).say(alert.text());
            assert_ne!(said, alert.text(), "{language:?}");
        }
    }
}
