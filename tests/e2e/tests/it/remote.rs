//! The command line against a service, as somebody uses it who has no access to the machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use scrim_testkit::{Home, Service, committed_sample, program};
use serde_json::Value;

use crate::answer::{Answer, policy};

/// A service, and somebody elsewhere with a token for it.
struct Far {
    service: Service,
    here: Home,
    token: PathBuf,
    _there: Home,
}

impl Far {
    fn new(roles: &[&str]) -> Self {
        let there = Home::new();
        fs::create_dir_all(there.state()).unwrap();
        fs::write(
            there.state().join("config.toml"),
            "[serve]\nmodel = \"tiny.en\"\n",
        )
        .unwrap();
        let mut command = there.scrim();
        command.env("SCRIM_MODELS", program::models(&["tiny.en", "silero-vad"]));
        let service = Service::start_as(&there, command, 0);
        Self {
            token: there.token("Anna", "anna@example.eu", roles),
            service,
            here: Home::new(),
            _there: there,
        }
    }

    fn scrim(&self) -> Command {
        let mut command = self.here.scrim();
        command.args(["--json", "--server", self.service.url()]);
        command.arg("--token-file").arg(&self.token);
        command
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.scrim().args(arguments)).expect(0)
    }

    fn process(&self, media: &Path, more: &[&str]) -> Answer {
        let mut command = self.scrim();
        command.arg("process").arg(media);
        command.arg("--policy").arg(policy("webinar-initials"));
        command.arg("--roster").arg(committed_sample().roster);
        Answer::of(command.args(["--language", "en"]).args(more))
    }

    fn state_of(&self, id: &str) -> String {
        let entry = self.done(&["show", id]).last_line();
        entry["state"].as_str().unwrap().to_owned()
    }
}

fn text(value: &Value, key: &str) -> String {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("no {key}: {value}"))
        .to_owned()
}

#[test]
fn a_recording_is_made_revised_published_and_fetched_from_afar() {
    let far = Far::new(&["organiser"]);
    let media = committed_sample().media;
    let made = far.process(&media, &["--review"]).expect(0);
    let stages: Vec<String> = made
        .lines()
        .iter()
        .filter_map(|line| line["stage"].as_str().map(str::to_owned))
        .collect();
    assert!(stages.iter().any(|stage| stage == "render"), "{stages:?}");
    let summary = made.last_line();
    let (id, original) = (text(&summary, "recording"), text(&summary, "original"));
    assert_eq!(text(&summary, "state"), "ready");

    let cues = far.done(&["transcript", "cues", &id]);
    assert!(cues.lines().len() > 2, "{}", cues.printed());
    let edits = far.here.path().join("edits.json");
    let words = r#"{"revision": 0, "edits": [{"cue": 0, "text": "Written from afar"}]}"#;
    fs::write(&edits, words).unwrap();
    let edits = edits.to_str().unwrap();
    let revised = far.done(&["transcript", "revise", &id, "--edits", edits]);
    assert_eq!(revised.last_line()["revision"], 1);

    far.done(&["publish", &id]);
    assert_eq!(far.state_of(&id), "published");
    let listed = far.done(&["ls"]);
    assert!(listed.lines().iter().any(|line| line["id"] == id.as_str()));
    let listed = far.done(&["ls", "--originals"]);
    assert!(
        listed
            .lines()
            .iter()
            .all(|line| line["id"] == original.as_str())
    );

    let file = far.here.path().join("transcript.txt");
    let file = file.to_str().unwrap();
    far.done(&["get", &id, "transcript.txt", "-o", file]);
    let got = fs::read_to_string(file).unwrap();
    assert!(got.contains("Written from afar"), "{got}");
    let part = far.done(&["get", &id, "recording", "--range", "4-7"]);
    assert_eq!(part.bytes(), b"ftyp");

    let zip = far.here.path().join("export.zip");
    far.done(&["export", &id, "--out", zip.to_str().unwrap()]);
    let listed = Command::new("python3")
        .args(["-m", "zipfile", "-l"])
        .arg(&zip)
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains(&format!("{id}/recording.mp4")), "{listed}");

    let jobs = far.done(&["api", "GET", "/jobs?limit=1"]).last_line();
    assert_eq!(jobs["entries"][0]["state"], "done");
    far.done(&["withdraw", &id, "--reason", "a slip of the tongue"]);
    assert_eq!(far.state_of(&id), "withdrawn");
    // Made again from what is kept there.
    let again = far
        .process(Path::new(&original), &["--no-transcript"])
        .expect(0);
    assert_eq!(text(&again.last_line(), "state"), "published");
    assert!(!far.here.state().exists(), "nothing is kept here");
}

#[test]
fn what_a_server_refuses_is_said_with_what_to_do() {
    let far = Far::new(&["auditor"]);
    let media = committed_sample().media;
    far.process(&media, &[])
        .expect(5)
        .expect_printed("uploads:manage");
    let nothing = "rec_00000000000070008000000000000001";
    Answer::of(far.scrim().args(["show", nothing]))
        .expect(4)
        .expect_printed("no such recording");
    Answer::of(far.scrim().args(["keys", "status"]))
        .expect(3)
        .expect_printed("home folder");
    let wrong = far.here.path().join("wrong.token");
    fs::write(&wrong, "sct_not_a_token").unwrap();
    let mut command = far.here.scrim();
    command.args(["--server", far.service.url(), "--token-file"]);
    Answer::of(command.arg(&wrong).arg("ls"))
        .expect(5)
        .expect_said("nobody is signed in");
    let mut command = far.here.scrim();
    command.args(["--server", "http://scrim.example.eu", "--token-file"]);
    Answer::of(command.arg(&far.token).arg("ls"))
        .expect(3)
        .expect_said("in the clear");
    let mut command = far.here.scrim();
    Answer::of(command.args(["--server", far.service.url(), "ls"]))
        .expect(3)
        .expect_said("--token-file");
}
