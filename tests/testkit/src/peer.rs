//! Foreign programs from the Python package index and from npm, see `tests/peers`.

use std::{path::PathBuf, process::Command};

use crate::workspace;

/// Returns the folder with the programs of a peer, installed where they are missing.
pub fn programs(name: &str) -> PathBuf {
    let python = install("venv.sh", &[name]);
    python
        .parent()
        .expect("an interpreter lies in a folder")
        .to_owned()
}

/// Returns a command that runs a script of a peer with Node.js. Both, and the npm packages that the
/// script needs, are installed where they are missing.
pub fn script(name: &str, file: &str) -> Command {
    let mut node = Command::new(install("node.sh", &[]));
    node.arg(install("npm.sh", &[name]).join(file));
    node
}

/// Runs a script that installs a peer and prints a path.
fn install(script: &str, arguments: &[&str]) -> PathBuf {
    let made = Command::new(workspace::root().join("tests/peers").join(script))
        .args(arguments)
        .output()
        .expect("a shell can be started");
    let messages = String::from_utf8_lossy(&made.stderr);
    assert!(
        made.status.success(),
        "{script} {arguments:?} could not install a peer:\n{messages}"
    );
    PathBuf::from(String::from_utf8_lossy(&made.stdout).trim())
}
