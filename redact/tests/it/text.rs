//! What the text redactor takes out, and what it leaves.

use std::collections::BTreeSet;

use scrim_policy::{NamesShown, PersonId, Roster};
use scrim_redact::text::{ClearedTranscript, Segment, SpanKind, TextRedactor, Word};

const ROSTER: &str = "name,email,role
Anna Kowalska,anna@example.org,presenter
Piotr Wiśniewski-Łęcki,,attendee
Marek Zając,,attendee
Adam Kot,,attendee
Anna Nowak,,attendee
Jürgen von der Mühle,,attendee
Heike Groß,,attendee
Élodie Lefèvre,,attendee
Jean-Pierre Œuvrard,,attendee
Chiara d'Angelo,,attendee
Giulia Monti,,attendee
Bo Li,,attendee
Katarzyna Szczepańska,,attendee
";

fn words(sentence: &str) -> Vec<Word> {
    let words = sentence.split(' ').zip(0..);
    words
        .map(|(text, index)| Word::new(text, index * 500, index * 500 + 400))
        .collect()
}

fn clear_as(shown: NamesShown, language: &str, sentence: &str) -> ClearedTranscript {
    let roster = Roster::parse_csv(ROSTER).unwrap();
    let segment = Segment {
        speaker: None,
        language: language.into(),
        words: words(sentence),
    };
    TextRedactor::new(&roster, shown).clear(&[segment])
}

fn cleared(language: &str, sentence: &str) -> String {
    clear_as(NamesShown::Initials, language, sentence).text()
}

#[track_caller]
fn check(language: &str, cases: &[(&str, &str)]) {
    for (heard, expected) in cases {
        assert_eq!(cleared(language, heard), *expected, "{heard}");
    }
}

#[test]
fn full_names_surnames_and_first_names_become_initials() {
    check(
        "en",
        &[
            (
                "Welcome, Anna Kowalska, to this webinar.",
                "Welcome, A.K., to this webinar.",
            ),
            ("Thanks (Kowalska) said.", "Thanks (A.K.) said."),
            ("Marek's slides and MAREK ZAJAC", "M.Z.'s slides and M.Z."),
            (
                "Here is Adam. Kot agrees.",
                "Here is A.K. 2. A.K. 2 agrees.",
            ),
            ("Kowalska Anna", "A.K."),
        ],
    );
}

#[test]
fn a_first_name_of_several_people_becomes_its_letter() {
    check(
        "pl",
        &[
            ("Anna mówi, Anna Nowak słucha", "A. mówi, A.N. słucha"),
            ("Annie", "A."),
        ],
    );
}

#[test]
fn diacritics_and_spellings_do_not_matter() {
    check(
        "de",
        &[
            ("Herr Wisniewski Lecki", "Herr P.W."),
            ("Herr Wiśniewski-Łęcki", "Herr P.W."),
            ("Frau Gross und Frau GROSS", "Frau H.G. und Frau H.G."),
            ("Jürgen von der Muehle spricht", "J.M. spricht"),
            ("Juergen Mühle", "J.M."),
            ("Frau von der Mühle", "Frau J.M."),
            ("die Frage von der Gruppe", "die Frage von der Gruppe"),
        ],
    );
    check(
        "fr",
        &[
            ("Elodie Lefevre", "É.L."),
            ("Jean Pierre et Jean-Pierre Oeuvrard", "J.Œ. et J.Œ."),
            ("Jeanpierre", "J.Œ."),
        ],
    );
    check(
        "it",
        &[("dice d'Angelo, Chiara D’Angelo", "dice C.A., C.A.")],
    );
}

#[test]
fn polish_cases_are_recognised() {
    check(
        "pl",
        &[
            ("Dziękuję Annie Kowalskiej.", "Dziękuję A.K.."),
            ("pytanie do Marka Zająca", "pytanie do M.Z."),
            ("z Markiem i Piotrem", "z M.Z. i P.W."),
            ("o Piotrze Wiśniewskim-Łęckim", "o P.W."),
            ("Katarzynie, Katarzynę, Katarzyną", "K.S., K.S., K.S."),
            ("Szczepańskiej", "K.S."),
        ],
    );
}

#[test]
fn german_genitives_and_apostrophes_are_recognised() {
    check(
        "de",
        &[("Heikes Frage, Mareks Antwort", "H.G. Frage, M.Z. Antwort")],
    );
    check("en", &[("Giulia's screen", "G.M.'s screen")]);
}

#[test]
fn misspelt_split_and_joined_names_are_recognised() {
    check(
        "en",
        &[
            ("Catarzina Szczepanska", "K.S."),
            ("Kovalska", "A.K."),
            ("Kowal ska", "A.K."),
            ("AnnaKowalska", "A.K."),
            ("Szczepanskaya", "K.S."),
        ],
    );
}

#[test]
fn frequent_words_that_only_resemble_a_name_stay() {
    check(
        "it",
        &[("molti anni fa, sono molti", "molti anni fa, sono molti")],
    );
    check(
        "pl",
        &[("marki i marka samochodu", "marki i marka samochodu")],
    );
    check("it", &[("la signora Monti", "la signora G.M.")]);
}

#[test]
fn short_names_are_hidden_only_as_full_names() {
    check(
        "pl",
        &[
            ("bo tak, Bo Li mówi, Li", "bo tak, B.L. mówi, Li"),
            ("Li Bo", "B.L."),
        ],
    );
}

#[test]
fn two_short_words_of_polish_are_no_name() {
    let roster = Roster::parse_csv("name\nTomasz Wilk\n").unwrap();
    let segment = Segment {
        speaker: None,
        language: "pl".into(),
        words: words("To masz, To masz Tomasz To-masz"),
    };
    let cleared = TextRedactor::new(&roster, NamesShown::Initials).clear(&[segment]);
    assert_eq!(cleared.text(), "To masz, To masz T.W. To-masz");
}

#[test]
fn names_over_the_border_of_two_segments_are_found() {
    let roster = Roster::parse_csv(ROSTER).unwrap();
    let segments = [
        Segment {
            speaker: None,
            language: "pl".into(),
            words: vec![Word::new("mówi", 0, 9), Word::new("Adam", 10, 20)],
        },
        Segment::default(),
        Segment {
            speaker: None,
            language: "pl".into(),
            words: vec![Word::new("Kot,", 30, 40), Word::new("tak", 50, 60)],
        },
    ];
    let cleared = TextRedactor::new(&roster, NamesShown::Initials).clear(&segments);
    let texts: Vec<Vec<&str>> = cleared
        .segments()
        .iter()
        .map(|segment| segment.words().iter().map(|word| word.text()).collect())
        .collect();
    assert_eq!(texts, [vec!["mówi", "A.K. 2,"], vec![], vec!["tak"]]);
    let name = &cleared.segments()[0].words()[1];
    assert_eq!((name.start_ms(), name.end_ms()), (10, 40));
    assert_eq!(cleared.spans().len(), 1);
    assert_eq!(
        (cleared.spans()[0].start_ms, cleared.spans()[0].end_ms),
        (10, 40)
    );
}

#[test]
fn hidden_names_are_removed_and_full_names_stay() {
    let sentence = "Anna Kowalska has anna@example.org";
    assert_eq!(
        clear_as(NamesShown::Hidden, "en", sentence).text(),
        "[removed] has [removed]"
    );
    assert_eq!(
        clear_as(NamesShown::Full, "en", sentence).text(),
        "Anna Kowalska has [removed]"
    );
}

/// Adam Kot has the same initials as Anna Kowalska; Anna Nowak has the same given name.
#[test]
fn somebody_who_was_erased_is_removed_whatever_is_shown_of_others() {
    let roster = Roster::parse_csv(ROSTER).unwrap();
    let erased = roster.with_erased(&BTreeSet::from([PersonId(0)]));
    let segment = Segment {
        speaker: None,
        language: "en".into(),
        words: words("Anna Kowalska met Adam Kot, then Anna left"),
    };
    for (shown, expected) in [
        (
            NamesShown::Initials,
            "[removed] met A.K. 2, then [removed] left",
        ),
        (
            NamesShown::Full,
            "[removed] met Adam Kot, then [removed] left",
        ),
    ] {
        let cleared = TextRedactor::new(&erased, shown).clear(std::slice::from_ref(&segment));
        assert_eq!(cleared.text(), expected);
    }
}

#[test]
fn written_email_addresses_are_removed() {
    check(
        "en",
        &[
            (
                "mail anna.kowalska+x@mail.example.org, please",
                "mail [removed], please",
            ),
            ("mail anna@ example.org.", "mail [removed]."),
            ("mail anna @ example. org now", "mail [removed] now"),
            ("mail zażółć_1@przykład.pl!", "mail [removed]!"),
            ("mail anna@example dot org and", "mail [removed] and"),
            ("<a.b-c@x.co.uk>", "<[removed]>"),
        ],
    );
}

#[test]
fn spoken_email_addresses_are_removed_in_five_languages() {
    check(
        "en",
        &[("it is anna at example dot org and", "it is [removed] and")],
    );
    check(
        "en",
        &[("it is a n n a, at, example.com.", "it is [removed].")],
    );
    check(
        "en",
        &[(
            "jan dot zielinski at sign mail dot example dot org",
            "[removed]",
        )],
    );
    check(
        "pl",
        &[(
            "adres jan podkreślnik zet małpa przykład kropka pl",
            "adres [removed]",
        )],
    );
    check(
        "de",
        &[(
            "an info Klammeraffe beispiel Punkt de schreiben",
            "an [removed] schreiben",
        )],
    );
    check(
        "fr",
        &[(
            "à luc tiret b arobase exemple point fr merci",
            "à [removed] merci",
        )],
    );
    check(
        "it",
        &[(
            "a luca chiocciola esempio punto it grazie",
            "a [removed] grazie",
        )],
    );
    check(
        "en",
        &[("look at the dot on screen", "look at the dot on screen")],
    );
}

#[test]
fn phone_numbers_are_removed_however_they_are_grouped() {
    for number in [
        "+48 601 234 567",
        "+49 (0)30 1234567",
        "0048601234567",
        "601-234-567",
        "601.234.567",
        "06 12 34 56 78",
        "06, 12, 34, 56, 78",
        "030/1234567",
        "(555) 010-0199",
        "6 0 1 2 3 4 5 6 7",
        "6, 0, 1, 2, 3, 4, 5, 6, 7",
        "six zero one two three four five",
        "sześć zero jeden, dwa, trzy, cztery, pięć",
        "null eins sieben sechs 2 3 4 5",
        "1 2 3 4 5 6 7",
    ] {
        assert_eq!(
            cleared("en", &format!("call {number}, now")),
            "call [removed], now",
            "{number}"
        );
    }
}

#[test]
fn dates_years_and_small_numbers_stay() {
    for sentence in [
        "on 12.10.2026 at 10.30",
        "on 2026-10-12",
        "in 2024, 2025 and 2026",
        "in 2024 2025",
        "from 2024-2025",
        "room 1234, 56 people",
        "1,000,000 people",
        "10, 20, 30, 40, 50",
        "it took 12:30:45",
        "one of two, or three",
    ] {
        assert_eq!(cleared("en", sentence), sentence);
    }
}

#[test]
fn a_number_in_initials_is_no_part_of_a_phone_number() {
    let once = cleared("en", "Adam Kot 123 456");
    assert_eq!(once, "A.K. 2 123 456");
    assert_eq!(cleared("en", &once), once);
}

#[test]
fn an_empty_roster_still_loses_addresses_and_numbers() {
    let segment = Segment {
        speaker: None,
        language: "en".into(),
        words: words("Anna: a@b.org, 601 234 567"),
    };
    let cleared = TextRedactor::new(&Roster::default(), NamesShown::Initials).clear(&[segment]);
    assert_eq!(cleared.text(), "Anna: [removed], [removed]");
    let removed = cleared.removed();
    assert_eq!((removed.names, removed.emails, removed.phones), (0, 1, 1));
    let kinds: Vec<SpanKind> = cleared.spans().iter().map(|span| span.kind).collect();
    assert_eq!(kinds, [SpanKind::Email, SpanKind::Phone]);
}

#[test]
fn nothing_that_was_removed_is_serialised_or_printed() {
    let heard = "Szczepańska: anna@example.org 601 234 567";
    let cleared = clear_as(NamesShown::Initials, "pl", heard);
    let printed = format!("{} {cleared:?}", serde_json::to_string(&cleared).unwrap());
    for secret in ["szczepa", "example.org", "601"] {
        assert!(!printed.to_lowercase().contains(secret), "{secret}");
    }
    let roster = Roster::parse_csv(ROSTER).unwrap();
    let redactor = TextRedactor::new(&roster, NamesShown::Initials);
    assert!(
        !format!("{redactor:?} {:?}", words(heard))
            .to_lowercase()
            .contains("szczepa")
    );
}

#[test]
fn empty_words_and_no_words_are_fine() {
    let roster = Roster::parse_csv(ROSTER).unwrap();
    let redactor = TextRedactor::new(&roster, NamesShown::Initials);
    assert_eq!(redactor.clear(&[]).text(), "");
    let segment = Segment {
        speaker: None,
        language: String::new(),
        words: words("  a  "),
    };
    assert_eq!(redactor.clear(&[segment]).text(), "a");
}
