//! Originals: kept encrypted, and processed without ever lying on a disk in the clear.

use std::{fs, path::Path};

use scrim_testkit::{Home, committed_sample, program};
use serde_json::Value;

use crate::{
    answer::{Answer, listed, policy, process, process_silently, recording_of, shown},
    media::ffmpeg,
    state::{left_behind, stored_objects},
};

const NOTHING: [&str; 0] = [];

/// Keeps a recording and returns its id.
fn ingested(home: &Home, input: &Path) -> String {
    let mut command = home.scrim();
    recording_of(&Answer::of(command.args(["ingest", "--json"]).arg(input)).expect(0))
}

fn originals(home: &Home) -> Vec<Value> {
    Answer::of(home.scrim().args(["ls", "--originals", "--json"]))
        .expect(0)
        .lines()
}

#[test]
fn an_original_is_kept_once_and_listed_apart() {
    let home = Home::new();
    let good = committed_sample().media;
    let id = ingested(&home, &good);
    assert_eq!(ingested(&home, &good), id, "the same file twice");
    assert!(good.is_file(), "the source stays where it is");
    let row = shown(&home, &id);
    assert_eq!(row["state"], "original");
    assert_eq!(row["policy"], Value::Null);
    assert_eq!(row["artefacts"][0]["kind"], "original");
    assert_eq!(
        row["artefacts"][0]["bytes"],
        fs::metadata(&good).unwrap().len()
    );
    assert_eq!(stored_objects(&home).len(), 1);
    assert_eq!(originals(&home).len(), 1);
    Answer::of(&mut process_silently(&home, &good, "webinar")).expect(0);
    assert_eq!(originals(&home).len(), 1);
    assert_eq!(listed(&home).len(), 2);
    Answer::of(home.scrim().args(["get", &id, "original"])).expect(3);
    assert_eq!(left_behind(&home), NOTHING);
}

#[test]
fn what_is_no_recording_is_not_kept() {
    let home = Home::new();
    let text = home.path().join("minutes.txt");
    fs::write(&text, "Minutes of the meeting.\n".repeat(100)).unwrap();
    let answer = Answer::of(home.scrim().arg("ingest").arg(&text)).expect(3);
    answer.expect_said("not a recording");
    // Among others it is named, and the others are kept.
    let mut command = home.scrim();
    command
        .arg("ingest")
        .arg(&text)
        .arg(committed_sample().media);
    Answer::of(&mut command)
        .expect(9)
        .expect_said("minutes.txt");
    assert_eq!(originals(&home).len(), 1);
    assert_eq!(left_behind(&home), NOTHING);
}

#[test]
fn a_job_of_an_original_makes_the_same_as_a_job_of_the_file() {
    let (from_file, from_original) = (Home::new(), Home::new());
    let good = committed_sample().media;
    let id = ingested(&from_original, &good);
    let run = |home: &Home, input: &Path| {
        let mut command = process_silently(home, input, "webinar");
        recording_of(&Answer::of(command.arg("--out").arg(home.out())).expect(0))
    };
    run(&from_file, &good);
    let recording = run(&from_original, Path::new(&id));
    let read = |home: &Home| fs::read(home.out().join("recording.mp4")).unwrap();
    assert!(
        read(&from_file) == read(&from_original),
        "the recordings differ"
    );
    let row = shown(&from_original, &recording);
    assert_eq!(row["original"], id);
    assert_eq!(
        row["source_sha256"],
        shown(&from_original, &id)["source_sha256"]
    );
    assert_eq!(left_behind(&from_original), NOTHING);
    // And it is the same job.
    assert_eq!(run(&from_original, &good), recording);
}

#[test]
fn every_container_can_be_read_while_it_is_decrypted() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let good = committed_sample().media;
    for ending in ["mov", "mkv", "flv", "ts"] {
        let other = folder.path().join(format!("other.{ending}"));
        let text = |path: &Path| path.display().to_string();
        ffmpeg(&["-i", &text(&good), "-c", "copy", &text(&other)]);
        let id = ingested(&home, &other);
        let mut command = home.scrim();
        command.args(["process", "--json", "--no-transcript", "--policy"]);
        command.arg(policy("webinar")).arg(&id);
        Answer::of(&mut command).expect(0);
    }
    assert_eq!(left_behind(&home), NOTHING);
}

#[test]
fn only_an_original_can_be_processed_by_its_id() {
    let home = Home::new();
    let good = committed_sample().media;
    let recording =
        recording_of(&Answer::of(&mut process_silently(&home, &good, "webinar")).expect(0));
    let nobody = "rec_00000000000000000000000000000000";
    for id in [recording.as_str(), nobody] {
        let refused = Answer::of(&mut process_silently(&home, Path::new(id), "webinar")).expect(4);
        let help = refused.last_line()["help"].clone();
        assert_eq!(help, "`scrim ls --originals` lists what is kept");
    }
}

#[test]
fn another_policy_takes_over_what_was_heard_in_the_original() {
    let home = Home::new();
    let id = ingested(&home, &committed_sample().media);
    let run = |policy_name: &str| {
        let mut command = process(&home, Path::new(&id), policy_name);
        command.args(["--language", "en", "--model", "tiny.en"]);
        command.env("SCRIM_MODELS", program::models(&["tiny.en", "silero-vad"]));
        Answer::of(&mut command).expect(0)
    };
    let transcribed = |answer: &Answer| {
        let lines = answer.lines();
        lines.iter().any(|line| line["stage"] == "transcribe")
    };
    let first = run("webinar");
    assert!(transcribed(&first));
    let kinds = |id: &str| -> Vec<String> {
        let row = shown(&home, id);
        let artefacts = row["artefacts"].as_array().unwrap().iter();
        let kinds = artefacts.map(|artefact| artefact["kind"].as_str().unwrap().to_owned());
        kinds.collect()
    };
    let with_original = kinds(&id);
    assert!(
        with_original.contains(&"audio".to_owned()),
        "{with_original:?}"
    );
    assert!(with_original.contains(&"transcript_part".to_owned()));
    let second = run("webinar-hide");
    assert!(!transcribed(&second), "it was listened to again");
    let words = |answer: &Answer| {
        let mut command = home.scrim();
        command.args(["get", &recording_of(answer), "transcript.txt"]);
        Answer::of(&mut command).expect(0).printed()
    };
    assert_eq!(words(&first), words(&second));
    let kept = kinds(&recording_of(&second));
    assert_eq!(kept.len(), 9, "only outputs and attendance stay: {kept:?}");
    assert_eq!(left_behind(&home), NOTHING);
}
