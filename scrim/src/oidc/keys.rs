//! The keys of the provider: RFC 7517.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

use super::{OidcError, TokenFlaw, http::Http, token::Header};

const DOING: &str = "read its keys";

/// How often the keys are asked for again. Anybody can send a token that names a key which does not
/// exist, and must not make Scrim ask for it each time.
const PAUSE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct KeySet {
    /// Each is read by itself: one of a sort that is unknown must not hide the others.
    keys: Vec<Value>,
}

/// The keys as they were read last.
pub(super) struct KeyCache(Mutex<Cached>);

struct Cached {
    keys: Vec<Jwk>,
    asked_at: SystemTime,
}

impl KeyCache {
    pub(super) fn fetch(http: &Http, jwks_uri: &str, now: SystemTime) -> Result<Self, OidcError> {
        Ok(Self(Mutex::new(Cached {
            keys: read(http, jwks_uri)?,
            asked_at: now,
        })))
    }

    /// Returns the key for a token. Where there is none, the provider may have made one since.
    pub(super) fn find(
        &self,
        http: &Http,
        jwks_uri: &str,
        header: &Header,
        now: SystemTime,
    ) -> Result<DecodingKey, OidcError> {
        {
            let mut cached = self.lock();
            if let Some(key) = pick(&cached.keys, header) {
                return Ok(key);
            }
            // A clock that was set back must not stop this for ever.
            let is_early = now
                .duration_since(cached.asked_at)
                .is_ok_and(|passed| passed < PAUSE);
            if is_early {
                return Err(TokenFlaw::UnknownKey.into());
            }
            // Before asking: a provider that fails is not asked more often.
            cached.asked_at = now;
        }
        let keys = read(http, jwks_uri)?;
        let mut cached = self.lock();
        cached.keys = keys;
        pick(&cached.keys, header).ok_or_else(|| TokenFlaw::UnknownKey.into())
    }

    /// It is held for copies and assignments only, never while the provider is asked.
    fn lock(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(http: &Http, jwks_uri: &str) -> Result<Vec<Jwk>, OidcError> {
    let set: KeySet = http.json(DOING, jwks_uri)?;
    let read = |value| serde_json::from_value(value).ok();
    Ok(set.keys.into_iter().filter_map(read).collect())
}

/// Returns the key that a token names. One that names none is fine as long as only one key fits.
fn pick(keys: &[Jwk], header: &Header) -> Option<DecodingKey> {
    let mut fitting = keys.iter().filter(|key| fits(key, header.algorithm));
    let key = match &header.key_id {
        Some(id) => fitting.find(|key| key.common.key_id.as_ref() == Some(id))?,
        None => {
            let only = fitting.next()?;
            if fitting.next().is_some() {
                return None;
            }
            only
        }
    };
    DecodingKey::from_jwk(key).ok()
}

/// A key is for one purpose and one algorithm, whatever the token says.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_for_signatures = key
        .common
        .public_key_use
        .as_ref()
        .is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let is_for_algorithm = key
        .common
        .key_algorithm
        .is_none_or(|named| named == KeyAlgorithm::from(algorithm));
    let is_of_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(point), Algorithm::ES256) => {
            point.curve == EllipticCurve::P256
        }
        (AlgorithmParameters::OctetKeyPair(point), Algorithm::EdDSA) => {
            point.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    is_for_signatures && is_for_algorithm && is_of_kind
}
