//! Scenario files are read or refused with their line.

use std::path::Path;

use scrim_policy::Kind;
use scrim_samples::{
    BUILTIN_NAMES, Language, RenderError, RenderOptions, Scenario, ScenarioError, SpeechError,
    Theme, render,
};

const SMALLEST: &str = r#"schema = 1
name = "small"
title = "Small"
size = [320, 180]
rate = 10
duration = "2s"
theme = "light"
seed = 1
language = "pl"
clock = "12:00"

[[layout]]
toolbar = [0.0, 0.0, 1.0, 0.1]
stage = [0.0, 0.1, 1.0, 0.9]
toast = [0.5, 0.0, 0.2, 0.1]

[[person]]
name = "Käthe Groß"
email = "kaethe@gross.example"
"#;

fn refused(text: &str) -> String {
    Scenario::parse("x.toml", text).unwrap_err().to_string()
}

#[test]
fn the_smallest_scenario_is_read() {
    let scenario = Scenario::parse("x.toml", SMALLEST).unwrap();
    assert_eq!((scenario.size, scenario.frame_count()), ((320, 180), 20));
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (old, new, line, problem) in [
        ("seed = 1", "sead = 1", 8, "unknown field `sead`"),
        ("rate = 10", "rate = 0", 5, "rate is 1 to 120 frames"),
        ("[320, 180]", "[321, 180]", 4, "321x180 cannot be drawn"),
        ("\"small\"", "\"../small\"", 2, "lower-case letters"),
        ("\"12:00\"", "\"25:00\"", 10, "no wall clock"),
        ("\"2s\"", "\"soon\"", 6, "`soon` is no duration"),
        (
            "[0.0, 0.1, 1.0, 0.9]",
            "[0.0, 0.1, 1.0, 1.9]",
            12,
            "stage leaves 0..1",
        ),
        (
            "[0.0, 0.1, 1.0, 0.9]",
            "[0.0, 0.05, 1.0, 0.9]",
            12,
            "stage and toolbar overlap",
        ),
        ("gross.example", "gross.de", 17, "ends in `.example`"),
        (
            "[[person]]",
            "[[person]]\nvoise = \"f1\"",
            18,
            "unknown field `voise`",
        ),
    ] {
        let text = SMALLEST.replace(old, new);
        let message = refused(&text);
        assert!(
            message.starts_with(&format!("x.toml:{line}: ")),
            "{message}"
        );
        assert!(message.contains(problem), "{message}");
    }
}

#[test]
fn parts_that_refer_to_nobody_are_refused() {
    for part in [
        "[[chat]]\nat = \"1s\"\nwho = \"Nikt\"\ntext = \"?\"",
        "[[speech]]\nspeaker = \"Nikt\"\nlanguage = \"pl\"\ntext = \"?\"",
        "[[camera]]\nperson = \"Nikt\"\nlook = 1\nrect = [0.0, 0.0, 0.5, 0.5]",
    ] {
        let message = refused(&format!("{SMALLEST}\n{part}\n"));
        assert_eq!(message, "x.toml:21: no [[person]] is named `Nikt`");
    }
}

#[test]
fn a_line_is_either_spoken_or_played() {
    let head = "[[speech]]\nspeaker = \"Käthe Groß\"\nlanguage = \"de\"\n";
    for body in ["", "text = \"a\"\nclip = \"b\"\n"] {
        let message = refused(&format!("{SMALLEST}\n{head}{body}"));
        assert!(message.ends_with("either `text` or `clip`"), "{message}");
    }
    let message = refused(&format!("{SMALLEST}\n{head}clip = \"../../etc/passwd\"\n"));
    assert!(message.ends_with("is no clip"), "{message}");
}

#[test]
fn a_file_that_is_not_there_and_an_unknown_name_are_told_apart() {
    let missing = Scenario::load(Path::new("/nonexistent/x.toml")).unwrap_err();
    assert!(matches!(missing, ScenarioError::Unreadable { .. }));
    assert_eq!(missing.kind(), Kind::NotFound);
    let unknown = Scenario::builtin("webinar").unwrap_err();
    assert!(unknown.to_string().contains("webinar-slides"), "{unknown}");
}

#[test]
fn speech_that_does_not_fit_into_the_recording_is_refused() {
    let line = "[[speech]]\nspeaker = \"Käthe Groß\"\nlanguage = \"de\"\n\
        text = \"Das ist viel zu lang für zwei Sekunden, und es geht noch weiter.\"\n";
    let scenario = Scenario::parse("x.toml", &format!("{SMALLEST}\n{line}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let error = render(&scenario, &RenderOptions::default(), folder.path()).unwrap_err();
    assert!(
        matches!(
            error,
            RenderError::Speech(SpeechError::TooLong { line: 1, .. })
        ),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Invalid);
}

#[test]
fn the_builtin_scenarios_cover_themes_sizes_and_languages() {
    let all: Vec<Scenario> = BUILTIN_NAMES
        .iter()
        .map(|name| Scenario::builtin(name).unwrap())
        .collect();
    for (scenario, name) in all.iter().zip(BUILTIN_NAMES) {
        assert_eq!(scenario.name, name);
    }
    for theme in [Theme::Light, Theme::Dark] {
        assert!(all.iter().any(|scenario| scenario.theme == theme));
    }
    for size in [(1280, 720), (1920, 1080)] {
        assert!(all.iter().any(|scenario| scenario.size == size));
    }
    for language in [
        Language::De,
        Language::En,
        Language::Fr,
        Language::It,
        Language::Pl,
    ] {
        let spoken = all.iter().flat_map(|scenario| &scenario.speech);
        assert!(
            spoken.into_iter().any(|line| line.language == language),
            "{language}"
        );
    }
}
