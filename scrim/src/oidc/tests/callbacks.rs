//! What browsers bring back that they should not.

use std::time::{Duration, SystemTime};

use scrim_policy::Kind;

use super::{
    super::{OidcError, Pending},
    Peer, come_back,
};

/// Returns a sign-in with other words in it.
fn changed(pending: &Pending, name: &str, value: &str) -> Pending {
    let mut saved: serde_json::Value = serde_json::from_slice(&pending.to_bytes()).unwrap();
    saved[name] = value.into();
    Pending::from_bytes(&serde_json::to_vec(&saved).unwrap()).unwrap()
}

fn copy(pending: &Pending) -> Pending {
    Pending::from_bytes(&pending.to_bytes()).unwrap()
}

#[test]
fn a_callback_of_another_sign_in_is_refused_before_anybody_is_asked() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    let now = SystemTime::now();
    let (mine, my_query) = come_back(&provider);
    let (_, other_query) = come_back(&provider);
    let finish = |query: &str| provider.finish(copy(&mine), query, now).unwrap_err();

    assert!(matches!(finish(&other_query), OidcError::OtherState));
    let state = format!("state={}", mine.state());
    let without = my_query.replace(&state, "x=y");
    assert!(matches!(finish(&without), OidcError::BadCallback));
    let empty = my_query.replace(&state, "state=");
    assert!(matches!(finish(&empty), OidcError::OtherState));
    for twice in ["state=x", "code=x", "iss=x"] {
        let query = format!("{my_query}&{twice}");
        assert!(matches!(finish(&query), OidcError::BadCallback), "{twice}");
    }
    for bad in ["", "?", "code", &"x".repeat(10_000), "a b", "\u{1}"] {
        assert!(matches!(finish(bad), OidcError::BadCallback), "{bad:?}");
    }
    let no_code = format!("{state}&iss={}", peer.provider.issuer());
    assert!(matches!(finish(&no_code), OidcError::BadCallback));
    assert_eq!(finish(&other_query).kind(), Kind::Refused);
    assert_eq!(peer.count("/token"), 0);
    assert!(provider.finish(mine, &my_query, now).is_ok());
}

#[test]
fn a_callback_of_another_provider_is_refused() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    let now = SystemTime::now();
    let (pending, query) = come_back(&provider);
    let issuer = super::super::percent_encoded(&peer.provider.issuer());
    let named = format!("iss={issuer}");
    assert!(query.contains(&named), "{query}");
    for other in ["iss=https%3A%2F%2Fattacker.example", "iss=", "x=y"] {
        let mixed = query.replace(&named, other);
        let error = provider.finish(copy(&pending), &mixed, now).unwrap_err();
        assert!(matches!(error, OidcError::MixUp), "{other}: {error}");
    }
    // The settings have changed since.
    let before = changed(&pending, "issuer", "https://old.example");
    let error = provider.finish(before, &query, now).unwrap_err();
    assert!(matches!(error, OidcError::MixUp), "{error}");
    assert_eq!(peer.count("/token"), 0);
}

#[test]
fn a_sign_in_ends_within_a_quarter_of_an_hour() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    let now = SystemTime::now();
    let (pending, query) = come_back(&provider);
    for at in [
        now + Duration::from_secs(15 * 60 + 2),
        now - Duration::from_secs(60),
    ] {
        let error = provider.finish(copy(&pending), &query, at).unwrap_err();
        assert!(matches!(error, OidcError::Expired), "{error}");
    }
}

#[test]
fn a_code_is_used_once_and_only_with_its_verifier() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    let now = SystemTime::now();
    let (pending, query) = come_back(&provider);
    assert!(provider.finish(copy(&pending), &query, now).is_ok());
    let again = provider.finish(pending, &query, now).unwrap_err();
    let is_refused = |error: &OidcError| matches!(error, OidcError::CodeRefused { code } if *code == "invalid_grant");
    assert!(is_refused(&again), "{again}");

    let (pending, query) = come_back(&provider);
    let stolen = changed(&pending, "verifier", &"v".repeat(43));
    // On a busy machine the second one began seconds after the first.
    let now = SystemTime::now();
    let error = provider.finish(stolen, &query, now).unwrap_err();
    assert!(is_refused(&error), "{error}");
}

#[test]
fn a_no_is_told_without_the_words_of_the_provider() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    peer.cheat("deny");
    let (pending, query) = come_back(&provider);
    assert!(query.contains("Maja"), "{query}");
    let now = SystemTime::now();
    let error = provider.finish(copy(&pending), &query, now).unwrap_err();
    assert!(matches!(
        error,
        OidcError::Denied {
            code: "access_denied"
        }
    ));
    assert!(!format!("{error} {error:?}").contains("Maja"));
    let odd = query.replace("access_denied", "%3Cscript%3E");
    let error = provider.finish(pending, &odd, now).unwrap_err();
    assert!(matches!(
        error,
        OidcError::Denied {
            code: "another reason"
        }
    ));
}

#[test]
fn a_saved_sign_in_is_read_as_a_whole_or_not() {
    for bad in ["", "{}", "null", "{\"issuer\":\"x\"}"] {
        assert!(Pending::from_bytes(bad.as_bytes()).is_none(), "{bad}");
    }
}
