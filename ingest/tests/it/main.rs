//! Archives of every kind, whole and broken, taken apart.
#![allow(clippy::unwrap_used)]

mod reading;
mod explore;
