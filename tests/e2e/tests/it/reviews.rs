//! A recording between the gate and the public: looked at, revised, published, withdrawn.

use std::{fs, path::Path};

use scrim_storage::{Envelope, Proof, Sha256Digest};
use scrim_testkit::{Home, committed_sample, program};
use serde_json::{Value, json};

use crate::{
    answer::{Answer, policy, process, process_silently, recording_of, shown},
    state::left_behind,
};

const NOTHING: [&str; 0] = [];

/// Makes a recording that waits for somebody, with a transcript.
fn ready(home: &Home) -> String {
    let mut command = process(home, &committed_sample().media, "webinar-initials");
    command.env("SCRIM_MODELS", program::models(&["tiny.en", "silero-vad"]));
    command.args(["--model", "tiny.en", "--language", "en", "--review"]);
    let id = recording_of(&Answer::of(&mut command).expect(0));
    assert_eq!(shown(home, &id)["state"], "ready");
    id
}

fn output(home: &Home, id: &str, name: &str) -> Vec<u8> {
    let mut command = home.scrim();
    let answer = Answer::of(command.args(["get", id, name, "-o", "-"])).expect(0);
    answer.bytes().to_vec()
}

/// `scrim transcript revise --json` with other words for the first cue.
fn change(home: &Home, id: &str, revision: u64, text: &str) -> Answer {
    let edits = json!({ "revision": revision, "edits": [{ "cue": 0, "text": text }] });
    let file = home.path().join("edits.json");
    fs::write(&file, edits.to_string()).unwrap();
    let mut command = home.scrim();
    command.args(["transcript", "revise", "--json", id, "--edits"]);
    let answer = Answer::of(command.arg(&file));
    fs::remove_file(file).unwrap();
    answer
}

fn proof(bytes: &[u8]) -> Proof {
    Envelope::parse(bytes).unwrap().verify(None).unwrap().proof
}

#[test]
fn a_recording_is_looked_at_revised_published_and_withdrawn() {
    let home = Home::new();
    let id = ready(&home);
    let first = output(&home, &id, "proof.json");
    let recording = output(&home, &id, "recording.mp4");

    let mut cues = home.scrim();
    let cues = Answer::of(cues.args(["transcript", "cues", "--json", &id])).expect(0);
    assert!(cues.lines().len() > 2, "{}", cues.printed());
    assert_eq!(cues.last_line()["revision"], 0);
    let text = "Thank you, Łukasz Żółkiewski, or write to somebody@example.org please.";
    let done = change(&home, &id, 0, text).expect(0).last_line();
    assert_eq!(
        (&done["revision"], &done["state"]),
        (&1.into(), &"ready".into())
    );
    assert_eq!(
        done["removed"],
        json!({ "names": 1, "emails": 1, "phones": 0 })
    );
    change(&home, &id, 0, "Another text.")
        .expect(3)
        .expect_printed("somebody else was faster");
    let pictures = |page: &[u8]| String::from_utf8_lossy(page).matches("<img").count();
    assert_eq!(pictures(&output(&home, &id, "report.html")), 10);

    for name in [
        "transcript.txt",
        "transcript.vtt",
        "transcript.srt",
        "transcript.json",
    ] {
        let text = String::from_utf8(output(&home, &id, name)).unwrap();
        assert!(
            text.contains("[removed]") && text.contains("please"),
            "{name}: {text}"
        );
        assert!(
            !text.contains("ukasz") && !text.contains("example.org"),
            "{name}: {text}"
        );
    }
    let second = output(&home, &id, "proof.json");
    assert_eq!(proof(&second).revises, Some(Sha256Digest::of(&first)));
    assert_eq!(output(&home, &id, "recording.mp4"), recording);
    Answer::of(home.scrim().args(["verify", &id])).expect(0);
    let report: Value = serde_json::from_slice(&output(&home, &id, "report.json")).unwrap();
    assert_eq!(report["verdict"], "publish");
    assert_eq!(shown(&home, &id)["revision"], 1);

    Answer::of(home.scrim().args(["publish", &id, "--reason", "a whim"]))
        .expect(3)
        .expect_said("nothing to override");
    Answer::of(home.scrim().args(["publish", &id]))
        .expect(0)
        .expect_printed("published");
    Answer::of(home.scrim().args(["verify", &id])).expect(0);
    let why = ["--reason", "Zofia Wiśniewska has asked for it"];
    Answer::of(home.scrim().args(["withdraw", &id]).args(why)).expect(0);
    Answer::of(home.scrim().args(["get", &id, "transcript.txt"])).expect(5);
    Answer::of(home.scrim().args(["publish", &id]))
        .expect(0)
        .expect_printed("published");
    Answer::of(home.scrim().args(["audit", "verify"])).expect(0);
    assert_eq!(left_behind(&home), NOTHING);
}

/// `scrim batch run` over a folder with the short webinar in it.
fn batch(home: &Home, folder: &Path) -> Answer {
    let mut command = home.scrim();
    command.args(["batch", "run", "--json", "--no-transcript", "--policy"]);
    command.arg(policy("webinar")).arg("--roster");
    Answer::of(command.arg(committed_sample().roster).arg(folder))
}

#[test]
fn a_batch_decides_for_nobody() {
    let home = Home::new();
    let folder = home.path().join("incoming");
    fs::create_dir(&folder).unwrap();
    let source = folder.join("webinar.mp4");
    fs::copy(committed_sample().media, &source).unwrap();
    let mut command = process_silently(&home, &source, "webinar");
    let id = recording_of(&Answer::of(command.arg("--review")).expect(0));

    let waits = batch(&home, &folder).expect(9);
    let summary = waits.last_line();
    assert_eq!(
        (&summary["published"], &summary["held"]),
        (&0.into(), &1.into())
    );
    assert_eq!(shown(&home, &id)["state"], "ready");
    Answer::of(home.scrim().args(["publish", &id])).expect(0);
    batch(&home, &folder).expect(0);
    assert_eq!(shown(&home, &id)["state"], "published");

    Answer::of(home.scrim().args(["withdraw", &id])).expect(0);
    let refused = batch(&home, &folder).expect(9);
    assert_eq!(refused.last_line()["failed"], 1);
    assert_eq!(shown(&home, &id)["state"], "withdrawn");
}
