//! The pipeline on real media.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod element;
mod inputs;
mod inspection;
mod media;
mod metadata;
mod models;
mod models_convert;
mod previews;
mod render;
mod session_media;
mod session_pictures;
mod session_sound;
mod session_support;
mod session_sync;
mod shapes;
mod support;
mod sync;
mod timing;
mod transcribe;
mod transcribe_formats;
mod word_errors;
