//! Erasure: gone on demand, and shown to be gone.
//!
//! ```text
//! frozen ─► listed ─► objects_deleted ─► rows_deleted ─► shredded ─► proven ─► certified
//! nobody    all       the store          the catalog,    the key     looked    signed
//! gets it   places                       wrapped keys    destroyed   at again
//! ```
//!
//! An erasure is a row of the catalog with the step that is done. Each step can be done again, and
//! leads to the same end: whoever was killed goes on after the last step that was recorded, with the
//! list that was written down before anything was deleted. Counts in the certificate come from that
//! list, so that they do not depend on how often it took.
//!
//! > **Nothing that is being erased comes back.** What was frozen is withdrawn in the same
//! > transaction, claims on it are stale, and jobs of the same source or with the same person are
//! > refused until it is certified; for an erased recording, for ever.
//!
//! > **No certificate without looking again.** The store is listed anew, every old wrapped key is
//! > tried, and every table of the catalog is searched. One hit, and there is no certificate.
//!
//! > **A legal hold stops everything.** It is checked in the transaction that freezes.
//!
//! What retention says has to go goes the same way, so that there is one way only.

mod certificate;
mod error;
mod prove;
mod saga;
mod shred;
mod subjects;

pub use certificate::{
    Absence, Backups, Certificate, CertifiedRecording, DestroyedKeys, PlaceCount,
};
pub use error::ErasureError;
pub use saga::{ErasurePlan, ErasureProgress, ErasureTerms};
pub(crate) use subjects::source_digest;
