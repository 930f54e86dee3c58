//! JSON for programs.

use std::io::{self, Write};

use scrim_redact::text::{ClearedTranscript, WrittenTranscript};
use serde::{Deserialize, Serialize};

/// Raised when the meaning of a field changes. New fields do not raise it.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    #[serde(flatten)]
    transcript: &'a ClearedTranscript,
}

#[derive(Deserialize)]
struct WrittenDocument {
    schema: u32,
    #[serde(flatten)]
    transcript: WrittenTranscript,
}

/// Reads a transcript that [`write_json`] has written; nothing where it is another text.
pub(crate) fn read_json(text: &[u8]) -> Option<WrittenTranscript> {
    let document: WrittenDocument = serde_json::from_slice(text).ok()?;
    (document.schema == SCHEMA).then_some(document.transcript)
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
