//! One request after the other over HTTP.

use std::{
    io::{self, Read},
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use rustls_pki_types::CertificateDer;
use ureq::{
    Agent, Body,
    http::{HeaderValue, Method, Request, Response},
    tls::{Certificate, RootCerts, TlsConfig},
};
use zeroize::Zeroizing;

use super::{Token, TransitError, TransitSettings, answer::Refusal};
use crate::certificates::{self, CertificatesError};

/// How often the server is asked, and how long the first pause is. Each pause is twice the one
/// before: about three seconds in all, which a restart or a change of leader takes.
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Longer answers are none of transit.
const MOST_ANSWER_BYTES: u64 = 64 * 1024;

/// What a request or its answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A data key in the clear.
    Key,
    /// Nothing that would have to be overwritten.
    NoKey,
}

/// What came of a request.
pub(super) enum Outcome {
    /// The server did it. The answer may hold a data key.
    Done(Zeroizing<Vec<u8>>),
    /// The server said no, and will the next time too.
    Refused(Refusal),
}

/// The way to the transit engine.
pub(super) struct Connection {
    agent: Agent,
    /// For data keys. It keeps no connection open, since the buffers of one that waits for the next
    /// request still hold the last one. That costs a handshake for each.
    agent_for_keys: Agent,
    /// `https://host:port/v1/transit/`.
    base: String,
    token: Token,
    header: Mutex<HeaderValue>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.base)
    }
}

impl Connection {
    pub(super) fn new(settings: &TransitSettings) -> Result<Self, TransitError> {
        let is_word = |word: &str| {
            let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            !word.is_empty() && word.bytes().all(is_letter)
        };
        let mount = settings.mount.trim_matches('/');
        if !mount.split('/').all(is_word) {
            return Err(TransitError::BadMount);
        }
        let roots = match &settings.ca_file {
            Some(path) => RootCerts::from(certificates(path)?),
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder().root_certs(roots).build();
        let agent = |idle_connections| {
            Agent::config_builder()
                .http_status_as_error(false)
                // A token is shown to one server, and not to whomever it names.
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(None)
                .timeout_global(Some(settings.timeout))
                .tls_config(tls.clone())
                .max_idle_connections(idle_connections)
                .build()
                .new_agent()
        };
        Ok(Self {
            agent: agent(1),
            agent_for_keys: agent(0),
            base: format!("{}/v1/{mount}/", settings.address.as_str()),
            header: Mutex::new(settings.token.read()?),
            token: settings.token.clone(),
        })
    }

    pub(super) fn get(&self, doing: &'static str, path: &str) -> Result<Outcome, TransitError> {
        self.ask(doing, &Method::GET, path, None, Holds::NoKey)
    }

    pub(super) fn post(
        &self,
        doing: &'static str,
        path: &str,
        body: &[u8],
        holds: Holds,
    ) -> Result<Outcome, TransitError> {
        self.ask(doing, &Method::POST, path, Some(body), holds)
    }

    pub(super) fn delete(&self, doing: &'static str, path: &str) -> Result<Outcome, TransitError> {
        self.ask(doing, &Method::DELETE, path, None, Holds::NoKey)
    }

    /// Asks until there is an answer that counts. All that is asked here may be asked twice: at
    /// worst a key is rotated once more.
    fn ask(
        &self,
        doing: &'static str,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
        holds: Holds,
    ) -> Result<Outcome, TransitError> {
        let mut pause = FIRST_PAUSE;
        let mut has_new_token = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.ask_once(method, path, body, holds) {
                Ok(Outcome::Refused(refusal)) if refusal.status() == 403 && !has_new_token => {
                    has_new_token = true;
                    self.read_token_again()?;
                    continue;
                }
                Ok(Outcome::Refused(refusal)) if is_passing(&refusal) => refusal.into_error(doing),
                Ok(outcome) => return Ok(outcome),
                Err(error) => sorted(doing, error),
            };
            let is_final = matches!(error, TransitError::Sealed | TransitError::Untrusted { .. });
            if is_final || tries >= TRIES {
                return Err(error);
            }
            tracing::warn!(tries, doing, "the key server does not answer, asking again");
            thread::sleep(pause);
            pause *= 2;
        }
    }

    fn ask_once(
        &self,
        method: &Method,
        path: &str,
        body: Option<&[u8]>,
        holds: Holds,
    ) -> Result<Outcome, ureq::Error> {
        let agent = match holds {
            Holds::Key => &self.agent_for_keys,
            Holds::NoKey => &self.agent,
        };
        let token = self.header().clone();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("X-Vault-Token", token)
            .header("X-Vault-Request", "true");
        let response = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                agent.run(request.body(body)?)?
            }
            None => agent.run(request.body(())?)?,
        };
        let status = response.status().as_u16();
        let answer = read(response)?;
        match status {
            200..=299 => Ok(Outcome::Done(answer)),
            _ => Ok(Outcome::Refused(Refusal::read(status, &answer))),
        }
    }

    fn read_token_again(&self) -> Result<(), TransitError> {
        *self.header() = self.token.read()?;
        Ok(())
    }

    /// The lock is held for one copy or assignment at a time, so a panic leaves nothing half done.
    fn header(&self) -> std::sync::MutexGuard<'_, HeaderValue> {
        self.header.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What goes away by itself: too many requests, a change of leader, an error in the server.
fn is_passing(refusal: &Refusal) -> bool {
    matches!(refusal.status(), 412 | 429 | 500..=599)
}

/// Reads an answer into one buffer that is overwritten when dropped. Growing it would leave copies.
fn read(response: Response<Body>) -> Result<Zeroizing<Vec<u8>>, ureq::Error> {
    let mut answer = Zeroizing::new(vec![0; MOST_ANSWER_BYTES as usize]);
    let mut body = response.into_body();
    let mut reader = body.as_reader();
    let mut filled = 0;
    loop {
        match reader.read(&mut answer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    answer.truncate(filled);
    Ok(answer)
}

/// A connection that breaks may work the next time; a certificate that is wrong stays wrong.
fn sorted(doing: &'static str, error: ureq::Error) -> TransitError {
    let is_about_trust = match &error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => true,
        // rustls reports what it finds during the handshake this way.
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        _ => false,
    };
    let source = Box::new(error);
    if is_about_trust {
        TransitError::Untrusted { doing, source }
    } else {
        TransitError::Unreachable { doing, source }
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, TransitError> {
    let found = certificates::read(path).map_err(|error| match error {
        CertificatesError::Unread(source) => TransitError::CaFile {
            path: path.to_owned(),
            source,
        },
        CertificatesError::NoCertificate => TransitError::NoCertificate {
            path: path.to_owned(),
        },
    })?;
    let of_der = |der: &CertificateDer<'static>| Certificate::from_der(der).to_owned();
    Ok(found.ders.iter().map(of_der).collect())
}
