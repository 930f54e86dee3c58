//! WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format").

use std::io::{self, Write};

use scrim_redact::text::ClearedTranscript;

use super::{clock, cues::cues};

/// Writes a transcript as WebVTT.
///
/// # Errors
/// What the writer reports.
pub fn write_vtt(transcript: &ClearedTranscript, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"WEBVTT\n")?;
    for cue in cues(transcript) {
        let (start, end) = (clock(cue.start_ms, '.'), clock(cue.end_ms, '.'));
        write!(
            out,
            "\n{start} --> {end}\n{}\n",
            escaped(&cue.lines.join("\n"))
        )?;
    }
    Ok(())
}

/// Escapes what WebVTT reads as markup. An arrow cannot appear: its `>` is escaped too.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
