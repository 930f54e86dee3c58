//! Archives of every kind, whole and broken, taken apart.
#![allow(clippy::unwrap_used)]

mod boxes;
mod bytes;
mod containers;
mod hostile;
mod media;
mod opening;
mod reading;
mod seeking;
mod timelines;
mod tracks;
