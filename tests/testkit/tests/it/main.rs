//! The witness itself is tested: a search that finds nothing must be able to find something.
#![allow(clippy::unwrap_used)]

mod bad_inputs;
mod canaries;
mod samples;
