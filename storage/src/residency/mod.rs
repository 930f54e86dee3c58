//! Where recordings may lie, and the proof that they do.
//!
//! ```text
//! declared ─► lists: host, country, region ─► asked: region, redirects, copies, locks ─► verdict
//!             refused here, nothing is sent
//! ```
//!
//! The rules are pure ([`judge`]); what a store answers is collected apart from them. A verdict
//! names every rule with what was found and what was wanted. It belongs into the audit log, good or
//! bad, and into the proof of what is published under it.
//!
//! It deliberately does not prove where a disk is. It proves that the host is one whose operator
//! says that it is in the European Economic Area, that its certificate was right, and that what the
//! store says about itself agrees.
//!
//! > **Only a verified bucket can be written.** The S3 store is made from an [`EuBucket`], and only
//! > [`EuBucket::verify`] makes one.

mod bucket;
mod country;
mod error;
mod observe;
mod places;
pub(crate) mod reply;
mod rules;
mod verdict;

#[cfg(test)]
mod tests;

pub use bucket::EuBucket;
pub use country::{Country, CountryError, EEA};
pub use error::ResidencyError;
pub use places::{PLACES, Place, Provider};
pub use rules::{Answer, Declared, Destination, Observed, Rule, judge, refuse_unasked};
pub use verdict::{Finding, StorageVerdict, Verdict, Versioning};
