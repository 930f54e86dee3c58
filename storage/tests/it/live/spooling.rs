//! What is spooled is sealed, and reads as it was.

use std::os::unix::fs::PermissionsExt;

use scrim_policy::{ConsentPurpose, Kind, Moment, TenantId, TimelineEvent};
use scrim_storage::{
    ArtefactKind, CatalogError, Keyring, RecordingState, VaultError,
    catalog::ArtefactState,
    proof::Signer,
    retention::class_of,
    session::{SealingState, verify_timeline},
};

use super::{chunk, entry, holds, objects, owner, record, seal, seconds, spooled, track};
use crate::{
    fixtures::{NOW, files_below, later},
    runs::{Place, on_both_databases},
};

on_both_databases!(
    a_session_is_an_original_from_its_beginning,
    a_session_reads_as_it_was_recorded,
    what_is_spooled_can_be_read_meanwhile,
    the_timeline_is_signed_and_says_where_everything_lies,
    nothing_of_a_session_lies_in_the_clear,
    an_erasure_epoch_meanwhile_takes_nothing,
    a_layer_in_which_nothing_is_leaves_nothing,
    a_session_that_goes_on_is_neither_due_nor_an_orphan,
    a_session_stays_behind_when_a_tenant_moves,
);

fn a_session_is_an_original_from_its_beginning(place: &Place) {
    let vault = &place.vault;
    let recorded = record(place);
    let id = recorded.recording;
    let row = vault.recording(id).unwrap().unwrap();
    assert_eq!(row.state, RecordingState::Original);
    let listed = vault.originals(TenantId::SINGLE, None, 10).unwrap();
    assert_eq!(listed.recordings, [row]);
    let counts = vault.count_by_state(TenantId::SINGLE).unwrap();
    assert_eq!(counts, [(RecordingState::Original, 1)]);
    vault.set_title(TenantId::SINGLE, id, "Beekeeping").unwrap();
    let session = vault.live_session(id).unwrap().unwrap();
    assert_eq!((session.begun_at, session.ended_at), (NOW, None));
    // It cannot be read as one yet.
    let refused = vault.open_session(id, NOW).unwrap_err();
    assert!(matches!(refused, VaultError::NotAnOriginal { .. }));
    let ended = recorded.end();
    let session = vault.live_session(id).unwrap().unwrap();
    assert_eq!(session.ended_at, Some(NOW));
    let row = vault.recording(id).unwrap().unwrap();
    assert_eq!(row.duration_ns, Some(2_000_000_000));
    let found = vault.original_of(TenantId::SINGLE, row.source_sha256);
    assert_eq!(found.unwrap().map(|row| row.id), Some(id));
    assert!(!ended.folder(place).exists());
    let raw = [ArtefactKind::Timeline, ArtefactKind::Chat].map(class_of);
    assert_eq!(raw, [scrim_policy::RetentionClass::Raw; 2]);
}

fn a_session_reads_as_it_was_recorded(place: &Place) {
    let mut recorded = record(place);
    // While it goes on, some of it is on its way to the store.
    assert_eq!(
        recorded.sealing.advance(NOW).unwrap(),
        SealingState::UpToDate
    );
    recorded.append(2);
    recorded.session.close_layer(recorded.lucas_voice).unwrap();
    recorded.complete(5);
    while recorded.sealing.advance(NOW).unwrap() == SealingState::More {}
    let early = place.vault.artefact(recorded.lucas_voice).unwrap().unwrap();
    assert_eq!(early.state, ArtefactState::Complete);
    // Nothing is added to what is closed.
    let is_added = recorded.session.append(recorded.lucas_voice, b"late");
    assert!(!is_added.unwrap());
    let layers = recorded.layers();
    let ended = recorded.end();
    for (layer, of) in layers {
        let wanted: Vec<_> = (0..3).map(|number| chunk(of, number)).collect();
        assert_eq!(ended.chunks(place, layer), Some(wanted), "{of}");
    }
    // Four layers and the timeline.
    assert_eq!(objects(place), 5);
}

fn what_is_spooled_can_be_read_meanwhile(place: &Place) {
    let mut recorded = record(place);
    let view = recorded.view();
    let (voice, of) = recorded.layers()[0];
    let mut reader = view.open(voice).unwrap().unwrap();
    for number in 0..2 {
        assert_eq!(reader.next_chunk().unwrap(), Some(chunk(of, number)));
    }
    assert_eq!(reader.next_chunk().unwrap(), None);
    recorded.append(2);
    assert_eq!(reader.next_chunk().unwrap(), None, "it is not on the disk");
    recorded.complete(5);
    assert_eq!(reader.next_chunk().unwrap(), Some(chunk(of, 2)));
    // Also after its end, as long as somebody reads.
    let ended = recorded.end();
    assert_eq!(spooled(&view, voice).unwrap().len(), 3);
    assert!(ended.folder(place).exists());
    drop((reader, view));
    assert!(!ended.folder(place).exists());
}

fn the_timeline_is_signed_and_says_where_everything_lies(place: &Place) {
    let mut recorded = record(place);
    let stopped = entry(6, TimelineEvent::RecordingStopped);
    recorded
        .session
        .happened(seconds(7), vec![stopped.clone()])
        .unwrap();
    let voice = recorded.zofias_voice;
    let ended = recorded.end();
    let timeline = ended.reader(place).timeline().clone();
    assert_eq!(timeline.session, ended.recording);
    assert_eq!(
        (timeline.complete_to, timeline.is_whole),
        (seconds(7), true)
    );
    assert_eq!(timeline.entries.len(), 5);
    assert_eq!(timeline.entries.last(), Some(&stopped));
    assert_eq!(timeline.layers.len(), 4);
    let first = &timeline.layers[0];
    let row = place.vault.artefact(voice).unwrap().unwrap();
    assert_eq!(first.artefact, voice);
    assert_eq!(Some(first.sha256), row.sealed.plaintext_sha256);
    assert_eq!(first.bytes, row.sealed.plaintext_bytes);
    assert_eq!(first.track, Some(track(10 + ConsentPurpose::Voice as u128)));
    let chat = &timeline.layers[3];
    assert_eq!((chat.track, chat.purpose), (None, ConsentPurpose::Chat));
    let row = place.vault.artefact(chat.artefact).unwrap().unwrap();
    assert_eq!(row.sealed.plaintext_sha256, None);

    // Whoever has the contents and the key needs nothing else.
    let rows = place.vault.artefacts(ended.recording).unwrap();
    let row = rows.iter().find(|row| row.kind == ArtefactKind::Timeline);
    let purpose = scrim_policy::Purpose::Verify;
    let json = place
        .vault
        .read_all(row.unwrap(), 1 << 20, purpose, NOW)
        .unwrap();
    let key = place.vault.keyring().public_key();
    let (read, signer) = verify_timeline(&json, Some(&key)).unwrap();
    assert_eq!((read, signer), (timeline, Signer::Trusted(key)));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let unlock = scrim_storage::Unlock::KeyFile(path("key"));
    let other = Keyring::open_or_create(&path("keyring.json"), &unlock).unwrap();
    assert!(verify_timeline(&json, Some(&other.public_key())).is_err());
    let text = String::from_utf8(json).unwrap();
    let changed = text.replace("Luca Conti", "Luca Monti");
    assert_ne!(changed, text);
    assert!(verify_timeline(changed.as_bytes(), None).is_err());
}

fn nothing_of_a_session_lies_in_the_clear(place: &Place) {
    let recorded = record(place);
    let live = place.home.join("live");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&live), 0o700);
    for file in files_below(&live) {
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
    }
    for text in ["quillfeather", "Zofia", "zofia", "Conti"] {
        assert!(!holds(place, text.as_bytes()), "{text}");
    }
    drop(recorded);
}

fn an_erasure_epoch_meanwhile_takes_nothing(place: &Place) {
    let vault = &place.vault;
    let mut recorded = record(place);
    vault
        .shred_epoch(TenantId::SINGLE, later(1), &mut |_| ())
        .unwrap();
    recorded.append(2);
    let owner = owner(7, ConsentPurpose::Screen);
    let after = recorded.session.open_layer(owner, later(2)).unwrap();
    recorded.session.append(after, b"after the epoch").unwrap();
    recorded.complete(5);
    vault
        .shred_epoch(TenantId::SINGLE, later(3), &mut |_| ())
        .unwrap();
    let voice = recorded.zofias_voice;
    // Nobody has the keys in memory any more.
    let ended = recorded.cut();
    let finished = vault.recover_live_sessions(later(4)).unwrap();
    assert_eq!(finished, [ended.recording]);
    assert_eq!(ended.chunks(place, voice).unwrap().len(), 3);
    let read = ended.chunks(place, after);
    assert_eq!(read, Some(vec![b"after the epoch".to_vec()]));
}

fn a_layer_in_which_nothing_is_leaves_nothing(place: &Place) {
    let mut recorded = record(place);
    let owner = owner(7, ConsentPurpose::Screen);
    let empty = recorded.session.open_layer(owner, NOW).unwrap();
    let ended = recorded.end();
    assert_eq!(place.vault.artefact(empty).unwrap(), None);
    assert_eq!(ended.chunks(place, empty), None);
    assert_eq!(ended.reader(place).timeline().layers.len(), 4);
}

fn a_session_that_goes_on_is_neither_due_nor_an_orphan(place: &Place) {
    let vault = &place.vault;
    let mut recorded = record(place);
    let years = NOW.plus_days(4000);
    // Somebody says now and then that it goes on.
    recorded.sealing.advance(years).unwrap();
    assert!(vault.due(TenantId::SINGLE, years).unwrap().is_empty());
    let orphans = vault.orphans(TenantId::SINGLE, years).unwrap();
    assert!(orphans.is_empty(), "{orphans:?}");
    assert_eq!(vault.check_catalog(NOW, &|_| ()).unwrap(), []);
    recorded.session.end().unwrap();
    seal(&mut recorded.sealing);
    assert_eq!(vault.check_catalog(NOW, &|_| ()).unwrap(), []);
    let due = vault.due(TenantId::SINGLE, years.plus_days(2)).unwrap();
    assert_eq!((due.count(), due.recordings), (5, 1));
}

fn a_session_stays_behind_when_a_tenant_moves(place: &Place) {
    let ended = record(place).end();
    let plan = place.vault.plan_archive(TenantId::SINGLE).unwrap();
    let left: Vec<_> = plan.left_out().iter().map(|one| one.recording).collect();
    assert_eq!((left, plan.recordings()), (vec![ended.recording], 0));
}

#[test]
fn nothing_is_added_to_a_session_that_has_ended() {
    let place = Place::new();
    let mut recorded = record(&place);
    let view = recorded.view();
    recorded.session.happened(Moment::START, vec![]).unwrap();
    recorded.session.end().unwrap();
    seal(&mut recorded.sealing);
    let refused = recorded.sealing.advance(NOW).unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Catalog(CatalogError::NotRunning { .. })
    ));
    assert_eq!(refused.kind(), Kind::NotFound);
    drop(view);
}
