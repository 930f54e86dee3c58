//! The audit log: what is in it, and what does not happen without it.

use std::{io::BufReader, thread};

use scrim_policy::{AuditEvent, Kind, Line, Purpose, RecordingId, Word};
use scrim_storage::{
    AuditError, CatalogError, RecordingState, VaultError,
    audit::{About, Checkpoint, Entry, EntryProof, Finding, check_export},
};

use crate::{
    fixtures::{NOW, contains, files_below, job, later, recording},
    runs::{Place, on_both_databases},
    tmpfs::Tmpfs,
    vaults::open,
};

on_both_databases!(
    what_happens_to_a_recording_is_in_the_log,
    nothing_happens_that_cannot_be_written_down,
    threads_that_wait_write_together,
    the_database_lets_the_log_only_grow,
    an_erased_entry_leaves_nothing_and_the_log_still_verifies,
    every_entry_can_be_proved_to_somebody_without_the_log,
    an_export_is_checked_without_the_vault,
    a_backup_takes_the_log_along,
);

pub(crate) fn withdrawn(number: u128, reason: &str) -> AuditEvent {
    AuditEvent::RecordingWithdrawn {
        recording: recording(number),
        reason: Some(Line::new(reason)),
    }
}

fn checked(findings: u64) -> AuditEvent {
    AuditEvent::CatalogChecked { findings }
}

fn entries(place: &Place, recording: Option<RecordingId>) -> Vec<Entry> {
    let records = place.vault.audit_records(recording, None, 1000).unwrap();
    records
        .iter()
        .map(|record| serde_json::from_str(record.body.as_ref().unwrap()).unwrap())
        .collect()
}

fn assert_intact(place: &Place) {
    let verdict = place.vault.verify_audit(&[]).unwrap();
    assert!(verdict.is_intact(), "{:?}", verdict.findings);
}

fn what_happens_to_a_recording_is_in_the_log(place: &Place) {
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    place.vault.publish(&claim, &outputs, later(9)).unwrap();
    let row = place.vault.artefact(outputs[0]).unwrap().unwrap();
    place
        .vault
        .read_all(&row, 100, Purpose::Get, later(20))
        .unwrap();
    let id = claim.recording();
    let events: Vec<_> = entries(place, Some(id))
        .into_iter()
        .map(|entry| (entry.seq, entry.at - NOW.as_micros(), entry.event))
        .collect();
    let wanted = [
        (
            0,
            0,
            AuditEvent::RecordingProcessed {
                recording: id,
                run: 1,
                original: None,
            },
        ),
        (
            1,
            9_000_000,
            AuditEvent::RecordingPublished {
                recording: id,
                run: 1,
                artefacts: 3,
            },
        ),
        (
            2,
            20_000_000,
            AuditEvent::ArtefactOpened {
                artefact: outputs[0],
                recording: id,
                kind: Word::new("recording"),
                purpose: Purpose::Get,
            },
        ),
    ];
    assert_eq!(events, wanted);
    assert_intact(place);
}

/// The log cannot be written: its table refuses every row.
fn nothing_happens_that_cannot_be_written_down(place: &Place) {
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    let other = place.render("other");
    let other_outputs = place.outputs(&other);
    place.vault.publish(&other, &other_outputs, NOW).unwrap();
    let row = place.vault.artefact(other_outputs[0]).unwrap().unwrap();
    let (stop, go) = match place.database {
        None => (
            vec![
                "CREATE TRIGGER stop BEFORE INSERT ON audit_entry
                 BEGIN SELECT RAISE(ABORT, 'stop'); END",
            ],
            "DROP TRIGGER stop",
        ),
        Some(_) => (
            vec![
                "CREATE TRIGGER stop BEFORE INSERT ON audit_entry
                 FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()",
            ],
            "DROP TRIGGER stop ON audit_entry",
        ),
    };
    place.sql(&stop).unwrap();

    let refused = place.vault.open_artefact(&row, Purpose::Get, NOW);
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, VaultError::Audit(AuditError::Unwritable { .. })),
        "{refused:?}"
    );
    assert_eq!(
        refused.to_string(),
        "the audit log could not be written, so nothing was done"
    );
    assert!(matches!(
        place.vault.audit(checked(0), NOW),
        Err(VaultError::Audit(_))
    ));
    for refused in [
        place.vault.publish(&claim, &outputs, NOW),
        place.vault.hold(&claim, &outputs, NOW),
        place.vault.begin_or_resume(&job("third"), NOW).map(drop),
        place.vault.begin_or_resume(&job("webinar"), NOW).map(drop),
    ] {
        assert!(matches!(
            refused,
            Err(VaultError::Catalog(CatalogError::Constraint { .. }))
        ));
    }
    // The claim is still the newest one, and the recording is where it was.
    assert_eq!(place.state(&claim), RecordingState::Rendering);

    place.sql(&[go]).unwrap();
    place.vault.publish(&claim, &outputs, NOW).unwrap();
    place.vault.open_artefact(&row, Purpose::Get, NOW).unwrap();
    assert_intact(place);
}

#[test]
fn a_full_disk_opens_nothing() {
    let disk = Tmpfs::new("3m");
    let home = disk.path().join("home");
    let vault = open(&home);
    let filler = disk.path().join("filler");
    std::fs::write(&filler, vec![0; 2 << 20]).unwrap();
    // What is left is filled by the log itself.
    let full = loop {
        let events = (0..50).map(|number| withdrawn(number, &"why ".repeat(100)));
        match vault.audit_all(events.collect(), NOW) {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind(), Kind::Unavailable);
    let VaultError::Audit(AuditError::Unwritable { source }) = &full else {
        panic!("{full:?}")
    };
    assert!(
        matches!(source.as_ref(), CatalogError::Full { .. }),
        "{source:?}"
    );
    assert!(vault.verify_audit(&[]).unwrap().is_intact());
    std::fs::remove_file(filler).unwrap();
    vault.audit(checked(0), NOW).unwrap();
    assert!(vault.verify_audit(&[]).unwrap().is_intact());
}

fn threads_that_wait_write_together(place: &Place) {
    const THREADS: u64 = 16;
    const EACH: u64 = 30;
    let mut numbers: Vec<u64> = thread::scope(|scope| {
        let write = || {
            (0..EACH)
                .map(|number| place.vault.audit(checked(number), NOW).unwrap())
                .collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(write)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (0..THREADS * EACH).collect::<Vec<_>>());
    let first = place
        .vault
        .audit_all((0..100).map(checked).collect(), NOW)
        .unwrap();
    assert_eq!(first, THREADS * EACH);
    let entries = entries(place, None);
    assert_eq!(entries[first as usize + 99].event, checked(99));
    assert_intact(place);
}

fn the_database_lets_the_log_only_grow(place: &Place) {
    for number in 0..5 {
        place.vault.audit(withdrawn(number, "why"), NOW).unwrap();
    }
    let zeros = "0".repeat(64);
    let insert = |seq: u32| {
        format!("INSERT INTO audit_entry (seq, leaf, chain) VALUES ({seq}, '{zeros}', '{zeros}')")
    };
    let statements = [
        "DELETE FROM audit_entry".to_owned(),
        "DELETE FROM audit_entry WHERE seq = 4".to_owned(),
        "UPDATE audit_entry SET body = '{}' WHERE seq = 2".to_owned(),
        format!("UPDATE audit_entry SET leaf = '{zeros}' WHERE seq = 2"),
        "UPDATE audit_entry SET body = NULL WHERE seq = 2".to_owned(),
        "UPDATE audit_entry SET recording = 'rec_other' WHERE seq = 2".to_owned(),
        format!(
            "UPDATE audit_entry SET salt = NULL, body = NULL, recording = NULL, chain = '{zeros}'
             WHERE seq = 2"
        ),
        "UPDATE audit_entry SET seq = 7 WHERE seq = 4".to_owned(),
        insert(2),
        insert(6),
        "DELETE FROM audit_tree".to_owned(),
        "UPDATE audit_tree SET size = 3".to_owned(),
        "UPDATE audit_tree SET size = 6".to_owned(),
        format!("UPDATE audit_tree SET chain = '{zeros}'"),
        format!("INSERT INTO audit_tree VALUES (1, 5, '', '{zeros}')"),
        "DELETE FROM audit_checkpoint".to_owned(),
        "UPDATE audit_checkpoint SET note = 'other'".to_owned(),
        "INSERT INTO audit_checkpoint (size, note) VALUES (3, 'other')".to_owned(),
        "INSERT INTO audit_checkpoint (size, note) VALUES (6, 'other')".to_owned(),
    ];
    for statement in &statements {
        assert!(place.sql(&[statement]).is_err(), "{statement}");
    }
    let replacing = statements
        .iter()
        .filter(|statement| place.database.is_none() && statement.starts_with("INSERT"));
    for statement in replacing {
        let statement = statement.replacen("INSERT", "INSERT OR REPLACE", 1);
        assert!(place.sql(&[&statement]).is_err(), "{statement}");
    }
    assert_intact(place);
}

fn an_erased_entry_leaves_nothing_and_the_log_still_verifies(place: &Place) {
    let canary = "Zofia asked for it";
    for number in [1, 2, 1, 3] {
        let reason = if number == 1 { canary } else { "why" };
        place.vault.audit(withdrawn(number, reason), NOW).unwrap();
    }
    let note = place.vault.audit_checkpoint(NOW).unwrap();
    let about = About::Recording(recording(1));
    assert_eq!(place.vault.blank_audit_bodies(about, NOW).unwrap(), 2);
    assert_eq!(place.vault.blank_audit_bodies(about, NOW).unwrap(), 0);
    let verdict = place.vault.verify_audit(&[note]).unwrap();
    assert!(verdict.is_intact(), "{:?}", verdict.findings);
    assert_eq!((verdict.entries, verdict.blank), (6, 2));
    let records = place.vault.audit_records(None, None, 10).unwrap();
    let blank: Vec<_> = records
        .iter()
        .filter(|record| record.body.is_none())
        .map(|record| (record.seq, record.salt.clone(), record.recording.clone()))
        .collect();
    assert_eq!(blank, [(0, None, None), (2, None, None)]);
    let last: Entry = serde_json::from_str(records[5].body.as_ref().unwrap()).unwrap();
    let entries = vec![0, 2];
    assert_eq!(last.event, AuditEvent::AuditBlanked { entries });
    // Closing folds what SQLite still keeps beside its file.
    place.vault.clone().close();
    for file in files_below(&place.home) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!contains(&bytes, canary.as_bytes()), "{}", file.display());
    }
    if let Some(database) = &place.database {
        assert!(!database.dump().contains(canary));
    }
}

fn every_entry_can_be_proved_to_somebody_without_the_log(place: &Place) {
    let mut kept = None;
    for number in 0..21 {
        place.vault.audit(withdrawn(number, "why"), NOW).unwrap();
        if number == 10 {
            kept = Some(place.vault.audit_checkpoint(NOW).unwrap());
        }
    }
    let kept = kept.unwrap();
    let about = About::Recording(recording(3));
    place.vault.blank_audit_bodies(about, NOW).unwrap();
    let key = place.vault.audit_key();
    let earlier = kept.verify(&key).unwrap();
    let size = place.vault.verify_audit(&[]).unwrap().entries;
    for seq in 0..size {
        let proof = place.vault.prove_audit_entry(seq, Some(&kept)).unwrap();
        let text = serde_json::to_string(&proof).unwrap();
        let proof: EntryProof = serde_json::from_str(&text).unwrap();
        assert!(proof.holds(&key, Some(&earlier)), "{seq}");
        assert!(proof.holds(&key, None));
        let other = EntryProof {
            seq: (seq + 1) % size,
            ..proof.clone()
        };
        assert!(!other.holds(&key, None), "{seq}");
        let changed = EntryProof {
            body: proof.body.as_ref().map(|body| body.replace("why", "who")),
            ..proof.clone()
        };
        assert_eq!(
            changed.holds(&key, None),
            changed.body == proof.body,
            "{seq}"
        );
        let parted = Checkpoint {
            size: earlier.size - 1,
            ..earlier
        };
        assert!(!proof.holds(&key, Some(&parted)));
    }
    let refused = place.vault.prove_audit_entry(size, None).unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
}

fn an_export_is_checked_without_the_vault(place: &Place) {
    for number in 0..9 {
        place.vault.audit(withdrawn(number, "why"), NOW).unwrap();
    }
    let kept = place.vault.audit_checkpoint(NOW).unwrap();
    let about = About::Recording(recording(3));
    place.vault.blank_audit_bodies(about, NOW).unwrap();
    let mut file = Vec::new();
    place.vault.export_audit(&mut file, NOW).unwrap();
    let key = place.vault.audit_key();
    let check = |file: &[u8]| check_export(BufReader::new(file), &key, std::slice::from_ref(&kept));
    let verdict = check(&file).unwrap();
    assert!(verdict.is_intact(), "{:?}", verdict.findings);
    assert_eq!((verdict.entries, verdict.blank), (12, 1));

    let text = String::from_utf8(file).unwrap();
    let changed = text.replacen(r#"reason\":\"why"#, r#"reason\":\"who"#, 1);
    let findings = check(changed.as_bytes()).unwrap().findings;
    assert_eq!(findings, [Finding::Changed { seq: 0 }]);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let cut = lines[..lines.len() - 5].concat();
    let findings = check(cut.as_bytes()).unwrap().findings;
    assert!(findings.contains(&Finding::Tail {
        size: 7,
        covered: 10,
        kept: true
    }));
    assert!(findings.contains(&Finding::End {
        stated: 12,
        size: 7
    }));
    assert!(check(b"").is_err());
    assert!(check(b"{\"type\":\"entry\"}\n").is_err());
    let other = Place::new().vault.audit_key();
    assert!(check_export(text.as_bytes(), &other, &[]).is_err());
}

fn a_backup_takes_the_log_along(place: &Place) {
    for number in 0..5 {
        place.vault.audit(withdrawn(number, "why"), NOW).unwrap();
    }
    let about = About::Recording(recording(3));
    place.vault.blank_audit_bodies(about, NOW).unwrap();
    let mut backup = Vec::new();
    place.vault.back_up_catalog(&mut backup, NOW).unwrap();
    let note = place.vault.audit_checkpoint(later(1)).unwrap();

    let home = tempfile::tempdir().unwrap();
    for file in files_below(&place.home) {
        let name = file.file_name().unwrap();
        if name.to_str().unwrap().starts_with("keyring.") {
            std::fs::copy(&file, home.path().join(name)).unwrap();
        }
    }
    let unlock = scrim_storage::Vault::default_unlock(home.path());
    let settings = scrim_storage::Settings::embedded(home.path(), unlock);
    scrim_storage::Vault::restore_catalog(&settings, &mut backup.as_slice(), NOW).unwrap();
    let restored = open(home.path());
    assert!(restored.verify_audit(&[]).unwrap().is_intact());
    // What came after the backup was made is missed by whoever kept a checkpoint of it.
    let findings = restored.verify_audit(&[note]).unwrap().findings;
    let tail = Finding::Tail {
        size: 7,
        covered: 8,
        kept: true,
    };
    assert_eq!(findings, [tail]);
    restored.audit(checked(0), later(2)).unwrap();
    assert!(restored.verify_audit(&[]).unwrap().is_intact());
}
