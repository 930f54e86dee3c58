//! Secrets that stand for somebody: they are given out once and kept as digests.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::{
    digest::{KeyedDigest, Sha256Digest},
    secret::{EntropyError, Secret},
};

/// What a secret is good for. The word in front says it to people and to programs that search for
/// secrets where none belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// A session of a browser.
    Session,
    /// A program.
    Token,
    /// An invitation: to choose a password, once, or to a room.
    Invitation,
    /// A recording, for a while.
    Link,
    /// A room.
    Room,
    /// What somebody has said in a room: to see it, and to take it back.
    Personal,
    /// A registration, to be confirmed once.
    Registration,
}

impl Bearer {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "scs_",
            Self::Token => "sct_",
            Self::Invitation => "sci_",
            Self::Link => "scl_",
            Self::Room => "scr_",
            Self::Personal => "scp_",
            Self::Registration => "scc_",
        }
    }
}

/// A secret as text: a prefix and 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerText(Zeroizing<String>);

impl fmt::Debug for BearerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[bearer secret]")
    }
}

impl BearerText {
    pub(super) fn random(bearer: Bearer) -> Result<Self, EntropyError> {
        let secret = Secret::<32>::random()?;
        Ok(Self::of_bytes(bearer, secret.expose()))
    }

    /// Makes the secret that a keyed digest is: the same one each time, so that it is kept nowhere.
    /// Nobody without the keyring can make it.
    pub(super) fn of_digest(bearer: Bearer, digest: &KeyedDigest) -> Self {
        Self::of_bytes(bearer, digest.as_bytes())
    }

    fn of_bytes(bearer: Bearer, bytes: &[u8; 32]) -> Self {
        let mut text = Zeroizing::new(bearer.prefix().to_owned());
        text.reserve_exact(43);
        URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        Self(text)
    }

    /// Takes a text that somebody has sent, if it has the form of such a secret.
    pub fn parse(bearer: Bearer, text: &str) -> Option<Self> {
        let letters = text.strip_prefix(bearer.prefix())?;
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_whole = letters.len() == 43 && letters.bytes().all(is_fine);
        is_whole.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns the text. Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it. The secret has 256 random bits, so nothing is gained by hashing slowly, and
    /// looking the digest up tells an attacker nothing about the secret.
    pub(super) fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(self.0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_secret_that_is_made_anew_is_the_same_one() {
        let digest = KeyedDigest::from_bytes([7; 32]);
        let secret = BearerText::of_digest(Bearer::Personal, &digest);
        assert!(secret == BearerText::of_digest(Bearer::Personal, &digest));
        assert!(BearerText::parse(Bearer::Personal, secret.expose()) == Some(secret.clone()));
        assert!(secret.expose().starts_with("scp_"));
        assert!(BearerText::parse(Bearer::Link, secret.expose()).is_none());
    }

    #[test]
    fn secrets_survive_text_and_stand_for_one_thing() {
        let secret = BearerText::random(Bearer::Link).unwrap();
        assert_eq!(secret.expose().len(), 47);
        assert!(BearerText::parse(Bearer::Link, secret.expose()) == Some(secret.clone()));
        assert!(BearerText::parse(Bearer::Token, secret.expose()).is_none());
        assert_eq!(format!("{secret:?}"), "[bearer secret]");
        for text in [
            "",
            "scl_",
            "scl_short",
            &format!("{}x", secret.expose()),
            "scl_<script>",
        ] {
            assert!(BearerText::parse(Bearer::Link, text).is_none(), "{text}");
        }
    }
}
