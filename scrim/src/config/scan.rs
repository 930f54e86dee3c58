//! `[scan]`: whether what comes in is looked at by ClamAV first.

use schemars::JsonSchema;
use scrim_policy::Kind;
use serde::Deserialize;

use crate::{
    failure::Failure,
    scan::{Clamd, Scanner},
};

/// The section.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Section {
    /// Where clamd listens: `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`. Without it nothing
    /// is scanned.
    #[schemars(example = &"unix:/run/clamav/clamd.ctl")]
    clamd: Option<String>,
    /// Whether nothing is taken in that was not scanned to its end. Without it, a clamd that does not
    /// answer is only a warning.
    #[schemars(example = true)]
    required: bool,
}

impl Default for Section {
    fn default() -> Self {
        Self {
            clamd: None,
            required: true,
        }
    }
}

impl Section {
    /// Returns what scans, if anything does.
    pub(super) fn scanner(&self) -> Result<Option<Scanner>, Failure> {
        let Some(text) = &self.clamd else {
            return Ok(None);
        };
        let clamd = text.parse::<Clamd>().map_err(|what| {
            Failure::words(Kind::Invalid, format!("[scan] clamd = \"{text}\" {what}"))
                .hint("write unix:/run/clamav/clamd.ctl, or tcp:127.0.0.1:3310")
        })?;
        Ok(Some(Scanner::new(clamd, self.required)))
    }
}
