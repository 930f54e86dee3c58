//! The pipeline on real media.
#![allow(clippy::unwrap_used, missing_docs)]

mod render;
mod support;
