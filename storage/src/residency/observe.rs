//! Asking a store about itself.

use std::error::Error;

use aws_sdk_s3::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    types::{BucketAccelerateStatus, BucketVersioningStatus},
};

use super::{
    Answer, Declared, Destination, Observed, ResidencyError, Versioning,
    reply::{self, Refusal, Reply, plain},
};

/// Copies to more buckets than this are not looked into one by one; the rest is unknown.
const MOST_DESTINATIONS: usize = 32;

/// Codes for a configuration that nobody has made.
const NO_REPLICATION: [&str; 2] = [
    "ReplicationConfigurationNotFoundError",
    "NoSuchReplicationConfiguration",
];
const NO_LOCK: [&str; 2] = [
    "ObjectLockConfigurationNotFoundError",
    "NoSuchObjectLockConfiguration",
];

/// One bucket, to be asked about.
struct Asked<'a> {
    client: &'a Client,
    host: &'a str,
    bucket: &'a str,
}

/// Asks a store for everything that the rules want to know.
///
/// # Errors
/// [`ResidencyError::NoBucket`], [`ResidencyError::Denied`] and [`ResidencyError::Unreachable`].
pub(super) async fn observe(
    client: &Client,
    declared: &Declared,
) -> Result<Observed, ResidencyError> {
    let asked = Asked {
        client,
        host: declared.endpoint.host(),
        bucket: &declared.bucket,
    };
    let mut observed = Observed {
        told_region: None,
        location: Answer::NotAsked,
        redirect: None,
        replication: Answer::NotAsked,
        lock: Answer::NotAsked,
        acceleration: Answer::NotAsked,
        versioning: Versioning::Unknown,
    };
    match asked.head(asked.bucket).await? {
        Reply::Yes(region) => observed.told_region = region,
        Reply::No(refusal) => {
            observed.told_region = refusal.region.clone();
            // Amazon names the region with every refusal, for whoever asks in the wrong one.
            let other = || {
                refusal
                    .region
                    .clone()
                    .filter(|told| *told != declared.region)
            };
            observed.redirect = refusal.elsewhere.clone().or_else(other);
            if observed.redirect.is_none() {
                return Err(asked.denied("ask for the bucket", refusal));
            }
            return Ok(observed);
        }
    }
    let location = asked.location().await?;
    let replication = asked.replication().await?;
    let lock = asked.lock().await?;
    let versioning = asked.versioning().await?;
    let acceleration = asked.acceleration(declared).await?;
    for refusal in [
        location.refusal(),
        replication.refusal(),
        lock.refusal(),
        versioning.refusal(),
    ] {
        let elsewhere = refusal.and_then(|refusal| refusal.elsewhere.clone());
        observed.redirect = observed.redirect.or(elsewhere);
    }
    observed.location = answer(location, &[], None);
    observed.lock = answer(lock, &NO_LOCK, None);
    observed.acceleration = acceleration;
    observed.versioning = match versioning {
        Reply::Yes(versioning) => versioning,
        Reply::No(refusal) if refusal.is_not_offered() => Versioning::Off,
        Reply::No(_) => Versioning::Unknown,
    };
    observed.replication = match answer(replication, &NO_REPLICATION, Vec::new()) {
        Answer::Told(buckets) => Answer::Told(asked.destinations(buckets).await?),
        Answer::NotOffered => Answer::NotOffered,
        Answer::Withheld(code) => Answer::Withheld(code),
        Answer::NotAsked => Answer::NotAsked,
    };
    Ok(observed)
}

/// Takes codes that mean "there is none" for the answer `none`.
fn answer<T>(reply: Reply<T>, none_codes: &[&str], none: T) -> Answer<T> {
    match reply {
        Reply::Yes(told) => Answer::Told(told),
        Reply::No(refusal) if none_codes.contains(&refusal.code.as_str()) => Answer::Told(none),
        Reply::No(refusal) if refusal.is_not_offered() => Answer::NotOffered,
        Reply::No(refusal) => Answer::Withheld(refusal.code),
    }
}

impl Asked<'_> {
    async fn head(&self, bucket: &str) -> Result<Reply<Option<String>>, ResidencyError> {
        let sent = self.client.head_bucket().bucket(bucket).send().await;
        let reply = self.sorted("ask for the region", sent)?;
        Ok(reply.map(|told| told.bucket_region().map(plain)))
    }

    async fn location(&self) -> Result<Reply<Option<String>>, ResidencyError> {
        let question = self.client.get_bucket_location().bucket(self.bucket);
        let sent = question.send().await;
        if is_unreadable(&sent) {
            return Ok(Reply::Yes(None));
        }
        let reply = self.sorted("ask for the location", sent)?;
        Ok(reply.map(|told| {
            told.location_constraint()
                .map(|region| region.as_str())
                .filter(|region| !region.is_empty())
                .map(plain)
        }))
    }

    /// Returns the buckets that objects are copied to, by rules that are switched off as well: they
    /// are switched on by one click.
    async fn replication(&self) -> Result<Reply<Vec<String>>, ResidencyError> {
        let question = self.client.get_bucket_replication().bucket(self.bucket);
        let reply = self.sorted("ask for the replication", question.send().await)?;
        Ok(reply.map(|told| {
            let rules = told
                .replication_configuration()
                .map_or(&[][..], |configuration| configuration.rules());
            let mut buckets: Vec<String> = rules
                .iter()
                .map(|rule| {
                    rule.destination()
                        .map_or("", |destination| destination.bucket())
                        .to_owned()
                })
                .collect();
            buckets.sort_unstable();
            buckets.dedup();
            buckets
        }))
    }

    async fn destinations(&self, arns: Vec<String>) -> Result<Vec<Destination>, ResidencyError> {
        let mut destinations = Vec::new();
        for (index, arn) in arns.into_iter().enumerate() {
            // `arn:aws:s3:::bucket`, or on other stores the bucket alone.
            let bucket = arn.rsplit(':').next().unwrap_or_default();
            let region = if index < MOST_DESTINATIONS && !bucket.is_empty() {
                match self.head(bucket).await? {
                    Reply::Yes(region) => region,
                    // A store of Amazon names the region to those as well whom it lets no further.
                    Reply::No(refusal) => refusal.region,
                }
            } else {
                None
            };
            destinations.push(Destination { region });
        }
        Ok(destinations)
    }

    async fn lock(&self) -> Result<Reply<Option<String>>, ResidencyError> {
        let question = self
            .client
            .get_object_lock_configuration()
            .bucket(self.bucket);
        let reply = self.sorted("ask for the Object Lock", question.send().await)?;
        Ok(reply.map(|told| {
            let retention = told
                .object_lock_configuration()
                .and_then(|lock| lock.rule())
                .and_then(|rule| rule.default_retention())?;
            // A retention without a mode is one all the same.
            Some(
                retention
                    .mode()
                    .map_or_else(|| "unknown".to_owned(), |mode| plain(mode.as_str())),
            )
        }))
    }

    async fn versioning(&self) -> Result<Reply<Versioning>, ResidencyError> {
        let question = self.client.get_bucket_versioning().bucket(self.bucket);
        let sent = question.send().await;
        if is_unreadable(&sent) {
            return Ok(Reply::Yes(Versioning::Unknown));
        }
        let reply = self.sorted("ask for the versioning", sent)?;
        Ok(reply.map(|told| match told.status() {
            None => Versioning::Off,
            Some(BucketVersioningStatus::Enabled) => Versioning::On,
            Some(BucketVersioningStatus::Suspended) => Versioning::Suspended,
            Some(_) => Versioning::Unknown,
        }))
    }

    async fn acceleration(&self, declared: &Declared) -> Result<Answer<bool>, ResidencyError> {
        if !declared.is_of_aws() {
            return Ok(Answer::NotAsked);
        }
        let question = self
            .client
            .get_bucket_accelerate_configuration()
            .bucket(self.bucket);
        let reply = self.sorted("ask for the acceleration", question.send().await)?;
        let is_on = reply.map(|told| {
            !matches!(
                told.status(),
                None | Some(BucketAccelerateStatus::Suspended)
            )
        });
        Ok(answer(is_on, &[], false))
    }

    fn sorted<T, E>(
        &self,
        doing: &'static str,
        sent: Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<Reply<T>, ResidencyError>
    where
        E: Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match reply::sorted(self.host, doing, sent)? {
            Reply::No(refusal) if refusal.is_ill() => {
                Err(reply::unreachable(self.host, doing, refusal.code))
            }
            reply => Ok(reply),
        }
    }

    fn denied(&self, doing: &'static str, refusal: Refusal) -> ResidencyError {
        let host = self.host.to_owned();
        if refusal.status == 404 {
            return ResidencyError::NoBucket { host };
        }
        ResidencyError::Denied {
            host,
            doing,
            code: refusal.code,
        }
    }
}

/// Whether a store has answered in a form of its own. Some do while nobody has set what is asked for.
/// It is taken for no answer, and only where having none allows nothing.
fn is_unreadable<T, E>(sent: &Result<T, SdkError<E, HttpResponse>>) -> bool {
    let raw = sent.as_ref().err().and_then(SdkError::raw_response);
    raw.is_some_and(|raw| raw.status().is_success())
}
