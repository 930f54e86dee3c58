//! Recordings on their way out, and a Scrim that moves.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use scrim_testkit::{Canaries, Home, committed_sample};

use crate::{
    answer::{Answer, listed, process_silently, recording_of},
    state::{files, left_behind},
};

const PASSWORD: &str = "seven quiet herons";

fn scrim(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.scrim();
    command.args(arguments);
    command
}

fn password_file(home: &Home) -> PathBuf {
    let path = home.path().join("export.password");
    fs::write(&path, format!("{PASSWORD}\n")).unwrap();
    path
}

/// A home with the short webinar, made with its roster.
fn published() -> (Home, String) {
    let home = Home::new();
    let mut command = process_silently(&home, &committed_sample().media, "webinar");
    let answer = Answer::of(&mut command).expect(0);
    let recording = recording_of(&answer);
    (home, recording)
}

fn canaries() -> Canaries {
    let roster = fs::read_to_string(committed_sample().roster).unwrap();
    Canaries::new(&roster, &["webinar-short"])
}

fn names_below(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = files(folder)
        .iter()
        .map(|path| path.strip_prefix(folder).unwrap().display().to_string())
        .collect();
    names.sort();
    names
}

/// Python of the system: it reads the ZIP file and unpacks it, as a user would.
fn unpack(zip: &Path, folder: &Path) {
    let done = Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .args([zip, folder])
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn an_export_is_dry_run_written_read_and_verified() {
    let (home, id) = published();
    let dry = Answer::of(&mut scrim(&home, &["export", &id, "--dry-run", "--json"])).expect(0);
    let summary = dry.last_line();
    assert_eq!(summary["dry_run"], true);
    assert_eq!(summary["files"], 4);
    assert!(summary["bytes"].as_u64().unwrap() > 100_000);

    let zip = home.path().join("out.zip");
    let mut command = scrim(&home, &["export", &id, "--out"]);
    let answer = Answer::of(command.arg(&zip)).expect(0);
    answer.expect_said("not encrypted");
    let unpacked = home.path().join("unpacked");
    unpack(&zip, &unpacked);
    let expected = [
        "manifest.json".to_owned(),
        format!("{id}/proof.json"),
        format!("{id}/recording.mp4"),
        format!("{id}/report.json"),
    ];
    assert_eq!(names_below(&unpacked), expected);
    canaries().assert_absent_in(&unpacked);
    let folder = home.path().join("folder");
    let mut command = scrim(&home, &["export", &id, "--format", "folder", "--out"]);
    Answer::of(command.arg(&folder)).expect(0);
    assert_eq!(names_below(&folder), expected);
    // The manifests differ in the time.
    for name in &expected[1..] {
        assert!(fs::read(folder.join(name)).unwrap() == fs::read(unpacked.join(name)).unwrap());
    }
    let mut command = scrim(&home, &["verify", "--json"]);
    let verdict = Answer::of(command.arg(folder.join(&id)))
        .expect(0)
        .last_line();
    assert_eq!(verdict["signer_trusted"], true);
    fs::remove_file(folder.join(&id).join("recording.mp4")).unwrap();
    let mut command = scrim(&home, &["verify"]);
    Answer::of(command.arg(folder.join(&id))).expect(7);

    let streamed = Answer::of(&mut scrim(&home, &["export", &id, "--out", "-"])).expect(0);
    let path = home.path().join("streamed.zip");
    fs::write(&path, streamed.bytes()).unwrap();
    let from_stream = home.path().join("from-stream");
    unpack(&path, &from_stream);
    assert_eq!(names_below(&from_stream), expected);
}

#[test]
fn names_leave_only_when_asked_for_and_stay_out_of_everything_else() {
    let (home, id) = published();
    let folder = home.path().join("folder");
    let mut command = scrim(&home, &["export", &id, "--format", "folder"]);
    command
        .args(["--with", "attendance", "--json", "--out"])
        .arg(&folder);
    let answer = Answer::of(&mut command).expect(0);
    let notes = answer.last_line()["notes"].to_string();
    assert!(notes.contains("personal data"), "{notes}");
    canaries().assert_absent_in_bytes("standard output", answer.bytes());
    canaries().assert_absent_in_bytes("standard error", answer.error_bytes());
    let place = |name: &str| folder.join(&id).join(name);
    let people = fs::read_to_string(place("attendance.csv")).unwrap();
    let roster = fs::read_to_string(committed_sample().roster).unwrap();
    assert_eq!(people.lines().count(), roster.trim_end().lines().count());
    assert!(
        canaries()
            .search_bytes("attendance", people.as_bytes())
            .is_some()
    );
    let consents = fs::read(place("consents.csv")).unwrap();
    assert!(canaries().search_bytes("consents", &consents).is_none());
    for name in names_below(&folder) {
        canaries().assert_absent_in_bytes("a file name", name.as_bytes());
    }
    canaries().assert_absent_in(&home.state());
    assert_eq!(left_behind(&home), [""; 0]);
}

#[test]
fn a_scrim_moves_with_everything_and_proofs_stay_valid() {
    let (old, id) = published();
    let archive = old.path().join("everything.zip");
    let password = password_file(&old);
    let mut command = scrim(&old, &["export", "--tenant", "--json", "--password-file"]);
    command.arg(&password).arg("--out").arg(&archive);
    let written = Answer::of(&mut command).expect(0).last_line();
    assert_eq!(written["encrypted"], true);
    canaries().assert_absent_in(&archive);
    let key = old.path().join("old.pub");
    let printed = Answer::of(&mut scrim(&old, &["key"])).expect(0);
    fs::write(&key, printed.bytes()).unwrap();

    let new = Home::new();
    let import = |more: &[&str]| {
        let mut command = scrim(&new, &["import", "--json", "--password-file"]);
        command
            .arg(&password)
            .arg("--key")
            .arg(&key)
            .args(more)
            .arg(&archive);
        Answer::of(&mut command)
    };
    let dry = import(&["--dry-run"]).expect(0).last_line();
    assert_eq!(
        (&dry["recordings"], &dry["signer_trusted"]),
        (&1.into(), &true.into())
    );
    assert!(listed(&new).is_empty());
    let imported = import(&[]).expect(0).last_line();
    assert_eq!(imported["manifest_sha256"], written["manifest_sha256"]);
    assert_eq!(listed(&new)[0]["state"], "published");
    let get = |home: &Home, name: &str| {
        Answer::of(&mut scrim(home, &["get", &id, name]))
            .expect(0)
            .bytes()
            .to_vec()
    };
    for name in ["recording.mp4", "report.json", "report.html", "proof.json"] {
        assert!(get(&old, name) == get(&new, name), "{name}");
    }
    let mut command = scrim(&new, &["verify", "--json", &id, "--key"]);
    let verdict = Answer::of(command.arg(&key)).expect(0).last_line();
    assert_eq!(verdict["signer_trusted"], true);
    assert!(verdict["imported_at"].is_string());
    Answer::of(&mut scrim(&new, &["verify", &id])).expect(0);
    import(&[]).expect(5);
    canaries().assert_absent_in(&new.state());
    assert_eq!(left_behind(&new), [""; 0]);
}

#[test]
fn what_cannot_be_exported_is_refused_with_a_remedy() {
    let home = Home::new();
    let nobody = "rec_00000000000000000000000000000000";
    let code = |arguments: &[&str]| Answer::of(&mut scrim(&home, arguments)).code();
    assert_eq!(code(&["export", "--out", "x.zip"]), 2, "no recording");
    assert_eq!(code(&["export", nobody]), 2, "no place");
    assert_eq!(
        code(&["export", "--tenant", "--out", "x.zip"]),
        2,
        "no password"
    );
    assert_eq!(code(&["export", nobody, "--out", "x.zip"]), 4);
    assert_eq!(code(&["export", nobody, "--json", "--out", "-"]), 3);
    assert_eq!(
        code(&["export", nobody, "--format", "folder", "--out", "-"]),
        3
    );
    assert_eq!(
        code(&["import", "missing.zip", "--password-file", "missing"]),
        4
    );
    let short = home.path().join("short.password");
    let mut file = fs::File::create(&short).unwrap();
    file.write_all(b"webinar2026\n").unwrap();
    let mut command = scrim(
        &home,
        &["export", nobody, "--out", "x.zip", "--password-file"],
    );
    let answer = Answer::of(command.arg(&short)).expect(3);
    answer.expect_said("openssl rand");
    let mut command = scrim(
        &home,
        &["export", "--tenant", "--format", "folder", "--out", "x"],
    );
    command.arg("--password-file").arg(password_file(&home));
    Answer::of(&mut command).expect(3);
    assert!(!home.path().join("x").exists() && !home.path().join("x.zip").exists());
}
