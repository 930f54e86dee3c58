//! A recording between the gate and the public: looked at, revised, published, withdrawn.

use std::{fs, path::Path};

use scrim_pipeline::{
    job::Report,
    render::StillPair,
    revise::{Edit, Revision, RevisionError, RevisionSpec, revise, transcript},
};
use scrim_policy::{Pii, RecordingId};
use scrim_storage::{CatalogError, Envelope, RecordingState, Sha256Digest, Vault, VaultError};
use scrim_testkit::{Home, committed_sample, program};
use serde_json::Value;

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

fn page(_: &Report) -> Vec<u8> {
    b"<!doctype html><p>The report.</p>".to_vec()
}

fn no_stills(_: &[u8]) -> Vec<StillPair> {
    Vec::new()
}

fn change(
    vault: &Vault,
    recording: RecordingId,
    based_on: u64,
    text: &str,
) -> Result<Revision, RevisionError> {
    let edits = [Edit {
        cue: 0,
        text: Pii::new(text.to_owned()),
    }];
    let spec = RevisionSpec {
        recording,
        based_on,
        edits: &edits,
        roster: None,
        report_page: &page,
        stills_of_page: &no_stills,
    };
    revise(vault, &spec)
}

fn proof(bytes: &[u8]) -> scrim_storage::Proof {
    Envelope::parse(bytes).unwrap().verify(None).unwrap().proof
}

#[test]
fn a_recording_is_looked_at_revised_published_and_withdrawn() {
    let home = Home::new();
    let id = ready(&home);
    let first = output(&home, &id, "proof.json");
    let recording = output(&home, &id, "recording.mp4");

    let vault = Vault::open(&home.state(), Vault::default_unlock(&home.state())).unwrap();
    let named: RecordingId = id.parse().unwrap();
    let (revision, cues) = transcript(&vault, named).unwrap();
    assert_eq!(revision, 0);
    assert!(cues.len() > 1, "{}", cues.len());
    let text = "Thank you, Łukasz Żółkiewski, or write to somebody@example.org please.";
    let done = change(&vault, named, 0, text).unwrap();
    assert_eq!((done.revision, done.state), (1, RecordingState::Ready));
    assert_eq!((done.removed.names, done.removed.emails), (1, 1));

    let late = change(&vault, named, 0, "Another text.").unwrap_err();
    let is_stale = matches!(
        late,
        RevisionError::Vault(VaultError::Catalog(CatalogError::StaleRevision { .. }))
    );
    assert!(is_stale, "{late:?}");
    vault.close();

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
