//! The sealed format: Tink `AES256_GCM_HKDF_1MB` streaming encryption, with a key commitment.
//!
//! Stock Tink opens what this module writes, and the other way round.
//!
//! ```text
//! header   0x28 ‖ salt (32) ‖ nonce prefix (7)                               40 bytes
//! segment  ciphertext ‖ tag (16)                                             1 MiB, the last shorter
//!
//! file key  = HKDF-SHA256(ikm = data key, salt = salt, info = associated data), 32 bytes
//! nonce     = nonce prefix (7) ‖ segment number, u32 big-endian (4) ‖ last (1)
//! commitment = HKDF-SHA256(ikm = data key, salt = "", info = "scrim/commit/v1" ‖ artefact id)
//! ```
//!
//! The header counts towards segment 0, so that all segments start on multiples of 1 MiB. `last` is
//! 1 for the final segment and 0 for all others. The associated data goes into the file key only;
//! that of the segments is empty. A file holds at most 2^32 segments.
//!
//! AES-GCM does not commit to a key: somebody who owns two keys can make one ciphertext that opens
//! under both. So a commitment to the data key is kept beside the artefact and in its proof, and
//! compared before anything is opened.
//!
//! > **A half-written object is never continued.** Every [`Sealer`] draws its own salt, so no nonce
//! > is ever used twice under one file key. A [`Sealer`] that was not finished, or that failed,
//! > leaves an object that never opens.
//!
//! > **What an object says about itself is not believed.** Its length and hash come from the
//! > catalog or from a signed proof, as [`SealedInfo`].

mod cipher;
mod context;
mod error;
mod layout;
mod opener;
mod sealer;

pub use context::SealContext;
pub use error::{OpenError, SealError};
pub use layout::SegmentSize;
pub use opener::Opener;
pub use sealer::{PlaintextHash, Sealer};

use crate::digest::{Commitment, Sha256Digest};

/// The name of the format in the catalog, in proofs and in key contexts.
pub const FORMAT: &str = "AES256_GCM_HKDF_1MB";

/// What is known about a finished object from elsewhere than from the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedInfo {
    /// Length of the plaintext in bytes.
    pub plaintext_bytes: u64,
    /// Length of the object in bytes.
    pub ciphertext_bytes: u64,
    /// Number of segments, at least one.
    pub segments: u64,
    /// SHA-256 of the plaintext, where it was asked for.
    pub plaintext_sha256: Option<Sha256Digest>,
    /// SHA-256 of the object.
    pub ciphertext_sha256: Sha256Digest,
    /// Commitment to the data key.
    pub commitment: Commitment,
}
