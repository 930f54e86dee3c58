//! What lies in a bucket.

use std::io;

use aws_sdk_s3::primitives::DateTime;

use super::{answer::sorted, bucket::Bucket};
use crate::{
    objects::{ObjectError, Page, Stored, Unfinished},
    timestamp::Timestamp,
};

/// What is done, in errors.
const DOING: &str = "list unfinished objects";

/// Between the name of an upload's object and the store's name of the upload. Neither holds it.
const HANDLE_BORDER: char = '\n';

/// Lists what lies below a folder, which ends with a slash or is empty, after a name.
pub(super) async fn page(
    bucket: &Bucket,
    folder: &str,
    after: Option<String>,
) -> Result<Page, ObjectError> {
    let listed = bucket
        .client()
        .list_objects_v2()
        .bucket(bucket.name())
        .prefix(folder)
        .set_start_after(after.clone())
        .send()
        .await
        .map_err(|error| sorted("list objects", None, &error))?;
    let objects = listed.contents();
    let stored = objects
        .iter()
        .filter_map(|object| {
            Some(Stored {
                name: bucket.stored_name(object.key()?),
                bytes: object
                    .size()
                    .and_then(|bytes| bytes.try_into().ok())
                    .unwrap_or_default(),
                changed_at: timestamp(object.last_modified()),
            })
        })
        .collect();
    // The last name, rather than the store's own mark: it means the same to all stores, and later.
    let next = match (listed.is_truncated(), objects.last()) {
        (Some(true), Some(last)) => last.key().map(str::to_owned),
        _ => None,
    };
    if next.is_some() {
        went_on("list objects", &(after, None), (next.clone(), None))?;
    }
    Ok(Page { stored, next })
}

/// Lists the uploads below the prefix that are neither complete nor aborted.
pub(super) async fn unfinished(bucket: &Bucket) -> Result<Vec<Unfinished>, ObjectError> {
    let mut found = Vec::new();
    let mut marker = (None, None);
    loop {
        let (key_marker, upload_marker) = marker.clone();
        let listed = bucket
            .client()
            .list_multipart_uploads()
            .bucket(bucket.name())
            .prefix(bucket.with_prefix(""))
            .set_key_marker(key_marker)
            .set_upload_id_marker(upload_marker)
            .send()
            .await
            .map_err(|error| sorted(DOING, None, &error))?;
        for upload in listed.uploads() {
            if let (Some(name), Some(id)) = (upload.key(), upload.upload_id()) {
                found.push(Unfinished {
                    name: Some(bucket.stored_name(name)),
                    begun_at: timestamp(upload.initiated()),
                    handle: format!("{name}{HANDLE_BORDER}{id}"),
                });
            }
        }
        if listed.is_truncated() != Some(true) || listed.next_key_marker().is_none() {
            return Ok(found);
        }
        let next = (
            listed.next_key_marker().map(str::to_owned),
            listed.next_upload_id_marker().map(str::to_owned),
        );
        marker = went_on(DOING, &marker, next)?;
    }
}

/// Where in a list of names, each with several entries, a page ends.
pub(super) type Marker = (Option<String>, Option<String>);

/// Takes the next page of a list. A store whose next page is the one that it has just given would be
/// asked for ever.
pub(super) fn went_on(
    doing: &'static str,
    from: &Marker,
    next: Marker,
) -> Result<Marker, ObjectError> {
    if next == *from {
        let source = io::Error::other("the store gives the same page of a list again and again");
        return Err(ObjectError::while_doing(doing, source));
    }
    Ok(next)
}

/// Takes the handle of an unfinished upload apart: the name of its object and its own.
pub(super) fn upload_of(unfinished: &Unfinished) -> Option<(&str, &str)> {
    unfinished.handle.split_once(HANDLE_BORDER)
}

/// A store that does not say when is taken to mean that it is long ago.
fn timestamp(time: Option<&DateTime>) -> Timestamp {
    let micros = time.map_or(0, |time| time.as_nanos() / 1000);
    Timestamp::from_micros(i64::try_from(micros).unwrap_or_default())
}
