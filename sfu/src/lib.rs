//! Live rooms: participants join, are told what is recorded, and see and hear each other.
//!
//! This crate will hold the rooms as a state machine without I/O, the signalling messages, the
//! forwarding of media between participants, and the tap: the only way from a room to a recording,
//! one track of one consenting participant at a time. It holds none of that yet.
//!
//! It will deliberately know nothing of storage, redaction and pipelines: it hands tracks to
//! `scrim-ingest` and cannot write a recording. It will decode nothing, decide nothing about what
//! is shown, and have no pages.
//!
//! > **No track without consent.** A tap exists only for a participant whose consent for that
//! > purpose is known. Unknown consent is no consent, and a room that is encrypted end to end has
//! > no tap at all.
#![forbid(unsafe_code)]
