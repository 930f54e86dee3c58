//! Packets that the tests make, and a viewer that looks at what it gets.
#![allow(clippy::unwrap_used)]

mod fuzz;
mod keyframe;
mod loudness;
mod packet;
mod packets;
mod properties;
mod reports;
mod rewriter;
mod switching;
mod throttle;
mod viewer;
mod vp8;
