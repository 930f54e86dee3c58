#![allow(clippy::unwrap_used)]
//! Recordings are what their truth says.
