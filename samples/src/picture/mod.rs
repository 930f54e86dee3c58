//! The still part of the picture: everything that stays the same until the next event.

mod chat_panel;
mod icons;
mod list_panel;
mod screen;
mod slide;
mod stage;
mod theme;
mod toolbar;
mod window;
mod wording;

pub(crate) use screen::{DrawnText, Screen, Style};
pub(crate) use theme::Palette;
pub(crate) use window::{LivePart, Scene, draw_scene};
