//! The program under test.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use crate::workspace;

/// Returns the program `scrim` of the same build as the running test.
///
/// It is built first where it is missing or older than one of its sources, since a test run of a
/// single crate does not build it. Beside other test processes, one builds and the others wait.
pub fn scrim() -> PathBuf {
    let folder = workspace::build_folder();
    let program = folder.join("scrim");
    let _lock = workspace::lock("build-scrim");
    if !is_current(&program) {
        build(&folder);
    }
    assert!(program.is_file(), "cargo built no {}", program.display());
    program
}

/// Compares the program with the sources that cargo lists beside it.
fn is_current(program: &Path) -> bool {
    let (Some(built), Ok(listed)) = (
        modified(program),
        fs::read_to_string(program.with_extension("d")),
    ) else {
        return false;
    };
    // One rule as in a makefile: `program: source source …`, spaces in paths escaped.
    let Some((_, sources)) = listed.split_once(": ") else {
        return false;
    };
    let joined = sources.replace("\\ ", "\0");
    let mut sources = joined
        .split_whitespace()
        .map(|path| path.replace('\0', " "));
    sources.all(|source| modified(Path::new(&source)).is_some_and(|changed| changed <= built))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

fn build(folder: &Path) {
    // The folder is named after the profile, but for that of development.
    let profile = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("debug");
    let profile = if profile == "debug" { "dev" } else { profile };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What cargo tells a test about its own crate is nothing that this build may see: a dependency
    // whose build script asks for it would be built anew here, and anew again by the next build.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let built = command
        .args([
            "build",
            // Dependencies have the features that the tests of all crates were built with, and are there.
            "--workspace",
            "--bin",
            "scrim",
            "--profile",
            profile,
        ])
        .arg("--target-dir")
        .arg(folder.parent().unwrap_or(folder))
        .current_dir(workspace::root())
        .output()
        .expect("cargo can be started");
    let messages = String::from_utf8_lossy(&built.stderr);
    assert!(
        built.status.success(),
        "cargo could not build scrim:\n{messages}"
    );
}

/// Returns a folder with these speech models, fetched where they are missing. To be used as
/// `SCRIM_MODELS`.
pub fn models(names: &[&str]) -> PathBuf {
    let program = scrim();
    let folder = workspace::target("models");
    let _lock = workspace::lock("models");
    for name in names {
        let pulled = Command::new(&program)
            .args(["models", "pull", name])
            .env("SCRIM_HOME", &folder)
            .env("SCRIM_MODELS", &folder)
            .output()
            .expect("scrim can be started");
        let messages = String::from_utf8_lossy(&pulled.stderr);
        assert!(
            pulled.status.success(),
            "the model {name} could not be fetched:\n{messages}"
        );
    }
    folder
}
