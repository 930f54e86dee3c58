//! Live sessions: originals that are recorded as they go on.
//!
//! ```text
//!            ┌─► spool: a file per layer, a frame per chunk, forced to disk ─┐ while it goes on
//! Session ───┤                                                               ▼
//!            └── timeline: what happened, which layer is whose        SessionSealing ─► store
//!                                                                            ▲
//! Vault::recover_live_sessions: what a crash has left ────────────────────────────┘
//! ```
//!
//! A session is an original from its beginning. Each track of each participant is a layer of its own,
//! with a data key of its own, so that one can be destroyed and the others stay. It is written to the
//! spool, and sealed into the store from there. In the end the timeline is signed: it says what
//! happened, and which artefact holds which track.
//!
//! What a layer holds is not looked at here: chunks are bytes. In its artefact they lie one behind the
//! other, each with its length before it, four bytes big-endian.
//!
//! > **A crash loses the chunk that was being written.** Everything before it was forced to disk.
//!
//! > **What was refused is nowhere.** Its key goes from memory and its file from the disk at once, its
//! > object and its row as soon as the store and the catalog answer, and after a crash before anything
//! > else is done.

mod copying;
mod frame;
mod reading;
mod recovery;
mod sealing;
mod spool;
mod timeline;
mod writing;

pub use reading::{ChunksReader, SessionReader};
pub use sealing::{SealingState, SessionSealing};
pub use spool::{LayerOwner, LayerReader};
pub use timeline::{Timeline, TimelineLayer, verify_timeline};
pub use writing::{Session, SpoolView};
