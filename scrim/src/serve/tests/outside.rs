//! Signing in with a provider that was certified, through the service.

use axum::http::StatusCode;
use scrim_policy::{AccountRole, TenantId};

use super::Service;
use crate::{
    config::Config,
    oidc::tests::{Peer, browser::Browser},
};

const ROLES: &str =
    "roles_claim = \"groups\"\n[roles]\nwebinars = \"organiser\"\nboard = \"auditor\"";

fn service(peer: &Peer, more: &str) -> Service {
    let mut config = Config::default();
    config.oidc = Some(peer.settings("scrim-RS256", more));
    Service::with(&config)
}

/// Goes to the provider and returns the path that it sends the browser back to, and the cookie.
fn go(service: &Service) -> (String, String) {
    let left = service.ask("GET", "/login/oidc?next=%2Faccount", &[], "");
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.text());
    let url = left.header("location").to_owned();
    let query = Browser::default().visit(&url);
    let query = query.trim_start_matches('?');
    (format!("/login/oidc/callback?{query}"), left.cookies())
}

#[test]
fn who_has_a_role_at_the_provider_gets_an_account_and_finds_it_again() {
    let peer = Peer::start();
    let service = service(&peer, ROLES);
    let page = service.ask("GET", "/login", &[], "").text();
    assert!(page.contains("href=\"/login/oidc?next="), "{page}");
    for _ in 0..2 {
        let (callback, cookie) = go(&service);
        let reply = service.ask("GET", &callback, &[("cookie", &cookie)], "");
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
        assert_eq!(reply.header("location"), "/account");
        let cookies = reply.cookies();
        let account = service.ask("GET", "/account", &[("cookie", &cookies)], "");
        assert_eq!(account.status, StatusCode::OK);
        // A ticket is good once.
        let again = service.ask("GET", &callback, &[("cookie", &cookie)], "");
        assert_eq!(again.status, StatusCode::FORBIDDEN);
    }
    let accounts = service.app.vault.accounts(TenantId::SINGLE).unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!(
        accounts[0].words.address.reveal(),
        "maja.lindqvist@example.org"
    );
    assert!(accounts[0].roles.has(AccountRole::Organiser));
    assert!(!accounts[0].has_password);
}

#[test]
fn who_has_none_is_sent_away_and_nobody_comes_back_in_another_browser() {
    let peer = Peer::start();
    let service = service(&peer, "");
    let (callback, cookie) = go(&service);
    let stolen = service.ask("GET", &callback, &[], "");
    assert_eq!(stolen.status, StatusCode::FORBIDDEN);
    assert_eq!(stolen.cookies(), "");
    let reply = service.ask("GET", &callback, &[("cookie", &cookie)], "");
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(
        service
            .app
            .vault
            .accounts(TenantId::SINGLE)
            .unwrap()
            .is_empty()
    );
}
