//! The media file: which formats there are, and the GStreamer pipeline that writes them.

mod canary;
mod elements;
mod error;
mod format;
mod recorder;
mod rotation;

pub use error::MediaError;
pub use format::{AudioCodec, Container, VideoCodec};
pub(crate) use recorder::{MediaFormat, Recorder};
pub(crate) use rotation::declare_rotation;
