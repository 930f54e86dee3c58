//! ID tokens that are not what they seem.

use std::time::{Duration, SystemTime};

use super::{
    super::{OidcError, TokenFlaw},
    Peer, come_back, sign_in,
};

#[test]
fn no_forged_token_signs_anybody_in() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    for (how, flaw) in [
        ("nonce", TokenFlaw::Nonce),
        ("no-nonce", TokenFlaw::Nonce),
        ("audience", TokenFlaw::Audience),
        ("two-audiences", TokenFlaw::Audience),
        ("other-party", TokenFlaw::Audience),
        ("issuer", TokenFlaw::Issuer),
        ("expired", TokenFlaw::Expired),
        ("future", TokenFlaw::NotYet),
        ("not-before", TokenFlaw::NotYet),
        ("access-token", TokenFlaw::AccessToken),
        ("no-subject", TokenFlaw::Subject),
        ("critical", TokenFlaw::Critical),
        ("signature", TokenFlaw::Signature),
        ("payload", TokenFlaw::Signature),
        ("strange-key", TokenFlaw::Signature),
        ("unknown-key", TokenFlaw::UnknownKey),
        ("embedded-key", TokenFlaw::UnknownKey),
        ("key-of-another-algorithm", TokenFlaw::UnknownKey),
        ("none", TokenFlaw::Algorithm),
        ("none-with-signature", TokenFlaw::Algorithm),
        ("hs256", TokenFlaw::Algorithm),
        ("garbage", TokenFlaw::Malformed),
    ] {
        peer.cheat(how);
        match sign_in(&provider) {
            Err(OidcError::Token(found)) => assert_eq!(found, flaw, "{how}"),
            other => panic!("{how}: {other:?}"),
        }
    }
    assert_eq!(
        peer.count("/me"),
        0,
        "nobody else was asked about a forged token"
    );
    peer.cheat("");
    assert!(sign_in(&provider).is_ok());
}

#[test]
fn clocks_may_be_a_minute_apart() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    peer.cheat("just-expired");
    assert!(sign_in(&provider).is_ok());
}

#[test]
fn a_new_key_is_found_and_the_provider_is_not_asked_for_it_all_the_time() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    let start = SystemTime::now();
    assert_eq!(peer.count("/jwks"), 1);
    let finish = |seconds| {
        let (pending, query) = come_back(&provider);
        provider.finish(pending, &query, start + Duration::from_secs(seconds))
    };
    let is_unknown = |outcome| matches!(outcome, Err(OidcError::Token(TokenFlaw::UnknownKey)));

    peer.cheat("unknown-key");
    assert!(is_unknown(finish(1)));
    assert_eq!(peer.count("/jwks"), 1, "the keys are fresh");
    for _ in 0..3 {
        assert!(is_unknown(finish(62)));
    }
    assert_eq!(peer.count("/jwks"), 2);
    peer.cheat("new-key");
    assert!(is_unknown(finish(120)));
    assert!(finish(123).is_ok());
    assert!(finish(124).is_ok());
    assert_eq!(peer.count("/jwks"), 3);
}
