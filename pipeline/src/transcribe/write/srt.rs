//! SubRip, which has no standard: numbered cues with a comma before the milliseconds.

use std::io::{self, Write};

use scrim_redact::text::ClearedTranscript;

use super::{clock, cues::cues};

/// Writes a transcript as SubRip.
///
/// The format has no escapes and players take `<` for markup, so angle brackets are written as
/// their typographic relatives `‹` and `›`.
///
/// # Errors
/// What the writer reports.
pub fn write_srt(transcript: &ClearedTranscript, out: &mut impl Write) -> io::Result<()> {
    for (index, cue) in cues(transcript).iter().enumerate() {
        if index > 0 {
            out.write_all(b"\n")?;
        }
        let (start, end) = (clock(cue.start_ms, ','), clock(cue.end_ms, ','));
        let speaker = cue.speaker.as_ref().map(|name| format!("{name}: "));
        let text = speaker.unwrap_or_default() + &cue.lines.join("\n");
        let text = text.replace('<', "‹").replace('>', "›");
        write!(out, "{}\n{start} --> {end}\n{text}\n", index + 1)?;
    }
    Ok(())
}
