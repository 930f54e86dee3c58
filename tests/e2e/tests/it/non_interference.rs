//! What is hidden has no influence on what is published.

use std::{fs, path::Path};

use scrim_samples::{RenderOptions, Rendered, Scenario, render};
use scrim_testkit::{Home, program};

use crate::{
    answer::{Answer, policy},
    media::{Area, similarity},
};

const OUTPUTS: [&str; 5] = [
    "recording.mp4",
    "transcript.txt",
    "transcript.vtt",
    "transcript.srt",
    "transcript.json",
];

/// Renders the first seconds of the short webinar so that every pixel survives.
fn rendered(scenario: &Scenario, folder: &Path) -> Rendered {
    let options = RenderOptions {
        lossless: true,
        size: Some((640, 360)),
        duration: Some("6s".parse().unwrap()),
        ..RenderOptions::default()
    };
    render(scenario, &options, folder).unwrap()
}

/// Publishes a recording. The roster decides which initials are drawn, so all share one.
fn published(home: &Home, media: &Path, roster: &Path, policy_name: &str) {
    let mut command = home.scrim();
    command.args([
        "process",
        "--language",
        "en",
        "--model",
        "tiny.en",
        "--policy",
    ]);
    command
        .arg(policy(policy_name))
        .arg("--roster")
        .arg(roster)
        .arg(media);
    command.arg("--out").arg(home.out());
    command.env("SCRIM_MODELS", program::models(&["tiny.en", "silero-vad"]));
    Answer::of(&mut command).expect(0);
}

#[test]
fn recordings_that_differ_only_in_hidden_panels_are_published_byte_for_byte_alike() {
    let scenario = Scenario::builtin("webinar-short").unwrap();
    let (folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = rendered(&scenario, folder.path());
    let other = rendered(&scenario.with_other_people(9), other_folder.path());
    assert!(fs::read(&one.media).unwrap() != fs::read(&other.media).unwrap());
    let list = Area::new(0, 0, 96, 360);
    let alike = similarity((&one.media, list), (&other.media, list), 5.0);
    assert!(alike < 0.95, "the lists of participants are {alike} alike");

    let (home, other_home) = (Home::new(), Home::new());
    published(&home, &one.media, &one.roster, "webinar-initials");
    published(&other_home, &other.media, &one.roster, "webinar-initials");
    for name in OUTPUTS {
        let read = |home: &Home| fs::read(home.out().join(name)).unwrap();
        assert!(read(&home) == read(&other_home), "{name} differs");
    }
}
