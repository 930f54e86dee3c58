//! What is kept, sealed, and how it is opened again.
//!
//! A [`Vault`] is a folder with a [`Keyring`], a [`Catalog`] and an object store. Whatever is
//! written to it is sealed on the way ([`seal`]): the plaintext of an artefact never lies on a disk.
//! Each artefact has a data key of its own, wrapped by the key of its tenant. A [`proof`] says, with
//! a signature, what a recording was made from and what came out.
//!
//! This crate deliberately knows nothing about media, does not decide what may be published, has no
//! clock and reads no environment. Callers pass times in and get told what exists.
//!
//! > **Nothing is half there.** An artefact is sealed, durable and in the catalog, or nothing is
//! > left of it. A recording is published with all its outputs and its proof, or not at all.
//!
//! > **Nothing unauthenticated comes out.** No byte of a segment leaves this crate before its tag
//! > was checked under the right key, for the right artefact, in the right place.
//!
//! ```
//! use std::{io::{Read, Seek, SeekFrom, Write}, time::SystemTime};
//! use scrim_policy::{Purpose, TenantId};
//! use scrim_storage::{ArtefactKind, Begun, Job, Sha256Digest, Timestamp, Vault};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let home = folder.path().join("home");
//! let now = Timestamp::from(SystemTime::now());
//! let vault = Vault::open(&home, Vault::default_unlock(&home))?;
//! let job = Job {
//!     tenant: TenantId::SINGLE,
//!     key: vault.keyring().keyed_digest("job", &[b"source", b"policy", b"versions"]),
//!     source_sha256: Sha256Digest::of(b"source"),
//!     policy_sha256: Sha256Digest::of(b"policy"),
//!     policy_name: "stage only".to_owned(),
//!     original: None,
//! };
//! let Begun::New(claim) = vault.begin_or_resume(&job, now)? else { unreachable!() };
//! vault.start_rendering(&claim, 60_000_000_000, now)?;
//!
//! let mut writer = vault.create_artefact(&claim, ArtefactKind::TranscriptTxt, now)?;
//! writer.write_all(b"Good morning, A.K. asks about the budget.")?;
//! let row = writer.finish()?;
//!
//! let mut reader = vault.open_artefact(&row, Purpose::Get, now)?;
//! let mut word = String::new();
//! reader.seek(SeekFrom::Start(5))?;
//! reader.take(7).read_to_string(&mut word)?;
//! assert_eq!(word, "morning");
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod archive;
mod artefact;
pub mod audit;
pub mod capabilities;
pub mod catalog;
mod certificates;
mod digest;
mod durable;
pub mod erasure;
pub mod export;
pub mod keyring;
pub mod objects;
pub mod orphans;
pub mod proof;
pub mod receipt;
pub mod residency;
pub mod retention;
pub mod seal;
mod secret;
pub mod service;
pub mod session;
mod signing;
mod threads;
mod timestamp;
pub mod vault;

pub use artefact::{ArtefactKind, ArtefactKindError};
pub use audit::AuditError;
pub use catalog::{
    ArtefactRow, BackupSummary, BatchItemRow, BatchRow, Begun, Catalog, CatalogError,
    CatalogFinding, CatalogPlace, Claim, DatabaseUrl, ItemOutcome, ItemState, Job, Recorded,
    RecordingRow, RecordingState, StagePart, StageResult,
};
pub use digest::{Commitment, DigestError, KeyedDigest, Sha256Digest};
pub use erasure::{Certificate, ErasureError, ErasurePlan, ErasureProgress, ErasureTerms};
pub use keyring::{
    KeyVersions, Keyring, KeyringError, Kms, KmsKind, Passphrase, Token, Transit, TransitAddress,
    TransitError, TransitSettings, Unlock,
};
pub use objects::{FileStore, ObjectKey, ObjectStore, S3Store};
pub use proof::{Envelope, Proof, ProofError};
pub use receipt::Receipt;
pub use secret::{DataKey, EntropyError, Secret};
pub use signing::{PublicKey, PublicKeyError};
pub use timestamp::Timestamp;
pub use vault::{
    Adopted, ArtefactReader, ArtefactWriter, Kept, KeyProgress, KeyStatus, OriginalReader,
    OriginalWriter, Rewrapped, Settings, ShreddedKey, StoreSettings, Vault, VaultError,
};
