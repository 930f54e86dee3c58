//! What was found, signed.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::{Capabilities, Store};
use crate::{keyring::Keyring, signing::PublicKey};

/// What the catalog keeps of a probe. Nobody without the signing key can make the program believe
/// that a store does what it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// JSON. These very bytes are signed.
    pub payload: String,
    /// Ed25519, base64.
    pub signature: String,
}

/// The form of a payload. The word keeps it apart from everything else that the key signs.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    what: Kind,
    schema: u32,
    capabilities: Capabilities,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "scrim store capabilities")]
    Capabilities,
}

const SCHEMA: u32 = 1;

impl Record {
    pub(crate) fn sign(keyring: &Keyring, capabilities: &Capabilities) -> Self {
        let payload = Payload {
            what: Kind::Capabilities,
            schema: SCHEMA,
            capabilities: capabilities.clone(),
        };
        let payload =
            serde_json::to_string(&payload).expect("capabilities hold only texts and numbers");
        Self {
            signature: STANDARD.encode(keyring.sign(payload.as_bytes())),
            payload,
        }
    }

    /// Returns what was found about a store, or nothing where the record is not signed by this key,
    /// is about another store or of another schema.
    pub fn read(&self, key: &PublicKey, store: &Store) -> Option<Capabilities> {
        let signature = STANDARD.decode(&self.signature).ok()?.try_into().ok()?;
        if !key.verifies(self.payload.as_bytes(), &signature) {
            return None;
        }
        let payload: Payload = serde_json::from_str(&self.payload).ok()?;
        let found = payload.capabilities;
        (payload.schema == SCHEMA && found.store == *store).then_some(found)
    }
}
