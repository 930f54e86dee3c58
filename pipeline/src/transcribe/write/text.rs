//! Plain text to read.

use std::io::{self, Write};

use scrim_policy::Moment;
use scrim_redact::text::{ClearedTranscript, ClearedWord};

use super::{Group, ends_sentence, on_one_line};

/// A pause as long begins a new paragraph.
const PAUSE_MS: u64 = 2000;
/// A sentence that ends after so many characters ends the paragraph.
const PARAGRAPH_CHARACTERS: usize = 600;
/// A paragraph is given its time when this much has passed since the last that was.
const MARK_EVERY_MS: u64 = 60_000;

/// Writes a transcript as paragraphs of plain text, with a time such as `[0:01:23]` about every
/// minute. Where it is known who speaks, each paragraph begins with what they are called.
///
/// # Errors
/// What the writer reports.
pub fn write_text(transcript: &ClearedTranscript, out: &mut impl Write) -> io::Result<()> {
    let mut marked: Option<u64> = None;
    for (index, paragraph) in paragraphs(transcript).iter().enumerate() {
        if index > 0 {
            out.write_all(b"\n")?;
        }
        let start_ms = paragraph.words.first().map_or(0, |word| word.start_ms());
        if marked.is_none_or(|before| start_ms.saturating_sub(before) >= MARK_EVERY_MS) {
            write!(out, "[{}] ", mark(start_ms))?;
            marked = Some(start_ms);
        }
        if let Some(speaker) = paragraph.speaker {
            write!(out, "{}: ", on_one_line(speaker))?;
        }
        let words = paragraph.words.iter();
        let texts: Vec<String> = words.map(|word| on_one_line(word.text())).collect();
        writeln!(out, "{}", texts.join(" "))?;
    }
    Ok(())
}

/// Hours, minutes and seconds.
fn mark(milliseconds: u64) -> String {
    let clock = Moment(milliseconds.saturating_mul(1_000_000)).to_string();
    clock.split('.').next().unwrap_or_default().to_owned()
}

fn paragraphs(transcript: &ClearedTranscript) -> Vec<Group<'_, ClearedWord>> {
    let mut paragraphs: Vec<Group<'_, ClearedWord>> = Vec::new();
    let mut characters = 0;
    for (speaker, word) in transcript.spoken() {
        let goes_on = |last: &ClearedWord| {
            word.start_ms().saturating_sub(last.end_ms()) < PAUSE_MS
                && !(characters >= PARAGRAPH_CHARACTERS && ends_sentence(last.text()))
        };
        let same = |paragraph: &Group<'_, ClearedWord>| {
            let last = paragraph.words.last();
            paragraph.speaker == speaker && last.is_some_and(|last| goes_on(last))
        };
        match paragraphs.last_mut() {
            Some(paragraph) if same(paragraph) => paragraph.words.push(word),
            _ => {
                characters = 0;
                paragraphs.push(Group {
                    speaker,
                    words: vec![word],
                });
            }
        }
        characters += word.text().chars().count() + 1;
    }
    paragraphs
}
