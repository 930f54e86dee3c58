//! The file store: complete or not there, full, read-only, tidy.

use std::{
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    FileStore, ObjectKey, ObjectStore,
    objects::{ObjectError, PendingObject},
};

use crate::{
    fixtures::{artefact, files_below, recording},
    tmpfs::Tmpfs,
};

fn key(number: u128) -> ObjectKey {
    ObjectKey {
        tenant: TenantId::SINGLE,
        recording: recording(1),
        artefact: artefact(number),
    }
}

fn put(store: &FileStore, key: &ObjectKey, contents: &[u8]) -> Result<(), ObjectError> {
    let mut object = store.put(key)?;
    object.write_all(contents).unwrap();
    object.commit()
}

fn contents(store: &FileStore, key: &ObjectKey) -> Vec<u8> {
    let mut contents = Vec::new();
    store.get(key).unwrap().read_to_end(&mut contents).unwrap();
    contents
}

#[test]
fn objects_are_put_read_in_ranges_listed_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    put(&store, &key(2), b"second").unwrap();
    put(&store, &key(1), b"first object").unwrap();
    assert_eq!(contents(&store, &key(1)), b"first object");
    assert_eq!(store.size(&key(1)).unwrap(), 12);

    let mut range = [0; 3];
    let mut object = store.get(&key(1)).unwrap();
    object.seek(SeekFrom::Start(6)).unwrap();
    object.read_exact(&mut range).unwrap();
    assert_eq!(&range, b"obj");

    assert_eq!(
        store.list(TenantId::SINGLE, recording(1)).unwrap(),
        [key(1), key(2)]
    );
    assert_eq!(store.list(TenantId::SINGLE, recording(9)).unwrap(), []);
    store.delete(&key(1)).unwrap();
    store.delete(&key(1)).unwrap();
    let gone = store.get(&key(1)).err().unwrap();
    assert!(matches!(gone, ObjectError::NotFound { .. }));
    assert_eq!(gone.kind(), Kind::NotFound);
    assert_eq!(
        store.list(TenantId::SINGLE, recording(1)).unwrap(),
        [key(2)]
    );
}

#[test]
fn the_folder_of_a_recording_goes_with_its_last_object() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    put(&store, &key(1), b"one").unwrap();
    put(&store, &key(2), b"two").unwrap();
    let of_recording = folder
        .path()
        .join(TenantId::SINGLE.to_string())
        .join(recording(1).to_string());
    store.delete(&key(1)).unwrap();
    assert!(of_recording.exists());
    store.delete(&key(2)).unwrap();
    assert!(!of_recording.exists());
    put(&store, &key(3), b"three").unwrap();
    assert_eq!(contents(&store, &key(3)), b"three");
}

#[test]
fn an_object_is_invisible_until_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    let mut object = store.put(&key(1)).unwrap();
    object.write_all(b"half").unwrap();
    assert!(matches!(
        store.get(&key(1)),
        Err(ObjectError::NotFound { .. })
    ));
    assert_eq!(store.list(TenantId::SINGLE, recording(1)).unwrap(), []);
    drop(object);
    assert!(
        files_below(folder.path()).is_empty(),
        "a dropped object leaves nothing"
    );
}

#[test]
fn an_object_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    let late = store.put(&key(1)).unwrap();
    put(&store, &key(1), b"first").unwrap();
    assert!(matches!(
        late.commit(),
        Err(ObjectError::AlreadyExists { .. })
    ));
    assert!(matches!(
        store.put(&key(1)),
        Err(ObjectError::AlreadyExists { .. })
    ));
    assert_eq!(contents(&store, &key(1)), b"first");
    assert_eq!(files_below(folder.path()).len(), 1);
}

#[test]
fn files_and_folders_belong_to_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("objects");
    put(&FileStore::open(&root).unwrap(), &key(1), b"sealed").unwrap();
    assert_modes(&root);
}

fn assert_modes(path: &Path) {
    let metadata = fs::symlink_metadata(path).unwrap();
    let wanted = if metadata.is_dir() { 0o700 } else { 0o600 };
    assert_eq!(
        metadata.permissions().mode() & 0o777,
        wanted,
        "{}",
        path.display()
    );
    if metadata.is_dir() {
        fs::read_dir(path)
            .unwrap()
            .for_each(|entry| assert_modes(&entry.unwrap().path()));
    }
}

#[test]
fn a_link_in_the_place_of_an_object_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(&folder.path().join("objects")).unwrap();
    put(&store, &key(1), b"sealed").unwrap();
    let outside = folder.path().join("outside");
    fs::write(&outside, "somebody else's file").unwrap();
    let path = folder.path().join("objects").join(key(1).to_string());
    fs::remove_file(&path).unwrap();
    symlink(&outside, &path).unwrap();
    assert!(matches!(store.get(&key(1)), Err(ObjectError::Io { .. })));
}

#[test]
fn leftovers_of_dead_processes_go_and_those_of_living_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::open(folder.path()).unwrap();
    let mut living = store.put(&key(1)).unwrap();
    living.write_all(b"still being written").unwrap();
    // No process holds the lock of this one.
    let dead = folder.path().join("incoming/0123456789abcdef");
    fs::write(&dead, "half an object").unwrap();

    let second = FileStore::open(folder.path()).unwrap();
    assert!(!dead.exists());
    living.commit().unwrap();
    assert_eq!(contents(&second, &key(1)), b"still being written");
}

/// Writes until the disk is full and returns what that said.
fn fill(mut object: Box<dyn PendingObject>) -> io::Error {
    let block = vec![7; 64 << 10];
    loop {
        if let Err(error) = object.write_all(&block) {
            return error;
        }
    }
}

#[test]
fn a_full_disk_is_said_to_be_full_and_nothing_is_left() {
    let disk = Tmpfs::new("2m");
    let store = FileStore::open(&disk.path().join("objects")).unwrap();
    put(&store, &key(1), b"fits").unwrap();
    let full = fill(store.put(&key(2)).unwrap());
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    let full = ObjectError::while_doing("write an object", full);
    assert_eq!(full.to_string(), "no space is left to write an object");
    assert_eq!(full.kind(), Kind::Unavailable);

    assert_eq!(files_below(disk.path()).len(), 1);
    put(&store, &key(3), b"fits as well").unwrap();
    assert_eq!(contents(&store, &key(1)), b"fits");
}

#[test]
fn a_read_only_disk_can_be_read_and_says_why_it_cannot_be_written() {
    let disk = Tmpfs::new("2m");
    let root = disk.path().join("objects");
    let store = FileStore::open(&root).unwrap();
    put(&store, &key(1), b"sealed").unwrap();
    disk.make_read_only();

    let reopened = FileStore::open(&root).unwrap();
    assert_eq!(contents(&reopened, &key(1)), b"sealed");
    for refused in [store.put(&key(2)).err(), store.delete(&key(1)).err()] {
        let refused = refused.unwrap();
        assert!(
            matches!(refused, ObjectError::ReadOnly { .. }),
            "{refused:?}"
        );
        assert_eq!(refused.kind(), Kind::Unavailable);
    }
    let refused = FileStore::open(&disk.path().join("elsewhere")).unwrap_err();
    assert!(matches!(refused, ObjectError::ReadOnly { .. }));
}
