//! Erasing through the program: a person, then the recording, and a search for what is left.

use std::{fs, path::Path};

use scrim_testkit::{Canaries, Home, committed_sample};
use serde_json::Value;

use crate::{
    answer::{Answer, process_silently, recording_of},
    media::ffmpeg,
    state::stored_objects,
};

/// Planted in the name of the source and in its tags.
const PLANTED: &str = "Pstrokonska-Kunigunda";

/// The first person of the roster: name and e-mail address.
fn somebody() -> (String, String) {
    let roster = fs::read_to_string(committed_sample().roster).unwrap();
    let roster = scrim_policy::Roster::parse_csv(&roster).unwrap();
    let with_email = roster
        .people()
        .iter()
        .find(|person| person.email().is_some());
    let person = with_email.unwrap();
    let email = person.email().unwrap().reveal();
    (person.name().reveal().clone(), email.clone())
}

fn source(folder: &Path) -> std::path::PathBuf {
    let path = folder.join(format!("{PLANTED}.mp4"));
    let text = |path: &Path| path.display().to_string();
    ffmpeg(&[
        "-i",
        &text(&committed_sample().media),
        "-map",
        "0",
        "-c",
        "copy",
        "-metadata",
        &format!("title={PLANTED}"),
        &text(&path),
    ]);
    path
}

fn run(home: &Home, words: &[&str]) -> Answer {
    let mut command = home.scrim();
    command.args(words).env("SCRIM_LOG", "trace");
    Answer::of(&mut command)
}

fn certificate(home: &Home, erasure: &str) -> Value {
    let printed = run(home, &["erase", "certificate", erasure])
        .expect(0)
        .printed();
    let envelope: Value = serde_json::from_str(&printed).unwrap();
    serde_json::from_str(envelope["payload"].as_str().unwrap()).unwrap()
}

#[test]
fn a_person_and_then_the_recording_go_and_nothing_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path());
    let (name, email) = somebody();
    let roster = fs::read_to_string(committed_sample().roster).unwrap();
    let canaries = Canaries::new(&roster, &[PLANTED, "Klagegrund-Pampuch"]);
    let home = Home::new();
    let recording = recording_of(
        &Answer::of(&mut process_silently(&home, &source, "webinar-initials")).expect(0),
    );
    run(&home, &["tag", &recording, "+board"]).expect(0);

    // A hold refuses, with its reason, which is for the operator and lies sealed.
    let placed = run(
        &home,
        &[
            "hold",
            "place",
            &recording,
            "--reason",
            "Klagegrund-Pampuch",
            "--approver",
            "dpo",
        ],
    );
    let hold = placed
        .expect(0)
        .printed()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    run(&home, &["erase", "person", "--email", &email, "--yes"])
        .expect(5)
        .expect_said("klagegrund-pampuch");
    canaries.assert_absent_in(&home.state());
    run(
        &home,
        &[
            "hold",
            "release",
            &hold,
            "--reason",
            "settled",
            "--approver",
            "dpo",
        ],
    )
    .expect(0);

    // Nothing happens without being asked twice.
    run(&home, &["erase", "person", "--email", &email, "--dry-run"]).expect(0);
    run(&home, &["erase", "person", "--email", &email])
        .expect(3)
        .expect_said("--yes");
    let erased = run(
        &home,
        &["--json", "erase", "person", "--email", &email, "--yes"],
    )
    .expect(0);
    let erasure = erased.last_line()["erasure"].as_str().unwrap().to_owned();
    canaries.assert_absent_in_bytes("what the erasure printed", erased.bytes());
    canaries.assert_absent_in_bytes("what the erasure logged", erased.error_bytes());
    let stated = certificate(&home, &erasure);
    assert_eq!(stated["participations"], 1);
    assert_eq!(stated["recordings"][0]["fate"], "withdrawn");
    assert!(stated["keys"]["data_keys"].as_u64().unwrap() >= 4);
    assert!(stored_objects(&home).is_empty());
    run(&home, &["get", &recording, "recording"])
        .expect(5)
        .expect_said("withdrawn");

    // Rendered again, it is the same recording without them.
    let queue = run(&home, &["--json", "erase", "queue"])
        .expect(0)
        .last_line();
    assert_eq!(
        (queue["recording"].as_str(), queue["basis"].as_str()),
        (Some(recording.as_str()), Some("source"))
    );
    let again = Answer::of(&mut process_silently(&home, &source, "webinar-initials")).expect(0);
    assert_eq!(recording_of(&again), recording);
    assert!(
        run(&home, &["erase", "queue"])
            .expect(0)
            .printed()
            .is_empty()
    );
    let report = run(&home, &["get", &recording, "report.json"])
        .expect(0)
        .printed();
    assert!(report.contains("erased_people"), "{report}");
    run(&home, &["verify", &recording]).expect(0);
    run(&home, &["erase", "person", "--name", &name, "--yes"]).expect(4);

    let erased = run(
        &home,
        &["--json", "erase", "recording", &recording, "--yes"],
    )
    .expect(0);
    let erasure = erased.last_line()["erasure"].as_str().unwrap().to_owned();
    assert_eq!(certificate(&home, &erasure)["absence"]["keys_opened"], 0);
    assert!(stored_objects(&home).is_empty());
    let refused = Answer::of(&mut process_silently(&home, &source, "webinar-initials"));
    refused.expect(5);
    run(&home, &["retention", "sweep"]).expect(0);
    let metrics = folder.path().join("scrim.prom");
    run(
        &home,
        &["retention", "check", "--metrics", metrics.to_str().unwrap()],
    )
    .expect(0);
    let metrics = fs::read_to_string(metrics).unwrap();
    for sample in [
        "\nscrim_retention_sweep_late 0\n",
        "\nscrim_retention_due_artefacts{class=\"raw\"} 0\n",
        "\nscrim_retention_last_sweep_timestamp_seconds ",
    ] {
        assert!(metrics.contains(sample), "{metrics}");
    }
    run(&home, &["gc"])
        .expect(0)
        .expect_printed("nothing to remove");
    // Catalog, store, keys, temporary files, and the names of all of them.
    canaries.assert_absent_in(home.path());
}
