//! Stock Tink, which opens and seals in the format of Scrim without a line of it.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::{Deserialize, Serialize};

use crate::{peer, workspace};

/// What Tink is asked to do with one file.
#[derive(Debug, Serialize)]
pub struct Job {
    /// `open` or `seal`.
    pub r#do: &'static str,
    /// The data key in hexadecimal digits.
    pub key: String,
    /// What the object is bound to.
    pub associated_data: String,
    /// Length of a ciphertext segment.
    pub segment_bytes: u32,
    /// The file that is read.
    pub input: PathBuf,
    /// The file that is written.
    pub output: PathBuf,
}

/// What has become of a [`Job`].
#[derive(Debug, Deserialize)]
pub struct Outcome {
    /// Whether it was done.
    pub ok: bool,
    /// Why not.
    pub error: Option<String>,
}

/// Does all jobs. Tink is installed if it was missing.
pub fn run(jobs: &[Job]) -> Vec<Outcome> {
    let mut child = Command::new(peer::programs("tink").join("python"))
        .arg("-B")
        .arg(workspace::root().join("tests/peers/tink/tink_peer.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python can be started");
    let asked = serde_json::to_vec(jobs).expect("jobs hold only texts, numbers and paths");
    let mut stdin = child.stdin.take().expect("it was asked for");
    stdin.write_all(&asked).expect("Tink reads its jobs");
    drop(stdin);
    let done = child.wait_with_output().expect("Tink can be waited for");
    assert!(done.status.success(), "the program around Tink has failed");
    let outcomes: Vec<Outcome> = serde_json::from_slice(&done.stdout).expect("it answers in JSON");
    assert_eq!(outcomes.len(), jobs.len());
    outcomes
}
