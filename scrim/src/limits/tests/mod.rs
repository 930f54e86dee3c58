//! Limits and the guard, with a clock that the tests hold.
#![allow(clippy::unwrap_used)]

mod guard;
mod requests;
