//! `[webhooks]`: which machines the webhooks of users may reach.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::address::Net;

/// The section.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebhookSettings {
    /// Webhooks may go to this machine, there without encryption as well.
    #[schemars(example = false)]
    pub(crate) allow_loopback: bool,
    /// Networks that are not on the internet and may be reached all the same, such as
    /// `["10.0.0.5/32"]`. Addresses at which clouds hand out keys stay out of reach.
    #[schemars(with = "Vec<String>", example = ["10.0.0.5/32"])]
    pub(crate) allow_private: Vec<Net>,
    /// Certificates in PEM form that those of receivers must lead to, instead of those of Mozilla.
    #[schemars(example = &"/etc/scrim/hooks-ca.pem")]
    pub(crate) ca_file: Option<PathBuf>,
}
