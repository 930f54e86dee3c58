//! Signing a proof and checking the signature.

use std::ops::RangeInclusive;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Proof, ProofError,
    document::{OLDEST_SCHEMA, SCHEMA, SCHEMA_OF_FIRST},
};
use crate::{keyring::Keyring, signing::PublicKey};

const ALGORITHM: &str = "Ed25519";

/// A proof and its signature, which is what `proof.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The proof as JSON. These very bytes are signed.
    pub payload: String,
    /// Ed25519 signature of the payload, base64.
    pub signature: String,
    /// Short name of the key, see [`PublicKey::key_id`].
    pub key_id: String,
    /// Always `Ed25519`.
    pub algorithm: String,
}

/// Whose signature a proof carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// That of the key that the caller trusts.
    Trusted(PublicKey),
    /// That of the key that the proof itself names. Anybody could have made it.
    Unknown(PublicKey),
}

/// A proof whose signature is right.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// What it says.
    pub proof: Proof,
    /// Who says it.
    pub signer: Signer,
}

impl Keyring {
    /// Signs a proof. Its `schema` and `public_key` are set here.
    pub fn sign_proof(&self, proof: &Proof) -> Envelope {
        let key = self.public_key();
        let schema = match proof.revises {
            Some(_) => SCHEMA,
            None => SCHEMA_OF_FIRST,
        };
        let proof = Proof {
            schema,
            public_key: Some(key),
            ..proof.clone()
        };
        let payload = serde_json::to_string(&proof)
            .expect("a proof holds only texts, numbers and JSON values");
        self.sign_payload(payload)
    }

    /// Signs any payload that states its schema and, as `public_key`, the key of this keyring.
    pub(crate) fn sign_payload(&self, payload: String) -> Envelope {
        Envelope {
            signature: STANDARD.encode(self.sign(payload.as_bytes())),
            payload,
            key_id: self.public_key().key_id(),
            algorithm: ALGORITHM.to_owned(),
        }
    }
}

impl Envelope {
    /// Reads the contents of `proof.json`. The signature is not looked at yet.
    ///
    /// # Errors
    /// [`ProofError::Malformed`].
    pub fn parse(json: &[u8]) -> Result<Self, ProofError> {
        serde_json::from_slice(json).map_err(|_| ProofError::Malformed {
            what: "the envelope",
        })
    }

    /// Returns the contents of `proof.json`.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("an envelope holds only texts") + "\n"
    }

    /// Checks the signature, and with a `trusted` key also whose it is.
    ///
    /// # Errors
    /// Any but [`ProofError::Read`].
    pub fn verify(&self, trusted: Option<&PublicKey>) -> Result<Verified, ProofError> {
        let (proof, signer) = self.verify_as(OLDEST_SCHEMA..=SCHEMA, trusted)?;
        Ok(Verified { proof, signer })
    }

    /// Checks the signature of any payload with one of these schemas, and reads it.
    pub(crate) fn verify_as<T: DeserializeOwned>(
        &self,
        known: RangeInclusive<u32>,
        trusted: Option<&PublicKey>,
    ) -> Result<(T, Signer), ProofError> {
        if self.algorithm != ALGORITHM {
            return Err(ProofError::UnknownAlgorithm);
        }
        let key = stated_key(&self.payload, &known)?;
        if key.key_id() != self.key_id {
            return Err(ProofError::KeysDiffer);
        }
        if let Some(trusted) = trusted.filter(|trusted| **trusted != key) {
            let (found, trusted) = (key.key_id(), trusted.key_id());
            return Err(ProofError::Untrusted { found, trusted });
        }
        let signature = STANDARD
            .decode(&self.signature)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        let signature = signature.ok_or(ProofError::Malformed {
            what: "the signature",
        })?;
        if !key.verifies(self.payload.as_bytes(), &signature) {
            return Err(ProofError::WrongSignature);
        }
        let payload = serde_json::from_str(&self.payload).map_err(|_| ProofError::Malformed {
            what: "the payload",
        })?;
        let signer = if trusted.is_some() {
            Signer::Trusted(key)
        } else {
            Signer::Unknown(key)
        };
        Ok((payload, signer))
    }
}

/// Reads just enough of a payload to check its signature. The schema comes first, because other
/// schemas may name their keys in other ways.
fn stated_key(payload: &str, known: &RangeInclusive<u32>) -> Result<PublicKey, ProofError> {
    #[derive(Deserialize)]
    struct SchemaOnly {
        schema: u32,
    }
    #[derive(Deserialize)]
    struct KeyOnly {
        public_key: PublicKey,
    }
    let malformed = |_| ProofError::Malformed {
        what: "the payload",
    };
    let SchemaOnly { schema } = serde_json::from_str(payload).map_err(malformed)?;
    if !known.contains(&schema) {
        return Err(ProofError::UnknownSchema {
            found: schema,
            known: *known.end(),
        });
    }
    let KeyOnly { public_key } =
        serde_json::from_str(payload).map_err(|_| ProofError::Malformed {
            what: "the public key",
        })?;
    Ok(public_key)
}
