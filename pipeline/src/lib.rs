//! x

pub mod elements;
pub mod render;
