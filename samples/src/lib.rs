//! Renders invented webinars into recordings with exact ground truth.
//!
//! A [`Scenario`] says what is seen and heard: layout, slides, cameras, people who join and leave,
//! chat, toasts, spoken lines. [`render`] turns it into a media file, a [`Truth`] with every text,
//! its rectangle and its time and every word that is said, and a roster.
//!
//! It deliberately knows nothing of redaction: it makes what has to be redacted. It draws no real
//! person; every address ends in `.example`.
//!
//! > **The same scenario gives the same pixels.** Noise and motion come from the seed of the
//! > scenario alone, and what does not move is bit for bit the same in the next frame.
//!
//! ```
//! use scrim_samples::{Film, Scenario};
//!
//! let scenario = Scenario::builtin("webinar-short")?;
//! let mut film = Film::new(&scenario)?;
//! assert_eq!(film.frame(0).width(), 1280);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod draw;
mod film;
mod live;
mod media;
mod picture;
mod random;
mod render;
mod scenario;
mod speech;
mod truth;

pub use draw::{FontError, Planes};
pub use film::Film;
pub use media::{AudioCodec, Container, MediaError, VideoCodec};
pub use render::{RenderError, RenderOptions, Rendered, render, render_with_progress};
pub use scenario::{
    BUILTIN_NAMES, Camera, Chart, ChatMessage, Language, Layout, Person, Role, Scenario,
    ScenarioError, Share, ShareContent, Slide, Span, Speech, Theme, Toast,
};
pub use speech::{SAMPLE_RATE, SpeechError};
pub use truth::{
    KnownPerson, Media, Panel, PanelKind, Picture, SpokenLine, TRUTH_SCHEMA, Text, TextKind, Truth,
    Word, WordTimes,
};
