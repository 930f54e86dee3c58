//! The audit log: who did what and why, in a form that cannot be changed unnoticed and can still
//! forget.
//!
//! ```text
//! entry  {"seq":7,"at":…,"actor":"uid:1000","event":"artefact.opened",…}   may be blanked
//! salt   32 random bytes                                                   goes with it
//! leaf   SHA-256(salt ‖ entry)                                             stays
//! chain  SHA-256(chain before ‖ leaf)                                      stays
//! tree   RFC 6962 over the leaves
//! note   C2SP tlog-checkpoint: origin, size, root, Ed25519 signature of the keyring
//! ```
//!
//! What the log commits to are leaves, which say nothing by themselves. Blanking an entry and its
//! salt leaves a leaf that nobody can connect with anything, and every proof and checkpoint stays as
//! right as it was.
//!
//! > **What happened is in the log, or it did not happen.** An event is written in the transaction
//! > of its effect, or before it. Where the log cannot be written, nothing is opened, published,
//! > erased or destroyed.
//!
//! > **A log that was changed does not verify.** A flipped bit, an entry that was moved, put in or
//! > left out breaks the chain where it was done, and the root of every later checkpoint. A tail
//! > that was cut off is missed by every checkpoint beyond it. Somebody who has database and keys can
//! > make a new log from the beginning; what they cannot change is a checkpoint kept elsewhere.

mod check;
mod entry;
mod error;
mod export;
mod note;
mod proof;
mod queue;
mod record;
mod tree;

pub use check::{Checker, Finding, Verdict};
pub use entry::{Entry, Salt};
pub use error::AuditError;
pub use export::{ExportError, check_export};
pub use note::{Checkpoint, NoteError, SignedNote, VerifierKey};
pub use proof::{Consistency, EntryProof, Leaves};
pub use record::{CheckpointRecord, LogEnd, Record};
pub use tree::Frontier;

pub(crate) use entry::{leaf_of, next_chain};
pub(crate) use export::Exporter;
pub(crate) use queue::Queue;

use scrim_policy::{Actor, AuditEvent, RecordingId, TenantId};

use crate::{digest::Sha256Digest, keyring::Keyring, timestamp::Timestamp};

/// A checkpoint is signed at least this often. Between two, whoever can write to the database could
/// rewrite entries unnoticed; events that somebody may want to hide are therefore covered at once
/// ([`scrim_policy::AuditEvent::is_sensitive`]).
pub(crate) const CHECKPOINT_EVERY: u64 = 256;

/// The chain value before the first entry.
pub(crate) const CHAIN_START: Sha256Digest = Sha256Digest::from_bytes([0; 32]);

/// Who writes to the log, and with whose key checkpoints are signed.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// Who does what the log is told.
    pub actor: &'a Actor,
    /// The keyring that signs.
    pub keyring: &'a Keyring,
}

/// An event with its time and whose it is. Entries of several are written in one transaction.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) actor: Actor,
    pub(crate) event: AuditEvent,
    pub(crate) at: Timestamp,
}

/// What bodies of entries are erased with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One recording.
    Recording(RecordingId),
    /// A tenant as a whole. Entries about recordings of theirs are about those.
    Tenant(TenantId),
}
