//! What text redaction returns.

use serde::{Deserialize, Serialize};

use super::word::Segment;

/// A transcript without what had to go. Only [`TextRedactor`](super::TextRedactor) makes one.
///
/// It can be written but not read back: a transcript from a file is not cleared, it is a
/// [`WrittenTranscript`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClearedTranscript {
    pub(super) segments: Vec<ClearedSegment>,
    pub(super) removed: Removed,
    pub(super) spans: Vec<ClearedSpan>,
}

impl ClearedTranscript {
    /// Returns the segments, in the order and number they were given.
    pub fn segments(&self) -> &[ClearedSegment] {
        &self.segments
    }

    /// Returns how much was taken out, by kind.
    pub const fn removed(&self) -> Removed {
        self.removed
    }

    /// Returns when something was taken out, in the order of time.
    pub fn spans(&self) -> &[ClearedSpan] {
        &self.spans
    }

    /// Returns all words of all segments.
    pub fn words(&self) -> impl Iterator<Item = &ClearedWord> {
        self.segments.iter().flat_map(|segment| &segment.words)
    }

    /// Returns all words of all segments, each with what the one who speaks is called.
    pub fn spoken(&self) -> impl Iterator<Item = (Option<&str>, &ClearedWord)> {
        self.segments.iter().flat_map(|segment| {
            let speaker = segment.speaker();
            segment.words.iter().map(move |word| (speaker, word))
        })
    }

    /// Returns the words joined by spaces.
    pub fn text(&self) -> String {
        self.words()
            .map(ClearedWord::text)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Cleared words that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClearedSegment {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) speaker: Option<String>,
    pub(super) language: String,
    pub(super) words: Vec<ClearedWord>,
}

impl ClearedSegment {
    /// Returns what the one who speaks is called, where that is known.
    pub fn speaker(&self) -> Option<&str> {
        self.speaker.as_deref()
    }

    /// Returns the ISO 639-1 code of the language.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Returns the words in the order of time.
    pub fn words(&self) -> &[ClearedWord] {
        &self.words
    }
}

/// A word that may be written. A name of several words has become one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClearedWord {
    pub(super) text: String,
    pub(super) start_ms: u64,
    pub(super) end_ms: u64,
}

impl ClearedWord {
    /// Returns the text with its punctuation.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the start in milliseconds from the start of the recording. Never before the start
    /// of the word before.
    pub const fn start_ms(&self) -> u64 {
        self.start_ms
    }

    /// Returns the end in milliseconds from the start of the recording. Never before the start.
    pub const fn end_ms(&self) -> u64 {
        self.end_ms
    }
}

/// A transcript that was written, and read back to be changed. **Nobody knows that it is cleared**,
/// so it has to be cleared again before it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct WrittenTranscript {
    /// The words in the order of time.
    pub segments: Vec<Segment>,
    /// How much was taken out when it was written.
    pub removed: Removed,
    /// When that was spoken.
    pub spans: Vec<ClearedSpan>,
}

/// How many spans were taken out, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Names, each counted once however many words it had.
    pub names: usize,
    /// E-mail addresses.
    pub emails: usize,
    /// Phone numbers.
    pub phones: usize,
}

/// What was taken out and when it was spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearedSpan {
    /// What it was.
    pub kind: SpanKind,
    /// Start of its first word, in milliseconds from the start of the recording.
    pub start_ms: u64,
    /// End of its last word, in milliseconds from the start of the recording.
    pub end_ms: u64,
}

/// What a span held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SpanKind {
    /// A name of the roster.
    Name,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}
