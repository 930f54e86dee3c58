//! Live rooms: participants join, are told what is recorded, and see and hear each other.
//!
//! [`room`] is a room as a state machine without I/O, [`signal`] what pages and the server say to each
//! other. Media are forwarded between participants without being decoded.
//!
//! This crate deliberately knows nothing of storage, redaction and pipelines: it hands tracks to
//! whoever holds a tap and cannot write a recording. It decodes nothing, decides nothing about what
//! is shown in a recording, and has no pages.
//!
//! > **No track without consent.** A tap exists only for a participant whose consent for that
//! > purpose is known. Unknown consent is no consent, and a room that is encrypted end to end has
//! > no tap at all.
#![forbid(unsafe_code)]

mod codec;
pub mod live;
pub mod media;
pub mod room;
pub mod rtp;
pub mod sdp;
pub mod signal;
pub mod tap;
#[cfg(test)]
mod tests;

pub use codec::Codec;
