//! The command line.

use std::{fs, path::Path, process::Command};

fn run(arguments: &[&str], folder: &Path) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrim-samples"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn list_names_all_scenarios() {
    let folder = tempfile::tempdir().unwrap();
    let (done, out, _) = run(&["list"], folder.path());
    assert!(done);
    for name in scrim_samples::BUILTIN_NAMES {
        assert!(out.contains(name), "{out}");
    }
}

#[test]
fn render_writes_three_files_and_then_leaves_them_alone() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "render",
        "webinar-short",
        "--out",
        "out",
        "--size",
        "320x180",
        "--duration",
        "1s",
    ];
    let (done, out, told) = run(&arguments, folder.path());
    assert!(done && out.is_empty(), "{told}");
    assert!(told.contains("100 % of 25 frames"), "{told}");
    let mut names: Vec<String> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let wanted = [
        "webinar-short.mp4",
        "webinar-short.roster.csv",
        "webinar-short.truth.json",
    ];
    assert_eq!(names, wanted);

    let before = fs::read(folder.path().join("out/webinar-short.mp4")).unwrap();
    let (done, _, told) = run(&arguments, folder.path());
    assert!(done && told.contains("is there already"), "{told}");
    assert_eq!(
        fs::read(folder.path().join("out/webinar-short.mp4")).unwrap(),
        before
    );

    let changed = [&arguments[..], &["--canary", "Kanarek"]].concat();
    let (done, _, told) = run(&changed, folder.path());
    assert!(done && told.contains("rendered in"), "{told}");
}

#[test]
fn errors_are_told_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let (done, _, told) = run(&["render", "webinar-nothing"], folder.path());
    assert!(
        !done && told.starts_with("error: no scenario `webinar-nothing`"),
        "{told}"
    );
    let (done, _, told) = run(
        &["render", "webinar-short", "--size", "17x9"],
        folder.path(),
    );
    assert!(
        !done && told.contains("option size: 17x9 cannot be drawn"),
        "{told}"
    );
}
