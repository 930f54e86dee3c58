//! Keyrings: opening, changing, breaking.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
};

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    DataKey, Keyring, KeyringError, Kms, Passphrase, Unlock,
    keyring::{KeyContext, KeyError, WrappedKey},
};
use tempfile::TempDir;

use crate::fixtures::{artefact, recording, tenant};

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn keyring(&self) -> PathBuf {
        self.folder.path().join("keyring.json")
    }

    fn key_file(&self) -> PathBuf {
        self.folder.path().join("keyring.key")
    }

    fn open_or_create(&self) -> Result<Keyring, KeyringError> {
        Keyring::open_or_create(&self.keyring(), &Unlock::KeyFile(self.key_file()))
    }
}

fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Passphrase::new(text.to_owned()).unwrap())
}

fn context(number: u128) -> KeyContext {
    KeyContext::new(TenantId::SINGLE, recording(1), artefact(number), None)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn wrapped_keys_open_after_a_restart_and_only_in_their_place() {
    let place = Place::new();
    let key = DataKey::random().unwrap();
    let wrapped = place
        .open_or_create()
        .unwrap()
        .wrap_key(&context(1), &key)
        .unwrap();
    assert_eq!(wrapped.version, 1);
    assert_eq!(wrapped.bytes.len(), 12 + 32 + 16);

    let keyring = place.open_or_create().unwrap();
    assert!(
        keyring
            .unwrap_key(&context(1), &wrapped)
            .unwrap()
            .matches(&key)
    );
    let elsewhere = keyring.unwrap_key(&context(2), &wrapped).unwrap_err();
    assert!(matches!(elsewhere, KeyError::NotAuthentic));
    assert_eq!(elsewhere.kind(), Kind::Damaged);
}

#[test]
fn every_changed_byte_of_a_wrapped_key_is_refused() {
    let place = Place::new();
    let keyring = place.open_or_create().unwrap();
    let wrapped = keyring
        .wrap_key(&context(1), &DataKey::random().unwrap())
        .unwrap();
    for index in 0..wrapped.bytes.len() {
        let mut changed = wrapped.clone();
        changed.bytes[index] ^= 0x80;
        let refused = keyring.unwrap_key(&context(1), &changed).unwrap_err();
        assert!(matches!(refused, KeyError::NotAuthentic), "byte {index}");
    }
    for length in 0..wrapped.bytes.len() {
        let cut = WrappedKey {
            bytes: wrapped.bytes[..length].to_vec(),
            ..wrapped
        };
        let refused = keyring.unwrap_key(&context(1), &cut).unwrap_err();
        assert!(matches!(refused, KeyError::NotAuthentic), "{length} bytes");
    }
}

#[test]
fn tenants_have_keys_of_their_own() {
    let place = Place::new();
    let keyring = place.open_or_create().unwrap();
    let of = |number| KeyContext::new(tenant(number), recording(1), artefact(1), None);
    let wrapped = keyring
        .wrap_key(&of(1), &DataKey::random().unwrap())
        .unwrap();
    let refused = keyring.unwrap_key(&of(2), &wrapped).unwrap_err();
    assert!(matches!(
        refused,
        KeyError::UnknownVersion { version: 1, .. }
    ));
    keyring
        .wrap_key(&of(2), &DataKey::random().unwrap())
        .unwrap();
    let refused = keyring.unwrap_key(&of(2), &wrapped).unwrap_err();
    assert!(matches!(refused, KeyError::NotAuthentic));
}

#[test]
fn a_rotated_key_still_opens_what_older_versions_wrapped() {
    let place = Place::new();
    let keyring = place.open_or_create().unwrap();
    let (old, new) = (DataKey::random().unwrap(), DataKey::random().unwrap());
    let wrapped_old = keyring.wrap_key(&context(1), &old).unwrap();
    assert_eq!(keyring.rotate_key(TenantId::SINGLE).unwrap(), 2);
    let wrapped_new = keyring.wrap_key(&context(2), &new).unwrap();
    assert_eq!((wrapped_old.version, wrapped_new.version), (1, 2));

    let reopened = place.open_or_create().unwrap();
    assert!(
        reopened
            .unwrap_key(&context(1), &wrapped_old)
            .unwrap()
            .matches(&old)
    );
    assert!(
        reopened
            .unwrap_key(&context(2), &wrapped_new)
            .unwrap()
            .matches(&new)
    );
    let lie = WrappedKey {
        version: 2,
        ..wrapped_old
    };
    assert!(matches!(
        reopened.unwrap_key(&context(1), &lie),
        Err(KeyError::NotAuthentic)
    ));
    let unknown = WrappedKey { version: 3, ..lie };
    let refused = reopened.unwrap_key(&context(1), &unknown).unwrap_err();
    assert!(matches!(
        refused,
        KeyError::UnknownVersion { version: 3, .. }
    ));
}

#[test]
fn a_key_that_another_process_added_is_found() {
    let place = Place::new();
    let (one, other) = (
        place.open_or_create().unwrap(),
        place.open_or_create().unwrap(),
    );
    let key = DataKey::random().unwrap();
    let wrapped = one.wrap_key(&context(1), &key).unwrap();
    assert!(
        other
            .unwrap_key(&context(1), &wrapped)
            .unwrap()
            .matches(&key)
    );
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    let place = Place::new();
    let path = place.keyring();
    let key_file = place.key_file();
    let writer = |first: u128| {
        let keyring = Keyring::open_or_create(&path, &Unlock::KeyFile(key_file.clone())).unwrap();
        let wrap = |number| {
            let context = KeyContext::new(tenant(number), recording(1), artefact(1), None);
            let key = DataKey::random().unwrap();
            let wrapped = keyring.wrap_key(&context, &key).unwrap();
            (context, key, wrapped)
        };
        // Half of the tenants are those of the other writers as well.
        (first..first + 8).map(wrap).collect::<Vec<_>>()
    };
    let wrapped: Vec<_> = thread::scope(|scope| {
        let writers: Vec<_> = [0, 4, 8]
            .map(|first| scope.spawn(move || writer(first)))
            .into();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    assert_eq!(wrapped.len(), 24);
    let keyring = place.open_or_create().unwrap();
    for (context, key, wrapped) in wrapped {
        assert!(
            keyring
                .unwrap_key(&context, &wrapped)
                .unwrap()
                .matches(&key)
        );
    }
}

#[test]
fn keys_and_keyring_are_readable_by_their_owner_only() {
    let place = Place::new();
    place
        .open_or_create()
        .unwrap()
        .rotate_key(TenantId::SINGLE)
        .unwrap();
    for path in crate::fixtures::files_below(place.folder.path()) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let place = Place::new();
    place.open_or_create().unwrap();
    fs::set_permissions(place.key_file(), fs::Permissions::from_mode(0o640)).unwrap();
    let refused = place.open_or_create().unwrap_err();
    assert!(matches!(
        refused,
        KeyringError::KeyFileOpenToOthers { mode: 0o640, .. }
    ));
    assert_eq!(refused.kind(), Kind::Invalid);
}

#[test]
fn a_lost_key_file_is_not_replaced() {
    let place = Place::new();
    place.open_or_create().unwrap();
    fs::remove_file(place.key_file()).unwrap();
    let refused = place.open_or_create().unwrap_err();
    assert!(matches!(refused, KeyringError::KeyFileMissing { .. }));
    assert!(!place.key_file().exists());
}

#[test]
fn a_key_file_without_a_keyring_becomes_its_key() {
    let place = Place::new();
    place.open_or_create().unwrap();
    let key_file = fs::read(place.key_file()).unwrap();
    // As after a kill between the two files, or where the operator brings the key file.
    fs::remove_file(place.keyring()).unwrap();
    place.open_or_create().unwrap();
    assert_eq!(fs::read(place.key_file()).unwrap(), key_file);
}

#[test]
fn a_key_file_of_another_keyring_is_told_apart_from_damage() {
    let (place, other) = (Place::new(), Place::new());
    place.open_or_create().unwrap();
    other.open_or_create().unwrap();
    fs::copy(other.key_file(), place.key_file()).unwrap();
    let refused = place.open_or_create().unwrap_err();
    assert!(matches!(refused, KeyringError::WrongKeyFile { .. }));

    fs::write(place.key_file(), "not a key").unwrap();
    let refused = place.open_or_create().unwrap_err();
    assert!(matches!(refused, KeyringError::KeyFileDamaged { .. }));
}

#[test]
fn only_the_right_passphrase_opens() {
    let place = Place::new();
    let key = DataKey::random().unwrap();
    let wrapped = Keyring::open_or_create(&place.keyring(), &passphrase("żółta łódź"))
        .unwrap()
        .wrap_key(&context(1), &key)
        .unwrap();

    let refused = Keyring::open(&place.keyring(), &passphrase("żółta łodź")).unwrap_err();
    assert!(matches!(refused, KeyringError::WrongPassphrase));
    assert_eq!(refused.kind(), Kind::Invalid);
    assert_eq!(
        refused.to_string(),
        "the passphrase does not open this keyring"
    );

    let refused = place.open_or_create().unwrap_err();
    assert!(matches!(
        refused,
        KeyringError::OtherMethod {
            wanted: "passphrase"
        }
    ));

    let keyring = Keyring::open(&place.keyring(), &passphrase("żółta łódź")).unwrap();
    assert!(
        keyring
            .unwrap_key(&context(1), &wrapped)
            .unwrap()
            .matches(&key)
    );
    assert!(!place.key_file().exists());
}

#[test]
fn an_empty_passphrase_is_refused() {
    let refused = Passphrase::new(String::new()).unwrap_err();
    assert!(matches!(refused, KeyringError::EmptyPassphrase));
}

#[test]
fn a_write_that_was_killed_before_its_rename_changes_nothing() {
    let place = Place::new();
    let keyring = place.open_or_create().unwrap();
    let key = DataKey::random().unwrap();
    let wrapped = keyring.wrap_key(&context(1), &key).unwrap();
    let leftover = place.folder.path().join("keyring.json.new");
    fs::write(&leftover, "{ \"format\": \"half a keyr").unwrap();

    let reopened = place.open_or_create().unwrap();
    assert!(
        reopened
            .unwrap_key(&context(1), &wrapped)
            .unwrap()
            .matches(&key)
    );
    reopened.rotate_key(TenantId::SINGLE).unwrap();
    assert!(!leftover.exists());
    let again = place.open_or_create().unwrap();
    assert!(
        again
            .unwrap_key(&context(1), &wrapped)
            .unwrap()
            .matches(&key)
    );
}

#[test]
fn a_damaged_keyring_is_refused_and_left_alone() {
    let place = Place::new();
    place
        .open_or_create()
        .unwrap()
        .rotate_key(TenantId::SINGLE)
        .unwrap();
    let good = fs::read_to_string(place.keyring()).unwrap();
    let section = |name: &str| {
        let start = good.find(name).unwrap() + name.len() + 4;
        let letter = if &good[start + 20..=start + 20] == "A" {
            "B"
        } else {
            "A"
        };
        let mut changed = good.clone();
        changed.replace_range(start + 20..=start + 20, letter);
        changed
    };
    for changed in [
        section("tenant_keys"),
        section("signing_key"),
        section("digest_key"),
        String::new(),
        good[..good.len() / 2].to_owned(),
        good.replacen('{', "{ \"extra\": 1,", 1),
    ] {
        fs::write(place.keyring(), &changed).unwrap();
        let refused = place.open_or_create().unwrap_err();
        assert!(
            matches!(refused, KeyringError::Damaged { .. }),
            "{refused:?}"
        );
        assert_eq!(fs::read_to_string(place.keyring()).unwrap(), changed);
    }
    let newer = good.replace("scrim-keyring/2", "scrim-keyring/3");
    fs::write(place.keyring(), newer).unwrap();
    let refused = place.open_or_create().unwrap_err();
    assert!(matches!(refused, KeyringError::UnknownFormat { .. }));
}

#[test]
fn sections_cannot_stand_in_for_each_other() {
    let place = Place::new();
    place.open_or_create().unwrap();
    let mut document: serde_json::Value =
        serde_json::from_slice(&fs::read(place.keyring()).unwrap()).unwrap();
    document["signing_key"] = document["digest_key"].clone();
    fs::write(place.keyring(), document.to_string()).unwrap();
    let refused = place.open_or_create().unwrap_err();
    assert!(matches!(
        refused,
        KeyringError::Damaged {
            section: "signing key"
        }
    ));
}

#[test]
fn a_keyring_that_asks_for_all_our_memory_is_refused() {
    let place = Place::new();
    place.open_or_create().unwrap();
    let mut document: serde_json::Value =
        serde_json::from_slice(&fs::read(place.keyring()).unwrap()).unwrap();
    document["unlock"] = serde_json::json!({
        "method": "passphrase", "salt": "AAAAAAAAAAAAAAAAAAAAAA==",
        "memory_kib": 4_000_000_000_u32, "passes": 3, "lanes": 4,
    });
    fs::write(place.keyring(), document.to_string()).unwrap();
    let refused = Keyring::open(&place.keyring(), &passphrase("anything")).unwrap_err();
    assert!(matches!(
        refused,
        KeyringError::Damaged {
            section: "unlock method"
        }
    ));
}

#[test]
fn keyed_digests_depend_on_key_domain_and_parts() {
    let place = Place::new();
    let keyring = place.open_or_create().unwrap();
    let digest = keyring.keyed_digest("job", &[b"ab", b"c"]);
    assert_eq!(
        place
            .open_or_create()
            .unwrap()
            .keyed_digest("job", &[b"ab", b"c"]),
        digest
    );
    let others = [
        keyring.keyed_digest("job", &[b"a", b"bc"]),
        keyring.keyed_digest("job", &[b"abc"]),
        keyring.keyed_digest("joba", &[b"b", b"c"]),
        Place::new()
            .open_or_create()
            .unwrap()
            .keyed_digest("job", &[b"ab", b"c"]),
    ];
    assert!(others.iter().all(|other| *other != digest));
}

#[test]
fn printing_keys_shows_nothing_of_them() {
    let place = Place::new();
    let unlock = passphrase("correct horse");
    assert!(!format!("{unlock:?}").contains("horse"));
    let keyring = place.open_or_create().unwrap();
    let printed = format!("{keyring:?}");
    assert!(printed.starts_with("Keyring { path:"), "{printed}");
    assert!(printed.ends_with("keyring.json\", .. }"), "{printed}");
}
