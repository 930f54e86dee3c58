#![allow(clippy::unwrap_used)]
//! All languages say the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_bundle::FluentResource;

use super::{Language, Texts, clock, machine_time, messages::source};

/// The keys of a language, each with the variables that it takes.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let text = source(language);
    let parsed = FluentResource::try_new(text.to_owned());
    assert!(
        parsed.is_ok(),
        "{language:?}: {:?}",
        parsed.err().unwrap().1
    );
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| !key.contains(' ')) {
            current = key.to_owned();
            let before = messages.insert(current.clone(), BTreeSet::new());
            assert!(before.is_none(), "{language:?}: {key} is there twice");
        }
        for variable in line.split('$').skip(1) {
            let end = variable.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let name = &variable[..end.unwrap_or(variable.len())];
            messages.get_mut(&current).unwrap().insert(name.to_owned());
        }
    }
    assert!(messages.len() > 100, "{language:?}: almost nothing is said");
    messages
}

#[test]
fn every_language_says_the_same_with_the_same_variables() {
    let english = messages(Language::En);
    for language in Language::ALL {
        let other = messages(language);
        for (key, variables) in &english {
            assert_eq!(other.get(key), Some(variables), "{language:?}: {key}");
        }
        let surplus: Vec<_> = other
            .keys()
            .filter(|key| !english.contains_key(*key))
            .collect();
        assert!(
            surplus.is_empty(),
            "{language:?}: nobody asks for {surplus:?}"
        );
    }
}

/// Files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Text literals that look like keys, in templates and in the code of views.
fn words_of_pages() -> BTreeSet<String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&home.join("templates/serve"), &mut paths);
    files(&home.join("src/serve"), &mut paths);
    let mut words = BTreeSet::new();
    for path in paths.iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = fs::read_to_string(path).unwrap();
        words.extend(text.split('"').map(str::to_owned));
    }
    words
}

#[test]
fn every_text_that_a_template_asks_for_is_there() {
    let english = messages(Language::En);
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&home.join("templates/serve"), &mut paths);
    let mut asked = 0;
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for call in ["say(\"", "say_one(\"", "say_two(\""] {
            for rest in text.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                asked += 1;
                assert!(english.contains_key(key), "{}: {key}", path.display());
            }
        }
    }
    assert!(asked > 100, "only {asked} texts are asked for");
}

#[test]
fn no_text_is_written_for_nobody() {
    let words = words_of_pages();
    let english = messages(Language::En);
    let unused: Vec<_> = english.keys().filter(|key| !words.contains(*key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn plurals_follow_the_language() {
    let say = |language, count: i64| {
        Texts::of(language).say_with("count-recordings", &[("count", count.into())])
    };
    assert_eq!(say(Language::En, 1), "1 recording");
    assert_eq!(say(Language::En, 3), "3 recordings");
    assert_eq!(say(Language::Pl, 1), "1 nagranie");
    assert_eq!(say(Language::Pl, 3), "3 nagrania");
    assert_eq!(say(Language::Pl, 5), "5 nagrań");
    assert_eq!(say(Language::Pl, 22), "22 nagrania");
}

#[test]
fn a_missing_text_is_shown_as_its_key() {
    assert_eq!(Texts::of(Language::De).say("no-such-key"), "no-such-key");
}

#[test]
fn the_reader_chooses_the_language() {
    let negotiate = Language::negotiate;
    assert_eq!(negotiate(None, None), Language::En);
    assert_eq!(negotiate(Some("de"), Some("pl")), Language::Pl);
    assert_eq!(negotiate(Some("de-AT,de;q=0.9"), None), Language::De);
    assert_eq!(
        negotiate(Some("ja, fr;q=0.5, it;q=0.8"), None),
        Language::It
    );
    assert_eq!(negotiate(Some("pl;q=0, *"), Some("tlh")), Language::En);
    assert_eq!(negotiate(Some(";;q=,,\u{0}"), Some("")), Language::En);
}

#[test]
fn amounts_are_written_as_the_language_does() {
    let (en, de, fr) = (
        Texts::of(Language::En),
        Texts::of(Language::De),
        Texts::of(Language::Fr),
    );
    let at_us = 1_795_700_000_000_000;
    assert_eq!(en.day(at_us), "26 Nov 2026");
    assert_eq!(de.day_and_time(at_us), "26.11.2026, 13:33 UTC");
    assert_eq!(machine_time(at_us), "2026-11-26T13:33:20Z");
    assert_eq!(en.bytes(999), "999\u{a0}B");
    assert_eq!(en.bytes(999_999), "1\u{a0}MB");
    assert_eq!(fr.bytes(1_540_000_000), "1,5\u{a0}Go");
    assert_eq!(
        (clock(247.9), clock(3847.0)),
        ("4:07".into(), "1:04:07".into())
    );
    assert_eq!(
        (clock(f64::NAN), clock(-3.0)),
        ("0:00".into(), "0:00".into())
    );
    assert_eq!(en.day(i64::MAX), "");
}
