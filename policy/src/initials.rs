//! Initials: how a name is read, and which letters of it stand for it.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::{Person, Pii};

/// Words between a given name and a surname that never lend their letter to the initials.
pub(crate) const PARTICLES: [&str; 24] = [
    "von", "vom", "zu", "zum", "zur", "van", "der", "den", "ter", "ten", "de", "du", "des", "del",
    "della", "dello", "delle", "dei", "degli", "di", "da", "dal", "la", "le",
];

/// Gives initials to people one after the other, so that no two have the same.
#[derive(Clone, Debug, Default)]
pub struct InitialsBook {
    bearers: HashMap<String, u32>,
}

impl InitialsBook {
    /// Returns the initials of the next person: `A.K.` for the first Anna Kowalska or Ada Krol, then
    /// `A.K. 2`. A name without letters gives `?`.
    pub fn give(&mut self, name: &Pii<String>) -> String {
        let mut plain = plain_initials(&reading_order(name.reveal()));
        if plain.is_empty() {
            plain.push('?');
        }
        let count = self.bearers.entry(plain.clone()).or_default();
        *count += 1;
        match *count {
            1 => plain,
            count => format!("{plain} {count}"),
        }
    }
}

/// Composes the characters, turns `Kowalska, Anna` into `Anna Kowalska`, drops remarks such as
/// `(host)` that webinar services add, leaves single spaces.
pub(crate) fn reading_order(name: &str) -> String {
    let name = without_remarks(&name.nfc().collect::<String>());
    let parts: Vec<&str> = match name.split_once(',') {
        Some((surname, given)) if !given.contains(',') => given
            .split_whitespace()
            .chain(surname.split_whitespace())
            .collect(),
        _ => name.split_whitespace().collect(),
    };
    parts.join(" ")
}

fn without_remarks(name: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    if kept.chars().any(char::is_alphabetic) {
        kept
    } else {
        name.to_owned()
    }
}

/// The first letter of the first word and of the last word that is no particle.
fn plain_initials(name: &str) -> String {
    let words: Vec<&str> = name
        .split(' ')
        .filter(|word| first_letter(word).is_some())
        .collect();
    let first = words.first().and_then(|word| first_letter(word));
    let last = words
        .iter()
        .skip(1)
        .rfind(|word| !Person::is_particle(word))
        .and_then(|word| first_letter(without_elided_particle(word)));
    first
        .into_iter()
        .chain(last)
        .flat_map(|letter| [letter, '.'])
        .collect()
}

/// `d'Angelo` is `Angelo`, `dell'Orto` is `Orto`.
fn without_elided_particle(word: &str) -> &str {
    let Some((particle, rest)) = word.split_once(['\'', '\u{2019}']) else {
        return word;
    };
    let elided = ["d", "l", "dell", "dall", "all"].contains(&particle.to_lowercase().as_str());
    if elided && first_letter(rest).is_some() {
        rest
    } else {
        word
    }
}

fn first_letter(word: &str) -> Option<char> {
    let letter = word.chars().find(|character| character.is_alphabetic())?;
    // A letter whose capital is two letters (`ß`) keeps the first of them.
    letter.to_uppercase().next()
}
