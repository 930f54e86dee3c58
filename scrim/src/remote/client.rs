//! One server and the token for it.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use scrim_policy::Kind;
use scrim_storage::{DataKey, VaultError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{Method, Request, Response},
    tls::{Certificate, RootCerts, TlsConfig},
};

use crate::failure::Failure;

/// How long a connection may take, and how long one may wait for an answer to begin.
const CONNECT: Duration = Duration::from_secs(15);
const ANSWER: Duration = Duration::from_secs(120);

/// How often a request is sent where nobody answered, or the server asked to come again.
const TRIES: u32 = 4;

/// The longest that a server may ask to wait.
const MOST_WAIT: Duration = Duration::from_secs(60);

/// Longer answers in JSON are none of this API.
const MOST_JSON: u64 = 64 << 20;

/// Where a server is and how one is known there.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Address, such as `https://scrim.example.eu`.
    pub(crate) url: String,
    /// File with the token.
    pub(crate) token_file: Option<PathBuf>,
    /// Certificates in PEM form that the server's own must lead to, instead of those of Mozilla.
    pub(crate) ca_file: Option<PathBuf>,
}

/// Asks a server.
pub(super) struct Client {
    agent: Agent,
    url: String,
    bearer: String,
}

impl Client {
    pub(super) fn new(place: &Place) -> Result<Self, Failure> {
        let url = place.url.trim_end_matches('/').to_owned();
        let is_here = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|here| {
                url.strip_prefix(here)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            });
        if !url.starts_with("https://") && !is_here {
            return Err(Failure::words(
                Kind::Invalid,
                format!("{url} is no address of a server: the token is not sent in the clear"),
            )
            .hint("write it as https://scrim.example.eu; http is for this machine"));
        }
        let path = place.token_file.as_ref().ok_or_else(|| {
            Failure::words(Kind::Invalid, "a server is asked with a token").hint(
                "make one at /account/tokens of the server, and name its file with --token-file",
            )
        })?;
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| Failure::file("read the token from", path, error))?;
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Failure::words(
                Kind::Invalid,
                format!("{} holds no token", path.display()),
            ));
        }
        let roots = match &place.ca_file {
            Some(path) => RootCerts::from(certificates(path)?),
            None => RootCerts::WebPki,
        };
        let mut config = Agent::config_builder();
        if is_here {
            // A proxy of the environment would be told the token in the clear.
            config = config.proxy(None);
        }
        let agent = config
            .http_status_as_error(false)
            // The token is for the server that was named, and not for whomever that one names.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .user_agent(concat!("scrim/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build()
            .new_agent();
        Ok(Self {
            agent,
            url,
            bearer: format!("Bearer {token}"),
        })
    }

    /// Reads something.
    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        read(self.answer(&Method::GET, path, &[], &[])?)
    }

    /// Has something done once, however often it has to be asked for.
    pub(super) fn send<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        read(self.keyed(method, path, body)?)
    }

    /// [`Client::send`], for what is answered with nothing.
    pub(super) fn tell(&self, path: &str, body: &Value) -> Result<(), Failure> {
        self.keyed(&Method::POST, path, body).map(drop)
    }

    /// Sends JSON under a key of its own, and returns an answer that is no error.
    pub(super) fn keyed(
        &self,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> Result<Response<Body>, Failure> {
        let key = DataKey::random().map_err(VaultError::from)?;
        let key = STANDARD.encode(key.expose());
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        self.answer(method, path, &headers, body.to_string().as_bytes())
    }

    /// Sends a request until somebody answers, and returns an answer that is no error. The request
    /// must do no harm twice.
    pub(super) fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response<Body>, Failure> {
        for tried in 1.. {
            let pause = Duration::from_secs(1 << tried);
            let answered = self.once(method, path, headers, body);
            let is_last = tried == TRIES;
            match answered {
                Err(failure) if is_last => return Err(failure),
                Err(_) => thread::sleep(pause),
                Ok(response) => {
                    let status = response.status();
                    let comes_again = matches!(status.as_u16(), 429 | 503);
                    if comes_again && !is_last {
                        thread::sleep(wanted_pause(&response).unwrap_or(pause));
                        continue;
                    }
                    return match status.is_success() {
                        true => Ok(response),
                        false => Err(refusal(response)),
                    };
                }
            }
        }
        unreachable!("the last try returns")
    }

    /// Sends a request once.
    pub(super) fn once(
        &self,
        method: &Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response<Body>, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", &self.bearer);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let wrong = |error: ureq::http::Error| Failure::new(Kind::Invalid, error);
        let sent = match body.is_empty() {
            true => self.agent.run(request.body(()).map_err(wrong)?),
            false => self.agent.run(request.body(body).map_err(wrong)?),
        };
        sent.map_err(|error| unreached(&self.url, error))
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, Failure> {
    let pem =
        fs::read(path).map_err(|error| Failure::file("read the certificates from", path, error))?;
    let ders: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match ders {
        Ok(ders) if !ders.is_empty() => Ok(ders
            .iter()
            .map(|der| Certificate::from_der(der).to_owned())
            .collect()),
        _ => Err(Failure::words(
            Kind::Invalid,
            format!("{} holds no certificate in PEM form", path.display()),
        )),
    }
}

fn unreached(url: &str, error: ureq::Error) -> Failure {
    let hint = match &error {
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => {
            "where the server has made its certificate itself, name that with --server-ca"
        }
        _ => "see that the server runs and that its address is right",
    };
    Failure::new(Kind::Unavailable, error)
        .about(format!("{url} could not be asked"))
        .hint(hint)
}

fn wanted_pause(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get("retry-after")?.to_str().ok()?;
    let pause = Duration::from_secs(seconds.parse().ok()?);
    Some(pause.min(MOST_WAIT))
}

/// Understands an answer that is an error (RFC 9457).
pub(super) fn refusal(mut response: Response<Body>) -> Failure {
    let status = response.status();
    let kind = match status.as_u16() {
        400 | 413 | 415 | 422 => Kind::Invalid,
        401 | 403 | 409 | 412 => Kind::Refused,
        404 | 410 => Kind::NotFound,
        429 | 503 => Kind::Unavailable,
        _ => Kind::Internal,
    };
    let body = response
        .body_mut()
        .with_config()
        .limit(1 << 20)
        .read_to_string();
    let problem: Value = serde_json::from_str(&body.unwrap_or_default()).unwrap_or_default();
    let text = |key: &str| problem.get(key).and_then(Value::as_str);
    let mut words = match text("detail") {
        Some(detail) => detail.to_owned(),
        None => format!("the server answered {status}"),
    };
    for finding in problem
        .get("findings")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let part = |key: &str| finding.get(key).and_then(Value::as_str).unwrap_or_default();
        if part("message") != words {
            words += &format!("; {}: {}", part("path"), part("message"));
        }
    }
    let failure = Failure::words(kind, words);
    match text("hint") {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn read<T: DeserializeOwned>(mut response: Response<Body>) -> Result<T, Failure> {
    let mut text = String::new();
    let mut reader = response.body_mut().with_config().limit(MOST_JSON).reader();
    let unread = |error: std::io::Error| Failure::new(Kind::Unavailable, error);
    reader.read_to_string(&mut text).map_err(unread)?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(Kind::Invalid, error)
            .about("the server answered something else than expected")
            .hint("see that it is a Scrim, and no older than this program")
    })
}
