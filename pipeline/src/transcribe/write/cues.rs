//! Words gathered into subtitles.

use scrim_redact::text::{ClearedTranscript, ClearedWord, Word};

use super::{ends_sentence, on_one_line};

/// What is read comfortably: two lines of 42 characters for six seconds (the limits that
/// broadcasters share).
const LINE_CHARACTERS: usize = 42;
const LONGEST_MS: u64 = 6000;
/// A shorter subtitle cannot be read, if there is time to show it for longer.
const SHORTEST_MS: u64 = 1000;
/// A pause as long begins a new subtitle.
const PAUSE_MS: u64 = 800;
/// A sentence that ends after so many characters ends the subtitle.
const SENTENCE_CHARACTERS: usize = 24;

/// A subtitle: up to two lines and when they are shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cue {
    pub(super) start_ms: u64,
    /// After the start, and not after the start of the next.
    pub(super) end_ms: u64,
    /// What the one who speaks is called.
    pub(super) speaker: Option<String>,
    pub(super) lines: Vec<String>,
}

/// A word of a subtitle: one that may be written, or one that was.
pub(crate) trait Timed {
    fn text(&self) -> &str;
    fn start_ms(&self) -> u64;
    fn end_ms(&self) -> u64;
}

impl Timed for ClearedWord {
    fn text(&self) -> &str {
        self.text()
    }

    fn start_ms(&self) -> u64 {
        self.start_ms()
    }

    fn end_ms(&self) -> u64 {
        self.end_ms()
    }
}

impl Timed for Word {
    fn text(&self) -> &str {
        &self.text
    }

    fn start_ms(&self) -> u64 {
        self.start_ms
    }

    fn end_ms(&self) -> u64 {
        self.end_ms
    }
}

/// Words of one person that are shown together.
pub(crate) struct Group<'a, W> {
    pub(crate) speaker: Option<&'a str>,
    pub(crate) words: Vec<&'a W>,
}

/// Gathers words that are shown together.
pub(crate) fn groups<'a, W: Timed>(
    words: impl Iterator<Item = (Option<&'a str>, &'a W)>,
) -> Vec<Group<'a, W>> {
    let mut groups: Vec<Group<'a, W>> = Vec::new();
    for (speaker, word) in words {
        match groups.last_mut() {
            Some(group) if group.speaker == speaker && goes_on(&group.words, word) => {
                group.words.push(word);
            }
            _ => groups.push(Group {
                speaker,
                words: vec![word],
            }),
        }
    }
    groups
}

/// Returns the subtitles of a transcript in the order of time, none over another.
pub(super) fn cues(transcript: &ClearedTranscript) -> Vec<Cue> {
    let groups = groups(transcript.spoken());
    let mut cues: Vec<Cue> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let (Some(first), Some(last)) = (group.words.first(), group.words.last()) else {
            continue;
        };
        let before = cues.last().map_or(0, |cue| cue.end_ms);
        let start_ms = first.start_ms().max(before);
        let next = groups
            .get(index + 1)
            .and_then(|next| next.words.first())
            .map_or(u64::MAX, |word| word.start_ms());
        let end_ms = last
            .end_ms()
            .min(start_ms.saturating_add(LONGEST_MS))
            .max(start_ms.saturating_add(SHORTEST_MS))
            .min(next)
            .max(start_ms.saturating_add(1));
        cues.push(Cue {
            start_ms,
            end_ms,
            speaker: group.speaker.map(on_one_line),
            lines: lines(&group.words),
        });
    }
    cues
}

fn goes_on<W: Timed>(group: &[&W], word: &W) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return false;
    };
    let is_pause = word.start_ms().saturating_sub(last.end_ms()) >= PAUSE_MS;
    let is_long = word.end_ms().saturating_sub(first.start_ms()) > LONGEST_MS;
    let is_sentence = ends_sentence(last.text()) && length(group) >= SENTENCE_CHARACTERS;
    let mut longer = group.to_vec();
    longer.push(word);
    !is_pause && !is_long && !is_sentence && best_break(&longer).is_some()
}

/// Characters of the words with single spaces.
fn length<W: Timed>(words: &[&W]) -> usize {
    let letters: usize = words.iter().map(|word| word.text().chars().count()).sum();
    letters + words.len().saturating_sub(1)
}

/// Where to break the words into two lines of much the same length: `words.len()` for one line,
/// `None` if they do not fit.
fn best_break<W: Timed>(words: &[&W]) -> Option<usize> {
    if length(words) <= LINE_CHARACTERS {
        return Some(words.len());
    }
    let fits = |at: &usize| {
        length(&words[..*at]) <= LINE_CHARACTERS && length(&words[*at..]) <= LINE_CHARACTERS
    };
    (1..words.len())
        .filter(fits)
        .min_by_key(|&at| length(&words[..at]).abs_diff(length(&words[at..])))
}

fn lines(words: &[&ClearedWord]) -> Vec<String> {
    // A single word that is longer than a line stays whole.
    let at = best_break(words).unwrap_or(words.len());
    let line = |words: &[&ClearedWord]| {
        let texts: Vec<&str> = words.iter().map(|word| word.text()).collect();
        on_one_line(&texts.join(" "))
    };
    [&words[..at], &words[at..]]
        .into_iter()
        .filter(|words| !words.is_empty())
        .map(line)
        .collect()
}
