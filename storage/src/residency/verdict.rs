//! What the guard found, as it goes to the audit log and into the proof.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Country, Provider, Rule};

/// What the guard found about one bucket at one time. It names no bucket, no account and no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Whether recordings may be written there.
    pub allowed: bool,
    /// When it was found, RFC 3339 in UTC.
    pub at: String,
    /// The host that was asked.
    pub host: String,
    /// Whose machines these are, where that is known.
    pub provider: Option<Provider>,
    /// The region that requests are signed for.
    pub region: String,
    /// The region that the store itself names, where it does.
    pub told_region: Option<String>,
    /// The country, where that is known.
    pub country: Option<Country>,
    /// Whether the bucket keeps old versions of objects.
    pub versioning: Versioning,
    /// What was checked, in order.
    pub findings: Vec<Finding>,
}

/// One rule, what it wanted and what it met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Whether it is kept.
    pub passed: bool,
    /// What was found.
    pub found: String,
    /// What was wanted.
    pub wanted: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            found,
            wanted,
            ..
        } = self;
        write!(f, "{rule}: found {found}, wanted {wanted}")
    }
}

/// Whether a bucket keeps old versions. It decides how much an erasure has to delete, not whether
/// the bucket may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Versioning {
    /// It never did, or the store cannot.
    Off,
    /// It does.
    On,
    /// It does not any more; older versions may still be there.
    Suspended,
    /// The store did not say. Whoever erases has to look for versions.
    Unknown,
}

impl Verdict {
    /// Returns the rules that are not kept.
    pub fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| !finding.passed)
    }
}

/// Prints one line: `eu-central-1 of AWS in DE (s3.eu-central-1.amazonaws.com)`, or what is wrong.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.allowed {
            write!(f, "{} is refused", self.host)?;
            return self
                .broken()
                .try_for_each(|finding| write!(f, "; {finding}"));
        }
        let Self { region, host, .. } = self;
        match (self.provider, self.country) {
            (Some(provider), Some(country)) => {
                write!(f, "{region} of {provider} in {country} ({host})")
            }
            _ => write!(f, "{region} ({host})"),
        }
    }
}

/// Where the objects of a vault lie, as its proofs state it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StorageVerdict {
    /// In words: a place that needs no guard. Proofs of schema 1 know only this.
    Statement(String),
    /// In a bucket that the guard has checked.
    Bucket(Box<Verdict>),
}

impl StorageVerdict {
    /// What a proof says of objects that are files of this machine.
    pub fn local_files() -> Self {
        Self::Statement("sealed in a local file store on this machine".to_owned())
    }
}

impl fmt::Display for StorageVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement(words) => f.write_str(words),
            Self::Bucket(verdict) => write!(f, "{verdict}, checked at {}", verdict.at),
        }
    }
}
