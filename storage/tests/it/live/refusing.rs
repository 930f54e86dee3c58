//! What was refused is nowhere.

use std::io::ErrorKind;

use scrim_policy::ConsentPurpose;
use scrim_storage::session::SealingState;

use super::{
    LUCA, Recorded, ZOFIA, chunk, objects, owner, participant, record, refused, seconds, spooled,
};
use crate::{
    fixtures::NOW,
    runs::{Place, on_both_databases},
};

on_both_databases!(
    a_no_takes_the_layer_from_the_spool_the_store_and_the_catalog,
    a_no_takes_what_was_sealed_already,
    a_no_takes_the_chat_of_one_and_leaves_that_of_others,
    whoever_agrees_again_has_a_new_layer,
    a_no_that_nobody_had_time_for_is_honoured_after_a_crash,
);

fn says_no(recorded: &mut Recorded, of: u128, purpose: ConsentPurpose) {
    let entries = vec![refused(of, purpose)];
    recorded.session.happened(seconds(4), entries).unwrap();
    recorded.session.destroy(participant(of), purpose).unwrap();
}

fn a_no_takes_the_layer_from_the_spool_the_store_and_the_catalog(place: &Place) {
    let mut recorded = record(place);
    recorded.sealing.advance(NOW).unwrap();
    let view = recorded.view();
    let camera = recorded.zofias_camera;
    let mut reader = view.open(camera).unwrap().unwrap();
    assert!(reader.next_chunk().unwrap().is_some());
    says_no(&mut recorded, ZOFIA, ConsentPurpose::Camera);
    // At once: whoever was reading reads no more, and the file is gone.
    assert_eq!(reader.next_chunk().unwrap_err().kind(), ErrorKind::NotFound);
    assert!(spooled(&view, camera).is_none());
    let files = crate::fixtures::files_below(&place.home.join("live"));
    let is_left = |file: &std::path::PathBuf| file.ends_with(format!("{camera}.log"));
    assert!(!files.iter().any(is_left));
    assert!(!recorded.session.append(camera, b"late").unwrap());
    recorded.sealing.advance(NOW).unwrap();
    assert_eq!(place.vault.artefact(camera).unwrap(), None);
    let (voice, of) = recorded.layers()[0];
    drop((reader, view));
    let ended = recorded.end();
    assert_eq!(ended.chunks(place, camera), None);
    assert_eq!(
        ended.chunks(place, voice),
        Some(vec![chunk(of, 0), chunk(of, 1)])
    );
    let timeline = ended.reader(place).timeline().clone();
    assert!(timeline.layers.iter().all(|layer| layer.artefact != camera));
    assert_eq!(objects(place), 4);
}

fn a_no_takes_what_was_sealed_already(place: &Place) {
    let mut recorded = record(place);
    let camera = recorded.zofias_camera;
    recorded.session.close_layer(camera).unwrap();
    while recorded.sealing.advance(NOW).unwrap() == SealingState::More {}
    assert_eq!(objects(place), 1);
    says_no(&mut recorded, ZOFIA, ConsentPurpose::Camera);
    recorded.sealing.advance(NOW).unwrap();
    assert_eq!(objects(place), 0);
    assert_eq!(place.vault.artefact(camera).unwrap(), None);
}

fn a_no_takes_the_chat_of_one_and_leaves_that_of_others(place: &Place) {
    let mut recorded = record(place);
    let zofias = owner(ZOFIA, ConsentPurpose::Chat);
    let zofias = recorded.session.open_layer(zofias, NOW).unwrap();
    recorded.session.append(zofias, b"hello").unwrap();
    says_no(&mut recorded, LUCA, ConsentPurpose::Chat);
    let lucas = recorded.lucas_chat;
    let ended = recorded.end();
    assert_eq!(ended.chunks(place, lucas), None);
    assert_eq!(ended.chunks(place, zofias), Some(vec![b"hello".to_vec()]));
}

fn whoever_agrees_again_has_a_new_layer(place: &Place) {
    let mut recorded = record(place);
    says_no(&mut recorded, ZOFIA, ConsentPurpose::Camera);
    let camera = owner(ZOFIA, ConsentPurpose::Camera);
    let again = recorded.session.open_layer(camera, NOW).unwrap();
    recorded.session.append(again, b"agreed again").unwrap();
    recorded.complete(6);
    let ended = recorded.cut();
    place.vault.recover_live_sessions(NOW).unwrap();
    let read = ended.chunks(place, again);
    assert_eq!(read, Some(vec![b"agreed again".to_vec()]));
    assert_eq!(ended.reader(place).timeline().layers.len(), 4);
}

/// The room has noted the no, and the process is killed before it has destroyed anything.
fn a_no_that_nobody_had_time_for_is_honoured_after_a_crash(place: &Place) {
    let mut recorded = record(place);
    let camera = recorded.zofias_camera;
    // It is in the store by then.
    recorded.session.close_layer(camera).unwrap();
    while recorded.sealing.advance(NOW).unwrap() == SealingState::More {}
    let entries = vec![refused(ZOFIA, ConsentPurpose::Camera)];
    recorded.session.happened(seconds(5), entries).unwrap();
    recorded.session.sync().unwrap();
    let ended = recorded.cut();
    place.vault.recover_live_sessions(NOW).unwrap();
    assert_eq!(place.vault.artefact(camera).unwrap(), None);
    assert_eq!(ended.chunks(place, camera), None);
    assert_eq!(objects(place), 4);
}
