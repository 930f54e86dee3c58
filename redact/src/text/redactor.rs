//! Names, addresses and numbers replaced in the words of a transcript.

use std::{collections::BTreeSet, fmt, ops::Range};

use scrim_policy::{NamesShown, Person, Roster};

use super::{
    REMOVED,
    cleared::{
        ClearedSegment, ClearedSpan, ClearedTranscript, ClearedWord, Removed, SpanKind,
        WrittenTranscript,
    },
    conversation,
    email::find_emails,
    names::NameIndex,
    phone::{find_phones, with_prefix},
    token::{PlacedWord, Text},
    word::Segment,
};

/// Takes names, e-mail addresses and phone numbers out of transcripts.
pub struct TextRedactor {
    names: NameIndex,
    shown: NamesShown,
    /// The initials with a number, whose number is no part of a phone number.
    numbered_initials: Vec<String>,
    /// What people may be called who speak.
    speakers: BTreeSet<String>,
}

impl TextRedactor {
    /// Prepares every spelling of every name of the roster.
    pub fn new(roster: &Roster, shown: NamesShown) -> Self {
        let hidden = shown != NamesShown::Full;
        let shown_people = roster.people().iter().filter(|person| !person.is_erased());
        let speakers = shown_people.filter_map(|person| label(person, shown));
        let initials = roster
            .people()
            .iter()
            .map(|person| person.initials().to_owned());
        Self {
            names: if hidden {
                NameIndex::new(roster)
            } else {
                NameIndex::of_erased(roster)
            },
            shown,
            speakers: speakers.collect(),
            numbered_initials: initials.filter(|initials| initials.contains(' ')).collect(),
        }
    }

    /// Clears a transcript.
    ///
    /// Times come out monotone even where they did not go in so. A word that a name, address or
    /// number spans is merged with its neighbours; if it spans two segments, the result belongs
    /// to the first.
    pub fn clear(&self, segments: &[Segment]) -> ClearedTranscript {
        let text = Text::new(segments);
        let languages: Vec<&str> = segments.iter().map(|one| one.language.as_str()).collect();
        let findings = self.find(&text, &languages);
        let mut cleared = ClearedTranscript {
            segments: segments
                .iter()
                .map(|one| ClearedSegment {
                    speaker: self.speaker(one),
                    language: one.language.clone(),
                    words: Vec::new(),
                })
                .collect(),
            removed: count(&findings),
            spans: Vec::new(),
        };
        write(&text, &findings, &mut cleared);
        cleared
    }

    /// Clears a transcript that was cleared and written before, and may have been changed since. What
    /// was taken out then counts as well.
    pub fn clear_again(&self, written: &WrittenTranscript) -> ClearedTranscript {
        let mut cleared = self.clear(&written.segments);
        cleared.removed.names += written.removed.names;
        cleared.removed.emails += written.removed.emails;
        cleared.removed.phones += written.removed.phones;
        cleared.spans.extend(&written.spans);
        cleared.spans.sort_by_key(|span| span.start_ms);
        cleared
    }

    /// Clears what several people said, each by themselves, and puts it in the order of time: so no
    /// name is missed because somebody else spoke between its words. Each voice has the segments of
    /// one person.
    ///
    /// What is said without a pause stays together, up to the end of a sentence.
    pub fn clear_voices(&self, voices: &[Vec<Segment>]) -> ClearedTranscript {
        conversation::put_together(voices.iter().map(|voice| self.clear(voice)))
    }

    /// Returns what the one who speaks may be called.
    fn speaker(&self, segment: &Segment) -> Option<String> {
        let speaker = segment.speaker.as_ref();
        speaker
            .filter(|name| self.speakers.contains(*name))
            .cloned()
    }

    fn find(&self, text: &Text<'_>, languages: &[&str]) -> Vec<Finding> {
        let mut taken = vec![false; text.tokens.len()];
        let mut findings = Vec::new();
        for tokens in find_emails(text) {
            taken[tokens.clone()].fill(true);
            findings.push(Finding::removed(
                SpanKind::Email,
                text.range(tokens.start, tokens.end - 1),
            ));
        }
        let is_pseudonym = |token: usize| {
            let until = &text.joined[..text.tokens[token].range.end];
            self.numbered_initials
                .iter()
                .any(|initials| until.ends_with(initials.as_str()))
        };
        for tokens in find_phones(text, &taken, is_pseudonym) {
            taken[tokens.clone()].fill(true);
            let range = with_prefix(text, text.range(tokens.start, tokens.end - 1));
            findings.push(Finding::removed(SpanKind::Phone, range));
        }
        for name in self.names.find(text, languages, &taken) {
            let range = text.range(name.first, name.last);
            let replacement = match self.shown {
                NamesShown::Initials => name.pseudonym,
                NamesShown::Hidden | NamesShown::Full => REMOVED.to_owned(),
            };
            findings.push(Finding {
                kind: SpanKind::Name,
                range,
                replacement,
            });
        }
        findings.sort_by_key(|finding| finding.range.start);
        findings
    }
}

/// Returns what somebody may be called in picture and transcript; nothing where people are not called
/// anything.
pub fn label(person: &Person, shown: NamesShown) -> Option<String> {
    match shown {
        _ if person.is_erased() => None,
        NamesShown::Initials => Some(person.initials().to_owned()),
        NamesShown::Full => Some(person.name().reveal().clone()),
        NamesShown::Hidden => None,
    }
}

/// Shows no name.
impl fmt::Debug for TextRedactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextRedactor")
            .field("shown", &self.shown)
            .finish_non_exhaustive()
    }
}

/// Bytes of the joined text and what takes their place.
struct Finding {
    kind: SpanKind,
    range: Range<usize>,
    replacement: String,
}

impl Finding {
    fn removed(kind: SpanKind, range: Range<usize>) -> Self {
        Self {
            kind,
            range,
            replacement: REMOVED.to_owned(),
        }
    }
}

fn count(findings: &[Finding]) -> Removed {
    let of = |kind: SpanKind| {
        findings
            .iter()
            .filter(|finding| finding.kind == kind)
            .count()
    };
    Removed {
        names: of(SpanKind::Name),
        emails: of(SpanKind::Email),
        phones: of(SpanKind::Phone),
    }
}

/// Writes the words out, those that one finding spans as one word.
fn write(text: &Text<'_>, findings: &[Finding], cleared: &mut ClearedTranscript) {
    let mut findings = findings.iter().peekable();
    let mut words = text.words.iter().peekable();
    let mut earliest = 0;
    while let Some(first) = words.next() {
        let mut last = first;
        let mut rewritten = String::new();
        let mut from = first.range.start;
        while let Some(finding) = findings.next_if(|next| next.range.start < last.range.end) {
            rewritten.push_str(&text.joined[from..finding.range.start]);
            rewritten.push_str(&finding.replacement);
            from = finding.range.end;
            let begun_in = last;
            while let Some(next) = words.next_if(|next| next.range.start < finding.range.end) {
                last = next;
            }
            cleared.spans.push(span(finding.kind, begun_in, last));
        }
        rewritten.push_str(&text.joined[from..last.range.end]);

        let start_ms = first.word.start_ms.max(earliest);
        earliest = start_ms;
        let end_ms = last.word.end_ms.max(start_ms);
        let word = ClearedWord {
            text: rewritten,
            start_ms,
            end_ms,
        };
        cleared.segments[first.segment].words.push(word);
    }
}

fn span(kind: SpanKind, first: &PlacedWord<'_>, last: &PlacedWord<'_>) -> ClearedSpan {
    let start_ms = first.word.start_ms;
    ClearedSpan {
        kind,
        start_ms,
        end_ms: last.word.end_ms.max(start_ms),
    }
}
