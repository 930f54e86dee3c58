//! People meet in a room, in real browsers: see `tests/peers/browser/meeting.mjs`.

use std::{fs, process::Command};

use scrim_testkit::{Home, Service, peer, workspace};

use crate::answer::Answer;

#[test]
fn four_people_meet_in_chromium() {
    let pictures = workspace::target("screenshots").join("meeting");
    if pictures.exists() {
        fs::remove_dir_all(&pictures).unwrap();
    }
    let home = Home::new();
    let service = Service::start(&home);
    let setup = service.setup_url().unwrap();
    let mut command = Command::new("node");
    command
        .arg(peer::packages("browser").join("meeting.mjs"))
        .args(["--url", service.url(), "--setup", setup])
        .arg("--out")
        .arg(&pictures);
    Answer::of(&mut command)
        .expect(0)
        .expect_printed("the meeting ends");
}
