//! The battery: what is tried, in order, below one prefix.

use std::fmt::Write as _;

use aws_sdk_s3::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use super::{Capabilities, Outcome, Probe, Probed, Store, Throwaway, buckets, cleaning};
use crate::{
    residency::{
        EuBucket, ResidencyError, Verdict, Versioning,
        reply::{self, Reply},
    },
    secret::fill_random,
    timestamp::Timestamp,
    vault::VaultError,
};

/// One run of the battery.
pub(super) struct Battery {
    pub(super) bucket: EuBucket,
    /// What all its keys begin with. Nothing else does.
    pub(super) folder: String,
}

/// Tries everything and cleans up, also where something was not answered.
///
/// # Errors
/// [`VaultError::Entropy`], and [`VaultError::Object`] where the store cannot be reached.
pub(crate) async fn probe(
    bucket: &EuBucket,
    verdict: Verdict,
    throwaway: Throwaway,
    progress: &dyn Fn(&str),
    now: Timestamp,
) -> Result<Capabilities, VaultError> {
    let name = random_name()?;
    let prefix = match bucket.location().prefix.as_str() {
        "" => String::new(),
        prefix => format!("{prefix}/"),
    };
    let battery = Battery {
        bucket: bucket.for_probing()?,
        folder: format!("{prefix}{name}"),
    };
    let tried = battery.run(&verdict, progress).await;
    progress("cleaning up");
    let cleaned = cleaning::clean(&battery.bucket, &format!("{}/", battery.folder)).await;
    let mut probes = tried?;
    let mut is_clean = cleaned?;
    match throwaway {
        Throwaway::PrefixOnly => probes.extend(battery.without_buckets(&verdict).await?),
        Throwaway::BucketsToo => {
            let (found, cleaned) = buckets::run(&battery, &name, progress, now).await?;
            probes.extend(found);
            is_clean &= cleaned;
        }
    }
    Ok(Capabilities {
        store: Store::of(bucket.location()),
        verdict,
        probes,
        is_clean,
    })
}

/// A name that nobody else uses.
fn random_name() -> Result<String, VaultError> {
    let mut random = [0; 8];
    fill_random(&mut random)?;
    let mut name = "scrim-doctor-".to_owned();
    for byte in random {
        write!(name, "{byte:02x}").expect("writing to a String does not fail");
    }
    Ok(name)
}

pub(super) fn probed(probe: Probe, has: bool, found: impl Into<String>) -> Probed {
    Probed {
        probe,
        outcome: if has { Outcome::Has } else { Outcome::Lacks },
        found: found.into(),
    }
}

pub(super) fn not_tried(probe: Probe, why: impl Into<String>) -> Probed {
    Probed {
        probe,
        outcome: Outcome::NotTried,
        found: why.into(),
    }
}

impl Battery {
    async fn run(
        &self,
        verdict: &Verdict,
        progress: &dyn Fn(&str),
    ) -> Result<Vec<Probed>, ResidencyError> {
        progress("objects");
        let mut probes = vec![self.objects().await?, region(verdict)];
        progress("conditions");
        probes.push(self.conditional_put().await?);
        probes.push(self.conditional_match().await?);
        progress("checksums");
        probes.push(self.sha256().await?);
        probes.push(self.crc64nvme().await?);
        progress("parts");
        probes.extend(self.multipart().await?);
        Ok(probes)
    }

    /// What can be said without making buckets.
    async fn without_buckets(&self, verdict: &Verdict) -> Result<Vec<Probed>, ResidencyError> {
        const ASK: &str = "needs a bucket of its own, see --with-buckets";
        let versions = match verdict.versioning {
            Versioning::On => "the bucket keeps versions; how it deletes them",
            Versioning::Off => "the bucket keeps none; whether it could",
            Versioning::Suspended => "the bucket kept versions before; what is left of them",
            Versioning::Unknown => "the bucket does not say; whether it does",
        };
        let asked = self
            .reader()
            .get_bucket_lifecycle_configuration()
            .bucket(self.bucket_name())
            .send()
            .await;
        let lifecycle = match self.sorted("ask for the lifecycle", asked)? {
            Reply::Yes(told) => {
                let aborts = |rule: &aws_sdk_s3::types::LifecycleRule| {
                    rule.abort_incomplete_multipart_upload().is_some()
                };
                match told.rules().iter().any(aborts) {
                    true => probed(Probe::Lifecycle, true, "the bucket has such a rule"),
                    false => not_tried(Probe::Lifecycle, format!("no such rule; trying {ASK}")),
                }
            }
            Reply::No(refusal) if refusal.is_not_offered() => {
                probed(Probe::Lifecycle, false, refusal.code)
            }
            Reply::No(refusal) => {
                not_tried(Probe::Lifecycle, format!("{}; trying {ASK}", refusal.code))
            }
        };
        Ok(vec![
            not_tried(Probe::Versioning, format!("{versions} {ASK}")),
            not_tried(Probe::ObjectLock, ASK),
            lifecycle,
        ])
    }

    pub(super) fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    pub(super) fn host(&self) -> &str {
        self.bucket.location().endpoint.host()
    }

    pub(super) fn bucket_name(&self) -> &str {
        self.bucket.location().bucket.as_str()
    }

    pub(super) fn reader(&self) -> &Client {
        self.bucket.client()
    }

    pub(super) fn writer(&self) -> Result<&Client, ResidencyError> {
        self.bucket.writer()
    }

    pub(super) fn sorted<T, E>(
        &self,
        doing: &'static str,
        sent: Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<Reply<T>, ResidencyError>
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        reply::sorted(self.host(), doing, sent)
    }
}

fn region(verdict: &Verdict) -> Probed {
    match &verdict.told_region {
        Some(region) => probed(Probe::Region, true, region.as_str()),
        None => probed(Probe::Region, false, "no answer"),
    }
}
