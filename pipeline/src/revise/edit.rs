//! Cues of a transcript, and new words in them.

use std::ops::Range;

use scrim_policy::Pii;
use scrim_redact::text::{Segment, Word, WrittenTranscript};

use super::{Edit, RevisionError};
use crate::transcribe::{Group, groups};

/// The longest text of a cue. Nobody says more in six seconds.
const MOST_CHARACTERS: usize = 1000;

/// Words that are shown together, as `transcript.vtt` shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// When the first word begins, in milliseconds from the start of the recording.
    pub start_ms: u64,
    /// When the last word ends.
    pub end_ms: u64,
    /// What the one who speaks is called, where that is known.
    pub speaker: Option<String>,
    /// The words.
    pub text: Pii<String>,
}

/// Returns the cues of a transcript, in the order of time.
pub(super) fn cues(transcript: &WrittenTranscript) -> Vec<Cue> {
    let cue = |group: Group<'_, Word>| {
        let Group { speaker, words } = group;
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        Cue {
            start_ms: words.first().map_or(0, |word| word.start_ms),
            end_ms: words.last().map_or(0, |word| word.end_ms),
            speaker: speaker.map(str::to_owned),
            text: Pii::new(texts.join(" ")),
        }
    };
    groups(spoken(transcript)).into_iter().map(cue).collect()
}

fn words(transcript: &WrittenTranscript) -> impl Iterator<Item = &Word> {
    transcript
        .segments
        .iter()
        .flat_map(|segment| &segment.words)
}

fn spoken(transcript: &WrittenTranscript) -> impl Iterator<Item = (Option<&str>, &Word)> {
    transcript.segments.iter().flat_map(|segment| {
        let speaker = segment.speaker.as_deref();
        segment.words.iter().map(move |word| (speaker, word))
    })
}

/// Puts new words into cues. They share the time of the old ones by their length.
pub(super) fn apply(
    transcript: &WrittenTranscript,
    edits: &[Edit],
) -> Result<WrittenTranscript, RevisionError> {
    let ranges = ranges(transcript);
    let all: Vec<&Word> = words(transcript).collect();
    // The new words of each range of old ones.
    let mut changes: Vec<(Range<usize>, Vec<Word>)> = Vec::with_capacity(edits.len());
    for edit in edits {
        let range = ranges.get(edit.cue);
        let range = range.ok_or(RevisionError::NoCue { cue: edit.cue })?.clone();
        if changes.iter().any(|(taken, _)| *taken == range) {
            return Err(RevisionError::Twice { cue: edit.cue });
        }
        let text = edit.text.reveal();
        if text.chars().count() > MOST_CHARACTERS {
            return Err(RevisionError::TooLong {
                cue: edit.cue,
                most: MOST_CHARACTERS,
            });
        }
        let new = spread(text, &all[range.clone()]);
        changes.push((range, new));
    }
    let mut place = 0;
    let mut segments = Vec::with_capacity(transcript.segments.len());
    for segment in &transcript.segments {
        let mut words = Vec::with_capacity(segment.words.len());
        for word in &segment.words {
            match changes.iter_mut().find(|(range, _)| range.contains(&place)) {
                Some((range, new)) if range.start == place => words.append(new),
                Some(_) => {}
                None => words.push(word.clone()),
            }
            place += 1;
        }
        segments.push(Segment {
            speaker: segment.speaker.clone(),
            language: segment.language.clone(),
            words,
        });
    }
    let changed = WrittenTranscript {
        segments,
        removed: transcript.removed,
        spans: transcript.spans.clone(),
    };
    let texts = |transcript: &WrittenTranscript| -> Vec<String> {
        words(transcript).map(|word| word.text.clone()).collect()
    };
    if texts(&changed) == texts(transcript) {
        return Err(RevisionError::NothingChanged);
    }
    Ok(changed)
}

/// Which words, counted through the whole transcript, each cue has.
fn ranges(transcript: &WrittenTranscript) -> Vec<Range<usize>> {
    let mut from = 0;
    let range = |group: Group<'_, Word>| {
        let range = from..from + group.words.len();
        from = range.end;
        range
    };
    groups(spoken(transcript)).into_iter().map(range).collect()
}

/// Cuts a text into words that share the time of some others.
fn spread(text: &str, old: &[&Word]) -> Vec<Word> {
    let start = old.first().map_or(0, |word| word.start_ms);
    let end = old.last().map_or(start, |word| word.end_ms).max(start);
    let visible = |part: &str| -> String { part.chars().filter(|c| !c.is_control()).collect() };
    let parts: Vec<String> = text.split_whitespace().map(visible).collect();
    let parts: Vec<&String> = parts.iter().filter(|part| !part.is_empty()).collect();
    let total: u64 = parts.iter().map(|part| part.chars().count() as u64).sum();
    let mut done = 0;
    let mut word = |part: &String| {
        let at = |done: u64| start + (end - start) * done / total.max(1);
        let from = at(done);
        done += part.chars().count() as u64;
        Word::new(part.clone(), from, at(done))
    };
    parts.into_iter().map(&mut word).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Two cues, the first of which ends in the second segment.
    fn transcript() -> WrittenTranscript {
        let segment = |words: &[(&str, u64)]| Segment {
            speaker: None,
            language: "en".to_owned(),
            words: words
                .iter()
                .map(|(text, start)| Word::new(*text, *start, start + 400))
                .collect(),
        };
        WrittenTranscript {
            segments: vec![
                segment(&[("Good", 0), ("morning", 500)]),
                segment(&[("everybody", 1000), ("Later", 5000), ("on", 5500)]),
            ],
            ..WrittenTranscript::default()
        }
    }

    fn edit(cue: usize, text: &str) -> Edit {
        Edit {
            cue,
            text: Pii::new(text.to_owned()),
        }
    }

    fn texts(transcript: &WrittenTranscript) -> Vec<String> {
        let cues = cues(transcript).into_iter();
        cues.map(|cue| cue.text.reveal().clone()).collect()
    }

    #[test]
    fn cues_are_those_of_the_subtitles() {
        let cues = cues(&transcript());
        assert_eq!(texts(&transcript()), ["Good morning everybody", "Later on"]);
        assert_eq!((cues[0].start_ms, cues[0].end_ms), (0, 1400));
    }

    #[test]
    fn new_words_share_the_time_of_the_old_ones() {
        let changed = apply(&transcript(), &[edit(0, "Good evening,\n all")]).unwrap();
        assert_eq!(texts(&changed), ["Good evening, all", "Later on"]);
        let words: Vec<_> = words(&changed).collect();
        let times: Vec<_> = words
            .iter()
            .map(|word| (word.start_ms, word.end_ms))
            .collect();
        assert_eq!(times[..3], [(0, 373), (373, 1120), (1120, 1400)]);
        assert_eq!(times[3], (5000, 5400), "what is not changed stays");
        assert_eq!(changed.segments[1].words.len(), 2);
    }

    #[test]
    fn an_empty_text_takes_a_cue_away() {
        let changed = apply(&transcript(), &[edit(1, " \t")]).unwrap();
        assert_eq!(texts(&changed), ["Good morning everybody"]);
    }

    #[test]
    fn edits_that_make_no_sense_are_refused() {
        let refused = |edits: &[Edit]| apply(&transcript(), edits).unwrap_err();
        assert!(matches!(
            refused(&[edit(2, "x")]),
            RevisionError::NoCue { cue: 2 }
        ));
        let twice = [edit(1, "x"), edit(1, "y")];
        assert!(matches!(refused(&twice), RevisionError::Twice { cue: 1 }));
        let long = "x".repeat(1001);
        assert!(matches!(
            refused(&[edit(0, &long)]),
            RevisionError::TooLong { .. }
        ));
        let same = [edit(1, "Later  on")];
        assert!(matches!(refused(&same), RevisionError::NothingChanged));
        assert!(matches!(refused(&[]), RevisionError::NothingChanged));
    }
}
