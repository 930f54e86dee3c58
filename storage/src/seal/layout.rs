//! Where the bytes of a sealed object lie.

/// Length of the header: its own length, the salt and the nonce prefix.
pub(super) const HEADER_BYTES: usize = 1 + SALT_BYTES + NONCE_PREFIX_BYTES;
/// Length of the salt.
pub(super) const SALT_BYTES: usize = 32;
/// Length of the part of the nonce that all segments share.
pub(super) const NONCE_PREFIX_BYTES: usize = 7;
/// Length of the tag that follows each segment.
pub(super) const TAG_BYTES: usize = 16;

/// The number of bytes of a ciphertext segment, tag included.
///
/// Scrim writes [`SegmentSize::ONE_MIB`] only. Others exist for test vectors, which would be large
/// and slow otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentSize(u32);

impl SegmentSize {
    /// The segment size of `AES256_GCM_HKDF_1MB`.
    pub const ONE_MIB: Self = Self(1 << 20);

    /// Returns another segment size, or nothing where the first segment, which also holds the
    /// header, would have no room for plaintext.
    pub const fn for_vectors(bytes: u32) -> Option<Self> {
        if bytes as usize > HEADER_BYTES + TAG_BYTES {
            Some(Self(bytes))
        } else {
            None
        }
    }

    /// Returns the length of the object for a plaintext of this length, or nothing where it would
    /// not fit 2^32 segments.
    pub const fn ciphertext_bytes(self, plaintext_bytes: u64) -> Option<u64> {
        let after_first = plaintext_bytes.saturating_sub(self.first_plaintext());
        let segments = 1 + after_first.div_ceil(self.plaintext());
        if segments > MAX_SEGMENTS {
            return None;
        }
        // At most 2^32 segments of less than 2^32 bytes: no overflow.
        Some(plaintext_bytes + HEADER_BYTES as u64 + segments * TAG_BYTES as u64)
    }

    /// Returns the number of segments of an object of this length.
    pub const fn segments(self, ciphertext_bytes: u64) -> u64 {
        ciphertext_bytes.div_ceil(self.0 as u64)
    }

    /// Returns the bytes of one segment in memory.
    pub(super) const fn bytes(self) -> usize {
        self.0 as usize
    }

    /// Returns the segment that holds this byte of the plaintext, and the place in that segment.
    pub(super) const fn locate(self, plaintext_offset: u64) -> (u64, usize) {
        let first = self.first_plaintext();
        if plaintext_offset < first {
            return (0, plaintext_offset as usize);
        }
        let after_first = plaintext_offset - first;
        (
            1 + after_first / self.plaintext(),
            (after_first % self.plaintext()) as usize,
        )
    }

    /// Plaintext of segment 0, which shares its bytes with the header.
    const fn first_plaintext(self) -> u64 {
        self.0 as u64 - (HEADER_BYTES + TAG_BYTES) as u64
    }

    /// Plaintext of every other full segment.
    const fn plaintext(self) -> u64 {
        self.0 as u64 - TAG_BYTES as u64
    }
}

/// The segment number is four bytes of the nonce.
pub(super) const MAX_SEGMENTS: u64 = 1 << 32;

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1 << 20;

    /// The lengths that stock Tink 1.16.1 gives.
    #[test]
    fn lengths_are_those_of_tink() {
        for (plaintext, ciphertext) in [
            (0, 56),
            (1, 57),
            (100, 156),
            (S - 57, S - 1),
            (S - 56, S),
            (S - 55, S + 17),
            (2 * S - 72, 2 * S),
            (3 * S, 3_145_832),
        ] {
            let found = SegmentSize::ONE_MIB.ciphertext_bytes(plaintext);
            assert_eq!(found, Some(ciphertext), "{plaintext}");
        }
    }

    #[test]
    fn offsets_are_found_on_both_sides_of_each_border() {
        let size = SegmentSize::ONE_MIB;
        assert_eq!(size.locate(0), (0, 0));
        assert_eq!(size.locate(1_048_519), (0, 1_048_519));
        assert_eq!(size.locate(1_048_520), (1, 0));
        assert_eq!(size.locate(1_048_520 + 1_048_559), (1, 1_048_559));
        assert_eq!(size.locate(1_048_520 + 1_048_560), (2, 0));
    }

    #[test]
    fn more_than_four_pebibytes_are_refused() {
        let size = SegmentSize::ONE_MIB;
        let most = size.first_plaintext() + (MAX_SEGMENTS - 1) * size.plaintext();
        assert_eq!(size.ciphertext_bytes(most), Some(MAX_SEGMENTS * S));
        assert_eq!(size.ciphertext_bytes(most + 1), None);
        assert_eq!(size.ciphertext_bytes(u64::MAX), None);
    }

    #[test]
    fn segments_without_room_for_plaintext_are_refused() {
        assert_eq!(SegmentSize::for_vectors(56), None);
        assert_eq!(SegmentSize::for_vectors(57), Some(SegmentSize(57)));
    }
}
