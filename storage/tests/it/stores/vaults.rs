//! A whole vault whose objects are in a bucket.

use std::{
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Arc,
};

use scrim_policy::{Purpose, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, ObjectKey, ObjectStore, S3Store, Settings, StoreSettings, Vault,
    catalog::{ErasureStep, Selection},
    objects::{ObjectError, StoredName, s3::S3Location},
    vault::VaultError,
};
use scrim_testkit::{
    SeaweedFs,
    proxy::{Fate, Proxy},
};

use super::{connect, key, location, names};
use crate::{
    erasures::{claim_of, erase, job_of},
    fixtures::{NOW, contains, files_below, text},
    vaults::{publish, render, seal},
};

fn open(home: &Path, location: S3Location) -> (Vault, Arc<S3Store>) {
    let store = Arc::new(connect(location));
    let settings = Settings {
        store: StoreSettings::S3(store.clone()),
        ..Settings::embedded(home, Vault::default_unlock(home))
    };
    (Vault::open_with(&settings).unwrap(), store)
}

#[test]
fn a_recording_is_kept_in_a_bucket_and_read_after_a_restart() {
    let server = SeaweedFs::start();
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let (vault, _) = open(&home, location(&server.endpoint()));
    let claim = publish(&vault, "webinar");
    drop(vault);

    let (vault, store) = open(&home, location(&server.endpoint()));
    let row = vault
        .output(claim.recording(), ArtefactKind::Recording)
        .unwrap();
    assert!(vault.read_all(&row, 2_500_000, Purpose::Get, NOW).unwrap() == text(2_500_000));
    let mut reader = vault.open_artefact(&row, Purpose::Get, NOW).unwrap();
    let mut range = vec![0; 1 << 20];
    reader.seek(SeekFrom::Start(1_300_000)).unwrap();
    reader.read_exact(&mut range).unwrap();
    assert!(range == text(2_500_000)[1_300_000..][..1 << 20]);
    let verified = vault
        .verify_recording(claim.recording(), None, NOW)
        .unwrap();
    assert!(verified.all_match());
    assert_eq!(names(store.as_ref()).len(), 3);
    // The home holds keys and catalog, and no object.
    assert!(!home.join("objects").exists());

    store.delete(&row.object_key).unwrap();
    let gone = vault.open_artefact(&row, Purpose::Get, NOW).unwrap_err();
    assert!(
        matches!(gone, VaultError::Object(ObjectError::NotFound { .. })),
        "{gone:?}"
    );
    assert_eq!(names(store.as_ref()).len(), 2);
}

#[test]
fn nothing_that_can_be_read_lies_in_the_bucket() {
    let server = SeaweedFs::start();
    let folder = tempfile::tempdir().unwrap();
    let (vault, store) = open(folder.path(), location(&server.endpoint()));
    let claim = render(&vault, "Zbigniew-Brzeczyszczykiewicz");
    let words = "Zbigniew-Brzeczyszczykiewicz asks about the budget. ".repeat(30_000);
    seal(
        &vault,
        &claim,
        ArtefactKind::TranscriptTxt,
        words.as_bytes(),
    );
    assert_eq!(names(store.as_ref()).len(), 1);
    let files = files_below(server.folder());
    assert!(!files.is_empty());
    for file in files {
        let kept = std::fs::read(&file).unwrap();
        assert!(!contains(&kept, b"Zbigniew"), "{}", file.display());
    }
}

#[test]
fn a_bucket_that_fails_leaves_neither_object_nor_row() {
    let server = SeaweedFs::start();
    let proxy = Proxy::before(server.port());
    let folder = tempfile::tempdir().unwrap();
    let (vault, _) = open(folder.path(), location(&proxy.endpoint()));
    let claim = render(&vault, "webinar");
    let mut writer = vault
        .create_artefact(&claim, ArtefactKind::Recording, NOW)
        .unwrap();
    proxy.set_rule(|request| match request.method.as_str() {
        "PUT" => Fate::Answer(503, "<Error><Code>SlowDown</Code></Error>"),
        _ => Fate::Pass,
    });
    writer.write_all(&text(2_000_000)).unwrap();
    let failed = writer.finish().unwrap_err();
    assert!(
        matches!(failed, VaultError::Object(ObjectError::Unreachable { .. })),
        "{failed:?}"
    );
    assert_eq!(vault.artefacts(claim.recording()).unwrap(), []);
    let store = connect(location(&server.endpoint()));
    assert_eq!(names(&store), Vec::<String>::new());

    // Once the store is well again, so is the run.
    proxy.set_rule(|_| Fate::Pass);
    let row = seal(&vault, &claim, ArtefactKind::Recording, &text(2_000_000));
    assert!(vault.read_all(&row, 2_000_000, Purpose::Get, NOW).unwrap() == text(2_000_000));
}

/// Begins to upload an object of a recording, and is gone before it is whole.
fn leave_unfinished(store: &S3Store, recording: RecordingId, artefact: u128) {
    let mut object = store
        .put(&ObjectKey {
            recording,
            ..key(TenantId::SINGLE, artefact)
        })
        .unwrap();
    object.write_all(&text(20 << 20)).unwrap();
    std::mem::forget(object);
}

#[test]
fn uploads_that_nobody_goes_on_with_are_found_and_given_up() {
    let server = SeaweedFs::start();
    let folder = tempfile::tempdir().unwrap();
    let (vault, store) = open(folder.path(), location(&server.endpoint()));
    let of_source = |source: &str| {
        let claim = claim_of(vault.begin_or_resume(&job_of(source, source), NOW).unwrap());
        crate::erasures::publish(&vault, &claim);
        claim.recording()
    };
    let (erased, kept) = (of_source("erased"), of_source("kept"));
    leave_unfinished(&store, erased, 1);
    leave_unfinished(&store, kept, 2);
    assert_eq!(store.unfinished().unwrap().len(), 2);

    let selection = Selection::Recording(erased);
    let erasure = erase(&vault, &selection).unwrap();
    assert_eq!(erasure.step, ErasureStep::Certified);
    let left = store.unfinished().unwrap();
    assert_eq!(left.len(), 1);
    assert!(matches!(&left[0].name, Some(StoredName::Object(key)) if key.recording == kept));

    let young = vault.orphans(TenantId::SINGLE, left[0].begun_at).unwrap();
    assert!(young.is_empty() && young.young == 1);
    let orphans = vault
        .orphans(TenantId::SINGLE, left[0].begun_at.plus_days(2))
        .unwrap();
    assert_eq!(orphans.unfinished, left);
    vault.remove_orphans(&orphans, false).unwrap();
    assert_eq!(store.unfinished().unwrap(), []);
    let stored = names(store.as_ref()).len();
    assert_eq!(stored, vault.artefacts(kept).unwrap().len());
}
