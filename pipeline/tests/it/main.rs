//! The pipeline on real media.
#![allow(clippy::unwrap_used, missing_docs)]

mod models;
mod models_convert;
mod render;
mod support;
mod transcribe;
mod transcribe_formats;
mod word_errors;
