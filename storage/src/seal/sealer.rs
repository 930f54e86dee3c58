//! Plaintext in, sealed object out.

use std::io::{self, Write};

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::{
    SealContext, SealError, SealedInfo, SegmentSize,
    cipher::{Header, SegmentCipher},
    layout::{HEADER_BYTES, TAG_BYTES},
};
use crate::{
    digest::{Commitment, Sha256Digest},
    secret::DataKey,
};

/// Whether a [`Sealer`] hashes the plaintext as well as the object.
///
/// The hash costs more than the encryption. It is needed where a proof tells users the hash of the
/// file that they get, and nowhere else, because every segment is authenticated anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaintextHash {
    /// For artefacts that users get.
    Sha256,
    /// For artefacts that only stages read.
    Skip,
}

/// Seals what is written to it. **Without [`Sealer::finish`] the object never opens.**
///
/// One segment is kept in memory, because the last one is sealed differently and only `finish`
/// knows which one it is. The plaintext in memory is overwritten.
pub struct Sealer<W: Write> {
    out: W,
    cipher: SegmentCipher,
    commitment: Commitment,
    size: SegmentSize,
    /// Header (segment 0 only), then plaintext; the last [`TAG_BYTES`] are kept free for the tag.
    segment: Zeroizing<Box<[u8]>>,
    /// Where the plaintext in `segment` starts.
    start: usize,
    /// Where the plaintext in `segment` ends.
    end: usize,
    number: u64,
    plaintext_bytes: u64,
    ciphertext_bytes: u64,
    plaintext_hash: Option<Sha256>,
    ciphertext_hash: Sha256,
    given_up: bool,
}

impl<W: Write> Sealer<W> {
    /// Starts an object. Nothing is written yet.
    ///
    /// # Errors
    /// [`SealError::Entropy`].
    pub fn new(
        out: W,
        key: &DataKey,
        context: &SealContext,
        hash: PlaintextHash,
    ) -> Result<Self, SealError> {
        Self::with_segments(SegmentSize::ONE_MIB, out, key, context, hash)
    }

    /// Starts an object with segments of another size.
    ///
    /// # Errors
    /// [`SealError::Entropy`].
    pub fn with_segments(
        size: SegmentSize,
        out: W,
        key: &DataKey,
        context: &SealContext,
        hash: PlaintextHash,
    ) -> Result<Self, SealError> {
        let header = Header::random()?;
        let mut segment = Zeroizing::new(vec![0; size.bytes()].into_boxed_slice());
        header.write_to(&mut segment);
        Ok(Self {
            out,
            cipher: SegmentCipher::new(key, &header, context.associated_data()),
            commitment: context.commitment(key),
            size,
            segment,
            start: HEADER_BYTES,
            end: HEADER_BYTES,
            number: 0,
            plaintext_bytes: 0,
            ciphertext_bytes: 0,
            plaintext_hash: (hash == PlaintextHash::Sha256).then(Sha256::new),
            ciphertext_hash: Sha256::new(),
            given_up: false,
        })
    }

    /// Seals the last segment, flushes the writer and returns it with what is now known.
    ///
    /// # Errors
    /// [`SealError::Write`], or [`SealError::GivenUp`] where an earlier write failed.
    pub fn finish(mut self) -> Result<(SealedInfo, W), SealError> {
        self.write_segment(true)?;
        self.out
            .flush()
            .map_err(|source| SealError::Write { source })?;
        let info = SealedInfo {
            plaintext_bytes: self.plaintext_bytes,
            ciphertext_bytes: self.ciphertext_bytes,
            segments: self.number,
            plaintext_sha256: self.plaintext_hash.map(Sha256Digest::finished),
            ciphertext_sha256: Sha256Digest::finished(self.ciphertext_hash),
            commitment: self.commitment,
        };
        Ok((info, self.out))
    }

    /// Seals what is in memory and writes it. Any failure ends the whole object: the same segment
    /// number must never be sealed again with other bytes.
    fn write_segment(&mut self, is_last: bool) -> Result<(), SealError> {
        if self.given_up {
            return Err(SealError::GivenUp);
        }
        self.given_up = true;
        let written = self.seal_and_write(is_last);
        if written.is_err() {
            self.segment.zeroize();
        }
        self.given_up = written.is_err();
        written
    }

    fn seal_and_write(&mut self, is_last: bool) -> Result<(), SealError> {
        let number = u32::try_from(self.number).map_err(|_| SealError::TooLong)?;
        let tag = self
            .cipher
            .seal(number, is_last, &mut self.segment[self.start..self.end]);
        let sealed_bytes = self.end + TAG_BYTES;
        self.segment[self.end..sealed_bytes].copy_from_slice(&tag);
        let sealed = &self.segment[..sealed_bytes];
        self.ciphertext_hash.update(sealed);
        self.out
            .write_all(sealed)
            .map_err(|source| SealError::Write { source })?;
        self.ciphertext_bytes += sealed_bytes as u64;
        self.number += 1;
        self.start = 0;
        self.end = 0;
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, plaintext: &[u8]) -> io::Result<usize> {
        if plaintext.is_empty() {
            return Ok(0);
        }
        // A full segment is only sealed once more plaintext shows that it is not the last.
        let capacity = self.size.bytes() - TAG_BYTES;
        if self.given_up || self.end == capacity {
            self.write_segment(false)?;
        }
        let count = plaintext.len().min(capacity - self.end);
        let taken = &plaintext[..count];
        self.segment[self.end..self.end + count].copy_from_slice(taken);
        if let Some(hash) = &mut self.plaintext_hash {
            hash.update(taken);
        }
        self.end += count;
        self.plaintext_bytes += count as u64;
        Ok(count)
    }

    /// Flushes the writer below. The segment in memory stays there until it is full.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
