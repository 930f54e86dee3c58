//! Archives: from one Scrim to another, and nothing lost, doubled or believed on the way.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scrim_policy::{Kind, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, ProofError, PublicKey, RecordingState, Vault,
    archive::{Archive, ImportError, Imported},
    export::{ExportError, ExportPassword, ExportSink, ZipSink},
    proof::Signer,
};

use crate::{
    exports::{ABOUT, PASSWORD, ROSTER, held, password, peer, published, unheard},
    fixtures::{NOW, contains, files_below, later},
    vaults::{open, render},
};

pub(crate) const MOST: u64 = 1 << 30;

/// A Scrim with a published recording, a held one, an unfinished one, and an archive of it.
pub(crate) struct Moved {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) vault: Vault,
    pub(crate) published: RecordingId,
    pub(crate) held: RecordingId,
}

impl Moved {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = open(&folder.path().join("old"));
        let moved = Self {
            published: published(&vault, "webinar", Some(ROSTER)),
            held: held(&vault, "held"),
            folder,
            vault,
        };
        render(&moved.vault, "unfinished");
        export(
            &moved.vault,
            Box::new(ZipSink::file(&moved.archive(), Some(password())).unwrap()),
        );
        moved
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.folder.path().join("tenant.zip")
    }

    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn key(&self) -> PublicKey {
        self.vault.keyring().public_key()
    }
}

pub(crate) fn export(vault: &Vault, mut sink: Box<dyn ExportSink>) {
    let plan = vault.plan_archive(TenantId::SINGLE).unwrap();
    plan.write(vault, sink.as_mut(), ABOUT, &unheard).unwrap();
    sink.finish().unwrap();
}

pub(crate) fn import(vault: &Vault, path: &Path) -> Result<Imported, ImportError> {
    let mut archive = Archive::open(File::open(path).unwrap(), password(), None)?;
    vault.import(&mut archive, later(60), &unheard)
}

/// Everything that is kept of a recording, but for statements about imports.
fn contents(vault: &Vault, id: RecordingId) -> Vec<(ArtefactKind, Vec<u8>)> {
    let mut rows = vault.artefacts(id).unwrap();
    rows.retain(|row| row.kind != ArtefactKind::ImportProof);
    rows.sort_by_key(|row| row.kind);
    let read = |row| {
        vault
            .read_all(row, MOST, scrim_policy::Purpose::Verify, NOW)
            .unwrap()
    };
    rows.iter().map(|row| (row.kind, read(row))).collect()
}

fn count(vault: &Vault) -> usize {
    let page = vault.recordings(TenantId::SINGLE, None, 100).unwrap();
    page.recordings.len()
}

#[test]
fn everything_arrives_byte_for_byte_and_verifies() {
    let moved = Moved::new();
    let new = open(&moved.home("new"));
    let imported = import(&new, &moved.archive()).unwrap();
    assert_eq!((imported.recordings, imported.before), (2, 0));
    for id in [moved.published, moved.held] {
        assert!(contents(&new, id) == contents(&moved.vault, id));
        let (there, here) = (
            moved.vault.recording(id).unwrap(),
            new.recording(id).unwrap(),
        );
        let (there, here) = (there.unwrap(), here.unwrap());
        assert_eq!(
            (
                here.state,
                here.created_at,
                here.updated_at,
                here.duration_ns
            ),
            (
                there.state,
                there.created_at,
                there.updated_at,
                there.duration_ns
            )
        );
        assert_eq!(here.policy_name, there.policy_name);
        assert_ne!(
            here.job_key, there.job_key,
            "digests of the old key mean nothing here"
        );
        let times = |vault: &Vault| -> BTreeSet<_> {
            let rows = vault.artefacts(id).unwrap().into_iter();
            let rows = rows.filter(|row| row.kind != ArtefactKind::ImportProof);
            rows.map(|row| (row.kind, row.created_at)).collect()
        };
        assert_eq!(
            times(&new),
            times(&moved.vault),
            "retention counts from when it was made"
        );
    }
    assert_eq!(count(&new), 2, "what was not finished stays behind");
    let found = new
        .verify_recording(moved.published, Some(&new.keyring().public_key()), NOW)
        .unwrap();
    assert!(found.all_match(), "{:?}", found.outputs);
    assert_eq!(
        found.outputs.len(),
        7,
        "five outputs, the proof and the attendance"
    );
    assert_eq!(found.verified.signer, Signer::Unknown(moved.key()));
    let import = found.import.unwrap();
    assert_eq!(import.archive_key, moved.key());
    assert_eq!(import.earlier, None);
    let found = new
        .verify_recording(moved.published, Some(&moved.key()), NOW)
        .unwrap();
    assert_eq!(found.verified.signer, Signer::Trusted(moved.key()));
}

#[test]
fn other_programs_open_an_archive_with_the_password() {
    let moved = Moved::new();
    let answer = peer(&moved.archive(), Some(PASSWORD));
    let entries = answer["entries"].as_array().unwrap();
    let names: Vec<&str> = entries
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    let attendance = format!("{}/attendance.json", moved.published);
    assert!(names.contains(&attendance.as_str()) && names.contains(&"manifest.json"));
    assert_eq!(names.len(), 7 + 6 + 1);
    let bytes = fs::read(moved.archive()).unwrap();
    for secret in ["Quillfeather", "good morning", "scrim/archive/v1"] {
        assert!(!contains(&bytes, secret.as_bytes()), "{secret}");
    }
}

#[test]
fn an_archive_is_imported_once_and_into_an_empty_scrim() {
    let moved = Moved::new();
    let new = open(&moved.home("new"));
    import(&new, &moved.archive()).unwrap();
    let refused = import(&new, &moved.archive()).unwrap_err();
    assert!(matches!(refused, ImportError::ImportedBefore { at } if at == later(60)));
    assert_eq!(refused.kind(), Kind::Refused);
    assert_eq!(count(&new), 2);

    let other = open(&moved.home("other"));
    published(&other, "something", None);
    assert!(matches!(
        import(&other, &moved.archive()).unwrap_err(),
        ImportError::NotEmpty
    ));
    assert_eq!(count(&other), 1);
    assert!(matches!(
        import(&moved.vault, &moved.archive()).unwrap_err(),
        ImportError::NotEmpty
    ));
}

#[test]
fn a_recording_that_moves_twice_keeps_both_statements() {
    let moved = Moved::new();
    let second = open(&moved.home("second"));
    import(&second, &moved.archive()).unwrap();
    let path = moved.home("second.zip");
    export(
        &second,
        Box::new(ZipSink::file(&path, Some(password())).unwrap()),
    );
    let third = open(&moved.home("third"));
    import(&third, &path).unwrap();
    assert!(contents(&third, moved.published) == contents(&moved.vault, moved.published));
    let found = third.verify_recording(moved.published, None, NOW).unwrap();
    assert!(found.all_match());
    assert_eq!(found.verified.signer, Signer::Unknown(moved.key()));
    let import = found.import.unwrap();
    let second_key = second.keyring().public_key();
    assert_eq!(import.archive_key, second_key);
    let (earlier, signer) = import
        .earlier
        .unwrap()
        .verify_import(Some(&second_key))
        .unwrap();
    assert_eq!(signer, Signer::Trusted(second_key));
    assert_eq!(earlier.archive_key, moved.key());
}

#[test]
fn a_change_after_the_import_is_found() {
    let moved = Moved::new();
    let home = moved.home("new");
    let new = open(&home);
    import(&new, &moved.archive()).unwrap();
    for row in new.artefacts(moved.published).unwrap() {
        let path = home.join("objects").join(row.object_key.to_string());
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        fs::write(&path, bad).unwrap();
        let verified = new.verify_recording(moved.published, None, NOW);
        assert!(
            !verified.is_ok_and(|found| found.all_match()),
            "{}",
            row.kind
        );
        fs::write(&path, good).unwrap();
    }
    assert!(
        new.verify_recording(moved.published, None, NOW)
            .unwrap()
            .all_match()
    );
}

#[test]
fn only_the_right_password_and_the_right_signer_open_an_archive() {
    let moved = Moved::new();
    let open_with = |password: &str, key: Option<&PublicKey>| {
        let password = ExportPassword::new(password.to_owned()).unwrap();
        Archive::open(File::open(moved.archive()).unwrap(), password, key)
    };
    let archive = open_with(PASSWORD, Some(&moved.key())).unwrap();
    assert_eq!(archive.signer(), Signer::Trusted(moved.key()));
    assert_eq!(archive.manifest().left_out.len(), 1);
    assert_eq!(
        archive.manifest().left_out[0].state,
        RecordingState::Rendering
    );
    // One of 65536 wrong passwords is only found out at the end of the file.
    let refused = open_with("nine merry badgers", None).unwrap_err();
    assert!(matches!(
        refused,
        ImportError::WrongPassword | ImportError::NotAnArchive { .. }
    ));
    let other = open(&moved.home("other")).keyring().public_key();
    assert!(matches!(
        open_with(PASSWORD, Some(&other)).unwrap_err(),
        ImportError::Proof(ProofError::Untrusted { .. })
    ));
    let no_zip = moved.home("no.zip");
    fs::write(&no_zip, "no ZIP file").unwrap();
    assert!(matches!(
        import(&moved.vault, &no_zip).unwrap_err(),
        ImportError::NotAnArchive { .. }
    ));
}

/// What somebody who has the password does to an archive.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tampering {
    Drop(&'static str),
    Change(&'static str),
    Shorten(&'static str),
    Add,
}

/// Writes what comes, but for what is tampered with.
struct Tampered {
    zip: Box<ZipSink>,
    how: Tampering,
}

impl ExportSink for Tampered {
    fn format(&self) -> &'static str {
        "zip"
    }

    fn add(
        &mut self,
        path: &str,
        bytes: u64,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let mut contents = Vec::new();
        write(&mut contents)?;
        match self.how {
            Tampering::Drop(name) if path.ends_with(name) => return Ok(()),
            Tampering::Change(name) if path.ends_with(name) => {
                let middle = contents.len() / 2;
                contents[middle] ^= 1;
            }
            Tampering::Shorten(name) if path.ends_with(name) => {
                contents.pop();
            }
            _ => {}
        }
        self.zip.add(path, bytes, &mut |out| {
            out.write_all(&contents).unwrap();
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        if self.how == Tampering::Add {
            self.zip.add("rec_extra/recording.mp4", 1, &mut |out| {
                out.write_all(b"!").unwrap();
                Ok(())
            })?;
        }
        self.zip.finish()
    }
}

#[test]
fn whatever_is_changed_in_an_archive_nothing_of_it_is_seen() {
    let moved = Moved::new();
    let tampered = |how: Tampering, path: &Path| {
        let zip = Box::new(ZipSink::file(path, Some(password())).unwrap());
        export(&moved.vault, Box::new(Tampered { zip, how }));
    };
    let published = moved.published.to_string();
    for how in [
        Tampering::Drop("manifest.json"),
        Tampering::Change("manifest.json"),
        Tampering::Drop("recording.mp4"),
        Tampering::Change("recording.mp4"),
        Tampering::Shorten("recording.mp4"),
        Tampering::Change("proof.json"),
        Tampering::Drop("attendance.json"),
        Tampering::Change("attendance.json"),
        Tampering::Add,
    ] {
        let home = moved.home(&format!("{how:?}"));
        let path = moved.home("tampered.zip");
        tampered(how, &path);
        let new = open(&home);
        let refused = import(&new, &path).unwrap_err();
        let is_fair = match how {
            Tampering::Drop("manifest.json") => {
                matches!(refused, ImportError::NotAnArchive { .. })
            }
            Tampering::Change("manifest.json") => matches!(refused, ImportError::Proof(_)),
            Tampering::Drop(_) => matches!(refused, ImportError::Missing { .. }),
            Tampering::Change(_) | Tampering::Shorten(_) => {
                matches!(refused, ImportError::Differs { .. })
            }
            Tampering::Add => matches!(refused, ImportError::Unlisted { count: 1 }),
        };
        assert!(is_fair, "{how:?}: {refused:?}");
        assert!(!refused.to_string().contains("Quillfeather"));
        let page = new.recordings(TenantId::SINGLE, None, 100).unwrap();
        let is_there = |id: &str| page.recordings.iter().any(|row| row.id.to_string() == id);
        assert!(!is_there(&published), "{how:?}");
        let objects = files_below(&home.join("objects"));
        let of_it = objects
            .iter()
            .filter(|path| path.to_string_lossy().contains(&published));
        assert_eq!(of_it.count(), 0, "{how:?}");
        // A whole copy of the same archive is taken up again.
        if !matches!(how, Tampering::Add) && !matches!(refused, ImportError::Proof(_)) {
            let good = moved.home("good.zip");
            export(
                &moved.vault,
                Box::new(ZipSink::file(&good, Some(password())).unwrap()),
            );
            import(&new, &good).unwrap();
            assert_eq!(count(&new), 2);
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_in_the_file_is_found() {
    let moved = Moved::new();
    let good = fs::read(moved.archive()).unwrap();
    for part in 1..8 {
        let mut bad = good.clone();
        let at = good.len() / 8 * part;
        bad[at] ^= 4;
        let path = moved.home("flipped.zip");
        fs::write(&path, bad).unwrap();
        let new = open(&moved.home(&format!("flipped-{part}")));
        let failed = import(&new, &path).unwrap_err();
        assert!(
            matches!(
                failed,
                ImportError::NotAnArchive { .. } | ImportError::Differs { .. }
            ),
            "{part}: {failed:?}"
        );
    }
    let cut = moved.home("cut.zip");
    fs::write(&cut, &good[..good.len() - 100]).unwrap();
    let new = open(&moved.home("cut"));
    assert!(import(&new, &cut).is_err());
    assert_eq!(count(&new), 0);
}

/// Run by the next test as another process, and killed by it.
#[test]
#[ignore = "waits to be killed"]
fn an_import_that_waits_to_be_killed() {
    let folder = PathBuf::from(std::env::var_os("SCRIM_TEST_HOME").unwrap());
    let vault = open(&folder.join("new"));
    let file = File::open(folder.join("tenant.zip")).unwrap();
    let mut archive = Archive::open(file, password(), None).unwrap();
    let stop_at = archive.manifest().bytes() * 3 / 4;
    vault
        .import(&mut archive, NOW, &|progress| {
            if progress.done > stop_at {
                let mut out = std::io::stdout();
                writeln!(out, "\nready").unwrap();
                out.flush().unwrap();
                std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            }
        })
        .unwrap();
}

#[test]
fn a_killed_import_goes_on_where_it_was() {
    let moved = Moved::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("archives::an_import_that_waits_to_be_killed")
        .env("SCRIM_TEST_HOME", moved.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "ready"));
    child.kill().unwrap();
    child.wait().unwrap();

    let new = open(&moved.home("new"));
    let second = if moved.published < moved.held {
        moved.held
    } else {
        moved.published
    };
    let state = new.recording(second).unwrap().unwrap().state;
    assert_eq!(state, RecordingState::Planned, "nothing can be seen of it");
    for kind in ArtefactKind::PUBLISHED {
        assert!(new.output(second, kind).is_err());
    }
    let imported = import(&new, &moved.archive()).unwrap();
    assert_eq!((imported.recordings, imported.before), (1, 1));
    for id in [moved.published, moved.held] {
        assert!(contents(&new, id) == contents(&moved.vault, id));
        assert!(new.verify_recording(id, None, NOW).unwrap().all_match());
    }
    let known: BTreeSet<String> = [moved.published, moved.held]
        .iter()
        .flat_map(|id| new.artefacts(*id).unwrap())
        .map(|row| row.object_key.to_string())
        .collect();
    assert_eq!(files_below(&moved.home("new/objects")).len(), known.len());
}
