//! Rules that hold for every roster and every text.

use proptest::prelude::*;
use scrim_policy::{NamesShown, Person, Roster};
use scrim_redact::text::{Segment, TextRedactor, Word};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const GIVEN: [&str; 12] = [
    "Łukasz",
    "Żaneta",
    "Zofia",
    "Jürgen",
    "Günther",
    "Élodie",
    "François",
    "Niccolò",
    "Perla",
    "Anna",
    "Ewa",
    "Bo",
];
const SURNAMES: [&str; 12] = [
    "Żółkiewski",
    "Brzęczyszczykiewicz",
    "Nowak-Wąs",
    "Großmann",
    "von der Ölmühle",
    "Schäfer",
    "Lefèvre",
    "d'Aubigné",
    "De Rossi",
    "Dell'Orto",
    "Monti",
    "Li",
];
const FILLERS: [&str; 16] = [
    "bardzo",
    "dziękuję,",
    "und",
    "nicht.",
    "merci",
    "le",
    "molti",
    "anni",
    "at",
    "dot",
    "2024",
    "12",
    "look",
    "-",
    "(tak)",
    "von",
];

/// The same folding as the redactor claims, written independently.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let stripped: String = lower
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .collect();
    stripped
        .replace('ł', "l")
        .replace('ß', "ss")
        .replace('œ', "oe")
        .replace('ø', "o")
}

fn folded_tokens(text: &str) -> Vec<String> {
    let folded = folded(text);
    folded
        .split(|letter: char| !letter.is_alphanumeric())
        .map(str::to_owned)
        .collect()
}

fn name() -> impl Strategy<Value = String> {
    (
        prop::sample::select(&GIVEN[..]),
        prop::sample::select(&SURNAMES[..]),
    )
        .prop_map(|(given, surname)| format!("{given} {surname}"))
}

/// A word of a name in some spelling, or any other word.
fn spoken(names: Vec<String>) -> impl Strategy<Value = String> {
    let name_words: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(' ').map(str::to_owned))
        .collect();
    prop_oneof![
        3 => (prop::sample::select(name_words), 0..6).prop_map(|(word, way)| respell(&word, way)),
        3 => prop::sample::select(&FILLERS[..]).prop_map(str::to_owned),
        1 => "\\PC{1,8}",
        1 => "[0-9+]{1,5}",
    ]
}

fn respell(word: &str, way: i32) -> String {
    match way {
        0 => word.to_owned(),
        1 => word.to_uppercase(),
        2 => folded(word),
        3 => word.nfd().collect(),
        4 => format!("„{word}”,"),
        _ => format!("{word}'s"),
    }
}

prop_compose! {
    fn case()(names in prop::collection::vec(name(), 1..6))
        (words in prop::collection::vec(spoken(names.clone()), 0..30),
         language in prop::sample::select(vec!["pl", "de", "fr", "it", "en", "xx"]),
         border in 0..30_usize,
         names in Just(names))
        -> (Roster, Vec<Segment>)
    {
        let rows: String = names.iter().map(|name| format!("{name}\n")).collect();
        let roster = Roster::parse_csv(&format!("name\n{rows}")).unwrap();
        let words: Vec<Word> = words
            .into_iter()
            .zip(0..)
            .map(|(text, index)| Word::new(text, index * 300, index * 300 + 250))
            .collect();
        let (first, second) = words.split_at(border.min(words.len()));
        let segment = |words: &[Word]| Segment { speaker: None, language: language.into(), words: words.to_vec() };
        (roster, vec![segment(first), segment(second)])
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_word_of_a_roster_name_is_left((roster, segments) in case()) {
        for shown in [NamesShown::Initials, NamesShown::Hidden] {
            let cleared = TextRedactor::new(&roster, shown).clear(&segments);
            let left = folded_tokens(&cleared.text());
            for person in roster.people() {
                for word in person.name().reveal().split([' ', '-', '\'']) {
                    let token = folded(word);
                    if token.chars().count() < 3 || Person::is_particle(word) || token == "dell" {
                        continue;
                    }
                    prop_assert!(!left.contains(&token), "{token} is left in {left:?}");
                }
            }
        }
    }

    #[test]
    fn clearing_twice_changes_nothing((roster, segments) in case()) {
        for shown in [NamesShown::Initials, NamesShown::Hidden, NamesShown::Full] {
            let redactor = TextRedactor::new(&roster, shown);
            let once = redactor.clear(&segments);
            let again: Vec<Segment> = once
                .segments()
                .iter()
                .map(|segment| Segment {
                    speaker: None,
                    language: segment.language().to_owned(),
                    words: segment
                        .words()
                        .iter()
                        .map(|word| Word::new(word.text(), word.start_ms(), word.end_ms()))
                        .collect(),
                })
                .collect();
            prop_assert_eq!(redactor.clear(&again).text(), once.text());
        }
    }

    #[test]
    fn words_only_merge_and_times_only_grow((roster, segments) in case()) {
        let cleared = TextRedactor::new(&roster, NamesShown::Initials).clear(&segments);
        let given: usize = segments.iter().map(|segment| segment.words.len()).sum();
        prop_assert!(cleared.words().count() <= given);
        prop_assert_eq!(cleared.segments().len(), segments.len());
        let mut before = 0;
        for word in cleared.words() {
            prop_assert!(before <= word.start_ms() && word.start_ms() <= word.end_ms());
            prop_assert!(!word.text().is_empty());
            before = word.start_ms();
        }
        let removed = cleared.removed();
        prop_assert_eq!(removed.names + removed.emails + removed.phones, cleared.spans().len());
    }

    #[test]
    fn no_text_makes_clearing_panic(words in prop::collection::vec("\\PC{0,12}", 0..20)) {
        let roster = Roster::parse_csv("name\nAnna Kowalska\n").unwrap();
        let words = words.into_iter().map(|text| Word::new(text, 9, 3)).collect();
        let segment = Segment { speaker: None, language: "pl".into(), words };
        let cleared = TextRedactor::new(&roster, NamesShown::Initials).clear(&[segment]);
        prop_assert!(cleared.words().all(|word| word.start_ms() <= word.end_ms()));
    }
}
