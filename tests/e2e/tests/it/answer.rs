//! Running the program and reading what it answers.

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use scrim_testkit::{Home, committed_sample, workspace};
use serde_json::Value;

/// How the program ended and what it printed.
#[derive(Debug)]
pub(crate) struct Answer {
    output: Output,
}

impl Answer {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program can be started");
        Self { output }
    }

    /// Runs a command that is killed when it takes longer. It then ends with code 137, as after a
    /// crash.
    pub(crate) fn within(seconds: u32, command: &Command) -> Self {
        let mut limited = Command::new("timeout");
        limited.arg("--signal=KILL").arg(seconds.to_string());
        limited.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => limited.env(name, value),
                None => limited.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            limited.current_dir(folder);
        }
        Self::of(&mut limited)
    }

    /// Returns the exit code, or the number of the signal and 128, as a shell has it.
    pub(crate) fn code(&self) -> i32 {
        let status = self.output.status;
        status
            .code()
            .unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
    }

    /// Fails the test unless the program ended with this code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "{}{}", self.printed(), self.said());
        self
    }

    /// Fails the test unless the messages hold this, whatever the case.
    #[track_caller]
    pub(crate) fn expect_said(self, words: &str) -> Self {
        let said = self.said();
        assert!(
            said.to_lowercase().contains(words),
            "no `{words}` in: {said}"
        );
        self
    }

    /// Fails the test unless standard output holds this.
    #[track_caller]
    pub(crate) fn expect_printed(self, words: &str) -> Self {
        let printed = self.printed();
        assert!(printed.contains(words), "no `{words}` in: {printed}");
        self
    }

    /// Returns the bytes of standard output.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.output.stdout
    }

    /// Returns the bytes of standard error.
    pub(crate) fn error_bytes(&self) -> &[u8] {
        &self.output.stderr
    }

    /// Returns standard output as text.
    pub(crate) fn printed(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// Returns standard error as text.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Returns all lines that `--json` printed.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        let printed = self.printed();
        let parsed = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in: {line}"))
        };
        printed.lines().map(parsed).collect()
    }

    /// Returns the last line that `--json` printed: the summary or the error.
    #[track_caller]
    pub(crate) fn last_line(&self) -> Value {
        self.lines()
            .pop()
            .unwrap_or_else(|| panic!("nothing was printed: {}", self.said()))
    }
}

/// Returns a policy of the samples.
pub(crate) fn policy(name: &str) -> PathBuf {
    workspace::root().join(format!("samples/policies/{name}.toml"))
}

/// Returns `scrim process --json` for a recording, with the roster of the short webinar, without a
/// transcript.
pub(crate) fn process_silently(home: &Home, input: &Path, policy_name: &str) -> Command {
    let mut command = process(home, input, policy_name);
    command.arg("--no-transcript");
    command
}

/// Returns `scrim process --json` for a recording, with the roster of the short webinar.
pub(crate) fn process(home: &Home, input: &Path, policy_name: &str) -> Command {
    let mut command = home.scrim();
    command
        .args(["process", "--json", "--policy"])
        .arg(policy(policy_name));
    command
        .arg("--roster")
        .arg(committed_sample().roster)
        .arg(input);
    command
}

/// Returns the recording that a run of `scrim process --json` has made.
#[track_caller]
pub(crate) fn recording_of(answer: &Answer) -> String {
    let summary = answer.last_line();
    let id = summary["recording"].as_str();
    id.unwrap_or_else(|| panic!("no recording in {summary}"))
        .to_owned()
}

/// Returns what `scrim show --json` says about a recording.
#[track_caller]
pub(crate) fn shown(home: &Home, recording: &str) -> Value {
    Answer::of(home.scrim().args(["show", "--json", recording]))
        .expect(0)
        .last_line()
}

/// Returns what `scrim ls --json` lists.
#[track_caller]
pub(crate) fn listed(home: &Home) -> Vec<Value> {
    Answer::of(home.scrim().args(["ls", "--json"]))
        .expect(0)
        .lines()
}
