//! Guessing secrets: whoever is wrong waits, and longer and longer where a secret is one of people.

use axum::http::StatusCode;
use scrim_policy::{AccountRole, TenantId};
use scrim_storage::service::{NewLink, NewPassword};
use serde_json::json;

use super::{PASSWORD, Reply, Service, access::furnish, attacks::id};
use crate::{config::Config, serve::app::now};

const TENANT: TenantId = TenantId::SINGLE;
const ALL: &[AccountRole] = AccountRole::ALL;

/// Asks again and again until it is told to wait. Nothing else but `expected` may be said before.
fn until_told_to_wait(expected: StatusCode, ask: impl Fn() -> Reply) {
    for _ in 0..40 {
        let reply = ask();
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            let seconds: u64 = reply.header("retry-after").parse().unwrap();
            assert!(seconds > 0, "{seconds}");
            return;
        }
        assert_eq!(reply.status, expected, "{}", reply.text());
    }
    panic!("nobody was told to wait");
}

#[test]
fn whoever_tries_secrets_has_to_wait() {
    let limits = "[limits]\naddress = { requests = 20, seconds = 3600 }";
    let config: Config = toml::from_str(limits).unwrap();
    let page = [("accept", "text/html")];
    let secret = |prefix: &str| format!("{prefix}{}", "A".repeat(43));
    let service = Service::with(&config);
    until_told_to_wait(StatusCode::NOT_FOUND, || {
        service.ask("GET", &format!("/d/{}", secret("scl_")), &page, "")
    });
    let service = Service::with(&config);
    until_told_to_wait(StatusCode::GONE, || {
        service.ask("GET", &format!("/invite/{}", secret("sci_")), &page, "")
    });
    let service = Service::with(&config);
    until_told_to_wait(StatusCode::GONE, || {
        service.ask("GET", &format!("/consent/{}", secret("scp_")), &page, "")
    });
    let service = Service::with(&config);
    until_told_to_wait(StatusCode::UNAUTHORIZED, || {
        service.api(&secret("sct_"), "GET", "/api/v1/account", "")
    });
}

#[test]
fn whoever_tries_passwords_of_links_has_to_wait() {
    let service = Service::new();
    let ids = furnish(&service, TENANT);
    let organiser = service.account(TENANT, "anna", ALL);
    let password = NewPassword::of_link("quiet herons".to_owned()).unwrap();
    let link = NewLink {
        recording: id(&ids, "recordings").parse().unwrap(),
        label: "link",
        audience: "",
        allows: "play",
        password: Some(&password),
        expires_at: now().plus_days(1),
        most_uses: None,
        created_by: organiser,
    };
    let (_, secret) = service.app.vault.make_link(TENANT, &link, now()).unwrap();
    let path = format!("/d/{}", secret.expose());
    let enter = |password: &str| service.form("", &path, &[("password", password)]);
    until_told_to_wait(StatusCode::UNAUTHORIZED, || enter("loud herons"));
    // The right one is of no use either until then.
    assert_eq!(enter("quiet herons").status, StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn a_stolen_token_or_session_is_no_place_to_guess_the_password() {
    let wrong = json!({ "current": "wrong wrong wrong", "new": "another horse battery" });
    let service = Service::new();
    let token = service.token(TENANT, "anna", ALL);
    until_told_to_wait(StatusCode::UNPROCESSABLE_ENTITY, || {
        service.api(
            &token,
            "POST",
            "/api/v1/account/password",
            &wrong.to_string(),
        )
    });
    let service = Service::new();
    service.account(TENANT, "anna", ALL);
    let cookies = service.sign_in("anna");
    let csrf = service.csrf(&cookies, "/account");
    let change = |current: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("current", current),
            ("password", "another horse battery"),
            ("password_again", "another horse battery"),
        ];
        service.form(&cookies, "/account/password", &fields)
    };
    until_told_to_wait(StatusCode::UNPROCESSABLE_ENTITY, || {
        change("wrong wrong wrong")
    });
    assert_eq!(change(PASSWORD).status, StatusCode::TOO_MANY_REQUESTS);
}
