//! What the storage of Scrim promises, tried from outside.
#![allow(clippy::unwrap_used)]

mod batches;
mod canaries;
mod catalogs;
mod fixtures;
mod keyrings;
mod objects;
mod originals;
mod peers;
mod primitives;
mod proofs;
mod runs;
mod sealing;
mod tampering;
mod tmpfs;
mod vaults;
mod vectors;
