//! What an archive leaves behind, and what a statement about an import is not.

use std::{collections::BTreeSet, fs};

use scrim_storage::{ArtefactKind, Envelope, ProofError, Sha256Digest};

use crate::{
    archives::{MOST, Moved, import},
    fixtures::{NOW, files_below, workspace},
    vaults::open,
};

/// Whoever adds a table decides whether an archive has to carry it.
#[test]
fn every_table_of_the_catalog_is_carried_or_left_behind_on_purpose() {
    let carried = ["recording", "artefact"];
    let left_behind = [
        // Parts that stages left for each other: they are made again.
        "stage_result",
        // What happened here. `scrim audit export` takes it along as evidence.
        "audit_entry",
        "audit_checkpoint",
        "audit_tree",
        // What was imported here.
        "tenant_import",
        // The keys and the stores of this Scrim.
        "key_epoch",
        "store_capability",
        // How this Scrim keeps things. The new one has rules and holds of its own; the notice of the
        // export says that these stay behind.
        "recording_tag",
        "retention_rule",
        "legal_hold",
        // Found anew from the attendance that is carried, when a recording is processed again.
        "participant",
        // Work that waits here, and what was erased here: digests under the key of this Scrim, which
        // mean nothing to another one.
        "render_queue",
        "erasure",
        "erasure_recording",
        "erasure_place",
        "erasure_person",
        "erased_source",
        "erased_person",
        // How recordings were made.
        "batch",
        "batch_item",
        "batch_recording",
    ];
    let mut found = BTreeSet::new();
    for path in files_below(&workspace().join("storage/migrations/sqlite")) {
        let text = fs::read_to_string(path).unwrap();
        let tables = text.split("CREATE TABLE ").skip(1);
        let names = tables.filter_map(|rest| rest.split_whitespace().next());
        found.extend(names.map(|name| name.trim_end_matches("_new").to_owned()));
    }
    let known: BTreeSet<String> = carried
        .iter()
        .chain(&left_behind)
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(found, known);
}

#[test]
fn a_statement_about_an_import_is_no_proof() {
    let moved = Moved::new();
    let new = open(&moved.home("new"));
    import(&new, &moved.archive()).unwrap();
    let row = new
        .output(moved.published, ArtefactKind::ImportProof)
        .unwrap();
    let json = new
        .read_all(&row, MOST, scrim_policy::Purpose::Verify, NOW)
        .unwrap();
    let envelope = Envelope::parse(&json).unwrap();
    assert!(matches!(
        envelope.verify(None),
        Err(ProofError::Malformed { .. })
    ));
    let (import, _) = envelope
        .verify_import(Some(&new.keyring().public_key()))
        .unwrap();
    let proof = new.output(moved.published, ArtefactKind::Proof).unwrap();
    let proof = new
        .read_all(&proof, MOST, scrim_policy::Purpose::Verify, NOW)
        .unwrap();
    assert_eq!(import.proof_sha256, Some(Sha256Digest::of(&proof)));
    assert!(matches!(
        Envelope::parse(&proof).unwrap().verify_import(None),
        Err(ProofError::UnknownSchema { .. })
    ));
}
