//! What kind of failure an error is.

use serde::{Deserialize, Serialize};

/// What a caller can do about a failure. HTTP status, exit code and retry follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The request is malformed: a wrong option, an unreadable policy. Change it and try again.
    Invalid,
    /// The thing does not exist, or the caller may not know that it exists.
    NotFound,
    /// A policy or the gate said no. Not a failure: audited, never alarmed.
    Refused,
    /// Something outside did not answer: store, key service, disk. Worth a retry.
    Unavailable,
    /// The data is not what it was: broken media, a failed authentication tag.
    Damaged,
    /// A bug or an unmet assumption of Scrim itself.
    Internal,
}
