//! People as they are looked for: a name or an e-mail address, spelt in one way.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Attendant, Person, Pii, initials::reading_order};

/// A name or an e-mail address without what people spell differently: capitals, marks, the order of
/// given name and surname, remarks in parentheses. Two people whose names differ in nothing else
/// have the same one, so that who is looked for is rather found too often than not at all.
///
/// It identifies a person, so it is only ever kept as a digest under a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SubjectText(Pii<String>);

impl SubjectText {
    /// Returns the text for a name, or nothing where it has no letter.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = folded(&reading_order(name));
        let mut words: Vec<&str> = name
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        words.sort_unstable();
        let is_name = words
            .iter()
            .any(|word| word.chars().any(char::is_alphabetic));
        is_name.then(|| Self(Pii::new(words.join(" "))))
    }

    /// Returns the text for an e-mail address, or nothing where it has no `@`. Capitals of the local
    /// part are taken as equal, as every mail server of any size does, although RFC 5321 (2.4) leaves
    /// it open.
    pub fn of_email(email: &str) -> Option<Self> {
        let email: String = email.trim().nfkc().flat_map(char::to_lowercase).collect();
        email.contains('@').then(|| Self(Pii::new(email)))
    }

    /// Returns the text. Every call is a place to review.
    pub const fn reveal(&self) -> &String {
        self.0.reveal()
    }
}

impl Person {
    /// Returns all texts that this person is found by.
    pub fn subject_texts(&self) -> Vec<SubjectText> {
        texts_of(self.name(), self.email())
    }
}

impl Attendant {
    /// Returns all texts that this person is found by.
    pub fn subject_texts(&self) -> Vec<SubjectText> {
        texts_of(&self.name, self.email.as_ref())
    }
}

fn texts_of(name: &Pii<String>, email: Option<&Pii<String>>) -> Vec<SubjectText> {
    let name = SubjectText::of_name(name.reveal());
    let email = email.and_then(|email| SubjectText::of_email(email.reveal()));
    name.into_iter().chain(email).collect()
}

/// Lower case without marks; letters that do not decompose are spelt out.
fn folded(text: &str) -> String {
    let lower = text.nfkd().flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for letter in lower.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match letter {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            // Joiners and soft hyphens are not seen and not typed again.
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_person_is_found_however_the_name_is_spelt() {
        let wanted = SubjectText::of_name("Zofia Wiśniewska").unwrap();
        for other in [
            "zofia wisniewska",
            "WIŚNIEWSKA, Zofia",
            "Wiśniewska Zofia (host)",
            "  Zofia   Wis\u{301}niewska ",
        ] {
            assert_eq!(SubjectText::of_name(other).unwrap(), wanted, "{other}");
        }
        assert_ne!(SubjectText::of_name("Zofia Wiśniewski").unwrap(), wanted);
        assert_eq!(SubjectText::of_name("123"), None);
    }

    #[test]
    fn addresses_differ_in_more_than_capitals() {
        let wanted = SubjectText::of_email("Zofia.W@Example.org").unwrap();
        assert_eq!(
            SubjectText::of_email(" zofia.w@example.ORG ").unwrap(),
            wanted
        );
        assert_ne!(SubjectText::of_email("zofiaw@example.org").unwrap(), wanted);
        assert_eq!(SubjectText::of_email("zofia"), None);
    }

    #[test]
    fn the_text_does_not_print_itself() {
        let text = SubjectText::of_name("Zofia Wiśniewska").unwrap();
        assert_eq!(format!("{text:?}"), "SubjectText([personal])");
    }
}
