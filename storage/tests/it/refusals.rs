//! What participants refuse after a meeting.

use std::fs;

use scrim_policy::{ConsentPurpose, ConsentRule, RecordingId, RoomId, TenantId, TimelineEvent};
use scrim_storage::{
    ArtefactKind, ArtefactRow, Begun, CatalogError, Job, RecordingState,
    catalog::{ErasureStep, RecordingRow, RenderBasis},
    service::{Consent, JobEnd, Meeting, NewJob, Respondent},
    vault::HoldWords,
};
use uuid::Uuid;

use crate::{
    erasures::{TERMS, certificate, claim_of, job_of, opens, publish},
    exports::sealed,
    fixtures::{NOW, later},
    live::{entry, joined, owner, seal, seconds},
    runs::{Place, catalog_error, on_both_databases},
    service::{
        consents::{open_room, participant, said, say},
        organiser,
    },
};

on_both_databases!(
    whoever_refuses_afterwards_is_destroyed_and_the_recording_is_made_again,
    a_run_that_is_under_way_publishes_nothing_that_was_refused,
    nobody_publishes_again_what_was_refused,
    a_hold_keeps_what_was_refused_and_nobody_gets_it,
    what_was_refused_of_one_session_holds_for_no_other,
    a_recording_whose_source_is_gone_is_destroyed_with_what_was_refused,
    what_a_room_did_not_hear_is_settled_after_it,
    destroying_is_taken_up_where_it_was_left,
);

const TENANT: TenantId = TenantId::SINGLE;
const CAMERA: ConsentPurpose = ConsentPurpose::Camera;
const VOICE: ConsentPurpose = ConsentPurpose::Voice;

/// Records a session of a room, to its end, with a layer for each of these.
pub(crate) fn session<const LAYERS: usize>(
    place: &Place,
    room: RoomId,
    layers: [(u128, ConsentPurpose); LAYERS],
) -> (RecordingRow, [ArtefactRow; LAYERS]) {
    let vault = &place.vault;
    let (mut session, mut sealing) = vault.begin_live_session(TENANT, room, NOW).unwrap();
    let opened = TimelineEvent::Opened {
        unix_millis: 1_790_000_000_000,
        rule: ConsentRule::Explicit,
    };
    let entries = vec![
        entry(0, opened),
        joined(1, "Zofia Wiśniewska", None),
        joined(2, "Luca Conti", None),
    ];
    session.happened(seconds(1), entries).unwrap();
    let layers = layers.map(|(of, purpose)| {
        let layer = session.open_layer(owner(of, purpose), NOW).unwrap();
        session.append(layer, b"their own").unwrap();
        layer
    });
    let recording = session.recording();
    session.end().unwrap();
    seal(&mut sealing);
    let row = vault.recording(recording).unwrap().unwrap();
    let layers = layers.map(|layer| vault.artefact(layer).unwrap().unwrap());
    (row, layers)
}

/// A session of a room with the camera and the voice of the first participant, and the camera of
/// another one.
pub(crate) fn recorded(place: &Place, room: RoomId) -> (RecordingRow, [ArtefactRow; 3]) {
    session(place, room, [(1, CAMERA), (1, VOICE), (2, CAMERA)])
}

/// A meeting that is over, with what was recorded of it.
struct Held {
    session: RecordingRow,
    layers: [ArtefactRow; 3],
    consent: Consent,
}

fn held(place: &Place) -> Held {
    let room = open_room(place);
    for (guest, purpose) in [(1, CAMERA), (1, VOICE), (2, CAMERA)] {
        say(place, room.id, guest, Some((purpose, true)), 1);
    }
    let (session, layers) = recorded(place, room.id);
    place.vault.note_room_ended(room.id, later(9)).unwrap();
    Held {
        session,
        layers,
        consent: said(place, room.id, 1),
    }
}

/// What makes a recording from a session.
fn job(held: &Held) -> Job {
    Job {
        source_sha256: held.session.source_sha256,
        original: Some(held.session.id),
        ..job_of("what was recorded", "job")
    }
}

fn state(place: &Place, recording: RecordingId) -> RecordingState {
    place.vault.recording(recording).unwrap().unwrap().state
}

/// Asks for a recording of a session, and takes up the job.
fn asked(place: &Place, held: &Held) -> scrim_storage::service::JobClaim {
    let vault = &place.vault;
    let accounts = vault.accounts(TENANT).unwrap();
    let created_by = accounts
        .first()
        .map_or_else(|| organiser(place), |one| one.id);
    let policy = vault
        .save_policy(TENANT, None, ("stage", "text"), created_by, NOW)
        .unwrap()
        .unwrap();
    let job = NewJob {
        original: held.session.id,
        breakout: None,
        policy,
        roster: "",
        language: "pl",
        created_by,
    };
    let id = vault.add_job(TENANT, &job, NOW).unwrap();
    let (claim, taken) = vault.claim_job(NOW, later(3600)).unwrap().unwrap();
    assert_eq!(taken.id, id);
    claim
}

fn whoever_refuses_afterwards_is_destroyed_and_the_recording_is_made_again(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    let asked = asked(place, &held);
    let claim = claim_of(vault.begin_or_resume(&job(&held), NOW).unwrap());
    publish(vault, &claim);
    let recording = claim.recording();
    assert!(vault.end_job(asked, &JobEnd::Done(recording), NOW).unwrap());

    let take_back = |consent: &Consent, at| {
        vault
            .take_back(consent, &[CAMERA], Meeting::IsOver, later(at))
            .unwrap()
    };
    assert_eq!(take_back(&held.consent, 60), [recording]);
    // Nobody gets it from this moment on, and nothing is made while the camera is still there.
    assert_eq!(state(place, recording), RecordingState::Withdrawn);
    let refused = catalog_error(vault.output(recording, ArtefactKind::Recording));
    assert!(matches!(refused, CatalogError::Withdrawn { .. }));
    let queue = vault.render_queue(TENANT).unwrap();
    assert_eq!(
        (queue.len(), queue[0].recording, queue[0].erasure),
        (1, recording, None)
    );
    assert!(vault.claim_job(later(61), later(99)).unwrap().is_none());
    let begun = vault.begin_or_resume(&job(&held), later(61)).unwrap();
    assert!(matches!(begun, Begun::AlreadyWithdrawn(_)), "{begun:?}");
    assert_eq!(vault.refusals(held.session.id).unwrap().len(), 1);

    let erased = vault.erase_refused(TERMS, later(62)).unwrap();
    let [erasure] = &erased[..] else {
        panic!("one erasure: {erased:?}")
    };
    assert_eq!(erasure.step, ErasureStep::Certified);
    certificate(vault, erasure);
    let [camera, voice, other] = &held.layers;
    assert!(vault.artefact(camera.id).unwrap().is_none() && !opens(vault, camera));
    for stays in [voice, other] {
        let stays = vault.artefact(stays.id).unwrap().unwrap();
        assert!(opens(vault, &stays), "somebody else's layer went as well");
    }
    assert_eq!(state(place, held.session.id), RecordingState::Original);
    let queue = vault.render_queue(TENANT).unwrap();
    assert_eq!(
        (queue[0].erasure, queue[0].basis),
        (Some(erasure.id), RenderBasis::Layers)
    );
    assert!(vault.erase_refused(TERMS, later(63)).unwrap().is_empty());

    // The same job makes the same recording again.
    let (again, taken) = vault.claim_job(later(64), later(99)).unwrap().unwrap();
    assert_eq!((taken.original, taken.tries), (held.session.id, 2));
    let begun = vault.begin_or_resume(&job(&held), later(64)).unwrap();
    let Begun::Resumed(claim) = begun else {
        panic!("not taken up: {begun:?}")
    };
    assert_eq!(claim.recording(), recording);
    publish(vault, &claim);
    assert_eq!(state(place, recording), RecordingState::Published);
    assert!(
        vault
            .end_job(again, &JobEnd::Done(recording), later(65))
            .unwrap()
    );
    assert!(vault.render_queue(TENANT).unwrap().is_empty());
    let [refusal] = vault.refusals(held.session.id).unwrap()[..] else {
        panic!("one refusal")
    };
    assert_eq!(
        (refusal.participant, refusal.purpose, refusal.refused_at),
        (participant(1), CAMERA, later(60))
    );

    // Saying so once more changes nothing.
    let current = vault.consent_of(held.consent.room, Respondent::Guest(participant(1)));
    assert!(take_back(&current.unwrap().unwrap(), 70).is_empty());
    // Neither does a form that was loaded before.
    assert!(take_back(&held.consent, 71).is_empty());
    assert_eq!(state(place, recording), RecordingState::Published);
    assert!(vault.erase_refused(TERMS, later(72)).unwrap().is_empty());
}

fn a_run_that_is_under_way_publishes_nothing_that_was_refused(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    let asked = asked(place, &held);
    let claim = claim_of(vault.begin_or_resume(&job(&held), NOW).unwrap());
    vault.start_rendering(&claim, 1_000_000_000, NOW).unwrap();
    let outputs = place.outputs(&claim);
    let everything = ConsentPurpose::ALL;
    let withdrawn = vault
        .take_back(&held.consent, &everything, Meeting::IsOver, later(60))
        .unwrap();
    assert!(withdrawn.is_empty(), "it was given to nobody yet");
    let refused = catalog_error(vault.publish(&claim, &outputs, later(61)));
    assert!(
        matches!(refused, CatalogError::StaleClaim { .. }),
        "{refused:?}"
    );
    let recording = claim.recording();
    assert!(
        !vault
            .end_job(asked, &JobEnd::Done(recording), later(61))
            .unwrap()
    );
    assert!(vault.claim_job(later(61), later(99)).unwrap().is_none());

    assert_eq!(vault.erase_refused(TERMS, later(62)).unwrap().len(), 1);
    let (_, taken) = vault.claim_job(later(63), later(99)).unwrap().unwrap();
    assert_eq!(taken.original, held.session.id);
    let begun = vault.begin_or_resume(&job(&held), later(63)).unwrap();
    let Begun::Resumed(claim) = begun else {
        panic!("not taken up: {begun:?}")
    };
    assert_eq!(claim.recording(), recording);
    publish(vault, &claim);
    assert_eq!(state(place, recording), RecordingState::Published);
    let [camera, voice, other] = &held.layers;
    assert!(!opens(vault, camera) && !opens(vault, voice));
    let other = vault.artefact(other.id).unwrap().unwrap();
    assert!(opens(vault, &other));
}

fn nobody_publishes_again_what_was_refused(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    let claim = claim_of(vault.begin_or_resume(&job(&held), NOW).unwrap());
    vault.start_rendering(&claim, 1_000_000_000, NOW).unwrap();
    let rows = sealed(vault, &claim, None);
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    vault.publish(&claim, &ids, NOW).unwrap();
    let recording = claim.recording();
    let withdrawn = vault
        .take_back(&held.consent, &[CAMERA], Meeting::IsOver, later(60))
        .unwrap();
    assert_eq!(withdrawn, [recording]);
    let refused = catalog_error(vault.release(recording, later(61)));
    assert!(
        matches!(refused, CatalogError::Withdrawn { .. }),
        "{refused:?}"
    );
    assert_eq!(state(place, recording), RecordingState::Withdrawn);
}

fn a_hold_keeps_what_was_refused_and_nobody_gets_it(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    asked(place, &held);
    let claim = claim_of(vault.begin_or_resume(&job(&held), NOW).unwrap());
    publish(vault, &claim);
    let words = HoldWords::new("a lawsuit", "dpo").unwrap();
    let hold = vault
        .place_hold(TENANT, Some(held.session.id), &words, NOW)
        .unwrap();
    vault
        .take_back(&held.consent, &[CAMERA], Meeting::IsOver, later(60))
        .unwrap();
    assert!(vault.erase_refused(TERMS, later(61)).unwrap().is_empty());
    let camera = &held.layers[0];
    assert!(opens(vault, &vault.artefact(camera.id).unwrap().unwrap()));
    assert_eq!(state(place, claim.recording()), RecordingState::Withdrawn);
    assert!(vault.claim_job(later(62), later(99)).unwrap().is_none());

    vault.release_hold(hold, &words, later(63)).unwrap();
    assert_eq!(vault.erase_refused(TERMS, later(64)).unwrap().len(), 1);
    assert!(!opens(vault, camera));
    assert!(vault.claim_job(later(65), later(99)).unwrap().is_some());
}

fn what_was_refused_of_one_session_holds_for_no_other(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    let (other, [theirs]) = session(place, RoomId::from_uuid(Uuid::nil()), [(1, CAMERA)]);
    vault
        .take_back(&held.consent, &[CAMERA], Meeting::IsOver, later(60))
        .unwrap();
    vault.erase_refused(TERMS, later(61)).unwrap();
    assert!(opens(vault, &vault.artefact(theirs.id).unwrap().unwrap()));
    assert!(vault.refusals(other.id).unwrap().is_empty());
}

fn a_recording_whose_source_is_gone_is_destroyed_with_what_was_refused(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    let claim = claim_of(vault.begin_or_resume(&job(&held), NOW).unwrap());
    publish(vault, &claim);
    let recording = claim.recording();
    // As a sweep leaves it, whose rules keep what is published for longer.
    let statements = [
        "DELETE FROM stage_result".to_owned(),
        format!(
            "DELETE FROM artefact WHERE recording = '{}'",
            held.session.id
        ),
        format!(
            "UPDATE recording SET original = NULL WHERE original = '{}'",
            held.session.id
        ),
        "DELETE FROM live_session".to_owned(),
        "DELETE FROM participant".to_owned(),
        format!("DELETE FROM recording WHERE id = '{}'", held.session.id),
    ];
    place
        .sql(&statements.each_ref().map(String::as_str))
        .unwrap();
    assert!(!vault.is_over_and_gone(&held.consent).unwrap());
    let withdrawn = vault
        .take_back(&held.consent, &[CAMERA], Meeting::IsOver, later(60))
        .unwrap();
    assert_eq!(withdrawn, [recording]);
    assert_eq!(vault.erase_refused(TERMS, later(61)).unwrap().len(), 1);
    assert!(vault.recording(recording).unwrap().is_none());
    assert!(vault.is_over_and_gone(&held.consent).unwrap());
    let link = vault.personal_link(held.consent.room, Respondent::Guest(participant(1)));
    assert!(vault.consent(&link).unwrap().is_none());
}

fn what_a_room_did_not_hear_is_settled_after_it(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    let room = held.consent.room;
    assert!(vault.settle(TENANT, room, later(50)).unwrap().is_empty());
    assert!(vault.erase_refused(TERMS, later(50)).unwrap().is_empty());
    let claim = claim_of(vault.begin_or_resume(&job(&held), NOW).unwrap());
    publish(vault, &claim);
    let withdrawn = vault
        .take_back(&held.consent, &[VOICE], Meeting::GoesOn, later(60))
        .unwrap();
    assert!(withdrawn.is_empty());
    // Whoever makes a recording knows it all the same.
    let [refusal] = vault.refusals(held.session.id).unwrap()[..] else {
        panic!("one refusal")
    };
    assert_eq!((refusal.purpose, refusal.refused_at), (VOICE, later(60)));
    let settled = vault.settle(TENANT, room, later(61)).unwrap();
    assert_eq!(settled, [claim.recording()]);
    vault.erase_refused(TERMS, later(62)).unwrap();
    let [camera, voice, _] = &held.layers;
    assert!(!opens(vault, voice));
    assert!(opens(vault, &vault.artefact(camera.id).unwrap().unwrap()));
    assert!(vault.settle(TENANT, room, later(63)).unwrap().is_empty());
}

fn destroying_is_taken_up_where_it_was_left(place: &Place) {
    let vault = &place.vault;
    let held = held(place);
    let claim = claim_of(vault.begin_or_resume(&job(&held), NOW).unwrap());
    publish(vault, &claim);
    vault
        .take_back(&held.consent, &[CAMERA], Meeting::IsOver, later(60))
        .unwrap();
    let camera = &held.layers[0];
    // Its object is gone already when the erasure comes to it.
    let objects = place.home.join("objects");
    fs::remove_file(objects.join(camera.object_key.to_string())).unwrap();
    let erased = vault.erase_refused(TERMS, later(61)).unwrap();
    assert_eq!(erased[0].step, ErasureStep::Certified);
    let again = vault
        .resume_erasure(erased[0].id, TERMS, later(62), &|_| ())
        .unwrap();
    assert_eq!(again.finished_at, erased[0].finished_at);
    assert!(!opens(vault, camera));
    let second = said(place, held.consent.room, 2);
    vault
        .take_back(&second, &[CAMERA], Meeting::IsOver, later(63))
        .unwrap();
    assert_eq!(vault.erase_refused(TERMS, later(64)).unwrap().len(), 1);
    assert!(!opens(vault, &held.layers[2]));
    assert_eq!(vault.refusals(held.session.id).unwrap().len(), 2);
}
