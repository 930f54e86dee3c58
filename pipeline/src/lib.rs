//! From a source to a sealed, proven recording.
//!
//! [`job::process`] runs the whole way: an archive is taken apart, its pictures are cleared and
//! encoded segment by segment, its sound is encoded and transcribed, words are cleared, everything
//! is put together straight into sealed artefacts, looked at again, and published when the gate
//! says yes. The stages are modules of their own and can be used alone.
//!
//! [`session`] renders what a room records, while people meet; the job over it is the same.
//!
//! It deliberately does not decide what may be shown (`scrim-policy`), does not touch pixels or
//! words (`scrim-redact`), and does not know how things are kept (`scrim-storage`). It has no
//! command line, no pages and no network.
//!
//! > **Nothing uncleared reaches an encoder, a writer or a disk.** Encoders sit behind the element
//! > [`elements::clear`] or the canvas of `scrim-redact`, writers take only cleared transcripts, and what waits between stages is
//! > sealed.

pub mod assemble;
mod calibrate;
pub mod elements;
pub mod inspect;
pub mod job;
pub mod models;
pub mod preview;
pub mod render;
pub mod revise;
pub mod session;
pub mod transcribe;

pub use calibrate::calibrate;
