//! SHA-256 of files.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Write},
    path::Path,
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes read at once while hashing.
const CHUNK_BYTES: usize = 256 * 1024;

/// The SHA-256 of a file, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 32]);

/// Text that is no SHA-256.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a SHA-256 has 64 hexadecimal digits")]
pub struct FingerprintError;

impl Fingerprint {
    /// Returns the 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a file to its end.
    ///
    /// # Errors
    /// What the system reports while reading.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut hashing = Hashing::new(io::sink());
        copy_in_chunks(&mut File::open(path)?, &mut hashing, |_| {})?;
        Ok(hashing.finish().1.fingerprint)
    }

    /// Reads the digits of a pin in this crate's own tables.
    pub(super) const fn pinned(digits: &str) -> Self {
        let digits = digits.as_bytes();
        assert!(digits.len() == 64, "a pin has 64 digits");
        let mut bytes = [0; 32];
        let mut index = 0;
        while index < 32 {
            bytes[index] = nibble(digits[2 * index]) << 4 | nibble(digits[2 * index + 1]);
            index += 1;
        }
        Self(bytes)
    }
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => panic!("a pin has lower case hexadecimal digits"),
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(FingerprintError);
        }
        Ok(Self::pinned(&text.to_ascii_lowercase()))
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = FingerprintError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

/// How long a stream was and what it hashed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) size: u64,
    pub(super) fingerprint: Fingerprint,
}

/// A writer that hashes what goes through it.
pub(super) struct Hashing<W> {
    inner: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Hashing<W> {
    pub(super) fn new(inner: W) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            size: 0,
        }
    }

    pub(super) fn finish(self) -> (W, Measured) {
        let fingerprint = Fingerprint(self.hash.finalize().into());
        (
            self.inner,
            Measured {
                size: self.size,
                fingerprint,
            },
        )
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Copies to the end and reports after each chunk how many bytes were copied so far.
pub(super) fn copy_in_chunks(
    from: &mut impl Read,
    to: &mut impl Write,
    mut report: impl FnMut(u64),
) -> io::Result<u64> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut copied = 0;
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => return Ok(copied),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        to.write_all(&chunk[..read])?;
        copied += read as u64;
        report(copied);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_fingerprint_is_64_digits_and_nothing_else() {
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let fingerprint: Fingerprint = text.to_uppercase().parse().unwrap();
        assert_eq!(fingerprint.to_string(), text);
        assert_eq!(
            Hashing::new(io::sink()).finish().1,
            Measured {
                size: 0,
                fingerprint
            }
        );
        for wrong in ["", &text[1..], "zz", &text.replace('e', "ą")] {
            assert_eq!(wrong.parse::<Fingerprint>(), Err(FingerprintError));
        }
    }
}
