//! Wrapping everything again, and moving it from one key management to the other.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use scrim_policy::TenantId;
use scrim_storage::{
    ArtefactKind, ArtefactRow, KeyProgress, KmsKind, Rewrapped, Settings, Token, TransitAddress,
    TransitSettings, Vault, VaultError, keyring::KeyError,
};

use crate::{
    fixtures::NOW,
    shredding::{Home, reads, render},
    vaults::seal,
};

const TEXTS: [&[u8]; 4] = [b"one", b"two", b"three", b"four"];

fn seal_all(vault: &Vault) -> [ArtefactRow; 4] {
    let claim = render(vault);
    TEXTS.map(|text| seal(vault, &claim, ArtefactKind::Segment, text))
}

#[track_caller]
fn assert_all_read(vault: &Vault, rows: &[ArtefactRow]) {
    for (row, text) in rows.iter().zip(TEXTS) {
        assert_eq!(reads(vault, row).unwrap(), text);
    }
}

/// Versions that wrap the rows now.
fn versions(vault: &Vault, rows: &[ArtefactRow]) -> Vec<u32> {
    let now = |row: &ArtefactRow| vault.artefact(row.id).unwrap().unwrap();
    rows.iter()
        .map(|row| now(row).wrapped_key.version)
        .collect()
}

#[test]
fn everything_is_wrapped_again_under_the_newest_version() {
    let home = Home::local();
    let vault = home.open();
    let rows = seal_all(&vault);
    assert_eq!(vault.rotate_key(TenantId::SINGLE, NOW).unwrap(), 2);
    assert_all_read(&vault, &rows);
    assert_eq!(versions(&vault, &rows), [1; 4]);

    let mut seen = Vec::new();
    let found = vault
        .rewrap(TenantId::SINGLE, NOW, &mut |progress| seen.push(progress))
        .unwrap();
    assert_eq!(found.replaced, 4);
    assert_eq!(seen.last(), Some(&KeyProgress { done: 4, total: 4 }));
    assert_eq!(versions(&vault, &rows), [2; 4]);
    assert_all_read(&vault, &rows);
    let again = vault.rewrap(TenantId::SINGLE, NOW, &mut |_| ()).unwrap();
    assert_eq!(again, Rewrapped::default());
}

/// Run by the next test as another process, and killed by it after the second key.
#[test]
#[ignore = "waits to be killed"]
fn a_move_that_waits_to_be_killed() {
    let from_env = |name| std::env::var(name).unwrap();
    let home = PathBuf::from(from_env("SCRIM_TEST_HOME"));
    let address = TransitAddress::new(&from_env("SCRIM_TEST_BAO")).unwrap();
    let mut transit = TransitSettings::new(address, Token::new(from_env("SCRIM_TEST_TOKEN")));
    transit.ca_file = Some(from_env("SCRIM_TEST_CA").into());
    let mut settings = Settings::embedded(&home, Vault::default_unlock(&home));
    settings.transit = Some(transit);
    let vault = Vault::open_with(&settings).unwrap();
    vault
        .migrate_keys(KmsKind::Local, KmsKind::Transit, NOW, &mut |progress| {
            if progress.done == 2 {
                let mut out = std::io::stdout();
                writeln!(out, "\nready").unwrap();
                out.flush().unwrap();
                std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
            }
        })
        .unwrap();
}

#[test]
fn a_move_goes_on_after_a_kill_and_everything_opens_all_the_time() {
    let home = Home::transit();
    let local = Settings::embedded(&home.path(), Vault::default_unlock(&home.path()));
    let rows = {
        let vault = Vault::open_with(&local).unwrap();
        let rows = seal_all(&vault);
        vault.close();
        rows
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "moving::a_move_that_waits_to_be_killed",
        ])
        .env("SCRIM_TEST_HOME", home.path())
        .env("SCRIM_TEST_BAO", home.bao().address())
        .env("SCRIM_TEST_TOKEN", home.bao().root_token())
        .env("SCRIM_TEST_CA", home.bao().ca_file())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "ready"));
    child.kill().unwrap();
    child.wait().unwrap();

    // Without the key server half of it is there, and nothing is destroyed by mistake.
    let without = Vault::open_with(&local).unwrap();
    assert_eq!(without.count_wrapped_by(KmsKind::Local).unwrap(), 2);
    assert_eq!(without.count_wrapped_by(KmsKind::Transit).unwrap(), 2);
    let refused = rows.iter().filter(|row| {
        matches!(
            reads(&without, row),
            Err(VaultError::Key(KeyError::NotConfigured { .. }))
        )
    });
    assert_eq!(refused.count(), 2);
    let refused = without.shred_epoch(TenantId::SINGLE, crate::fixtures::NOW, &mut |_| ());
    assert!(matches!(
        refused,
        Err(VaultError::Key(KeyError::NotConfigured {
            kms: KmsKind::Transit
        }))
    ));
    assert_eq!(without.key_status().unwrap()[0].versions.unwrap().oldest, 1);

    let vault = home.open();
    assert_all_read(&vault, &rows);
    let moved = vault
        .migrate_keys(KmsKind::Local, KmsKind::Transit, NOW, &mut |_| ())
        .unwrap();
    assert_eq!((moved.replaced, moved.unopenable.len()), (2, 0));
    assert_eq!(vault.count_wrapped_by(KmsKind::Local).unwrap(), 0);
    assert_all_read(&vault, &rows);

    // An epoch destroys what is left of the keys that wrapped before, in both.
    let shredded = vault
        .shred_epoch(TenantId::SINGLE, crate::fixtures::NOW, &mut |_| ())
        .unwrap();
    let kinds: Vec<_> = shredded
        .iter()
        .map(|key| (key.kms, key.survivors))
        .collect();
    assert_eq!(kinds, [(KmsKind::Local, 0), (KmsKind::Transit, 4)]);
    assert_all_read(&vault, &rows);

    let back = vault
        .migrate_keys(KmsKind::Transit, KmsKind::Local, NOW, &mut |_| ())
        .unwrap();
    assert_eq!(back.replaced, 4);
    assert_all_read(&Vault::open_with(&local).unwrap(), &rows);
}

#[test]
fn a_row_that_was_changed_by_hand_is_left_and_named() {
    let home = Home::local();
    let vault = home.open();
    let rows = seal_all(&vault);
    let swap = format!(
        "UPDATE artefact SET wrapped_key =
         (SELECT wrapped_key FROM artefact WHERE id = '{}') WHERE id = '{}'",
        rows[0].id, rows[1].id
    );
    home.sql(&swap);
    vault.rotate_key(TenantId::SINGLE, NOW).unwrap();
    let found = vault.rewrap(TenantId::SINGLE, NOW, &mut |_| ()).unwrap();
    assert_eq!((found.replaced, found.unopenable), (3, vec![rows[1].id]));
    assert_eq!(versions(&vault, &rows), [2, 1, 2, 2]);
}

#[test]
fn a_vault_that_wraps_with_a_server_has_to_know_it() {
    let home = Home::local();
    let settings = Settings {
        kms: KmsKind::Transit,
        ..home.settings()
    };
    let refused = Vault::open_with(&settings).unwrap_err();
    assert!(matches!(
        refused,
        VaultError::Key(KeyError::NotConfigured {
            kms: KmsKind::Transit
        })
    ));
    assert!(!fs::exists(home.path().join("catalog.db")).unwrap());
}

/// Old copies of the catalog still hold what it has wrapped.
#[test]
fn an_erasure_is_not_done_without_the_keys_that_everything_was_moved_away_from() {
    let home = Home::transit();
    let vault = home.open();
    let rows = seal_all(&vault);
    vault
        .migrate_keys(KmsKind::Transit, KmsKind::Local, NOW, &mut |_| ())
        .unwrap();
    assert_eq!(vault.count_wrapped_by(KmsKind::Transit).unwrap(), 0);
    vault.close();

    let local = Settings::embedded(&home.path(), Vault::default_unlock(&home.path()));
    let without = Vault::open_with(&local).unwrap();
    assert_all_read(&without, &rows);
    for refused in [
        without
            .shred_epoch(TenantId::SINGLE, NOW, &mut |_| ())
            .map(drop),
        without.destroy_tenant_keys(TenantId::SINGLE, NOW),
    ] {
        let kms = KmsKind::Transit;
        assert!(
            matches!(&refused, Err(VaultError::Key(KeyError::NotConfigured { kms: missing })) if *missing == kms),
            "{refused:?}"
        );
    }
    without.close();

    // Once it is destroyed there as well, nobody needs that server any more.
    let vault = home.open();
    vault
        .shred_epoch(TenantId::SINGLE, NOW, &mut |_| ())
        .unwrap();
    vault.close();
    let without = Vault::open_with(&local).unwrap();
    without
        .shred_epoch(TenantId::SINGLE, NOW, &mut |_| ())
        .unwrap();
    assert_all_read(&without, &rows);
}
