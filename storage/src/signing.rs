//! Ed25519 keys and signatures as texts.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use scrim_policy::Kind;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;

/// Text that is not a public key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a public key: expected the 32 bytes of an Ed25519 key in base64")]
pub struct PublicKeyError;

impl PublicKeyError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

/// The key that a signature is checked with: Ed25519 (RFC 8032), written in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    pub(crate) const fn new(key: VerifyingKey) -> Self {
        Self(key)
    }

    /// Returns the 32 bytes of RFC 8032.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Returns a short name of the key: the first 16 digits of its SHA-256.
    pub fn key_id(&self) -> String {
        let mut id = Sha256Digest::of(self.as_bytes()).to_string();
        id.truncate(16);
        id
    }

    /// Says whether this is the signature of `message`. Keys and signatures that other programs
    /// could judge differently are refused.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = PublicKeyError;

    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        let bytes = STANDARD.decode(text).map_err(|_| PublicKeyError)?;
        let bytes = bytes.try_into().map_err(|_| PublicKeyError)?;
        VerifyingKey::from_bytes(&bytes)
            .map(Self)
            .map_err(|_| PublicKeyError)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// RFC 8032, section 7.1, test 1.
    #[test]
    fn a_known_signature_is_accepted_and_a_changed_one_is_not() {
        let key: PublicKey = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            .parse()
            .unwrap();
        let mut signature = STANDARD
            .decode(concat!(
                "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVf",
                "uIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=="
            ))
            .unwrap();
        assert!(key.verifies(b"", signature.as_slice().try_into().unwrap()));
        signature[0] ^= 1;
        assert!(!key.verifies(b"", signature.as_slice().try_into().unwrap()));
    }

    #[test]
    fn anything_else_is_not_a_public_key() {
        for text in [
            "",
            "AAAA",
            "not base64",
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURpB",
        ] {
            assert_eq!(text.parse::<PublicKey>(), Err(PublicKeyError), "{text}");
        }
    }
}
