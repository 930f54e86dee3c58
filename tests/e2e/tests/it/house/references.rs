//! Reference documents, held to what they describe.

use std::collections::{BTreeMap, BTreeSet};

use scrim_policy::{Policy, Roster};
use serde_json::Value;

use super::tree::{files, none, read};

#[test]
fn the_policy_reference_names_every_key_and_value() {
    let reference = read("docs/reference/policy.md");
    let mut words = BTreeSet::new();
    collect_words(scrim_policy::json_schema().as_value(), &mut words);
    assert!(
        words.contains("rect") && words.contains("initials"),
        "{words:?}"
    );
    let is_missing = |word: &String| {
        !["`", "`\"", "."]
            .iter()
            .any(|before| reference.contains(&format!("{before}{word}")))
    };
    let missing: Vec<String> = words.into_iter().filter(is_missing).collect();
    none("every key and value of the schema is explained", &missing);
}

/// Collects names of properties and fixed values.
fn collect_words(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => {
                        words.extend(properties.keys().cloned());
                    }
                    ("const", Value::String(word)) => {
                        words.insert(word.clone());
                    }
                    ("enum", Value::Array(values)) => {
                        words.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                collect_words(value, words);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_words(value, words)),
        _ => {}
    }
}

#[test]
fn policies_that_people_copy_are_valid() {
    let mut checked = 0;
    for file in files(".toml") {
        if file.path.starts_with("samples/policies/") || file.path.starts_with("tests/bad/") {
            checked += 1;
            Policy::parse(&file.path, &file.text).unwrap_or_else(|error| panic!("{error}"));
        }
    }
    for file in files(".md") {
        for block in file.text.split("```toml\n").skip(1) {
            let text = block.split("```").next().unwrap_or(block);
            if text.contains("[[region]]") || text.contains("[live]\nlayout") {
                checked += 1;
                Policy::parse(&file.path, text).unwrap_or_else(|error| panic!("{error}"));
            }
        }
    }
    assert!(checked > 3, "only {checked} policies were found");
}

#[test]
fn rosters_that_people_copy_are_valid() {
    let rosters = files(".roster.csv");
    for file in rosters {
        let roster = Roster::parse_csv(&file.text).unwrap_or_else(|error| panic!("{error}"));
        assert!(!roster.people().is_empty(), "{} names nobody", file.path);
    }
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    // The program lists them as `  3  the input is not usable: …`, the document as `| 3 | the …`.
    let first_word = |text: &str| text.split([' ', ':']).next().unwrap_or_default().to_owned();
    let program: BTreeMap<u8, String> = read("scrim/src/exit.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once("  "))
        .filter_map(|(code, meaning)| Some((code.parse().ok()?, first_word(meaning))))
        .collect();
    let document: BTreeMap<u8, String> = read("docs/reference/exit-codes.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .filter_map(|(code, meaning)| Some((code.parse().ok()?, first_word(meaning))))
        .collect();
    assert!(program.len() > 5, "{program:?}");
    assert_eq!(program, document);
}
