//! What the audit log can say: which events there are, and who can be named as their actor.
//!
//! ```json
//! {"seq":7,"at":1790000000000000,"actor":"uid:1000","event":"artefact.opened","artefact":"art_…",
//!  "recording":"rec_…","kind":"video","purpose":"get"}
//! ```
//!
//! The log itself is kept by the storage crate. Here are only its words.
//!
//! > **An event names nobody.** It holds ids, numbers and [`Word`]s. What an operator wrote as a
//! > reason is a [`Line`] and stands only in events that are erased with what they are about.

mod about;
mod event;
mod purpose;
mod words;

pub use event::AuditEvent;
pub use purpose::{ErasureScope, Purpose};
pub use words::{Actor, ActorError, Line, Word};

/// Returns the JSON Schema of the events, which the reference page is made from.
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(AuditEvent)
}
