//! Reading a roster and giving out initials.

use std::collections::BTreeSet;

use proptest::prelude::*;
use scrim_policy::{Kind, Person, PersonId, Role, Roster, RosterError};

fn initials_of(names: &[&str]) -> Vec<String> {
    let rows: String = names.iter().map(|name| format!("\"{name}\"\n")).collect();
    let roster = Roster::parse_csv(&format!("name\n{rows}")).unwrap();
    roster
        .people()
        .iter()
        .map(|person| person.initials().to_owned())
        .collect()
}

#[test]
fn columns_may_stand_in_any_order_and_case_after_a_byte_order_mark() {
    let roster = Roster::parse_csv(
        "\u{feff}Role, EMAIL ,Name\r\npresenter,zofia@example.org,Zofia Wiśniewska\r\n,,Luca Conti\r\n",
    )
    .unwrap();
    let [zofia, luca] = roster.people() else {
        panic!("two people")
    };
    assert_eq!(zofia.name().reveal(), "Zofia Wiśniewska");
    assert_eq!(zofia.email().unwrap().reveal(), "zofia@example.org");
    assert_eq!((zofia.role(), zofia.id()), (Role::Presenter, PersonId(0)));
    assert_eq!(
        (luca.role(), luca.email(), luca.id()),
        (Role::Attendee, None, PersonId(1))
    );
    assert_eq!(roster.person(PersonId(1)), Some(luca));
    assert_eq!(roster.person(PersonId(2)), None);
}

#[test]
fn initials_are_the_first_letters_of_given_name_and_surname() {
    assert_eq!(
        initials_of(&[
            "Łukasz Żółkiewski",
            "Anna Maria Nowak-Kowalska",
            "Żaneta",
            "Heinrich von der Ölmühle",
            "Chiara d'Angelo",
            "Émile L\u{2019}Écuyer",
            "élodie  du   Pré",
            "Kowalska, Barbara",
            "3. Jan Zając (gość)",
        ]),
        [
            "Ł.Ż.", "A.N.", "Ż.", "H.Ö.", "C.A.", "É.É.", "É.P.", "B.K.", "J.Z."
        ]
    );
}

#[test]
fn initials_are_numbered_where_they_collide() {
    assert_eq!(
        initials_of(&["Anna Kowalska", "Adam Kot", "Zofia Nowak", "Alessia Koch"]),
        ["A.K.", "A.K. 2", "Z.N.", "A.K. 3"]
    );
}

#[test]
fn decomposed_and_composed_spelling_give_the_same_person() {
    let roster = Roster::parse_csv("name\nŁucja Żak\nŁucja Z\u{307}ak\n").unwrap();
    assert_eq!(roster.len(), 1);
    assert_eq!(roster.people()[0].initials(), "Ł.Ż.");
}

#[test]
fn identical_rows_are_one_person_and_namesakes_are_two() {
    let roster = Roster::parse_csv(
        "name,email\nAnna Kowalska,a@example.org\nAnna Kowalska,a@example.org\n\
         Anna Kowalska,k@example.org\n",
    )
    .unwrap();
    let initials: Vec<&str> = roster
        .people()
        .iter()
        .map(|person| person.initials())
        .collect();
    assert_eq!(initials, ["A.K.", "A.K. 2"]);
}

#[test]
fn a_roster_without_people_is_empty_and_a_file_without_header_is_refused() {
    assert!(Roster::parse_csv("name,email,role\n").unwrap().is_empty());
    assert_eq!(Roster::parse_csv(""), Err(RosterError::MissingHeader));
    assert_eq!(
        Roster::parse_csv("email,role\n"),
        Err(RosterError::MissingHeader)
    );
}

#[test]
fn doubtful_rows_are_refused_with_their_line() {
    let refused = |rows: &str| Roster::parse_csv(&format!("name,email,role\n{rows}")).unwrap_err();
    assert_eq!(
        refused(",,\nJan,,chair\n"),
        RosterError::UnknownRole { line: 3 }
    );
    assert_eq!(
        refused("Jan,jan.example.org,\n"),
        RosterError::InvalidEmail { line: 2 }
    );
    assert_eq!(
        refused("Jan,,\n,jan@example.org,\n"),
        RosterError::NoName { line: 3 }
    );
    assert_eq!(refused("12,,\n"), RosterError::NoName { line: 2 });
    assert_eq!(
        refused("\"Jan\tZając\",,\n"),
        RosterError::ControlCharacter { line: 2 }
    );
    assert_eq!(
        refused("Jan,jan@example.org\n"),
        RosterError::WrongFieldCount {
            line: 2,
            found: 2,
            expected: 3
        }
    );
}

#[test]
fn unknown_and_repeated_columns_are_refused() {
    assert_eq!(
        Roster::parse_csv("name,phone\nJan,123\n"),
        Err(RosterError::UnknownColumn { position: 2 })
    );
    assert_eq!(
        Roster::parse_csv("name,role,Name\n"),
        Err(RosterError::RepeatedColumn { column: "name" })
    );
}

#[test]
fn more_people_than_ids_are_refused() {
    let rows: String = (0..70_000)
        .map(|number| format!("Jan Zając {number}\n"))
        .collect();
    let error = Roster::parse_csv(&format!("name\n{rows}")).unwrap_err();
    assert_eq!(error, RosterError::TooManyPeople);
    assert_eq!(error.kind(), Kind::Invalid);
}

#[test]
fn roster_and_errors_print_no_name() {
    let roster = Roster::parse_csv("name,email\nQuirina Zamboni,quirina@example.org\n").unwrap();
    assert!(!format!("{roster:?}").to_lowercase().contains("quirina"));
    for file in [
        "Quirina Zamboni,x\n",
        "name\n\"Quirina\tZ\"\n",
        "name,role\nZ,Quirina\n",
    ] {
        let error = Roster::parse_csv(file).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("Quirina"), "{error}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic_and_initials_stay_unique(text in "(name,email,role\n)?\\PC{0,80}(\n\\PC{0,40}){0,4}") {
        if let Ok(roster) = Roster::parse_csv(&text) {
            let mut initials: Vec<&str> = roster.people().iter().map(|person| person.initials()).collect();
            let count = initials.len();
            initials.sort_unstable();
            initials.dedup();
            prop_assert_eq!(initials.len(), count);
            prop_assert!(initials.iter().all(|initials| !initials.is_empty()));
        }
    }
}

#[test]
fn somebody_who_was_erased_has_no_initials_and_the_others_keep_theirs() {
    let roster = Roster::parse_csv("name\nAnna Kowalska\nAdam Kot\n").unwrap();
    let erased = roster.with_erased(&BTreeSet::from([PersonId(0)]));
    let initials: Vec<_> = erased.people().iter().map(Person::initials).collect();
    assert_eq!(initials, [Person::ERASED, "A.K. 2"]);
    assert!(!roster.people()[0].is_erased());
}

#[test]
fn people_of_another_roster_are_hidden_and_nobody_is_there_twice() {
    let there = Roster::parse_csv("name,email\nAnna Kowalska,anna@example.org\n").unwrap();
    let others = "name,email\nAnna Kowalska,anna@example.org\nMarek Zając,\n";
    let both = there.with_hidden(&Roster::parse_csv(others).unwrap());
    let said: Vec<(u16, bool)> = both
        .people()
        .iter()
        .map(|person| (person.id().0, person.is_erased()))
        .collect();
    assert_eq!(said, [(0, false), (1, true)]);
    assert_eq!(both.people()[1].name().reveal(), "Marek Zając");
    let nobody = Roster::default();
    assert_eq!(both.with_hidden(&nobody), both);
    assert!(nobody.with_hidden(&there).people()[0].is_erased());
}
