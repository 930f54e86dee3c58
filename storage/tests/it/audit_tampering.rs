//! Changing the audit log behind its back, in every way that somebody with the database has.

use scrim_policy::AuditEvent;
use scrim_storage::{
    Sha256Digest,
    audit::{Finding, SignedNote},
};

use crate::{
    audit::withdrawn,
    fixtures::NOW,
    runs::{Place, on_both_databases},
};

on_both_databases!(
    every_change_is_found_where_it_was_made,
    whoever_has_the_keys_too_is_found_by_a_kept_checkpoint
);

const TRIGGERS: [(&str, &str); 10] = [
    ("audit_entry", "audit_entry_insert"),
    ("audit_entry", "audit_entry_update"),
    ("audit_entry", "audit_entry_delete"),
    ("audit_tree", "audit_tree_insert"),
    ("audit_tree", "audit_tree_update"),
    ("audit_tree", "audit_tree_delete"),
    ("audit_checkpoint", "audit_checkpoint_insert"),
    ("audit_checkpoint", "audit_checkpoint_update"),
    ("audit_checkpoint", "audit_checkpoint_delete"),
    ("audit_checkpoint", "audit_checkpoint_change"),
];

const TABLES: [&str; 3] = ["audit_entry", "audit_tree", "audit_checkpoint"];

/// Number of entries of the log that is changed.
const ENTRIES: u64 = 22;

/// A log of 22 entries with a checkpoint over the first 11 that was kept, whose tables let
/// everything pass, and a copy of each.
fn prepare(place: &Place) -> SignedNote {
    for number in 0..10 {
        if number == 7 {
            run_all(
                place,
                &["CREATE TABLE end_at_seven AS SELECT * FROM audit_tree"],
            );
        }
        place.vault.audit(withdrawn(number, "why"), NOW).unwrap();
    }
    let kept = place.vault.audit_checkpoint(NOW).unwrap();
    for number in 0..11 {
        place.vault.audit(withdrawn(number, "why"), NOW).unwrap();
    }
    let statements: Vec<String> = match place.database {
        None => TRIGGERS
            .iter()
            .map(|(_, name)| format!("DROP TRIGGER IF EXISTS {name}"))
            .collect(),
        Some(_) => TRIGGERS
            .iter()
            .map(|(table, name)| format!("DROP TRIGGER IF EXISTS {name} ON {table}"))
            .collect(),
    };
    let copies = TABLES.map(|table| format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    run_all(place, &statements);
    run_all(place, &copies);
    kept
}

fn run_all(place: &Place, statements: &[impl AsRef<str>]) {
    let statements: Vec<&str> = statements.iter().map(AsRef::as_ref).collect();
    place.sql(&statements).unwrap();
}

fn put_back(place: &Place) {
    for table in TABLES {
        let fill = format!("INSERT INTO {table} SELECT * FROM kept_{table}");
        run_all(place, &[&format!("DELETE FROM {table}"), &fill]);
    }
}

fn findings(place: &Place, kept: &[SignedNote]) -> Vec<Finding> {
    place.vault.verify_audit(kept).unwrap().findings
}

/// Moves all entries from one on by one place. Numbers are unique at every moment.
fn move_up(from: u64) -> [String; 2] {
    [
        format!("UPDATE audit_entry SET seq = seq + 1000 WHERE seq >= {from}"),
        "UPDATE audit_entry SET seq = seq - 999 WHERE seq >= 1000".to_owned(),
    ]
}

fn every_change_is_found_where_it_was_made(place: &Place) {
    let kept = prepare(place);
    assert_eq!(findings(place, std::slice::from_ref(&kept)), []);
    let flip = |column: &str, seq: u32| {
        format!(
            "UPDATE audit_entry SET {column} = '0' || substr({column}, 2) WHERE seq = {seq}
             AND substr({column}, 1, 1) <> '0'"
        )
    };
    let flip_other = |column: &str, seq: u32| {
        format!(
            "UPDATE audit_entry SET {column} = '1' || substr({column}, 2) WHERE seq = {seq}
             AND NOT EXISTS (SELECT 1 FROM kept_audit_entry AS kept WHERE kept.seq = {seq}
             AND kept.{column} <> audit_entry.{column})"
        )
    };
    // A digit becomes 0, or 1 where it was 0.
    let change = |column: &str, seq: u32| vec![flip(column, seq), flip_other(column, seq)];
    let one = |text: &str| vec![text.to_owned()];
    let cases: Vec<(&str, Vec<String>, Finding)> = vec![
        (
            "a byte of an entry",
            one("UPDATE audit_entry SET body = replace(body, 'why', 'who') WHERE seq = 7"),
            Finding::Changed { seq: 7 },
        ),
        (
            "the actor of an entry",
            one("UPDATE audit_entry SET body = replace(body, 'service', 'uid:33') WHERE seq = 0"),
            Finding::Changed { seq: 0 },
        ),
        ("a salt", change("salt", 4), Finding::Changed { seq: 4 }),
        ("a leaf", change("leaf", 21), Finding::Chain { seq: 21 }),
        (
            "a chain value",
            change("chain", 5),
            Finding::Chain { seq: 5 },
        ),
        (
            "something else than a leaf",
            one(
                "UPDATE audit_entry SET leaf = replace(leaf, substr(leaf, 1, 1), 'x') WHERE seq = 9",
            ),
            Finding::Unreadable { seq: 9 },
        ),
        (
            "two entries changed places",
            vec![
                "UPDATE audit_entry SET seq = 1000 WHERE seq = 6".to_owned(),
                "UPDATE audit_entry SET seq = 6 WHERE seq = 12".to_owned(),
                "UPDATE audit_entry SET seq = 12 WHERE seq = 1000".to_owned(),
            ],
            Finding::Chain { seq: 6 },
        ),
        (
            "an entry was left out",
            one("DELETE FROM audit_entry WHERE seq = 8"),
            Finding::Place {
                expected: 8,
                found: 9,
            },
        ),
        (
            "an entry was left out and the others moved up",
            vec![
                "DELETE FROM audit_entry WHERE seq = 8".to_owned(),
                "UPDATE audit_entry SET seq = seq + 1000 WHERE seq > 8".to_owned(),
                "UPDATE audit_entry SET seq = seq - 1001 WHERE seq > 1000".to_owned(),
            ],
            Finding::Chain { seq: 8 },
        ),
        (
            "an entry was put in",
            [
                &move_up(13)[..],
                &[
                    "INSERT INTO audit_entry SELECT 13, leaf, chain, salt, body, recording, tenant
                   FROM kept_audit_entry WHERE seq = 3"
                        .to_owned(),
                ],
            ]
            .concat(),
            Finding::Chain { seq: 13 },
        ),
        (
            "the tail was cut off",
            one("DELETE FROM audit_entry WHERE seq > 15"),
            Finding::Tail {
                size: 16,
                covered: ENTRIES,
                kept: false,
            },
        ),
        (
            "an entry was added by hand",
            one(
                "INSERT INTO audit_entry SELECT 22, leaf, chain, salt, body, recording, tenant
                 FROM kept_audit_entry WHERE seq = 3",
            ),
            Finding::Chain { seq: 22 },
        ),
        (
            "an entry was blanked by hand",
            one("UPDATE audit_entry SET salt = NULL, body = NULL, recording = NULL WHERE seq = 2"),
            Finding::Blank { seq: 2 },
        ),
        (
            "an entry was filed under another recording",
            one("UPDATE audit_entry SET recording = NULL WHERE seq = 2"),
            Finding::Misfiled { seq: 2 },
        ),
        (
            "the last checkpoints were removed",
            one("DELETE FROM audit_checkpoint WHERE size > 15"),
            Finding::Uncovered { seq: 21 },
        ),
        (
            "the stated end was changed",
            one("UPDATE audit_tree SET size = 16"),
            Finding::End {
                stated: 0,
                size: ENTRIES,
            },
        ),
        (
            "the stated end was removed",
            one("DELETE FROM audit_tree"),
            Finding::End {
                stated: 0,
                size: ENTRIES,
            },
        ),
    ];
    for (what, statements, wanted) in &cases {
        run_all(place, statements);
        let found = findings(place, &[]);
        assert!(found.contains(wanted), "{what}: {found:?}");
        put_back(place);
        assert_eq!(findings(place, &[]), [], "{what}");
    }
    run_all(
        place,
        &["UPDATE audit_checkpoint SET note = replace(note, '11', '12') WHERE size = 11"],
    );
    let found = findings(place, &[]);
    assert!(
        matches!(found[..], [Finding::Checkpoint { size: 11, .. }]),
        "{found:?}"
    );
}

/// Makes everything follow from the bodies again, as far as that goes without the signing key.
fn forge(place: &Place) {
    let records = place.vault.audit_records(None, None, 1000).unwrap();
    let mut chain = Sha256Digest::from_bytes([0; 32]);
    let mut statements = Vec::new();
    for record in records {
        let salt: Sha256Digest = record.salt.unwrap().parse().unwrap();
        let body = record.body.unwrap();
        let leaf = Sha256Digest::of(&[salt.as_bytes().as_slice(), body.as_bytes()].concat());
        chain = Sha256Digest::of(&[chain.as_bytes().as_slice(), leaf.as_bytes()].concat());
        let seq = record.seq;
        statements.push(format!(
            "UPDATE audit_entry SET leaf = '{leaf}', chain = '{chain}' WHERE seq = {seq}"
        ));
    }
    run_all(place, &statements);
}

fn whoever_has_the_keys_too_is_found_by_a_kept_checkpoint(place: &Place) {
    let kept = prepare(place);
    // An entry is changed, and everything that does not need the key is made to fit.
    run_all(
        place,
        &["UPDATE audit_entry SET body = replace(body, 'why', 'who') WHERE seq = 7"],
    );
    forge(place);
    let found = findings(place, &[]);
    assert_eq!(
        found[0],
        Finding::Root {
            size: 8,
            agreed: 7,
            kept: false
        }
    );
    // With the key, the log is written anew from there.
    put_back(place);
    for statement in [
        "DELETE FROM audit_entry WHERE seq > 6",
        "DELETE FROM audit_checkpoint WHERE size > 7",
        "DELETE FROM audit_tree",
        "INSERT INTO audit_tree SELECT * FROM end_at_seven",
    ] {
        place.sql(&[statement]).unwrap();
    }
    for _ in 0..9 {
        let event = AuditEvent::CatalogChecked { findings: 0 };
        place.vault.audit(event, NOW).unwrap();
    }
    assert_eq!(findings(place, &[]), []);
    let found = findings(place, &[kept]);
    assert_eq!(
        found,
        [Finding::Root {
            size: 11,
            agreed: 0,
            kept: true
        }]
    );
}
