//! JSON for programs.

use std::io::{self, Write};

use scrim_redact::text::ClearedTranscript;
use serde::Serialize;

/// Raised when the meaning of a field changes. New fields do not raise it.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    #[serde(flatten)]
    transcript: &'a ClearedTranscript,
}

/// Writes a transcript as JSON: segments with their language, words with their times in
/// milliseconds, and how much was removed when.
///
/// # Errors
/// What the writer reports.
pub fn write_json(transcript: &ClearedTranscript, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(
        &mut *out,
        &Document {
            schema: SCHEMA,
            transcript,
        },
    )?;
    out.write_all(b"\n")
}
