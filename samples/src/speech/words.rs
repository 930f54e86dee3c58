//! Words of a line and their estimated times.

use crate::truth::Word;

/// Spreads the words of a line over its time by their number of letters. A gap between two words
/// counts as one letter, a comma or a full stop as four.
pub(super) fn spread(text: &str, start: f64, end: f64) -> Vec<Word> {
    let words: Vec<(String, f64, f64)> = text.split_whitespace().filter_map(measure).collect();
    let total: f64 = words.iter().map(|(_, letters, gap)| letters + gap).sum();
    let trailing = words.last().map_or(0.0, |(_, _, gap)| *gap);
    let second = (end - start) / (total - trailing).max(1.0);
    let mut now = start;
    let timed = words.into_iter().map(|(text, letters, gap)| {
        let word = Word {
            text,
            start: now,
            end: now + letters * second,
        };
        now = word.end + gap * second;
        word
    });
    timed.collect()
}

/// Returns a word without punctuation, its letters, and the length of the gap after it in letters.
fn measure(word: &str) -> Option<(String, f64, f64)> {
    let is_edge = |letter: char| !letter.is_alphanumeric();
    let bare = word.trim_matches(is_edge);
    if bare.is_empty() {
        return None;
    }
    let gap = if word.ends_with([',', '.', ';', ':', '?', '!', '…']) {
        4.0
    } else {
        1.0
    };
    Some((bare.to_owned(), bare.chars().count() as f64, gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fill_the_line_in_order_and_without_punctuation() {
        let words = spread("Dzień dobry, tu „Zofia” – l'été!", 2.0, 6.0);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["Dzień", "dobry", "tu", "Zofia", "l'été"]);
        assert_eq!(words[0].start, 2.0);
        assert!((words[4].end - 6.0).abs() < 1e-9);
        for pair in words.windows(2) {
            assert!(pair[0].start < pair[0].end && pair[0].end < pair[1].start);
        }
    }

    #[test]
    fn a_line_without_words_has_none() {
        assert!(spread(" – … ", 0.0, 1.0).is_empty());
    }
}
