//! Requests to the provider. One at a time, none twice: a code can be used once.

use std::{fs, io::Read, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde::{Deserialize, de::DeserializeOwned};
use ureq::{
    Agent, Body,
    http::Response,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::{
    OidcError, Pending,
    discovery::{Metadata, SecretGoes},
    error::known_code,
    settings::Secret,
    token::UserInfo,
};

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longer answers are none of a provider. Some have hundreds of keys.
const MOST_ANSWER_BYTES: u64 = 512 * 1024;

const EXCHANGING: &str = "exchange the code";
const ASKING_WHO: &str = "read the user info";

pub(super) struct Http(Agent);

/// What the token endpoint gives. Not `Debug`: it must not be printed.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) id_token: String,
    pub(super) access_token: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Http {
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self, OidcError> {
        let roots = match ca_file {
            Some(path) => RootCerts::from(certificates(path)?),
            None => RootCerts::WebPki,
        };
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // Secrets are shown to the one that was named, and not to whomever it names.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build()
            .new_agent();
        Ok(Self(agent))
    }

    /// Reads a document.
    pub(super) fn json<T: DeserializeOwned>(
        &self,
        doing: &'static str,
        url: &str,
    ) -> Result<T, OidcError> {
        let request = self.0.get(url).header("Accept", "application/json");
        done(doing, answer(doing, request.call())?)
    }

    /// Exchanges a code for tokens: OpenID Connect Core 3.1.3.1.
    pub(super) fn tokens(
        &self,
        metadata: &Metadata,
        client_id: &str,
        secret: Option<&Secret>,
        pending: &Pending,
        code: &str,
    ) -> Result<Tokens, OidcError> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", pending.redirect_uri()),
            ("code_verifier", pending.verifier()),
        ];
        let mut request = self
            .0
            .post(&metadata.token_endpoint)
            .header("Accept", "application/json");
        match (secret, metadata.secret_goes) {
            (Some(secret), SecretGoes::InHeader) => {
                // Both are escaped before they are joined: RFC 6749, section 2.3.1.
                let id = percent_encoded(client_id);
                let pair = format!("{id}:{}", percent_encoded(secret.expose()));
                let value = format!("Basic {}", STANDARD.encode(pair));
                request = request.header("Authorization", value);
            }
            (Some(secret), SecretGoes::InBody) => {
                form.extend([("client_id", client_id), ("client_secret", secret.expose())]);
            }
            (None, _) => form.push(("client_id", client_id)),
        }
        let (status, body) = answer(EXCHANGING, request.send_form(form))?;
        if matches!(status, 400 | 401)
            && let Ok(refusal) = serde_json::from_slice::<Refusal>(&body)
        {
            return Err(match known_code(&refusal.error) {
                "invalid_client" | "unauthorized_client" => OidcError::UnknownClient,
                code => OidcError::CodeRefused { code },
            });
        }
        done(EXCHANGING, (status, body))
    }

    pub(super) fn user_info(
        &self,
        endpoint: &str,
        access_token: &str,
    ) -> Result<UserInfo, OidcError> {
        let request = self
            .0
            .get(endpoint)
            .header("Accept", "application/json")
            .header("Authorization", format!("Bearer {access_token}"));
        done(ASKING_WHO, answer(ASKING_WHO, request.call())?)
    }
}

fn answer(
    doing: &'static str,
    response: Result<Response<Body>, ureq::Error>,
) -> Result<(u16, Vec<u8>), OidcError> {
    let failed = |source| OidcError::Unreachable {
        doing,
        source: Box::new(source),
    };
    let response = response.map_err(failed)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    response
        .into_body()
        .into_reader()
        .take(MOST_ANSWER_BYTES + 1)
        .read_to_end(&mut body)
        .map_err(|error| failed(error.into()))?;
    if body.len() as u64 > MOST_ANSWER_BYTES {
        return Err(OidcError::Unreadable { doing });
    }
    Ok((status, body))
}

fn done<T: DeserializeOwned>(
    doing: &'static str,
    (status, body): (u16, Vec<u8>),
) -> Result<T, OidcError> {
    if status != 200 {
        return Err(OidcError::Status { doing, status });
    }
    // What is wrong in it may be somebody's name, so the reason is not kept.
    serde_json::from_slice(&body).map_err(|_| OidcError::Unreadable { doing })
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, OidcError> {
    let failed = || OidcError::CaFile {
        path: path.to_owned(),
    };
    let pem = fs::read(path).map_err(|_| failed())?;
    let ders = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| failed())?;
    // The HTTP client takes it for granted that all of them can be used.
    let is_usable = |der| webpki::anchor_from_trusted_cert(der).is_ok();
    if ders.is_empty() || !ders.iter().all(is_usable) {
        return Err(failed());
    }
    let of_der = |der: &CertificateDer<'static>| Certificate::from_der(der).to_owned();
    Ok(ders.iter().map(of_der).collect())
}

/// Escapes all but the unreserved letters of RFC 3986, section 2.3.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
