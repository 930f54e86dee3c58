//! Uploads, piece by piece.

use std::io::{Read, Write};

use scrim_policy::TenantId;
use scrim_storage::{
    Kept,
    service::{Upload, UploadState},
};

use super::organiser;
use crate::{
    fixtures::{NOW, later, tenant, text},
    runs::{Place, on_both_databases},
};

on_both_databases!(
    pieces_become_an_original_and_nothing_is_left_of_them,
    two_that_send_the_same_piece_do_not_mix,
    what_is_given_up_leaves_nothing,
);

const TENANT: TenantId = TenantId::SINGLE;

fn begin(place: &Place, bytes: u64) -> Upload {
    let account = organiser(place);
    place
        .vault
        .begin_upload((TENANT, account), bytes, "Canary meeting", NOW)
        .unwrap()
}

fn send(place: &Place, upload: &Upload, piece: &[u8]) -> Option<Upload> {
    let mut writer = place.vault.next_piece(upload, NOW).unwrap();
    writer.write_all(piece).unwrap();
    assert_eq!(writer.bytes(), piece.len() as u64);
    writer.finish(NOW).unwrap()
}

fn files(place: &Place) -> usize {
    place.vault.orphans(TENANT, NOW).unwrap().young as usize + objects(place)
}

fn objects(place: &Place) -> usize {
    let found = place
        .sql(&["SELECT CAST(COUNT(*) AS TEXT) FROM artefact"])
        .unwrap();
    found[0].parse().unwrap()
}

fn pieces_become_an_original_and_nothing_is_left_of_them(place: &Place) {
    let vault = &place.vault;
    let whole = text(3_000_000);
    let mut upload = begin(place, whole.len() as u64);
    assert!(vault.upload(tenant(7), upload.id).unwrap().is_none());
    for piece in whole.chunks(1_300_000) {
        assert_eq!(upload.state, UploadState::Receiving);
        upload = send(place, &upload, piece).unwrap();
    }
    assert_eq!(
        (upload.state, upload.received),
        (UploadState::Finishing, 3_000_000)
    );
    // Nobody is shown what is on its way.
    assert_eq!(
        vault.originals(TENANT, None, 10).unwrap().recordings.len(),
        0
    );
    assert_eq!(
        vault.recordings(TENANT, None, 10).unwrap().recordings.len(),
        0
    );
    let mut read = Vec::new();
    vault
        .read_upload(&upload, NOW)
        .unwrap()
        .read_to_end(&mut read)
        .unwrap();
    assert!(read == whole);

    let Kept::New(original) = vault.finish_upload(&upload, Some(5), NOW).unwrap() else {
        panic!("it was kept before");
    };
    let ended = vault.upload(TENANT, upload.id).unwrap().unwrap();
    assert_eq!(
        (ended.state, ended.original),
        (UploadState::Done, Some(original.id))
    );
    assert_eq!(
        vault.title(TENANT, original.id).unwrap().as_deref(),
        Some("Canary meeting")
    );
    let mut kept = Vec::new();
    vault
        .open_original(original.id, NOW)
        .unwrap()
        .read_to_end(&mut kept)
        .unwrap();
    assert!(kept == whole);
    assert_eq!(files(place), 1);
    vault.forget_upload(&ended).unwrap();
    assert_eq!(files(place), 1);
}

fn two_that_send_the_same_piece_do_not_mix(place: &Place) {
    let upload = begin(place, 20);
    let after = send(place, &upload, b"0123456789").unwrap();
    assert!(send(place, &upload, b"abcdefghij").is_none());
    let whole = send(place, &after, b"0123456789").unwrap();
    let mut read = String::new();
    let mut reader = place.vault.read_upload(&whole, NOW).unwrap();
    reader.read_to_string(&mut read).unwrap();
    assert_eq!(read, "01234567890123456789");
    assert_eq!(files(place), 2);
}

fn what_is_given_up_leaves_nothing(place: &Place) {
    let vault = &place.vault;
    let upload = begin(place, 20);
    let upload = send(place, &upload, b"0123456789").unwrap();
    let unseen = |before| {
        vault
            .uploads_unseen(UploadState::Receiving, before)
            .unwrap()
    };
    assert_eq!(unseen(NOW).len(), 0);
    assert_eq!(unseen(later(1)).len(), 1);
    vault.forget_upload(&upload).unwrap();
    assert_eq!(unseen(later(1)).len(), 0);
    let account = upload.account;
    let whole = vault
        .begin_upload((TENANT, account), 3, "no recording", NOW)
        .unwrap();
    let whole = send(place, &whole, b"abc").unwrap();
    vault.refuse_upload(&whole, "damaged", NOW).unwrap();
    let ended = vault.upload(TENANT, whole.id).unwrap().unwrap();
    assert_eq!(
        (ended.state, ended.failure.as_deref()),
        (UploadState::Failed, Some("damaged"))
    );
    assert_eq!(files(place), 0);
    let rows = place.sql(&["SELECT id FROM recording"]).unwrap();
    assert_eq!(rows, Vec::<String>::new());
}
