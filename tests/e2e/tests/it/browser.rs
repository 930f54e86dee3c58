//! What people do with the pages, in a real browser: see `tests/peers/browser/journey.mjs`.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

use scrim_testkit::{Home, committed_sample, peer, program, workspace};
use serde_json::Value;

use crate::answer::Answer;

/// The speech model of jobs. It knows English only, which is spoken at the beginning.
const MODEL: &str = "tiny.en";

/// A service that nobody has used before. It is killed when it is dropped.
struct Service {
    child: Child,
    url: String,
    setup_url: String,
    /// Open as long as it runs, since it may say more.
    _output: BufReader<ChildStdout>,
    _home: Home,
}

impl Service {
    fn start() -> Self {
        let home = Home::new();
        fs::create_dir_all(home.state()).unwrap();
        let config = format!("[serve]\nmodel = \"{MODEL}\"\n");
        fs::write(home.state().join("config.toml"), config).unwrap();
        let mut child = home
            .scrim()
            .args(["serve", "--json", "--listen", "127.0.0.1:0"])
            .env("SCRIM_MODELS", program::models(&[MODEL, "silero-vad"]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let address = |key: &str| said[key].as_str().unwrap().to_owned();
        Self {
            url: address("url"),
            setup_url: address("setup_url"),
            child,
            _output: output,
            _home: home,
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Goes all ways through the pages in a language. The pictures stay below the target folder.
fn walk(language: &str) {
    // Two browsers that play videos at once would be slower than one after the other.
    let _lock = workspace::lock("browser");
    let pictures = workspace::target("screenshots").join(language);
    if pictures.exists() {
        fs::remove_dir_all(&pictures).unwrap();
    }
    let service = Service::start();
    let mut command = Command::new("node");
    command
        .arg(peer::packages("browser").join("journey.mjs"))
        .args(["--url", &service.url, "--setup", &service.setup_url])
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
