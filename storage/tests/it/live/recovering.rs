//! Sessions that were cut are finished, with everything but what was being written.

use std::{fs, path::Path, process::Command};

use scrim_policy::{ArtefactId, ConsentPurpose, TenantId};
use scrim_storage::{ObjectKey, VaultError, objects::ObjectError};

use super::{Ended, ZOFIA, chunk, objects, owner, record, room, seconds};
use crate::{
    fixtures::{NOW, files_below, later},
    runs::{Place, on_both_databases},
    tmpfs::Tmpfs,
    vaults::open,
};

on_both_databases!(
    a_session_that_was_cut_is_finished,
    recovery_can_be_stopped_after_every_step,
    objects_of_a_session_that_no_row_knows_go,
    a_session_whose_spool_is_lost_is_given_up_after_a_day,
    what_is_being_recorded_is_left_alone,
);

fn is_as_it_was(place: &Place, ended: &Ended, layers: &[(ArtefactId, &str)]) {
    for (layer, of) in layers {
        let wanted = vec![chunk(of, 0), chunk(of, 1)];
        assert_eq!(ended.chunks(place, *layer), Some(wanted), "{of}");
    }
    let timeline = ended.reader(place).timeline().clone();
    assert_eq!(timeline.layers.len(), layers.len());
    assert_eq!(timeline.complete_to, seconds(4));
    assert!(!timeline.is_whole);
    assert!(!ended.folder(place).exists());
    let session = place.vault.live_session(ended.recording).unwrap();
    assert!(session.unwrap().ended_at.is_some());
    assert_eq!(objects(place), 5);
}

fn a_session_that_was_cut_is_finished(place: &Place) {
    let recorded = record(place);
    let layers = recorded.layers();
    let ended = recorded.cut();
    let finished = place.vault.recover_live_sessions(later(60)).unwrap();
    assert_eq!(finished, [ended.recording]);
    is_as_it_was(place, &ended, &layers);
    let again = place.vault.recover_live_sessions(later(61)).unwrap();
    assert_eq!(again, []);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in files_below(from) {
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// Puts everything into the state in which a kill after each step leaves it, the last step first.
fn recovery_can_be_stopped_after_every_step(place: &Place) {
    let recorded = record(place);
    let layers = recorded.layers();
    let ended = recorded.cut();
    let (spool, kept) = (ended.folder(place), place.home.join("kept"));
    copy(&spool, &kept);
    place.vault.recover_live_sessions(later(60)).unwrap();
    is_as_it_was(place, &ended, &layers);

    // It has ended, and its folder is still there.
    copy(&kept, &spool);
    place.vault.recover_live_sessions(later(61)).unwrap();
    is_as_it_was(place, &ended, &layers);

    let rows = place.vault.artefacts(ended.recording).unwrap();
    let voice = rows.iter().find(|row| row.id == layers[0].0).unwrap();
    let timeline = rows
        .iter()
        .find(|row| row.kind == scrim_storage::ArtefactKind::Timeline)
        .unwrap();
    let running = "UPDATE live_session SET ended_at = NULL";
    let pending = |id| format!("UPDATE artefact SET state = 'pending' WHERE id = '{id}'");
    let spooled =
        |id| format!("UPDATE artefact SET state = 'pending', segments = 0 WHERE id = '{id}'");
    let no_object = |key: ObjectKey| {
        let path = place.home.join("objects").join(key.to_string());
        fs::remove_file(path).unwrap();
    };
    let again = |second| {
        place.vault.recover_live_sessions(later(second)).unwrap();
        is_as_it_was(place, &ended, &layers);
    };

    // The timeline is in the store, and does not count yet.
    copy(&kept, &spool);
    place.sql(&[running, &pending(timeline.id)]).unwrap();
    again(62);
    // It is described, and not in the store.
    copy(&kept, &spool);
    place.sql(&[running, &pending(timeline.id)]).unwrap();
    no_object(timeline.object_key);
    again(63);
    // It is not described, and one of the layers is in the store and does not count yet.
    copy(&kept, &spool);
    no_object(timeline.object_key);
    place
        .sql(&[running, &spooled(timeline.id), &pending(voice.id)])
        .unwrap();
    again(64);
    // That layer is described, and half of it is in the store.
    copy(&kept, &spool);
    no_object(timeline.object_key);
    place
        .sql(&[running, &spooled(timeline.id), &pending(voice.id)])
        .unwrap();
    let path = place
        .home
        .join("objects")
        .join(voice.object_key.to_string());
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    again(65);
    // Nothing of it is sealed.
    copy(&kept, &spool);
    no_object(timeline.object_key);
    no_object(voice.object_key);
    place
        .sql(&[running, &spooled(timeline.id), &spooled(voice.id)])
        .unwrap();
    again(66);
}

fn objects_of_a_session_that_no_row_knows_go(place: &Place) {
    let recorded = record(place);
    let (layers, ended) = (recorded.layers(), recorded.cut());
    let folder = place
        .home
        .join("objects")
        .join(TenantId::SINGLE.to_string())
        .join(ended.recording.to_string());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(crate::fixtures::artefact(77).to_string()), b"x").unwrap();
    place.vault.recover_live_sessions(later(60)).unwrap();
    is_as_it_was(place, &ended, &layers);
}

fn a_session_whose_spool_is_lost_is_given_up_after_a_day(place: &Place) {
    let vault = &place.vault;
    let ended = record(place).cut();
    fs::remove_dir_all(ended.folder(place)).unwrap();
    vault.recover_live_sessions(later(60)).unwrap();
    let standing = || vault.live_session(ended.recording).unwrap().unwrap();
    assert_eq!(standing().ended_at, None);
    let tomorrow = NOW.plus_days(2);
    vault.recover_live_sessions(tomorrow).unwrap();
    assert_eq!(standing().ended_at, Some(tomorrow));
    assert_eq!(vault.artefacts(ended.recording).unwrap(), []);
}

fn what_is_being_recorded_is_left_alone(place: &Place) {
    let mut recorded = record(place);
    let others = place.vault.recover_live_sessions(later(3600)).unwrap();
    assert_eq!(others, []);
    recorded.append(2);
    recorded.complete(5);
    let voice = recorded.zofias_voice;
    assert_eq!(recorded.end().chunks(place, voice).unwrap().len(), 3);
}

fn log_of(ended: &Ended, place: &Place, layer: ArtefactId) -> std::path::PathBuf {
    ended.folder(place).join(format!("{layer}.log"))
}

#[test]
fn a_torn_chunk_is_lost_and_none_before_it() {
    // Frames of one layer are cut at every byte in the unit tests; here one cut goes the whole way.
    let place = Place::new();
    let recorded = record(&place);
    let (voice, of) = recorded.layers()[0];
    let ended = recorded.cut();
    let log = log_of(&ended, &place, voice);
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 5]).unwrap();
    place.vault.recover_live_sessions(later(60)).unwrap();
    assert_eq!(ended.chunks(&place, voice), Some(vec![chunk(of, 0)]));
    let timeline = ended.reader(&place).timeline().clone();
    assert!(!timeline.layers[0].is_damaged);
}

#[test]
fn damage_in_the_middle_is_told_and_what_is_before_it_is_kept() {
    let place = Place::new();
    let mut recorded = record(&place);
    recorded.append(2);
    recorded.complete(5);
    let (voice, of) = recorded.layers()[0];
    let ended = recorded.cut();
    let log = log_of(&ended, &place, voice);
    let mut bytes = fs::read(&log).unwrap();
    let first = 4 + u32::from_be_bytes(*bytes.first_chunk().unwrap()) as usize;
    bytes[first + 20] ^= 1;
    fs::write(&log, &bytes).unwrap();
    place.vault.recover_live_sessions(later(60)).unwrap();
    assert_eq!(ended.chunks(&place, voice), Some(vec![chunk(of, 0)]));
    let timeline = ended.reader(&place).timeline().clone();
    let damaged = timeline.layers.iter().filter(|layer| layer.is_damaged);
    let damaged: Vec<_> = damaged.map(|layer| layer.artefact).collect();
    assert_eq!(damaged, [voice]);
}

#[test]
fn a_log_of_another_layer_is_not_taken_for_one() {
    let place = Place::new();
    let recorded = record(&place);
    let (voice, camera) = (recorded.zofias_voice, recorded.zofias_camera);
    let ended = recorded.cut();
    let [voice_log, camera_log] = [voice, camera].map(|layer| log_of(&ended, &place, layer));
    fs::copy(&camera_log, &voice_log).unwrap();
    place.vault.recover_live_sessions(later(60)).unwrap();
    assert_eq!(ended.chunks(&place, voice), Some(Vec::new()));
    assert!(ended.reader(&place).timeline().layers[0].is_damaged);
    assert_eq!(ended.chunks(&place, camera).unwrap().len(), 2);
}

#[test]
fn a_file_that_belongs_to_nothing_goes() {
    let place = Place::new();
    let recorded = record(&place);
    let layers = recorded.layers();
    let ended = recorded.cut();
    let stray = crate::fixtures::artefact(99);
    fs::write(log_of(&ended, &place, stray), b"whose is this?").unwrap();
    place.vault.recover_live_sessions(later(60)).unwrap();
    is_as_it_was(&place, &ended, &layers);
}

const HOME: &str = "SCRIM_TEST_RECORDS_IN";
const NAME: &str = "live::recovering::a_killed_process_loses_only_what_it_was_writing";

/// Records in a home until it is killed.
#[allow(clippy::print_stdout)] // The test reads what was promised.
fn record_for_ever(home: &str) {
    let place = open(Path::new(home));
    let (mut session, mut sealing) = place
        .begin_live_session(TenantId::SINGLE, room(), NOW)
        .unwrap();
    let voice = owner(ZOFIA, ConsentPurpose::Voice);
    let voice = session.open_layer(voice, NOW).unwrap();
    for number in 0.. {
        session.append(voice, &chunk("voice", number)).unwrap();
        session.happened(seconds(number), Vec::new()).unwrap();
        session.sync().unwrap();
        println!("{number} is promised");
        sealing.advance(NOW).unwrap();
    }
}

#[test]
fn a_killed_process_loses_only_what_it_was_writing() {
    use std::io::{BufRead, BufReader};
    if let Ok(home) = std::env::var(HOME) {
        return record_for_ever(&home);
    }
    let place = Place::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(HOME, &place.home)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let promised = lines
        .map(|line| line.unwrap())
        .filter_map(|line| {
            let text = line.strip_suffix(" is promised")?;
            text.rsplit(' ').next()?.parse::<u64>().ok()
        })
        .find(|number| *number >= 40);
    child.kill().unwrap();
    child.wait().unwrap();
    let promised = promised.unwrap();
    let finished = place.vault.recover_live_sessions(later(60)).unwrap();
    let [recording] = finished[..] else {
        panic!("{finished:?}")
    };
    let ended = Ended { recording };
    let timeline = ended.reader(&place).timeline().clone();
    assert!(timeline.complete_to >= seconds(promised));
    let chunks = ended.chunks(&place, timeline.layers[0].artefact).unwrap();
    assert!(chunks.len() as u64 > promised);
    for (number, read) in (0..).zip(chunks) {
        assert_eq!(read, chunk("voice", number));
    }
}

#[test]
fn a_full_disk_is_an_error_and_what_was_written_is_kept() {
    let disk = Tmpfs::new("8m");
    let home = disk.path().join("home");
    let vault = open(&home);
    let (mut session, sealing) = vault
        .begin_live_session(TenantId::SINGLE, room(), NOW)
        .unwrap();
    let voice = owner(ZOFIA, ConsentPurpose::Voice);
    let voice = session.open_layer(voice, NOW).unwrap();
    let mut written = 0;
    let error = loop {
        let appended = session.append(voice, &vec![7; 1 << 18]);
        match appended.and_then(|_| session.sync()) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(
        error,
        VaultError::Object(ObjectError::Full { .. })
    ));
    assert!(written > 0);
    let view = session.view();
    // The layer is closed: nothing is written behind half a frame.
    assert!(!session.append(voice, b"more").unwrap());
    assert_eq!(super::spooled(&view, voice).unwrap().len(), written);
    drop((session, sealing));
}
