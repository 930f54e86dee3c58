//! What several people said.

use scrim_policy::{NamesShown, Roster};
use scrim_redact::text::{Segment, SpanKind, TextRedactor, Word};

const ROSTER: &str = "name,email,role
Anna Kowalska,,presenter
Marek Zając,,attendee
";

/// What one person says, a word each half second from `start_ms` on.
fn voice(speaker: &str, start_ms: u64, sentence: &str) -> Segment {
    let words = sentence.split(' ').zip(0..);
    Segment {
        speaker: Some(speaker.to_owned()),
        language: "en".to_owned(),
        words: words
            .map(|(text, index)| {
                let start_ms = start_ms + index * 500;
                Word::new(text, start_ms, start_ms + 450)
            })
            .collect(),
    }
}

fn redactor(shown: NamesShown) -> TextRedactor {
    TextRedactor::new(&Roster::parse_csv(ROSTER).unwrap(), shown)
}

#[test]
fn people_who_answer_each_other_are_in_the_order_of_time() {
    let voices = [
        vec![
            voice("A.K.", 0, "Shall we begin?"),
            voice("A.K.", 6_000, "Good."),
        ],
        vec![voice("M.Z.", 2_000, "Yes, please.")],
    ];
    let cleared = redactor(NamesShown::Initials).clear_voices(&voices);
    let said: Vec<(Option<&str>, String)> = cleared
        .segments()
        .iter()
        .map(|one| {
            let words: Vec<&str> = one.words().iter().map(|word| word.text()).collect();
            (one.speaker(), words.join(" "))
        })
        .collect();
    assert_eq!(
        said,
        [
            (Some("A.K."), "Shall we begin?".to_owned()),
            (Some("M.Z."), "Yes, please.".to_owned()),
            (Some("A.K."), "Good.".to_owned()),
        ]
    );
}

#[test]
fn a_name_is_taken_out_though_somebody_speaks_between_its_words() {
    let voices = [
        vec![voice("A.K.", 0, "I thank Marek Zając for this.")],
        vec![voice("M.Z.", 1_200, "Oh.")],
    ];
    let cleared = redactor(NamesShown::Initials).clear_voices(&voices);
    assert_eq!(cleared.removed().names, 1);
    assert_eq!(cleared.spans()[0].kind, SpanKind::Name);
    assert!(!cleared.text().contains("Marek") && !cleared.text().contains("Zając"));
}

#[test]
fn times_never_go_back_where_people_talk_over_each_other() {
    let voices = [
        vec![voice("A.K.", 0, "we shall all look at it again tomorrow")],
        vec![voice("M.Z.", 300, "yes yes yes yes")],
    ];
    let cleared = redactor(NamesShown::Initials).clear_voices(&voices);
    let starts: Vec<u64> = cleared.words().map(|word| word.start_ms()).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    assert_eq!(starts.len(), 12);
}

#[test]
fn somebody_who_speaks_long_is_interrupted_at_the_end_of_a_sentence() {
    let long = "a b c d e f g h i. j k l m";
    let voices = [
        vec![voice("A.K.", 0, long)],
        vec![voice("M.Z.", 2_000, "Yes.")],
    ];
    let cleared = redactor(NamesShown::Initials).clear_voices(&voices);
    let speakers: Vec<_> = cleared.segments().iter().map(|one| one.speaker()).collect();
    assert_eq!(speakers, [Some("A.K."), Some("M.Z."), Some("A.K.")]);
    assert!(cleared.segments()[0].words().last().unwrap().text() == "i.");
}

#[test]
fn nobody_is_called_what_the_policy_does_not_let_them_be_called() {
    for (shown, called, expected) in [
        (NamesShown::Initials, "A.K.", Some("A.K.")),
        (NamesShown::Initials, "Anna Kowalska", None),
        (NamesShown::Initials, "A.K. 7", None),
        (NamesShown::Hidden, "A.K.", None),
        (NamesShown::Full, "Anna Kowalska", Some("Anna Kowalska")),
        (NamesShown::Full, "Marek Kowalski", None),
    ] {
        let said = [vec![voice(called, 0, "Hello.")]];
        let cleared = redactor(shown).clear_voices(&said);
        assert_eq!(cleared.segments()[0].speaker(), expected, "{called}");
        // Nor when a transcript is changed later.
        let again = redactor(shown).clear(&said[0]);
        assert_eq!(again.segments()[0].speaker(), expected, "{called}");
    }
}
