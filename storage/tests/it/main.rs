//! What the storage of Scrim promises, tried from outside.
#![allow(clippy::unwrap_used)]

/// The allocator of the program, since what is left in memory depends on it.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

mod archive_limits;
mod archives;
mod audit;
mod audit_peers;
mod audit_tampering;
mod backups;
mod batches;
mod canaries;
mod catalogs;
mod epochs;
mod erased_people;
mod erasures;
mod exports;
mod exports_under_way;
mod fixtures;
mod keyrings;
mod kms;
mod live;
mod moving;
mod objects;
mod originals;
mod orphans;
mod peers;
mod primitives;
mod proofs;
mod receipts;
mod refusals;
mod residency;
mod retention;
mod reviews;
mod runs;
mod sealing;
mod secrets;
mod service;
mod shredding;
mod stores;
mod tampering;
mod tmpfs;
mod transit;
mod vaults;
mod vectors;
