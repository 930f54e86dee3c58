//! People meet in a room, in real browsers: see `tests/peers/browser/meeting.mjs` and `sealed.mjs`.

use std::{fs, process::Command};

use scrim_testkit::{Home, Service, peer, workspace};

use crate::answer::Answer;

/// Lets people meet. The pictures stay below the target folder.
fn meet(script: &str, pictures: &str, last: &str) {
    let pictures = workspace::target("screenshots").join(pictures);
    if pictures.exists() {
        fs::remove_dir_all(&pictures).unwrap();
    }
    let home = Home::new();
    let mut serve = home.scrim();
    serve.env("SCRIM_LOG", "trace");
    let service = Service::start_as(&home, serve, 0);
    let setup = service.setup_url().unwrap();
    let mut command = Command::new("node");
    command
        .arg(peer::packages("browser").join(script))
        .args(["--url", service.url(), "--setup", setup])
        .arg("--out")
        .arg(&pictures);
    Answer::of(&mut command).expect(0).expect_printed(last);
    // Nobody who was there, nothing that was said and no passphrase is in the log, however much it says.
    let log = String::from_utf8(service.log()).unwrap();
    assert!(log.contains("/r/{code}/live"), "nothing was logged");
    let canaries = [
        "Holt",
        "Krol",
        "Lund",
        "Kowalska",
        "hanna@",
        "Hello",
        "Beekeeping",
        "honey",
    ];
    for canary in canaries {
        assert!(!log.contains(canary), "{canary} is in the log");
    }
}

#[test]
fn four_people_meet_in_chromium() {
    meet("meeting.mjs", "meeting", "the meeting ends");
}

#[test]
fn whoever_has_another_passphrase_sees_nobody() {
    meet("sealed.mjs", "sealed", "the host cannot record");
}
