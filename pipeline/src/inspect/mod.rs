//! What the finished recording shows about itself: the leak report.
//!
//! The file is opened again by readers that took no part in making it, and every statement of the
//! report is about what they found there, never about what was meant to be written.
//!
//! > **Never claim more than was checked.** A check says how it was done and over how much. What
//! > was not checked is listed as not checked.

mod boxes;
mod consents;
mod hidden;
mod structure;
mod words;

use scrim_policy::Kind;
use serde::{Deserialize, Serialize};

use crate::render::RenderError;

pub use consents::consents;
pub use hidden::hidden_areas;
pub use structure::{Expected, structure};
pub use words::{WordSource, words};

/// What came out of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was found.
    Passed,
    /// Something was found: the recording must not be published.
    Failed,
    /// It could not be or was not done.
    NotChecked,
}

/// One statement of the leak report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Short name, stable across versions.
    pub name: String,
    /// What came out.
    pub verdict: Verdict,
    /// How it was done, and over how much.
    pub how: String,
    /// What was found. Never names, words or pictures.
    pub found: String,
}

impl Check {
    pub(crate) fn new(name: &str, how: impl Into<String>, outcome: Result<String, String>) -> Self {
        let (verdict, found) = match outcome {
            Ok(found) => (Verdict::Passed, found),
            Err(found) => (Verdict::Failed, found),
        };
        Self {
            name: name.to_owned(),
            verdict,
            how: how.into(),
            found,
        }
    }

    /// A check that was not done, and why.
    pub fn not_checked(name: &str, why: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            verdict: Verdict::NotChecked,
            how: String::new(),
            found: why.into(),
        }
    }
}

/// Why the finished recording could not be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// It could not be read back.
    #[error("could not read back the finished recording")]
    Read {
        /// What the store said.
        source: std::io::Error,
    },
    /// It could not be decoded.
    #[error("could not decode the finished recording")]
    Decode {
        /// What the decoder said.
        source: RenderError,
    },
}

impl InspectError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Read { .. } => Kind::Unavailable,
            Self::Decode { .. } => Kind::Internal,
        }
    }
}
