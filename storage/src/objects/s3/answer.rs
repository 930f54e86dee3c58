//! What a store answers, sorted.

use std::{error::Error, fmt, io};

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::{
    objects::{ObjectError, ObjectKey},
    residency::reply::is_not_offered,
};

/// A failure as the store or the network told it: a status, a code, or the last cause. Its own words
/// are left out, because stores quote what was sent.
#[derive(Debug)]
pub(super) struct Answer {
    status: Option<u16>,
    code: Option<String>,
    cause: Option<String>,
}

impl Answer {
    pub(super) fn of<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        let code = error.code().map(str::to_owned);
        let cause = code.is_none().then(|| last_cause(error));
        Self {
            status,
            code,
            cause,
        }
    }

    /// Something that went wrong while an answer was being read.
    pub(super) fn broken(error: &(dyn Error + 'static)) -> Self {
        Self {
            status: None,
            code: None,
            cause: Some(last_cause(error)),
        }
    }

    pub(super) fn is_status(&self, status: u16) -> bool {
        self.status == Some(status)
    }

    pub(super) fn is_code(&self, codes: &[&str]) -> bool {
        self.code
            .as_deref()
            .is_some_and(|code| codes.contains(&code))
    }

    /// Whether the store says that the bytes were not those of the checksum or of the signature.
    pub(super) fn is_damage(&self) -> bool {
        self.is_code(&[
            "BadDigest",
            "InvalidDigest",
            "XAmzContentSHA256Mismatch",
            "XAmzContentChecksumMismatch",
            "IncompleteBody",
        ])
    }

    /// Whether it was asked for something that the store does not have.
    pub(super) fn is_unknown_request(&self) -> bool {
        is_not_offered(self.status, self.code.as_deref())
    }

    /// Whether the store has done something and answered in a form of its own.
    pub(super) fn is_unreadable(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
            && self.code.is_none()
    }

    pub(super) fn sorted(self, doing: &'static str, key: Option<&ObjectKey>) -> ObjectError {
        let source = |answer: Self| io::Error::other(answer);
        if self.is_code(&["NoSuchBucket"]) {
            let source = source(self);
            return ObjectError::NoBucket { doing, source };
        }
        let is_missing = self.is_code(&["NoSuchKey", "NotFound"]);
        let is_taken = self.is_status(412) || self.is_code(&["PreconditionFailed"]);
        match key {
            Some(key) if is_missing => return ObjectError::NotFound { key: *key },
            Some(key) if is_taken => return ObjectError::AlreadyExists { key: *key },
            _ => {}
        }
        let is_full = self.is_status(507)
            || self.is_code(&["InsufficientStorage", "QuotaExceeded", "EntityTooLarge"]);
        match self.status {
            _ if is_full => ObjectError::Full {
                doing,
                source: source(self),
            },
            Some(401 | 403) => ObjectError::Denied {
                doing,
                source: source(self),
            },
            Some(300..=399) => ObjectError::Elsewhere {
                doing,
                source: source(self),
            },
            // An error with status 200 is one that came too late for another status.
            None | Some(200 | 408 | 429 | 500..) => ObjectError::Unreachable {
                doing,
                source: source(self),
            },
            Some(_) => ObjectError::Io {
                doing,
                source: source(self),
            },
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, self.status, &self.cause) {
            (Some(code), Some(status), _) => write!(f, "the store answered {code} ({status})"),
            (Some(code), None, _) => write!(f, "the store answered {code}"),
            (None, Some(status), _) if status != 200 => {
                write!(f, "the store answered with status {status}")
            }
            (None, _, Some(cause)) => f.write_str(cause),
            (None, _, None) => f.write_str("the answer of the store cannot be read"),
        }
    }
}

impl Error for Answer {}

/// An answer about an object that leaves out how long it is.
pub(super) fn no_length(doing: &'static str) -> ObjectError {
    let source = io::Error::other("the store does not say how long the object is");
    ObjectError::while_doing(doing, source)
}

/// The innermost error says what happened, those around it where.
fn last_cause(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Sorts an error of the client, met while `doing` something to an object.
pub(super) fn sorted<E>(
    doing: &'static str,
    key: Option<&ObjectKey>,
    error: &SdkError<E>,
) -> ObjectError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    Answer::of(error).sorted(doing, key)
}
