//! What the storage of Scrim promises, tried from outside.
#![allow(clippy::unwrap_used)]

mod audit;
mod audit_peers;
mod audit_tampering;
mod backups;
mod canaries;
mod catalogs;
mod fixtures;
mod keyrings;
mod objects;
mod peers;
mod primitives;
mod proofs;
mod runs;
mod sealing;
mod tampering;
mod tmpfs;
mod vaults;
mod vectors;
