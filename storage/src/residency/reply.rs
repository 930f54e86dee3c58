//! What comes back from a store, sorted.

use std::{error::Error, io};

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use super::ResidencyError;

/// What came back.
pub(crate) enum Reply<T> {
    /// What was asked for.
    Yes(T),
    /// Something else.
    No(Refusal),
}

/// An answer that is not the one that was asked for. The words of the store are left out: stores
/// quote what they were sent.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) region: Option<String>,
    /// Where the client should go instead.
    pub(crate) elsewhere: Option<String>,
}

/// Says whether a store means with a status or a code that it does not know the question.
pub(crate) fn is_not_offered(status: Option<u16>, code: Option<&str>) -> bool {
    matches!(status, Some(405 | 501)) || code.is_some_and(|code| NOT_OFFERED.contains(&code))
}

/// Codes of stores for a question that they do not know.
const NOT_OFFERED: [&str; 5] = [
    "NotImplemented",
    "XNotImplemented",
    "MethodNotAllowed",
    "UnsupportedOperation",
    "NotSupported",
];

/// Tells an answer from a refusal, and both from no answer at all.
///
/// # Errors
/// [`ResidencyError::Unreachable`].
pub(crate) fn sorted<T, E>(
    host: &str,
    doing: &'static str,
    sent: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Reply<T>, ResidencyError>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let error = match sent {
        Ok(told) => return Ok(Reply::Yes(told)),
        Err(error) => error,
    };
    let Some(raw) = error.raw_response() else {
        return Err(unreachable(host, doing, last_cause(&error)));
    };
    let header = |name| raw.headers().get(name).map(str::to_owned);
    Ok(Reply::No(Refusal::new(
        raw.status().as_u16(),
        error.code(),
        header("x-amz-bucket-region"),
        header("location"),
    )))
}

pub(crate) fn unreachable(host: &str, doing: &'static str, cause: String) -> ResidencyError {
    ResidencyError::Unreachable {
        host: host.to_owned(),
        doing,
        source: io::Error::other(cause),
    }
}

fn last_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl<T> Reply<T> {
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Self::Yes(told) => Reply::Yes(change(told)),
            Self::No(refusal) => Reply::No(refusal),
        }
    }

    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Yes(_) => None,
            Self::No(refusal) => Some(refusal),
        }
    }
}

impl Refusal {
    fn new(
        status: u16,
        code: Option<&str>,
        region: Option<String>,
        target: Option<String>,
    ) -> Self {
        let region = region.as_deref().map(plain);
        // Amazon answers those who sign for another region with codes of its own.
        let is_elsewhere = (300..400).contains(&status)
            || matches!(
                code,
                Some("PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed")
            );
        let named = || region.clone().or_else(|| target.as_deref().map(host_of));
        Self {
            status,
            code: code.map_or_else(|| format!("status {status}"), plain),
            elsewhere: is_elsewhere
                .then(|| named().unwrap_or_else(|| "a place that it does not name".to_owned())),
            region,
        }
    }

    /// Says whether the store does not know the question.
    pub(crate) fn is_not_offered(&self) -> bool {
        is_not_offered(Some(self.status), Some(&self.code))
    }

    /// Says whether the store could have answered and did not manage to.
    pub(crate) fn is_ill(&self) -> bool {
        (self.status >= 500 && !self.is_not_offered()) || self.status == 429 || self.status < 300
    }
}

/// The host of an address.
fn host_of(address: &str) -> String {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    plain(after_scheme.split(['/', '?']).next().unwrap_or_default())
}

/// What a stranger says goes into verdicts, logs and proofs, so it has to be a word.
pub(crate) fn plain(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if !text.is_empty() && text.len() <= 100 && text.bytes().all(is_plain) {
        text.to_owned()
    } else {
        "something unreadable".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_can_only_say_words() {
        assert_eq!(plain("eu-central-1"), "eu-central-1");
        let long = "a".repeat(101);
        for text in ["", "a b", "eu-central-1\n", "ż", "\u{202e}", &long] {
            assert_eq!(plain(text), "something unreadable", "{text:?}");
        }
        let address = "https://s3.us-east-1.amazonaws.com/b?x";
        assert_eq!(host_of(address), "s3.us-east-1.amazonaws.com");
    }
}
