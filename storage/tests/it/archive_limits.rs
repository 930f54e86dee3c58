//! What an archive leaves behind, and what a statement about an import is not.

use std::{collections::BTreeSet, fs};

use scrim_policy::{Days, RetentionClass, RetentionRule, TenantId};
use scrim_storage::{
    ArtefactKind, CatalogError, Envelope, ProofError, Sha256Digest, Vault, VaultError,
    catalog::Selection, export::ZipSink, vault::HoldWords,
};

use crate::{
    archives::{MOST, Moved, export, import},
    exports::password,
    fixtures::{NOW, files_below, later, workspace},
    vaults::open,
};

const TENANT: TenantId = TenantId::SINGLE;

/// Whoever adds a table decides whether an archive has to carry it.
#[test]
fn every_table_of_the_catalog_is_carried_or_left_behind_on_purpose() {
    let carried = [
        "recording",
        "artefact",
        // How things are kept. Holds that are released stay behind with the log that speaks of them.
        "recording_tag",
        "retention_rule",
        "legal_hold",
        // Made anew from the attendance.
        "participant",
    ];
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
        "tenant_key",
        "store_capability",
        // Work that waits here, and what was erased here: digests under the key of this Scrim, which
        // mean nothing to another one.
        "render_queue",
        "erasure",
        "erasure_recording",
        "erasure_place",
        "erasure_person",
        "erased_source",
        "erased_person",
        // Who may sign in here, and what they have asked for: people move by invitation.
        "tenant_words",
        "account",
        "session",
        "invitation",
        "api_token",
        "recording_words",
        "saved_policy",
        "upload",
        "job",
        "link",
        "webhook",
        "outbox",
        "answered_request",
        "withdrawn_source",
        // Meetings are held where they were planned: their links lead here.
        "room",
        "room_invitation",
        // Sessions stay with the Scrim that recorded them; what was made from them is carried.
        "live_session",
        "room_registration",
        // What an erasure takes of them is listed until it is done.
        "erasure_invited",
        // What people have said there, and what they refuse of it.
        "consent",
        "room_source",
        "session_layer",
        "refusal",
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
fn tags_rules_and_holds_come_along_and_nothing_is_kept_for_longer() {
    let moved = Moved::new();
    let vault = &moved.vault;
    let rule = |class, tag: Option<&str>, days| RetentionRule {
        class,
        tag: tag.map(|tag| tag.parse().unwrap()),
        period: Days::new(days).unwrap(),
    };
    let set = |vault: &Vault, rule: &RetentionRule| {
        vault.set_retention_rule(TENANT, rule, NOW).unwrap();
    };
    let of_board = rule(RetentionClass::Published, Some("board"), 30);
    set(vault, &rule(RetentionClass::Published, None, 180));
    set(vault, &rule(RetentionClass::Transcript, None, 60));
    set(vault, &of_board);
    let board = "board".parse().unwrap();
    vault.change_tags(moved.published, &[board], &[]).unwrap();
    let words = |reason: &str| HoldWords::new(reason, "dpo").unwrap();
    let hold = |recording, reason: &str, at| {
        let placed = vault.place_hold(TENANT, recording, &words(reason), later(at));
        placed.unwrap()
    };
    let on_one = hold(Some(moved.published), "court order 7 C 12/26", 5);
    let on_all = hold(None, "audit", 6);
    let over = hold(Some(moved.held), "settled by now", 7);
    vault
        .release_hold(over, &words("settled"), later(8))
        .unwrap();
    let path = moved.home("governed.zip");
    export(
        vault,
        Box::new(ZipSink::file(&path, Some(password())).unwrap()),
    );

    let new = open(&moved.home("new"));
    set(&new, &rule(RetentionClass::Published, None, 90));
    set(&new, &rule(RetentionClass::Transcript, None, 70));
    import(&new, &path).unwrap();
    assert_eq!(
        new.tags(moved.published).unwrap(),
        vault.tags(moved.published).unwrap()
    );
    let mut rules = new.retention_rules(TENANT).unwrap().rules().to_vec();
    rules.sort_by_key(|rule| (rule.class, rule.tag.clone()));
    assert_eq!(
        rules,
        [
            rule(RetentionClass::Published, None, 90),
            of_board,
            rule(RetentionClass::Transcript, None, 60)
        ],
        "the shorter period stays"
    );
    let holds = new.holds(TENANT).unwrap();
    let found: Vec<_> = holds.iter().map(|hold| (hold.id, hold.placed_at)).collect();
    assert_eq!(found, [(on_one, later(5)), (on_all, later(6))]);
    for (row, reason) in holds.iter().zip(["court order 7 C 12/26", "audit"]) {
        let words_here = new.hold_words(row).unwrap();
        assert_eq!(words_here.placed, words(reason));
    }
    let refused = crate::erasures::erase(&new, &Selection::Recording(moved.published));
    assert!(matches!(
        refused.unwrap_err(),
        VaultError::Catalog(CatalogError::OnHold { .. })
    ));
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
