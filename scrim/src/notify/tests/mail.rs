//! Mail, sent to aiosmtpd.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use scrim_policy::{Kind, Pii};
use scrim_testkit::{MailEncryption, MailServer, certificates};
use serde_json::Value;
use tempfile::TempDir;

use crate::notify::{MailError, MailSettings, MailTls, Mailer, SettingsError};

const TEXT: &str = "Zażółć gęślą jaźń.\n\n.\nhttps://scrim.example/r/1\n";

fn to(address: &str) -> Pii<String> {
    Pii::new(address.to_owned())
}

fn password_file(folder: &TempDir, password: &str) -> PathBuf {
    let path = folder.path().join("password");
    fs::write(&path, password).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    path
}

/// Settings for a server, with the right user and authority.
fn settings(server: &MailServer, tls: MailTls, password_file: Option<&Path>) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port: Some(server.port()),
        tls,
        from: Pii::new("Scrim <scrim@house.example>".to_owned()),
        user: password_file.map(|_| Pii::new(MailServer::USER.to_owned())),
        password_file: password_file.map(Path::to_owned),
        ca_file: (tls != MailTls::None).then(|| server.ca_file()),
    }
}

fn headers<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = mail["headers"].as_array().unwrap().iter();
    let named = headers.filter(|header| header[0].as_str().unwrap().eq_ignore_ascii_case(name));
    named.map(|header| header[1].as_str().unwrap()).collect()
}

#[test]
fn mail_arrives_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let password = password_file(&folder, &format!("{}\n", MailServer::PASSWORD));
    for (encryption, tls) in [
        (MailEncryption::Starttls, MailTls::Starttls),
        (MailEncryption::Tls, MailTls::Tls),
        (MailEncryption::Plain, MailTls::None),
    ] {
        let mut server = MailServer::start(encryption);
        let is_encrypted = tls != MailTls::None;
        let password = is_encrypted.then_some(password.as_path());
        let mailer = Mailer::new(&settings(&server, tls, password)).unwrap();
        let subject = "Gotowe: nagranie";
        mailer
            .send(&to("anna@house.example"), subject, TEXT)
            .unwrap();
        let mail = server.next_mail();
        assert_eq!(mail["tls"], is_encrypted);
        assert_eq!(mail["user"].as_str(), password.map(|_| MailServer::USER));
        assert_eq!(mail["sender"], "scrim@house.example");
        assert_eq!(mail["to"], serde_json::json!(["anna@house.example"]));
        assert_eq!(mail["text"].as_str().unwrap().replace("\r\n", "\n"), TEXT);
        for (name, value) in [
            ("From", "Scrim <scrim@house.example>"),
            ("To", "anna@house.example"),
            ("Subject", subject),
            ("Auto-Submitted", "auto-generated"),
            ("Content-Type", "text/plain; charset=\"utf-8\""),
        ] {
            assert_eq!(headers(&mail, name), [value], "{name}");
        }
        assert_eq!(headers(&mail, "Date").len(), 1);
        let first_id = headers(&mail, "Message-ID")[0].to_owned();
        assert!(first_id.ends_with("@house.example>"), "{first_id}");
        mailer
            .send(&to("anna@house.example"), subject, TEXT)
            .unwrap();
        assert_ne!(headers(&server.next_mail(), "Message-ID"), [first_id]);
    }
}

#[test]
fn no_text_becomes_a_header_or_a_command() {
    let mut server = MailServer::start(MailEncryption::Plain);
    let mailer = Mailer::new(&settings(&server, MailTls::None, None)).unwrap();
    let hostile = "Ready\r\nBcc: eve@house.example\r\n\r\nSend money ż";
    mailer
        .send(&to("anna@house.example"), hostile, "\r\n.\r\nQUIT\r\n")
        .unwrap();
    let mail = server.next_mail();
    assert_eq!(mail["to"], serde_json::json!(["anna@house.example"]));
    assert!(headers(&mail, "Bcc").is_empty());
    let text = mail["text"].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), "\n.\nQUIT");
    for receiver in [
        "",
        "anna",
        "anna@",
        "@house.example",
        "anna@house.example, eve@house.example",
        "anna@house.example\r\nRCPT TO:<eve@house.example>",
        "Anna <anna@house.example>",
    ] {
        let error = mailer.send(&to(receiver), "Ready", TEXT).unwrap_err();
        assert!(
            matches!(error, MailError::BadReceiver),
            "{receiver}: {error}"
        );
        assert!(error.is_final());
    }
}

#[test]
fn now_and_never_are_told_apart_without_a_name() {
    let server = MailServer::start(MailEncryption::Plain);
    let mailer = Mailer::new(&settings(&server, MailTls::None, None)).unwrap();
    let send = |address: &str| mailer.send(&to(address), "Ready", TEXT).unwrap_err();
    let later = send("later@house.example");
    assert!(matches!(later, MailError::Postponed { status: 451 }) && !later.is_final());
    assert_eq!(later.kind(), Kind::Unavailable);
    let never = send("nobody@house.example");
    assert!(matches!(never, MailError::Rejected { status: 550 }) && never.is_final());
    assert_eq!(never.kind(), Kind::Invalid);
    for error in [later, never] {
        let words = format!("{error} {error:?}");
        assert!(!words.contains('@') && !words.contains("house"), "{words}");
    }
}

#[test]
fn nothing_is_said_to_a_server_that_cannot_be_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let password = password_file(&folder, MailServer::PASSWORD);
    certificates::make(folder.path());
    for (encryption, tls) in [
        (MailEncryption::Starttls, MailTls::Starttls),
        (MailEncryption::Tls, MailTls::Tls),
    ] {
        let server = MailServer::start(encryption);
        let right = settings(&server, tls, Some(&password));
        let mut other_authority = right.clone();
        other_authority.ca_file = Some(folder.path().join("ca.pem"));
        let mut public_authorities = right.clone();
        public_authorities.ca_file = None;
        let mut other_name = right.clone();
        other_name.host = "localhost".to_owned();
        for settings in [other_authority, public_authorities, other_name] {
            let mailer = Mailer::new(&settings).unwrap();
            let error = mailer.send(&to("anna@house.example"), "Ready", TEXT);
            let error = error.unwrap_err();
            assert!(matches!(error, MailError::Untrusted { .. }), "{error:?}");
            assert!(!error.is_final());
        }
        Mailer::new(&right)
            .unwrap()
            .send(&to("anna@house.example"), "Ready", TEXT)
            .unwrap();
    }
}

#[test]
fn a_server_without_starttls_gets_nothing() {
    let mut server = MailServer::start(MailEncryption::Plain);
    let insisting = Mailer::new(&settings(&server, MailTls::Starttls, None)).unwrap();
    let error = insisting.send(&to("anna@house.example"), "Secret", TEXT);
    let error = error.unwrap_err();
    assert!(matches!(error, MailError::Unsuitable) && !error.is_final());
    // The next mail that arrives is another one.
    let plain = Mailer::new(&settings(&server, MailTls::None, None)).unwrap();
    plain
        .send(&to("anna@house.example"), "Public", TEXT)
        .unwrap();
    assert_eq!(headers(&server.next_mail(), "Subject"), ["Public"]);
}

#[test]
fn what_an_operator_can_mend_is_worth_another_try() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = password_file(&folder, "wrong");
    let server = MailServer::start(MailEncryption::Starttls);
    for password in [Some(wrong.as_path()), None] {
        let mailer = Mailer::new(&settings(&server, MailTls::Starttls, password)).unwrap();
        let error = mailer.send(&to("anna@house.example"), "Ready", TEXT);
        let error = error.unwrap_err();
        let is_login = matches!(error, MailError::NotLoggedIn { status: 530 | 535 });
        assert!(is_login && !error.is_final(), "{error:?}");
    }
    let mut nobody = settings(&server, MailTls::None, None);
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    nobody.port = Some(free.local_addr().unwrap().port());
    drop(free);
    let error = Mailer::new(&nobody)
        .unwrap()
        .send(&to("anna@house.example"), "Ready", TEXT)
        .unwrap_err();
    assert!(matches!(error, MailError::Unreachable { .. }) && !error.is_final());
}

fn parsed(lines: &str) -> Result<MailSettings, toml::de::Error> {
    toml::from_str(&format!(
        "host = \"mail.example\"\nfrom = \"scrim@house.example\"\n{lines}"
    ))
}

#[test]
fn settings_that_would_not_send_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let password = password_file(&folder, "word").display().to_string();
    let ca = folder.path().join("ca.pem").display().to_string();
    assert!(parsed("ports = 25").is_err(), "an unknown key");
    assert!(parsed("tls = \"maybe\"").is_err());
    let made = |lines: &str| Mailer::new(&parsed(lines).unwrap());
    assert!(made("").is_ok());
    assert!(made(&format!("user = \"u\"\npassword_file = \"{password}\"")).is_ok());
    let error = |lines: &str| made(lines).unwrap_err();
    assert!(matches!(error("tls = \"none\""), SettingsError::PlainMail));
    assert!(matches!(
        error("user = \"u\""),
        SettingsError::HalfCredentials
    ));
    let half = error(&format!("password_file = \"{password}\""));
    assert!(matches!(half, SettingsError::HalfCredentials));
    assert_eq!(error(&format!("ca_file = \"{ca}\"")).kind(), Kind::NotFound);
    fs::write(
        &ca,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let damaged = error(&format!("ca_file = \"{ca}\""));
    assert!(matches!(damaged, SettingsError::NoCertificate { .. }));
    fs::set_permissions(&password, Permissions::from_mode(0o644)).unwrap();
    let open = error(&format!("user = \"u\"\npassword_file = \"{password}\""));
    assert!(matches!(
        open,
        SettingsError::OpenToOthers { mode: 0o644, .. }
    ));
    let mut settings = parsed("").unwrap();
    settings.from = Pii::new("Scrim".to_owned());
    assert!(matches!(
        Mailer::new(&settings),
        Err(SettingsError::BadSender)
    ));
}
