//! Foreign programs from the Python package index and from npm, see `tests/peers`.

use std::{path::PathBuf, process::Command};

use crate::workspace;

/// Returns the folder with the programs of a peer, installed where they are missing.
pub fn programs(name: &str) -> PathBuf {
    let python = install("venv.sh", name);
    python
        .parent()
        .expect("an interpreter lies in a folder")
        .to_owned()
}

/// Returns the folder with the scripts of a peer and the npm packages that they need, installed
/// where they are missing.
pub fn packages(name: &str) -> PathBuf {
    install("npm.sh", name)
}

/// Runs a script that installs a peer and prints a path.
fn install(script: &str, name: &str) -> PathBuf {
    let made = Command::new(workspace::root().join("tests/peers").join(script))
        .arg(name)
        .output()
        .expect("a shell can be started");
    let messages = String::from_utf8_lossy(&made.stderr);
    assert!(
        made.status.success(),
        "the peer {name} could not be installed:\n{messages}"
    );
    PathBuf::from(String::from_utf8_lossy(&made.stdout).trim())
}
