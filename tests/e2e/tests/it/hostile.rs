//! Whatever goes in, the program ends by itself, says what is wrong, and leaves nothing behind.

use std::fs;

use scrim_testkit::{Home, bad, bad::BadInput, committed_sample};

use crate::{
    answer::{Answer, process_silently, recording_of},
    state::{files, left_behind},
};

/// No hostile recording may keep the program busy for longer, in seconds.
const LONGEST: u32 = 120;

/// Returns what is wrong with the answer to a hostile recording, in words.
fn faults(input: &BadInput, answer: &Answer, home: &Home) -> Vec<String> {
    let mut found = Vec::new();
    let said = answer.said();
    let expected = input.expected.exit_code();
    if answer.code() != expected {
        found.push(format!(
            "ends with {} instead of {expected}: {said}",
            answer.code()
        ));
    } else if !input.expected.is_said_by(&said) {
        found.push(format!("does not say what is wrong: {said}"));
    }
    if said.contains("panicked") {
        found.push(format!("panics: {said}"));
    }
    let is_published = expected == 0;
    if !is_published && !files(&home.out()).is_empty() {
        found.push("leaves outputs".to_owned());
    }
    found.extend(left_behind(home));
    found
}

#[test]
fn hostile_recordings_fail_clearly_and_leave_nothing() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for (input, path) in bad::write_all(folder.path()) {
        let mut command = home.scrim();
        command.args(["process", "--no-transcript", "--policy"]);
        command
            .arg(crate::answer::policy("webinar"))
            .arg(&path)
            .arg("--out")
            .arg(home.out());
        let answer = Answer::within(LONGEST, &command);
        let faults = faults(&input, &answer, &home);
        found.extend(
            faults
                .iter()
                .map(|fault| format!("{}: {fault}", input.file)),
        );
        if home.out().exists() {
            fs::remove_dir_all(home.out()).unwrap();
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));

    let good = committed_sample().media;
    let answer = Answer::of(&mut process_silently(&home, &good, "webinar")).expect(0);
    let recording = recording_of(&answer);
    Answer::of(home.scrim().args(["verify", &recording])).expect(0);
    assert_eq!(left_behind(&home), [""; 0]);
}
