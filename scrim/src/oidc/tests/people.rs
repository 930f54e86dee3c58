//! Sign-ins that are as they should be, and whom they let in.

use scrim_policy::Kind;

use super::{super::discovery::SecretGoes, OidcError, Peer, sign_in};

const ROLES: &str =
    "roles_claim = \"groups\"\n[roles]\nwebinars = \"organiser\"\nboard = \"auditor\"";

#[test]
fn people_sign_in_whatever_their_token_is_signed_with() {
    let peer = Peer::with("{\"conform\": false}");
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let provider = peer.discover_with(&format!("scrim-{algorithm}"), ROLES);
        let identity = sign_in(&provider).unwrap();
        assert_eq!(identity.issuer, peer.provider.issuer());
        assert_eq!(identity.subject.reveal(), "subject-4711");
        let email = identity.email.unwrap();
        assert_eq!(email.reveal(), "maja.lindqvist@example.org");
        assert!(identity.email_verified);
        assert_eq!(identity.name.unwrap().reveal(), "Maja Lindqvist");
        assert_eq!(identity.roles, ["organiser"], "{algorithm}");
    }
    assert_eq!(peer.count("/me"), 0, "the ID token said it all");
}

#[test]
fn the_user_info_is_asked_where_the_token_names_no_address() {
    let peer = Peer::start();
    let identity = sign_in(&peer.discover_with("scrim-RS256", ROLES)).unwrap();
    let email = identity.email.unwrap();
    assert_eq!(email.reveal(), "maja.lindqvist@example.org");
    assert!(identity.email_verified);
    assert_eq!(peer.count("/me"), 1);

    peer.cheat("somebody-else");
    let error = sign_in(&peer.discover("scrim-RS256")).unwrap_err();
    assert!(matches!(error, OidcError::OtherSubject), "{error}");
}

#[test]
fn a_client_shows_its_secret_in_the_body_or_has_none() {
    let peer = Peer::with("{\"secret\": \"client_secret_post\"}");
    let provider = peer.discover("scrim-RS256");
    assert_eq!(provider.metadata.secret_goes, SecretGoes::InBody);
    assert!(sign_in(&provider).is_ok());
    assert!(sign_in(&peer.discover("scrim-public")).is_ok());
}

#[test]
fn only_verified_addresses_of_allowed_domains_are_let_in() {
    let peer = Peer::start();
    for (domains, is_allowed) in [
        ("[]", true),
        ("[\"example.com\", \"Example.ORG\"]", true),
        ("[\"example.com\"]", false),
        ("[\"ample.org\"]", false),
        ("[\"mail.example.org\"]", false),
    ] {
        let provider = peer.discover_with("scrim-RS256", &format!("allowed_domains = {domains}"));
        match sign_in(&provider) {
            Ok(_) => assert!(is_allowed, "{domains}"),
            Err(error) => {
                assert!(!is_allowed, "{domains}: {error}");
                assert!(matches!(error, OidcError::DomainNotAllowed), "{error}");
                assert_eq!(error.kind(), Kind::Refused);
            }
        }
    }
    peer.cheat("unverified");
    let open = sign_in(&peer.discover("scrim-RS256")).unwrap();
    assert!(open.email.is_some() && !open.email_verified);
    let limited = peer.discover_with("scrim-RS256", "allowed_domains = [\"example.org\"]");
    let error = sign_in(&limited).unwrap_err();
    assert!(matches!(error, OidcError::DomainNotAllowed), "{error}");
}

#[test]
fn nothing_of_a_person_and_no_secret_is_printed() {
    let peer = Peer::with("{\"conform\": false}");
    let provider = peer.discover("scrim-RS256");
    let (pending, query) = super::come_back(&provider);
    let saved = String::from_utf8(pending.to_bytes()).unwrap();
    let mut printed = format!("{pending:?} {provider:?} {:?}", provider.secret);
    let identity = provider
        .finish(pending, &query, std::time::SystemTime::now())
        .unwrap();
    printed.push_str(&format!("{identity:?}"));
    let saved: serde_json::Value = serde_json::from_str(&saved).unwrap();
    let mut secrets = vec!["Maja", "Lindqvist", "example.org", "subject-4711", "horse"];
    secrets.extend(["state", "nonce", "verifier"].map(|name| saved[name].as_str().unwrap()));
    for secret in secrets {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
