//! Sweeps: what goes, what stays, and when somebody has to be told.

use std::{io::Write, time::Duration};

use scrim_policy::{Days, Kind, RetentionClass, RetentionRule, TenantId};
use scrim_storage::{
    ArtefactKind, RecordingState, Timestamp,
    catalog::{ErasureStep, Reach, RecordingFate},
    vault::HoldWords,
};

use crate::{
    erasures::{TERMS, certificate, claim_of, job_of, opens, publish},
    fixtures::{NOW, files_below},
    runs::{Place, on_both_databases},
};

on_both_databases!(
    a_sweep_deletes_what_is_due_and_nothing_else,
    a_transcript_goes_before_its_recording_and_the_recording_stays,
    a_hold_keeps_what_is_due_and_a_living_run_keeps_its_parts,
    a_sweep_of_nothing_is_certified_and_makes_the_next_one_late_later,
    rules_are_set_replaced_and_cleared,
    an_interrupted_sweep_is_finished_by_the_next_one,
);

const TENANT: TenantId = TenantId::SINGLE;

fn after_days(days: u32) -> Timestamp {
    NOW.plus_days(days)
}

fn rule(class: RetentionClass, tag: Option<&str>, days: u32) -> RetentionRule {
    RetentionRule {
        class,
        tag: tag.map(|tag| tag.parse().unwrap()),
        period: Days::new(days).unwrap(),
    }
}

fn a_sweep_deletes_what_is_due_and_nothing_else(place: &Place) {
    let vault = &place.vault;
    let claim = claim_of(vault.begin_or_resume(&job_of("old", "old"), NOW).unwrap());
    let rows = publish(vault, &claim);
    vault.delete_working_artefacts(claim.recording()).unwrap();
    assert!(vault.due(TENANT, after_days(364)).unwrap().is_empty());

    let due = vault.due(TENANT, after_days(365)).unwrap();
    assert_eq!((due.count(), due.recordings), (3, 1));
    let young = claim_of(
        vault
            .begin_or_resume(&job_of("new", "new"), after_days(300))
            .unwrap(),
    );
    publish(vault, &young);
    vault.delete_working_artefacts(young.recording()).unwrap();
    let report = vault
        .sweep(TENANT, TERMS, after_days(365), &|_| ())
        .unwrap();
    assert_eq!(
        (report.erasure.reach, report.erasure.step),
        (Reach::Expiry, ErasureStep::Certified)
    );
    assert!(vault.recording(claim.recording()).unwrap().is_none());
    assert!(!rows.iter().any(|row| opens(vault, row)));
    assert!(
        vault
            .output(young.recording(), ArtefactKind::Recording)
            .is_ok()
    );
    let certificate = certificate(vault, &report.erasure);
    assert_eq!(certificate.keys.data_keys, 3);

    // An expired source may be processed again: nobody has asked for its erasure.
    claim_of(
        vault
            .begin_or_resume(&job_of("old", "old"), after_days(366))
            .unwrap(),
    );
}

fn a_transcript_goes_before_its_recording_and_the_recording_stays(place: &Place) {
    let vault = &place.vault;
    let claim = claim_of(vault.begin_or_resume(&job_of("one", "one"), NOW).unwrap());
    publish(vault, &claim);
    vault.delete_working_artefacts(claim.recording()).unwrap();
    vault
        .set_retention_rule(
            TENANT,
            &rule(RetentionClass::Transcript, Some("board"), 10),
            NOW,
        )
        .unwrap();
    assert!(
        vault.due(TENANT, after_days(11)).unwrap().is_empty(),
        "it has no such tag"
    );
    vault
        .change_tags(claim.recording(), &["board".parse().unwrap()], &[])
        .unwrap();
    let due = vault.due(TENANT, after_days(11)).unwrap();
    assert_eq!(due.fates(), [(claim.recording(), RecordingFate::Kept)]);
    vault.sweep(TENANT, TERMS, after_days(11), &|_| ()).unwrap();
    assert!(
        vault
            .output(claim.recording(), ArtefactKind::TranscriptTxt)
            .is_err()
    );
    assert!(
        vault
            .output(claim.recording(), ArtefactKind::Recording)
            .is_ok()
    );
    let row = vault.recording(claim.recording()).unwrap().unwrap();
    assert_eq!(row.state, RecordingState::Published);
}

fn a_hold_keeps_what_is_due_and_a_living_run_keeps_its_parts(place: &Place) {
    let vault = &place.vault;
    let held = claim_of(vault.begin_or_resume(&job_of("held", "held"), NOW).unwrap());
    publish(vault, &held);
    let words = HoldWords::new("lawsuit", "dpo").unwrap();
    vault
        .place_hold(TENANT, Some(held.recording()), &words, NOW)
        .unwrap();
    claim_of(vault.begin_or_resume(&job_of("run", "run"), NOW).unwrap());
    let resumed_at = after_days(400);
    let running = claim_of(
        vault
            .begin_or_resume(&job_of("run", "run"), resumed_at)
            .unwrap(),
    );
    vault.start_rendering(&running, 1, resumed_at).unwrap();
    let mut writer = vault
        .create_artefact(&running, ArtefactKind::Segment, resumed_at)
        .unwrap();
    writer.write_all(b"segment").unwrap();
    let segment = writer.finish().unwrap();

    let in_an_hour = Timestamp::from_micros(resumed_at.as_micros() + 3_600_000_000);
    let due = vault.due(TENANT, in_an_hour).unwrap();
    assert!(due.is_empty());
    assert_eq!(due.held, 4);
    vault.sweep(TENANT, TERMS, in_an_hour, &|_| ()).unwrap();
    assert!(
        vault
            .output(held.recording(), ArtefactKind::Recording)
            .is_ok()
    );
    assert!(vault.artefact(segment.id).unwrap().is_some());

    let due = vault.due(TENANT, after_days(402)).unwrap();
    assert_eq!(due.fates(), [(running.recording(), RecordingFate::Deleted)]);
}

fn a_sweep_of_nothing_is_certified_and_makes_the_next_one_late_later(place: &Place) {
    let vault = &place.vault;
    let allowed = Duration::from_secs(26 * 3600);
    let late = |now| vault.sweep_lateness(TENANT, allowed, now).unwrap().is_late;
    assert!(!late(after_days(9)), "there is nothing to sweep");
    claim_of(vault.begin_or_resume(&job_of("one", "one"), NOW).unwrap());
    assert!(!late(after_days(1)));
    assert!(late(after_days(2)), "there never was a sweep");
    vault.sweep(TENANT, TERMS, after_days(2), &|_| ()).unwrap();
    assert!(!late(after_days(3)));
    assert!(late(after_days(4)));
    let versions = scrim_storage::Kms::key_versions(vault.keyring(), TENANT).unwrap();
    assert!(versions.is_none(), "a sweep of nothing makes no key");
}

fn rules_are_set_replaced_and_cleared(place: &Place) {
    let vault = &place.vault;
    for days in [5, 7] {
        vault
            .set_retention_rule(TENANT, &rule(RetentionClass::Raw, None, days), NOW)
            .unwrap();
    }
    let rules = vault.retention_rules(TENANT).unwrap();
    assert_eq!(rules.rules(), [rule(RetentionClass::Raw, None, 7)]);
    let clear = || vault.clear_retention_rule(TENANT, RetentionClass::Raw, None, NOW);
    assert!(clear().unwrap());
    assert!(!clear().unwrap());
    let unknown = vault.change_tags(crate::fixtures::recording(404), &[], &[]);
    assert_eq!(unknown.unwrap_err().kind(), Kind::NotFound);
}

fn an_interrupted_sweep_is_finished_by_the_next_one(place: &Place) {
    let vault = &place.vault;
    let claim = claim_of(vault.begin_or_resume(&job_of("one", "one"), NOW).unwrap());
    publish(vault, &claim);
    // An object that cannot be deleted, because a folder is in its place.
    let rows = vault.artefacts(claim.recording()).unwrap();
    let path = place
        .home
        .join("objects")
        .join(rows[0].object_key.to_string());
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir_all(path.join("in the way")).unwrap();
    let failed = vault
        .sweep(TENANT, TERMS, after_days(400), &|_| ())
        .unwrap_err();
    assert_eq!(failed.kind(), Kind::Unavailable);
    std::fs::remove_dir_all(&path).unwrap();

    let report = vault
        .sweep(TENANT, TERMS, after_days(401), &|_| ())
        .unwrap();
    assert_eq!(report.resumed.len(), 1);
    assert_eq!(report.due.count(), 0);
    assert_eq!(certificate(vault, &report.resumed[0]).keys.data_keys, 4);
    assert!(files_below(&place.home.join("objects")).is_empty());
    assert!(
        vault
            .erasures(TENANT)
            .unwrap()
            .iter()
            .all(|one| one.step == ErasureStep::Certified)
    );
}
