//! Recordings are what their truth says.
#![allow(clippy::unwrap_used)]

mod command;
mod committed;
mod decode;
mod formats;
mod other_people;
mod pictures;
mod policies;
mod scenarios;
mod sound;
mod truth;
