//! A transcript as one text with the runs of letters and digits in it.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::{
    REMOVED,
    fold::{fold, is_ignorable},
    word::{Segment, Word},
};

/// A run of letters, or a run of digits.
pub(super) struct Token {
    /// Bytes of [`Text::joined`].
    pub(super) range: Range<usize>,
    /// Folded spelling.
    pub(super) folded: String,
    pub(super) is_number: bool,
    /// Whether the run begins with a capital letter.
    pub(super) is_capitalised: bool,
    /// Index of the segment it begins in.
    pub(super) segment: usize,
}

/// The words of all segments joined by single spaces, so that what spans words spans nothing here.
pub(super) struct Text<'a> {
    pub(super) joined: String,
    pub(super) words: Vec<PlacedWord<'a>>,
    pub(super) tokens: Vec<Token>,
}

/// A word and where it stands in [`Text::joined`].
pub(super) struct PlacedWord<'a> {
    pub(super) word: &'a Word,
    pub(super) range: Range<usize>,
    pub(super) segment: usize,
}

impl<'a> Text<'a> {
    pub(super) fn new(segments: &'a [Segment]) -> Self {
        let mut joined = String::new();
        let mut words = Vec::new();
        for (segment, word) in in_order(segments) {
            let text = word.text.trim();
            if text.is_empty() {
                continue;
            }
            if !joined.is_empty() {
                joined.push(' ');
            }
            let start = joined.len();
            joined.push_str(text);
            words.push(PlacedWord {
                word,
                range: start..joined.len(),
                segment,
            });
        }
        let tokens = tokens(&joined, &words);
        Self {
            joined,
            words,
            tokens,
        }
    }

    /// What stands between two neighbouring tokens. `after` is the index of the second.
    pub(super) fn gap(&self, after: usize) -> &str {
        &self.joined[self.tokens[after - 1].range.end..self.tokens[after].range.start]
    }

    /// The bytes from the start of one token to the end of another.
    pub(super) fn range(&self, first: usize, last: usize) -> Range<usize> {
        self.tokens[first].range.start..self.tokens[last].range.end
    }

    /// Whether a token opens a sentence, where a capital letter says nothing.
    pub(super) fn opens_sentence(&self, token: usize) -> bool {
        token == 0 || self.gap(token).contains(['.', '?', '!', '…'])
    }
}

fn in_order(segments: &[Segment]) -> impl Iterator<Item = (usize, &Word)> {
    segments
        .iter()
        .enumerate()
        .flat_map(|(index, segment)| segment.words.iter().map(move |word| (index, word)))
}

/// What a character belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Between,
}

fn class(character: char, current: Class) -> Class {
    if character.is_alphabetic() {
        Class::Letter
    } else if character.is_numeric() {
        Class::Digit
    } else if is_combining_mark(character) || is_ignorable(character) {
        current
    } else {
        Class::Between
    }
}

fn tokens(joined: &str, words: &[PlacedWord<'_>]) -> Vec<Token> {
    let mut places = words.iter().peekable();
    let mut token = |(range, class): (Range<usize>, Class)| {
        while places
            .next_if(|word| word.range.end <= range.start)
            .is_some()
        {}
        let run = &joined[range.clone()];
        Token {
            folded: fold(run),
            is_number: class == Class::Digit,
            is_capitalised: run.chars().next().is_some_and(char::is_uppercase),
            segment: places.peek().map_or(0, |word| word.segment),
            range,
        }
    };
    runs(joined)
        .into_iter()
        .map(&mut token)
        .filter(|token| !token.folded.is_empty())
        .collect()
}

/// Returns the runs of letters in a text.
pub(super) fn letter_runs(text: &str) -> impl Iterator<Item = &str> {
    let letters = runs(text)
        .into_iter()
        .filter(|(_, class)| *class == Class::Letter);
    letters.map(|(range, _)| &text[range])
}

fn runs(text: &str) -> Vec<(Range<usize>, Class)> {
    let mut runs = Vec::new();
    let mut current = Class::Between;
    let mut start = 0;
    let mut place = 0;
    while let Some(character) = text[place..].chars().next() {
        // What an earlier run took out is no text.
        let is_mark = text[place..].starts_with(REMOVED);
        let next = if is_mark {
            Class::Between
        } else {
            class(character, current)
        };
        if next != current {
            if current != Class::Between {
                runs.push((start..place, current));
            }
            start = place;
            current = next;
        }
        place += if is_mark {
            REMOVED.len()
        } else {
            character.len_utf8()
        };
    }
    if current != Class::Between {
        runs.push((start..place, current));
    }
    runs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn folded(words: &[&str]) -> Vec<String> {
        let words = words.iter().map(|text| Word::new(*text, 0, 0)).collect();
        let segments = [Segment {
            speaker: None,
            language: "en".into(),
            words,
        }];
        Text::new(&segments)
            .tokens
            .into_iter()
            .map(|token| token.folded)
            .collect()
    }

    #[test]
    fn runs_of_letters_and_digits_are_told_apart() {
        assert_eq!(
            folded(&[
                "(Anna2,",
                " ",
                "d'Écluse-Łuk",
                "+48",
                "[removed].",
                "Zo\u{301}łć"
            ]),
            ["anna", "2", "d", "ecluse", "luk", "48", "zolc"]
        );
    }

    #[test]
    fn every_token_knows_its_segment() {
        let segment = |text: &str| Segment {
            words: vec![Word::new(text, 0, 0)],
            ..Segment::default()
        };
        let segments = [segment("a b"), Segment::default(), segment("c")];
        let text = Text::new(&segments);
        let places: Vec<usize> = text.tokens.iter().map(|token| token.segment).collect();
        assert_eq!(places, [0, 0, 2]);
        assert!(text.opens_sentence(0) && !text.opens_sentence(2));
    }
}
