use std::fs;

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_testkit::{Canaries, Form};

const ROSTER: &str = "name,email,role\n\
    Zofia Wiśniewska,zofia.wisniewska@sieci-polnoc.example,organiser\n\
    Chiara D'Amico,chiara.damico@accumulo.example,attendee\n";

fn canaries() -> Canaries {
    Canaries::new(ROSTER, &["+39 075 555 0134"])
}

fn form_in(bytes: &[u8]) -> Option<Form> {
    canaries().search_bytes("a test", bytes).map(|hit| hit.form)
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let innocent = "Dzień dobry, Z.W. i C.D. — wiś, amico? 075 555".as_bytes();
    assert_eq!(form_in(innocent), None);
    // Bytes without any order, the same in every run.
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    })
    .take(1 << 20)
    .collect();
    assert_eq!(form_in(&noise), None);
}

#[test]
fn every_form_is_found() {
    // Whole names only: of a roster, a part of a name may be found before the whole.
    let canaries = Canaries::new(
        "name\n",
        &["Zofia Wiśniewska", "Chiara D'Amico", "+39 075 555 0134"],
    );
    let utf16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let cases: [(Vec<u8>, Form); 12] = [
        ("x Zofia Wiśniewska x".into(), Form::Plain),
        ("ZOFIA WIŚNIEWSKA".into(), Form::Plain),
        ("Zofia Wis\u{301}niewska".into(), Form::Plain),
        ("ZOFIA WISNIEWSKA".into(), Form::Plain),
        ("tel +39 075 555 0134".into(), Form::Plain),
        (utf16("to jest Zofia Wiśniewska"), Form::Utf16),
        ([vec![7], utf16("Zofia Wiśniewska")].concat(), Form::Utf16),
        ("?who=Zofia%20Wi%c5%9bniewska".into(), Form::Percent),
        (r#"{"who":"Zofia Wi\u015Bniewska"}"#.into(), Form::Escaped),
        ("<b>Chiara D&#x27;Amico</b>".into(), Form::Entity),
        ("zofia-wiśniewska.mp4".into(), Form::Joined),
        ("Zofia  wiŚniewska".into(), Form::Folded),
    ];
    for (number, (bytes, form)) in cases.iter().enumerate() {
        let hit = canaries.search_bytes("a test", bytes);
        assert_eq!(hit.map(|hit| hit.form), Some(*form), "case {number}");
    }
}

#[test]
fn base64_is_found_at_every_place_in_a_longer_text() {
    for padding in 0..6 {
        let text = format!("{}Zofia Wiśniewska says", "a".repeat(padding));
        assert_eq!(
            form_in(STANDARD.encode(text).as_bytes()),
            Some(Form::Base64),
            "{padding}"
        );
    }
}

#[test]
fn a_hit_says_where_and_whom_but_not_the_text() {
    let text = "0123456789 chiara.damico@accumulo.example";
    let hit = canaries().search_bytes("the log", text.as_bytes()).unwrap();
    let said = hit.to_string();
    assert_eq!(hit.offset, 11);
    assert!(
        said.contains("the log") && said.contains("person 2"),
        "{said}"
    );
    assert!(!said.to_lowercase().contains("amico"), "{said}");
    assert!(!format!("{:?}", canaries()).to_lowercase().contains("amico"));
}

#[test]
fn folders_are_searched_with_all_names_below_them() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    fs::write(below.join("innocent"), "nothing").unwrap();
    assert_eq!(canaries().search_folder(folder.path()).unwrap(), None);

    fs::write(below.join("zofia_wisniewska.mp4"), "nothing").unwrap();
    let hit = canaries().search_folder(folder.path()).unwrap().unwrap();
    assert!(hit.place.contains("entry"), "{hit}");
    assert!(
        !hit.place.contains("zofia"),
        "a place must not repeat the name"
    );
}

#[test]
fn a_text_across_the_border_of_two_windows_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    for before in [(4 << 20) - 5, (8 << 20) - 3, (4 << 20) + 1] {
        let bytes = [
            vec![b'.'; before],
            "Zofia Wiśniewska".into(),
            vec![b'.'; 100],
        ]
        .concat();
        fs::write(&path, bytes).unwrap();
        let hit = canaries().search_file(&path).unwrap().unwrap();
        assert_eq!(hit.offset, before as u64);
    }
}

#[test]
#[should_panic(expected = "personal data has leaked")]
fn the_assertion_fails_when_it_should() {
    canaries().assert_absent_in_bytes("stderr", b"error: no seat for zofia.wisniewska");
}
