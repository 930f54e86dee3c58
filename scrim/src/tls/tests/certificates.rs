//! What is read, made, refused and read again.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::{Duration, SystemTime},
};

use scrim_policy::Kind;

use super::{
    super::{TlsError, TlsSection, TlsSettings, live::LiveCertificate},
    generated, make_pair, mode, open,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn keys_of_the_usual_sorts_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for (name, key) in [
        ("rsa", "rsa:2048"),
        ("p256", "ec -pkeyopt ec_paramgen_curve:P-256"),
        ("p384", "ec -pkeyopt ec_paramgen_curve:P-384"),
        ("ed25519", "ed25519"),
    ] {
        let tls = open(&make_pair(folder.path(), name, key)).unwrap();
        let days = tls
            .valid_until()
            .unwrap()
            .duration_since(SystemTime::now())
            .unwrap();
        assert!(days > 89 * DAY && days <= 90 * DAY, "{name}: {days:?}");
    }
}

#[test]
fn the_fingerprint_is_the_one_that_openssl_shows() {
    let folder = tempfile::tempdir().unwrap();
    let settings = generated(
        folder.path(),
        &["scrim.example", "192.0.2.7", "2001:db8::7"],
    );
    let tls = open(&settings).unwrap();
    let shown = Command::new("openssl")
        .args(["x509", "-noout", "-fingerprint", "-sha256", "-ext"])
        .args(["subjectAltName", "-in", "tls/certificate.pem"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&tls.fingerprint()), "{shown}");
    for name in [
        "DNS:scrim.example",
        "IP Address:192.0.2.7",
        "2001:DB8:0:0:0:0:0:7",
    ] {
        assert!(shown.contains(name), "{name} is not in {shown}");
    }
    assert!(format!("{tls:?}").contains(&tls.fingerprint()));
}

#[test]
fn a_key_of_another_certificate_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let one = make_pair(folder.path(), "one", "ed25519");
    make_pair(folder.path(), "other", "ed25519");
    let TlsSettings::Own { certificate, .. } = one else {
        unreachable!("a pair is one's own");
    };
    let error = open(&TlsSettings::Own {
        certificate,
        key: folder.path().join("other.key"),
    })
    .unwrap_err();
    assert!(matches!(error, TlsError::OtherKey { .. }), "{error}");
    assert_eq!(error.kind(), Kind::Invalid);
    let text = error.to_string();
    assert!(
        text.contains("one.pem") && text.contains("other.key"),
        "{text}"
    );
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = make_pair(folder.path(), "one", "ed25519");
    let key = folder.path().join("one.key");
    for (bits, is_refused) in [(0o644, true), (0o604, true), (0o640, false), (0o400, false)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(bits)).unwrap();
        let opened = open(&settings);
        let refused = matches!(opened, Err(TlsError::KeyOpenToOthers { mode, .. }) if mode == bits);
        assert_eq!(refused, is_refused, "{bits:o}");
        assert_eq!(opened.is_ok(), !is_refused, "{bits:o}");
    }
}

#[test]
fn files_of_something_else_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let settings = make_pair(folder.path(), "one", "ed25519");
    let TlsSettings::Own { certificate, key } = settings else {
        unreachable!("a pair is one's own");
    };
    let with = |certificate: &Path, key: &Path| {
        open(&TlsSettings::Own {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        })
        .unwrap_err()
    };
    let missing = folder.path().join("missing");
    assert_eq!(with(&missing, &key).kind(), Kind::NotFound);
    assert_eq!(with(&certificate, &missing).kind(), Kind::NotFound);
    assert!(matches!(with(&key, &key), TlsError::NoCertificate { .. }));
    let text = folder.path().join("text");
    fs::write(&text, "nothing of the sort").unwrap();
    fs::set_permissions(&text, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(with(&text, &key), TlsError::NoCertificate { .. }));
    assert!(matches!(with(&certificate, &text), TlsError::NoKey { .. }));
}

#[test]
fn a_made_certificate_is_kept_and_only_the_owner_reads_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let settings = generated(folder.path(), &["localhost"]);
    let first = open(&settings).unwrap().fingerprint();
    assert_eq!(open(&settings).unwrap().fingerprint(), first);
    assert_eq!(mode(folder.path().join("tls")), 0o700);
    assert_eq!(mode(folder.path().join("tls/key.pem")), 0o600);
    assert_eq!(mode(folder.path().join("tls/certificate.pem")), 0o644);
    let names: Vec<String> = fs::read_dir(folder.path().join("tls"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn other_names_and_a_near_end_make_a_new_certificate_for_the_old_key() {
    let folder = tempfile::tempdir().unwrap();
    let key = || fs::read_to_string(folder.path().join("tls/key.pem")).unwrap();
    let settings = generated(folder.path(), &["localhost"]);
    let now = SystemTime::now();
    let live = LiveCertificate::open(settings.clone(), now).unwrap();
    let (first, first_key) = (live.fingerprint(), key());

    live.refresh(now + 360 * DAY);
    assert_eq!(live.fingerprint(), first, "it is good for a month more");
    live.refresh(now + 370 * DAY);
    let second = live.fingerprint();
    assert_ne!(second, first);
    assert!(live.valid_until().unwrap() > now + 760 * DAY);
    assert_eq!(key(), first_key);

    let renamed = generated(folder.path(), &["localhost", "scrim.example"]);
    let third = open(&renamed).unwrap().fingerprint();
    assert_ne!(third, second);
    assert_eq!(key(), first_key);
    // Fewer names are still all there.
    assert_eq!(open(&settings).unwrap().fingerprint(), third);
}

#[test]
fn a_made_key_that_was_opened_to_others_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let settings = generated(folder.path(), &["localhost"]);
    open(&settings).unwrap();
    let key = folder.path().join("tls/key.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let error = open(&settings).unwrap_err();
    assert!(matches!(error, TlsError::KeyOpenToOthers { .. }), "{error}");
    assert!(error.hint().unwrap().contains("chmod 600"));
}

#[test]
fn what_an_interruption_leaves_is_made_whole() {
    let folder = tempfile::tempdir().unwrap();
    let settings = generated(folder.path(), &["localhost"]);
    open(&settings).unwrap();
    let certificate = folder.path().join("tls/certificate.pem");
    fs::write(folder.path().join("tls/certificate.new"), "half").unwrap();
    for remains in [None, Some(""), Some("-----BEGIN CERTIFICATE-----\nMII")] {
        fs::remove_file(&certificate).unwrap();
        if let Some(text) = remains {
            fs::write(&certificate, text).unwrap();
        }
        assert!(open(&settings).is_ok(), "{remains:?}");
    }
}

#[test]
fn changed_files_are_read_again_after_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let settings = make_pair(folder.path(), "one", "ed25519");
    make_pair(folder.path(), "two", "ed25519");
    let start = SystemTime::now();
    let after = |seconds| start + Duration::from_secs(seconds);
    let live = LiveCertificate::open(settings, start).unwrap();
    let first = live.fingerprint();
    let copy = |ending: &str| {
        let path = |name: &str| folder.path().join(format!("{name}.{ending}"));
        fs::copy(path("two"), path("one")).unwrap();
    };

    copy("pem");
    live.refresh(after(59));
    assert_eq!(live.fingerprint(), first, "a minute has not passed");
    live.refresh(after(60));
    assert_eq!(live.fingerprint(), first, "the key is still the old one");
    copy("key");
    live.refresh(after(119));
    assert_eq!(live.fingerprint(), first, "a minute has not passed again");
    live.refresh(after(120));
    assert_ne!(live.fingerprint(), first);

    let second = live.fingerprint();
    fs::remove_file(folder.path().join("one.pem")).unwrap();
    live.refresh(after(180));
    assert_eq!(live.fingerprint(), second, "the old one goes on");
}

#[test]
fn the_section_says_one_thing() {
    let home = Path::new("home");
    let section = |text: &str| toml::from_str::<TlsSection>(text).unwrap().settings(home);
    assert!(matches!(
        section("").unwrap(),
        TlsSettings::Generated { names, .. } if names.contains(&"localhost".to_owned())
    ));
    assert!(matches!(
        section("certificate_file = \"c\"\nkey_file = \"k\"").unwrap(),
        TlsSettings::Own { .. }
    ));
    assert!(matches!(
        section("key_file = \"k\""),
        Err(TlsError::HalfNamed)
    ));
    assert!(matches!(
        section("certificate_file = \"c\"\nkey_file = \"k\"\nnames = [\"x.example\"]"),
        Err(TlsError::NamesAndFiles)
    ));
    for bad in ["*.example", "a b", "", "https://x.example"] {
        let text = format!("names = [{bad:?}]");
        assert!(
            matches!(section(&text), Err(TlsError::BadName { .. })),
            "{bad}"
        );
    }
    assert!(toml::from_str::<TlsSection>("version = \"1.2\"").is_err());
}
