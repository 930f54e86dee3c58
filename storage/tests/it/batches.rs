//! Batches: what they know, and what a verdict does to the one before.

use scrim_policy::{BatchId, Kind, TenantId};
use scrim_storage::{
    ArtefactKind, Begun, CatalogError, Claim, ItemOutcome, ItemState, Job, RecordingState,
    Sha256Digest,
};

use crate::{
    erasures::TERMS,
    fixtures::{NOW, job, later, part_key},
    runs::{Place, catalog_error, on_both_databases},
    vaults::seal,
};

on_both_databases!(
    a_batch_forgets_which_recording_it_was_once_retention_has_taken_it,
    the_same_folder_is_the_same_batch_and_only_what_changed_waits_again,
    what_was_running_when_a_run_was_killed_waits_again,
    earlier_batches_say_how_fast_this_scrim_is,
    without_a_verdict_nothing_changes,
    only_recordings_of_the_same_source_and_batch_are_withdrawn,
    a_policy_that_does_not_fit_withdraws_what_was_published,
    a_policy_that_comes_back_publishes_again_what_the_batch_has_withdrawn,
    what_a_person_has_withdrawn_is_not_published_again_by_a_batch,
);

fn begin(place: &Place, items: &[(&str, &str)]) -> BatchId {
    let items: Vec<_> = items
        .iter()
        .map(|(locator, recipe)| (part_key(locator), part_key(recipe)))
        .collect();
    let key = part_key("folder");
    place
        .vault
        .begin_batch(TenantId::SINGLE, key, &items, NOW)
        .unwrap()
}

fn outcome(state: ItemState) -> ItemOutcome {
    ItemOutcome {
        state,
        recording: None,
        failure: (state == ItemState::Failed).then_some((Kind::Damaged, "render")),
        duration_ns: Some(8_000_000_000),
        worked_us: Some(2_000_000),
    }
}

/// Begins the job of a policy for the one source of these tests, in a batch.
fn render(place: &Place, batch: BatchId, policy: &str) -> Claim {
    let claim = place.render(policy);
    place.vault.join_batch(batch, claim.recording()).unwrap();
    claim
}

fn publish(place: &Place, claim: &Claim) -> Result<(), CatalogError> {
    let outputs = [ArtefactKind::Recording, ArtefactKind::Proof]
        .map(|kind| seal(&place.vault, claim, kind, b"contents").id);
    match place.vault.publish(claim, &outputs, later(5)) {
        Ok(()) => Ok(()),
        error => Err(catalog_error(error)),
    }
}

fn state(place: &Place, claim: &Claim) -> RecordingState {
    let row = place.vault.recording(claim.recording()).unwrap();
    row.unwrap().state
}

/// As a person withdraws a recording.
fn withdraw(place: &Place, claim: &Claim) {
    let id = claim.recording();
    let withdraw = format!("UPDATE recording SET state = 'withdrawn' WHERE id = '{id}'");
    place.sql(&[&withdraw]).unwrap();
}

fn the_same_folder_is_the_same_batch_and_only_what_changed_waits_again(place: &Place) {
    let vault = &place.vault;
    let items = [("a", "one"), ("b", "one"), ("c", "one"), ("d", "one")];
    let batch = begin(place, &items);
    let ends = [
        ("a", ItemState::Published),
        ("b", ItemState::Published),
        ("c", ItemState::Failed),
        ("d", ItemState::Held),
    ];
    for (locator, state) in ends {
        vault.start_item(batch, part_key(locator), NOW).unwrap();
        vault
            .end_item(batch, part_key(locator), &outcome(state), NOW)
            .unwrap();
    }
    let again = [
        ("a", "one"),
        ("b", "two"),
        ("c", "one"),
        ("d", "one"),
        ("e", "one"),
    ];
    assert_eq!(begin(place, &again), batch);
    let rows = vault.batch_items(batch).unwrap();
    let state = |locator: &str| {
        let row = rows.iter().find(|row| row.locator == part_key(locator));
        row.unwrap().state
    };
    assert_eq!(state("a"), ItemState::Published);
    assert_eq!(state("b"), ItemState::Waiting, "another policy");
    assert_eq!(state("c"), ItemState::Waiting, "it failed");
    assert_eq!(state("d"), ItemState::Held);
    assert_eq!(state("e"), ItemState::Waiting, "it is new");
    let row = vault.batch(batch).unwrap().unwrap();
    assert_eq!(row.counts[&ItemState::Waiting], 3);
    assert_eq!(vault.batches(TenantId::SINGLE, 10).unwrap(), [row]);
}

fn what_was_running_when_a_run_was_killed_waits_again(place: &Place) {
    let batch = begin(place, &[("a", "one")]);
    place.vault.start_item(batch, part_key("a"), NOW).unwrap();
    let state = || place.vault.batch_items(batch).unwrap()[0].state;
    assert_eq!(state(), ItemState::Running);
    begin(place, &[("a", "one")]);
    assert_eq!(state(), ItemState::Waiting);
}

fn a_batch_forgets_which_recording_it_was_once_retention_has_taken_it(place: &Place) {
    let vault = &place.vault;
    let batch = begin(place, &[("a", "one")]);
    vault.start_item(batch, part_key("a"), NOW).unwrap();
    let claim = render(place, batch, "one");
    publish(place, &claim).unwrap();
    let ended = ItemOutcome {
        recording: Some(claim.recording()),
        ..outcome(ItemState::Published)
    };
    vault.end_item(batch, part_key("a"), &ended, NOW).unwrap();
    vault
        .sweep(TenantId::SINGLE, TERMS, NOW.plus_days(400), &|_| ())
        .unwrap();
    assert_eq!(vault.recording(claim.recording()).unwrap(), None);
    let row = vault.batch_items(batch).unwrap().remove(0);
    assert_eq!((row.state, row.recording), (ItemState::Published, None));
}

fn earlier_batches_say_how_fast_this_scrim_is(place: &Place) {
    assert_eq!(place.vault.batch_speed(TenantId::SINGLE).unwrap(), None);
    let batch = begin(place, &[("a", "one")]);
    let ended = outcome(ItemState::Published);
    place
        .vault
        .end_item(batch, part_key("a"), &ended, NOW)
        .unwrap();
    let speed = place.vault.batch_speed(TenantId::SINGLE).unwrap();
    assert_eq!(speed, Some(4.0));
}

#[test]
fn a_verdict_takes_the_place_of_the_one_before_in_the_same_transaction() {
    for is_published in [true, false] {
        let place = Place::new();
        let batch = begin(&place, &[("a", "one")]);
        let loose = render(&place, batch, "loose");
        publish(&place, &loose).unwrap();
        let strict = render(&place, batch, "strict");
        assert_eq!(state(&place, &loose), RecordingState::Published);
        if is_published {
            publish(&place, &strict).unwrap();
        } else {
            let proof = seal(&place.vault, &strict, ArtefactKind::Proof, b"proof").id;
            place.vault.hold(&strict, &[proof], later(5)).unwrap();
        }
        assert_eq!(state(&place, &loose), RecordingState::Withdrawn);
    }
}

fn without_a_verdict_nothing_changes(place: &Place) {
    let batch = begin(place, &[("a", "one")]);
    let loose = render(place, batch, "loose");
    publish(place, &loose).unwrap();
    let strict = render(place, batch, "strict");
    place
        .vault
        .fail(&strict, Kind::Unavailable, "publish", later(5))
        .unwrap();
    assert_eq!(state(place, &loose), RecordingState::Published);
}

fn only_recordings_of_the_same_source_and_batch_are_withdrawn(place: &Place) {
    let batch = begin(place, &[("a", "one")]);
    let outside = place.render("made by hand");
    publish(place, &outside).unwrap();
    let other_source = Job {
        source_sha256: Sha256Digest::of(b"another source"),
        ..job("other")
    };
    let Begun::New(other) = place.vault.begin_or_resume(&other_source, NOW).unwrap() else {
        panic!("the job is not new");
    };
    place.vault.start_rendering(&other, 1, NOW).unwrap();
    place.vault.join_batch(batch, other.recording()).unwrap();
    publish(place, &other).unwrap();
    publish(place, &render(place, batch, "strict")).unwrap();
    assert_eq!(state(place, &outside), RecordingState::Published);
    assert_eq!(state(place, &other), RecordingState::Published);
}

fn a_policy_that_does_not_fit_withdraws_what_was_published(place: &Place) {
    let batch = begin(place, &[("a", "one")]);
    let loose = render(place, batch, "loose");
    publish(place, &loose).unwrap();
    let source = Sha256Digest::of(b"source");
    place
        .vault
        .refuse_in_batch(batch, TenantId::SINGLE, source, later(5))
        .unwrap();
    assert_eq!(state(place, &loose), RecordingState::Withdrawn);
}

fn a_policy_that_comes_back_publishes_again_what_the_batch_has_withdrawn(place: &Place) {
    let batch = begin(place, &[("a", "one")]);
    let loose = render(place, batch, "loose");
    publish(place, &loose).unwrap();
    let strict = render(place, batch, "strict");
    publish(place, &strict).unwrap();
    let begun = place
        .vault
        .begin_or_resume(&job("loose"), later(6))
        .unwrap();
    assert!(matches!(begun, Begun::AlreadyWithdrawn(_)), "{begun:?}");
    let adopted = place.vault.adopt(batch, loose.recording(), later(6));
    assert_eq!(adopted.unwrap(), RecordingState::Published);
    assert_eq!(state(place, &loose), RecordingState::Published);
    assert_eq!(state(place, &strict), RecordingState::Withdrawn);
}

fn what_a_person_has_withdrawn_is_not_published_again_by_a_batch(place: &Place) {
    let batch = begin(place, &[("a", "one")]);
    let loose = render(place, batch, "loose");
    publish(place, &loose).unwrap();
    let strict = render(place, batch, "strict");
    withdraw(place, &loose);
    let source = Sha256Digest::of(b"source");
    let refused = |error: CatalogError| {
        assert!(
            matches!(error, CatalogError::SourceWithdrawn { .. }),
            "{error}"
        );
        assert_eq!(error.kind(), Kind::Refused);
    };
    let checked = place.vault.check_not_withdrawn(TenantId::SINGLE, source);
    refused(catalog_error(checked));
    refused(publish(place, &strict).unwrap_err());
    assert_eq!(state(place, &strict), RecordingState::Rendering);
    let adopted = place.vault.adopt(batch, loose.recording(), later(6));
    refused(catalog_error(adopted));
    assert_eq!(state(place, &loose), RecordingState::Withdrawn);
}
