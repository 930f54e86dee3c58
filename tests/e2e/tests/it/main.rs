//! Few whole-system scenarios, and the rules of the house.
#![allow(clippy::unwrap_used)]

mod house;
