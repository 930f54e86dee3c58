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
        // A voice span that lasts to the end of its cue needs no end tag.
        let voice = cue.speaker.as_ref();
        let voice = voice.map(|name| format!("<v {}>", escaped(name)));
        let text = escaped(&cue.lines.join("\n"));
        let voice = voice.unwrap_or_default();
        write!(out, "\n{start} --> {end}\n{voice}{text}\n")?;
    }
    Ok(())
}

/// Escapes what WebVTT reads as markup. An arrow cannot appear: its `>` is escaped too.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
