//! Words as a recogniser heard them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A word and when it was spoken, punctuation attached, not cleared.
///
/// What was said is personal data: printing a word for debugging shows its times only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The word with its punctuation, without the space before it.
    pub text: String,
    /// Milliseconds from the start of the recording to the start of the word.
    pub start_ms: u64,
    /// Milliseconds from the start of the recording to the end of the word.
    pub end_ms: u64,
}

impl Word {
    /// Makes a word.
    pub fn new(text: impl Into<String>, start_ms: u64, end_ms: u64) -> Self {
        Self {
            text: text.into(),
            start_ms,
            end_ms,
        }
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Word({}..{} ms)", self.start_ms, self.end_ms)
    }
}

/// Words that belong together and their language, not cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// What the one who speaks is called, where that is known. Initials, or what else the policy
    /// lets people be called; the redactor leaves out anything else.
    #[serde(default)]
    pub speaker: Option<String>,
    /// ISO 639-1 code of the language, as the recogniser reports it.
    pub language: String,
    /// The words in the order they were spoken.
    pub words: Vec<Word>,
}
