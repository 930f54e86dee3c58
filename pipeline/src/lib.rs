//! x

pub mod assemble;
pub mod elements;
pub mod inspect;
pub mod preview;
pub mod render;
