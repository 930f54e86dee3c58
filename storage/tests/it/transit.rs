//! A real OpenBao: what it shares with its own command line, and what it says when it cannot help.

use std::{
    error::Error as _,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    DataKey, Kms, KmsKind, Token, Transit, TransitAddress, TransitError, TransitSettings,
    keyring::{KeyContext, KeyError, WrappedKey},
};
use scrim_testkit::OpenBao;

use crate::{
    fixtures::{artefact, recording, tenant},
    kms::transit_settings,
};

/// The rights that Scrim needs and no others, as in docs/how-to/rotate-keys.md.
const POLICY: &str = include_str!("../../../tests/peers/openbao/scrim.hcl");

fn context() -> KeyContext {
    KeyContext::new(TenantId::SINGLE, recording(1), artefact(1), None)
}

fn transit_error<T>(result: Result<T, KeyError>) -> TransitError {
    match result {
        Err(KeyError::Transit(error)) => error,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was done"),
    }
}

fn key_name() -> String {
    format!("scrim-{}", TenantId::SINGLE)
}

#[test]
fn bao_opens_what_we_wrap_and_we_open_what_bao_wraps() {
    let bao = OpenBao::new();
    let token = bao.token("scrim", POLICY);
    let transit = Transit::new(&transit_settings(&bao, &token)).unwrap();
    let key = DataKey::random().unwrap();
    let wrapped = transit.wrap_key(&context(), &key).unwrap();
    let context_field = format!("context={}", STANDARD.encode(context().as_str()));
    let ciphertext = format!("ciphertext={}", String::from_utf8(wrapped.bytes).unwrap());
    let path = format!("transit/decrypt/{}", key_name());
    let shown = bao.run(&[
        "write",
        "-field=plaintext",
        &path,
        &ciphertext,
        &context_field,
    ]);
    assert!(STANDARD.decode(shown.trim()).unwrap() == key.expose());

    let plaintext = format!("plaintext={}", STANDARD.encode(key.expose()));
    let path = format!("transit/encrypt/{}", key_name());
    let theirs = bao.run(&[
        "write",
        "-field=ciphertext",
        &path,
        &plaintext,
        &context_field,
    ]);
    let theirs = WrappedKey {
        kms: KmsKind::Transit,
        version: 1,
        bytes: theirs.trim().as_bytes().to_vec(),
    };
    assert!(
        transit
            .unwrap_key(&context(), &theirs)
            .unwrap()
            .matches(&key)
    );

    // With these rights everything works that Scrim does, and nothing else.
    transit.rotate_key(TenantId::SINGLE).unwrap();
    let again = transit.rewrap_key(&context(), &theirs).unwrap();
    transit.destroy_versions_below(TenantId::SINGLE, 2).unwrap();
    assert!(
        transit
            .unwrap_key(&context(), &again)
            .unwrap()
            .matches(&key)
    );
    let minimum = format!("transit/keys/{}/config", key_name());
    let refused = bao.run_refused(&["write", &minimum, "min_decryption_version=1"]);
    assert!(refused.contains("min available version"), "{refused}");
    transit.destroy_tenant_key(TenantId::SINGLE).unwrap();
    let export = format!("transit/export/encryption-key/{}", key_name());
    bao.run_refused(&["read", &export]);
}

#[test]
fn a_server_that_cannot_help_says_why() {
    let mut bao = OpenBao::new();
    let root = transit_settings(&bao, bao.root_token());
    let transit = Transit::new(&root).unwrap();
    let wrapped = transit
        .wrap_key(&context(), &DataKey::random().unwrap())
        .unwrap();

    // A token without rights, and one that is none.
    for token in [
        bao.token("nothing", r#"path "nothing" { capabilities = ["deny"] }"#),
        "s.wrong".to_owned(),
    ] {
        let denied = Transit::new(&transit_settings(&bao, &token)).unwrap();
        let error = transit_error(denied.unwrap_key(&context(), &wrapped));
        assert!(matches!(error, TransitError::Denied { .. }), "{error:?}");
        assert_eq!(error.kind(), Kind::Refused);
        assert!(!format!("{error} {error:?}").contains(&token));
    }

    // Another engine, and none.
    let elsewhere = Transit::new(&TransitSettings {
        mount: "kept/elsewhere".to_owned(),
        ..root.clone()
    });
    let error = transit_error(elsewhere.unwrap().rotate_key(TenantId::SINGLE));
    assert!(matches!(error, TransitError::NoEngine { .. }), "{error:?}");
    let climbing = Transit::new(&TransitSettings {
        mount: "../sys".to_owned(),
        ..root.clone()
    });
    assert!(matches!(climbing, Err(TransitError::BadMount)));

    // A server that nobody vouches for.
    let untrusted = Transit::new(&TransitSettings {
        ca_file: None,
        ..root.clone()
    });
    let error = transit_error(untrusted.unwrap().unwrap_key(&context(), &wrapped));
    assert!(matches!(error, TransitError::Untrusted { .. }), "{error:?}");
    let named_otherwise = bao.address().replace("127.0.0.1", "localhost");
    let misnamed = Transit::new(&TransitSettings {
        address: TransitAddress::new(&named_otherwise).unwrap(),
        ..root
    });
    let error = transit_error(misnamed.unwrap().unwrap_key(&context(), &wrapped));
    assert!(matches!(error, TransitError::Untrusted { .. }), "{error:?}");

    bao.seal();
    let error = transit_error(transit.unwrap_key(&context(), &wrapped));
    assert!(matches!(error, TransitError::Sealed), "{error:?}");
    assert_eq!(error.to_string(), "the key server is sealed");
    bao.unseal();
    transit.unwrap_key(&context(), &wrapped).unwrap();

    bao.kill();
    let error = transit_error(transit.unwrap_key(&context(), &wrapped));
    assert!(
        matches!(error, TransitError::Unreachable { .. }),
        "{error:?}"
    );
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.source().is_some());
}

#[test]
fn a_key_that_could_leave_the_server_is_refused() {
    let bao = OpenBao::new();
    let transit = Transit::new(&transit_settings(&bao, bao.root_token())).unwrap();
    for (number, settings) in [
        (1, ["derived=true", "exportable=true"]),
        (2, ["derived=true", "allow_plaintext_backup=true"]),
        (3, ["derived=false", "exportable=false"]),
        (4, ["derived=true", "type=chacha20-poly1305"]),
    ] {
        let path = format!("transit/keys/scrim-{}", tenant(number));
        bao.run(&["write", "-f", &path, settings[0], settings[1]]);
        let context = KeyContext::new(tenant(number), recording(1), artefact(1), None);
        let refused = transit.wrap_key(&context, &DataKey::random().unwrap());
        let error = transit_error(refused);
        assert!(
            matches!(error, TransitError::Unsuitable { .. }),
            "{error:?}"
        );
    }
}

fn write_token(path: &Path, token: &str, mode: u32) {
    fs::write(path, token).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_token_file_that_was_replaced_is_read_again() {
    let bao = OpenBao::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let settings = TransitSettings {
        token: Token::File(path.clone()),
        ..transit_settings(&bao, "")
    };
    assert!(matches!(
        Transit::new(&settings),
        Err(TransitError::TokenFile { .. })
    ));
    write_token(&path, bao.root_token(), 0o644);
    assert!(matches!(
        Transit::new(&settings),
        Err(TransitError::TokenFileOpenToOthers { mode: 0o644, .. })
    ));

    write_token(&path, "s.expired\n", 0o600);
    let transit = Transit::new(&settings).unwrap();
    transit_error(transit.rotate_key(TenantId::SINGLE));
    write_token(&path, &format!("{}\n", bao.root_token()), 0o640);
    assert_eq!(transit.rotate_key(TenantId::SINGLE).unwrap(), 1);
}

/// A server on this machine that gives one answer to each connection, and then none.
fn answering(answers: Vec<&'static str>) -> (TransitSettings, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = |mut stream: TcpStream, text: &str| {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        stream.write_all(text.as_bytes()).unwrap();
    };
    let server = thread::spawn(move || {
        for text in &answers {
            answer(listener.accept().unwrap().0, text);
        }
        answers.len()
    });
    let token = Token::new("token".to_owned());
    let settings = TransitSettings::new(TransitAddress::new(&address).unwrap(), token);
    (settings, server)
}

const BUSY: &str = "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BROKEN: &str = "HTTP/1.1 500 Oops\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
const CUT: &str = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":";
const ELSEWHERE: &str = "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const NO_KEY: &str =
    "HTTP/1.1 404 No\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"errors\":[]}";

#[test]
fn a_server_that_stumbles_is_asked_again() {
    let (settings, server) = answering(vec![BUSY, BROKEN, CUT, NO_KEY]);
    let transit = Transit::new(&settings).unwrap();
    assert_eq!(transit.key_versions(TenantId::SINGLE).unwrap(), None);
    assert_eq!(server.join().unwrap(), 4);
}

/// A proxy without its server, or another server at the address. Erasures would take the key for
/// destroyed, and an epoch what survives for lost.
#[test]
fn who_answers_in_place_of_the_key_server_does_not_say_that_there_is_no_key() {
    const NOT_FOUND: &str =
        "HTTP/1.1 404 No\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot found";
    const SILENT: &str = "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for answer in [NOT_FOUND, SILENT] {
        let (settings, server) = answering(vec![answer, answer]);
        let transit = Transit::new(&settings).unwrap();
        let error = transit_error(transit.key_versions(TenantId::SINGLE));
        assert!(
            matches!(error, TransitError::Unreadable { .. }),
            "{error:?}"
        );
        let error = transit_error(transit.destroy_tenant_key(TenantId::SINGLE));
        assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
        server.join().unwrap();
    }
}

#[test]
fn a_server_that_leads_elsewhere_is_not_followed() {
    let (settings, server) = answering(vec![ELSEWHERE]);
    let transit = Transit::new(&settings).unwrap();
    let error = transit_error(transit.key_versions(TenantId::SINGLE));
    assert!(
        matches!(error, TransitError::Refused { status: 307, .. }),
        "{error:?}"
    );
    server.join().unwrap();
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    // Connections are taken by the operating system, and nobody reads them.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let token = Token::new("token".to_owned());
    let transit = Transit::new(&TransitSettings {
        timeout: Duration::from_millis(50),
        ..TransitSettings::new(TransitAddress::new(&address).unwrap(), token)
    });
    let error = transit_error(transit.unwrap().key_versions(TenantId::SINGLE));
    assert!(
        matches!(error, TransitError::Unreachable { .. }),
        "{error:?}"
    );
}
