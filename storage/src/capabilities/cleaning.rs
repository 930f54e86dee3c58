//! Leaving nothing behind.

use aws_sdk_s3::error::ProvideErrorMetadata;

use crate::residency::{
    EuBucket, ResidencyError,
    reply::{self, Reply},
};

/// More rounds than this do not help: each deletes up to a thousand versions.
const MOST_ROUNDS: usize = 16;

/// Deletes everything below a prefix: versions, markers, objects and unfinished uploads. Says
/// whether nothing was left when it was listed again.
///
/// # Errors
/// [`ResidencyError::Unreachable`].
pub(super) async fn clean(bucket: &EuBucket, prefix: &str) -> Result<bool, ResidencyError> {
    let uploads_gone = abort_uploads(bucket, prefix).await?;
    for _ in 0..MOST_ROUNDS {
        let left = left_over(bucket, prefix).await?;
        if left.is_empty() {
            return Ok(uploads_gone);
        }
        let mut is_stuck = true;
        for (key, version) in left {
            is_stuck &= !delete(bucket, &key, version).await?;
        }
        if is_stuck {
            return Ok(false);
        }
    }
    Ok(false)
}

/// Deletes one version, or what is there without one, and says whether the store did.
pub(super) async fn delete(
    bucket: &EuBucket,
    key: &str,
    version: Option<String>,
) -> Result<bool, ResidencyError> {
    let deleted = bucket
        .client()
        .delete_object()
        .bucket(bucket.location().bucket.as_str())
        .key(key)
        .set_version_id(version)
        .send()
        .await;
    let reply = reply::sorted(host(bucket), "delete an object", deleted)?;
    Ok(matches!(reply, Reply::Yes(_)))
}

fn host(bucket: &EuBucket) -> &str {
    bucket.location().endpoint.host()
}

/// Returns keys and versions of one page, or keys alone on stores without versions.
async fn left_over(
    bucket: &EuBucket,
    prefix: &str,
) -> Result<Vec<(String, Option<String>)>, ResidencyError> {
    let name = bucket.location().bucket.as_str();
    let asked = bucket
        .client()
        .list_object_versions()
        .bucket(name)
        .prefix(prefix)
        .send()
        .await;
    let mut left: Vec<(String, Option<String>)> = Vec::new();
    if let Reply::Yes(told) = reply::sorted(host(bucket), "list versions", asked)? {
        let versions = told
            .versions()
            .iter()
            .map(|version| (version.key(), version.version_id()));
        let markers = told
            .delete_markers()
            .iter()
            .map(|marker| (marker.key(), marker.version_id()));
        left.extend(
            versions
                .chain(markers)
                .filter_map(|(key, version)| Some((key?.to_owned(), version.map(str::to_owned)))),
        );
    }
    if left.is_empty() {
        let asked = bucket
            .client()
            .list_objects_v2()
            .bucket(name)
            .prefix(prefix)
            .send()
            .await;
        if let Reply::Yes(told) = reply::sorted(host(bucket), "list objects", asked)? {
            let keys = told.contents().iter().filter_map(|object| object.key());
            left.extend(keys.map(|key| (key.to_owned(), None)));
        }
    }
    Ok(left)
}

async fn abort_uploads(bucket: &EuBucket, prefix: &str) -> Result<bool, ResidencyError> {
    let name = bucket.location().bucket.as_str();
    let list = || async {
        let asked = bucket
            .client()
            .list_multipart_uploads()
            .bucket(name)
            .prefix(prefix)
            .send()
            .await;
        let reply = reply::sorted(host(bucket), "list uploads", asked)?;
        let uploads = match reply {
            Reply::Yes(told) => told.uploads.unwrap_or_default(),
            // What cannot be listed cannot be found; the report says so.
            Reply::No(_) => Vec::new(),
        };
        Ok::<_, ResidencyError>(uploads)
    };
    for upload in list().await? {
        let (Some(key), Some(id)) = (upload.key(), upload.upload_id()) else {
            continue;
        };
        let aborted = bucket
            .client()
            .abort_multipart_upload()
            .bucket(name)
            .key(key)
            .upload_id(id)
            .send()
            .await;
        if let Err(error) = &aborted {
            tracing::debug!(code = error.code(), "an upload could not be aborted");
        }
        reply::sorted(host(bucket), "abort an upload", aborted)?;
    }
    Ok(list().await?.is_empty())
}
