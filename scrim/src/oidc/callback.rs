//! What the browser brings back.

use std::time::SystemTime;

use axum::{extract::Query, http::Uri};
use ring::digest::{SHA256, digest};

use super::{OidcError, Pending, error::known_code};

/// Longer ones are none.
const MOST_BYTES: usize = 8 * 1024;

/// The parameters that count. None of them may come twice: RFC 6749, section 3.1.
#[derive(Default)]
pub(super) struct Callback {
    code: Option<String>,
    state: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
}

impl Callback {
    /// Reads the query of an address, with or without its question mark.
    pub(super) fn read(query: &str) -> Result<Self, OidcError> {
        let query = query.trim_start_matches('?');
        if query.len() > MOST_BYTES {
            return Err(OidcError::BadCallback);
        }
        let uri: Uri = format!("/?{query}")
            .parse()
            .map_err(|_| OidcError::BadCallback)?;
        let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(&uri)
            .map_err(|_| OidcError::BadCallback)?;
        let mut callback = Self::default();
        for (name, value) in parameters {
            let place = match name.as_str() {
                "code" => &mut callback.code,
                "state" => &mut callback.state,
                "iss" => &mut callback.issuer,
                "error" => &mut callback.error,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(OidcError::BadCallback);
            }
        }
        Ok(callback)
    }

    /// Returns the code, once it is certain that it belongs to this sign-in.
    pub(super) fn code(
        self,
        pending: &Pending,
        issuer: &str,
        sends_issuer: bool,
        now: SystemTime,
    ) -> Result<String, OidcError> {
        let state = self.state.ok_or(OidcError::BadCallback)?;
        if !is_equal(&state, pending.state()) {
            return Err(OidcError::OtherState);
        }
        if !pending.is_fresh(now) {
            return Err(OidcError::Expired);
        }
        // RFC 9207, section 2.4: where the provider says that it sends it, one without is refused;
        // where it comes all the same, it has to be right. The settings may have changed meanwhile.
        let is_other = match &self.issuer {
            Some(from) => from != issuer,
            None => sends_issuer,
        };
        if is_other || pending.issuer() != issuer {
            return Err(OidcError::MixUp);
        }
        if let Some(code) = self.error {
            return Err(OidcError::Denied {
                code: known_code(&code),
            });
        }
        self.code
            .filter(|code| !code.is_empty())
            .ok_or(OidcError::BadCallback)
    }
}

/// Compares digests, so that the time says nothing about how far both are equal.
fn is_equal(one: &str, other: &str) -> bool {
    let digest = |text: &str| digest(&SHA256, text.as_bytes());
    digest(one).as_ref() == digest(other).as_ref()
}
