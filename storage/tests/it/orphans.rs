//! What belongs to nothing.

use std::fs;

use scrim_policy::TenantId;
use scrim_storage::{ArtefactKind, Timestamp};

use crate::{
    erasures::{claim_of, job_of, publish},
    fixtures::{NOW, files_below, later},
    runs::{Place, on_both_databases},
    vaults::seal,
};

on_both_databases!(
    orphans_are_found_and_removed_and_nothing_else_is,
    what_a_store_has_lost_is_only_forgotten_on_demand,
);

const TENANT: TenantId = TenantId::SINGLE;

/// Later than every file that a test writes.
fn in_two_days() -> Timestamp {
    Timestamp::from(std::time::SystemTime::now()).plus_days(2)
}

fn orphans_are_found_and_removed_and_nothing_else_is(place: &Place) {
    let vault = &place.vault;
    let claim = claim_of(vault.begin_or_resume(&job_of("one", "one"), NOW).unwrap());
    publish(vault, &claim);
    let running = place.render("running");
    let never_recorded = seal(vault, &running, ArtefactKind::Segment, b"segment");
    let objects = place.home.join("objects");
    let known = files_below(&objects);
    let path = |row: &scrim_storage::ArtefactRow| objects.join(row.object_key.to_string());
    fs::remove_file(path(&never_recorded)).unwrap();
    let other = known
        .iter()
        .find(|one| **one != path(&never_recorded))
        .unwrap();
    let orphan = other.with_file_name("art_0000000000000000000000000000beef");
    fs::copy(other, &orphan).unwrap();
    let foreign = objects.join("somebody-elses.txt");
    fs::write(&foreign, "not ours").unwrap();

    let young = vault.orphans(TENANT, later(60)).unwrap();
    assert!(young.is_empty(), "younger than a day");
    assert_eq!((young.young, young.foreign), (2, 1));
    let orphans = vault.orphans(TENANT, in_two_days()).unwrap();
    assert_eq!(orphans.objects.len(), 1);
    assert_eq!(
        orphans.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [never_recorded.id]
    );
    assert!(orphans.lost.is_empty());
    vault.remove_orphans(&orphans, false).unwrap();
    assert!(!orphan.exists() && foreign.exists());
    assert!(vault.artefact(never_recorded.id).unwrap().is_none());
    assert!(
        vault
            .output(claim.recording(), ArtefactKind::Recording)
            .is_ok()
    );
    assert!(vault.orphans(TENANT, in_two_days()).unwrap().is_empty());
}

fn what_a_store_has_lost_is_only_forgotten_on_demand(place: &Place) {
    let vault = &place.vault;
    let claim = claim_of(vault.begin_or_resume(&job_of("one", "one"), NOW).unwrap());
    let rows = publish(vault, &claim);
    fs::remove_dir_all(place.home.join("objects").join(TENANT.to_string())).unwrap();
    let orphans = vault.orphans(TENANT, in_two_days()).unwrap();
    assert_eq!((orphans.lost.len(), orphans.rows.len()), (rows.len(), 0));
    vault.remove_orphans(&orphans, false).unwrap();
    assert_eq!(
        vault.artefacts(claim.recording()).unwrap().len(),
        rows.len()
    );
    vault.remove_orphans(&orphans, true).unwrap();
    assert!(vault.artefacts(claim.recording()).unwrap().is_empty());
}
