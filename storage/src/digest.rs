//! SHA-256 values, plain and keyed, with one way to write them.

use std::{
    fmt,
    io::{self, Read},
    str::FromStr,
};

use scrim_policy::Kind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Text that is not 64 lower-case hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a SHA-256 value: expected 64 lower-case hexadecimal digits")]
pub struct DigestError;

impl DigestError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps 32 bytes.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Returns the 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        /// Compares in a time that does not depend on the bytes.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.ct_eq(&other.0).into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                parse_hex(text).map(Self).ok_or(DigestError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

digest!(
    /// The SHA-256 of something, written as 64 lower-case hexadecimal digits.
    Sha256Digest
);
digest!(
    /// An HMAC-SHA-256 under the digest key of a [`crate::Keyring`].
    ///
    /// A plain hash of a roster or an e-mail address can be guessed by hashing guesses. This one
    /// cannot, unless the key is known as well, so it may stand in the catalog.
    KeyedDigest
);
digest!(
    /// The commitment of an artefact to its data key, see [`crate::seal`].
    Commitment
);

impl Sha256Digest {
    /// Hashes bytes that are in memory.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Ends a hash that was fed piece by piece.
    pub(crate) fn finished(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }

    /// Hashes everything that `reader` has left and returns the number of bytes as well.
    ///
    /// # Errors
    /// What `reader` fails with.
    pub fn of_reader(reader: &mut impl Read) -> io::Result<(Self, u64)> {
        let mut hash = Sha256::new();
        let mut total = 0;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok((Self::finished(hash), total)),
                Ok(count) => {
                    hash.update(&buffer[..count]);
                    total += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
    }
    Some(bytes)
}

/// Capital letters are refused, so that equal values are equal texts.
const fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// FIPS 180-4, the one-block example.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn digests_survive_text() {
        let digest = Sha256Digest::of(b"abc");
        assert_eq!(digest.to_string(), ABC);
        assert_eq!(ABC.parse(), Ok(digest));
        assert_eq!(
            Sha256Digest::of_reader(&mut b"abc".as_slice()).unwrap(),
            (digest, 3)
        );
    }

    #[test]
    fn anything_else_is_not_a_digest() {
        let capitals = ABC.to_uppercase();
        let accent = "é".repeat(32);
        for text in ["", &ABC[1..], &capitals, &accent, &format!("{ABC}0")] {
            assert_eq!(text.parse::<Sha256Digest>(), Err(DigestError), "{text}");
        }
    }
}
