//! One file key and the nonces that belong to it.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;

use super::layout::{HEADER_BYTES, NONCE_PREFIX_BYTES, SALT_BYTES, TAG_BYTES};
use crate::secret::{DataKey, EntropyError, Secret, fill_random};

/// The unencrypted start of an object.
#[derive(Clone, Copy)]
pub(super) struct Header {
    salt: [u8; SALT_BYTES],
    nonce_prefix: [u8; NONCE_PREFIX_BYTES],
}

impl Header {
    /// Draws the header of a new object.
    pub(super) fn random() -> Result<Self, EntropyError> {
        let mut header = Self {
            salt: [0; SALT_BYTES],
            nonce_prefix: [0; NONCE_PREFIX_BYTES],
        };
        fill_random(&mut header.salt)?;
        fill_random(&mut header.nonce_prefix)?;
        Ok(header)
    }

    /// Reads a header, or nothing where its first byte is not its length.
    pub(super) fn parse(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let (length, rest) = bytes.split_first()?;
        if usize::from(*length) != HEADER_BYTES {
            return None;
        }
        let (salt, nonce_prefix) = rest.split_at(SALT_BYTES);
        Some(Self {
            salt: salt.try_into().ok()?,
            nonce_prefix: nonce_prefix.try_into().ok()?,
        })
    }

    /// Writes the header to the start of the first segment.
    pub(super) fn write_to(&self, segment: &mut [u8]) {
        segment[0] = HEADER_BYTES as u8;
        segment[1..=SALT_BYTES].copy_from_slice(&self.salt);
        segment[1 + SALT_BYTES..HEADER_BYTES].copy_from_slice(&self.nonce_prefix);
    }
}

/// Seals and opens the segments of one object.
pub(super) struct SegmentCipher {
    aead: Aes256Gcm,
    nonce_prefix: [u8; NONCE_PREFIX_BYTES],
}

impl SegmentCipher {
    /// Derives the file key.
    pub(super) fn new(key: &DataKey, header: &Header, associated_data: &[u8]) -> Self {
        let file_key = Secret::<32>::filled_by(|bytes| {
            Hkdf::<Sha256>::new(Some(&header.salt), key.expose()).expand(associated_data, bytes)
        })
        .expect("32 bytes are one block of HKDF-SHA256");
        let aead = Aes256Gcm::new(file_key.expose().into());
        Self {
            aead,
            nonce_prefix: header.nonce_prefix,
        }
    }

    /// Encrypts in place and returns the tag.
    pub(super) fn seal(&self, number: u32, is_last: bool, text: &mut [u8]) -> [u8; TAG_BYTES] {
        self.aead
            .encrypt_inout_detached(&self.nonce(number, is_last), &[], text.into())
            .expect("a segment is shorter than the 64 GiB limit of AES-GCM")
            .into()
    }

    /// Decrypts in place. The bytes are left as they were where the tag is wrong.
    pub(super) fn open(
        &self,
        number: u32,
        is_last: bool,
        text: &mut [u8],
        tag: [u8; TAG_BYTES],
    ) -> Result<(), aes_gcm::Error> {
        let nonce = self.nonce(number, is_last);
        self.aead
            .decrypt_inout_detached(&nonce, &[], text.into(), &Tag::from(tag))
    }

    fn nonce(&self, number: u32, is_last: bool) -> Nonce<aes_gcm::aead::consts::U12> {
        let mut nonce = [0; 12];
        nonce[..7].copy_from_slice(&self.nonce_prefix);
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(is_last);
        nonce.into()
    }
}
