//! Word error rate: how far a transcript is from what was said.

/// Words without case and punctuation.
pub(crate) fn plain_words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['-', '’', '\''], " ");
    let letters = |character: char| character.is_alphanumeric() || character.is_whitespace();
    let bare: String = lower
        .chars()
        .filter(|&character| letters(character))
        .collect();
    bare.split_whitespace().map(str::to_owned).collect()
}

/// Substituted, missing and added words, as a share of the words that were said.
pub(crate) fn word_error_rate(said: &str, heard: &str) -> f64 {
    let (said, heard) = (plain_words(said), plain_words(heard));
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (index, word) in said.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in heard.iter().enumerate() {
            let replaced = diagonal + usize::from(word != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[heard.len()] as f64 / said.len().max(1) as f64
}

#[test]
fn every_wrong_missing_and_added_word_counts_once() {
    assert_eq!(word_error_rate("One, two three.", "one TWO three"), 0.0);
    assert_eq!(word_error_rate("one two three four", "one too three"), 0.5);
    assert_eq!(word_error_rate("one two", "one and two"), 0.5);
    assert_eq!(word_error_rate("one two", ""), 1.0);
}
