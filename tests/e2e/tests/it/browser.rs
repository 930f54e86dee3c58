//! What people do with the pages, in a real browser: see `tests/peers/browser/journey.mjs`.

use std::fs;

use scrim_testkit::{Home, Service, committed_sample, peer, program, workspace};

use crate::answer::Answer;

/// The speech model of jobs. It knows English only, which is spoken at the beginning.
const MODEL: &str = "tiny.en";

/// Goes all ways through the pages in a language. The pictures stay below the target folder.
fn walk(language: &str) {
    let pictures = workspace::target("screenshots").join(language);
    if pictures.exists() {
        fs::remove_dir_all(&pictures).unwrap();
    }
    let home = Home::new();
    fs::create_dir_all(home.state()).unwrap();
    let config = format!("[serve]\nmodel = \"{MODEL}\"\n");
    fs::write(home.state().join("config.toml"), config).unwrap();
    let mut serve = home.scrim();
    serve.env("SCRIM_MODELS", program::models(&[MODEL, "silero-vad"]));
    let service = Service::start_as(&home, serve, 0);
    let setup = service.setup_url().unwrap();
    let mut command = peer::script("browser", "journey.mjs");
    command
        .args(["--url", service.url(), "--setup", setup])
        .args(["--language", language, "--video"])
        .arg(committed_sample().media)
        .arg("--out")
        .arg(&pictures);
    Answer::of(&mut command)
        .expect(0)
        .expect_printed("officer: sign out");
}

#[test]
fn people_find_their_way_in_english() {
    walk("en");
}

#[test]
fn people_find_their_way_in_polish() {
    walk("pl");
}
