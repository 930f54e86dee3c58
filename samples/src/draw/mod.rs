//! Drawing: shapes and text on an RGB canvas, and the planes that are encoded.

mod canvas;
mod planes;
mod text;

pub(crate) use canvas::{Area, Canvas, Colour};
pub use planes::Planes;
pub use text::FontError;
pub(crate) use text::{Face, Fonts};
