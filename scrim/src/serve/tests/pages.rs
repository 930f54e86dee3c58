//! Signing in, forms and pages, as a browser and as an attacker.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use scrim_policy::{AccountRole, TenantId};

use super::{PASSWORD, Service};

const MANY: &[AccountRole] = AccountRole::ALL;

/// What browsers are told with every answer.
#[test]
fn every_answer_is_guarded_and_kept_by_nobody() {
    let service = Service::new();
    for path in [
        "/login",
        "/healthz",
        "/nowhere",
        "/api/v1/recordings",
        "/d/scl_x",
        "/recordings",
    ] {
        let reply = service.ask("GET", path, &[("accept", "text/html")], "");
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(reply.header("cache-control"), "private, no-store", "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), value, "{path}");
        }
        assert_eq!(reply.header("x-request-id").len(), 16, "{path}");
    }
}

#[test]
fn a_session_begins_anew_with_every_sign_in_and_ends_with_signing_out() {
    let service = Service::new();
    service.account(TenantId::SINGLE, "anna", MANY);
    // Fixation: a secret that somebody else has put there is not gone on with.
    let planted = service.sign_in("anna");
    let csrf = service.csrf(&planted, "/account");
    let fields = [
        ("csrf", csrf.as_str()),
        ("email", "anna@example.eu"),
        ("password", PASSWORD),
        ("next", "//evil.example"),
    ];
    let reply = service.form(&planted, "/login", &fields);
    assert_eq!(reply.header("location"), "/recordings");
    let cookies = reply.cookies();
    assert_ne!(cookies, planted);
    let see = |cookies: &str| {
        service
            .ask("GET", "/account", &[("cookie", cookies)], "")
            .status
    };
    assert_eq!(see(&planted), StatusCode::SEE_OTHER);
    assert_eq!(see(&cookies), StatusCode::OK);
    let set = reply.headers.get("set-cookie").unwrap().to_str().unwrap();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    let csrf = service.csrf(&cookies, "/account");
    let out = service.form(&cookies, "/logout", &[("csrf", &csrf)]);
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert_eq!(see(&cookies), StatusCode::SEE_OTHER);
}

#[test]
fn a_form_of_another_site_changes_nothing() {
    let service = Service::new();
    service.account(TenantId::SINGLE, "anna", MANY);
    let cookies = service.sign_in("anna");
    let csrf = service.csrf(&cookies, "/account");
    let body = format!("csrf={csrf}&language=de");
    let form = "application/x-www-form-urlencoded";
    let send = |headers: &[(&str, &str)], body: &str| {
        let mut all = vec![("cookie", cookies.as_str())];
        all.extend_from_slice(headers);
        service
            .ask("POST", "/account/language", &all, body.to_owned())
            .status
    };
    let here = ("origin", "http://127.0.0.1:8480");
    for (headers, body) in [
        (
            vec![("content-type", form), ("origin", "https://evil.example")],
            body.as_str(),
        ),
        (
            vec![("content-type", form), ("sec-fetch-site", "cross-site")],
            body.as_str(),
        ),
        (vec![("content-type", form), here], "language=de"),
        (vec![("content-type", form), here], "csrf=&language=de"),
        (vec![("content-type", "text/plain"), here], body.as_str()),
        (vec![("content-type", "application/json"), here], "{}"),
        (vec![("x-csrf-token", "wrong"), here], ""),
    ] {
        assert_eq!(
            send(&headers, body),
            StatusCode::FORBIDDEN,
            "{headers:?} {body}"
        );
    }
    assert_eq!(
        send(&[("content-type", form), here], &body),
        StatusCode::SEE_OTHER
    );
    // A token of somebody else's session is none of this one.
    service.account(TenantId::SINGLE, "berta", MANY);
    let others = service.sign_in("berta");
    let csrf = service.csrf(&others, "/account");
    let foreign = format!("csrf={csrf}&language=de");
    assert_eq!(
        send(&[("content-type", form), here], &foreign),
        StatusCode::FORBIDDEN
    );
}

/// Tries to sign in on the page.
fn sign_in(service: &Service, email: &str, password: &str) -> StatusCode {
    let fields = [("email", email), ("password", password), ("next", "")];
    let reply = service.form("", "/login", &fields);
    if reply.status == StatusCode::TOO_MANY_REQUESTS {
        assert!(!reply.header("retry-after").is_empty());
    }
    reply.status
}

/// Guesses until one has to wait. Returns until when that is at least, by how often it was wrong.
fn guess(service: &Service, email: &str) -> Instant {
    let mut until = Instant::now();
    for failures in 0..20 {
        let began = Instant::now();
        match sign_in(service, email, "wrong wrong wrong") {
            StatusCode::TOO_MANY_REQUESTS => {
                assert!(failures >= 5, "nobody has to wait after {failures}");
                return until;
            }
            status => assert_eq!(status, StatusCode::UNAUTHORIZED),
        }
        // 1 s after the fifth, and twice as long after each one more. Where the machine was slower than
        // that, the next guess was let through.
        let doublings = 1_u64.checked_shl((failures + 1_u32).saturating_sub(5));
        until = began + Duration::from_secs(doublings.unwrap_or_default());
    }
    panic!("{email} may be guessed for ever");
}

#[test]
fn guessing_a_password_takes_longer_and_longer() {
    let service = Service::new();
    service.account(TenantId::SINGLE, "anna", MANY);
    // Somebody who has no account is answered in the same way.
    guess(&service, "nobody@example.eu");
    for _ in 0..10 {
        let until = guess(&service, "anna@example.eu");
        // The right one is of no use either until then.
        let status = sign_in(&service, "anna@example.eu", PASSWORD);
        if Instant::now() < until {
            assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
            return;
        }
    }
    panic!("this machine is too slow to be kept waiting");
}

#[test]
fn the_first_administrator_is_made_once() {
    let service = Service::new();
    let secret = {
        let vault = &service.app.vault;
        vault
            .invite(TenantId::SINGLE, None, crate::serve::app::now())
            .unwrap()
    };
    let path = format!("/setup/{}", secret.expose());
    let fields = |email| {
        [
            ("name", "Anna <script>alert(1)</script>"),
            ("email", email),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
        ]
    };
    let mut short = fields("anna@example.eu");
    short[2].1 = "short";
    short[3].1 = "short";
    assert_eq!(
        service.form("", &path, &short).status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let wrong = service.form("", &path, &fields("no address"));
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = service.form("", &path, &fields("anna@example.eu"));
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let again = service.form("", &path, &fields("berta@example.eu"));
    assert_eq!(again.status, StatusCode::GONE);
    // What people call themselves is text on every page.
    let cookies = made.cookies();
    for path in [
        "/recordings",
        "/account",
        "/admin/users",
        "/dpo",
        "/dpo/audit",
        "/admin/health",
    ] {
        let page = service.ask("GET", path, &[("cookie", &cookies)], "");
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
        assert!(!page.text().contains("<script>alert"), "{path}");
        assert!(
            page.text().contains("&#60;script&#62;alert") || page.text().contains("&lt;script"),
            "{path}"
        );
    }
}

#[test]
fn pages_speak_the_language_of_their_reader() {
    let service = Service::new();
    let lang = |headers: &[(&str, &str)], path: &str| {
        let page = service.ask("GET", path, headers, "").text();
        page.split("<html lang=\"").nth(1).unwrap()[..2].to_owned()
    };
    assert_eq!(lang(&[], "/login"), "en");
    assert_eq!(
        lang(&[("accept-language", "fr-CH, de;q=0.9")], "/login"),
        "fr"
    );
    assert_eq!(
        lang(
            &[("accept-language", "de"), ("cookie", "scrim-language=pl")],
            "/login"
        ),
        "pl"
    );
    assert_eq!(lang(&[("accept-language", "de")], "/login?lang=it"), "it");
}

#[test]
fn another_host_is_not_answered() {
    let service = Service::new();
    let request = axum::http::Request::builder()
        .uri("/login")
        .header("host", "rebound.example")
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(
        service.send(request).status,
        StatusCode::MISDIRECTED_REQUEST
    );
}
