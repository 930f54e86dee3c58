//! `[retention]`: when a sweep is late, whom to tell, and how long copies of keys live.

use std::time::Duration;

use schemars::JsonSchema;
use scrim_storage::ErasureTerms;
use serde::Deserialize;

use crate::{
    failure::Failure,
    notify::{WebhookError, WebhookUrl},
};

/// The section.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Section {
    /// A sweep is late when the last one is longer ago than so many hours.
    #[schemars(example = 26)]
    late_after_hours: u32,
    /// Told by POST with JSON when a sweep is late: https, or http on this machine.
    #[schemars(example = &"https://alerts.example.eu/scrim")]
    webhook: Option<String>,
    /// For how many days backups of the key management are kept. Certificates state it.
    #[schemars(example = 30)]
    backup_days: u32,
}

impl Default for Section {
    fn default() -> Self {
        Self {
            // A day, and time for a machine that starts its timers late.
            late_after_hours: 26,
            webhook: None,
            backup_days: 30,
        }
    }
}

impl Section {
    /// Returns how long ago the last sweep may be.
    pub(crate) fn late_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.late_after_hours) * 3600)
    }

    /// Returns what certificates state about backups.
    pub(crate) const fn terms(&self) -> ErasureTerms {
        ErasureTerms {
            backup_days: self.backup_days,
        }
    }

    /// Returns whom to tell, if anybody.
    pub(crate) fn webhook(&self) -> Result<Option<WebhookUrl>, Failure> {
        let webhook = self.webhook.as_deref().map(str::parse).transpose();
        webhook.map_err(|error: WebhookError| {
            Failure::from(error).hint("correct `webhook` in the section [retention]")
        })
    }
}
