//! What must never come out of redaction.
#![allow(clippy::unwrap_used)]

mod attack;
mod canvas;
mod canvas_properties;
mod canvas_stills;
mod conversations;
mod non_interference;
mod pixels;
mod pixels_drawing;
mod pixels_picture;
mod pixels_plans;
mod stills;
mod text;
mod text_properties;
