//! The recording that is kept in the repository.

use std::{fs, path::PathBuf};

use scrim_samples::{RenderOptions, Scenario, Truth};

use crate::decode::decoded;

fn media(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("media")
        .join(file)
}

#[test]
fn it_was_made_from_the_scenario_as_it_is_now() {
    let truth = fs::read_to_string(media("webinar-short.truth.json")).unwrap();
    let truth = Truth::parse(&truth).unwrap();
    let scenario = Scenario::builtin("webinar-short").unwrap();
    let wanted = RenderOptions::default().fingerprint(&scenario);
    assert_eq!(
        truth.made_from, wanted,
        "run: cargo run -p scrim-samples -- render webinar-short --out samples/media"
    );
}

#[test]
fn it_is_small_opens_and_has_the_right_length() {
    let files = [
        "webinar-short.mp4",
        "webinar-short.truth.json",
        "webinar-short.roster.csv",
    ];
    let size: u64 = files
        .iter()
        .map(|file| fs::metadata(media(file)).unwrap().len())
        .sum();
    assert!(size < 3_000_000, "{size}");
    let decoded = decoded(&media("webinar-short.mp4"));
    assert_eq!((decoded.size, decoded.frames.len()), ((1280, 720), 400));
    let seconds = decoded.samples.len() as f64 / 48_000.0;
    assert!((seconds - 16.0).abs() < 0.1, "{seconds}");
}

#[test]
fn its_roster_names_everybody() {
    let roster = fs::read_to_string(media("webinar-short.roster.csv")).unwrap();
    let mut lines = roster.lines();
    assert_eq!(lines.next(), Some("name,email,role"));
    let scenario = Scenario::builtin("webinar-short").unwrap();
    for (line, person) in lines.zip(&scenario.people) {
        assert_eq!(
            line,
            format!("{},{},{}", person.name, person.email, person.role)
        );
    }
    assert_eq!(
        scrim_policy::Roster::parse_csv(&roster).unwrap().len(),
        scenario.people.len()
    );
}
