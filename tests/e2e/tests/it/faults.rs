//! Hostile surroundings: a wrong passphrase, a disk that is full or cannot be written to.

use std::fs;

use scrim_testkit::{Home, committed_sample};

use crate::{
    answer::{Answer, listed, process_silently, recording_of},
    disk::Disk,
    state::{files, left_behind, unsealed},
};

const NOTHING: [&str; 0] = [];

/// Processes the short webinar and checks the result.
fn assert_can_finish(home: &Home) {
    let good = committed_sample().media;
    let mut command = process_silently(home, &good, "webinar");
    let answer = Answer::of(command.arg("--out").arg(home.out())).expect(0);
    Answer::of(home.scrim().args(["verify", &recording_of(&answer)])).expect(0);
    assert!(home.out().join("recording.mp4").is_file());
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_changes_nothing() {
    let home = Home::new();
    let with = |passphrase: &str, arguments: &[&str]| {
        let mut command = home.scrim();
        command.args(arguments).env("SCRIM_PASSPHRASE", passphrase);
        Answer::of(&mut command)
    };
    with("correct horse battery staple", &["ls"]).expect(0);
    let before = fs::read(home.state().join("keyring.json")).unwrap();
    let good = committed_sample().media;
    let mut command = process_silently(&home, &good, "webinar");
    command.env("SCRIM_PASSPHRASE", "incorrect horse battery staple");
    let error = Answer::of(&mut command).expect(3).last_line();
    let text = error.to_string().to_lowercase();
    assert!(text.contains("passphrase"), "{text}");
    assert!(!text.contains("battery"), "the passphrase itself is shown");
    Answer::of(home.scrim().arg("ls"))
        .expect(3)
        .expect_said("scrim_passphrase");
    assert_eq!(fs::read(home.state().join("keyring.json")).unwrap(), before);
    assert_eq!(unsealed(&home), NOTHING);
    assert_eq!(
        with("correct horse battery staple", &["ls", "--json"])
            .expect(0)
            .printed(),
        ""
    );
}

#[test]
fn a_home_that_cannot_be_written_to_is_reported_and_works_once_it_can() {
    let home = Home::new();
    let disk = Disk::on(&home.state(), "64m");
    let good = committed_sample().media;
    disk.make_read_only();
    for is_new in [true, false] {
        let answer = Answer::of(&mut process_silently(&home, &good, "webinar")).expect(8);
        let error = answer.last_line().to_string().to_lowercase();
        assert!(error.contains("read-only"), "new {is_new}: {error}");
        assert_eq!(unsealed(&home), NOTHING);
        disk.make_writable();
        assert!(listed(&home).is_empty());
        disk.make_read_only();
    }
    disk.make_writable();
    assert_can_finish(&home);
    assert_eq!(left_behind(&home), NOTHING);
    disk.make_read_only();
    Answer::of(home.scrim().arg("ls")).expect(8);
}

#[test]
fn a_full_disk_is_reported_and_the_same_command_finishes_when_there_is_space() {
    // Too little for the catalog, for the segments, for the assembled recording.
    for free in [0, 200 << 10, 700 << 10] {
        let home = Home::new();
        let disk = Disk::on(&home.state(), "32m");
        assert!(listed(&home).is_empty());
        disk.fill_but(free);
        let good = committed_sample().media;
        let mut command = process_silently(&home, &good, "webinar");
        let answer = Answer::of(command.arg("--out").arg(home.out())).expect(8);
        let error = answer.last_line().to_string().to_lowercase();
        assert!(
            error.contains("full") || error.contains("space"),
            "{free} free: {error}"
        );
        assert!(files(&home.out()).is_empty());
        disk.empty();
        assert_eq!(left_behind(&home), NOTHING, "{free} free");
        assert_can_finish(&home);
        assert_eq!(left_behind(&home), NOTHING, "{free} free");
    }
}

#[test]
fn a_folder_for_outputs_that_cannot_be_written_to_loses_nothing() {
    let home = Home::new();
    let disk = Disk::on(&home.out(), "128k");
    let good = committed_sample().media;
    let mut command = process_silently(&home, &good, "webinar");
    Answer::of(command.arg("--out").arg(home.out())).expect(8);
    let partial = files(&home.out()).into_iter().find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name == "recording.mp4" || name.contains("partial")
    });
    assert_eq!(partial, None);
    let rows = listed(&home);
    assert_eq!(rows[0]["state"], "published");
    drop(disk);
    assert_can_finish(&home);
    assert_eq!(listed(&home).len(), 1);
}
