//! The rules themselves: from what is declared and what was observed to a verdict. No clock, no
//! socket.
//!
//! > **Unknown means refused.** A host that is on no list, a store of Amazon that does not say its
//! > region, a copy in a region that nobody tells: nothing may be written there.

mod after;
mod before;
mod list;

pub use list::Rule;

use before::Whose;

use super::{Finding, Verdict, Versioning};
use crate::{
    objects::s3::{Endpoint, S3Location},
    timestamp::Timestamp,
};

/// What the operator says about a bucket.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The server.
    pub endpoint: Endpoint,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The country of a server of their own.
    pub country: Option<String>,
    /// Whether Object Lock in compliance mode is accepted.
    pub may_lock: bool,
    /// The region that the store named when it was last allowed; the outer `None` where it never
    /// was.
    pub told_before: Option<Option<String>>,
}

impl Declared {
    /// What a location says, for a bucket that was never verified.
    pub fn of(location: &S3Location) -> Self {
        Self {
            endpoint: location.endpoint.clone(),
            region: location.region.clone(),
            bucket: location.bucket.to_string(),
            country: location.country.clone(),
            may_lock: location.allow_object_lock,
            told_before: None,
        }
    }

    /// Says whether the host is one of Amazon, which alone has certain questions.
    pub(super) fn is_of_aws(&self) -> bool {
        before::whose(&self.endpoint).is_ok_and(|whose| whose.provider().is_aws())
    }
}

/// An answer to a question that a store may not know or not want to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// The answer.
    Told(T),
    /// The store does not have such a thing.
    NotOffered,
    /// The store has not answered; the code that it gave.
    Withheld(String),
    /// It was not asked.
    NotAsked,
}

/// What a store has answered.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The region in the answer to HeadBucket.
    pub told_region: Option<String>,
    /// What GetBucketLocation has answered; nothing is an answer as well.
    pub location: Answer<Option<String>>,
    /// Where the store wanted to send the client.
    pub redirect: Option<String>,
    /// The buckets that objects are copied to, each with its region where that is known.
    pub replication: Answer<Vec<Destination>>,
    /// Object Lock: the default mode of new objects, if there is one.
    pub lock: Answer<Option<String>>,
    /// Whether transfer acceleration is on.
    pub acceleration: Answer<bool>,
    /// Whether old versions are kept.
    pub versioning: Versioning,
}

/// A bucket that objects are copied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Its region, where its store tells it.
    pub region: Option<String>,
}

fn finding(
    rule: Rule,
    passed: bool,
    found: impl Into<String>,
    wanted: impl Into<String>,
) -> Finding {
    Finding {
        rule,
        passed,
        found: found.into(),
        wanted: wanted.into(),
    }
}

/// Judges what can be judged before anything is sent, and returns the refusal if there is one. Then
/// nothing may be sent: a request tells who asks.
pub fn refuse_unasked(declared: &Declared, now: Timestamp) -> Option<Verdict> {
    let verdict = before_asking(declared, now);
    (!verdict.allowed).then_some(verdict)
}

/// Judges a bucket. Where what is declared is refused already, what was observed does not matter.
pub fn judge(declared: &Declared, observed: &Observed, now: Timestamp) -> Verdict {
    let verdict = before_asking(declared, now);
    let (true, Ok(whose)) = (verdict.allowed, before::whose(&declared.endpoint)) else {
        return verdict;
    };
    let mut answers = vec![
        after::redirect(observed),
        after::told_region(declared, whose, observed),
    ];
    // Whoever is sent elsewhere asks no further.
    if observed.redirect.is_none() {
        answers.extend([
            after::second_opinion(declared, whose, observed),
            after::unchanged(declared, observed),
            after::replication(declared, whose, observed),
            after::object_lock(declared, observed),
            after::acceleration(whose, observed),
        ]);
    }
    Verdict {
        allowed: answers.iter().all(|finding| finding.passed),
        told_region: after::told(observed),
        versioning: observed.versioning,
        findings: verdict.findings.into_iter().chain(answers).collect(),
        ..verdict
    }
}

fn before_asking(declared: &Declared, now: Timestamp) -> Verdict {
    let endpoint = &declared.endpoint;
    let whose = before::whose(endpoint);
    let mut findings = vec![before::host(endpoint, whose), before::encryption(endpoint)];
    let mut country = None;
    if let Ok(whose) = whose {
        country = before::country_of(declared, whose);
        findings.extend([
            before::port(endpoint, whose),
            before::country(declared, whose, country),
            before::declared_region(&declared.region, whose),
        ]);
    }
    findings.push(before::bucket(&declared.bucket));
    Verdict {
        allowed: findings.iter().all(|finding| finding.passed),
        at: now.to_string(),
        host: endpoint.host().to_owned(),
        provider: whose.ok().map(Whose::provider),
        region: declared.region.clone(),
        told_region: None,
        country,
        versioning: Versioning::Unknown,
        findings,
    }
}
