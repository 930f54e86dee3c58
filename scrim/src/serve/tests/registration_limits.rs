//! When nobody can register for a room, or not any more.

use axum::http::StatusCode;
use scrim_policy::{AccountRole, Pii, TenantId};
use scrim_storage::service::Registrant;
use scrim_testkit::{MailEncryption, MailServer};
use serde_json::{Value, json};

use super::{
    super::{app::now, upkeep},
    Service,
    registrations::{ADA, House, ROOMS, config, register_path},
};

const TENANT: TenantId = TenantId::SINGLE;

#[test]
fn a_network_registers_only_so_often() {
    let mail = MailServer::start(MailEncryption::Plain);
    let mut config = config(&mail);
    config.limits = toml::from_str("registration = { requests = 2, seconds = 3600 }").unwrap();
    let service = Service::with(&config);
    let token = service.token(TENANT, "hanna", &[AccountRole::Organiser]);
    let house = House {
        service,
        mail,
        token,
    };
    let room = house.plan("open");
    let register = |email: &str| house.register(&room, "Ada Canary", email, "en");
    assert_eq!(register(ADA).status, StatusCode::OK);
    assert_eq!(register("bo@canary.example").status, StatusCode::OK);
    let refused = register("cleo@canary.example");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!(seconds > 0);
    // Whoever only looks is not counted.
    let page = house.service.ask("GET", &register_path(&room), &[], "");
    assert_eq!(page.status, StatusCode::OK);
}

#[test]
fn registration_ends_with_the_meeting_and_opens_for_no_other_room() {
    let mut house = House::new();
    let room = house.plan("open");
    let closed = house.plan("closed");
    let see = |house: &House, path: &str| house.service.ask("GET", path, &[], "").status;
    assert_eq!(see(&house, &register_path(&closed)), StatusCode::CONFLICT);
    let refused = house.register(&closed, "Ada Canary", ADA, "en");
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let unknown = format!("/register/scr_{}", "A".repeat(43));
    assert_eq!(see(&house, &unknown), StatusCode::NOT_FOUND);
    let confirm = house.registered(&room, "Ada Canary", ADA);
    let vault = house.service.app.vault.clone();
    vault.note_room_opened(room.id, now()).unwrap();
    assert_eq!(see(&house, &register_path(&room)), StatusCode::OK);
    vault.note_room_ended(room.id, now()).unwrap();
    assert_eq!(see(&house, &register_path(&room)), StatusCode::GONE);
    let late = house.register(&room, "Bo Canary", "bo@canary.example", "en");
    assert_eq!(late.status, StatusCode::GONE);
    assert_eq!(see(&house, &confirm), StatusCode::GONE);
    let late = house.service.form("", &confirm, &[("name", "Ada")]);
    assert_eq!(late.status, StatusCode::GONE);
    let guessed = format!("/confirm/scc_{}", "A".repeat(43));
    assert_eq!(see(&house, &guessed), StatusCode::GONE);
}

#[test]
fn a_full_room_says_so_and_takes_nobody_more() {
    let mut house = House::new();
    let room = house.plan("open");
    let path = format!("{ROOMS}/{}", room.id);
    let rules = json!({ "rules": {
        "is_registered_only": true,
        "registration": "open",
        "most_registrations": 1,
    } });
    let changed = house.api("PATCH", &path, &rules);
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let first = house.registered(&room, "Ada Canary", ADA);
    let second = house.registered(&room, "Bo Canary", "bo@canary.example");
    let confirm = |house: &House, path: &str| house.service.form("", path, &[("name", "X")]);
    assert_eq!(confirm(&house, &first).status, StatusCode::OK);
    house.letter();
    let full = confirm(&house, &second);
    assert_eq!(full.status, StatusCode::CONFLICT);
    assert!(full.text().contains("All places are taken"));
    let page = house.service.ask("GET", &register_path(&room), &[], "");
    assert!(
        page.text().contains("All places are taken"),
        "{}",
        page.text()
    );
}

#[test]
fn rules_about_registrations_have_to_make_sense() {
    let house = House::new();
    let plan = |house: &House, rules: Value| {
        let wanted = json!({ "title": "Canary talk", "rules": rules });
        house.api("POST", ROOMS, &wanted).status
    };
    let wrong = [
        json!({ "registration": "open" }),
        json!({ "is_registered_only": true, "registration": "ajar" }),
        json!({ "is_registered_only": true, "registration": "open", "most_registrations": 0 }),
        json!({ "is_registered_only": true, "registration": "open", "most_registrations": 5001 }),
    ];
    for rules in wrong {
        let status = plan(&house, rules.clone());
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{rules}");
    }
    let fine = json!({ "is_registered_only": true, "registration": "open" });
    assert_eq!(plan(&house, fine.clone()), StatusCode::CREATED);
    // Without mail nobody could ever confirm anything.
    let service = Service::new();
    let token = service.token(TENANT, "hanna", &[AccountRole::Organiser]);
    let wanted = json!({ "title": "Canary talk", "rules": fine });
    let refused = service.api(&token, "POST", ROOMS, &wanted.to_string());
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("sends no mail"),
        "{}",
        refused.text()
    );
}

#[test]
fn what_nobody_confirms_is_forgotten_after_a_day() {
    let house = House::new();
    let room = house.plan("open");
    let vault = &house.service.app.vault;
    let who = |email: &str| Registrant {
        name: Pii::new("Ada Canary".to_owned()),
        email: Pii::new(email.to_owned()),
        language: "en".to_owned(),
    };
    let register = |email, at| vault.register(&room, &who(email), at).unwrap().unwrap().0;
    let old = register(ADA, now().minus_days(1));
    let new = register("bo@canary.example", now());
    upkeep::tidy(&house.service.app).unwrap();
    assert!(vault.registration(TENANT, old).unwrap().is_none());
    assert!(vault.registration(TENANT, new).unwrap().is_some());
}
