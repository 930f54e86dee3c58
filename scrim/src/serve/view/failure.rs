//! What went wrong.

use askama::Template;

use super::Frame;

/// Any refusal and any error.
#[derive(Template)]
#[template(path = "serve/failure.html")]
pub(crate) struct FailurePage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The status of HTTP.
    pub(crate) status: u16,
    /// The id of the request, by which the log knows it.
    pub(crate) request: String,
    /// More about it, in English.
    pub(crate) detail: Option<String>,
}

impl FailurePage {
    /// Returns the key of what happened.
    fn title_key(&self) -> &'static str {
        match self.status {
            400 | 422 => "failure-invalid",
            401 => "failure-signed-out",
            403 => "failure-forbidden",
            404 => "failure-unknown",
            409 => "failure-conflict",
            410 => "failure-over",
            413 => "failure-too-large",
            429 => "failure-too-many",
            503 => "failure-unavailable",
            400..=499 => "failure-refused",
            _ => "failure-internal",
        }
    }

    /// Returns the key of what to do.
    fn help_key(&self) -> &'static str {
        match self.status {
            400 | 422 => "failure-invalid-help",
            401 => "failure-signed-out-help",
            403 => "failure-forbidden-help",
            404 => "failure-unknown-help",
            409 => "failure-conflict-help",
            410 => "failure-over-help",
            413 => "failure-too-large-help",
            429 => "failure-too-many-help",
            503 => "failure-unavailable-help",
            400..=499 => "failure-refused-help",
            _ => "failure-internal-help",
        }
    }
}
