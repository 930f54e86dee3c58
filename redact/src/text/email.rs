//! E-mail addresses, written or read out.

use std::ops::Range;

use super::{REMOVED, token::Text};

/// How people say `@`: English, Polish, German, French, Italian.
const SPOKEN_AT: [&str; 7] = [
    "at",
    "malpa",
    "klammeraffe",
    "affenschwanz",
    "arobase",
    "arrobase",
    "chiocciola",
];
/// The rest of "at sign".
const AFTER_SPOKEN_AT: [&str; 2] = ["sign", "zeichen"];
/// How people say the dot in an address.
const SPOKEN_DOT: [&str; 5] = ["dot", "kropka", "punkt", "point", "punto"];
/// How people say what else joins the parts of an address.
const SPOKEN_JOINT: [&str; 12] = [
    "underscore",
    "podkreslnik",
    "podkreslenie",
    "unterstrich",
    "tiret",
    "trattino",
    "minus",
    "myslnik",
    "bindestrich",
    "dash",
    "hyphen",
    "plus",
];
/// Ends of addresses that are believed even where `at` and `dot` are ordinary words.
const TOP_LEVEL_DOMAINS: [&str; 56] = [
    "com", "org", "net", "edu", "gov", "info", "biz", "int", "name", "pro", "eu", "io", "co", "me",
    "tv", "app", "dev", "online", "cloud", "email", "pl", "de", "fr", "it", "uk", "at", "ch", "be",
    "nl", "lu", "es", "pt", "cz", "sk", "hu", "ro", "bg", "hr", "si", "lt", "lv", "ee", "fi", "se",
    "dk", "no", "is", "ie", "gr", "cy", "mt", "ua", "us", "ca", "test", "example",
];

/// Returns the tokens of every e-mail address: first and last, both included.
pub(super) fn find_emails(text: &Text<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut place = 1;
    while place < text.tokens.len() {
        let Some(address) = written(text, place).or_else(|| spoken(text, place)) else {
            place += 1;
            continue;
        };
        place = address.end;
        match found.last_mut() {
            // Two addresses that share a token are one stretch.
            Some(before) if before.end > address.start => before.end = address.end,
            _ => found.push(address),
        }
    }
    found
}

/// An address with a real `@` between the token at `place` and the one before it.
fn written(text: &Text<'_>, place: usize) -> Option<Range<usize>> {
    let gap = text.gap(place);
    if !gap.contains(['@', '＠']) || gap.contains(REMOVED) {
        return None;
    }
    Some(local_part(text, place - 1)..domain(text, place).end)
}

/// `anna at example dot org`, where the token at `place` is the "at".
fn spoken(text: &Text<'_>, place: usize) -> Option<Range<usize>> {
    if !SPOKEN_AT.contains(&word(text, place)) || !is_spoken_gap(text.gap(place)) {
        return None;
    }
    let sign = AFTER_SPOKEN_AT.contains(&word(text, place + 1));
    let start = if sign { place + 2 } else { place + 1 };
    if start >= text.tokens.len() || !is_spoken_gap(text.gap(start)) {
        return None;
    }
    let domain = domain(text, start);
    let believed = word(text, place) != "at" || TOP_LEVEL_DOMAINS.contains(&domain.top);
    (domain.has_dot && believed).then(|| local_part(text, place - 1)..domain.end)
}

/// Where the part before the `@` begins, given its last token.
fn local_part(text: &Text<'_>, last: usize) -> usize {
    let mut first = last;
    while first > 0 {
        let spells = is_one_letter(text, first) && is_one_letter(text, first - 1);
        if is_written_joint(text.gap(first)) || (spells && is_spoken_gap(text.gap(first))) {
            first -= 1;
        } else if first > 1
            && is_spoken_joint(word(text, first - 1))
            && is_spoken_between(text, first - 2, first)
        {
            first -= 2;
        } else {
            break;
        }
    }
    first
}

struct Domain<'a> {
    /// Index after the last token.
    end: usize,
    has_dot: bool,
    top: &'a str,
}

/// The part after the `@`, given its first token.
fn domain<'a>(text: &'a Text<'_>, first: usize) -> Domain<'a> {
    let mut last = first;
    let mut has_dot = false;
    while last + 1 < text.tokens.len() {
        let gap = text.gap(last + 1);
        let dot_is_spoken = SPOKEN_DOT.contains(&word(text, last + 1));
        if is_written_joint(gap) {
            has_dot |= gap.contains('.');
            last += 1;
        } else if !has_dot && gap.trim() == "." && !is_one_letter(text, last) {
            // One letter before the dot is an initial.
            has_dot = true;
            last += 1;
        } else if dot_is_spoken && is_spoken_between(text, last, last + 2) {
            has_dot = true;
            last += 2;
        } else {
            break;
        }
    }
    Domain {
        end: last + 1,
        has_dot,
        top: word(text, last),
    }
}

fn word<'a>(text: &'a Text<'_>, place: usize) -> &'a str {
    text.tokens
        .get(place)
        .map_or("", |token| token.folded.as_str())
}

fn is_one_letter(text: &Text<'_>, place: usize) -> bool {
    word(text, place).chars().count() == 1
}

fn is_spoken_joint(word: &str) -> bool {
    SPOKEN_DOT.contains(&word) || SPOKEN_JOINT.contains(&word)
}

/// What may stand inside a written address. Letters that touch digits have nothing between them.
fn is_written_joint(gap: &str) -> bool {
    gap.chars()
        .all(|character| matches!(character, '.' | '_' | '-' | '+' | '%' | '\'' | '’'))
}

/// Whether the tokens from `first` to `last` were read out one after the other.
fn is_spoken_between(text: &Text<'_>, first: usize, last: usize) -> bool {
    last < text.tokens.len() && (first + 1..=last).all(|place| is_spoken_gap(text.gap(place)))
}

/// What a recogniser puts between words that were read out.
fn is_spoken_gap(gap: &str) -> bool {
    gap.chars()
        .all(|character| character.is_whitespace() || matches!(character, ',' | '-' | '"'))
}
