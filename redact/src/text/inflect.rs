//! The forms a name takes in a sentence.
//!
//! Simple rules over folded spelling (so `ę` and `e`, `ą` and `a`, `ł` and `l` are one), generous
//! on purpose: a form that no grammar knows costs nothing, a form that is missing leaks a name.
//! Rules: the noun and adjective declensions of Polish, the genitive of German. French and
//! Italian do not decline names; the English `'s` is a word of its own here.

/// The case endings of a Polish noun whose stem ends in a consonant.
const NOUN_ENDINGS: [&str; 16] = [
    "a", "owi", "u", "em", "iem", "ie", "e", "y", "i", "ow", "owie", "om", "ami", "ach", "o", "owa",
];

/// The case endings of a Polish noun in `-a`, and of surnames in `-o`.
const FEMININE_ENDINGS: [&str; 13] = [
    "a", "y", "i", "ie", "e", "o", "u", "ami", "om", "ach", "ze", "em", "owi",
];

/// The case endings of an adjective in `-ski`, `-cki`, `-dzki`, of either gender.
const ADJECTIVE_ENDINGS: [&str; 10] = [
    "i", "iego", "iemu", "im", "ich", "imi", "a", "iej", "ie", "o",
];

/// Returns the inflected forms of a folded name, without the name itself.
pub(super) fn inflected_forms(name: &str) -> Vec<String> {
    if name.chars().count() < 3 || !name.is_ascii() {
        return Vec::new();
    }
    let mut forms = polish_forms(name);
    forms.extend(german_forms(name));
    forms.retain(|form| form != name && form.len() >= 3);
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn german_forms(name: &str) -> Vec<String> {
    let ends_in_sibilant = name.ends_with(['s', 'x', 'z']);
    let endings: &[&str] = if ends_in_sibilant {
        &["es", "ens"]
    } else {
        &["s", "es"]
    };
    with_endings(name, endings)
}

fn polish_forms(name: &str) -> Vec<String> {
    if let Some(stem) = name.strip_suffix(['i', 'a'])
        && (stem.ends_with("sk") || stem.ends_with("ck") || stem.ends_with("dzk"))
    {
        return adjective_forms(stem);
    }
    if let Some(stem) = name.strip_suffix('a') {
        return feminine_forms(stem);
    }
    if let Some(stem) = name.strip_suffix('o') {
        // Short names in -o are foreign, and their "forms" are words of other languages.
        return if stem.len() >= 4 {
            feminine_forms(stem)
        } else {
            Vec::new()
        };
    }
    if let Some(stem) = name.strip_suffix('y') {
        return with_endings(stem, &["ego", "emu", "ym", "ych", "ymi", "a", "ej", "i"]);
    }
    if name.ends_with(['i', 'e']) {
        return with_endings(name, &["ego", "emu", "go", "mu", "m", "ch"]);
    }
    masculine_forms(name)
}

/// `Kowalski`, `Kowalska`: one family, whose members the recogniser mixes up.
fn adjective_forms(stem: &str) -> Vec<String> {
    let mut forms = with_endings(stem, &ADJECTIVE_ENDINGS);
    let plural = stem.strip_suffix('k').map(|start| format!("{start}cy"));
    forms.extend(plural);
    forms
}

fn feminine_forms(stem: &str) -> Vec<String> {
    let mut forms = with_endings(stem, &FEMININE_ENDINGS);
    // Zofia: Zofi-i; Kasia: Kasi; Maja: Mai.
    if stem.ends_with('i') {
        forms.push(stem.to_owned());
    }
    if let Some(start) = stem.strip_suffix('j') {
        forms.extend(with_endings(start, &["i", "ii"]));
    }
    forms.extend(softened(stem).map(|soft| format!("{soft}e")));
    forms
}

fn masculine_forms(name: &str) -> Vec<String> {
    let mut forms = with_endings(name, &NOUN_ENDINGS);
    forms.extend(softened(name).map(|soft| format!("{soft}e")));
    for stem in without_fleeting_vowel(name) {
        forms.extend(with_endings(&stem, &NOUN_ENDINGS));
        forms.extend(softened(&stem).map(|soft| format!("{soft}e")));
    }
    forms
}

/// `Marek` declines as `Mark-`, `Maciek` as `Mack-`, `Paweł` as `Pawl-`, `Krupiec` as `Krupc-`.
fn without_fleeting_vowel(name: &str) -> Vec<String> {
    let Some(last) = name.chars().last().filter(|last| "kclr".contains(*last)) else {
        return Vec::new();
    };
    let Some(start) = name[..name.len() - 1].strip_suffix('e') else {
        return Vec::new();
    };
    let shorter = start.strip_suffix('i');
    [Some(start), shorter]
        .into_iter()
        .flatten()
        .filter(|stem| stem.len() >= 2)
        .map(|stem| format!("{stem}{last}"))
        .collect()
}

/// How the last consonant changes before `-e`: `Monika` to `Monice`, `Marta` to `Marcie`.
fn softened(stem: &str) -> Option<String> {
    let rules = [
        ("ch", "sz"),
        ("st", "sci"),
        ("zd", "zdzi"),
        ("k", "c"),
        ("g", "dz"),
        ("r", "rz"),
        ("t", "ci"),
        ("d", "dzi"),
    ];
    rules
        .iter()
        .find_map(|(hard, soft)| Some(format!("{}{soft}", stem.strip_suffix(hard)?)))
}

fn with_endings(stem: &str, endings: &[&str]) -> Vec<String> {
    endings
        .iter()
        .map(|ending| format!("{stem}{ending}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_all_polish_cases() {
        for (name, forms) in [
            ("anna", "anny annie anne anna anno"),
            ("monika", "moniki monice monike moniko"),
            ("marta", "marty marcie marte marto"),
            ("barbara", "barbary barbarze barbare barbaro"),
            ("jadwiga", "jadwigi jadwidze jadwige"),
            ("zofia", "zofii zofie zofio"),
            ("kasia", "kasi kasie kasiu"),
            ("maja", "mai maje majo"),
            ("magda", "magdy magdzie magde"),
            ("kowalska", "kowalskiej kowalsko kowalski kowalskich"),
            (
                "kowalski",
                "kowalskiego kowalskiemu kowalskim kowalscy kowalska",
            ),
            ("nowak", "nowaka nowakowi nowakiem nowaku nowakowie"),
            ("marek", "marka markowi markiem marku"),
            ("maciek", "macka mackowi mackiem macku"),
            ("pawel", "pawla pawlowi pawlem pawle"),
            ("piotr", "piotra piotrowi piotrem piotrze"),
            ("robert", "roberta robertowi robercie"),
            ("zajac", "zajaca zajacowi zajacem"),
            ("krupiec", "krupca krupcowi krupcem"),
            ("wesoly", "wesolego wesolemu wesolym"),
            ("antoni", "antoniego antoniemu"),
            ("jerzy", "jerzego jerzemu jerzym"),
            ("matejko", "matejki matejce matejke"),
            ("duda", "dudy dudzie dude"),
        ] {
            let known = inflected_forms(name);
            for form in forms.split(' ').filter(|form| *form != name) {
                assert!(known.iter().any(|one| one == form), "{name}: {form}");
            }
        }
    }

    #[test]
    fn german_genitives_are_known_and_the_name_itself_is_no_form_of_it() {
        assert!(inflected_forms("muller").contains(&"mullers".to_owned()));
        assert!(inflected_forms("schmitz").contains(&"schmitzens".to_owned()));
        assert!(!inflected_forms("anna").contains(&"anna".to_owned()));
        assert!(inflected_forms("bo").is_empty());
    }
}
