//! Speech written down, and transcripts written out.
//!
//! [`Transcriber`] takes the sound of a recording piece by piece and returns it as
//! [`TranscriptPart`]s, words with times, in memory that does not grow with the recording. It
//! runs whisper.cpp on the speech that the voice activity model found and on nothing else.
//!
//! [`write_text`], [`write_vtt`], [`write_srt`] and [`write_json`] write a transcript.
//!
//! It deliberately takes no decision on what may be published.
//!
//! > **What is heard is not written.** The writers take a
//! > [`ClearedTranscript`](scrim_redact::text::ClearedTranscript), which only the redactor makes
//! > from the words of a [`TranscriptPart`].

mod cancel;
mod engine;
mod error;
mod heard;
mod language;
mod part;
mod speech;
mod transcriber;
mod window;
mod write;

pub use cancel::CancelFlag;
pub use error::TranscribeError;
pub use language::Language;
pub use part::TranscriptPart;
pub use speech::SAMPLE_RATE;
pub use transcriber::{Recogniser, SpeechModels, Transcriber};
pub(crate) use write::{Group, groups, read_json};
pub use write::{write_json, write_srt, write_text, write_vtt};
