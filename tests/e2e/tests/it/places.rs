//! Recordings in a bucket: where it may be, and what the proof says about it.

use std::{fs, process::Command};

use scrim_testkit::{Home, SeaweedFs, committed_sample};
use serde_json::Value;

use crate::answer::{Answer, process_silently, recording_of};

/// Writes a configuration; its lines replace those of the same key.
fn configure(home: &Home, endpoint: &str, region: &str, country: &str) {
    fs::create_dir_all(home.state()).unwrap();
    let text = format!(
        "[store]\nendpoint = \"{endpoint}\"\nregion = \"{region}\"\nbucket = \"{}\"\n\
         country = \"{country}\"\nattempts = 1\n",
        SeaweedFs::BUCKET
    );
    fs::write(home.state().join("config.toml"), text).unwrap();
}

fn with_keys(command: &mut Command) -> &mut Command {
    command
        .env("SCRIM_S3_ACCESS_KEY_ID", SeaweedFs::ACCESS_KEY_ID)
        .env("SCRIM_S3_SECRET_ACCESS_KEY", SeaweedFs::SECRET_ACCESS_KEY)
}

fn doctor(home: &Home) -> Command {
    let mut command = home.scrim();
    command.args(["storage", "doctor", "--json"]);
    with_keys(&mut command);
    command
}

#[test]
fn the_doctor_says_where_a_store_is_and_what_it_can_do() {
    let server = SeaweedFs::start();
    let home = Home::new();
    configure(&home, &server.endpoint(), SeaweedFs::REGION, "DE");
    let answer = Answer::of(&mut doctor(&home)).expect(0);
    let summary = answer.last_line();
    assert_eq!(summary["place"]["country"], "DE");
    assert_eq!(summary["place"]["provider"], "self_hosted");
    assert_eq!(summary["missing"].as_array().unwrap().len(), 0);
    assert_eq!(summary["clean"], true);
    let lines = answer.lines();
    let of_type = |wanted: &str| {
        let is_wanted = |line: &&Value| line["message_type"] == *wanted;
        lines.iter().filter(is_wanted).count()
    };
    assert_eq!((of_type("rule"), of_type("probe")), (13, 13));
}

#[test]
fn places_elsewhere_are_refused_before_anything_is_sent() {
    for (endpoint, region, country, rule) in [
        (
            "https://s3.us-east-1.amazonaws.com",
            "us-east-1",
            "US",
            "country",
        ),
        (
            "https://s3.eu-west-2.amazonaws.com",
            "eu-west-2",
            "GB",
            "country",
        ),
        (
            "https://s3.eu-central-2.amazonaws.com",
            "eu-central-2",
            "CH",
            "country",
        ),
        (
            "https://s3.eu-west-1.amazonaws.com.example",
            "eu-west-1",
            "DE",
            "host",
        ),
        (
            "https://s3.eu-west-9.amazonaws.com",
            "eu-west-9",
            "DE",
            "host",
        ),
        ("http://s3.example.eu", "garage", "DE", "encryption"),
        ("http://127.0.0.1:9", "us-east-1", "DE", "declared_region"),
    ] {
        let home = Home::new();
        configure(&home, endpoint, region, country);
        let answer = Answer::of(&mut doctor(&home)).expect(5);
        let error = answer.last_line();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("{rule}: found")), "{message}");
        assert!(
            error["help"]
                .as_str()
                .unwrap()
                .contains("storage-places.md")
        );
    }
}

#[test]
fn a_recording_in_a_bucket_carries_the_verdict_in_its_proof() {
    let server = SeaweedFs::start();
    let home = Home::new();
    configure(&home, &server.endpoint(), SeaweedFs::REGION, "DE");
    let sample = committed_sample();
    let mut command = process_silently(&home, &sample.media, "webinar");
    let id = recording_of(&Answer::of(with_keys(&mut command)).expect(0));
    let mut command = home.scrim();
    command.args(["verify", "--json", &id]);
    let verified = Answer::of(with_keys(&mut command)).expect(0).last_line();
    let storage = &verified["storage"];
    assert_eq!(storage["allowed"], true, "{verified}");
    assert_eq!(storage["host"], "127.0.0.1");
    assert_eq!(storage["country"], "DE");
    assert_eq!(storage["findings"].as_array().unwrap().len(), 13);
    // No object is in the home folder.
    assert!(!home.state().join("objects").exists());
}

#[test]
fn without_a_bucket_there_is_nothing_to_try() {
    let home = Home::new();
    let answer = Answer::of(&mut doctor(&home)).expect(0);
    assert_eq!(answer.last_line()["store"], Value::Null);
}
