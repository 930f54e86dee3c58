//! What people decide: publishing, overriding, withdrawing, revising.

use scrim_policy::{ArtefactId, AuditEvent, Kind, Pii, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, Begun, CatalogError, Claim, Proof, RecordingState, Sha256Digest, VaultError,
    audit::Entry,
    proof::{Gate, GateVerdict, Output},
    vault::{HoldWords, ReviewAct},
};

use crate::{
    erasures::TERMS,
    fixtures::{NOW, contains, files_below, job, later, part_key},
    runs::{Place, catalog_error, on_both_databases},
    vaults::seal,
};

on_both_databases!(
    a_ready_recording_waits_until_somebody_publishes_it,
    what_the_gate_held_is_only_published_with_a_reason,
    what_is_withdrawn_is_published_again_only_by_a_person,
    a_source_stays_withdrawn_when_retention_has_taken_its_recording,
    nothing_on_the_list_of_an_erasure_is_published_or_revised,
    what_retention_has_taken_apart_is_not_published_again,
    a_revision_replaces_its_outputs_together,
    a_revision_that_comes_too_late_changes_nothing,
    a_hold_keeps_what_a_revision_would_replace,
    a_ready_recording_of_a_batch_takes_the_place_of_the_one_before,
);

/// The canary of these tests: whom a reason names.
const WHO: &str = "Wilhelmina Quagliarella";

/// Renders a recording and keeps it as the gate decides, or until somebody publishes it.
fn made(place: &Place, name: &str, verdict: GateVerdict) -> Claim {
    let claim = place.render(name);
    keep(place, &claim, verdict).unwrap();
    claim
}

fn keep(place: &Place, claim: &Claim, verdict: GateVerdict) -> Result<(), VaultError> {
    let vault = &place.vault;
    let outputs = [ArtefactKind::Recording, ArtefactKind::TranscriptTxt]
        .map(|kind| seal(vault, claim, kind, b"contents"));
    let proof = signed(
        place,
        claim,
        verdict,
        &outputs.each_ref().map(|row| Output::of(row).unwrap()),
    );
    let ids = [outputs[0].id, outputs[1].id, proof];
    match verdict {
        GateVerdict::Publish => vault.make_ready(claim, &ids, later(5)),
        GateVerdict::Hold => vault.hold(claim, &ids, later(5)),
    }
}

fn signed(place: &Place, claim: &Claim, verdict: GateVerdict, outputs: &[Output]) -> ArtefactId {
    let proof = Proof {
        recording: claim.recording(),
        outputs: outputs.to_vec(),
        gate: Gate {
            verdict,
            reasons: Vec::new(),
        },
        ..crate::proofs::proof()
    };
    let envelope = place.vault.keyring().sign_proof(&proof).to_json();
    seal(
        &place.vault,
        claim,
        ArtefactKind::Proof,
        envelope.as_bytes(),
    )
    .id
}

fn why() -> Pii<String> {
    Pii::new(format!("{WHO} has asked for it"))
}

fn state(place: &Place, recording: RecordingId) -> RecordingState {
    place.vault.recording(recording).unwrap().unwrap().state
}

fn newest_event(place: &Place, recording: RecordingId) -> AuditEvent {
    let records = place.vault.audit_records(Some(recording), None, 1000);
    let bodies = records
        .unwrap()
        .into_iter()
        .filter_map(|record| record.body);
    let mut events = bodies.map(|body| serde_json::from_str::<Entry>(&body).unwrap().event);
    // Who has read the proof before is in the log as well.
    let decided = |event: &AuditEvent| !matches!(event, AuditEvent::ArtefactOpened { .. });
    events.rfind(decided).unwrap()
}

fn is_opened(place: &Place, recording: RecordingId) -> bool {
    place
        .vault
        .output(recording, ArtefactKind::TranscriptTxt)
        .is_ok()
}

fn a_ready_recording_waits_until_somebody_publishes_it(place: &Place) {
    let claim = made(place, "webinar", GateVerdict::Publish);
    let id = claim.recording();
    assert_eq!(state(place, id), RecordingState::Ready);
    assert!(is_opened(place, id), "whoever decides can look at it");
    let ready = newest_event(place, id);
    assert!(matches!(
        ready,
        AuditEvent::RecordingReady { artefacts: 3, .. }
    ));
    let again = place
        .vault
        .begin_or_resume(&job("webinar"), later(6))
        .unwrap();
    assert!(matches!(again, Begun::AlreadyReady(_)), "{again:?}");

    let refused = place.vault.override_gate(id, &why(), later(7)).unwrap_err();
    assert!(
        matches!(refused, VaultError::GateSaidYes { .. }),
        "{refused:?}"
    );
    place.vault.release(id, later(8)).unwrap();
    assert_eq!(state(place, id), RecordingState::Published);
    let approved = AuditEvent::RecordingApproved { recording: id };
    assert_eq!(newest_event(place, id), approved);
    assert!(
        place
            .vault
            .verify_recording(id, None, later(9))
            .unwrap()
            .all_match()
    );
    let refused = catalog_error(place.vault.release(id, later(9)));
    assert!(
        matches!(refused, CatalogError::WrongState { .. }),
        "{refused:?}"
    );
}

fn what_the_gate_held_is_only_published_with_a_reason(place: &Place) {
    let vault = &place.vault;
    let id = made(place, "webinar", GateVerdict::Hold).recording();
    let refused = vault.release(id, later(6)).unwrap_err();
    assert!(
        matches!(refused, VaultError::GateSaidNo { .. }),
        "{refused:?}"
    );
    assert_eq!(refused.kind(), Kind::Refused);
    let blank = Pii::new("  ".to_owned());
    let refused = vault.override_gate(id, &blank, later(6)).unwrap_err();
    assert!(matches!(refused, VaultError::NoReason), "{refused:?}");
    assert_eq!(state(place, id), RecordingState::Held);

    vault.override_gate(id, &why(), later(7)).unwrap();
    assert_eq!(state(place, id), RecordingState::Published);
    let event = newest_event(place, id);
    assert!(
        matches!(event, AuditEvent::RecordingOverridden { .. }),
        "{event:?}"
    );
    assert!(event.is_sensitive());
    vault.withdraw(id, Some(&why()), later(8)).unwrap();
    let refused = vault.release(id, later(9)).unwrap_err();
    assert!(
        matches!(refused, VaultError::GateSaidNo { .. }),
        "{refused:?}"
    );
    vault.override_gate(id, &why(), later(9)).unwrap();

    let reasons = vault.review_reasons(id, later(10)).unwrap();
    let acts: Vec<_> = reasons
        .iter()
        .map(|reason| (reason.at, reason.act))
        .collect();
    let (over, back) = (ReviewAct::Overridden, ReviewAct::Withdrawn);
    assert_eq!(acts, [(later(7), over), (later(8), back), (later(9), over)]);
    assert!(reasons[0].reason.reveal().contains(WHO));
    let kept = vault.artefacts(id).unwrap();
    let reviews = kept.iter().filter(|row| row.kind == ArtefactKind::Review);
    assert_eq!(reviews.count(), 1, "what was replaced is gone");
    for file in files_below(&place.home) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!contains(&bytes, WHO.as_bytes()), "{}", file.display());
    }
    assert!(vault.verify_audit(&[]).unwrap().findings.is_empty());
}

fn what_is_withdrawn_is_published_again_only_by_a_person(place: &Place) {
    let vault = &place.vault;
    let items = [(part_key("a"), part_key("one"))];
    let key = part_key("folder");
    let batch = vault
        .begin_batch(TenantId::SINGLE, key, &items, NOW)
        .unwrap();
    let claim = place.render("webinar");
    vault.join_batch(batch, claim.recording()).unwrap();
    keep(place, &claim, GateVerdict::Publish).unwrap();
    let id = claim.recording();
    vault.release(id, later(6)).unwrap();

    vault.withdraw(id, None, later(7)).unwrap();
    assert_eq!(state(place, id), RecordingState::Withdrawn);
    assert!(!is_opened(place, id));
    let refused = catalog_error(vault.adopt(batch, id, later(8)));
    assert!(
        matches!(refused, CatalogError::SourceWithdrawn { .. }),
        "{refused:?}"
    );
    let refused = catalog_error(vault.withdraw(id, None, later(8)));
    assert!(
        matches!(refused, CatalogError::WrongState { .. }),
        "{refused:?}"
    );

    vault.release(id, later(9)).unwrap();
    assert_eq!(state(place, id), RecordingState::Published);
    let source = Sha256Digest::of(b"source");
    vault.check_not_withdrawn(TenantId::SINGLE, source).unwrap();
}

fn a_source_stays_withdrawn_when_retention_has_taken_its_recording(place: &Place) {
    let vault = &place.vault;
    let id = made(place, "webinar", GateVerdict::Publish).recording();
    vault.withdraw(id, Some(&why()), later(6)).unwrap();
    vault
        .sweep(TenantId::SINGLE, TERMS, NOW.plus_days(400), &|_| ())
        .unwrap();
    assert_eq!(vault.recording(id).unwrap(), None);

    let source = Sha256Digest::of(b"source");
    let refused = catalog_error(vault.check_not_withdrawn(TenantId::SINGLE, source));
    let is_ours = matches!(refused, CatalogError::SourceWithdrawn { recording } if recording == id);
    assert!(is_ours, "{refused:?}");
    let items = [(part_key("a"), part_key("one"))];
    let key = part_key("folder");
    let batch = vault
        .begin_batch(TenantId::SINGLE, key, &items, NOW)
        .unwrap();
    let claim = place.render("by a batch");
    vault.join_batch(batch, claim.recording()).unwrap();
    let ids = place.outputs(&claim);
    let refused = catalog_error(vault.publish(&claim, &ids, NOW.plus_days(401)));
    assert!(
        matches!(refused, CatalogError::SourceWithdrawn { .. }),
        "{refused:?}"
    );

    // A person may, by name.
    let claim = place.render("by a person");
    vault
        .publish(&claim, &place.outputs(&claim), NOW.plus_days(401))
        .unwrap();
    // And where the source itself is erased, nothing is left of it but that.
    let by_hand = scrim_storage::catalog::Selection::Recording(claim.recording());
    vault
        .erase(
            TenantId::SINGLE,
            &by_hand,
            TERMS,
            NOW.plus_days(402),
            &|_| (),
        )
        .unwrap();
    let left = place.sql(&["SELECT source FROM withdrawn_source"]).unwrap();
    assert_eq!(left, [""; 0]);
}

/// Puts a recording on the list of an erasure that has only begun.
fn freeze(place: &Place, id: RecordingId) {
    let tenant = TenantId::SINGLE;
    let erasure = format!(
        "INSERT INTO erasure (id, tenant, scope, step, begun_at)
         VALUES ('era_00000000000070008000000000000001', '{tenant}', 'expiry', 'frozen', 1)"
    );
    let on_list = format!(
        "INSERT INTO erasure_recording (erasure, recording, source_sha256, fate, was_withdrawn)
         SELECT 'era_00000000000070008000000000000001', id, source_sha256, 'kept', 0
         FROM recording WHERE id = '{id}'"
    );
    place.sql(&[&erasure, &on_list]).unwrap();
}

fn nothing_on_the_list_of_an_erasure_is_published_or_revised(place: &Place) {
    let vault = &place.vault;
    let ready = made(place, "ready", GateVerdict::Publish);
    let id = ready.recording();
    freeze(place, id);
    let refused = catalog_error(vault.release(id, later(6)));
    assert!(
        matches!(refused, CatalogError::ErasureUnderWay { .. }),
        "{refused:?}"
    );
    let (claim, _) = vault.begin_revision(id).unwrap();
    let proof = signed(place, &claim, GateVerdict::Publish, &[]);
    let refused = vault.revise(&claim, &[proof], 0, RecordingState::Ready, 1, later(6));
    let refused = catalog_error(refused);
    assert!(
        matches!(refused, CatalogError::ErasureUnderWay { .. }),
        "{refused:?}"
    );
    assert_eq!(state(place, id), RecordingState::Ready);
    vault.withdraw(id, None, later(7)).unwrap();
    let refused = catalog_error(vault.release(id, later(8)));
    assert!(
        matches!(refused, CatalogError::ErasureUnderWay { .. }),
        "{refused:?}"
    );
}

fn what_retention_has_taken_apart_is_not_published_again(place: &Place) {
    let vault = &place.vault;
    let id = made(place, "webinar", GateVerdict::Publish).recording();
    vault.withdraw(id, None, later(6)).unwrap();
    let gone = format!("DELETE FROM artefact WHERE recording = '{id}' AND kind = 'recording'");
    place.sql(&[&gone]).unwrap();
    let refused = catalog_error(vault.release(id, later(7)));
    assert!(
        matches!(refused, CatalogError::NoProof { .. }),
        "{refused:?}"
    );
    assert_eq!(state(place, id), RecordingState::Withdrawn);
}

/// Seals what a revision makes: a transcript and a proof of it.
fn revised(place: &Place, claim: &Claim, text: &[u8]) -> [ArtefactId; 2] {
    let vault = &place.vault;
    let transcript = seal(vault, claim, ArtefactKind::TranscriptTxt, text);
    let recording = vault
        .output(claim.recording(), ArtefactKind::Recording)
        .unwrap();
    let outputs = [&recording, &transcript].map(|row| Output::of(row).unwrap());
    let proof = signed(place, claim, GateVerdict::Publish, &outputs);
    [transcript.id, proof]
}

fn text(place: &Place, id: RecordingId) -> Vec<u8> {
    let row = place.vault.output(id, ArtefactKind::TranscriptTxt).unwrap();
    let purpose = scrim_policy::Purpose::Get;
    place
        .vault
        .read_all(&row, 1000, purpose, later(20))
        .unwrap()
}

fn a_revision_replaces_its_outputs_together(place: &Place) {
    let vault = &place.vault;
    let id = made(place, "webinar", GateVerdict::Hold).recording();
    let (claim, row) = vault.begin_revision(id).unwrap();
    assert_eq!(row.revision, 0);
    let ids = revised(place, &claim, b"better contents");
    assert_eq!(text(place, id), b"contents", "nobody sees half of it");

    let to = RecordingState::Ready;
    assert_eq!(vault.revise(&claim, &ids, 0, to, 2, later(6)).unwrap(), 1);
    assert_eq!(text(place, id), b"better contents");
    let row = vault.recording(id).unwrap().unwrap();
    assert_eq!((row.state, row.revision), (RecordingState::Ready, 1));
    assert!(matches!(
        newest_event(place, id),
        AuditEvent::RecordingReady { .. }
    ));
    assert!(
        vault
            .verify_recording(id, None, later(7))
            .unwrap()
            .all_match()
    );
    assert_eq!(
        vault.artefacts(id).unwrap().len(),
        3,
        "what was replaced is gone"
    );
    let objects = files_below(&place.home.join("objects"));
    assert_eq!(objects.len(), 3, "{objects:?}");
    vault.release(id, later(8)).unwrap();
}

fn a_revision_that_comes_too_late_changes_nothing(place: &Place) {
    let vault = &place.vault;
    let id = made(place, "webinar", GateVerdict::Publish).recording();
    let ready = RecordingState::Ready;
    let (claim, _) = vault.begin_revision(id).unwrap();
    let (first, second) = (
        revised(place, &claim, b"first contents"),
        revised(place, &claim, b"second contents"),
    );
    vault.revise(&claim, &first, 0, ready, 1, later(6)).unwrap();
    let refused = catalog_error(vault.revise(&claim, &second, 0, ready, 1, later(7)));
    let is_stale = matches!(
        refused,
        CatalogError::StaleRevision {
            ours: 0,
            newest: 1,
            ..
        }
    );
    assert!(is_stale, "{refused:?}");
    assert_eq!(refused.kind(), Kind::Invalid);
    assert_eq!(text(place, id), b"first contents");

    let third = revised(place, &claim, b"third contents");
    vault.withdraw(id, None, later(8)).unwrap();
    let refused = catalog_error(vault.revise(&claim, &third, 1, ready, 1, later(9)));
    assert!(
        matches!(refused, CatalogError::WrongState { .. }),
        "{refused:?}"
    );
    assert_eq!(state(place, id), RecordingState::Withdrawn);
    assert_eq!(
        vault.artefacts(id).unwrap().len(),
        3,
        "what came too late is gone"
    );

    let without_proof = || {
        vault.release(id, later(10)).unwrap();
        let (claim, row) = vault.begin_revision(id).unwrap();
        let [transcript, _] = revised(place, &claim, b"unproven contents");
        vault.revise(&claim, &[transcript], row.revision, row.state, 1, later(11))
    };
    let refused = catalog_error(without_proof());
    assert!(
        matches!(refused, CatalogError::NoProof { .. }),
        "{refused:?}"
    );
    assert_eq!(text(place, id), b"first contents");
}

fn a_hold_keeps_what_a_revision_would_replace(place: &Place) {
    let vault = &place.vault;
    let id = made(place, "webinar", GateVerdict::Publish).recording();
    let words = HoldWords::new("a dispute", "legal").unwrap();
    vault
        .place_hold(TenantId::SINGLE, Some(id), &words, later(6))
        .unwrap();
    let (claim, _) = vault.begin_revision(id).unwrap();
    let ids = revised(place, &claim, b"better contents");
    let refused = vault.revise(&claim, &ids, 0, RecordingState::Ready, 1, later(7));
    let refused = catalog_error(refused);
    assert!(
        matches!(refused, CatalogError::OnHold { .. }),
        "{refused:?}"
    );
    assert_eq!(text(place, id), b"contents");
}

fn a_ready_recording_of_a_batch_takes_the_place_of_the_one_before(place: &Place) {
    let vault = &place.vault;
    let items = [(part_key("a"), part_key("one"))];
    let key = part_key("folder");
    let batch = vault
        .begin_batch(TenantId::SINGLE, key, &items, NOW)
        .unwrap();
    let loose = place.render("loose");
    vault.join_batch(batch, loose.recording()).unwrap();
    vault
        .publish(&loose, &place.outputs(&loose), later(1))
        .unwrap();
    let strict = place.render("strict");
    vault.join_batch(batch, strict.recording()).unwrap();
    keep(place, &strict, GateVerdict::Publish).unwrap();
    assert_eq!(state(place, loose.recording()), RecordingState::Withdrawn);
    let adopted = vault.adopt(batch, strict.recording(), later(9)).unwrap();
    assert_eq!(adopted, RecordingState::Ready, "no batch publishes it");
}
