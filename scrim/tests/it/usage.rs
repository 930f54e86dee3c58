use std::process::{Command, Output};

fn scrim(words: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_scrim"))
        .args(words)
        .env("SCRIM_HOME", home.path())
        .env_remove("SCRIM_PASSPHRASE")
        .output()
        .unwrap()
}

#[test]
fn a_wrong_command_line_is_told_from_a_wrong_input() {
    assert_eq!(scrim(&["process"]).status.code(), Some(2));
    assert_eq!(scrim(&["dance"]).status.code(), Some(2));
    let missing = scrim(&["policy", "check", "no-such-policy.toml"]);
    assert_eq!(missing.status.code(), Some(4));
    let text = String::from_utf8(missing.stderr).unwrap();
    assert!(
        text.contains("could not read the policy no-such-policy.toml"),
        "{text}"
    );
}

#[test]
fn errors_are_lines_of_json_on_request() {
    let output = scrim(&["--json", "show", "rec_00000000000000000000000000000001"]);
    assert_eq!(output.status.code(), Some(4));
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["message_type"], "error");
    assert_eq!(line["kind"], "not_found");
    assert_eq!(line["exit_code"], 4);
}

#[test]
fn a_key_stays_the_same_and_has_one_line() {
    let home = tempfile::tempdir().unwrap();
    let key = || {
        let output = Command::new(env!("CARGO_BIN_EXE_scrim"))
            .args(["key", "--home"])
            .arg(home.path())
            .env_remove("SCRIM_PASSPHRASE")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let first = key();
    assert_eq!(first.lines().count(), 1);
    assert_eq!(first, key());
}
