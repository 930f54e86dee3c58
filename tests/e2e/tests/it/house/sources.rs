//! Rules about Rust source text.

use super::{
    rust_text::{code_of, lines_with, shipped_code_of},
    tree::{SourceFile, absolute, files, is_test_code, none, read},
};

/// Longer files hold more than one responsibility.
const LONGEST_FILE: usize = 500;

fn findings(
    files: &[SourceFile],
    code: impl Fn(&str) -> String,
    forbidden: &[&str],
) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files {
        let code = code(&file.text);
        for needle in forbidden {
            for line in lines_with(&code, needle) {
                findings.push(format!("{}:{line}: {needle}", file.path));
            }
        }
    }
    findings
}

fn shipped() -> Vec<SourceFile> {
    files(".rs")
        .into_iter()
        .filter(|file| !is_test_code(&file.path))
        .collect()
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let too_long = |file: &SourceFile| {
        let lines = file.text.lines().count();
        (lines > LONGEST_FILE).then(|| format!("{}: {lines} lines", file.path))
    };
    let found: Vec<String> = files(".rs").iter().filter_map(too_long).collect();
    none(
        "files of at most 500 lines, split by responsibility",
        &found,
    );
}

#[test]
fn nothing_that_is_shipped_panics_on_purpose() {
    let forbidden = [
        ".unwrap()",
        ".unwrap_err()",
        "todo!(",
        "unimplemented!(",
        "dbg!(",
    ];
    none(
        "panic means bug",
        &findings(&shipped(), shipped_code_of, &forbidden),
    );
}

#[test]
fn pure_crates_have_no_clock_no_socket_and_no_file() {
    let pure: Vec<SourceFile> = shipped()
        .into_iter()
        .filter(|file| file.path.starts_with("policy/src/") || file.path.starts_with("redact/src/"))
        .collect();
    let forbidden = [
        "SystemTime",
        "Instant",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "File::",
        "println!",
        "tokio",
        "gstreamer",
    ];
    none(
        "pure in the middle",
        &findings(&pure, shipped_code_of, &forbidden),
    );
}

#[test]
fn only_the_program_reads_the_environment_and_prints() {
    let libraries: Vec<SourceFile> = shipped()
        .into_iter()
        .filter(|file| {
            !file.path.starts_with("scrim/") && !file.path.starts_with("samples/src/main.rs")
        })
        .filter(|file| !file.path.contains("/examples/"))
        .collect();
    let forbidden = [
        "env::var",
        "println!(",
        "print!(",
        "eprint!(",
        "process::exit",
    ];
    none(
        "I/O at the rim",
        &findings(&libraries, shipped_code_of, &forbidden),
    );
}

#[test]
fn tests_wait_for_events_and_never_for_time() {
    let tests: Vec<SourceFile> = files(".rs")
        .into_iter()
        .filter(|file| is_test_code(&file.path))
        .collect();
    // With a reason it is allowed: programs that another test starts are tests as well.
    let forbidden = ["thread::sleep", "time::sleep", "#[ignore]"];
    none(
        "no sleeps, no silent skips",
        &findings(&tests, code_of, &forbidden),
    );
}

#[test]
fn crates_that_need_no_unsafe_code_forbid_it() {
    for root in [
        "policy/src/lib.rs",
        "redact/src/lib.rs",
        "storage/src/lib.rs",
        "scrim/src/main.rs",
    ] {
        let code = code_of(&read(root));
        assert!(
            code.contains("#![forbid(unsafe_code)]"),
            "{root} does not forbid unsafe code"
        );
    }
}

#[test]
fn only_a_verified_bucket_is_written() {
    let writes = [
        ".put_object()",
        ".copy_object()",
        ".create_multipart_upload()",
        ".upload_part()",
        ".upload_part_copy()",
        ".complete_multipart_upload()",
        ".create_bucket()",
    ];
    let may_write = |file: &SourceFile| {
        let folders = ["storage/src/objects/s3/", "storage/src/capabilities/"];
        folders.iter().any(|folder| file.path.starts_with(folder))
    };
    let (writers, others): (Vec<_>, Vec<_>) = shipped().into_iter().partition(may_write);
    none(
        "only the store and its probes write to a bucket",
        &findings(&others, shipped_code_of, &writes),
    );
    let mut found = Vec::new();
    let mut checked = 0;
    for file in writers {
        let code: String = shipped_code_of(&file.text).split_whitespace().collect();
        for write in writes {
            for (at, _) in code.match_indices(write) {
                checked += 1;
                if !code[..at].ends_with("writer()?") {
                    found.push(format!("{}: {write}", file.path));
                }
            }
        }
    }
    none("they write by the client that a check can stop", &found);
    assert!(checked > 5, "only {checked} places write to a bucket");
}

#[test]
fn modules_with_submodules_are_folders() {
    let beside = |file: &SourceFile| {
        let folder = file.path.strip_suffix(".rs")?;
        let is_folder = absolute(folder).is_dir();
        is_folder.then(|| format!("{} lies beside the folder {folder}", file.path))
    };
    let found: Vec<String> = files(".rs").iter().filter_map(beside).collect();
    none("mod.rs everywhere", &found);
}

#[test]
fn errors_are_lower_case_and_end_without_a_period() {
    let mut found = Vec::new();
    let mut checked = 0;
    for file in shipped() {
        for text in error_texts(&file.text) {
            checked += 1;
            if !is_lower_case(&text) || text.ends_with('.') {
                found.push(format!("{}: {text}", file.path));
            }
        }
    }
    assert!(checked > 20, "only {checked} error texts were found");
    none("error texts are parts of sentences", &found);
}

/// The texts of `#[error("…")]`.
fn error_texts(text: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for after in text.split("#[error(").skip(1) {
        let after = after.trim_start();
        if let Some(literal) = after.strip_prefix('"')
            && let Some(end) = closing_quote(literal)
        {
            texts.push(literal[..end].to_owned());
        }
    }
    texts
}

fn closing_quote(literal: &str) -> Option<usize> {
    let mut escaped = false;
    literal.char_indices().find_map(|(at, character)| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(at)
    })
}

/// A first word such as `GStreamer` or `MP4` is a name.
fn is_lower_case(text: &str) -> bool {
    let first_word = text.split_whitespace().next().unwrap_or_default();
    let mut letters = first_word.chars();
    let first_is_capital = letters.next().is_some_and(char::is_uppercase);
    !first_is_capital || letters.any(|letter| letter.is_uppercase() || letter.is_ascii_digit())
}

#[test]
fn error_texts_are_told_apart() {
    let text = r#"#[error("could not \"x\".")] #[error(transparent)] #[error(
        "Not so", y
    )]"#;
    assert_eq!(error_texts(text), ["could not \\\"x\\\".", "Not so"]);
    assert!(is_lower_case("GStreamer is not usable") && is_lower_case("MP4 is"));
    assert!(!is_lower_case("Not so"));
}
