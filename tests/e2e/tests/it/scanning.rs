//! What ClamAV finds does not get in.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scrim_testkit::{Clamd, Home, committed_sample};

use crate::{
    answer::{Answer, listed, process_silently},
    state::left_behind,
};

const NOTHING: [&str; 0] = [];

/// A home whose configuration names a clamd.
fn home_with(socket: &Path, is_required: bool) -> Home {
    let home = Home::new();
    // Outside the home folder: what lies in it is looked at after each test.
    let text = format!(
        "[scan]\nclamd = \"unix:{}\"\nrequired = {is_required}\n",
        socket.display()
    );
    fs::write(configuration(&home), text).unwrap();
    home
}

fn configuration(home: &Home) -> PathBuf {
    home.path().join("config.toml")
}

fn ingest(home: &Home, input: &Path) -> Answer {
    let mut command = home.scrim();
    command.env("SCRIM_CONFIG", configuration(home));
    Answer::of(command.arg("ingest").arg(input))
}

fn process(home: &Home, input: &Path) -> Answer {
    let mut command = process_silently(home, input, "webinar");
    Answer::of(command.env("SCRIM_CONFIG", configuration(home)))
}

/// The short webinar with something bad behind its end, where no player looks.
fn infected(home: &Home) -> PathBuf {
    let mut bytes = fs::read(committed_sample().media).unwrap();
    bytes.extend_from_slice(Clamd::marker());
    let path = home.path().join("Jane Doe.mp4");
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn what_is_infected_is_refused_by_the_name_of_its_signature_and_nothing_is_kept() {
    let clamd = Clamd::start(25);
    let home = home_with(&clamd.socket(), true);
    let bad = infected(&home);
    for answer in [ingest(&home, &bad), process(&home, &bad)] {
        let answer = answer.expect(5);
        let text = format!("{}{}", answer.said(), answer.printed());
        assert!(text.contains("Scrim.Test.Marker"), "{text}");
    }
    let eicar = home.path().join("eicar.mp4");
    fs::write(&eicar, Clamd::eicar()).unwrap();
    ingest(&home, &eicar)
        .expect(5)
        .expect_said("eicar-test-signature");
    assert!(listed(&home).is_empty());
    assert_eq!(left_behind(&home), NOTHING);
    let log = fs::read(home.state().join("catalog.db")).unwrap();
    let wal = fs::read(home.state().join("catalog.db-wal")).unwrap_or_default();
    let text = String::from_utf8_lossy(&[log, wal].concat()).into_owned();
    assert!(text.contains("original.refused"), "it is not audited");
    assert!(text.contains("Scrim.Test.Marker"), "without the signature");
    assert!(!text.contains("Jane Doe"), "with the name of the file");
    let good = committed_sample().media;
    ingest(&home, &good).expect(0);
    process(&home, &good).expect(0);
}

#[test]
fn an_original_that_was_kept_before_a_signature_was_known_is_not_processed() {
    let home = Home::new();
    let bad = infected(&home);
    let mut command = home.scrim();
    command.args(["ingest", "--json"]).arg(&bad);
    let id = crate::answer::recording_of(&Answer::of(&mut command).expect(0));
    let clamd = Clamd::start(25);
    let text = format!("[scan]\nclamd = \"unix:{}\"\n", clamd.socket().display());
    fs::write(configuration(&home), text).unwrap();
    process(&home, Path::new(&id)).expect(5);
}

#[test]
fn what_clamd_does_not_look_at_to_its_end_is_refused_where_that_is_required() {
    // 1 MB is less than three times the short webinar.
    let clamd = Clamd::start(1);
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.mp4");
    let mut bytes = fs::read(committed_sample().media).unwrap();
    // A box that players skip (ISO/IEC 14496-12, 8.1.2).
    let free = 4_u32 << 20;
    bytes.extend_from_slice(&free.to_be_bytes());
    bytes.extend_from_slice(b"free");
    bytes.resize(bytes.len() + free as usize - 8, 0);
    fs::write(&large, bytes).unwrap();
    let strict = home_with(&clamd.socket(), true);
    ingest(&strict, &large)
        .expect(5)
        .expect_said("streammaxlength");
    assert_eq!(left_behind(&strict), NOTHING);
    let lenient = home_with(&clamd.socket(), false);
    ingest(&lenient, &large)
        .expect(0)
        .expect_said("warning: not scanned");
}

#[test]
fn a_clamd_that_does_not_answer_stops_everything_where_it_is_required() {
    let nowhere = Path::new("/nonexistent/clamd.ctl");
    let good = committed_sample().media;
    let strict = home_with(nowhere, true);
    for answer in [ingest(&strict, &good), process(&strict, &good)] {
        let answer = answer.expect(8);
        let text = format!("{}{}", answer.said(), answer.printed());
        assert!(text.contains("clamd does not answer"), "{text}");
    }
    assert!(listed(&strict).is_empty());
    let lenient = home_with(nowhere, false);
    ingest(&lenient, &good)
        .expect(0)
        .expect_said("warning: not scanned");
}

#[test]
fn a_clamd_on_another_machine_is_refused() {
    let home = Home::new();
    fs::write(
        configuration(&home),
        "[scan]\nclamd = \"tcp:192.0.2.1:3310\"\n",
    )
    .unwrap();
    ingest(&home, &committed_sample().media)
        .expect(3)
        .expect_said("in the clear");
}
