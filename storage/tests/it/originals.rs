//! Originals: taken in once, counted only when proved, and what jobs leave with them.

use std::{
    io::{Read, Write},
    path::Path,
};

use scrim_policy::{Kind, Purpose, TenantId};
use scrim_storage::{
    ArtefactKind, Begun, CatalogError, Job, Kept, RecordingRow, RecordingState, Sha256Digest,
    StagePart, VaultError,
};

use crate::{
    fixtures::{NOW, files_below, job, later, part_key, recording, tenant, text},
    runs::{Place, catalog_error, on_both_databases},
};

on_both_databases!(
    an_original_that_was_not_proved_does_not_count_and_the_next_run_takes_its_place,
    an_original_is_a_recording_without_policy_and_reads_as_it_was,
    the_same_file_is_the_same_original_and_another_tenant_has_its_own,
    an_original_that_was_not_finished_leaves_nothing,
    a_recording_knows_the_original_that_it_was_made_from,
    what_a_job_leaves_with_an_original_replaces_what_was_there,
    nothing_is_left_with_what_is_no_original,
);

const MOVIE: usize = (2 << 20) + 17;

fn take_in(place: &Place, plaintext: &[u8]) -> Kept {
    let vault = &place.vault;
    let mut writer = vault.create_original(TenantId::SINGLE, NOW).unwrap();
    writer.write_all(plaintext).unwrap();
    writer.finish(Some(7), later(1)).unwrap()
}

fn kept(place: &Place, plaintext: &[u8]) -> RecordingRow {
    match take_in(place, plaintext) {
        Kept::New(row) => row,
        Kept::Before(row) => panic!("{} was kept before", row.id),
    }
}

fn objects(place: &Place) -> usize {
    let is_object = |path: &Path| !path.to_string_lossy().contains("incoming");
    let files = files_below(&place.home.join("objects"));
    files.iter().filter(|path| is_object(path)).count()
}

fn an_original_is_a_recording_without_policy_and_reads_as_it_was(place: &Place) {
    let movie = text(MOVIE);
    let row = kept(place, &movie);
    assert_eq!(row.state, RecordingState::Original);
    assert_eq!(row.source_sha256, Sha256Digest::of(&movie));
    assert_eq!((row.policy_sha256, row.policy_name), (None, None));
    assert_eq!(row.duration_ns, Some(7));
    let artefact = place.vault.original_artefact(row.id).unwrap();
    assert_eq!(artefact.kind, ArtefactKind::Original);
    assert_eq!(artefact.sealed.plaintext_bytes, MOVIE as u64);
    let mut read = Vec::new();
    let mut reader = place.vault.open_original(row.id, NOW).unwrap();
    reader.read_to_end(&mut read).unwrap();
    assert!(read == movie);
    let output = place.vault.output(row.id, ArtefactKind::Original);
    assert!(
        matches!(output, Err(VaultError::NoSuchOutput { .. })),
        "nobody but a job gets it"
    );
}

fn the_same_file_is_the_same_original_and_another_tenant_has_its_own(place: &Place) {
    let first = kept(place, b"movie");
    let Kept::Before(again) = take_in(place, b"movie") else {
        panic!("it was kept twice");
    };
    assert_eq!(again.id, first.id);
    assert_eq!(objects(place), 1);
    let found = place
        .vault
        .original_of(TenantId::SINGLE, Sha256Digest::of(b"movie"));
    assert_eq!(found.unwrap().map(|row| row.id), Some(first.id));
    let other = kept(place, b"another movie");
    let page = place.vault.originals(TenantId::SINGLE, None, 10).unwrap();
    let mut listed: Vec<_> = page.recordings.iter().map(|row| row.id).collect();
    listed.sort_unstable();
    let mut wanted = [first.id, other.id];
    wanted.sort_unstable();
    assert_eq!(listed, wanted);
    let theirs = place
        .vault
        .original_of(tenant(5), Sha256Digest::of(b"movie"));
    assert_eq!(theirs.unwrap(), None);
}

fn an_original_that_was_not_finished_leaves_nothing(place: &Place) {
    let mut writer = place.vault.create_original(TenantId::SINGLE, NOW).unwrap();
    writer.write_all(&text(MOVIE)).unwrap();
    drop(writer);
    assert!(files_below(&place.home.join("objects")).is_empty());
    let page = place.vault.recordings(TenantId::SINGLE, None, 10).unwrap();
    assert!(page.recordings.is_empty());
}

fn an_original_that_was_not_proved_does_not_count_and_the_next_run_takes_its_place(place: &Place) {
    let first = kept(place, b"movie");
    // As a run leaves it that was killed before it had read everything back.
    place
        .sql(&["UPDATE artefact SET state = 'pending'"])
        .unwrap();
    let vault = &place.vault;
    let is_listed = |page: scrim_storage::catalog::Page| !page.recordings.is_empty();
    assert!(!is_listed(
        vault.recordings(TenantId::SINGLE, None, 10).unwrap()
    ));
    assert!(!is_listed(
        vault.originals(TenantId::SINGLE, None, 10).unwrap()
    ));
    let sha256 = Sha256Digest::of(b"movie");
    assert_eq!(vault.original_of(TenantId::SINGLE, sha256).unwrap(), None);
    let refused = vault.original_artefact(first.id).unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
    let second = kept(place, b"movie");
    assert_ne!(second.id, first.id);
    assert_eq!(vault.recording(first.id).unwrap(), None);
    assert_eq!(objects(place), 1);
}

fn a_recording_knows_the_original_that_it_was_made_from(place: &Place) {
    let original = kept(place, b"movie");
    let job = Job {
        original: Some(original.id),
        ..job("webinar")
    };
    let Begun::New(claim) = place.vault.begin_or_resume(&job, NOW).unwrap() else {
        panic!("the job is not new");
    };
    let row = place.vault.recording(claim.recording()).unwrap().unwrap();
    assert_eq!(row.original, Some(original.id));
    let refused = place
        .vault
        .original_artefact(claim.recording())
        .unwrap_err();
    assert!(matches!(refused, VaultError::NotAnOriginal { .. }));
}

fn what_a_job_leaves_with_an_original_replaces_what_was_there(place: &Place) {
    let original = kept(place, b"movie");
    let leave = |name: &str| {
        let part = StagePart {
            stage: "audio",
            part: 0,
            key: part_key(name),
        };
        let kind = ArtefactKind::Audio;
        let mut contents = name.as_bytes();
        let vault = &place.vault;
        vault.keep_with_original(&original, kind, part, &mut contents, NOW)
    };
    for name in ["sound", "better sound"] {
        leave(name).unwrap();
        let results = place.vault.finished_parts(original.id, "audio").unwrap();
        assert_eq!(results.len(), 1);
        assert_eq!(results[0].key, part_key(name));
        let row = place.vault.artefact(results[0].artefact.unwrap());
        let row = row.unwrap().unwrap();
        let read = place
            .vault
            .read_all(&row, 100, Purpose::Process, NOW)
            .unwrap();
        assert_eq!(read, name.as_bytes());
        assert_eq!(objects(place), 2, "the original, and one part");
    }
}

fn nothing_is_left_with_what_is_no_original(place: &Place) {
    let claim = place.render("webinar");
    let row = place.vault.recording(claim.recording()).unwrap().unwrap();
    let gone = RecordingRow {
        id: recording(9),
        ..row.clone()
    };
    for (row, is_wanted) in [
        (
            row,
            (|error| matches!(error, CatalogError::WrongState { .. })) as fn(_) -> bool,
        ),
        (gone, |error| {
            matches!(error, CatalogError::NoRecording { .. })
        }),
    ] {
        let part = StagePart {
            stage: "audio",
            part: 0,
            key: part_key("sound"),
        };
        let vault = &place.vault;
        let left = vault.keep_with_original(
            &row,
            ArtefactKind::Audio,
            part,
            &mut b"sound".as_slice(),
            NOW,
        );
        assert!(is_wanted(catalog_error(left)));
        assert_eq!(objects(place), 0);
    }
}
