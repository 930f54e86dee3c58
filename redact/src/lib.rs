//! A plan applied to pixels and text: the only place where something becomes *cleared*.
//!
//! [`Redactor::clear`] paints over everything in a decoded picture that a
//! [`Plan`](scrim_policy::Plan) does not keep, in place, on I420 or NV12 planes, and returns a
//! [`Cleared`] picture. [`text`] does the same for transcripts. Encoders and writers take only
//! what this crate returned, so that nothing uncleared can reach a file.
//!
//! It deliberately has no I/O, no clock and no GStreamer, and it never looks at hidden pixels: not
//! to blur them, not to choose a colour, not to decide anything.
//!
//! > **Non-interference.** Two pictures that differ only where the plan hides give byte-equal
//! > cleared pictures.
#![forbid(unsafe_code)]

mod badge;
mod clear;
mod colour;
mod compose;
mod frame;
mod frost;
mod patch;
pub mod session;
pub mod still;
pub mod text;

pub use clear::{CanvasError, Cleared, Redactor};
pub use colour::{ColourSpace, Matrix};
pub use frame::{FrameError, FrameMut, FrameRef, PixelFormat};
