//! Transcripts as files. Only what was cleared is written.

mod cues;
mod json;
mod srt;
mod text;
mod vtt;

pub(crate) use cues::{Group, groups};
pub(crate) use json::read_json;
pub use json::write_json;
pub use srt::write_srt;
pub use text::write_text;
pub use vtt::write_vtt;

/// Whether a sentence ends with this word, closing quotes and brackets aside.
fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(['"', '”', '’', '»', ')', '\'']);
    // The full stop of a pseudonym such as "A.K." ends no sentence.
    let letters_before = bare
        .trim_end_matches('.')
        .chars()
        .rev()
        .take_while(|c| c.is_alphabetic());
    bare.ends_with(['?', '!', '…']) || (bare.ends_with('.') && letters_before.take(2).count() > 1)
}

/// One line of text: a line break or a tab inside a word would end a cue.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Hours, minutes, seconds and milliseconds, the last after `point`.
fn clock(milliseconds: u64, point: char) -> String {
    let (seconds, millis) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!(
        "{:02}:{:02}:{:02}{point}{millis:03}",
        minutes / 60,
        minutes % 60,
        seconds
    )
}
