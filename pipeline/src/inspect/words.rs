//! Whether names of the roster stand in anything that can be read as text.

use scrim_policy::{NamesShown, Roster};
use unicode_normalization::UnicodeNormalization;

use super::Check;

/// Shortest name that is searched on its own. Shorter ones are parts of ordinary words.
const SHORTEST_NAME: usize = 4;

/// One output that is searched.
#[derive(Clone, Copy, Debug)]
pub struct WordSource<'a> {
    /// What it is, for the report.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Searches outputs for names and e-mail addresses of the roster, without regard to case and
/// diacritics, whole words only.
pub fn words(sources: &[WordSource<'_>], roster: &Roster, shown: NamesShown) -> Check {
    const NAME: &str = "names_in_text";
    if roster.is_empty() {
        return Check::not_checked(NAME, "there is no roster");
    }
    let names = names(roster, shown);
    let addresses: Vec<String> = roster
        .people()
        .iter()
        .filter_map(|person| person.email())
        .map(|email| folded(email.reveal()))
        .collect();
    let how = format!(
        "{} name parts and {} addresses of the roster in {}, ignoring case and diacritics",
        names.len(),
        addresses.len(),
        sources
            .iter()
            .map(|source| source.name)
            .collect::<Vec<_>>()
            .join(", "),
    );
    for source in sources {
        let text = folded(&String::from_utf8_lossy(source.bytes));
        let tokens: std::collections::HashSet<&str> = text
            .split(|letter: char| !letter.is_alphanumeric())
            .collect();
        let is_hit = names.iter().any(|name| tokens.contains(name.as_str()))
            || addresses
                .iter()
                .any(|address| !address.is_empty() && text.contains(address));
        if is_hit {
            let found = format!("a name or address of the roster stands in {}", source.name);
            return Check::new(NAME, how, Err(found));
        }
    }
    Check::new(NAME, how, Ok("none was found".to_owned()))
}

/// Parts of the names that must not be found. Where names are shown, those of the erased must not.
fn names(roster: &Roster, shown: NamesShown) -> Vec<String> {
    let people = roster.people().iter();
    let mut names: Vec<String> = people
        .filter(|person| shown != NamesShown::Full || person.is_erased())
        .flat_map(|person| {
            let name = folded(person.name().reveal());
            let parts = name.split(|letter: char| !letter.is_alphanumeric());
            parts.map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|part| part.chars().count() >= SHORTEST_NAME)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Lower case without marks; letters that do not decompose are spelt out.
fn folded(text: &str) -> String {
    text.nfkd()
        .flat_map(char::to_lowercase)
        .filter(|letter| !unicode_normalization::char::is_combining_mark(*letter))
        .map(|letter| if letter == 'ł' { 'l' } else { letter })
        .collect()
}
