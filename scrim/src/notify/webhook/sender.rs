//! The request.

use std::{
    io::{self, Read},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ring::rand::{self, SystemRandom};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
    unversioned::{resolver::DefaultResolver, transport::DefaultConnector},
};

use super::{
    WebhookError, WebhookSecret, WebhookSettings, WebhookUrl,
    reach::{Forbidden, GuardedResolver, Reach},
};
use crate::notify::{SettingsError, trust};

/// How long a request may take, from the name to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How much of an answer is read, to let the receiver finish. It is thrown away.
const MOST_ANSWER_BYTES: u64 = 64 << 10;

/// Who is told.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The address.
    pub(crate) url: WebhookUrl,
    /// What messages are signed with. Without it they are not signed.
    pub(crate) secret: Option<WebhookSecret>,
}

/// One message as it is sent, the same at every try but for `sent_at`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    /// Tells receivers that they have the message already: letters, digits, `_` and `-`.
    pub(crate) id: &'a str,
    /// When this try is made. Receivers take no message that is older than some minutes.
    pub(crate) sent_at: SystemTime,
    /// An [`Event`] as JSON.
    pub(crate) body: &'a str,
}

/// Returns a new id of a message.
///
/// # Errors
/// [`WebhookError::NoRandom`].
pub(crate) fn new_id() -> Result<String, WebhookError> {
    let random: [u8; 16] = rand::generate(&SystemRandom::new())
        .map_err(|_| WebhookError::NoRandom)?
        .expose();
    Ok(format!("msg_{:032x}", u128::from_be_bytes(random)))
}

/// What happened. It holds ids and times only.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Event<'a, D> {
    /// Words with points between them, such as `recording.published`.
    #[serde(rename = "type")]
    pub(crate) name: &'a str,
    /// When it happened.
    #[serde(serialize_with = "as_rfc3339")]
    pub(crate) timestamp: SystemTime,
    /// What it happened to.
    pub(crate) data: D,
}

fn as_rfc3339<S: serde::Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let text = OffsetDateTime::from(*time)
        .format(&Rfc3339)
        .map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&text)
}

/// Sends webhooks. It keeps no connection open and blocks while it sends.
#[derive(Debug)]
pub(crate) struct Sender {
    agent: Agent,
    reach: Reach,
}

impl Sender {
    /// Returns a sender for addresses that users chose.
    ///
    /// # Errors
    /// [`SettingsError`] where the file of certificates is not usable.
    pub(crate) fn new(settings: &WebhookSettings) -> Result<Self, SettingsError> {
        let roots = match &settings.ca_file {
            None => RootCerts::WebPki,
            Some(path) => {
                let authorities = trust::read(path)?;
                let ders = authorities.ders.iter();
                RootCerts::from(
                    ders.map(|der| Certificate::from_der(der).to_owned())
                        .collect::<Vec<_>>(),
                )
            }
        };
        let reach = Reach::Users {
            allow_loopback: settings.allow_loopback,
            allow_private: settings.allow_private.clone(),
        };
        Ok(Self::with(reach, roots, TIMEOUT))
    }

    /// Returns a sender for addresses in the configuration: whoever writes it may reach the network
    /// of the machine without Scrim.
    pub(crate) fn of_operator() -> Self {
        Self::with(Reach::Operator, RootCerts::WebPki, TIMEOUT)
    }

    fn with(reach: Reach, roots: RootCerts, timeout: Duration) -> Self {
        let tls = TlsConfig::builder().root_certs(roots.clone()).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Elsewhere is not where it was allowed to go, and a proxy looks names up anew.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .max_idle_connections(0)
            .timeout_global(Some(timeout))
            .user_agent("Scrim")
            .tls_config(tls)
            .build();
        let resolver = GuardedResolver {
            reach: reach.clone(),
            names: DefaultResolver::default(),
        };
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        Self { agent, reach }
    }

    /// Waits less long than people do.
    #[cfg(test)]
    pub(crate) fn with_timeout(self, timeout: Duration) -> Self {
        let roots = self.agent.config().tls_config().root_certs().clone();
        Self::with(self.reach, roots, timeout)
    }

    /// Looks at an address without asking anybody: plain `http` is only for this machine, and only
    /// where the settings allow it. What its name leads to is decided with every message.
    ///
    /// # Errors
    /// [`WebhookError::Forbidden`].
    pub(crate) fn check(&self, url: &WebhookUrl) -> Result<(), WebhookError> {
        if url.is_encrypted() || self.reach.allows_loopback() {
            Ok(())
        } else {
            Err(WebhookError::Forbidden)
        }
    }

    /// Posts a message once.
    ///
    /// # Errors
    /// [`WebhookError`]. Unless it [is final](WebhookError::is_final), the message is worth another
    /// try.
    pub(crate) fn deliver(
        &self,
        target: &Target,
        message: &Message<'_>,
    ) -> Result<(), WebhookError> {
        self.check(&target.url)?;
        let since = message.sent_at.duration_since(UNIX_EPOCH);
        let seconds = since.map_or(0, |since| since.as_secs());
        let mut request = self
            .agent
            .post(target.url.expose().clone())
            .header("Content-Type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", seconds.to_string());
        if let Some(secret) = &target.secret {
            let signature = secret.sign(message.id, seconds, message.body);
            request = request.header("webhook-signature", signature);
        }
        let response = request.send(message.body).map_err(sorted)?;
        let status = response.status().as_u16();
        let mut rest = response.into_body().into_reader().take(MOST_ANSWER_BYTES);
        // The status has said it all. What breaks afterwards changes nothing.
        let _ = io::copy(&mut rest, &mut io::sink());
        match status {
            200..=299 => Ok(()),
            410 => Err(WebhookError::Gone),
            _ => Err(WebhookError::NotTaken { status }),
        }
    }
}

/// Sorts what happened by what can be done about it.
fn sorted(error: ureq::Error) -> WebhookError {
    let is_about_trust = match &error {
        ureq::Error::Other(other) if other.is::<Forbidden>() => return WebhookError::Forbidden,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => true,
        // What rustls finds during the handshake comes wrapped.
        ureq::Error::Io(error) => error
            .get_ref()
            .is_some_and(|inner| inner.is::<rustls::Error>()),
        _ => false,
    };
    let source = Box::new(error);
    if is_about_trust {
        WebhookError::Untrusted { source }
    } else {
        WebhookError::Unreachable { source }
    }
}
