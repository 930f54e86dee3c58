//! The files of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use scrim_testkit::workspace;

/// A file of the repository.
pub(super) struct SourceFile {
    /// Path from the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// Paths from the root of all files that are, or are about to be, under version control.
pub(super) fn paths() -> Vec<String> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(workspace::root())
        .output()
        .expect("git is installed");
    assert!(
        listed.status.success(),
        "this test needs the repository, not an export of it"
    );
    let listed = String::from_utf8(listed.stdout).unwrap();
    // A file that was removed is listed until its removal is committed.
    let present = |path: &&str| !path.is_empty() && workspace::root().join(path).is_file();
    let mut paths: Vec<String> = listed
        .split('\0')
        .filter(present)
        .map(str::to_owned)
        .collect();
    paths.sort_unstable();
    paths.dedup();
    assert!(paths.len() > 20, "there is almost nothing to check");
    paths
}

/// All files with this ending.
pub(super) fn files(ending: &str) -> Vec<SourceFile> {
    let files: Vec<SourceFile> = paths()
        .into_iter()
        .filter(|path| path.ends_with(ending))
        .map(|path| SourceFile {
            text: read(&path),
            path,
        })
        .collect();
    assert!(!files.is_empty(), "there is no {ending} file to check");
    files
}

/// All files that are text.
pub(super) fn text_files() -> Vec<SourceFile> {
    let text = |path: String| {
        let bytes = fs::read(absolute(&path)).unwrap();
        String::from_utf8(bytes)
            .ok()
            .map(|text| SourceFile { path, text })
    };
    paths().into_iter().filter_map(text).collect()
}

pub(super) fn read(path: &str) -> String {
    fs::read_to_string(absolute(path)).unwrap_or_else(|error| panic!("reading {path}: {error}"))
}

pub(super) fn absolute(path: &str) -> PathBuf {
    workspace::root().join(path)
}

/// Whether a file holds tests, or code that only tests use.
pub(super) fn is_test_code(path: &str) -> bool {
    let folders = Path::new(path).parent().into_iter().flat_map(Path::iter);
    folders
        .into_iter()
        .any(|folder| folder == "tests" || folder == "benches")
}

/// Fails with all findings at once.
#[track_caller]
pub(super) fn none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}
