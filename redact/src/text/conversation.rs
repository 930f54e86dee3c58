//! What several people said, in the order of time.

use super::cleared::{ClearedSegment, ClearedTranscript, ClearedWord, Removed};

/// A pause as long ends what somebody says, in milliseconds.
const PAUSE_MS: u64 = 700;

/// What is said without a pause is divided after this many milliseconds, at the next end of a
/// sentence.
const LONG_MS: u64 = 4_000;

/// What is said without a pause and without the end of a sentence is divided all the same.
const LONGEST_MS: u64 = 12_000;

/// Puts the transcripts of several people together.
pub(super) fn put_together(voices: impl Iterator<Item = ClearedTranscript>) -> ClearedTranscript {
    let mut whole = ClearedTranscript::default();
    for voice in voices {
        let Removed {
            names,
            emails,
            phones,
        } = voice.removed;
        whole.removed.names += names;
        whole.removed.emails += emails;
        whole.removed.phones += phones;
        whole.spans.extend(voice.spans);
        let utterances = voice.segments.into_iter().flat_map(utterances);
        whole.segments.extend(utterances);
    }
    whole.spans.sort_by_key(|span| span.start_ms);
    // Sorting keeps the order of what begins at the same time, so the result is always the same.
    whole
        .segments
        .sort_by_key(|segment| segment.words.first().map_or(0, |word| word.start_ms));
    let mut earliest = 0;
    for word in whole.segments.iter_mut().flat_map(|one| &mut one.words) {
        word.start_ms = word.start_ms.max(earliest);
        word.end_ms = word.end_ms.max(word.start_ms);
        earliest = word.start_ms;
    }
    whole
}

/// Divides a segment into what is said in one go.
fn utterances(segment: ClearedSegment) -> Vec<ClearedSegment> {
    let ClearedSegment {
        speaker,
        language,
        words,
    } = segment;
    let mut divided: Vec<Vec<ClearedWord>> = Vec::new();
    for word in words {
        match divided.last_mut().filter(|words| goes_on(words, &word)) {
            Some(words) => words.push(word),
            None => divided.push(vec![word]),
        }
    }
    let utterance = |words| ClearedSegment {
        speaker: speaker.clone(),
        language: language.clone(),
        words,
    };
    divided.into_iter().map(utterance).collect()
}

fn goes_on(words: &[ClearedWord], next: &ClearedWord) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    let pause = next.start_ms.saturating_sub(last.end_ms);
    let length = last.end_ms.saturating_sub(first.start_ms);
    let is_sentence = last.text.ends_with(['.', '?', '!', '…']);
    pause < PAUSE_MS && length < LONGEST_MS && !(is_sentence && length >= LONG_MS)
}
