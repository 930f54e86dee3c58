//! A sign-in that has begun.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};
use serde::{Deserialize, Serialize};

use super::OidcError;

/// How long somebody may take at the provider.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What has to come back, and what only the browser that began may end.
///
/// It belongs into a cookie of that browser, sealed: whoever reads it can end the sign-in, and
/// whoever writes it can sign somebody else in. It prints nothing of itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    issuer: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    verifier: String,
    began: u64,
}

impl Pending {
    pub(super) fn new(
        random: &SystemRandom,
        issuer: &str,
        redirect_uri: &str,
        now: SystemTime,
    ) -> Result<Self, OidcError> {
        Ok(Self {
            issuer: issuer.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            state: random_text(random)?,
            nonce: random_text(random)?,
            verifier: random_text(random)?,
            began: seconds(now),
        })
    }

    /// Returns it in the form that [`Pending::from_bytes`] reads.
    #[cfg(test)]
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("it holds only texts and a number")
    }

    /// Reads what [`Pending::to_bytes`] has written; nothing where it was something else.
    #[cfg(test)]
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The code challenge of RFC 7636, section 4.2.
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier.as_bytes()))
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    pub(super) fn state(&self) -> &str {
        &self.state
    }

    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(super) fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Says whether it is still time to end it.
    pub(super) fn is_fresh(&self, now: SystemTime) -> bool {
        seconds(now)
            .checked_sub(self.began)
            .is_some_and(|passed| passed <= LONGEST.as_secs())
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sign-in]")
    }
}

/// 256 bits, in 43 letters that need no escape anywhere.
fn random_text(random: &SystemRandom) -> Result<String, OidcError> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes).map_err(|_| OidcError::NoEntropy)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Seconds since 1970; a clock before that is at 0.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
