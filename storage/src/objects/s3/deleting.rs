//! Making objects go, and seeing that they are gone.

use aws_sdk_s3::types::BucketVersioningStatus;

use super::{
    answer::{Answer, sorted},
    bucket::Bucket,
    listing::{upload_of, went_on},
};
use crate::objects::{ObjectError, ObjectKey, StoredName, Unfinished};

/// What is done, in errors.
const DOING: &str = "delete an object";

/// How often the versions of an object are listed and deleted. Somebody may be adding some.
const ROUNDS: u32 = 3;

/// What stores call the version of an object that was written while they kept none.
const NO_VERSION: &str = "null";

/// Deletes an object with all its versions and the markers of earlier deletions, and asks again.
pub(super) async fn delete(bucket: &Bucket, key: &ObjectKey) -> Result<(), ObjectError> {
    // Asked each time: it can be switched on later, and then a deletion only hides.
    let keeps_versions = has_versions(bucket).await?;
    for _ in 0..ROUNDS {
        let versions = match keeps_versions {
            true => versions(bucket, key).await?,
            false => Vec::new(),
        };
        // A list may be behind, so the object itself is asked for as well.
        let is_listed = !versions.is_empty();
        for version in versions {
            delete_version(bucket, key, Some(version)).await?;
        }
        if !keeps_versions {
            delete_version(bucket, key, None).await?;
        }
        let is_there = bucket.length(DOING, key).await?.is_some();
        match (is_listed, is_there) {
            (false, false) => return Ok(()),
            (false, true) if keeps_versions => delete_version(bucket, key, None).await?,
            _ => {}
        }
    }
    Err(ObjectError::NotDeleted { key: *key })
}

async fn has_versions(bucket: &Bucket) -> Result<bool, ObjectError> {
    let asked = bucket
        .client()
        .get_bucket_versioning()
        .bucket(bucket.name())
        .send()
        .await;
    match asked {
        // Versions stay where it was suspended.
        Ok(versioning) => Ok(matches!(
            versioning.status(),
            Some(BucketVersioningStatus::Enabled | BucketVersioningStatus::Suspended)
        )),
        Err(error) => {
            let answer = Answer::of(&error);
            if answer.is_unknown_request() {
                return Ok(false);
            }
            // Where it cannot be told, there may be some.
            if answer.is_unreadable() {
                return Ok(true);
            }
            Err(answer.sorted(DOING, None))
        }
    }
}

/// The ids of everything that the store keeps under the name of an object.
async fn versions(bucket: &Bucket, key: &ObjectKey) -> Result<Vec<String>, ObjectError> {
    let name = bucket.name_of(key);
    let mut ids = Vec::new();
    let mut marker = (None, None);
    loop {
        let (key_marker, version_marker) = marker.clone();
        let listed = bucket
            .client()
            .list_object_versions()
            .bucket(bucket.name())
            .prefix(&name)
            .set_key_marker(key_marker)
            .set_version_id_marker(version_marker)
            .send()
            .await
            .map_err(|error| sorted(DOING, None, &error))?;
        let is_ours = |other: Option<&str>| other == Some(name.as_str());
        ids.extend(
            listed
                .versions()
                .iter()
                .filter(|version| is_ours(version.key()))
                .map(|version| id_of(version.version_id())),
        );
        ids.extend(
            listed
                .delete_markers()
                .iter()
                .filter(|marker| is_ours(marker.key()))
                .map(|marker| id_of(marker.version_id())),
        );
        if listed.is_truncated() != Some(true) || listed.next_key_marker().is_none() {
            return Ok(ids);
        }
        let next = (
            listed.next_key_marker().map(str::to_owned),
            listed.next_version_id_marker().map(str::to_owned),
        );
        marker = went_on(DOING, &marker, next)?;
    }
}

fn id_of(version: Option<&str>) -> String {
    version.unwrap_or(NO_VERSION).to_owned()
}

async fn delete_version(
    bucket: &Bucket,
    key: &ObjectKey,
    version: Option<String>,
) -> Result<(), ObjectError> {
    let deleted = bucket
        .client()
        .delete_object()
        .bucket(bucket.name())
        .key(bucket.name_of(key))
        .set_version_id(version)
        .send()
        .await;
    match deleted {
        Ok(_) => Ok(()),
        Err(error) => match sorted(DOING, Some(key), &error) {
            ObjectError::NotFound { .. } => Ok(()),
            other => Err(other),
        },
    }
}

/// Gives up an upload that somebody has begun below the prefix.
pub(super) async fn abort(bucket: &Bucket, unfinished: &Unfinished) -> Result<(), ObjectError> {
    let Some((name, upload)) = upload_of(unfinished) else {
        return Ok(());
    };
    // What is not ours is left alone, also where it lies below our prefix.
    if matches!(bucket.stored_name(name), StoredName::Foreign(_)) {
        return Ok(());
    }
    abort_upload(bucket, name, upload).await
}

pub(super) async fn abort_upload(
    bucket: &Bucket,
    name: &str,
    upload: &str,
) -> Result<(), ObjectError> {
    let aborted = bucket
        .client()
        .abort_multipart_upload()
        .bucket(bucket.name())
        .key(name)
        .upload_id(upload)
        .send()
        .await;
    match aborted {
        Ok(_) => Ok(()),
        Err(error) => {
            let answer = Answer::of(&error);
            if answer.is_code(&["NoSuchUpload"]) {
                return Ok(());
            }
            Err(answer.sorted("give up an unfinished object", None))
        }
    }
}
