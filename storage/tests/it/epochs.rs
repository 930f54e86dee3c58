//! Keyrings whose keys were destroyed: old copies open nothing, and no kill leaves one unopenable.

use std::{fs, path::PathBuf};

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    DataKey, Keyring, KeyringError, Kms, Passphrase, Unlock,
    keyring::{KeyContext, KeyError, WrappedKey},
};
use tempfile::TempDir;

use crate::fixtures::{artefact, files_below, recording};

/// Where the slots of the epoch file lie.
const SLOTS: [usize; 2] = [0, 4096];

struct Place {
    folder: TempDir,
    with_passphrase: bool,
}

/// The keyring file and the epoch file as they were at one moment.
#[derive(Clone)]
struct Copy {
    keyring: Vec<u8>,
    epochs: Vec<u8>,
}

impl Place {
    fn both() -> [Self; 2] {
        [false, true].map(|with_passphrase| Self {
            folder: tempfile::tempdir().unwrap(),
            with_passphrase,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn open(&self) -> Result<Keyring, KeyringError> {
        let unlock = if self.with_passphrase {
            Unlock::Passphrase(Passphrase::new("correct horse".to_owned()).unwrap())
        } else {
            Unlock::KeyFile(self.path("keyring.key"))
        };
        Keyring::open_or_create(&self.path("keyring.json"), &unlock)
    }

    fn copy(&self) -> Copy {
        Copy {
            keyring: fs::read(self.path("keyring.json")).unwrap(),
            epochs: fs::read(self.path("keyring.epoch")).unwrap(),
        }
    }

    fn restore(&self, copy: &Copy) {
        fs::write(self.path("keyring.json"), &copy.keyring).unwrap();
        fs::write(self.path("keyring.epoch"), &copy.epochs).unwrap();
    }
}

fn context(number: u128) -> KeyContext {
    KeyContext::new(TenantId::SINGLE, recording(1), artefact(number), None)
}

fn wrap(keyring: &Keyring, number: u128) -> WrappedKey {
    let key = DataKey::random().unwrap();
    keyring.wrap_key(&context(number), &key).unwrap()
}

fn slot(epochs: &[u8], slot: usize) -> &[u8] {
    &epochs[SLOTS[slot]..SLOTS[slot] + 32]
}

/// Returns the two copies before and after the first version was destroyed, and what it and the
/// second version had wrapped.
fn destroyed(place: &Place) -> (Copy, Copy, WrappedKey, WrappedKey) {
    let keyring = place.open().unwrap();
    let gone = wrap(&keyring, 1);
    keyring.rotate_key(TenantId::SINGLE).unwrap();
    let kept = wrap(&keyring, 2);
    let before = place.copy();
    keyring.destroy_versions_below(TenantId::SINGLE, 2).unwrap();
    (before, place.copy(), gone, kept)
}

fn is_gone(result: Result<DataKey, KeyError>) -> bool {
    matches!(result, Err(KeyError::UnknownVersion { version: 1, .. }))
}

#[test]
fn an_old_copy_of_the_keyring_opens_no_more() {
    for place in Place::both() {
        let (before, then, gone, kept) = destroyed(&place);
        place.restore(&Copy {
            keyring: before.keyring.clone(),
            ..then.clone()
        });
        let refused = place.open().unwrap_err();
        assert!(
            matches!(refused, KeyringError::OtherEpoch { .. }),
            "{refused:?}"
        );
        assert_eq!(refused.kind(), Kind::Invalid);
        assert!(refused.to_string().contains("keys were destroyed since"));

        place.restore(&then);
        let keyring = place.open().unwrap();
        assert!(is_gone(keyring.unwrap_key(&context(1), &gone)));
        keyring.unwrap_key(&context(2), &kept).unwrap();
    }
}

#[test]
fn the_bytes_of_the_epoch_before_are_nowhere() {
    for place in Place::both() {
        let (before, then, ..) = destroyed(&place);
        let old = slot(&before.epochs, 0);
        assert!(old.iter().any(|byte| *byte != 0));
        for file in files_below(place.folder.path()) {
            let bytes = fs::read(&file).unwrap();
            assert!(
                !crate::fixtures::contains(&bytes, old),
                "{}",
                file.display()
            );
        }
        assert!(slot(&then.epochs, 0).iter().all(|byte| *byte == 0));
        assert!(slot(&then.epochs, 1).iter().any(|byte| *byte != 0));
    }
}

#[test]
fn a_kill_between_any_two_writes_leaves_a_keyring_that_opens() {
    for place in Place::both() {
        let (before, then, gone, kept) = destroyed(&place);
        let mut both = before.epochs.clone();
        both[SLOTS[1]..SLOTS[1] + 32].copy_from_slice(slot(&then.epochs, 1));
        let mut torn = both.clone();
        torn[SLOTS[1] + 7..SLOTS[1] + 32].fill(0);
        let mut half_forgotten = both.clone();
        half_forgotten[..20].fill(0);
        let cut_short = before.epochs[..SLOTS[1]].to_vec();
        let steps = [
            ("nothing was written", &before.keyring, &before.epochs, true),
            (
                "the file was made shorter",
                &before.keyring,
                &cut_short,
                true,
            ),
            ("half of the next epoch", &before.keyring, &torn, true),
            ("the next epoch", &before.keyring, &both, true),
            ("the next keyring", &then.keyring, &both, false),
            (
                "half of the old epoch",
                &then.keyring,
                &half_forgotten,
                false,
            ),
            ("everything", &then.keyring, &then.epochs, false),
        ];
        for (step, keyring, epochs, is_still_there) in steps {
            let state = Copy {
                keyring: keyring.clone(),
                epochs: epochs.clone(),
            };
            place.restore(&state);
            let opened = place.open().unwrap();
            opened.unwrap_key(&context(2), &kept).unwrap();
            let old = opened.unwrap_key(&context(1), &gone);
            assert_eq!(!is_gone(old), is_still_there, "{step}");

            // What was begun is ended by doing it again, and only one epoch is left.
            opened.destroy_versions_below(TenantId::SINGLE, 2).unwrap();
            let ended = place.copy();
            let taken =
                [0, 1].map(|number| slot(&ended.epochs, number).iter().any(|byte| *byte != 0));
            assert_ne!(taken[0], taken[1], "{step}");
            place.restore(&Copy {
                keyring: before.keyring.clone(),
                ..ended
            });
            let refused = place.open().unwrap_err();
            assert!(matches!(refused, KeyringError::OtherEpoch { .. }), "{step}");
        }
    }
}

#[test]
fn any_change_ends_what_a_killed_process_began() {
    for place in Place::both() {
        let (before, then, ..) = destroyed(&place);
        let mut both = before.epochs.clone();
        both[SLOTS[1]..SLOTS[1] + 32].copy_from_slice(slot(&then.epochs, 1));
        place.restore(&Copy {
            keyring: then.keyring.clone(),
            epochs: both,
        });
        place.open().unwrap().rotate_key(TenantId::SINGLE).unwrap();
        assert!(place.copy().epochs == then.epochs);
    }
}

#[test]
fn a_process_that_was_running_follows_to_the_next_epoch() {
    for place in Place::both() {
        let (one, other) = (place.open().unwrap(), place.open().unwrap());
        let kept = wrap(&one, 1);
        assert_eq!(other.rotate_key(TenantId::SINGLE).unwrap(), 2);
        let moved = other.rewrap_key(&context(1), &kept).unwrap();
        other.destroy_versions_below(TenantId::SINGLE, 2).unwrap();
        one.unwrap_key(&context(1), &moved).unwrap();
        assert_eq!(one.rotate_key(TenantId::SINGLE).unwrap(), 3);
        assert_eq!(one.public_key(), place.open().unwrap().public_key());
    }
}

#[test]
fn a_lost_epoch_file_is_told_and_not_replaced() {
    for place in Place::both() {
        place.open().unwrap();
        fs::remove_file(place.path("keyring.epoch")).unwrap();
        let refused = place.open().unwrap_err();
        assert!(
            matches!(refused, KeyringError::EpochMissing { .. }),
            "{refused:?}"
        );
        assert_eq!(refused.kind(), Kind::NotFound);
        assert!(!place.path("keyring.epoch").exists());
    }
}

#[test]
fn a_keyring_of_the_first_format_opens_and_gets_an_epoch_when_keys_are_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let kept = crate::fixtures::workspace().join("tests/vectors/keyring-1");
    for name in ["keyring.json", "keyring.key"] {
        fs::copy(kept.join(name), folder.path().join(name)).unwrap();
        use std::os::unix::fs::PermissionsExt;
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(folder.path().join(name), private).unwrap();
    }
    let place = Place {
        folder,
        with_passphrase: false,
    };
    let keyring = place.open().unwrap();
    let versions = keyring.key_versions(TenantId::SINGLE).unwrap().unwrap();
    assert_eq!((versions.oldest, versions.newest), (1, 2));
    let public_key = keyring.public_key();
    let wrapped = wrap(&keyring, 1);
    assert_eq!(wrapped.version, 2);
    assert!(!place.path("keyring.epoch").exists());

    keyring.destroy_versions_below(TenantId::SINGLE, 2).unwrap();
    let keyring = place.open().unwrap();
    keyring.unwrap_key(&context(1), &wrapped).unwrap();
    assert_eq!(keyring.public_key(), public_key);
    let text = fs::read_to_string(place.path("keyring.json")).unwrap();
    assert!(text.contains("scrim-keyring/2"));
    fs::remove_file(place.path("keyring.epoch")).unwrap();
    assert!(matches!(
        place.open().unwrap_err(),
        KeyringError::EpochMissing { .. }
    ));
}
