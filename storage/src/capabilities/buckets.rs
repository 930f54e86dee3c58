//! What is tried in buckets that are made for it.

use std::time::{Duration, Instant};

use aws_sdk_s3::{
    primitives::{ByteStream, DateTime},
    types::{
        AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint,
        BucketVersioningStatus, ChecksumAlgorithm, CreateBucketConfiguration, ExpirationStatus,
        LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, ObjectLockMode,
        VersioningConfiguration,
    },
};
use tokio::time::sleep;

use super::{
    Probe, Probed,
    battery::{Battery, not_tried, probed},
    cleaning,
};
use crate::{
    objects::s3::S3Location,
    residency::{
        EuBucket, ResidencyError,
        reply::{Refusal, Reply},
    },
    timestamp::Timestamp,
};

/// How long the locked version is locked.
const LOCKED_SECONDS: i64 = 20;
/// How often it is tried to delete it afterwards, and how long in between.
const UNLOCK_TRIES: u32 = 30;
const UNLOCK_PAUSE: Duration = Duration::from_secs(2);

const PROBES: [Probe; 3] = [Probe::Versioning, Probe::ObjectLock, Probe::Lifecycle];

/// Tries what needs a bucket of its own, and says whether the buckets are gone again.
///
/// # Errors
/// [`ResidencyError`].
pub(super) async fn run(
    battery: &Battery,
    name: &str,
    progress: &dyn Fn(&str),
    now: Timestamp,
) -> Result<(Vec<Probed>, bool), ResidencyError> {
    // How long the other probes take is not known before.
    let began = Instant::now();
    progress("a bucket with versions");
    let plain = match make(battery, name, false, now).await? {
        Ok(bucket) => bucket,
        Err(refusal) => {
            let why = format!("no bucket could be made: {}", refusal.code);
            let probes = PROBES.map(|probe| not_tried(probe, why.clone()));
            return Ok((probes.into(), true));
        }
    };
    let found = async {
        let lifecycle = lifecycle(battery, &plain).await?;
        Ok::<_, ResidencyError>([versioning(battery, &plain).await?, lifecycle])
    };
    let found = found.await;
    let mut is_clean = remove(battery, &plain).await?;
    let [versioning, lifecycle] = found?;

    progress("a bucket with locks, which takes half a minute");
    let lock = match make(battery, &format!("{name}-lock"), true, now).await? {
        Err(refusal) => probed(Probe::ObjectLock, false, format!("none: {}", refusal.code)),
        Ok(locked) => {
            let found = object_lock(battery, &locked, now.after(began.elapsed())).await;
            is_clean &= remove_locked(battery, &locked).await?;
            found?
        }
    };
    Ok((vec![versioning, lock, lifecycle], is_clean))
}

/// Makes a bucket in the region of the other one, and verifies it like any other.
async fn make(
    battery: &Battery,
    name: &str,
    with_locks: bool,
    now: Timestamp,
) -> Result<Result<EuBucket, Refusal>, ResidencyError> {
    let location = battery.bucket.location();
    let region = BucketLocationConstraint::from(location.region.as_str());
    let made = battery
        .writer()?
        .create_bucket()
        .bucket(name)
        .create_bucket_configuration(
            CreateBucketConfiguration::builder()
                .location_constraint(region)
                .build(),
        )
        .set_object_lock_enabled_for_bucket(with_locks.then_some(true))
        .send()
        .await;
    if let Reply::No(refusal) = battery.sorted("make a bucket", made)? {
        return Ok(Err(refusal));
    }
    let location = S3Location {
        bucket: name.parse()?,
        ..location.clone()
    };
    match EuBucket::verify(location, now).await {
        Ok((bucket, _)) => bucket.for_probing().map(Ok),
        Err(error) => {
            // It is empty. That it may not be written says nothing against taking it away.
            let removed = battery.writer()?.delete_bucket().bucket(name).send().await;
            battery.sorted("remove a bucket", removed)?;
            Err(error)
        }
    }
}

/// Removes a bucket with everything in it, and says whether it is gone. Some stores remove one with
/// what is left in it, once no lock forbids it any more: then it was gone before anybody asked again.
async fn remove(battery: &Battery, bucket: &EuBucket) -> Result<bool, ResidencyError> {
    cleaning::clean(bucket, "").await?;
    let removed = bucket
        .client()
        .delete_bucket()
        .bucket(name(bucket))
        .send()
        .await;
    Ok(match battery.sorted("remove a bucket", removed)? {
        Reply::Yes(_) => true,
        Reply::No(refusal) => refusal.code == "NoSuchBucket",
    })
}

/// Waits until the lock is over, which only time can end.
async fn remove_locked(battery: &Battery, bucket: &EuBucket) -> Result<bool, ResidencyError> {
    for _ in 0..UNLOCK_TRIES {
        if remove(battery, bucket).await? {
            return Ok(true);
        }
        sleep(UNLOCK_PAUSE).await;
    }
    Ok(false)
}

fn name(bucket: &EuBucket) -> &str {
    bucket.location().bucket.as_str()
}

async fn put(
    battery: &Battery,
    bucket: &EuBucket,
    locked_until: Option<DateTime>,
) -> Result<Reply<Option<String>>, ResidencyError> {
    let put = bucket
        .writer()?
        .put_object()
        .bucket(name(bucket))
        .key("version")
        .body(ByteStream::from_static(b"a version"))
        // Amazon wants a checksum with everything that it locks.
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .set_object_lock_mode(locked_until.map(|_| ObjectLockMode::Compliance))
        .set_object_lock_retain_until_date(locked_until);
    Ok(match battery.sorted("put an object", put.send().await)? {
        Reply::Yes(told) => Reply::Yes(told.version_id),
        Reply::No(refusal) => Reply::No(refusal),
    })
}

async fn versioning(battery: &Battery, bucket: &EuBucket) -> Result<Probed, ResidencyError> {
    let done = |has, found: String| Ok(probed(Probe::Versioning, has, found));
    let enabled = bucket
        .writer()?
        .put_bucket_versioning()
        .bucket(name(bucket))
        .versioning_configuration(
            VersioningConfiguration::builder()
                .status(BucketVersioningStatus::Enabled)
                .build(),
        )
        .send()
        .await;
    if let Reply::No(refusal) = battery.sorted("keep versions", enabled)? {
        return done(false, refusal.code);
    }
    for _ in 0..2 {
        if let Reply::No(refusal) = put(battery, bucket, None).await? {
            return done(false, format!("put: {}", refusal.code));
        }
    }
    cleaning::delete(bucket, "version", None).await?;
    let listed = bucket
        .client()
        .list_object_versions()
        .bucket(name(bucket))
        .send()
        .await;
    match battery.sorted("list versions", listed)? {
        Reply::Yes(told) => {
            let (versions, markers) = (told.versions().len(), told.delete_markers().len());
            let found = format!("{versions} versions and {markers} delete markers of 2 and 1");
            done((versions, markers) == (2, 1), found)
        }
        Reply::No(refusal) => done(false, format!("list: {}", refusal.code)),
    }
}

async fn object_lock(
    battery: &Battery,
    bucket: &EuBucket,
    now: Timestamp,
) -> Result<Probed, ResidencyError> {
    let done = |has, found: String| Ok(probed(Probe::ObjectLock, has, found));
    let until = DateTime::from_secs(now.as_micros() / 1_000_000 + LOCKED_SECONDS);
    let version = match put(battery, bucket, Some(until)).await? {
        Reply::Yes(version) => version,
        Reply::No(refusal) => return done(false, format!("put: {}", refusal.code)),
    };
    let is_deleted = cleaning::delete(bucket, "version", version).await?;
    let found = if is_deleted {
        "a locked version was deleted"
    } else {
        "a locked version was not deleted"
    };
    done(!is_deleted, found.to_owned())
}

async fn lifecycle(battery: &Battery, bucket: &EuBucket) -> Result<Probed, ResidencyError> {
    let rule = LifecycleRule::builder()
        .id("scrim-doctor")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .expiration(LifecycleExpiration::builder().days(30).build())
        .abort_incomplete_multipart_upload(
            AbortIncompleteMultipartUpload::builder()
                .days_after_initiation(7)
                .build(),
        )
        .build()
        .expect("a rule needs a status, which it has");
    let rules = BucketLifecycleConfiguration::builder()
        .rules(rule)
        .build()
        .expect("a configuration needs a rule, which it has");
    let set = bucket
        .writer()?
        .put_bucket_lifecycle_configuration()
        .bucket(name(bucket))
        .lifecycle_configuration(rules)
        .send()
        .await;
    Ok(match battery.sorted("set a lifecycle", set)? {
        Reply::Yes(_) => probed(Probe::Lifecycle, true, "expiration and abort were taken"),
        Reply::No(refusal) => probed(Probe::Lifecycle, false, refusal.code),
    })
}
