//! docs/reference/cli.md is what `--help` prints, command by command.

use std::{fmt::Write, fs, path::Path, process::Command};

fn help(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_scrim"))
        .args(words)
        .arg("--help")
        .env("COLUMNS", "100")
        .env_remove("SCRIM_HOME")
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// Subcommands as the help of a command lists them.
fn commands(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    list.lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help")
        .map(str::to_owned)
        .collect()
}

fn describe(words: &[&str], page: &mut String) {
    let text = help(words);
    let title = std::iter::once("scrim")
        .chain(words.iter().copied())
        .collect::<Vec<_>>()
        .join(" ");
    let level = "#".repeat(words.len().min(2) + 2);
    writeln!(
        page,
        "{level} `{title}`\n\n```text\n{}\n```\n",
        text.trim_end()
    )
    .unwrap();
    for command in commands(&text) {
        let words: Vec<&str> = words.iter().copied().chain([command.as_str()]).collect();
        describe(&words, page);
    }
}

#[test]
fn the_reference_is_what_help_prints() {
    let mut page = "# Command line\n\nThis page is generated from `scrim --help`. With \
        `SCRIM_RENEW_GOLDEN=1` the test that compares them writes it anew.\n\n"
        .to_owned();
    describe(&[], &mut page);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/cli.md");
    if std::env::var_os("SCRIM_RENEW_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, page, "docs/reference/cli.md is out of date");
}
