//! Phone numbers, written or said digit by digit.

use std::ops::Range;

use super::token::Text;

/// Fewer digits are no phone number: years, amounts, room numbers.
const FEWEST_DIGITS: usize = 7;

/// The digits as they are said in Polish, German, French, Italian and English, folded.
const SPOKEN_DIGITS: [&str; 49] = [
    "zero", "jeden", "dwa", "trzy", "cztery", "piec", "szesc", "siedem", "osiem", "dziewiec",
    "null", "eins", "zwei", "zwo", "drei", "vier", "funf", "fuenf", "sechs", "sieben", "acht",
    "neun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "uno", "due",
    "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "oh", "one", "two", "three",
    "four", "five", "seven", "eight", "nine",
];

/// Returns the tokens of every phone number. `taken` says which belong to something else, and
/// `is_pseudonym` which number is the `2` of `A.K. 2`.
pub(super) fn find_phones(
    text: &Text<'_>,
    taken: &[bool],
    is_pseudonym: impl Fn(usize) -> bool,
) -> Vec<Range<usize>> {
    let is_digits =
        |place: usize| !taken[place] && digit_count(text, place) > 0 && !is_pseudonym(place);
    let mut found = Vec::new();
    let mut first = 0;
    while first < text.tokens.len() {
        let mut end = first;
        while end < text.tokens.len() && is_digits(end) && (end == first || joins(text, first, end))
        {
            end += 1;
        }
        let digits: usize = (first..end).map(|place| digit_count(text, place)).sum();
        if digits >= FEWEST_DIGITS && !is_date(text, first..end) && !is_years(text, first..end) {
            found.push(first..end);
        }
        first = end.max(first + 1);
    }
    found
}

/// Extends the bytes of a number to the `+` or `(` before it.
pub(super) fn with_prefix(text: &Text<'_>, range: Range<usize>) -> Range<usize> {
    let before = text.joined[..range.start].trim_end_matches(['+', '(', '＋']);
    let spaced = text.joined[..range.start].strip_suffix("+ ").map(str::len);
    spaced.unwrap_or(before.len())..range.end
}

fn digit_count(text: &Text<'_>, place: usize) -> usize {
    let token = &text.tokens[place];
    if token.is_number {
        return token.folded.chars().count();
    }
    let word = token.folded.as_str();
    usize::from(SPOKEN_DIGITS.contains(&word))
}

/// Whether the group at `next` goes on with the number that began at `first`.
fn joins(text: &Text<'_>, first: usize, next: usize) -> bool {
    let gap = text.gap(next);
    let plain = gap.chars().all(|character| {
        character.is_whitespace()
            || matches!(
                character,
                '-' | '‐' | '‑' | '–' | '—' | '.' | '/' | '(' | ')' | '+'
            )
    });
    let ends_sentence = gap.contains('.') && gap.contains(char::is_whitespace);
    if plain && !ends_sentence {
        return true;
    }
    // With commas or full stops between the groups it is a list, unless it is read digit by digit
    // or begins like a number to dial.
    let listed = gap
        .chars()
        .all(|character| character.is_whitespace() || matches!(character, ',' | '.' | '-' | ';'));
    let by_digit = digit_count(text, next - 1) == 1 && digit_count(text, next) == 1;
    listed && gap.contains(char::is_whitespace) && (by_digit || begins_like_phone(text, first))
}

fn begins_like_phone(text: &Text<'_>, first: usize) -> bool {
    let token = &text.tokens[first];
    token.folded.starts_with('0') || text.joined[..token.range.start].trim_end().ends_with('+')
}

/// `12.10.2026`, `2026-10-12`: eight digits that are no phone number.
fn is_date(text: &Text<'_>, run: Range<usize>) -> bool {
    if run.len() != 3 {
        return false;
    }
    let (first, second) = (text.gap(run.start + 1), text.gap(run.start + 2));
    if first != second || !matches!(first, "." | "-" | "/") {
        return false;
    }
    let part = |index: usize| text.tokens[run.start + index].folded.as_str();
    let day_first = is_day(part(0)) && is_day(part(1)) && is_year(part(2));
    day_first || (is_year(part(0)) && is_day(part(1)) && is_day(part(2)))
}

fn is_years(text: &Text<'_>, mut run: Range<usize>) -> bool {
    run.all(|place| is_year(&text.tokens[place].folded))
}

fn is_day(digits: &str) -> bool {
    digits.len() <= 2
        && digits
            .parse::<u8>()
            .is_ok_and(|day| (1..=31).contains(&day))
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4
        && digits
            .parse::<u16>()
            .is_ok_and(|year| (1900..2100).contains(&year))
}
