//! What must never come out of redaction.
#![allow(clippy::unwrap_used)]

mod text;
mod text_properties;
