//! Planning rooms and inviting to them, by the API and by the pages.

use axum::http::StatusCode;
use scrim_policy::{AccountRole, TenantId};
use scrim_storage::service::{Bearer, LinkSecret};
use serde_json::{Value, json};

use super::{super::app::now, Reply, Service};

const TENANT: TenantId = TenantId::SINGLE;
const ROOMS: &str = "/api/v1/rooms";

fn organiser(service: &Service) -> String {
    service.token(TENANT, "hanna", &[AccountRole::Organiser])
}

fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

fn recorded() -> Value {
    json!({
        "title": "Canary briefing",
        "controller": "Example House",
        "contact": "dpo@example.eu",
        "purpose": "for colleagues who cannot come",
        "audience": "everybody who works here",
        "opens_at": "2027-01-15T10:00:00Z",
        "rules": {
            "has_waiting_room": true,
            "protection": "recorded",
            "recording": { "rule": "explicit", "can_refuse": true, "days": 30 },
        },
    })
}

#[test]
fn a_room_is_planned_changed_and_removed() {
    let service = Service::new();
    let token = organiser(&service);
    let ask = |method: &str, path: &str, body: Value| {
        service.api(&token, method, path, &body.to_string())
    };
    let made = ask("POST", ROOMS, recorded());
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = body(&made);
    let path = format!("{ROOMS}/{}", made["id"].as_str().unwrap());
    let (origin, code) = made["join_url"]
        .as_str()
        .unwrap()
        .split_once("/r/")
        .unwrap();
    assert_eq!(origin, service.app.settings.url());
    let code = LinkSecret::parse(Bearer::Room, code).unwrap();
    assert!(service.app.vault.room_of(&code).unwrap().is_some());
    assert_eq!(made["state"], "planned");
    assert_eq!(made["opens_at"], "2027-01-15T10:00:00Z");
    assert_eq!(made["rules"]["most_people"], 200);
    assert_eq!(made["rules"]["recording"]["days"], 30);
    assert_eq!(made["notice"].as_str().unwrap().len(), 16);

    let listed = body(&service.api(&token, "GET", ROOMS, ""));
    assert_eq!(listed["entries"], json!([made]));
    let change = json!({ "title": "Canary talk", "opens_at": "", "password": "opensesame" });
    let changed = ask("PATCH", &path, change);
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let changed = body(&changed);
    assert_eq!(changed["title"], "Canary talk");
    assert_eq!(changed["has_password"], true);
    assert!(changed.get("opens_at").is_none());
    // A list of values is no form, although it could be read as one.
    for list in [json!([]), json!([null, null])] {
        let refused = ask("PATCH", &path, list);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // What nobody has named stays.
    for kept in ["join_url", "rules", "controller", "notice"] {
        assert_eq!(changed[kept], made[kept], "{kept}");
    }
    let sealed = json!({ "rules": { "protection": "end_to_end" } });
    let sealed = body(&ask("PATCH", &path, sealed));
    assert_eq!(sealed["rules"]["protection"], "end_to_end");
    assert!(sealed.get("notice").is_none());

    let vault = &service.app.vault;
    let id = made["id"].as_str().unwrap().parse().unwrap();
    vault.note_room_opened(id, now()).unwrap();
    let late = ask("PATCH", &path, json!({ "title": "x" }));
    assert_eq!(late.status, StatusCode::CONFLICT);
    let taken = service.api(&token, "DELETE", &path, "");
    assert_eq!(taken.status, StatusCode::CONFLICT);
    vault.note_room_ended(id, now()).unwrap();
    let gone = service.api(&token, "DELETE", &path, "");
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let gone = service.api(&token, "GET", &path, "");
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[test]
fn a_room_that_makes_no_sense_is_not_planned() {
    let service = Service::new();
    let token = organiser(&service);
    let long = "x".repeat(501);
    let wrong = [
        ("/title", json!("")),
        ("/title", json!("x".repeat(201))),
        ("/title", json!("two\nlines")),
        // Nobody is recorded without being told by whom, what for and for whom.
        ("/controller", json!(" ")),
        ("/contact", json!("")),
        ("/purpose", json!("")),
        ("/audience", json!("")),
        ("/audience", json!(long)),
        ("/opens_at", json!("tomorrow")),
        ("/rules/protection", json!("sometimes")),
        ("/rules/protection", json!("unrecorded")),
        ("/rules/recording", Value::Null),
        ("/rules/recording/rule", json!("ask")),
        ("/rules/recording/days", json!(0)),
        ("/rules/recording/days", json!(36_501)),
        ("/rules/has_waiting_room", json!("yes")),
    ];
    for (place, value) in wrong {
        let mut room = recorded();
        *room.pointer_mut(place).unwrap() = value;
        let reply = service.api(&token, "POST", ROOMS, &room.to_string());
        assert_eq!(
            reply.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{place}: {}",
            reply.text()
        );
    }
    let added = [
        ("password", json!("short")),
        ("unknown", json!(1)),
        ("rules", json!({ "most_people": 0 })),
        ("rules", json!({ "most_people": 501 })),
        ("rules", json!({ "unknown": true })),
    ];
    for (key, value) in added {
        let mut room = recorded();
        room[key] = value;
        let reply = service.api(&token, "POST", ROOMS, &room.to_string());
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
    }
    let mut foreign = recorded();
    foreign["rules"]["recording"]["policy"] = json!(format!("pol_{}", "0".repeat(32)));
    let reply = service.api(&token, "POST", ROOMS, &foreign.to_string());
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        service
            .app
            .vault
            .rooms(TENANT, None, 10)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_invitation_leads_to_the_room_until_it_is_withdrawn() {
    let service = Service::new();
    let token = organiser(&service);
    let made = body(&service.api(&token, "POST", ROOMS, &recorded().to_string()));
    let path = format!("{ROOMS}/{}/invitations", made["id"].as_str().unwrap());
    let invite = |wanted: Value| service.api(&token, "POST", &path, &wanted.to_string());
    for wrong in [
        json!({ "name": "", "seat": "attendee" }),
        json!({ "name": "Ada Krol", "seat": "host" }),
        json!({ "name": "Ada Krol", "seat": "attendee", "email": "nowhere" }),
    ] {
        let refused = invite(wrong).status;
        assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let wanted = json!({ "name": "Ada Krol", "seat": "presenter", "email": "ada@example.eu" });
    let invited = invite(wanted);
    assert_eq!(invited.status, StatusCode::CREATED, "{}", invited.text());
    let invited = body(&invited);
    let (place, secret) = invited["url"].as_str().unwrap().split_once("#t=").unwrap();
    assert_eq!(place, made["join_url"]);
    let secret = LinkSecret::parse(Bearer::Invitation, secret).unwrap();
    let vault = &service.app.vault;
    let (found, _) = vault.room_invitation(&secret).unwrap().unwrap();
    assert_eq!(found.name.reveal(), "Ada Krol");
    // Its secret is shown once.
    let listed = service.api(&token, "GET", &path, "");
    assert!(!listed.text().contains(secret.expose()));
    assert_eq!(body(&listed)["entries"][0]["name"], "Ada Krol");

    let one = format!("{path}/{}", invited["id"].as_str().unwrap());
    let withdraw = || service.api(&token, "DELETE", &one, "").status;
    assert_eq!(withdraw(), StatusCode::NO_CONTENT);
    assert_eq!(withdraw(), StatusCode::NOT_FOUND);
    let (found, _) = vault.room_invitation(&secret).unwrap().unwrap();
    assert!(found.is_withdrawn());
}

#[test]
fn an_organiser_plans_a_room_and_invites_with_the_pages() {
    let service = Service::new();
    service.account(TENANT, "hanna", &[AccountRole::Organiser]);
    let cookies = service.sign_in("hanna");
    let csrf = service.csrf(&cookies, "/rooms/new");
    let page = |path: &str| service.ask("GET", path, &[("cookie", &cookies)], "").text();
    assert!(page("/rooms").contains("No meeting is planned yet"));
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("title", "Canary briefing"),
        ("begins", "2027-01-15T10:00"),
        ("most", "50"),
        ("contact", "dpo@example.eu"),
        ("door", "password"),
        ("password", ""),
        ("waiting", "yes"),
        ("protection", "explicit"),
        ("controller", "Example House"),
        ("purpose", "for colleagues who cannot come"),
        ("audience", "everybody who works here"),
        ("days", "30"),
        ("policy", ""),
        ("refuse", "yes"),
    ];
    // A room that should ask for a password and has none would be open to anybody.
    let refused = service.form(&cookies, "/rooms/new", &fields);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("value=\"Canary briefing\""));
    fields[6].1 = "opensesame";
    let planned = service.form(&cookies, "/rooms/new", &fields);
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.text());
    let path = planned.header("location").to_owned();

    let rooms = service.app.vault.rooms(TENANT, None, 10).unwrap();
    let [room] = rooms.as_slice() else {
        panic!("one room: {rooms:?}")
    };
    assert_eq!(path, format!("/rooms/{}", room.id));
    assert!(room.has_password && room.rules.has_waiting_room);
    assert_eq!(room.rules.most_people, 50);
    let facts = page(&path);
    assert!(facts.contains(&room.words.code) && facts.contains("15 Jan 2027, 10:00 UTC"));
    assert!(page("/rooms").contains("Canary briefing"));
    // Who records is mostly the same the next time; what it is about is not.
    let next = page("/rooms/new");
    assert!(next.contains("value=\"Example House\"") && !next.contains("colleagues"));

    let guest = [
        ("csrf", csrf.as_str()),
        ("name", "Ada Krol"),
        ("email", ""),
        ("seat", "attendee"),
    ];
    let invited = service.form(&cookies, &path, &guest);
    assert_eq!(invited.status, StatusCode::OK);
    assert!(invited.text().contains("#t=sci_"), "{}", invited.text());
    assert!(!page(&path).contains("#t=sci_"));
    let vault = &service.app.vault;
    let invitations = vault.room_invitations(TENANT, room.id).unwrap();
    let withdraw = format!("{path}/invitations/{}/withdraw", invitations[0].id);
    let only = [("csrf", csrf.as_str())];
    let withdrawn = service.form(&cookies, &withdraw, &only);
    assert_eq!(withdrawn.header("location"), path);
    let removed = service.form(&cookies, &format!("{path}/remove"), &only);
    assert_eq!(removed.header("location"), "/rooms");
    assert!(vault.rooms(TENANT, None, 10).unwrap().is_empty());
}
