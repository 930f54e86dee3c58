//! Foreign programs from the Python package index, see `tests/peers`.

use std::{path::PathBuf, process::Command};

use crate::workspace;

/// Returns the folder with the programs of a peer, installed where they are missing.
pub fn programs(name: &str) -> PathBuf {
    let script = workspace::root().join("tests/peers/venv.sh");
    let made = Command::new(script)
        .arg(name)
        .output()
        .expect("a shell can be started");
    let messages = String::from_utf8_lossy(&made.stderr);
    assert!(
        made.status.success(),
        "the peer {name} could not be installed:\n{messages}"
    );
    let python = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
    python
        .parent()
        .expect("an interpreter lies in a folder")
        .to_owned()
}
