//! Sealed object in, plaintext out.

use std::io::{self, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::{
    OpenError, SealContext, SealedInfo, SegmentSize,
    cipher::{Header, SegmentCipher},
    layout::{HEADER_BYTES, TAG_BYTES},
};
use crate::{digest::Sha256Digest, secret::DataKey};

/// Reads the plaintext of a sealed object, from any place.
///
/// Positions are positions in the plaintext. One opened segment is kept in memory and overwritten
/// in the end. Only bytes of authenticated segments are given out; after the first segment that is
/// not authentic nothing more is.
///
/// Reading a range proves that range. That the object is complete and has the stated hashes is
/// proved by [`Opener::copy_all`].
pub struct Opener<R: Read + Seek> {
    object: R,
    cipher: SegmentCipher,
    size: SegmentSize,
    expected: SealedInfo,
    /// Sealed bytes of the segment `held`, its plaintext opened in place.
    segment: Zeroizing<Box<[u8]>>,
    /// The segment in memory and where in `segment` its plaintext lies.
    held: Option<Held>,
    /// Position in the plaintext.
    position: u64,
    given_up: bool,
}

#[derive(Clone, Copy)]
struct Held {
    number: u64,
    start: usize,
    end: usize,
}

impl<R: Read + Seek> std::fmt::Debug for Opener<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opener")
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

impl<R: Read + Seek> Opener<R> {
    /// Checks the key, the lengths and the header of an object that starts at position 0.
    ///
    /// # Errors
    /// [`OpenError::WrongKey`], [`OpenError::Contradiction`], [`OpenError::WrongLength`],
    /// [`OpenError::Header`] and [`OpenError::Read`].
    pub fn new(
        object: R,
        key: &DataKey,
        context: &SealContext,
        expected: SealedInfo,
    ) -> Result<Self, OpenError> {
        Self::with_segments(SegmentSize::ONE_MIB, object, key, context, expected)
    }

    /// Opens an object with segments of another size.
    ///
    /// # Errors
    /// Those of [`Opener::new`].
    pub fn with_segments(
        size: SegmentSize,
        mut object: R,
        key: &DataKey,
        context: &SealContext,
        expected: SealedInfo,
    ) -> Result<Self, OpenError> {
        if context.commitment(key) != expected.commitment {
            return Err(OpenError::WrongKey);
        }
        let is_consistent = size.ciphertext_bytes(expected.plaintext_bytes)
            == Some(expected.ciphertext_bytes)
            && size.segments(expected.ciphertext_bytes) == expected.segments;
        if !is_consistent {
            return Err(OpenError::Contradiction);
        }
        let found = object.seek(SeekFrom::End(0)).map_err(read_error)?;
        if found != expected.ciphertext_bytes {
            return Err(OpenError::WrongLength {
                expected: expected.ciphertext_bytes,
                found,
            });
        }
        let mut header = [0; HEADER_BYTES];
        object.rewind().map_err(read_error)?;
        object.read_exact(&mut header).map_err(read_error)?;
        let header = Header::parse(&header).ok_or(OpenError::Header)?;
        // Most objects are transcripts, far shorter than a segment may be.
        let longest = expected.ciphertext_bytes.min(size.bytes() as u64) as usize;
        Ok(Self {
            object,
            cipher: SegmentCipher::new(key, &header, context.associated_data()),
            size,
            expected,
            segment: Zeroizing::new(vec![0; longest].into_boxed_slice()),
            held: None,
            position: 0,
            given_up: false,
        })
    }

    /// Returns the length of the plaintext in bytes.
    pub const fn plaintext_bytes(&self) -> u64 {
        self.expected.plaintext_bytes
    }

    /// Writes the whole plaintext to `out` and proves the object complete: every segment is
    /// authentic, the last one says that it is the last, nothing follows it, and the hashes are the
    /// stated ones.
    ///
    /// Segments reach `out` as they are authenticated, so `out` has to be thrown away on an error.
    ///
    /// # Errors
    /// Any but [`OpenError::WrongKey`], [`OpenError::Contradiction`] and [`OpenError::Header`].
    pub fn copy_all(mut self, out: &mut impl Write) -> Result<(), OpenError> {
        let mut ciphertext_hash = Sha256::new();
        let mut plaintext_hash = self.expected.plaintext_sha256.map(|_| Sha256::new());
        for number in 0..self.expected.segments {
            let held = self.load(number, Some(&mut ciphertext_hash))?;
            let plaintext = &self.segment[held.start..held.end];
            if let Some(hash) = &mut plaintext_hash {
                hash.update(plaintext);
            }
            out.write_all(plaintext)
                .map_err(|source| OpenError::Write { source })?;
        }
        let found = self.object.seek(SeekFrom::End(0)).map_err(read_error)?;
        if found != self.expected.ciphertext_bytes {
            let expected = self.expected.ciphertext_bytes;
            return Err(OpenError::WrongLength { expected, found });
        }
        if Sha256Digest::finished(ciphertext_hash) != self.expected.ciphertext_sha256 {
            return Err(OpenError::WrongHash { of: "object" });
        }
        if plaintext_hash.map(Sha256Digest::finished) != self.expected.plaintext_sha256 {
            return Err(OpenError::WrongHash { of: "plaintext" });
        }
        out.flush().map_err(|source| OpenError::Write { source })
    }

    /// Returns where the plaintext of a segment lies in memory, after bringing it there.
    fn hold(&mut self, number: u64) -> Result<Held, OpenError> {
        match self.held {
            Some(held) if held.number == number => Ok(held),
            _ => self.load(number, None),
        }
    }

    /// Reads and opens a segment, its sealed bytes hashed on the way where `hash` is given. On any
    /// failure the memory is overwritten.
    fn load(&mut self, number: u64, hash: Option<&mut Sha256>) -> Result<Held, OpenError> {
        if self.given_up {
            return Err(OpenError::GivenUp);
        }
        self.held = None;
        let loaded = self.read_and_open(number, hash);
        match &loaded {
            Ok(held) => self.held = Some(*held),
            Err(error) => {
                self.given_up = matches!(error, OpenError::NotAuthentic { .. });
                self.segment.zeroize();
            }
        }
        loaded
    }

    fn read_and_open(&mut self, number: u64, hash: Option<&mut Sha256>) -> Result<Held, OpenError> {
        let offset = number * self.size.bytes() as u64;
        let is_last = number + 1 == self.expected.segments;
        let sealed_bytes = if is_last {
            // The lengths were checked against each other, so this is at most one segment.
            (self.expected.ciphertext_bytes - offset) as usize
        } else {
            self.size.bytes()
        };
        let sealed = &mut self.segment[..sealed_bytes];
        self.object
            .seek(SeekFrom::Start(offset))
            .map_err(read_error)?;
        self.object.read_exact(sealed).map_err(read_error)?;
        if let Some(hash) = hash {
            hash.update(&sealed);
        }

        let start = if number == 0 { HEADER_BYTES } else { 0 };
        let not_authentic = OpenError::NotAuthentic { segment: number };
        let Some((rest, tag)) = sealed[start..].split_last_chunk_mut::<TAG_BYTES>() else {
            return Err(not_authentic);
        };
        let Ok(nonce_number) = u32::try_from(number) else {
            return Err(not_authentic);
        };
        let tag = *tag;
        self.cipher
            .open(nonce_number, is_last, rest, tag)
            .map_err(|_| not_authentic)?;
        Ok(Held {
            number,
            start,
            end: sealed_bytes - TAG_BYTES,
        })
    }
}

impl<R: Read + Seek> Read for Opener<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.expected.plaintext_bytes == 0 {
            // That there is nothing has to be authentic as well.
            self.hold(0)?;
        }
        if out.is_empty() || self.position >= self.expected.plaintext_bytes {
            return Ok(0);
        }
        let (number, offset) = self.size.locate(self.position);
        let held = self.hold(number)?;
        let available = &self.segment[held.start + offset..held.end];
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

/// Seeks in the plaintext. As with files, a place after the end is allowed and reads nothing.
impl<R: Read + Seek> Seek for Opener<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.expected.plaintext_bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

fn read_error(source: io::Error) -> OpenError {
    OpenError::Read { source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Cursor;

    use scrim_policy::{ArtefactId, RecordingId, TenantId};
    use uuid::Uuid;

    use super::*;
    use crate::{
        ArtefactKind,
        seal::{PlaintextHash, Sealer},
    };

    #[test]
    fn memory_holds_nothing_after_a_segment_was_not_authentic() {
        let key = DataKey::random().unwrap();
        let (recording, artefact) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let context = SealContext::new(
            TenantId::SINGLE,
            RecordingId::from_uuid(recording),
            ArtefactId::from_uuid(artefact),
            ArtefactKind::Segment,
        );
        let size = SegmentSize::for_vectors(64).unwrap();
        let hash = PlaintextHash::Skip;
        let mut sealer = Sealer::with_segments(size, Vec::new(), &key, &context, hash).unwrap();
        sealer.write_all(&[7; 50]).unwrap();
        let (info, mut object) = sealer.finish().unwrap();
        *object.last_mut().unwrap() ^= 1;

        let object = Cursor::new(object);
        let mut opener = Opener::with_segments(size, object, &key, &context, info).unwrap();
        let mut out = [0; 50];
        assert_eq!(opener.read(&mut out).unwrap(), 8);
        assert!(opener.segment.contains(&7));
        assert!(opener.read(&mut out[8..]).is_err());
        assert!(opener.segment.iter().all(|byte| *byte == 0));
        assert_eq!(out[8..], [0; 42]);
    }
}
