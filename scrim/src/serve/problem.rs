//! Errors as clients see them: RFC 9457, with what to do and the id of the request.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scrim_policy::Kind;
use scrim_storage::{CatalogError, VaultError, erasure::ErasureError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::failure::Failure;

/// The form of the body.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A request that was not done.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// What happened, in a sentence without a period.
    pub(crate) detail: String,
    /// What to do.
    pub(crate) hint: Option<String>,
    /// Each mistake in what was sent.
    pub(crate) findings: Vec<Finding>,
    /// When to try again, in seconds.
    pub(crate) retry_after: Option<u64>,
}

/// One mistake in what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Finding {
    /// Where it is, such as `region[1].rect`.
    pub(crate) path: String,
    /// What is wrong.
    pub(crate) message: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help: Option<String>,
}

/// The body of every answer that is an error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// `about:blank`: the title says what the status means.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the status means.
    title: &'static str,
    /// The status.
    status: u16,
    /// What happened.
    detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Each mistake in what was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            hint: None,
            findings: Vec::new(),
            retry_after: None,
        }
    }

    /// Something that was sent cannot be used.
    pub(crate) fn invalid(path: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let finding = Finding {
            path: path.to_owned(),
            message: message.clone(),
            help: None,
        };
        Self {
            findings: vec![finding],
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
        }
    }

    /// There is no such thing, or it is somebody else's.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    /// It is not in a state in which this can be done.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Of a task that did not come to its end. A bug did.
    pub(crate) fn panicked(error: &tokio::task::JoinError) -> Self {
        tracing::error!(panicked = error.is_panic(), "a request ended in a bug");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "something went wrong inside of Scrim",
        )
        .hint("tell your operator the id of this request")
    }
}

/// The one table from what a caller can do about it to what HTTP says.
pub(crate) const fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Refused => StatusCode::CONFLICT,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let status = status_of(failure.kind());
        if status.is_server_error() {
            tracing::error!(error = %failure.whole_message(), "a request failed");
        }
        let mut problem = Self::new(status, failure.whole_message());
        match failure {
            Failure::Error { hint, .. } => problem.hint = hint,
            Failure::Policy(error) => {
                problem.detail = "the policy has mistakes".to_owned();
                problem.findings = error
                    .diagnostics
                    .iter()
                    .map(|found| Finding {
                        path: place(&error.text, found.line),
                        message: found.message.clone(),
                        help: Some(found.remedy.clone()).filter(|help| !help.is_empty()),
                    })
                    .collect();
            }
            Failure::Held { .. } => {}
        }
        problem
    }
}

/// Where a line of a policy is, as whoever sent it as JSON knows it: `region[1].rect`.
fn place(text: &str, line: usize) -> String {
    let lines: Vec<&str> = text.lines().take(line).collect();
    let regions = lines
        .iter()
        .filter(|line| line.trim() == "[[region]]")
        .count();
    let table = lines.iter().rev().find_map(|line| {
        let name = line.trim().strip_prefix('[')?.strip_suffix(']')?;
        Some(name.trim_matches(['[', ']']).to_owned())
    });
    let table = match table.as_deref() {
        Some("region") => format!("region[{}]", regions.saturating_sub(1)),
        Some(name) => name.to_owned(),
        None => String::new(),
    };
    let key = lines.last().and_then(|line| line.split_once('='));
    match (table.as_str(), key) {
        (_, None) => table,
        ("", Some((key, _))) => key.trim().to_owned(),
        (_, Some((key, _))) => format!("{table}.{}", key.trim()),
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        match &error {
            VaultError::Catalog(CatalogError::NoRecording { .. }) => Self::not_found("recording"),
            VaultError::Catalog(CatalogError::NoErasure { .. }) => Self::not_found("erasure"),
            VaultError::Catalog(CatalogError::NoHold { .. }) => Self::not_found("hold"),
            VaultError::Catalog(CatalogError::WrongState { .. }) => {
                Self::conflict(error.to_string())
            }
            _ => Failure::from(error).into(),
        }
    }
}

impl From<ErasureError> for Problem {
    fn from(error: ErasureError) -> Self {
        VaultError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            hint: self.hint.clone(),
            findings: self.findings.clone(),
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // Pages for people are drawn from it.
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_of_a_policy_have_a_place_in_json() {
        let text = "schema = 1\n[names]\nshow = 1\n[[region]]\nname = 1\n\n[[region]]\nrect = 2\n";
        for (line, expected) in [
            (1, "schema"),
            (3, "names.show"),
            (4, "region[0]"),
            (5, "region[0].name"),
            (8, "region[1].rect"),
        ] {
            assert_eq!(place(text, line), expected, "line {line}");
        }
    }
}
