//! The command line, seen from a shell.
#![allow(clippy::unwrap_used, missing_docs)]

mod keys;
mod reference;
mod usage;
