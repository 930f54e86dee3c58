//! What was erased stays erased when backups of the catalog and the keyring are put back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scrim_policy::{Kind, Purpose, TenantId};
use scrim_storage::{
    Adopted, ArtefactKind, ArtefactRow, Begun, CatalogError, Claim, KeyringError, KmsKind,
    Settings, ShreddedKey, Vault, VaultError, keyring::KeyError,
};
use scrim_testkit::OpenBao;
use tempfile::TempDir;

use crate::{
    fixtures::{NOW, job, later},
    kms::transit_settings,
    runs::{Place, run_sql, sqlite_url},
    vaults::seal,
};
const TENANT: TenantId = TenantId::SINGLE;

/// A vault whose data keys are wrapped by one of the two key managements.
pub(crate) struct Home {
    folder: TempDir,
    bao: Option<OpenBao>,
}

impl Home {
    pub(crate) fn local() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            bao: None,
        }
    }

    pub(crate) fn transit() -> Self {
        Self {
            bao: Some(OpenBao::new()),
            ..Self::local()
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn bao(&self) -> &OpenBao {
        self.bao.as_ref().unwrap()
    }

    pub(crate) fn settings(&self) -> Settings {
        let path = self.path();
        let mut settings = Settings::embedded(&path, Vault::default_unlock(&path));
        if let Some(bao) = &self.bao {
            settings.kms = KmsKind::Transit;
            settings.transit = Some(transit_settings(bao, bao.root_token()));
        }
        settings
    }

    pub(crate) fn open(&self) -> Vault {
        Vault::open_with(&self.settings()).unwrap()
    }

    fn object(&self, row: &ArtefactRow) -> PathBuf {
        self.path().join("objects").join(row.object_key.to_string())
    }

    /// Deletes object and row of an artefact, as erasure does before its epoch.
    fn erase(&self, row: &ArtefactRow) {
        fs::remove_file(self.object(row)).unwrap();
        self.sql(&format!("DELETE FROM artefact WHERE id = '{}'", row.id));
    }

    /// Says something to the database behind the back of the vault.
    pub(crate) fn sql(&self, text: &str) {
        run_sql(&sqlite_url(&self.path()), &[text]).unwrap();
    }
}

pub(crate) fn render(vault: &Vault) -> Claim {
    let claim = match vault.begin_or_resume(&job("webinar"), NOW).unwrap() {
        Begun::New(claim) | Begun::Resumed(claim) => claim,
        other => panic!("{other:?}"),
    };
    vault.start_rendering(&claim, 5_000_000_000, NOW).unwrap();
    claim
}

pub(crate) fn reads(vault: &Vault, row: &ArtefactRow) -> Result<Vec<u8>, VaultError> {
    let row = vault.artefact(row.id).unwrap().unwrap();
    vault.read_all(&row, 1000, Purpose::Get, NOW)
}

fn is_gone(result: Result<Vec<u8>, VaultError>) -> bool {
    matches!(
        result,
        Err(VaultError::Key(KeyError::UnknownVersion { .. }))
    )
}

fn shred(vault: &Vault) -> ShreddedKey {
    let mut shredded = vault.shred_epoch(TENANT, later(60), &mut |_| ()).unwrap();
    assert_eq!(shredded.len(), 1);
    shredded.remove(0)
}

/// Puts files back as they were copied.
fn restore(from: &Path, to: &Path, names: &[&str]) {
    for name in names {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

fn an_erased_artefact_stays_erased(home: &Home) {
    let vault = home.open();
    let claim = render(&vault);
    let erased = seal(&vault, &claim, ArtefactKind::Segment, b"what somebody said");
    let kept = seal(&vault, &claim, ArtefactKind::Audio, b"what stays");
    let kms = erased.wrapped_key.kms;
    vault.close();
    let backup = tempfile::tempdir().unwrap();
    let copied = ["catalog.db", "keyring.json"];
    restore(&home.path(), backup.path(), &copied);
    let old_object = fs::read(home.object(&erased)).unwrap();
    let newest_keyring = {
        home.erase(&erased);
        let vault = home.open();
        let shredded = shred(&vault);
        assert_eq!(
            shredded,
            ShreddedKey {
                kms,
                oldest: 2,
                rewrapped: 1,
                survivors: 1,
                unopenable: Vec::new(),
            }
        );
        assert_eq!(reads(&vault, &kept).unwrap(), b"what stays");
        vault.close();
        fs::read(home.path().join("keyring.json")).unwrap()
    };

    restore(backup.path(), &home.path(), &copied);
    fs::write(home.object(&erased), &old_object).unwrap();
    if kms == KmsKind::Local {
        let refused = Vault::open_with(&home.settings()).unwrap_err();
        assert!(
            matches!(
                refused,
                VaultError::Keyring(KeyringError::OtherEpoch { .. })
            ),
            "{refused:?}"
        );
        fs::write(home.path().join("keyring.json"), newest_keyring).unwrap();
    }

    let vault = home.open();
    assert!(is_gone(reads(&vault, &erased)));
    assert!(is_gone(reads(&vault, &kept)));
    for adopted in [1, 0] {
        assert_eq!(
            vault.adopt_wrapped_keys(later(120)).unwrap(),
            Adopted {
                current: 1 - adopted,
                adopted,
                unopenable: vec![erased.id],
            }
        );
        assert!(is_gone(reads(&vault, &erased)));
        assert_eq!(reads(&vault, &kept).unwrap(), b"what stays");
    }
    // The next epoch leaves the erased row aside and goes on.
    let shredded = shred(&vault);
    assert_eq!((shredded.oldest, shredded.survivors), (3, 1));
    assert_eq!(shredded.unopenable, [erased.id]);
}

#[test]
fn an_erased_artefact_stays_erased_with_the_keyring() {
    an_erased_artefact_stays_erased(&Home::local());
}

#[test]
fn an_erased_artefact_stays_erased_with_transit() {
    let home = Home::transit();
    an_erased_artefact_stays_erased(&home);
    let path = format!("transit/keys/scrim-{TENANT}");
    let kept = home
        .bao()
        .run(&["read", "-field=min_available_version", &path]);
    assert_eq!(kept.trim(), "3");
}

#[test]
fn an_epoch_that_was_killed_is_taken_up_wherever_it_was() {
    let home = Home::local();
    let vault = home.open();
    let claim = render(&vault);
    let rows = [b"one", b"two"].map(|text| seal(&vault, &claim, ArtefactKind::Segment, text));
    assert_eq!(shred(&vault).oldest, 2);
    let list = home.path().join("wrapped-keys").join(TENANT.to_string());
    let written = fs::read(&list).unwrap();

    // Killed before its end was recorded; before the list was written as well.
    let unfinished = "UPDATE key_epoch SET finished_at = NULL";
    home.sql(unfinished);
    let again = shred(&vault);
    assert_eq!((again.oldest, again.rewrapped, again.survivors), (2, 0, 2));
    fs::remove_file(&list).unwrap();
    home.sql(unfinished);
    assert_eq!(shred(&vault).oldest, 2);
    assert!(fs::read(&list).unwrap() == written);

    // Killed after the key was rotated, before the epoch was begun: one version is wasted.
    assert_eq!(vault.rotate_key(TENANT, NOW).unwrap(), 3);
    let third = shred(&vault);
    assert_eq!((third.oldest, third.rewrapped), (4, 2));
    for (row, text) in rows.iter().zip([b"one", b"two"]) {
        assert_eq!(reads(&vault, row).unwrap(), text);
    }
    let status = vault.key_status().unwrap();
    assert_eq!(status.len(), 1);
    let versions = status[0].versions.unwrap();
    assert_eq!((versions.oldest, versions.newest), (4, 4));
    assert_eq!(status[0].epoch.unwrap().finished_at, Some(later(60)));
}

#[test]
fn an_epoch_in_between_does_not_lose_what_is_being_written() {
    use std::io::Write;
    let home = Home::local();
    let vault = home.open();
    let claim = render(&vault);
    let mut writer = vault
        .create_artefact(&claim, ArtefactKind::Segment, NOW)
        .unwrap();
    writer.write_all(b"an hour of ").unwrap();
    // Another process, so that this one still has the old versions in its memory.
    for oldest in [2, 3] {
        assert_eq!(shred(&home.open()).oldest, oldest);
    }
    writer.write_all(b"recording").unwrap();
    let row = writer.finish().unwrap();
    assert_eq!(row.wrapped_key.version, 3);
    assert_eq!(reads(&home.open(), &row).unwrap(), b"an hour of recording");
}

#[test]
fn a_list_of_wrapped_keys_holds_no_key_and_is_refused_when_damaged() {
    let place = Place::new();
    let claim = place.render("webinar");
    let row = seal(&place.vault, &claim, ArtefactKind::Segment, b"text");
    shred(&place.vault);
    let list = place.home.join("wrapped-keys").join(TENANT.to_string());
    let text = fs::read_to_string(&list).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(text.contains(&row.id.to_string()));
    fs::write(&list, &text[..text.len() - 3]).unwrap();
    let refused = place.vault.adopt_wrapped_keys(later(1)).unwrap_err();
    assert!(
        matches!(refused, VaultError::WrappedKeys { .. }),
        "{refused:?}"
    );
    assert_eq!(refused.kind(), Kind::Damaged);
}

#[test]
fn a_tenant_without_keys_has_nothing_that_opens() {
    let home = Home::local();
    let vault = home.open();
    let claim = render(&vault);
    let row = seal(&vault, &claim, ArtefactKind::Segment, b"text");
    shred(&vault);
    for _ in 0..2 {
        vault.destroy_tenant_keys(TENANT, NOW).unwrap();
        assert!(is_gone(reads(&vault, &row)));
        let list = home.path().join("wrapped-keys").join(TENANT.to_string());
        assert!(!list.exists());
    }
    assert_eq!(
        vault.adopt_wrapped_keys(later(1)).unwrap().unopenable,
        [row.id]
    );
    // Should the tenant come back, it starts anew.
    let row = seal(&vault, &claim, ArtefactKind::Audio, b"new");
    assert_eq!(reads(&vault, &row).unwrap(), b"new");
}

/// As where another process began an epoch between our look at the key and our change of the row.
#[test]
fn a_version_that_is_being_destroyed_wraps_nothing_new() {
    let home = Home::local();
    let vault = home.open();
    let claim = render(&vault);
    let row = seal(&vault, &claim, ArtefactKind::Segment, b"text");
    vault.rotate_key(TENANT, NOW).unwrap();
    home.sql(&format!(
        "INSERT INTO key_epoch (tenant, kms, version, began_at) VALUES ('{TENANT}', 'local', 4, 0)"
    ));
    let refused = vault.rewrap(TENANT, NOW, &mut |_| ()).unwrap_err();
    assert!(
        matches!(
            refused,
            VaultError::Catalog(CatalogError::StaleKey {
                version: 2,
                oldest: 4
            })
        ),
        "{refused:?}"
    );
    assert_eq!(vault.artefact(row.id).unwrap().unwrap(), row);

    // What is new goes on to the first version that stays, and the epoch can be ended.
    let newer = seal(&vault, &claim, ArtefactKind::Audio, b"newer");
    assert_eq!(newer.wrapped_key.version, 4);
    let shredded = shred(&vault);
    assert_eq!((shredded.oldest, shredded.survivors), (4, 2));
    assert_eq!(reads(&vault, &row).unwrap(), b"text");
    assert_eq!(reads(&vault, &newer).unwrap(), b"newer");
}
