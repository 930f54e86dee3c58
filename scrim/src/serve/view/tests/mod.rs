//! Every page, in every language, with what people write and with what attackers write.
#![allow(clippy::unwrap_used)]

mod sample;
mod sample_dpo;
mod sample_personal;
mod sample_registration;
mod sample_rooms;
mod sample_watch;

use std::{fs, path::PathBuf};

use crate::serve::{assets, texts::Language};

use sample::{Taste, pages};

/// Where pages are written for somebody to look at; a folder that goes away unless one is given.
fn folder() -> (PathBuf, Option<tempfile::TempDir>) {
    match std::env::var_os("SCRIM_PAGES") {
        Some(path) => (path.into(), None),
        None => {
            let folder = tempfile::tempdir().unwrap();
            (folder.path().to_owned(), Some(folder))
        }
    }
}

#[test]
fn every_page_is_drawn_in_every_language() {
    let (folder, _guard) = folder();
    for language in Language::ALL {
        let home = folder.join(language.tag());
        fs::create_dir_all(&home).unwrap();
        for (name, html) in pages(language, Taste::Usual) {
            assert!(html.starts_with("<!doctype html>"), "{name}");
            assert!(
                html.contains(&format!("<html lang=\"{}\">", language.tag())),
                "{name}"
            );
            assert!(html.contains("<h1"), "{name} has no heading");
            fs::write(home.join(format!("{name}.html")), html).unwrap();
        }
    }
}

#[test]
fn no_page_lets_anybody_write_markup() {
    for (name, html) in pages(Language::En, Taste::Hostile) {
        assert!(!html.contains("<script>"), "{name}");
        assert!(!html.contains("<img src=x"), "{name}");
        assert!(!html.contains("\"onmouseover"), "{name}");
        assert!(
            html.contains("&#60;script&#62;") || !shows_words(&name),
            "{name}"
        );
    }
}

/// Pages on which something stands that people wrote.
fn shows_words(name: &str) -> bool {
    [
        "recordings",
        "review",
        "player",
        "users",
        "retention",
        "regions",
        "failure",
        "rooms",
        "room-facts",
        "personal",
        "register",
        "register-confirm",
    ]
    .contains(&name)
}

#[test]
fn no_page_has_script_or_style_inside_or_loads_from_elsewhere() {
    for (name, html) in pages(Language::En, Taste::Usual) {
        for tag in tags(&html) {
            let is_script = tag.starts_with("script");
            assert!(
                !is_script || tag.contains("src=\"/assets/"),
                "{name}: {tag}"
            );
            assert!(!tag.starts_with("style"), "{name}: {tag}");
            for (attribute, value) in attributes(tag) {
                let is_inline = attribute.starts_with("on") || attribute == "style";
                assert!(!is_inline, "{name}: {tag}");
                if ["src", "action", "href"].contains(&attribute) {
                    let is_own = value.is_empty() || value.starts_with(['/', '#', '?']);
                    let is_legal = tag.starts_with("a ") && tag.contains("rel=\"noreferrer\"");
                    assert!(is_own || is_legal, "{name}: {tag}");
                }
            }
        }
    }
}

/// The attributes of a tag that have a value.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let pieces: Vec<&str> = tag.split('"').collect();
    pieces
        .chunks_exact(2)
        .filter_map(|pair| {
            let name = pair[0].strip_suffix('=')?.split_whitespace().last()?;
            Some((name, pair[1]))
        })
        .collect()
}

/// What stands between `<` and `>`.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    let mut forms = 0;
    for (name, html) in pages(Language::En, Taste::Usual) {
        for form in html.split("<form method=\"post\"").skip(1) {
            let inside = form.split("</form>").next().unwrap();
            assert!(
                inside.contains("name=\"csrf\" value=\"sample-token\""),
                "{name}: {inside}"
            );
            forms += 1;
        }
    }
    assert!(forms > 20, "only {forms} forms");
}

#[test]
fn every_asset_that_a_page_names_is_there() {
    let mut named = 0;
    for (name, html) in pages(Language::En, Taste::Usual) {
        for rest in html.split("\"/assets/").skip(1) {
            let address = rest.split('"').next().unwrap();
            let (file, hash) = address.split_once("?v=").unwrap();
            let asset = assets::find(file);
            assert!(
                asset.is_some_and(|asset| asset.hash == hash),
                "{name}: {address}"
            );
            named += 1;
        }
    }
    assert!(named > 50, "only {named} assets are named");
}

#[test]
fn no_text_of_the_transcript_is_taken_for_a_mark() {
    let cue = super::CueLine {
        start: 0.0,
        end: 1.0,
        text: "[removed] and [removed]".to_owned(),
    };
    use super::Piece::{Removed, Words};
    assert_eq!(cue.pieces(), [Removed, Words(" and "), Removed]);
}
