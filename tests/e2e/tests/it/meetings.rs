//! People meet in a room, in real browsers: see `tests/peers/browser/meeting.mjs`, `sealed.mjs`, `signal.mjs`,
//! `again.mjs` and `register.mjs`.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scrim_testkit::{Home, MailEncryption, MailServer, Service, peer, workspace};

use crate::answer::Answer;

/// Where pictures stay, below the target folder.
fn pictures(name: &str) -> PathBuf {
    let pictures = workspace::target("screenshots").join(name);
    if pictures.exists() {
        fs::remove_dir_all(&pictures).unwrap();
    }
    pictures
}

/// The service at its most talkative.
fn service(home: &Home) -> Service {
    let mut serve = home.scrim();
    serve.env("SCRIM_LOG", "trace");
    Service::start_as(home, serve, 0)
}

fn script(name: &str, service: &Service, pictures: &Path) -> Command {
    let mut command = peer::script("browser", name);
    command
        .args(["--url", service.url()])
        .args(["--setup", service.setup_url().unwrap()])
        .arg("--out")
        .arg(pictures);
    command
}

/// Nobody who was there and nothing that was said is in the log, however much it says.
fn assert_silent(service: &Service, route: &str, canaries: &[&str]) {
    let log = String::from_utf8(service.log()).unwrap();
    assert!(log.contains(route), "nothing was logged");
    for canary in ["Holt", "Krol", "Lund", "hanna@", "Beekeeping"]
        .iter()
        .chain(canaries)
    {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
}

/// Lets people meet.
fn meet(name: &str, folder: &str, last: &str) {
    let home = Home::new();
    let service = service(&home);
    let mut command = script(name, &service, &pictures(folder));
    Answer::of(&mut command).expect(0).expect_printed(last);
    assert_silent(&service, "/r/{code}/live", &["Kowalska", "Hello", "honey"]);
}

#[test]
fn four_people_meet_in_chromium() {
    meet("meeting.mjs", "meeting", "the meeting ends");
}

/// Plays against a module of the page.
fn play(script: &str, module: &str) {
    let module = workspace::root().join("scrim/assets").join(module);
    let mut command = peer::script("browser", script);
    Answer::of(command.arg("--module").arg(module))
        .expect(0)
        .expect_printed(r#""done":true"#);
}

#[test]
fn what_a_page_says_arrives_once_over_lines_that_break() {
    play("signal.mjs", "room-signal.js");
}

#[test]
fn a_page_comes_in_again_by_itself_only_where_that_is_no_surprise() {
    play("again.mjs", "room-session.js");
}

#[test]
fn whoever_has_another_passphrase_sees_nobody() {
    meet("sealed.mjs", "sealed", "the host cannot record");
}

/// Lets people register in a language, with a mail server that is real.
fn register(language: &str) {
    let mut mail = MailServer::start(MailEncryption::Plain);
    let home = Home::new();
    fs::create_dir_all(home.state()).unwrap();
    let config = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"scrim@house.example\"\n",
        mail.port()
    );
    fs::write(home.state().join("config.toml"), config).unwrap();
    let service = service(&home);
    let pictures = pictures(&format!("register/{language}"));
    let mut child = script("register.mjs", &service, &pictures)
        .args(["--language", language])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut letters = child.stdin.take().unwrap();
    let mut last = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        last = line.unwrap();
        if last.contains("\"wants\":\"mail\"") {
            writeln!(letters, "{}", mail.next_mail()).unwrap();
        }
    }
    assert!(child.wait().unwrap().success(), "{last}");
    assert!(last.contains("\"done\":true"), "{last}");
    assert_silent(
        &service,
        "/register/{code}",
        &["apiary.example", "scc_", "sci_", "Apiary"],
    );
}

#[test]
fn people_register_and_come_in_by_mail_in_english() {
    register("en");
}

#[test]
fn people_register_and_come_in_by_mail_in_polish() {
    register("pl");
}
