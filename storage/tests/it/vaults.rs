//! The vault: whole ways, kills, full disks, and nothing that can be read where it lies.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Seek, SeekFrom, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scrim_policy::{Kind, Purpose};
use scrim_storage::{
    ArtefactKind, ArtefactRow, ArtefactWriter, Begun, CatalogError, Claim, KeyringError,
    Passphrase, Proof, StagePart, Unlock, Vault, VaultError,
    objects::ObjectError,
    proof::{Output, Signer},
    seal::OpenError,
    vault::OutputVerdict,
};

use crate::{
    fixtures::{NOW, files_below, job, part_key, text},
    tmpfs::Tmpfs,
};

pub(crate) fn open(home: &Path) -> Vault {
    Vault::open(home, Vault::default_unlock(home)).unwrap()
}

pub(crate) fn seal(
    vault: &Vault,
    claim: &Claim,
    kind: ArtefactKind,
    contents: &[u8],
) -> ArtefactRow {
    let mut writer = vault.create_artefact(claim, kind, NOW).unwrap();
    writer.write_all(contents).unwrap();
    writer.finish().unwrap()
}

fn render(vault: &Vault, name: &str) -> Claim {
    let claim = match vault.begin_or_resume(&job(name), NOW).unwrap() {
        Begun::New(claim) | Begun::Resumed(claim) => claim,
        other => panic!("{other:?}"),
    };
    vault.start_rendering(&claim, 5_000_000_000, NOW).unwrap();
    claim
}

fn objects(home: &Path) -> Vec<PathBuf> {
    files_below(&home.join("objects"))
}

/// Seals a recording, a transcript and a proof that speaks of both, and publishes them.
fn publish(vault: &Vault, name: &str) -> Claim {
    let claim = render(vault, name);
    let recording = seal(vault, &claim, ArtefactKind::Recording, &text(2_500_000));
    let transcript = seal(
        vault,
        &claim,
        ArtefactKind::TranscriptTxt,
        b"A.K.: good morning",
    );
    let proof = Proof {
        recording: claim.recording(),
        outputs: [&recording, &transcript]
            .map(|row| Output::of(row).unwrap())
            .to_vec(),
        ..crate::proofs::proof()
    };
    let envelope = vault.keyring().sign_proof(&proof).to_json();
    let proof = seal(vault, &claim, ArtefactKind::Proof, envelope.as_bytes());
    vault
        .publish(&claim, &[recording.id, transcript.id, proof.id], NOW)
        .unwrap();
    claim
}

#[test]
fn what_was_published_is_read_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let claim = publish(&open(&home), "webinar");

    let vault = open(&home);
    let row = vault
        .output(claim.recording(), ArtefactKind::Recording)
        .unwrap();
    assert!(vault.read_all(&row, 2_500_000, Purpose::Get, NOW).unwrap() == text(2_500_000));
    let refused = vault
        .read_all(&row, 2_499_999, Purpose::Get, NOW)
        .unwrap_err();
    assert!(matches!(refused, VaultError::TooLarge { .. }));

    let mut reader = vault.open_artefact(&row, Purpose::Get, NOW).unwrap();
    let mut range = vec![0; 300_000];
    reader.seek(SeekFrom::Start(1_900_000)).unwrap();
    reader.read_exact(&mut range).unwrap();
    assert!(range == text(2_500_000)[1_900_000..2_200_000]);
}

#[test]
fn everything_belongs_to_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("some/new/home");
    publish(&open(&home), "webinar");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    for file in files_below(&home) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        assert_eq!(mode(file.parent().unwrap()), 0o700, "{}", file.display());
    }
}

#[test]
fn a_published_recording_is_checked_against_its_proof() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let claim = publish(&vault, "webinar");
    let key = vault.keyring().public_key();
    let found = vault
        .verify_recording(claim.recording(), Some(&key), NOW)
        .unwrap();
    assert_eq!(found.verified.signer, Signer::Trusted(key));
    let kinds: Vec<_> = found.outputs.iter().map(|check| check.kind).collect();
    assert_eq!(
        kinds,
        [ArtefactKind::Recording, ArtefactKind::TranscriptTxt]
    );
    assert!(found.all_match());
}

#[test]
fn a_changed_object_fails_its_proof_and_the_others_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let vault = open(&home);
    let claim = publish(&vault, "webinar");
    let row = vault
        .output(claim.recording(), ArtefactKind::Recording)
        .unwrap();
    let path = home.join("objects").join(row.object_key.to_string());
    let mut object = fs::read(&path).unwrap();
    object[1_500_000] ^= 4;
    fs::write(&path, object).unwrap();

    let found = vault
        .verify_recording(claim.recording(), None, NOW)
        .unwrap();
    assert!(!found.all_match());
    assert!(matches!(
        found.outputs[0].verdict,
        OutputVerdict::Fails(VaultError::Open(OpenError::NotAuthentic { segment: 1 }))
    ));
    assert!(matches!(found.outputs[1].verdict, OutputVerdict::Matches));
}

#[test]
fn an_output_that_the_proof_does_not_name_fails() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let claim = render(&vault, "webinar");
    let smuggled = seal(&vault, &claim, ArtefactKind::TranscriptVtt, b"WEBVTT");
    let proof = Proof {
        recording: claim.recording(),
        outputs: Vec::new(),
        ..crate::proofs::proof()
    };
    let envelope = vault.keyring().sign_proof(&proof).to_json();
    let proof = seal(&vault, &claim, ArtefactKind::Proof, envelope.as_bytes());
    vault
        .publish(&claim, &[smuggled.id, proof.id], NOW)
        .unwrap();
    let found = vault
        .verify_recording(claim.recording(), None, NOW)
        .unwrap();
    assert!(!found.all_match());
    assert!(matches!(
        found.outputs[0].verdict,
        OutputVerdict::Fails(VaultError::Unproven {
            kind: ArtefactKind::TranscriptVtt,
            ..
        })
    ));
}

/// Both were sealed by us with the same keyring. Only the bindings tell them apart.
#[test]
fn objects_that_changed_places_do_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let vault = open(&home);
    let claim = render(&vault, "webinar");
    let one = seal(&vault, &claim, ArtefactKind::Segment, b"segment one");
    let two = seal(&vault, &claim, ArtefactKind::Segment, b"segment two");
    let path = |row: &ArtefactRow| home.join("objects").join(row.object_key.to_string());
    fs::rename(path(&one), home.join("aside")).unwrap();
    fs::rename(path(&two), path(&one)).unwrap();
    fs::rename(home.join("aside"), path(&two)).unwrap();
    for row in [&one, &two] {
        let refused = vault.read_all(row, 1000, Purpose::Get, NOW).unwrap_err();
        assert!(matches!(
            refused,
            VaultError::Open(OpenError::NotAuthentic { segment: 0 })
        ));
    }
    // A row that is pointed at the other object does not open it either.
    let pointed = ArtefactRow {
        object_key: two.object_key,
        ..one.clone()
    };
    assert!(matches!(
        vault.read_all(&pointed, 1000, Purpose::Get, NOW),
        Err(VaultError::Catalog(_))
    ));
    let disguised = ArtefactRow {
        wrapped_key: two.wrapped_key.clone(),
        ..one
    };
    assert!(matches!(
        vault.read_all(&disguised, 1000, Purpose::Get, NOW),
        Err(VaultError::Key(_))
    ));
}

#[test]
fn an_artefact_that_is_not_finished_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let vault = open(&home);
    let claim = render(&vault, "webinar");
    let mut writer = vault
        .create_artefact(&claim, ArtefactKind::Recording, NOW)
        .unwrap();
    writer.write_all(&text(3_000_000)).unwrap();
    assert_eq!(objects(&home).len(), 1);
    drop(writer);
    assert!(objects(&home).is_empty());
    assert!(vault.artefacts(claim.recording()).unwrap().is_empty());
}

#[test]
fn an_object_without_a_row_is_swept_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let vault = open(&home);
    let claim = render(&vault, "webinar");
    let row = seal(&vault, &claim, ArtefactKind::Segment, b"segment");
    let path = home.join("objects").join(row.object_key.to_string());
    let orphan = path.with_file_name("art_0000000000000000000000000000beef");
    fs::copy(&path, &orphan).unwrap();
    render(&vault, "webinar");
    assert!(
        objects(&home).is_empty(),
        "neither the pending artefact nor the orphan is kept"
    );
}

/// Run by the next test as another process, and killed by it.
#[test]
#[ignore = "waits to be killed"]
fn a_run_that_waits_to_be_killed() {
    let home = PathBuf::from(std::env::var_os("SCRIM_TEST_HOME").unwrap());
    let vault = open(&home);
    let claim = render(&vault, "webinar");
    let segment = seal(&vault, &claim, ArtefactKind::Segment, b"finished segment").id;
    let part = StagePart {
        stage: "render",
        part: 0,
        key: part_key("first"),
    };
    vault.record_part(&claim, part, Some(segment), NOW).unwrap();
    seal(
        &vault,
        &claim,
        ArtefactKind::Segment,
        b"sealed but not recorded",
    );
    let mut writer = vault
        .create_artefact(&claim, ArtefactKind::Segment, NOW)
        .unwrap();
    writer.write_all(&text(3_000_000)).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "\nready").unwrap();
    out.flush().unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn a_killed_run_loses_only_what_it_had_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "vaults::a_run_that_waits_to_be_killed",
        ])
        .env("SCRIM_TEST_HOME", &home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap() == "ready"),
        "the other process did not get ready"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(objects(&home).len(), 3);

    let vault = open(&home);
    assert_eq!(
        objects(&home).len(),
        2,
        "what was being written is deleted at the start"
    );
    let Begun::Resumed(claim) = vault.begin_or_resume(&job("webinar"), NOW).unwrap() else {
        panic!("the job is not resumed");
    };
    assert_eq!(
        objects(&home).len(),
        1,
        "what was sealed but not recorded is swept"
    );
    let parts = vault.finished_parts(claim.recording(), "render").unwrap();
    let row = vault.artefact(parts[0].artefact.unwrap()).unwrap().unwrap();
    assert_eq!(
        vault.read_all(&row, 1000, Purpose::Get, NOW).unwrap(),
        b"finished segment"
    );
}

#[test]
fn a_full_disk_is_said_to_be_full_and_leaves_no_artefact() {
    let disk = Tmpfs::new("6m");
    let home = disk.path().join("home");
    let vault = open(&home);
    let claim = render(&vault, "webinar");
    let mut writer = vault
        .create_artefact(&claim, ArtefactKind::Recording, NOW)
        .unwrap();
    let full = writer.write_all(&text(12_000_000)).unwrap_err();
    let full = ArtefactWriter::explain(full);
    assert!(
        matches!(full, VaultError::Object(ObjectError::Full { .. })),
        "{full:?}"
    );
    assert_eq!(full.kind(), Kind::Unavailable);
    assert!(writer.finish().is_err());
    assert!(objects(&home).is_empty());

    let row = seal(&vault, &claim, ArtefactKind::Recording, b"a short one fits");
    assert_eq!(
        vault.read_all(&row, 1000, Purpose::Get, NOW).unwrap(),
        b"a short one fits"
    );
    vault.close();
}

#[test]
fn a_read_only_disk_is_said_to_be_read_only() {
    let disk = Tmpfs::new("6m");
    let home = disk.path().join("home");
    let vault = open(&home);
    render(&vault, "webinar");
    vault.close();
    disk.make_read_only();
    let refused = Vault::open(&home, Vault::default_unlock(&home)).unwrap_err();
    assert!(
        matches!(refused, VaultError::Catalog(CatalogError::ReadOnly { .. })),
        "{refused:?}"
    );
    assert_eq!(refused.kind(), Kind::Unavailable);
    let elsewhere = disk.path().join("elsewhere");
    let refused = Vault::open(&elsewhere, Vault::default_unlock(&elsewhere)).unwrap_err();
    assert!(matches!(refused, VaultError::Home { .. }));
    assert_eq!(refused.kind(), Kind::Unavailable);

    disk.make_writable();
    let vault = open(&home);
    let claim = render(&vault, "webinar");
    seal(
        &vault,
        &claim,
        ArtefactKind::Recording,
        b"now it can be written",
    );
    vault.close();
}

#[test]
fn a_catalog_without_its_keyring_gets_no_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    drop(open(&home));
    fs::remove_file(home.join("keyring.json")).unwrap();
    let refused = Vault::open(&home, Vault::default_unlock(&home)).unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Keyring(KeyringError::Missing { .. })
    ));
    assert!(!home.join("keyring.json").exists());
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let unlock = |text: &str| Unlock::Passphrase(Passphrase::new(text.to_owned()).unwrap());
    drop(Vault::open(&home, unlock("Gänseblümchen")).unwrap());
    let before = fs::read(home.join("keyring.json")).unwrap();
    let refused = Vault::open(&home, unlock("Gansebluemchen")).unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Keyring(KeyringError::WrongPassphrase)
    ));
    assert_eq!(fs::read(home.join("keyring.json")).unwrap(), before);
    Vault::open(&home, unlock("Gänseblümchen")).unwrap();
}

#[test]
fn many_threads_seal_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder.path().join("home"));
    let claim = render(&vault, "webinar");
    std::thread::scope(|scope| {
        for part in 0..8_u32 {
            let (vault, claim) = (&vault, &claim);
            scope.spawn(move || {
                let contents = text(100_000 + part as usize);
                let row = seal(vault, claim, ArtefactKind::Segment, &contents);
                let part = StagePart {
                    stage: "render",
                    part,
                    key: part_key("same"),
                };
                vault.record_part(claim, part, Some(row.id), NOW).unwrap();
            });
        }
    });
    let parts = vault.finished_parts(claim.recording(), "render").unwrap();
    assert_eq!(parts.len(), 8);
    for (part, number) in parts.iter().zip(0..) {
        let row = vault.artefact(part.artefact.unwrap()).unwrap().unwrap();
        assert!(
            vault.read_all(&row, 1 << 20, Purpose::Get, NOW).unwrap() == text(100_000 + number)
        );
    }
}
