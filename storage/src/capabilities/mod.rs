//! What an object store can do, found by trying it.
//!
//! Servers that speak S3 leave out what they like, and some take a request and ignore half of it. So
//! nothing is believed that was not tried: a battery of requests below a throw-away prefix, and on
//! request in throw-away buckets. What was found is signed and kept; for whatever is missing it is
//! said what Scrim does instead.
//!
//! > **What was not tried is not known.** It is reported as not tried, with the reason, and never as
//! > missing or there.
//!
//! > **Nothing stays behind.** Objects, all their versions, unfinished uploads and buckets of a
//! > battery are removed at its end, and listed again.

mod battery;
mod buckets;
mod cleaning;
mod objects;
mod record;

pub(crate) use battery::probe;
pub use record::Record;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{objects::s3::S3Location, residency::Verdict};

/// Whether a battery may make buckets of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throwaway {
    /// It stays in the bucket that it is for.
    PrefixOnly,
    /// It makes two, where the credentials allow that, and removes them.
    BucketsToo,
}

/// One bucket on one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Store(String);

impl Store {
    /// The store of a location.
    pub fn of(location: &S3Location) -> Self {
        Self(format!("{}/{}", location.endpoint.host(), location.bucket))
    }
}

/// Prints `host/bucket`.
impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that was found about a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// Which one.
    pub store: Store,
    /// Where it is.
    pub verdict: Verdict,
    /// What was tried, in order.
    pub probes: Vec<Probed>,
    /// Whether everything that was put there is gone again.
    pub is_clean: bool,
}

impl Capabilities {
    /// Says whether the store has something; what was not tried it does not have.
    pub fn has(&self, probe: Probe) -> bool {
        self.probes
            .iter()
            .any(|probed| probed.probe == probe && probed.outcome == Outcome::Has)
    }

    /// Returns settings of `[store]` that suit the store better than the usual ones.
    pub fn advice(&self) -> Vec<&'static str> {
        let lacks = |probe| {
            let mut probes = self.probes.iter();
            probes.any(|probed| probed.probe == probe && probed.outcome == Outcome::Lacks)
        };
        let mut advice = Vec::new();
        if lacks(Probe::ConditionalPut) || lacks(Probe::ConditionalMultipart) {
            advice.push("conditional_put = false");
        }
        if lacks(Probe::Sha256) {
            advice.push("checksum = \"none\"");
        }
        advice
    }

    /// Returns what Scrim cannot do without and the store lacks.
    pub fn missing(&self) -> impl Iterator<Item = &Probed> {
        self.probes
            .iter()
            .filter(|probed| probed.outcome == Outcome::Lacks && probed.probe.is_needed())
    }
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probed {
    /// What.
    pub probe: Probe,
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen.
    pub found: String,
}

/// How a probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The store has it.
    Has,
    /// It does not, or it says so and does something else.
    Lacks,
    /// Nobody knows.
    NotTried,
}

macro_rules! probes {
    ($($(#[doc = $doc:literal])+ $probe:ident = $word:literal, $needed:literal, $instead:literal,)+) => {
        /// What is tried.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Probe {
            $($(#[doc = $doc])+ $probe,)+
        }

        impl Probe {
            /// All probes, in order.
            pub const ALL: &[Self] = &[$(Self::$probe),+];

            /// Returns the word for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$probe => $word,)+
                }
            }

            /// Says whether Scrim cannot do without.
            pub const fn is_needed(self) -> bool {
                match self {
                    $(Self::$probe => $needed,)+
                }
            }

            /// Returns what Scrim does where the store does not have it.
            pub const fn instead(self) -> &'static str {
                match self {
                    $(Self::$probe => $instead,)+
                }
            }
        }
    };
}

probes! {
    /// Objects are put, read, listed and deleted.
    Objects = "objects", true,
        "nothing: a store without that is none",
    /// The store names its region.
    Region = "region", false,
        "the listed host or the declared country decides alone",
    /// `If-None-Match: *` does not overwrite.
    ConditionalPut = "conditional_put", false,
        "the catalog decides who writes; a key holds the id of one artefact and is written once",
    /// `If-Match` with another tag does not overwrite.
    ConditionalMatch = "conditional_match", false,
        "nothing is needed: objects are never overwritten",
    /// A wrong SHA-256 is refused.
    Sha256 = "sha256", false,
        "what was written is read back and hashed",
    /// A wrong CRC64NVME is refused.
    Crc64Nvme = "crc64nvme", false,
        "another checksum, or reading back",
    /// Uploads in parts.
    Multipart = "multipart", true,
        "nothing: a recording is longer than one request may be",
    /// An upload in parts does not overwrite either.
    ConditionalMultipart = "conditional_multipart", false,
        "the catalog decides who writes; a key holds the id of one artefact and is written once",
    /// A range is read across the border of two parts.
    Range = "range", true,
        "nothing: players read in ranges",
    /// Unfinished uploads are listed.
    ListUploads = "list_uploads", false,
        "let the provider abort unfinished uploads: they hold sealed parts that no list shows",
    /// Old versions are kept and listed.
    Versioning = "versioning", false,
        "nothing is needed: without versions an erasure has less to delete",
    /// Object Lock in compliance mode keeps a version.
    ObjectLock = "object_lock", false,
        "nothing is needed: recordings must be erasable and are never locked",
    /// Unfinished uploads are aborted by rule.
    Lifecycle = "lifecycle", false,
        "`scrim gc` finds and aborts unfinished uploads",
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
