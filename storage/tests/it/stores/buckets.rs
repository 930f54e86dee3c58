//! What is special about buckets: other people's objects, versions, requests.

use std::io::{Read, Seek, SeekFrom, Write};

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{BucketVersioningStatus, VersioningConfiguration},
};
use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    ObjectStore, S3Store,
    objects::{
        ObjectError,
        s3::{Credentials, client},
    },
    residency::ResidencyError,
};
use scrim_testkit::{SeaweedFs, proxy::Proxy};
use tokio::runtime::Runtime;

use super::{connect, contents, key, location, names, put};
use crate::fixtures::{NOW, recording, text};

#[test]
fn objects_of_others_are_listed_and_left_alone() {
    let server = SeaweedFs::start();
    let mut location = location(&server.endpoint());
    location.prefix = "scrim".parse().unwrap();
    let store = connect(location.clone());
    let key = key(TenantId::SINGLE, 1);
    put(&store, &key, b"ours").unwrap();
    let client = client(&location).unwrap();
    let others = ["scrim/readme.txt", "scrimshaw/photo.jpg", "other"];
    let in_folder = format!("scrim/{}/{}/notes.txt", key.tenant, key.recording);
    Runtime::new().unwrap().block_on(async {
        for name in others.into_iter().chain([in_folder.as_str()]) {
            let body = ByteStream::from_static(b"not ours");
            let put = client.put_object().bucket(SeaweedFs::BUCKET).key(name);
            put.body(body).send().await.unwrap();
        }
    });

    let rest = in_folder.strip_prefix("scrim/").unwrap();
    let mut wanted = vec![key.to_string(), format!("foreign {rest}")];
    wanted.push("foreign readme.txt".to_owned());
    wanted.sort_unstable();
    let mut found = names(&store);
    found.sort_unstable();
    assert_eq!(found, wanted);
    assert_eq!(store.list(key.tenant, recording(1)).unwrap(), [key]);

    store.delete(&key).unwrap();
    assert_eq!(store.list(key.tenant, recording(1)).unwrap(), []);
    assert_eq!(names(&store).len(), 2);
}

#[test]
fn a_deletion_takes_all_versions_and_markers_with_it() {
    let server = SeaweedFs::start();
    let location = location(&server.endpoint());
    let store = connect(location.clone());
    let (one, two) = (key(TenantId::SINGLE, 1), key(TenantId::SINGLE, 2));
    let runtime = Runtime::new().unwrap();
    let client = client(&location).unwrap();
    runtime.block_on(async {
        let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
        let versioning = client.put_bucket_versioning().bucket(SeaweedFs::BUCKET);
        let versioning = versioning.versioning_configuration(enabled.build());
        versioning.send().await.unwrap();
    });
    put(&store, &one, b"sealed").unwrap();
    put(&store, &two, b"stays").unwrap();
    runtime.block_on(async {
        let name = one.to_string();
        let again = client.put_object().bucket(SeaweedFs::BUCKET).key(&name);
        let again = again.body(ByteStream::from_static(b"again"));
        again.send().await.unwrap();
        let marked = client.delete_object().bucket(SeaweedFs::BUCKET).key(&name);
        marked.send().await.unwrap();
    });
    let versions = || {
        runtime.block_on(async {
            let listed = client.list_object_versions().bucket(SeaweedFs::BUCKET);
            let listed = listed.send().await.unwrap();
            (listed.versions().len(), listed.delete_markers().len())
        })
    };
    assert_eq!(versions(), (3, 1));

    store.delete(&one).unwrap();
    assert_eq!(versions(), (1, 0));
    assert_eq!(contents(&store, &two), b"stays");
}

#[test]
fn a_range_of_a_sealed_segment_costs_two_requests_at_once() {
    let server = SeaweedFs::start();
    let proxy = Proxy::before(server.port());
    let store = connect(location(&proxy.endpoint()));
    let key = key(TenantId::SINGLE, 1);
    let text = text(30 << 20);
    put(&store, &key, &text).unwrap();
    proxy.take_seen();

    let mut object = store.get(&key).unwrap();
    assert_eq!(proxy.take_seen().len(), 1, "opening asks once");
    // The plaintext of a range as long as a segment lies in two segments.
    let mut range = vec![0; 2 << 20];
    for segment in [20, 3, 11] {
        object.seek(SeekFrom::Start(segment << 20)).unwrap();
        object.read_exact(&mut range).unwrap();
        assert!(range == text[(segment as usize) << 20..][..2 << 20]);
        let seen = proxy.take_seen();
        assert_eq!(
            seen.len(),
            2,
            "one for each segment, and nothing ahead: {seen:?}"
        );
    }
    // Read on and on, requests get fewer.
    let mut object = store.get(&key).unwrap();
    let mut all = Vec::new();
    object.read_to_end(&mut all).unwrap();
    assert!(all == text);
    assert!(proxy.take_seen().len() <= 10);
}

#[test]
fn small_objects_are_one_upload_and_long_ones_several() {
    let server = SeaweedFs::start();
    let proxy = Proxy::before(server.port());
    let store = connect(location(&proxy.endpoint()));
    let uploads = || -> Vec<usize> {
        let seen = proxy.take_seen().into_iter();
        seen.filter(|request| request.method == "PUT")
            .map(|request| request.bytes)
            .collect()
    };
    uploads();
    put(&store, &key(TenantId::SINGLE, 1), &text(8 << 20)).unwrap();
    assert_eq!(uploads(), [8 << 20]);
    put(&store, &key(TenantId::SINGLE, 2), &text(17 << 20)).unwrap();
    let mut parts = uploads();
    parts.sort_unstable();
    assert_eq!(parts, [1 << 20, 8 << 20, 8 << 20]);
}

#[test]
fn a_bucket_works_from_threads_and_a_store_may_be_dropped_anywhere() {
    let server = SeaweedFs::start();
    let store = connect(location(&server.endpoint()));
    let key = key(TenantId::SINGLE, 1);
    put(&store, &key, &text(9 << 20)).unwrap();
    let mut object = store.put(&super::key(TenantId::SINGLE, 2)).unwrap();
    object.write_all(&text(9 << 20)).unwrap();
    let reader = store.get(&key).unwrap();
    Runtime::new().unwrap().block_on(async move {
        drop(object);
        drop(reader);
        drop(store);
    });
    let store = connect(location(&server.endpoint()));
    assert_eq!(store.unfinished().unwrap(), []);
    assert_eq!(names(&store), [key.to_string()]);
}

#[test]
fn wrong_credentials_and_wrong_buckets_are_told_apart() {
    let server = SeaweedFs::start();
    let mut wrong = location(&server.endpoint());
    let credentials = Credentials::new(SeaweedFs::ACCESS_KEY_ID.to_owned(), "wrong".to_owned());
    wrong.credentials = credentials.unwrap();
    let refused = S3Store::connect(wrong, NOW).unwrap_err();
    let is_denied = matches!(
        refused,
        ObjectError::Residency(ResidencyError::Denied { .. })
    );
    assert!(is_denied, "{refused:?}");
    assert_eq!(refused.kind(), Kind::Unavailable);

    let mut wrong = location(&server.endpoint());
    wrong.bucket = "no-such-bucket".parse().unwrap();
    let refused = S3Store::connect(wrong, NOW).unwrap_err();
    let is_missing = matches!(
        refused,
        ObjectError::Residency(ResidencyError::NoBucket { .. })
    );
    assert!(is_missing, "{refused:?}");
}
