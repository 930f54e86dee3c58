//! Telling another program that a sweep is late.

use std::{net::IpAddr, thread, time::Duration};

use scrim_policy::Kind;
use serde::Serialize;
use ureq::{Agent, http::Uri};

/// How often it is tried, and how long the first pause is. Each further one is twice as long.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(10);

/// An address that is told. What it is told holds ids only.
#[derive(Clone, Debug)]
pub struct Webhook(Uri);

/// Nobody could be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The address is not usable.
    #[error("not the address of a webhook: expected https://, or http:// on this machine")]
    NotAnAddress,

    /// It did not answer, or with an error, however often it was tried.
    #[error("the webhook did not take the message after {tries} tries")]
    NoAnswer {
        /// How often it was tried.
        tries: u32,
        /// What happened the last time.
        source: Box<ureq::Error>,
    },
}

impl WebhookError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NotAnAddress => Kind::Invalid,
            Self::NoAnswer { .. } => Kind::Unavailable,
        }
    }
}

impl Webhook {
    /// Takes an address: `https`, or `http` on this machine.
    ///
    /// # Errors
    /// [`WebhookError::NotAnAddress`].
    pub fn new(url: &str) -> Result<Self, WebhookError> {
        let uri: Uri = url.parse().map_err(|_| WebhookError::NotAnAddress)?;
        let host = uri.host().ok_or(WebhookError::NotAnAddress)?;
        let is_allowed = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_loopback(host),
            _ => false,
        };
        if is_allowed {
            Ok(Self(uri))
        } else {
            Err(WebhookError::NotAnAddress)
        }
    }

    /// Posts a message as JSON, and again after a pause where it is not taken.
    ///
    /// # Errors
    /// [`WebhookError::NoAnswer`].
    pub fn post(&self, message: &impl Serialize) -> Result<(), WebhookError> {
        let body = serde_json::to_string(message).expect("a message holds only texts and numbers");
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            // Elsewhere is not where the operator wants it.
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        let mut pause = FIRST_PAUSE;
        let mut tries = 0;
        loop {
            tries += 1;
            let posted = agent
                .post(self.0.clone())
                .header("Content-Type", "application/json")
                .send(body.as_str());
            match posted {
                Ok(_) => return Ok(()),
                Err(source) if tries == TRIES => {
                    let source = Box::new(source);
                    return Err(WebhookError::NoAnswer { tries, source });
                }
                Err(_) => thread::sleep(pause),
            }
            pause *= 2;
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = bare
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback());
    is_address || host == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_ways_are_used() {
        for url in [
            "https://alerts.example/scrim",
            "http://127.0.0.1:8080/",
            "http://[::1]:80/",
            "http://localhost/x",
        ] {
            assert!(Webhook::new(url).is_ok(), "{url}");
        }
        for url in [
            "http://alerts.example/",
            "http://127.0.0.1.example/",
            "ftp://localhost/",
            "alerts.example",
            "",
        ] {
            assert!(Webhook::new(url).is_err(), "{url}");
        }
    }
}
