//! ID tokens: OpenID Connect Core, sections 2, 3.1.3.6 to 3.1.3.8 and 5.3.2.

use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use ring::digest::{SHA256, SHA512, digest};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{OidcError, TokenFlaw, pending::seconds, signatures};

/// How far the clocks of both sides may be apart.
const LEEWAY_SECONDS: f64 = 60.0;

/// Longer ones are none.
const MOST_BYTES: usize = 64 * 1024;

/// What is used of the header. Where it names keys or addresses of keys itself, that is ignored.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
}

#[derive(Deserialize)]
struct RawHeader {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// What the ID token has to be about.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) access_token: Option<&'a str>,
}

/// What a token says. Not `Debug`: it is about a person.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    aud: OneOrMany,
    azp: Option<String>,
    // Seconds, which may have a fraction: RFC 7519, section 2.
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
    at_hash: Option<String>,
    pub(super) email: Option<String>,
    #[serde(default, deserialize_with = "true_only")]
    pub(super) email_verified: bool,
    pub(super) name: Option<String>,
    #[serde(flatten)]
    pub(super) others: Map<String, Value>,
}

/// What the user info endpoint says.
#[derive(Deserialize)]
pub(super) struct UserInfo {
    sub: String,
    email: Option<String>,
    #[serde(default, deserialize_with = "true_only")]
    email_verified: bool,
    name: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Some providers write `"true"`. Whatever else stands there is not a yes.
fn true_only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value == Value::Bool(true) || value.as_str() == Some("true"))
}

/// Reads the header, and takes it only with an algorithm of the list.
pub(super) fn header(token: &str, allowed: &[Algorithm]) -> Result<Header, TokenFlaw> {
    if token.len() > MOST_BYTES {
        return Err(TokenFlaw::Malformed);
    }
    let (encoded, _) = token.split_once('.').ok_or(TokenFlaw::Malformed)?;
    let bytes = URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| TokenFlaw::Malformed)?;
    let raw: RawHeader = serde_json::from_slice(&bytes).map_err(|_| TokenFlaw::Malformed)?;
    if raw.crit.is_some() {
        return Err(TokenFlaw::Critical);
    }
    let algorithm: Algorithm = raw.alg.parse().map_err(|_| TokenFlaw::Algorithm)?;
    if !allowed.contains(&algorithm) {
        return Err(TokenFlaw::Algorithm);
    }
    Ok(Header {
        algorithm,
        key_id: raw.kid,
    })
}

/// Verifies the signature and what the token says.
pub(super) fn claims(
    token: &str,
    header: &Header,
    key: &DecodingKey,
    expected: &Expected<'_>,
    now: SystemTime,
) -> Result<Claims, TokenFlaw> {
    signatures::use_ring();
    let mut validation = Validation::new(header.algorithm);
    // All of these are looked at below, with the time that was passed in.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation).map_err(|error| {
        match error.kind() {
            ErrorKind::InvalidSignature => TokenFlaw::Signature,
            ErrorKind::InvalidAlgorithm => TokenFlaw::Algorithm,
            _ => TokenFlaw::Malformed,
        }
    })?;
    decoded.claims.check(header.algorithm, expected, now)?;
    Ok(decoded.claims)
}

impl Claims {
    fn check(
        &self,
        algorithm: Algorithm,
        expected: &Expected<'_>,
        now: SystemTime,
    ) -> Result<(), TokenFlaw> {
        if self.iss != expected.issuer {
            return Err(TokenFlaw::Issuer);
        }
        self.check_audience(expected.client_id)?;
        let now = seconds(now) as f64;
        // Written so that what is no number does not pass.
        let is_running = now < self.exp + LEEWAY_SECONDS;
        if !is_running {
            return Err(TokenFlaw::Expired);
        }
        let begins = self.nbf.map_or(self.iat, |nbf| nbf.max(self.iat));
        let has_begun = begins <= now + LEEWAY_SECONDS;
        if !has_begun {
            return Err(TokenFlaw::NotYet);
        }
        if self.nonce.as_deref() != Some(expected.nonce) {
            return Err(TokenFlaw::Nonce);
        }
        if let Some(hash) = &self.at_hash {
            let is_that = expected
                .access_token
                .is_some_and(|access_token| *hash == access_hash(algorithm, access_token));
            if !is_that {
                return Err(TokenFlaw::AccessToken);
            }
        }
        if self.sub.is_empty() {
            return Err(TokenFlaw::Subject);
        }
        Ok(())
    }

    /// For us, and with several audiences made out to us.
    fn check_audience(&self, client_id: &str) -> Result<(), TokenFlaw> {
        let audiences = self.aud.as_slice();
        let is_for_us = audiences.iter().any(|audience| audience == client_id);
        let is_made_out = match &self.azp {
            Some(party) => party == client_id,
            None => audiences.len() == 1,
        };
        if is_for_us && is_made_out {
            Ok(())
        } else {
            Err(TokenFlaw::Audience)
        }
    }

    /// Adds what the user info says, and replaces nothing.
    pub(super) fn complete(&mut self, info: UserInfo) -> Result<(), OidcError> {
        if info.sub != self.sub {
            return Err(OidcError::OtherSubject);
        }
        // An address and whether it was verified belong together.
        self.email = info.email;
        self.email_verified = info.email_verified;
        self.name = self.name.take().or(info.name);
        for (name, value) in info.others {
            self.others.entry(name).or_insert(value);
        }
        Ok(())
    }
}

/// The left half of the digest that belongs to the algorithm.
fn access_hash(algorithm: Algorithm, access_token: &str) -> String {
    let kind = match algorithm {
        Algorithm::EdDSA => &SHA512,
        _ => &SHA256,
    };
    let digest = digest(kind, access_token.as_bytes());
    let bytes = digest.as_ref();
    URL_SAFE_NO_PAD.encode(&bytes[..bytes.len() / 2])
}
