//! Few whole-system scenarios, and the rules of the house.
#![allow(clippy::unwrap_used)]

mod answer;
mod attacks;
mod batches;
mod browser;
mod canaries;
mod commands;
mod counted;
mod disk;
mod erasure;
mod exports;
mod exposed;
mod faults;
mod fuzz;
mod hostile;
mod house;
mod media;
mod meetings;
mod non_interference;
mod originals;
mod places;
mod recorded;
mod remote;
mod resume;
mod reviews;
mod scanning;
mod servers;
mod service;
mod state;
mod whole_way;
