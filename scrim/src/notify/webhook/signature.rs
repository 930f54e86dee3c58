//! Signatures after the specification of Standard Webhooks, version 1, with a shared secret.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};

use super::WebhookError;

/// What a secret begins with, so that scanners of leaked secrets know it.
const PREFIX: &str = "whsec_";

/// How many bytes a secret may have.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What Scrim and one receiver share. `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Makes a new secret.
    ///
    /// # Errors
    /// [`WebhookError::NoRandom`].
    pub(crate) fn random() -> Result<Self, WebhookError> {
        let mut bytes = vec![0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| WebhookError::NoRandom)?;
        Ok(Self(bytes))
    }

    /// Returns the form that the receiver is given. Every call is a place to review.
    pub(crate) fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Signs a message: `v1,` and the code of its id, the seconds of its time and its body.
    pub(super) fn sign(&self, id: &str, seconds: u64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let code = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(code))
    }
}

impl FromStr for WebhookSecret {
    type Err = WebhookError;

    fn from_str(text: &str) -> Result<Self, WebhookError> {
        let base64 = text.strip_prefix(PREFIX).ok_or(WebhookError::BadSecret)?;
        let bytes = STANDARD
            .decode(base64)
            .map_err(|_| WebhookError::BadSecret)?;
        if BYTES.contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(WebhookError::BadSecret)
        }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[secret of {} bytes]", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn secrets_are_read_as_they_were_given_out() {
        let secret = WebhookSecret::random().unwrap();
        let again: WebhookSecret = secret.expose().parse().unwrap();
        assert_eq!(again.0, secret.0);
        assert_eq!(format!("{secret:?}"), "[secret of 32 bytes]");
        let of = |count| format!("{PREFIX}{}", STANDARD.encode(vec![7; count]));
        for text in [
            String::new(),
            PREFIX.to_owned(),
            of(23),
            of(65),
            of(32).replace(PREFIX, ""),
            of(32) + "!",
        ] {
            assert!(text.parse::<WebhookSecret>().is_err(), "{text}");
        }
        assert!(of(24).parse::<WebhookSecret>().is_ok());
    }
}
