//! Somebody takes it back after the meeting, by the personal link.

use std::{fs, path::Path};

use scrim_testkit::{Service, peer};

use super::{
    RATE, Recorded, contains, exported, is_blue, is_green, is_magenta, loudest, made, people,
    prepared, serve, share, shots,
};
use crate::{
    answer::{Answer, shown},
    media::{pictures, samples},
};

/// Who is how much in a recording: the share of its pictures with a colour, and how loud a tone is.
fn presence(movie: &Path, is: fn([u8; 3]) -> bool, tone: f64) -> (f64, f64) {
    let all = pictures(movie, [320, 180]);
    // Two pixels of 57,600: coding makes no colour from nothing.
    let there = all.iter().filter(|picture| share(picture, is) > 2e-5);
    let share = there.count() as f64 / all.len() as f64;
    (share, loudest(&samples(movie, RATE), tone))
}

#[test]
fn whoever_takes_it_back_after_the_meeting_is_in_no_recording_any_more() {
    let home = prepared();
    let service = Service::start_as(&home, serve(&home), 0);
    let shots = shots("agreeing.mjs");
    let said = Answer::of(&mut people("agreeing.mjs", &service, &shots))
        .expect(0)
        .last_line();
    let recording = made(&home, &service);
    Answer::of(home.scrim().args(["publish", &recording])).expect(0);
    let movie = exported(&home, &recording, "before").join("recording.mp4");
    let (seen, heard) = presence(&movie, is_magenta, 1790.0);
    // She has gone in between, and come again.
    assert!(seen > 0.5 && heard > -30.0, "{seen}, {heard} dB");

    let mut taking = peer::script("browser", "taking_back.mjs");
    taking
        .args(["--link", said["link"].as_str().unwrap()])
        .arg("--out")
        .arg(&shots);
    let kept = Answer::of(&mut taking).expect(0).last_line();
    assert_ne!(shown(&home, &recording)["state"], "published");
    assert_eq!(made(&home, &service), recording);

    let recorded = Recorded::published(home, service, &recording, &shots);
    let movie = recorded.file("recording.mp4");
    let (seen, heard) = presence(&movie, is_magenta, 1790.0);
    assert!(seen == 0.0, "seen in {seen} of the pictures");
    assert!(heard < -70.0, "heard with {heard} dB");
    for (is, tone) in [(is_green as fn([u8; 3]) -> bool, 440.0), (is_blue, 700.0)] {
        let (seen, heard) = presence(&movie, is, tone);
        assert!(seen > 0.8 && heard > -30.0, "{seen}, {heard} dB");
    }
    for entry in fs::read_dir(&recorded.out).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for name in ["Kowalska", "A.K. 2", "A.K. 3"] {
            assert!(!contains(&bytes, name), "{name} is in {}", path.display());
        }
    }

    // Whoever has the receipt can have it checked, and what was destroyed has a certificate.
    let file = recorded.out.with_file_name("receipt.json");
    fs::write(&file, kept["receipt"].to_string()).unwrap();
    Answer::of(recorded.home.scrim().arg("verify").arg(&file)).expect(0);
    let erasures = Answer::of(recorded.home.scrim().args(["--json", "erase", "ls"])).expect(0);
    let erasures = erasures.lines();
    let [erasure] = &erasures[..] else {
        panic!("one erasure: {erasures:?}")
    };
    assert_eq!(erasure["step"], "certified", "{erasure}");
}
