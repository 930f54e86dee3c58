//! Erasures: what is left, what comes back, and what a killed run finds.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scrim_policy::{AuditEvent, Kind, Purpose, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, ArtefactRow, Begun, CatalogError, Certificate, Claim, ErasureTerms, Job,
    KeyedDigest, RecordingState, Sha256Digest, StagePart, Vault, VaultError,
    catalog::{ErasureRow, ErasureStep, Reach, Selection},
    keyring::{KeyContext, Kms},
    objects::{FileStore, ObjectStore},
    proof::Signer,
    vault::HoldWords,
};

use crate::{
    fixtures::{NOW, contains, files_below, later, part_key},
    runs::{Place, catalog_error, on_both_databases},
    vaults::{open, seal},
};

on_both_databases!(
    the_database_itself_refuses_to_delete_what_is_on_hold,
    an_erased_recording_leaves_nothing_that_opens,
    an_erased_source_is_never_processed_again,
    everything_of_the_same_source_goes_together_and_claims_are_stale,
    objects_that_no_row_knows_go_as_well,
    a_tenant_leaves_nothing_and_may_begin_anew,
    a_certificate_that_was_changed_is_refused,
    the_audit_log_knows_of_every_erasure_and_every_refusal,
);

pub(crate) const TERMS: ErasureTerms = ErasureTerms { backup_days: 30 };

/// A job of a source of its own.
pub(crate) fn job_of(source: &str, key: &str) -> Job {
    Job {
        tenant: TenantId::SINGLE,
        key: KeyedDigest::from_bytes(*Sha256Digest::of(key.as_bytes()).as_bytes()),
        source_sha256: Sha256Digest::of(source.as_bytes()),
        policy_sha256: Sha256Digest::of(b"policy"),
        policy_name: "stage only".to_owned(),
        original: None,
    }
}

pub(crate) fn claim_of(begun: Begun) -> Claim {
    match begun {
        Begun::New(claim) | Begun::Resumed(claim) => claim,
        other => panic!("not claimed: {other:?}"),
    }
}

/// Renders and publishes a recording with a segment that is left over.
pub(crate) fn publish(vault: &Vault, claim: &Claim) -> Vec<ArtefactRow> {
    vault.start_rendering(claim, 1_000_000_000, NOW).unwrap();
    let segment = seal(vault, claim, ArtefactKind::Segment, b"segment");
    let part = StagePart {
        stage: "render",
        part: 0,
        key: part_key("segment"),
    };
    vault
        .record_part(claim, part, Some(segment.id), NOW)
        .unwrap();
    let outputs = [
        ArtefactKind::Recording,
        ArtefactKind::TranscriptTxt,
        ArtefactKind::Proof,
    ]
    .map(|kind| seal(vault, claim, kind, b"what was said"));
    let ids = outputs.each_ref().map(|row| row.id);
    vault.publish(claim, &ids, NOW).unwrap();
    outputs.into_iter().chain([segment]).collect()
}

fn publish_source(vault: &Vault, source: &str) -> (RecordingId, Vec<ArtefactRow>) {
    let claim = claim_of(vault.begin_or_resume(&job_of(source, source), NOW).unwrap());
    let rows = publish(vault, &claim);
    (claim.recording(), rows)
}

pub(crate) fn erase(vault: &Vault, selection: &Selection) -> Result<ErasureRow, VaultError> {
    vault.erase(TenantId::SINGLE, selection, TERMS, later(60), &|_| ())
}

pub(crate) fn certificate(vault: &Vault, erasure: &ErasureRow) -> Certificate {
    let key = vault.keyring().public_key();
    let envelope = vault.certificate(erasure.id).unwrap();
    let (certificate, signer) = Certificate::verify(&envelope, Some(&key)).unwrap();
    assert_eq!(signer, Signer::Trusted(key));
    certificate
}

/// Whether the data key of an artefact still opens.
pub(crate) fn opens(vault: &Vault, row: &ArtefactRow) -> bool {
    let key = row.object_key;
    let context = KeyContext::new(key.tenant, key.recording, key.artefact, row.subject);
    vault
        .keyring()
        .unwrap_key(&context, &row.wrapped_key)
        .is_ok()
}

/// What must not depend on how often an erasure was taken up again.
fn counts(certificate: &Certificate) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        certificate.places.clone(),
        certificate.recordings.len(),
        certificate.participations,
        certificate.keys.data_keys,
        certificate.absence.clone(),
    )
}

fn an_erased_recording_leaves_nothing_that_opens(place: &Place) {
    let vault = &place.vault;
    let (kept, _) = publish_source(vault, "kept");
    let (gone, rows) = publish_source(vault, "gone");
    assert!(rows.iter().all(|row| opens(vault, row)));

    let plan = vault
        .plan_erasure(TenantId::SINGLE, &Selection::Recording(gone))
        .unwrap();
    assert_eq!((plan.deleted, plan.withdrawn, plan.artefacts), (1, 0, 4));
    assert!(
        vault.recording(gone).unwrap().is_some(),
        "planning erases nothing"
    );

    let erasure = erase(vault, &Selection::Recording(gone)).unwrap();
    assert_eq!(
        (erasure.reach, erasure.step),
        (Reach::Recording, ErasureStep::Certified)
    );
    assert!(vault.recording(gone).unwrap().is_none());
    assert!(vault.artefacts(gone).unwrap().is_empty());
    let objects = files_below(&place.home.join("objects"));
    let left = |path: &PathBuf| path.to_string_lossy().contains(&gone.to_string());
    assert!(!objects.iter().any(left));
    assert!(
        !rows.iter().any(|row| opens(vault, row)),
        "an old wrapped key opens"
    );

    let certificate = certificate(vault, &erasure);
    assert_eq!(certificate.keys.data_keys, 4);
    assert_eq!(certificate.keys.destroyed_below, Some(2));
    assert_eq!(
        (
            certificate.absence.keys_tried,
            certificate.absence.keys_opened
        ),
        (4, 0)
    );
    assert_eq!(certificate.recordings[0].recording, gone);
    let objects: u64 = certificate
        .places
        .iter()
        .filter(|place| place.place == "object store")
        .map(|place| place.count)
        .sum();
    assert_eq!(objects, 4);
    assert_eq!(certificate.backups.window_days, 30);

    let row = vault.output(kept, ArtefactKind::TranscriptTxt).unwrap();
    assert_eq!(
        vault.read_all(&row, 100, Purpose::Get, NOW).unwrap(),
        b"what was said"
    );
}

fn an_erased_source_is_never_processed_again(place: &Place) {
    let (gone, _) = publish_source(&place.vault, "gone");
    erase(&place.vault, &Selection::Recording(gone)).unwrap();
    for key in ["gone", "with another policy"] {
        let refused = catalog_error(place.vault.begin_or_resume(&job_of("gone", key), later(90)));
        assert!(
            matches!(refused, CatalogError::SourceErased { .. }),
            "{refused:?}"
        );
        assert_eq!(refused.kind(), Kind::Refused);
    }
    claim_of(
        place
            .vault
            .begin_or_resume(&job_of("another", "x"), NOW)
            .unwrap(),
    );
}

fn everything_of_the_same_source_goes_together_and_claims_are_stale(place: &Place) {
    let vault = &place.vault;
    let (gone, _) = publish_source(vault, "source");
    let other = claim_of(
        vault
            .begin_or_resume(&job_of("source", "other policy"), NOW)
            .unwrap(),
    );
    vault.start_rendering(&other, 1, NOW).unwrap();
    let mut writer = vault
        .create_artefact(&other, ArtefactKind::Segment, NOW)
        .unwrap();
    writer.write_all(b"half").unwrap();

    erase(vault, &Selection::Recording(gone)).unwrap();
    let refused = catalog_error(writer.finish());
    assert!(
        matches!(refused, CatalogError::NoRecording { .. }),
        "{refused:?}"
    );
    assert!(vault.recording(other.recording()).unwrap().is_none());
    assert!(files_below(&place.home.join("objects")).is_empty());
}

fn objects_that_no_row_knows_go_as_well(place: &Place) {
    let (gone, rows) = publish_source(&place.vault, "gone");
    let path = place
        .home
        .join("objects")
        .join(rows[0].object_key.to_string());
    fs::copy(
        &path,
        path.with_file_name("art_0000000000000000000000000000beef"),
    )
    .unwrap();
    let erasure = erase(&place.vault, &Selection::Recording(gone)).unwrap();
    assert!(files_below(&place.home.join("objects")).is_empty());
    let certificate = certificate(&place.vault, &erasure);
    let unknown = certificate
        .places
        .iter()
        .find(|place| place.kind == "unknown");
    assert_eq!(unknown.unwrap().count, 1);
}

#[test]
fn a_hold_refuses_every_erasure_and_says_nothing_in_the_clear() {
    const REASON: &str = "Klage von Zofia Wiśniewska";
    let place = Place::new();
    let vault = &place.vault;
    let (held, rows) = publish_source(vault, "held");
    let (free, _) = publish_source(vault, "free");
    let words = HoldWords::new(REASON, "Dr. Loïc d'Amore").unwrap();
    let hold = vault
        .place_hold(TenantId::SINGLE, Some(held), &words, NOW)
        .unwrap();
    for selection in [Selection::Recording(held), Selection::Tenant] {
        let refused = catalog_error(erase(vault, &selection));
        let is_named = matches!(refused, CatalogError::OnHold { hold: named, .. } if named == hold);
        assert!(is_named, "{refused:?}");
        assert_eq!(refused.kind(), Kind::Refused);
    }
    erase(vault, &Selection::Recording(free)).unwrap();
    assert!(
        rows[1..3]
            .iter()
            .all(|row| vault.artefact(row.id).unwrap().is_some())
    );

    // The words survive the destruction of the key that had wrapped them.
    let row = vault.hold_row(hold).unwrap();
    assert_eq!(vault.hold_words(&row).unwrap().placed, words);
    for file in files_below(&place.home) {
        let bytes = fs::read(&file).unwrap();
        for text in [REASON, "Amore"] {
            assert!(
                !contains(&bytes, text.as_bytes()),
                "found in {}",
                file.display()
            );
        }
    }
    let closing = HoldWords::new("settled", "dpo").unwrap();
    vault.release_hold(hold, &closing, later(1)).unwrap();
    let again = catalog_error(vault.release_hold(hold, &closing, later(2)));
    assert!(matches!(again, CatalogError::NoHold { .. }));
    let row = vault.hold_row(hold).unwrap();
    assert_eq!(vault.hold_words(&row).unwrap().released, Some(closing));
    erase(vault, &Selection::Recording(held)).unwrap();
    assert!(HoldWords::new(" ", "dpo").is_err());
}

/// Even a program that forgets to ask is stopped.
fn the_database_itself_refuses_to_delete_what_is_on_hold(place: &Place) {
    let (held, _) = publish_source(&place.vault, "held");
    let words = HoldWords::new("lawsuit", "dpo").unwrap();
    place
        .vault
        .place_hold(TenantId::SINGLE, Some(held), &words, NOW)
        .unwrap();
    let refused = place.sql(&["DELETE FROM recording"]);
    assert!(refused.unwrap_err().to_string().contains("legal hold"));
}

fn a_tenant_leaves_nothing_and_may_begin_anew(place: &Place) {
    let vault = &place.vault;
    let (_, first) = publish_source(vault, "first");
    let (_, second) = publish_source(vault, "second");
    let erasure = erase(vault, &Selection::Tenant).unwrap();
    let store = FileStore::open(&place.home.join("objects")).unwrap();
    assert!(store.survey().unwrap().objects.is_empty());
    assert!(!first.iter().chain(&second).any(|row| opens(vault, row)));
    let page = vault.recordings(TenantId::SINGLE, None, 10).unwrap();
    assert!(page.recordings.is_empty());
    let certificate = certificate(vault, &erasure);
    assert_eq!(
        (certificate.keys.data_keys, certificate.keys.destroyed_below),
        (8, None)
    );

    let (anew, _) = publish_source(vault, "first");
    assert_eq!(
        vault.recording(anew).unwrap().unwrap().state,
        RecordingState::Published
    );
}

fn a_certificate_that_was_changed_is_refused(place: &Place) {
    let (gone, _) = publish_source(&place.vault, "gone");
    let erasure = erase(&place.vault, &Selection::Recording(gone)).unwrap();
    let mut envelope = place.vault.certificate(erasure.id).unwrap();
    assert!(Certificate::verify(&envelope, None).is_ok());
    envelope.payload = envelope
        .payload
        .replace("\"data_keys\":4", "\"data_keys\":5");
    assert!(Certificate::verify(&envelope, None).is_err());
}

fn the_audit_log_knows_of_every_erasure_and_every_refusal(place: &Place) {
    let vault = &place.vault;
    let (gone, _) = publish_source(vault, "gone");
    let words = HoldWords::new("lawsuit", "dpo").unwrap();
    let hold = vault
        .place_hold(TenantId::SINGLE, Some(gone), &words, NOW)
        .unwrap();
    erase(vault, &Selection::Recording(gone)).unwrap_err();
    vault.release_hold(hold, &words, NOW).unwrap();
    erase(vault, &Selection::Recording(gone)).unwrap();
    let next = vault
        .audit(AuditEvent::CatalogChecked { findings: 0 }, NOW)
        .unwrap();
    // Processed, published, placed, refused, released, requested, two steps, blanked, key, finished.
    assert_eq!(next, 11, "an event is missing, or there is one too many");
}

/// Run by the next test as another process, and killed by it after some event.
#[test]
#[ignore = "waits to be killed"]
fn an_erasure_that_waits_to_be_killed() {
    let home = PathBuf::from(std::env::var_os("SCRIM_TEST_HOME").unwrap());
    let wanted: u32 = std::env::var("SCRIM_TEST_EVENT").unwrap().parse().unwrap();
    let vault = open(&home);
    let events = std::cell::Cell::new(0);
    let gone = vault
        .recordings(TenantId::SINGLE, None, 1)
        .unwrap()
        .recordings[0]
        .id;
    let say = |word: &str| {
        let mut out = std::io::stdout();
        writeln!(out, "\n{word}").unwrap();
        out.flush().unwrap();
    };
    let selection = Selection::Recording(gone);
    vault
        .erase(TenantId::SINGLE, &selection, TERMS, later(60), &|_| {
            events.set(events.get() + 1);
            if events.get() == wanted {
                say("ready");
                std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            }
        })
        .unwrap();
    say("finished");
}

/// Starts an erasure in another process and kills it after an event. Says whether it got there.
fn kill_after(home: &Path, event: u32) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "erasures::an_erasure_that_waits_to_be_killed",
        ])
        .env("SCRIM_TEST_HOME", home)
        .env("SCRIM_TEST_EVENT", event.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let word = lines
        .map_while(Result::ok)
        .find(|line| ["ready", "finished"].contains(&line.as_str()));
    child.kill().unwrap();
    child.wait().unwrap();
    word.expect("the other process did not get anywhere") == "ready"
}

#[test]
fn an_erasure_that_was_killed_anywhere_ends_in_the_same_certificate() {
    let undisturbed = Place::new();
    let (gone, _) = publish_source(&undisturbed.vault, "gone");
    let erasure = erase(&undisturbed.vault, &Selection::Recording(gone)).unwrap();
    let wanted = counts(&certificate(&undisturbed.vault, &erasure));

    let mut kills = 0;
    for event in 1.. {
        let place = Place::new();
        let (gone, rows) = publish_source(&place.vault, "gone");
        if !kill_after(&place.home, event) {
            break;
        }
        kills += 1;
        let vault = open(&place.home);
        let [begun] = vault
            .erasures(TenantId::SINGLE)
            .unwrap()
            .try_into()
            .unwrap();
        let erasure = vault
            .resume_erasure(begun.id, TERMS, later(120), &|_| ())
            .unwrap();
        assert_eq!(
            counts(&certificate(&vault, &erasure)),
            wanted,
            "event {event}"
        );
        assert!(vault.recording(gone).unwrap().is_none());
        assert!(files_below(&place.home.join("objects")).is_empty());
        assert!(!rows.iter().any(|row| opens(&vault, row)), "event {event}");
        let refused = catalog_error(vault.begin_or_resume(&job_of("gone", "x"), later(130)));
        assert!(matches!(refused, CatalogError::SourceErased { .. }));
    }
    // One event per step that is begun, and one per object.
    assert_eq!(kills, 7 + 4);
}
