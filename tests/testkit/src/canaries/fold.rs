//! Text without case, diacritics and kinds of space.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Returns the text in lower case, without diacritics, with single spaces.
///
/// Written anew rather than shared with the redaction, so that a mistake there is not repeated here.
pub(super) fn folded(text: &str) -> String {
    // Decomposing is slow, and most of what is searched is ASCII.
    if text.is_ascii() && !text.contains("  ") && !text.contains(['\t', '\n', '\r']) {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for character in text
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
    {
        if character.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
            continue;
        }
        match character {
            'ł' | 'Ł' => out.push('l'),
            'đ' | 'Đ' => out.push('d'),
            'ø' | 'Ø' => out.push('o'),
            'ı' => out.push('i'),
            'ß' | 'ẞ' => out.push_str("ss"),
            'æ' | 'Æ' => out.push_str("ae"),
            'œ' | 'Œ' => out.push_str("oe"),
            '’' | '‘' | '´' | '`' => out.push('\''),
            other => out.extend(other.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn case_diacritics_and_spaces_do_not_matter() {
        assert_eq!(folded("ŁUKASZ\u{a0} Żółkiewski"), "lukasz zolkiewski");
        assert_eq!(folded("Käthe\nGroß"), "kathe gross");
        assert_eq!(folded("E\u{301}lodie LEFÈVRE"), "elodie lefevre");
        assert_eq!(folded("Chiara D’Amico"), "chiara d'amico");
    }
}
