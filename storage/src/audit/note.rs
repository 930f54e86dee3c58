//! Checkpoints as signed notes, in the formats of C2SP.
//!
//! ```text
//! scrim/audit/5f2c9ab0d1e34c77
//! 1482
//! 0Ms5QXuvKtDlHyJ8W1aHF3SJHbGWsvYrPvVgPV5f5Xk=
//!
//! — scrim/audit/5f2c9ab0d1e34c77 bV0kPe7n…
//! ```
//!
//! <https://c2sp.org/tlog-checkpoint@v1.0.0> and <https://c2sp.org/signed-note@v1.0.0>: origin, size
//! and root, an empty line, then one line per signature with the name of its key and, in base64, four
//! bytes of key hash and the signature. Other lines before the empty one are allowed, and signatures
//! of other keys are passed over: a witness may have added its own.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::Kind;
use sha2::{Digest, Sha256};

use crate::{digest::Sha256Digest, keyring::Keyring, signing::PublicKey};

/// The type of an Ed25519 key in a signed note.
const ED25519: u8 = 1;

/// Notes are a few hundred bytes; what is longer than this is none.
const MOST_NOTE_BYTES: usize = 64 << 10;

/// How a signature line begins.
const SIGNATURE_MARK: &str = "\u{2014} ";

/// Why a note is not a checkpoint of this log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// It is no checkpoint at all.
    #[error("not a checkpoint: expected a signed note with an origin, a size and a root")]
    Malformed,
    /// It is one of another log.
    #[error("the checkpoint is one of another log")]
    OtherLog,
    /// The signature by the key of this log is missing.
    #[error("the checkpoint has no signature by the key of this log")]
    NotSigned,
    /// The signature by the key of this log is wrong.
    #[error("the signature of the checkpoint is wrong")]
    WrongSignature,
}

impl NoteError {
    /// Returns what a caller can do about it.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Malformed => Kind::Invalid,
            Self::OtherLog | Self::NotSigned | Self::WrongSignature => Kind::Damaged,
        }
    }
}

/// What a checkpoint says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Number of entries that it covers.
    pub size: u64,
    /// The root of their tree.
    pub root: Sha256Digest,
}

/// The key of a log and the name under which it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    key: PublicKey,
}

/// A checkpoint with its signatures, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote(String);

impl VerifierKey {
    /// Returns the key of the log that this key signs.
    pub const fn new(key: PublicKey) -> Self {
        Self { key }
    }

    /// Returns the name of the log, which is that of its key as well.
    pub fn origin(&self) -> String {
        format!("scrim/audit/{}", self.key.key_id())
    }

    /// The first four bytes of a hash over name and key.
    fn key_hash(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(self.origin())
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes());
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
        [a, b, c, d]
    }
}

/// Prints a `vkey`, the form in which programs for signed notes take a key.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        let hash = u32::from_be_bytes(self.key_hash());
        write!(f, "{}+{hash:08x}+{}", self.origin(), STANDARD.encode(key))
    }
}

impl Checkpoint {
    /// Signs it with the key of a keyring.
    pub(crate) fn sign(&self, keyring: &Keyring) -> SignedNote {
        let key = VerifierKey::new(keyring.public_key());
        let origin = key.origin();
        let root = STANDARD.encode(self.root.as_bytes());
        let text = format!("{origin}\n{}\n{root}\n", self.size);
        let signature = keyring.sign(text.as_bytes());
        let signature = STANDARD.encode([key.key_hash().as_slice(), &signature].concat());
        SignedNote(format!("{text}\n{SIGNATURE_MARK}{origin} {signature}\n"))
    }
}

impl SignedNote {
    /// Returns what the note says, if the key of the log has signed it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn verify(&self, key: &VerifierKey) -> Result<Checkpoint, NoteError> {
        let (text, signatures) = self.parts()?;
        let mut lines = text.lines();
        if lines.next() != Some(&key.origin()) {
            return Err(NoteError::OtherLog);
        }
        let size = lines.next().ok_or(NoteError::Malformed)?;
        let root = lines.next().and_then(|line| STANDARD.decode(line).ok());
        let root = root.and_then(|bytes| bytes.try_into().ok());
        let checkpoint = Checkpoint {
            size: size.parse().map_err(|_| NoteError::Malformed)?,
            root: root
                .map(Sha256Digest::from_bytes)
                .ok_or(NoteError::Malformed)?,
        };
        // Equal checkpoints are equal texts: no leading zeros, no sign.
        if checkpoint.size.to_string() != size {
            return Err(NoteError::Malformed);
        }
        let mut ours = signatures
            .lines()
            .filter_map(|line| signature_of(line, key));
        let signature = ours.next().ok_or(NoteError::NotSigned)?;
        if !key.key.verifies(text.as_bytes(), &signature) {
            return Err(NoteError::WrongSignature);
        }
        Ok(checkpoint)
    }

    /// Returns the note as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The signed text with its last line end, and the lines of the signatures.
    fn parts(&self) -> Result<(&str, &str), NoteError> {
        let border = self.0.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, signatures) = (&self.0[..=border], &self.0[border + 2..]);
        let is_whole = signatures.ends_with('\n')
            && signatures
                .lines()
                .all(|line| line.starts_with(SIGNATURE_MARK));
        if is_whole {
            Ok((text, signatures))
        } else {
            Err(NoteError::Malformed)
        }
    }
}

/// The signature on a line, if it is one by this key.
fn signature_of(line: &str, key: &VerifierKey) -> Option<[u8; 64]> {
    let (name, encoded) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (hash, signature) = bytes.split_at_checked(4)?;
    if name != key.origin() || hash != key.key_hash() {
        return None;
    }
    signature.try_into().ok()
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        if text.len() > MOST_NOTE_BYTES {
            return Err(NoteError::Malformed);
        }
        let note = Self(text.to_owned());
        note.parts()?;
        Ok(note)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::keyring::{Keyring, Unlock};

    fn keyring() -> (tempfile::TempDir, Keyring) {
        let folder = tempfile::tempdir().unwrap();
        let unlock = Unlock::KeyFile(folder.path().join("keyring.key"));
        let path = folder.path().join("keyring.json");
        let keyring = Keyring::open_or_create(&path, &unlock).unwrap();
        (folder, keyring)
    }

    #[test]
    fn a_signed_checkpoint_says_what_it_was_made_of() {
        let (_folder, keyring) = keyring();
        let key = VerifierKey::new(keyring.public_key());
        let checkpoint = Checkpoint {
            size: 1482,
            root: Sha256Digest::of(b"root"),
        };
        let note = checkpoint.sign(&keyring);
        assert_eq!(note.verify(&key), Ok(checkpoint));
        let witnessed = format!("{note}\u{2014} witness.example AAAAAAAA\n");
        let witnessed: SignedNote = witnessed.parse().unwrap();
        assert_eq!(witnessed.verify(&key), Ok(checkpoint));
    }

    #[test]
    fn a_changed_checkpoint_is_refused() {
        let (_folder, keyring) = keyring();
        let key = VerifierKey::new(keyring.public_key());
        let note = Checkpoint {
            size: 1482,
            root: Sha256Digest::of(b"root"),
        };
        let note = note.sign(&keyring).to_string();
        let verify = |text: &str| {
            text.parse::<SignedNote>()
                .and_then(|note| note.verify(&key))
        };
        assert_eq!(
            verify(&note.replace("\n1482\n", "\n1483\n")),
            Err(NoteError::WrongSignature)
        );
        assert_eq!(
            verify(&note.replace("\n1482\n", "\n01482\n")),
            Err(NoteError::Malformed)
        );
        assert_eq!(
            verify(&note.replace("scrim/", "scram/")),
            Err(NoteError::OtherLog)
        );
        let (text, _) = note.split_once("\n\n").unwrap();
        assert_eq!(verify(text), Err(NoteError::Malformed));
        let unsigned = format!("{text}\n\n\u{2014} someone AAAAAAAA\n");
        assert_eq!(verify(&unsigned), Err(NoteError::NotSigned));
    }

    /// The example key of <https://pkg.go.dev/golang.org/x/mod/sumdb/note> has this form.
    #[test]
    fn a_key_is_printed_as_others_read_it() {
        let (_folder, keyring) = keyring();
        let printed = VerifierKey::new(keyring.public_key()).to_string();
        let fields: Vec<_> = printed.splitn(3, '+').collect();
        assert_eq!(fields.len(), 3);
        assert_eq!(fields[1].len(), 8);
        assert_eq!(STANDARD.decode(fields[2]).unwrap().len(), 33);
    }
}
