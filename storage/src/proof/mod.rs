//! The signed account of what a recording was made from, how, and what came out.
//!
//! ```json
//! { "payload": "{\"schema\":1,...}", "signature": "<base64>", "key_id": "...", "algorithm": "Ed25519" }
//! ```
//!
//! The signature is over the bytes of `payload` as they stand, so that nothing has to be written
//! again in the same way to check it. Any Ed25519 program can.
//!
//! > **A signature says who, not that.** A proof that was checked without a trusted key is only
//! > known to be in one piece. Whose key it is has to come from elsewhere.

mod document;
mod envelope;
mod error;
mod files;
mod import;

pub use document::{Gate, GateVerdict, Model, Output, PolicyUsed, Proof, Source};
pub use envelope::{Envelope, Signer, Verified};
pub use error::ProofError;
pub use files::{FileCheck, FileVerdict, check_file};
pub use import::ImportProof;
