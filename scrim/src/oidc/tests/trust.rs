//! Whom Scrim asks, and what it believes of the answer.

use std::{fs, os::unix::fs::PermissionsExt, time::SystemTime};

use scrim_policy::Kind;

use super::{
    super::{OidcError, OidcSettings, Provider},
    Peer, sign_in,
};

fn discover(settings: &OidcSettings) -> OidcError {
    Provider::discover(settings, SystemTime::now()).unwrap_err()
}

#[test]
fn an_issuer_by_another_name_is_refused() {
    let peer = Peer::start();
    let mut settings = peer.settings("scrim-RS256", "");
    let issuer = settings.issuer.clone();
    for other in [
        format!("{issuer}/"),
        issuer.replace("127.0.0.1", "localhost"),
    ] {
        settings.issuer = other;
        let error = discover(&settings);
        assert!(matches!(error, OidcError::OtherIssuer), "{error}");
    }
}

#[test]
fn a_provider_that_is_away_is_not_a_mistake_of_the_settings() {
    let peer = Peer::start();
    let settings = peer.settings("scrim-RS256", "");
    let provider = peer.discover("scrim-RS256");
    let (pending, query) = super::come_back(&provider);
    drop(peer.provider);
    assert_eq!(discover(&settings).kind(), Kind::Unavailable);
    let error = provider
        .finish(pending, &query, SystemTime::now())
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    let text = format!("{error} {error:?}");
    assert!(!text.contains("code="), "{text}");
}

#[test]
fn redirects_are_not_followed_and_answers_have_an_end() {
    let peer = Peer::start();
    let provider = peer.discover("scrim-RS256");
    peer.cheat("redirect");
    let error = sign_in(&provider).unwrap_err();
    assert!(
        matches!(error, OidcError::Status { status: 302, .. }),
        "{error}"
    );
    assert_eq!(peer.count("/elsewhere"), 0);
    peer.cheat("long");
    let error = sign_in(&provider).unwrap_err();
    assert!(matches!(error, OidcError::Unreadable { .. }), "{error}");
}

#[test]
fn a_wrong_secret_is_explained() {
    let peer = Peer::start();
    let path = peer.folder.path().join("secret");
    fs::write(&path, "another one").unwrap();
    let error = sign_in(&peer.discover("scrim-RS256")).unwrap_err();
    assert!(matches!(error, OidcError::UnknownClient), "{error}");
    assert_eq!(error.kind(), Kind::Invalid);
}

#[test]
fn a_secret_lies_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let settings = |more: &str| -> OidcSettings {
        let text = format!("issuer = \"https://id.example\"\nclient_id = \"scrim\"\n{more}");
        toml::from_str(&text).unwrap()
    };
    let with_secret = settings(&format!("client_secret_file = {path:?}"));
    assert_eq!(discover(&with_secret).kind(), Kind::NotFound);
    fs::write(&path, " \n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(
        discover(&with_secret),
        OidcError::EmptySecret { .. }
    ));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    let error = discover(&with_secret);
    assert!(
        matches!(error, OidcError::SecretOpenToOthers { mode: 0o604, .. }),
        "{error}"
    );
    let error = discover(&settings(&format!("ca_file = {path:?}")));
    assert!(matches!(error, OidcError::CaFile { .. }), "{error}");
}

#[test]
fn settings_that_cannot_be_right_are_refused_before_anybody_is_asked() {
    let read = |text: &str| toml::from_str::<OidcSettings>(text);
    for (text, is_that) in [
        ("issuer = \"id.example\"", "BadIssuer"),
        ("issuer = \"https://id.example?x=1\"", "BadIssuer"),
        ("issuer = \"https://id.example#x\"", "BadIssuer"),
        ("issuer = \"https://user:password@id.example\"", "BadIssuer"),
        ("issuer = \"http://id.example\"", "PlainHttp"),
        ("issuer = \"http://10.0.0.1\"", "PlainHttp"),
        ("issuer = \"http://localhost.example\"", "PlainHttp"),
        ("issuer = \"ftp://id.example\"", "BadIssuer"),
    ] {
        let error = discover(&read(&format!("{text}\nclient_id = \"scrim\"")).unwrap());
        assert_eq!(format!("{error:?}"), is_that, "{text}");
        assert_eq!(error.kind(), Kind::Invalid);
    }
    for (more, is_that) in [
        ("client_id = \"\"", "NoClientId"),
        ("client_id = \"scrim\"\nscopes = \"email\"", "NoOpenIdScope"),
        (
            "client_id = \"scrim\"\nroles_claim = \"groups\"",
            "HalfOfRoles",
        ),
        (
            "client_id = \"scrim\"\nroles = { a = \"b\" }",
            "HalfOfRoles",
        ),
        (
            "client_id = \"scrim\"\nallowed_domains = [\"@example.org\"]",
            "BadDomain",
        ),
        (
            "client_id = \"scrim\"\nallowed_domains = [\"*.example.org\"]",
            "BadDomain",
        ),
        (
            "client_id = \"scrim\"\nallowed_domains = [\"\"]",
            "BadDomain",
        ),
    ] {
        let settings = read(&format!("issuer = \"https://id.example\"\n{more}")).unwrap();
        assert_eq!(format!("{:?}", discover(&settings)), is_that, "{more}");
    }
    assert!(read("issuer = \"https://id.example\"").is_err());
    let with_secret = "issuer = \"https://id.example\"\nclient_id = \"a\"\nclient_secret = \"b\"";
    assert!(read(with_secret).is_err(), "a secret has a file of its own");
}
