//! A run that is killed goes on where it was.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
};

use scrim_testkit::{Home, committed_sample};

use crate::{
    answer::{Answer, listed, process_silently, recording_of, shown},
    media::ffmpeg,
    state::{left_behind, stored_objects, unsealed},
};

const NOTHING: [&str; 0] = [];

/// Writes the short webinar four times in a row.
pub(crate) fn long_recording(folder: &Path) -> PathBuf {
    let list = folder.join("list.txt");
    let line = format!(
        "file '{}'\n",
        committed_sample().media.canonicalize().unwrap().display()
    );
    fs::write(&list, line.repeat(4)).unwrap();
    let long = folder.join("long.mp4");
    let text = |path: &Path| path.display().to_string();
    ffmpeg(&[
        "-f",
        "concat",
        "-safe",
        "0",
        "-i",
        &text(&list),
        "-c",
        "copy",
        &text(&long),
    ]);
    long
}

/// Counts the objects that are complete.
fn finished_objects(home: &Home) -> usize {
    let stored = stored_objects(home);
    stored
        .iter()
        .filter(|key| !key.starts_with("incoming/"))
        .count()
}

/// Runs the job until so many objects are sealed, and kills it.
fn run_until(home: &Home, input: &Path, objects: usize) {
    let mut command = process_silently(home, input, "webinar");
    command
        .args(["--workers", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut running = command.spawn().unwrap();
    let lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let is_reached = lines.map_while(Result::ok).any(|line| {
        assert!(
            !line.contains("\"assemble\""),
            "all was rendered before the kill"
        );
        finished_objects(home) >= objects
    });
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(
        is_reached,
        "the job ended before {objects} objects were sealed"
    );
}

/// Returns the ids of the parts that are recorded for the only recording.
fn recorded_parts(home: &Home) -> BTreeSet<String> {
    let rows = listed(home);
    assert_eq!(rows.len(), 1);
    let shown = shown(home, rows[0]["recording"].as_str().unwrap());
    let artefacts = shown["artefacts"].as_array().unwrap().iter();
    artefacts
        .map(|artefact| artefact["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_killed_run_leaves_nothing_in_the_clear_and_keeps_what_was_finished() {
    let folder = tempfile::tempdir().unwrap();
    let long = long_recording(folder.path());
    let home = Home::new();
    run_until(&home, &long, 2);
    assert_eq!(unsealed(&home), NOTHING);
    let first = recorded_parts(&home);
    assert!(!first.is_empty());
    run_until(&home, &long, first.len() + 2);
    assert_eq!(unsealed(&home), NOTHING);
    let second = recorded_parts(&home);
    assert!(second.is_superset(&first), "finished parts were made again");
    assert!(second.len() > first.len());

    let answer = Answer::of(
        process_silently(&home, &long, "webinar")
            .arg("--out")
            .arg(home.out()),
    );
    let recording = recording_of(&answer.expect(0));
    assert_eq!(shown(&home, &recording)["runs"], 3);
    Answer::of(home.scrim().args(["verify", &recording])).expect(0);
    assert_eq!(left_behind(&home), NOTHING);

    let undisturbed = Home::new();
    let mut command = process_silently(&undisturbed, &long, "webinar");
    Answer::of(command.arg("--out").arg(undisturbed.out())).expect(0);
    let read = |home: &Home| fs::read(home.out().join("recording.mp4")).unwrap();
    assert!(read(&home) == read(&undisturbed), "the recordings differ");
}
