//! The audit log.

use askama::Template;

use super::Frame;

/// `/dpo/audit`, with `?recording=` and `?before=`. POST `/dpo/audit/verify`; GET
/// `/dpo/audit/export`.
#[derive(Template)]
#[template(path = "serve/dpo_audit.html")]
pub(crate) struct AuditPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The recording that is looked at; empty for all.
    pub(crate) recording: String,
    /// The entries, newest first.
    pub(crate) entries: Vec<AuditEntry>,
    /// How many there are in all.
    pub(crate) size: u64,
    /// Address of older entries.
    pub(crate) older: Option<String>,
    /// What came out of the last verification.
    pub(crate) verdict: AuditVerdict,
    /// When that was.
    pub(crate) verified_us: Option<i64>,
}

/// What came out of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuditVerdict {
    /// It was never done.
    NotVerified,
    /// Nothing was changed or left out.
    Whole,
    /// Something was.
    Broken,
}

impl AuditVerdict {
    fn word(self) -> &'static str {
        match self {
            Self::NotVerified => "not-checked",
            Self::Whole => "passed",
            Self::Broken => "failed",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::NotVerified => "audit-not-verified",
            Self::Whole => "audit-whole",
            Self::Broken => "audit-broken",
        }
    }
}

/// An entry.
pub(crate) struct AuditEntry {
    /// Its place in the log, from 0.
    pub(crate) seq: u64,
    /// When it was written.
    pub(crate) at_us: i64,
    /// Who did it.
    pub(crate) actor: String,
    /// What was done, such as `recording.published`.
    pub(crate) event: String,
    /// Its other fields, as they are in the log.
    pub(crate) fields: Vec<(String, String)>,
    /// Whether its words were erased.
    pub(crate) is_blank: bool,
}
