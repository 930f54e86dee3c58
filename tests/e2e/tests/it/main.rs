//! Few whole-system scenarios, and the rules of the house.
#![allow(clippy::unwrap_used)]

mod answer;
mod canaries;
mod commands;
mod disk;
mod erasure;
mod exposed;
mod faults;
mod hostile;
mod house;
mod media;
mod non_interference;
mod resume;
mod state;
mod whole_way;
