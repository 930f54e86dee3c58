//! What every store promises, tried on all of them without a difference.
#![allow(clippy::print_stdout)] // Which promise was tried last, should one be broken.

use std::{
    io::{Read, Seek, SeekFrom, Write},
    thread,
};

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    FileStore, ObjectKey, ObjectStore,
    objects::{
        ObjectError, StoredName,
        s3::{Checksum, ReadBack},
    },
};
use scrim_testkit::SeaweedFs;

use super::{connect, contents, key, location, put};
use crate::fixtures::{recording, tenant, text};

/// Longer than two parts of an upload.
const LONG: usize = (20 << 20) + 12_345;

/// A promise, tried with the objects of a tenant of its own.
type Case = fn(&dyn ObjectStore, TenantId);

const CASES: [(&str, Case); 9] = [
    (
        "objects are put, read, listed and deleted",
        objects_live_and_go,
    ),
    (
        "objects of any length come back as they were",
        any_length_comes_back,
    ),
    ("ranges are read from any place", ranges_are_read),
    (
        "an object is invisible until it is complete",
        invisible_until_complete,
    ),
    ("what is dropped leaves nothing", dropped_leaves_nothing),
    ("an object is never overwritten", never_overwritten),
    ("what is missing is said to be missing", missing_is_missing),
    ("objects are written at the same time", written_together),
    ("everything in the store is listed", everything_is_listed),
];

fn keeps_its_promises(store: &dyn ObjectStore) {
    for (number, (name, case)) in CASES.iter().enumerate() {
        println!("{name}");
        case(store, tenant(number as u128 + 1));
    }
    let left = store.unfinished().unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn files_keep_what_every_store_promises() {
    let folder = tempfile::tempdir().unwrap();
    keeps_its_promises(&FileStore::open(folder.path()).unwrap());
}

#[test]
fn a_bucket_keeps_what_every_store_promises() {
    let server = SeaweedFs::start();
    let ways = [
        ("sha256", Checksum::Sha256, ReadBack::All, true),
        ("crc64nvme", Checksum::Crc64Nvme, ReadBack::Sample, true),
        ("crc32c", Checksum::Crc32c, ReadBack::All, false),
        ("none", Checksum::None, ReadBack::All, false),
    ];
    for (name, checksum, read_back, conditional_put) in ways {
        println!("checksum {name}");
        let mut location = location(&server.endpoint());
        location.prefix = format!("scrim/{name}").parse().unwrap();
        location.checksum = checksum;
        location.read_back = read_back;
        location.conditional_put = conditional_put;
        keeps_its_promises(&connect(location));
    }
}

fn objects_live_and_go(store: &dyn ObjectStore, tenant: TenantId) {
    let (one, two) = (key(tenant, 1), key(tenant, 2));
    put(store, &two, b"second").unwrap();
    put(store, &one, b"first object").unwrap();
    assert_eq!(contents(store, &one), b"first object");
    assert_eq!(store.size(&one).unwrap(), 12);
    assert_eq!(store.list(tenant, recording(1)).unwrap(), [one, two]);
    assert_eq!(store.list(tenant, recording(9)).unwrap(), []);
    store.delete(&one).unwrap();
    store.delete(&one).unwrap();
    assert_eq!(store.list(tenant, recording(1)).unwrap(), [two]);
    put(store, &one, b"another").unwrap();
    assert_eq!(contents(store, &one), b"another");
}

fn any_length_comes_back(store: &dyn ObjectStore, tenant: TenantId) {
    let part = 8 << 20;
    for (number, length) in [0, 1, 56, part - 1, part, part + 1, 2 * part, LONG]
        .into_iter()
        .enumerate()
    {
        let key = key(tenant, number as u128);
        let text = text(length);
        put(store, &key, &text).unwrap();
        assert_eq!(store.size(&key).unwrap(), length as u64);
        assert!(contents(store, &key) == text, "length {length}");
        store.delete(&key).unwrap();
    }
}

fn ranges_are_read(store: &dyn ObjectStore, tenant: TenantId) {
    let key = key(tenant, 1);
    let text = text(LONG);
    put(store, &key, &text).unwrap();
    let mut object = store.get(&key).unwrap();
    assert_eq!(object.seek(SeekFrom::End(0)).unwrap(), LONG as u64);
    let places = [0, 1, 1 << 20, (8 << 20) - 3, 5, LONG - 7, 16 << 20, 3 << 20];
    for from in places {
        let mut range = vec![0; 1_100_000.min(LONG - from)];
        object.seek(SeekFrom::Start(from as u64)).unwrap();
        object.read_exact(&mut range).unwrap();
        assert!(range == text[from..from + range.len()], "from {from}");
    }
    // As with files, nothing is read behind the end.
    object.seek(SeekFrom::Start(LONG as u64 + 5)).unwrap();
    assert_eq!(object.read(&mut [0; 9]).unwrap(), 0);
    assert!(object.seek(SeekFrom::Current(-(1 << 40))).is_err());
}

fn invisible_until_complete(store: &dyn ObjectStore, tenant: TenantId) {
    for (number, length) in [(1, 4), (2, LONG)] {
        let key = key(tenant, number);
        let mut object = store.put(&key).unwrap();
        object.write_all(&text(length)).unwrap();
        object.flush().unwrap();
        let missing = store.get(&key).err().unwrap();
        assert!(
            matches!(missing, ObjectError::NotFound { .. }),
            "{missing:?}"
        );
        assert_eq!(store.list(tenant, recording(1)).unwrap(), []);
        object.commit().unwrap();
        assert_eq!(store.list(tenant, recording(1)).unwrap(), [key]);
        store.delete(&key).unwrap();
    }
}

fn dropped_leaves_nothing(store: &dyn ObjectStore, tenant: TenantId) {
    for length in [4, LONG] {
        let mut object = store.put(&key(tenant, 1)).unwrap();
        object.write_all(&text(length)).unwrap();
        drop(object);
        assert_eq!(store.list(tenant, recording(1)).unwrap(), []);
        assert_eq!(store.unfinished().unwrap(), []);
    }
}

fn never_overwritten(store: &dyn ObjectStore, tenant: TenantId) {
    for (number, length) in [(1, 4), (2, LONG)] {
        let key = key(tenant, number);
        let mut late = store.put(&key).unwrap();
        late.write_all(&text(length)).unwrap();
        put(store, &key, b"first").unwrap();
        let refused = late.commit().unwrap_err();
        assert!(
            matches!(refused, ObjectError::AlreadyExists { .. }),
            "{refused:?}"
        );
        let refused = store.put(&key).err().unwrap();
        assert!(
            matches!(refused, ObjectError::AlreadyExists { .. }),
            "{refused:?}"
        );
        assert_eq!(contents(store, &key), b"first");
    }
    assert_eq!(store.unfinished().unwrap(), []);
}

fn missing_is_missing(store: &dyn ObjectStore, tenant: TenantId) {
    let key = key(tenant, 1);
    for missing in [store.get(&key).err(), store.size(&key).err()] {
        let missing = missing.unwrap();
        assert!(
            matches!(missing, ObjectError::NotFound { .. }),
            "{missing:?}"
        );
        assert_eq!(missing.kind(), Kind::NotFound);
    }
    store.delete(&key).unwrap();
}

fn written_together(store: &dyn ObjectStore, tenant: TenantId) {
    let keys: Vec<ObjectKey> = (1..4).map(|number| key(tenant, number)).collect();
    let text_of = |index: usize| text(9_000_000 + index);
    thread::scope(|scope| {
        for (index, key) in keys.iter().enumerate() {
            scope.spawn(move || put(store, key, &text_of(index)).unwrap());
        }
    });
    for (index, key) in keys.iter().enumerate() {
        assert!(contents(store, key) == text_of(index), "{key}");
    }
    assert_eq!(store.list(tenant, recording(1)).unwrap(), keys);
}

fn everything_is_listed(store: &dyn ObjectStore, tenant: TenantId) {
    let (one, two) = (key(tenant, 1), key(tenant, 2));
    put(store, &one, b"12345").unwrap();
    put(store, &two, b"123").unwrap();
    let page = store.list_all(None).unwrap();
    let of_tenant: Vec<_> = page
        .stored
        .iter()
        .filter_map(|stored| match stored.name {
            StoredName::Object(key) if key.tenant == tenant => Some((key, stored.bytes)),
            _ => None,
        })
        .collect();
    assert_eq!(of_tenant, [(one, 5), (two, 3)]);
    // By the clock of this machine: 2026 at the earliest.
    assert!(
        page.stored
            .iter()
            .all(|stored| stored.changed_at.as_micros() > 1_767_000_000_000_000)
    );
    let survey = store.survey().unwrap();
    let surveyed = survey
        .objects
        .iter()
        .filter(|listed| listed.key.tenant == tenant);
    assert_eq!(surveyed.count(), 2);
    assert_eq!(survey.foreign, 0);
    // What lies after everything is nothing.
    assert_eq!(store.list_all(Some("~")).unwrap().stored, []);
}
