//! From the logs of a live session to encoded parts.
//!
//! ```text
//! log of a track ─ feed ─┬─ gather ─ decode ─ canvas ─ encode ─┐   Film
//!  (records)      (times)│                    (redact)         ├─ events
//!                        └─ decode ─ place ─ mask ─ mix ─ encode ┘   Sound
//!                                              └─ each voice, for transcription
//! ```
//!
//! [`KeptSession`] is a session that has ended, read from the vault. [`Film`] renders pictures, segment by segment, and [`Sound`] the sound from the front to the end,
//! both as a [`SessionPlan`](scrim_policy::SessionPlan) says and as far as the session has come. What
//! comes out are the events of [`render`](crate::render), for [`assemble`](crate::assemble) to put
//! together.
//!
//! It deliberately decides nothing about who is seen and heard: the plan does. It does not know what
//! was rendered before and whether that still holds either: whoever calls it keeps parts, by keys that
//! the plan is in.
//!
//! > **The same session gives the same parts.** What is rendered depends on the records of the logs,
//! > on their order and on the plan, never on when it is asked for: a segment that was rendered while
//! > people spoke has the bytes that it has a week later.
//!
//! Untrusted media is decoded here. It happens in the process of the job, which has no network, and
//! whatever a track does, the others go on.

mod aac;
mod canvas;
mod clock;
mod decoder;
mod ear;
mod encode;
mod feed;
mod film;
mod gather;
mod kept;
mod lane;
mod leaders;
mod line;
mod log;
mod mix;
mod moments;
mod opus;
mod payload;
mod pictures;
mod placing;
mod runs;
mod sound;
mod voices;

#[cfg(test)]
mod tests;

pub use canvas::FRAME_RATE;
pub use film::{Film, FilmSpec};
pub use kept::KeptSession;
pub use sound::{Heard, Sound, SoundSpec};
