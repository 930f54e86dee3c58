//! What the storage of Scrim promises, tried from outside.
#![allow(clippy::unwrap_used)]

mod canaries;
mod catalogs;
mod fixtures;
mod keyrings;
mod objects;
mod peers;
mod primitives;
mod proofs;
mod residency;
mod runs;
mod sealing;
mod stores;
mod tampering;
mod tmpfs;
mod vaults;
mod vectors;
