//! Attacks on the service, made as whoever attacks it makes them. Roles and tenants are attacked in
//! `access`, sessions and forms in `pages`, secrets in `guesses`, connections in the tests of the program.

use std::{io::Write, net::TcpListener};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use scrim_policy::{AccountRole, ErasureId, TenantId};
use scrim_storage::{catalog::Selection, service::MessageState};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    HOST, PASSWORD, Reply, Service,
    access::{Ids, body, furnish, routes},
};
use crate::{
    config::Config,
    serve::{app::now, messages},
};

const TENANT: TenantId = TenantId::SINGLE;
const ALL: &[AccountRole] = AccountRole::ALL;

/// Breaks out of elements, attributes and scripts, wherever it is not made text.
const MARKUP: &str = "</script><img src=x onerror=alert(1)>\"'&";

/// The id at a place, as [`Ids`] fills it in.
pub(super) fn id(ids: &Ids, place: &str) -> String {
    let filled = ids.fill(&format!("{place}/{{id}}"));
    filled.split_once('/').unwrap().1.to_owned()
}

/// The id that a reply gives to something new.
fn made(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

/// An erasure that a tenant has carried out.
fn erasure(service: &Service, tenant: TenantId) -> ErasureId {
    let vault = &service.app.vault;
    let mut writer = vault.create_original(tenant, now()).unwrap();
    writer.write_all(b"what is erased").unwrap();
    let original = writer.finish(None, now()).unwrap().row().id;
    let terms = Config::default().retention.terms();
    let selection = Selection::Recording(original);
    let erased = vault.erase(tenant, &selection, terms, now(), &|_| ());
    erased.unwrap().id
}

#[test]
fn ids_of_others_are_answered_like_ids_of_nothing() {
    let service = Service::new();
    let other = TenantId::from_uuid(Uuid::from_u128(42));
    let mut theirs = furnish(&service, other);
    theirs.set("erasures", erasure(&service, other));
    let nothing = Ids::of_nothing();
    let token = service.token(TENANT, "intruder", ALL);
    let mut asked = 0;
    for route in routes(&service) {
        if !route.path.contains("{id}") || !route.path.starts_with("/api/") {
            continue;
        }
        asked += 1;
        let [found, missing] = [&theirs, &nothing].map(|ids| {
            let path = ids.fill(&route.path);
            service.api(&token, route.method, &path, body(&route))
        });
        assert_eq!(found.status, missing.status, "{route:?}");
        assert_eq!(found.text(), missing.text(), "{route:?}");
    }
    assert!(asked > 25, "only {asked} routes were asked");

    let own = furnish(&service, TENANT);
    let bodies = |ids: &Ids| {
        let (recording, policy) = (id(ids, "recordings"), id(ids, "policies"));
        let (own_recording, own_policy) = (id(&own, "recordings"), id(&own, "policies"));
        [
            (
                "/api/v1/jobs",
                json!({ "recording": recording, "policy": own_policy }),
            ),
            (
                "/api/v1/jobs",
                json!({ "recording": own_recording, "policy": policy }),
            ),
            (
                "/api/v1/holds",
                json!({ "recording": recording, "reason": "x", "approver": "y" }),
            ),
            (
                "/api/v1/erasures",
                json!({ "recording": recording, "dry_run": true }),
            ),
            ("/api/v1/erasures", json!({ "recording": recording })),
        ]
    };
    let log = || service.app.vault.audit_records(None, None, 1000).unwrap();
    for ((path, found), (_, missing)) in bodies(&theirs).into_iter().zip(bodies(&nothing)) {
        let before = log().len();
        let [found, missing] =
            [found, missing].map(|body| service.api(&token, "POST", path, &body.to_string()));
        assert_eq!(found.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(found.text(), missing.text(), "{path}");
        // Nor does the log say that something was done to it. That an erasure was refused it does say.
        if path != "/api/v1/erasures" {
            assert_eq!(log().len(), before, "{path}");
        }
    }
}

#[test]
fn no_session_changes_anything_without_its_token() {
    let service = Service::new();
    service.account(TENANT, "anna", ALL);
    let cookies = service.sign_in("anna");
    let mut asked = 0;
    for route in routes(&service) {
        let is_change = !matches!(route.method, "GET" | "HEAD" | "OPTIONS");
        if !is_change || !route.who.contains(": ") {
            continue;
        }
        asked += 1;
        let path = Ids::of_nothing().fill(&route.path);
        for kind in [
            "application/x-www-form-urlencoded",
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
        ] {
            let headers = [
                ("cookie", cookies.as_str()),
                ("content-type", kind),
                ("sec-fetch-site", "same-origin"),
            ];
            let reply = service.ask(route.method, &path, &headers, "csrf=&x={}");
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{route:?} {kind}");
            assert!(reply.text().contains("out of date"), "{}", reply.text());
        }
    }
    assert!(asked > 50, "only {asked} routes were asked");
}

#[test]
fn markup_that_people_write_is_text_on_every_page() {
    let service = Service::new();
    let ids = furnish(&service, TENANT);
    let anna = service.account(TENANT, "anna", ALL);
    let token = service.token(TENANT, "program", ALL);
    let account = service.app.vault.account(TENANT, anna).unwrap().unwrap();
    let times = (now(), now().plus_days(1));
    let may = account.roles.permissions();
    let own_token = service.app.vault.make_token(&account, MARKUP, &may, times);
    own_token.unwrap();

    let recording = id(&ids, "recordings");
    let api = |method: &str, path: &str, body: Value| {
        service
            .api(&token, method, path, &body.to_string())
            .status
            .as_u16()
    };
    let path = format!("/api/v1/recordings/{recording}");
    assert_eq!(api("PATCH", &path, json!({ "title": MARKUP })), 200);
    assert_eq!(api("PATCH", &path, json!({ "add_tags": [MARKUP] })), 422);
    let link = json!({ "label": MARKUP, "audience": MARKUP, "allows": ["play"], "days": 1 });
    assert_eq!(api("POST", &format!("{path}/links"), link), 201);
    let hold = json!({ "recording": recording, "reason": MARKUP, "approver": MARKUP });
    assert_eq!(api("POST", "/api/v1/holds", hold), 201);
    let account = json!({ "name": MARKUP, "email": "x&'@example.eu", "roles": ["attendee"] });
    assert_eq!(api("POST", "/api/v1/accounts", account), 201);
    let region =
        json!({ "name": "stage", "kind": "stage", "rect": [0, 0, 1, 1], "action": "keep" });
    let policy = json!({ "document": { "schema": 1, "name": MARKUP, "region": [region] } });
    assert_eq!(api("POST", "/api/v1/policies", policy), 201);
    let url = format!("https://hooks.example/{MARKUP}");
    let webhook = json!({ "url": url, "events": ["recording.ready"] });
    assert_eq!(api("POST", "/api/v1/webhooks", webhook), 422);

    let cookies = service.sign_in("anna");
    let escaped = "&#60;img src=x onerror=alert(1)&#62;";
    let mut shown = Vec::new();
    for route in routes(&service) {
        if route.method != "GET" || route.path.starts_with("/api/") {
            continue;
        }
        // What is looked for comes back on the page, and takes away what it does not fit.
        for query in ["", "?q=%3C/script%3E%3Cimg%20src=x%3E"] {
            let path = ids.fill(&route.path) + query;
            let headers = [("cookie", cookies.as_str()), ("accept", "text/html")];
            let page = service.ask("GET", &path, &headers, "").text();
            assert!(!page.contains("<img src=x"), "{}: {page}", route.path);
            if page.contains(escaped) {
                shown.push(route.path.clone());
            }
        }
    }
    for path in [
        "/account/tokens",
        "/admin/users",
        "/dpo/retention",
        "/recordings",
    ] {
        assert!(shown.iter().any(|shown| shown == path), "{path}: {shown:?}");
    }
}

#[test]
fn no_path_leads_out_of_what_is_served() {
    let service = Service::new();
    let token = service.token(TENANT, "program", ALL);
    let ids = furnish(&service, TENANT);
    let files = format!("/api/v1/recordings/{}/files", id(&ids, "recordings"));
    let link = format!("/d/scl_{}", "A".repeat(43));
    let names = [
        "../Cargo.toml",
        "..%2f..%2fkeyring.json",
        "%2e%2e/%2e%2e/keyring.json",
        "%2e%2e%2fkeyring.json",
        "..%5c..%5ckeyring.json",
        "....//keyring.json",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "file:%2f%2f%2fetc%2fpasswd",
        "scrim.css%00.txt",
        "recording.mp4%00",
        "recording.mp4%2f..",
        "scrim.css/",
        "attendance.json",
        "%ff",
        "%c0%ae%c0%ae%c0%afkeyring.json",
    ];
    for base in [
        "/assets",
        files.as_str(),
        link.as_str(),
        "/api/v1/recordings",
    ] {
        for name in names {
            let path = format!("{base}/{name}");
            let reply = service.api(&token, "GET", &path, "");
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
            let kind = reply.header("content-type");
            assert_eq!(kind, "application/problem+json", "{path}");
        }
    }
}

#[test]
fn bodies_that_are_too_long_or_too_deep_are_refused_and_others_go_on() {
    let service = Service::new();
    let token = service.token(TENANT, "program", ALL);
    service.account(TENANT, "anna", ALL);
    let cookies = service.sign_in("anna");
    let csrf = service.csrf(&cookies, "/account");
    let long = "a".repeat(3 << 20);
    let too_large = StatusCode::PAYLOAD_TOO_LARGE;
    let json = format!("{{\"document\":\"{long}\"}}");
    let reply = service.api(&token, "POST", "/api/v1/policies", &json);
    assert_eq!(reply.status, too_large);
    for (cookies, path) in [("", "/login"), (cookies.as_str(), "/account/language")] {
        let fields = [("csrf", csrf.as_str()), ("language", long.as_str())];
        let reply = service.form(cookies, path, &fields);
        assert_eq!(reply.status, too_large, "{path}");
    }
    let deep = format!("{{\"document\":{}", "[".repeat(1 << 20));
    let reply = service.api(&token, "POST", "/api/v1/policies", &deep);
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let reply = service.ask("GET", "/healthz", &[], "");
    assert_eq!(reply.status, StatusCode::OK);
}

#[test]
fn nobody_is_led_away_after_signing_in() {
    let service = Service::new();
    service.account(TENANT, "anna", ALL);
    let cookies = service.sign_in("anna");
    for next in [
        "//evil.example",
        "///evil.example",
        "https:evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\r\nlocation: https://evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "",
    ] {
        let query = serde_urlencoded::to_string([("next", next)].as_slice()).unwrap();
        let path = format!("/login?{query}");
        let page = service.ask("GET", &path, &[], "").text();
        assert!(
            page.contains("name=\"next\" value=\"/recordings\""),
            "{next}"
        );
        let reply = service.ask("GET", &path, &[("cookie", &cookies)], "");
        assert_eq!(reply.header("location"), "/recordings", "{next}");
        let fields = [
            ("email", "anna@example.eu"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let reply = service.form("", "/login", &fields);
        assert_eq!(reply.header("location"), "/recordings", "{next}");
    }
}

#[test]
fn no_webhook_reaches_inside() {
    let service = Service::new();
    let token = service.token(TENANT, "program", ALL);
    let add = |url: &str| {
        let body = json!({ "url": url, "events": ["security.alert"] });
        service.api(&token, "POST", "/api/v1/webhooks", &body.to_string())
    };
    for url in [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://hooks.example/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://user@hooks.example/",
        "https://[::1%25lo]/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/",
    ] {
        assert_eq!(add(url).status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
    }
    let inside = TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let port = inside.local_addr().unwrap().port();
    let webhooks = [
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://[fd00:ec2::254]/".to_owned(),
        "https://10.0.0.1/".to_owned(),
        "https://192.168.1.1/".to_owned(),
        "https://0.0.0.0/".to_owned(),
    ]
    .map(|url| (made(&add(&url)), url));
    let alert = messages::alert(messages::Alert::GateOverridden, "/recordings");
    messages::tell(&service.app, TENANT, &alert);
    assert_eq!(messages::send_due(&service.app).unwrap(), webhooks.len());
    for (webhook, url) in webhooks {
        let standing = service.app.vault.messages_to(TENANT, &webhook).unwrap();
        assert_eq!(standing[0].state, MessageState::Failed, "{url}");
    }
    assert!(inside.accept().is_err(), "somebody inside was asked");
}

#[test]
fn other_names_for_the_host_are_not_believed() {
    let service = Service::new();
    let ask = |uri: &str, hosts: &[&str]| {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header("host", *host);
        }
        service.send(request.body(Body::empty()).unwrap()).status
    };
    assert_eq!(ask("/login", &[HOST]), StatusCode::OK);
    let misdirected = StatusCode::MISDIRECTED_REQUEST;
    assert_eq!(ask("/login", &[]), misdirected);
    assert_eq!(ask("/login", &[HOST, "evil.example"]), misdirected);
    assert_eq!(ask("/login", &["evil.example", HOST]), misdirected);
    assert_eq!(ask("http://evil.example/login", &[HOST]), misdirected);
    assert_eq!(ask("/login", &["127.0.0.1:8480.evil.example"]), misdirected);
    assert_eq!(ask("/login", &["evil.example@127.0.0.1:8480"]), misdirected);

    let token = service.token(TENANT, "program", ALL);
    let bearer = format!("Bearer {token}");
    let account = json!({ "name": "Bert", "email": "bert@example.eu", "roles": ["attendee"] });
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example"),
        ("x-original-url", "/api/v1/account"),
    ];
    let reply = service.ask("POST", "/api/v1/accounts", &headers, account.to_string());
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text());
    let place = format!("\"http://{HOST}/invite/");
    assert!(reply.text().contains(&place), "{}", reply.text());
}

#[test]
fn no_header_and_no_field_makes_one_method_another() {
    let service = Service::new();
    let token = service.token(TENANT, "program", ALL);
    let webhook = json!({ "url": "https://hooks.example/", "events": ["recording.ready"] });
    let reply = service.api(&token, "POST", "/api/v1/webhooks", &webhook.to_string());
    let path = format!("/api/v1/webhooks/{}", made(&reply));
    let bearer = format!("Bearer {token}");
    for name in [
        "x-http-method-override",
        "x-method-override",
        "x-http-method",
    ] {
        for method in ["GET", "POST"] {
            let headers = [
                ("authorization", bearer.as_str()),
                (name, "DELETE"),
                ("content-type", "application/x-www-form-urlencoded"),
            ];
            let path = format!("{path}?_method=DELETE");
            let reply = service.ask(method, &path, &headers, "_method=DELETE");
            assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{name}");
            assert_eq!(reply.header("allow"), "DELETE");
            assert_eq!(reply.header("content-type"), "application/problem+json");
        }
    }
    assert_eq!(service.app.vault.webhooks(TENANT).unwrap().len(), 1);
    let reply = service.api(&token, "DELETE", &path, "");
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
}
