//! A private place for one run of the program.

use std::{
    env,
    fs::create_dir,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::program;

/// A private place for one run of the program: its state, its temporary files, and room for its
/// outputs. Everything is gone when it is dropped.
///
/// ```text
/// home/
///   state/   SCRIM_HOME
///   tmp/     TMPDIR
///   out/     not made: for `--out`
/// ```
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// Makes an empty place.
    #[expect(
        clippy::new_without_default,
        reason = "it makes folders, which no default should do"
    )]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("scrim-home-")
            .tempdir()
            .expect("a folder for temporary files can be made");
        create_dir(folder.path().join("tmp")).expect("a folder can be made in an empty one");
        Self { folder }
    }

    /// Returns the folder that holds all others. A search for leaks starts here.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns what the program knows as `SCRIM_HOME`. The program makes it.
    pub fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    /// Returns the folder for temporary files of the program. Empty unless something was left.
    pub fn temporary(&self) -> PathBuf {
        self.path().join("tmp")
    }

    /// Returns a folder for outputs. It is not made.
    pub fn out(&self) -> PathBuf {
        self.path().join("out")
    }

    /// Returns the program, ready to get arguments. Settings of whoever runs the tests do not
    /// reach it. It has no speech models unless the caller sets `SCRIM_MODELS` to what
    /// [`program::models`] returns.
    pub fn scrim(&self) -> Command {
        let mut command = Command::new(program::scrim());
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("SCRIM_") {
                command.env_remove(name);
            }
        }
        command
            .env("SCRIM_HOME", self.state())
            .env("TMPDIR", self.temporary())
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1")
            .current_dir(self.path());
        command
    }
}
