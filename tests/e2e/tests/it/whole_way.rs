//! From a recording to a published one, and everything that is done with it afterwards.

use std::{
    fs::{self, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use scrim_testkit::{Canaries, Home, committed_sample, program};
use serde_json::Value;

use crate::{
    answer::{Answer, policy, process, recording_of, shown},
    exposed::{TIMES, assert_kept, assert_painted, deviation},
    media::{Area, probed, still, top_boxes},
    state::left_behind,
};

const TRANSCRIPTS: [&str; 4] = [
    "transcript.txt",
    "transcript.vtt",
    "transcript.srt",
    "transcript.json",
];
const OTHERS: [&str; 4] = ["recording.mp4", "report.json", "report.html", "proof.json"];

/// What `webinar-hide` keeps of 1280x720.
const STAGE: Area = Area::new(224, 96, 720, 624);

/// What `webinar-initials` keeps: the stage without the names below the cameras.
const NAMELESS_STAGE: Area = Area::new(224, 96, 720, 528);

/// Length of the short webinar in seconds.
const DURATION: f64 = 16.0;

/// A home with one published recording.
struct Published {
    home: Home,
    recording: String,
}

impl Published {
    fn new(policy_name: &str, model: &str) -> Self {
        let home = Home::new();
        let mut command = process(&home, &committed_sample().media, policy_name);
        command
            .args(["--language", "en,pl", "--model", model, "--out"])
            .arg(home.out());
        command.env("SCRIM_MODELS", program::models(&[model, "silero-vad"]));
        let answer = Answer::of(&mut command).expect(0);
        let summary = answer.last_line();
        assert_eq!(summary["state"], "published");
        assert_eq!(summary["message_type"], "summary");
        let recording = recording_of(&answer);
        Self { home, recording }
    }

    fn out(&self, name: &str) -> PathBuf {
        self.home.out().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        let path = self.out(name);
        fs::read(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
    }

    fn get(&self, arguments: &[&str]) -> Answer {
        Answer::of(
            self.home
                .scrim()
                .args(["get", &self.recording])
                .args(arguments),
        )
    }

    fn verify(&self, what: impl AsRef<Path>) -> Answer {
        Answer::of(
            self.home
                .scrim()
                .args(["verify", "--json"])
                .arg(what.as_ref()),
        )
    }

    /// What holds whatever the policy.
    fn assert_is_complete(&self) {
        self.assert_outputs_are_there();
        self.assert_is_a_streamable_recording();
        self.assert_checks_have_passed();
        self.assert_names_nobody();
        self.assert_is_listed_and_shown();
        assert_eq!(left_behind(&self.home), [""; 0]);
    }

    fn assert_outputs_are_there(&self) {
        for name in TRANSCRIPTS.iter().chain(&OTHERS) {
            assert!(!self.read(name).is_empty(), "{name} is empty");
        }
        assert_eq!(fs::read_dir(self.home.out()).unwrap().count(), 8);
    }

    fn assert_is_a_streamable_recording(&self) {
        assert_eq!(
            top_boxes(&self.read("recording.mp4")),
            ["ftyp", "moov", "mdat"]
        );
        let probed = probed(&self.out("recording.mp4"));
        let streams = probed["streams"].as_array().unwrap();
        let codecs: Vec<_> = streams.iter().map(|stream| &stream["codec_name"]).collect();
        assert_eq!(codecs, ["h264", "aac"]);
        assert_eq!(probed["chapters"], Value::Array(Vec::new()));
        let lengths = streams.iter().map(|stream| &stream["duration"]);
        for length in lengths.chain([&probed["format"]["duration"]]) {
            let seconds: f64 = length.as_str().unwrap().parse().unwrap();
            assert!((seconds - DURATION).abs() < 0.05, "{seconds} s");
        }
    }

    fn assert_checks_have_passed(&self) {
        let report: Value = serde_json::from_slice(&self.read("report.json")).unwrap();
        assert_eq!(report["verdict"], "publish");
        let checks = report["checks"].as_array().unwrap();
        let named = |verdict: &str| -> Vec<&str> {
            let of_verdict = checks.iter().filter(|check| check["verdict"] == verdict);
            of_verdict
                .map(|check| check["name"].as_str().unwrap())
                .collect()
        };
        assert_eq!(named("failed"), [""; 0]);
        let needed = [
            "container",
            "tracks",
            "metadata",
            "hidden_areas",
            "names_in_text",
            "transcript",
        ];
        let passed = named("passed");
        for name in needed {
            assert!(passed.contains(&name), "{name} is not among {passed:?}");
        }
    }

    fn assert_names_nobody(&self) {
        let roster = fs::read_to_string(committed_sample().roster).unwrap();
        let canaries = Canaries::new(&roster, &["webinar-short"]);
        for name in TRANSCRIPTS {
            canaries.assert_absent_in(&self.out(name));
        }
    }

    fn assert_is_listed_and_shown(&self) {
        let rows = Answer::of(self.home.scrim().args(["ls", "--json"]))
            .expect(0)
            .lines();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["recording"], self.recording.as_str());
        let row = shown(&self.home, &self.recording);
        assert_eq!(row["state"], "published");
        // Eight outputs, and who took part.
        assert_eq!(row["artefacts"].as_array().unwrap().len(), 9);
        self.get(&["attendance"]).expect(3);
        self.get(&["attendance.json"]).expect(3);
        for command in [&["ls"][..], &["show", &self.recording]] {
            let printed = Answer::of(self.home.scrim().args(command))
                .expect(0)
                .printed();
            assert!(printed.contains(&self.recording), "{printed}");
        }
    }

    fn assert_can_be_read_back(&self) {
        for name in TRANSCRIPTS.iter().chain(&OTHERS) {
            assert!(
                self.get(&[name]).expect(0).bytes() == self.read(name),
                "{name} differs"
            );
        }
        let whole = self.read("recording.mp4");
        assert!(self.get(&["recording"]).expect(0).bytes() == whole);
        assert!(self.get(&["recording", "-o", "-"]).expect(0).bytes() == whole);
        let copy = self.home.path().join("copy.mp4");
        self.get(&["recording", "-o", &copy.display().to_string()])
            .expect(0);
        assert!(fs::read(&copy).unwrap() == whole);
        let length = whole.len();
        let ranges = [
            ("0-99".to_owned(), &whole[..100]),
            ("100-100".to_owned(), &whole[100..=100]),
            (format!("{}-", length - 7), &whole[length - 7..]),
            ("-33".to_owned(), &whole[length - 33..]),
            (format!("10-{}", 2 * length), &whole[10..]),
            (format!("-{}", 2 * length), &whole[..]),
        ];
        for (range, expected) in ranges {
            let answer = self.get(&["recording", "--range", &range]).expect(0);
            assert!(answer.bytes() == expected, "range {range}");
        }
        for range in ["9-3", &format!("{length}-"), "a-b", "12", "-"] {
            let answer = self.get(&["recording", "--range", range]).expect(3);
            assert!(answer.bytes().is_empty());
        }
    }

    fn assert_every_change_is_found(&self) {
        assert_eq!(
            self.verify(&self.recording).expect(0).last_line()["signer_trusted"],
            true
        );
        let line = self.verify(self.home.out()).expect(0).last_line();
        assert_eq!(line["signer_trusted"], true);
        assert_eq!(line["outputs"].as_array().unwrap().len(), 7);
        for name in ["recording.mp4", "proof.json", "transcript.txt"] {
            let flipped = Flipped::new(self.out(name));
            self.verify(self.home.out()).expect(7);
            drop(flipped);
            self.verify(self.home.out()).expect(0);
        }
        let row = shown(&self.home, &self.recording);
        for artefact in row["artefacts"].as_array().unwrap() {
            let object = self.home.state().join("objects");
            let flipped = Flipped::new(object.join(artefact["object"].as_str().unwrap()));
            self.verify(&self.recording).expect(7);
            if artefact["kind"] == "recording" {
                self.get(&["recording"]).expect(7);
            }
            drop(flipped);
        }
        self.verify(&self.recording).expect(0);
    }

    fn assert_is_not_made_twice(&self, policy_name: &str, model: &str) {
        let before = shown(&self.home, &self.recording);
        let mut command = process(&self.home, &committed_sample().media, policy_name);
        command.args(["--language", "en,pl", "--model", model]);
        command.env("SCRIM_MODELS", program::models(&[model, "silero-vad"]));
        let answer = Answer::of(&mut command).expect(0);
        assert_eq!(recording_of(&answer), self.recording);
        let stages: Vec<Value> = answer
            .lines()
            .into_iter()
            .map(|line| line["stage"].clone())
            .collect();
        assert!(!stages.contains(&"render".into()), "{stages:?}");
        assert_eq!(shown(&self.home, &self.recording), before);
    }
}

/// A file with one bit in its middle turned over, until it is dropped.
struct Flipped {
    path: PathBuf,
}

impl Flipped {
    fn new(path: PathBuf) -> Self {
        flip(&path);
        Self { path }
    }
}

impl Drop for Flipped {
    fn drop(&mut self) {
        flip(&self.path);
    }
}

fn flip(path: &Path) {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let middle = SeekFrom::Start(file.metadata().unwrap().len() / 2);
    let mut byte = [0];
    file.seek(middle).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(middle).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
}

#[test]
fn a_recording_is_published_with_initials_and_can_be_listed_read_and_verified() {
    let published = Published::new("webinar-initials", "tiny.en");
    published.assert_is_complete();
    let (source, result) = (committed_sample().media, published.out("recording.mp4"));
    assert_kept((&source, NAMELESS_STAGE), (&result, NAMELESS_STAGE));
    let toolbar = Area::new(224, 0, 1056, 88);
    let chat = Area::new(952, 96, 328, 624);
    let labels = Area::new(224, 632, 720, 88);
    let list = Area::new(0, 0, 216, 720);
    for seconds in TIMES {
        let picture = still(&result, seconds);
        assert_painted(&picture, &[toolbar, chat, labels]);
        let expected = preview(&published.home, &source, seconds);
        let (largest, mean) = deviation(&picture, list, |x, y| expected.get_pixel(x, y).0);
        assert!(
            mean < 4.0 && largest < 100,
            "at {seconds} s: {mean:.1}, at most {largest}"
        );
    }
    published.assert_can_be_read_back();
    published.assert_every_change_is_found();
    published.assert_is_not_made_twice("webinar-initials", "tiny.en");
}

/// Returns what would be published, as the preview draws it right of the source.
fn preview(home: &Home, source: &Path, seconds: f64) -> image::RgbImage {
    let out = home.path().join("preview.png");
    let mut command = home.scrim();
    command
        .args(["policy", "preview"])
        .arg(policy("webinar-initials"));
    command
        .arg("--roster")
        .arg(committed_sample().roster)
        .arg("--input")
        .arg(source);
    command
        .args(["--at", &format!("{seconds}s")])
        .arg("--out")
        .arg(&out);
    Answer::of(&mut command).expect(0);
    let both = image::open(&out).unwrap();
    fs::remove_file(out).unwrap();
    both.crop_imm(both.width() - 1280, 0, 1280, 720).into_rgb8()
}

#[test]
fn hidden_panels_are_cut_out_and_the_stage_fills_the_picture() {
    let published = Published::new("webinar-hide", "base");
    published.assert_is_complete();
    let (source, result) = (committed_sample().media, published.out("recording.mp4"));
    assert_kept((&source, STAGE), (&result, Area::new(224, 0, 830, 720)));
    let (left, right) = (Area::new(0, 0, 216, 720), Area::new(1064, 0, 216, 720));
    for seconds in TIMES {
        assert_painted(&still(&result, seconds), &[left, right]);
    }
}
