//! Stores of objects: what all of them promise, and what is special about buckets.

mod buckets;
mod conformance;
mod faults;
mod kills;
mod vaults;

use std::io::{Read, Write};

use scrim_policy::TenantId;
use scrim_storage::{
    ObjectKey, ObjectStore, S3Store,
    objects::{
        ObjectError,
        s3::{Credentials, S3Location},
    },
};
use scrim_testkit::SeaweedFs;

use crate::fixtures::{NOW, artefact, recording};

/// The bucket of a server, asked at an address. Failures come soon: few tries.
pub(super) fn location(endpoint: &str) -> S3Location {
    let credentials = Credentials::new(
        SeaweedFs::ACCESS_KEY_ID.to_owned(),
        SeaweedFs::SECRET_ACCESS_KEY.to_owned(),
    );
    S3Location {
        attempts: 3,
        country: Some("DE".to_owned()),
        ..S3Location::new(
            endpoint.parse().unwrap(),
            SeaweedFs::REGION,
            SeaweedFs::BUCKET.parse().unwrap(),
            credentials.unwrap(),
        )
    }
}

pub(super) fn connect(location: S3Location) -> S3Store {
    S3Store::connect(location, NOW).unwrap().0
}

pub(super) fn key(tenant: TenantId, number: u128) -> ObjectKey {
    ObjectKey {
        tenant,
        recording: recording(1),
        artefact: artefact(number),
    }
}

pub(super) fn put(
    store: &dyn ObjectStore,
    key: &ObjectKey,
    contents: &[u8],
) -> Result<(), ObjectError> {
    let doing = "write an object";
    let mut object = store.put(key)?;
    // As the seal writes: in pieces that fit no part.
    for piece in contents.chunks(700_001) {
        object
            .write_all(piece)
            .map_err(|error| ObjectError::while_doing(doing, error))?;
    }
    object.commit()
}

pub(super) fn contents(store: &dyn ObjectStore, key: &ObjectKey) -> Vec<u8> {
    let mut contents = Vec::new();
    store.get(key).unwrap().read_to_end(&mut contents).unwrap();
    contents
}

/// The names of everything in a store.
pub(super) fn names(store: &dyn ObjectStore) -> Vec<String> {
    use scrim_storage::objects::StoredName;
    let page = store.list_all(None).unwrap();
    assert_eq!(page.next, None);
    page.stored
        .into_iter()
        .map(|stored| match stored.name {
            StoredName::Object(key) => key.to_string(),
            StoredName::Foreign(name) => format!("foreign {name}"),
        })
        .collect()
}
