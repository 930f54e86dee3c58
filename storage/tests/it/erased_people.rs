//! One participant in all recordings.

use std::{collections::BTreeSet, io::Write};

use scrim_policy::{Kind, PersonId, Roster, SubjectText, TenantId};
use scrim_storage::{
    ArtefactKind, ArtefactRow, Begun, CatalogError, Claim, ErasureError, Job, Kept, KeyedDigest,
    RecordingState, Sha256Digest, StagePart, Vault, VaultError,
    catalog::{RenderBasis, Selection},
    export::ZipSink,
};

use crate::{
    archives::{Moved, export, import},
    erasures::{certificate, claim_of, erase, job_of, opens, publish},
    exports::password,
    fixtures::{NOW, files_below, later, part_key},
    runs::{Place, catalog_error, on_both_databases},
    vaults::open,
};

on_both_databases!(
    what_was_withdrawn_before_is_not_queued,
    a_person_goes_from_every_recording_that_lists_them,
    whoever_was_erased_is_hidden_when_the_source_is_processed_again,
    people_are_in_the_catalog_as_digests_only,
    nobody_is_taken_for_somebody_else,
);

const ROSTER: &str =
    "name,email\nZofia Wiśniewska,zofia@example.org\nLuca Conti,luca@example.org\n";

fn roster(text: &str) -> Roster {
    Roster::parse_csv(text).unwrap()
}

fn begin(vault: &Vault, job: &Job, roster: &Roster) -> Result<Begun, VaultError> {
    vault.begin_or_resume_with(job, roster, NOW)
}

fn email(vault: &Vault, text: &str) -> KeyedDigest {
    vault.subject(&SubjectText::of_email(text).unwrap())
}

fn name(vault: &Vault, text: &str) -> KeyedDigest {
    vault.subject(&SubjectText::of_name(text).unwrap())
}

fn add_layer(vault: &Vault, claim: &Claim, part: u32, subject: KeyedDigest) -> ArtefactRow {
    let mut writer = vault.create_layer(claim, subject, NOW).unwrap();
    writer.write_all(b"their own voice").unwrap();
    let row = writer.finish().unwrap();
    let part = StagePart {
        stage: "layer",
        part,
        key: part_key("layer"),
    };
    vault.record_part(claim, part, Some(row.id), NOW).unwrap();
    row
}

fn a_person_goes_from_every_recording_that_lists_them(place: &Place) {
    let vault = &place.vault;
    let people = roster(ROSTER);
    let with_layers = claim_of(begin(vault, &job_of("one", "one"), &people).unwrap());
    vault.start_rendering(&with_layers, 1, NOW).unwrap();
    let hers = add_layer(vault, &with_layers, 0, email(vault, "zofia@example.org"));
    let his = add_layer(vault, &with_layers, 1, email(vault, "luca@example.org"));
    let proof = crate::vaults::seal(vault, &with_layers, ArtefactKind::Proof, b"proof");
    vault.publish(&with_layers, &[proof.id], NOW).unwrap();
    let from_file = claim_of(begin(vault, &job_of("two", "two"), &people).unwrap());
    publish(vault, &from_file);
    let of_others = claim_of(
        begin(
            vault,
            &job_of("three", "three"),
            &roster("name\nLuca Conti\n"),
        )
        .unwrap(),
    );
    publish(vault, &of_others);

    // She is looked for by name, in another order and without marks; her e-mail address is found.
    let selection = Selection::Person(vec![name(vault, "WISNIEWSKA, Zofia")]);
    let plan = vault.plan_erasure(TenantId::SINGLE, &selection).unwrap();
    assert_eq!(
        (plan.deleted, plan.withdrawn, plan.participations),
        (0, 2, 2)
    );
    let erasure = erase(vault, &selection).unwrap();

    for claim in [&with_layers, &from_file] {
        let row = vault.recording(claim.recording()).unwrap().unwrap();
        assert_eq!(row.state, RecordingState::Withdrawn);
        let refused = catalog_error(vault.output(claim.recording(), ArtefactKind::Proof));
        assert!(matches!(refused, CatalogError::Withdrawn { .. }));
        assert_eq!(refused.kind(), Kind::Refused);
    }
    assert!(vault.artefact(hers.id).unwrap().is_none() && !opens(vault, &hers));
    let kept = vault.artefacts(with_layers.recording()).unwrap();
    assert_eq!(kept.iter().map(|row| row.id).collect::<Vec<_>>(), [his.id]);
    assert!(
        opens(vault, &kept[0]),
        "the key of a layer that stays was destroyed"
    );
    assert!(
        vault
            .output(of_others.recording(), ArtefactKind::Proof)
            .is_ok()
    );

    let queue = vault.render_queue(TenantId::SINGLE).unwrap();
    let mut basis: Vec<_> = queue.iter().map(|one| (one.recording, one.basis)).collect();
    basis.sort_by_key(|(recording, _)| *recording);
    let mut wanted = vec![
        (with_layers.recording(), RenderBasis::Layers),
        (from_file.recording(), RenderBasis::Source),
    ];
    wanted.sort_by_key(|(recording, _)| *recording);
    assert_eq!(basis, wanted);
    let certificate = certificate(vault, &erasure);
    assert_eq!(certificate.participations, 2);
    let text = vault.certificate(erasure.id).unwrap().to_json();
    let subjects = [
        email(vault, "zofia@example.org"),
        name(vault, "Zofia Wiśniewska"),
    ];
    assert!(
        !subjects
            .iter()
            .any(|subject| text.contains(&subject.to_string()))
    );
}

fn what_was_withdrawn_before_is_not_queued(place: &Place) {
    let vault = &place.vault;
    let people = roster(ROSTER);
    let publish_one = |name: &str| {
        let claim = claim_of(begin(vault, &job_of(name, name), &people).unwrap());
        publish(vault, &claim);
        claim.recording()
    };
    let (before, published) = (publish_one("one"), publish_one("two"));
    let withdraw = format!("UPDATE recording SET state = 'withdrawn' WHERE id = '{before}'");
    place.sql(&[&withdraw]).unwrap();
    let queued = || {
        let queue = vault.render_queue(TenantId::SINGLE).unwrap();
        queue.iter().map(|one| one.recording).collect::<Vec<_>>()
    };
    erase(
        vault,
        &Selection::Person(vec![name(vault, "Zofia Wiśniewska")]),
    )
    .unwrap();
    assert_eq!(queued(), [published]);
    erase(vault, &Selection::Person(vec![name(vault, "Luca Conti")])).unwrap();
    assert_eq!(queued(), [published], "what waits goes on waiting");
}

fn whoever_was_erased_is_hidden_when_the_source_is_processed_again(place: &Place) {
    let vault = &place.vault;
    let people = roster(ROSTER);
    let job = job_of("one", "one");
    let claim = claim_of(begin(vault, &job, &people).unwrap());
    publish(vault, &claim);
    let selection = Selection::Person(vec![email(vault, "ZOFIA@example.org")]);
    erase(vault, &selection).unwrap();

    let source = Sha256Digest::of(b"one");
    let erased = vault
        .erased_from(TenantId::SINGLE, &source, &people)
        .unwrap();
    assert_eq!(erased, BTreeSet::from([PersonId(0)]));
    let elsewhere = vault.erased_from(TenantId::SINGLE, &Sha256Digest::of(b"two"), &people);
    assert!(elsewhere.unwrap().is_empty());
    let refused = vault
        .erased_from(TenantId::SINGLE, &source, &roster("name\nLuca Conti\n"))
        .unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Erasure(ErasureError::NotOnRoster { missing: 1 })
    ));
    assert_eq!(refused.kind(), Kind::Refused);

    let begun = begin(vault, &job, &people).unwrap();
    assert!(matches!(begun, Begun::AlreadyWithdrawn(_)), "{begun:?}");
    let hidden = people.with_erased(&erased);
    let again = claim_of(begin(vault, &job_of("one", "one without her"), &hidden).unwrap());
    assert_eq!(
        again.recording(),
        claim.recording(),
        "the recording keeps its id"
    );
    publish(vault, &again);
    assert!(vault.render_queue(TenantId::SINGLE).unwrap().is_empty());
    let nobody = vault
        .plan_erasure(TenantId::SINGLE, &selection)
        .unwrap_err();
    assert!(matches!(
        nobody,
        VaultError::Erasure(ErasureError::NobodyFound { unlisted: 0 })
    ));
    assert_eq!(nobody.kind(), Kind::NotFound);
}

#[test]
fn an_erasure_finds_people_and_originals_that_were_imported() {
    let moved = Moved::new();
    let take_in = |vault: &Vault| {
        let mut writer = vault.create_original(TenantId::SINGLE, NOW).unwrap();
        writer.write_all(b"the source").unwrap();
        writer.finish(None, NOW).unwrap()
    };
    let Kept::New(kept) = take_in(&moved.vault) else {
        panic!("kept before")
    };
    let path = moved.home("with-original.zip");
    export(
        &moved.vault,
        Box::new(ZipSink::file(&path, Some(password())).unwrap()),
    );
    let new = open(&moved.home("new"));
    import(&new, &path).unwrap();

    let found = new.original_of(TenantId::SINGLE, kept.source_sha256);
    assert_eq!(found.unwrap().unwrap().id, kept.id);
    assert!(matches!(take_in(&new), Kept::Before(row) if row.id == kept.id));

    let erased = erase(
        &new,
        &Selection::Person(vec![name(&new, "Quillfeather Żaneta")]),
    )
    .unwrap();
    assert_eq!(certificate(&new, &erased).participations, 1);
    let row = new.recording(moved.published).unwrap().unwrap();
    assert_eq!(row.state, RecordingState::Withdrawn);
    assert_eq!(new.attendance(moved.published).unwrap(), None);
}

fn people_are_in_the_catalog_as_digests_only(place: &Place) {
    let people = roster(ROSTER);
    let claim = claim_of(begin(&place.vault, &job_of("one", "one"), &people).unwrap());
    publish(&place.vault, &claim);
    for file in files_below(&place.home) {
        let bytes = std::fs::read(&file).unwrap();
        for text in [
            "Zofia",
            "zofia",
            "Wiśniewska",
            "wisniewska",
            "luca@example.org",
        ] {
            let is_found = crate::fixtures::contains(&bytes, text.as_bytes());
            assert!(!is_found, "found in {}", file.display());
        }
    }
}

fn nobody_is_taken_for_somebody_else(place: &Place) {
    let vault = &place.vault;
    let claim = claim_of(begin(vault, &job_of("one", "one"), &roster(ROSTER)).unwrap());
    publish(vault, &claim);
    for subject in [
        name(vault, "Zofia Wiśniewski"),
        email(vault, "zofia@example.com"),
    ] {
        let refused = vault.erase(
            TenantId::SINGLE,
            &Selection::Person(vec![subject]),
            crate::erasures::TERMS,
            later(1),
            &|_| (),
        );
        assert_eq!(refused.unwrap_err().kind(), Kind::NotFound);
    }
    assert!(vault.output(claim.recording(), ArtefactKind::Proof).is_ok());
}
