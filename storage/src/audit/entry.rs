//! One entry, and what the log commits to of it.

use std::{fmt, str::FromStr};

use scrim_policy::{Actor, AuditEvent};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    digest::{DigestError, Sha256Digest},
    secret::{EntropyError, fill_random},
    timestamp::Timestamp,
};

/// One entry of the log. Its JSON text is hashed as it stands, so that it never has to be written
/// again in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the log, from 0.
    pub seq: u64,
    /// When it was written, in microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    #[serde(flatten)]
    pub event: AuditEvent,
}

impl Entry {
    pub(crate) fn new(seq: u64, at: Timestamp, actor: &Actor, event: &AuditEvent) -> Self {
        Self {
            seq,
            at: at.as_micros(),
            actor: actor.clone(),
            event: event.clone(),
        }
    }

    /// Returns the text that is hashed and kept.
    pub(crate) fn to_body(&self) -> String {
        serde_json::to_string(self).expect("an entry holds only texts, numbers and lists of them")
    }

    /// Returns when it was written.
    pub const fn time(&self) -> Timestamp {
        Timestamp::from_micros(self.at)
    }
}

/// 32 random bytes that keep the leaf of an entry from being guessed. Written as 64 hexadecimal
/// digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(Sha256Digest);

impl Salt {
    pub(crate) fn random() -> Result<Self, EntropyError> {
        let mut bytes = [0; 32];
        fill_random(&mut bytes)?;
        Ok(Self(Sha256Digest::from_bytes(bytes)))
    }
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[salt]")
    }
}

impl FromStr for Salt {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        text.parse().map(Self)
    }
}

/// Returns what the log commits to of an entry.
pub(crate) fn leaf_of(salt: &Salt, body: &str) -> Sha256Digest {
    let hash = Sha256::new().chain_update(salt.0.as_bytes());
    Sha256Digest::finished(hash.chain_update(body.as_bytes()))
}

/// Returns the chain value after one more leaf.
pub(crate) fn next_chain(before: &Sha256Digest, leaf: &Sha256Digest) -> Sha256Digest {
    let hash = Sha256::new().chain_update(before.as_bytes());
    Sha256Digest::finished(hash.chain_update(leaf.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scrim_policy::{Purpose, RecordingId, Word};

    use super::*;

    #[test]
    fn an_entry_is_one_flat_object_and_survives_text() {
        let recording: RecordingId = "rec_01922d5b111170008000000000000001".parse().unwrap();
        let event = AuditEvent::ArtefactOpened {
            artefact: "art_01922d5b111170008000000000000002".parse().unwrap(),
            recording,
            kind: Word::new("recording"),
            purpose: Purpose::Get,
        };
        let entry = Entry::new(7, Timestamp::from_micros(5), &Actor::uid(1000), &event);
        let body = entry.to_body();
        assert_eq!(
            body,
            concat!(
                r#"{"seq":7,"at":5,"actor":"uid:1000","event":"artefact.opened","#,
                r#""artefact":"art_01922d5b111170008000000000000002","#,
                r#""recording":"rec_01922d5b111170008000000000000001","#,
                r#""kind":"recording","purpose":"get"}"#
            )
        );
        assert_eq!(serde_json::from_str::<Entry>(&body).unwrap(), entry);
    }

    #[test]
    fn equal_entries_have_different_leaves() {
        let (one, other) = (Salt::random().unwrap(), Salt::random().unwrap());
        assert_ne!(leaf_of(&one, "{}"), leaf_of(&other, "{}"));
        assert_eq!(
            leaf_of(&one, "{}"),
            leaf_of(&one.to_string().parse().unwrap(), "{}")
        );
    }
}
