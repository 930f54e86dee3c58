//! Why an artefact is opened, and what an erasure is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why the plaintext of an artefact is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline, title = "purpose")]
#[non_exhaustive]
pub enum Purpose {
    /// Somebody gets it.
    Get,
    /// It is compared with its proof. Nobody gets it.
    Verify,
    /// It is processed: an original on its way into a job.
    Process,
    /// It goes into an export.
    Export,
}

/// What an erasure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline, title = "scope")]
pub enum ErasureScope {
    /// One recording.
    Recording,
    /// One participant in all recordings.
    Participant,
    /// A tenant and everything of theirs.
    Tenant,
}
