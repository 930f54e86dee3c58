//! Text reduced to what a listener could not tell apart in spelling.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Whether a character leaves no trace when folded: joiners, soft hyphens, byte order marks.
pub(super) const fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

/// Lower case without diacritics and ligatures: `Łukasz` and `LUKASZ` are `lukasz`, `Weiß` is
/// `weiss`, `Sœur` is `soeur`.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let lower = text.nfkd().flat_map(char::to_lowercase);
    for character in lower.nfkd() {
        if is_combining_mark(character) || is_ignorable(character) {
            continue;
        }
        match undecomposed(character) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(character),
        }
    }
    folded
}

/// Letters that Unicode does not decompose, although their stroke or ligature is easily dropped.
const fn undecomposed(character: char) -> Option<&'static str> {
    Some(match character {
        'ł' => "l",
        'ø' => "o",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        _ => return None,
    })
}

/// The ways a German keyboard without umlauts writes a name: `Müller` also as `mueller`, and
/// `Mueller` also as `muller`. Empty where there is no difference.
pub(super) fn umlaut_spellings(name: &str) -> Vec<String> {
    let composed: String = name.nfc().flat_map(char::to_lowercase).collect();
    let spelt_out = composed
        .replace('ä', "ae")
        .replace(['ö', 'ø'], "oe")
        .replace('ü', "ue")
        .replace('å', "aa");
    let folded = fold(name);
    let contracted = folded
        .replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u");
    let mut spellings = vec![fold(&spelt_out), contracted];
    spellings.retain(|spelling| *spelling != folded);
    spellings.dedup();
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_drops_case_diacritics_strokes_and_ligatures() {
        for (text, folded) in [
            ("Łukasz", "lukasz"),
            ("ŻÓŁĆ", "zolc"),
            ("Z\u{307}o\u{301}łc\u{301}", "zolc"),
            ("Weiß", "weiss"),
            ("Großmann", "grossmann"),
            ("Sœur Æsa Đorđe", "soeur aesa dorde"),
            ("An\u{200b}na", "anna"),
            ("ＡＮＮＡ ﬁ", "anna fi"),
            ("İpek", "ipek"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
            assert_eq!(fold(folded), folded);
        }
    }

    #[test]
    fn umlauts_are_known_in_both_spellings() {
        assert_eq!(umlaut_spellings("Müller"), ["mueller"]);
        assert_eq!(umlaut_spellings("Mueller"), ["muller"]);
        assert!(umlaut_spellings("Nowak").is_empty());
    }
}
