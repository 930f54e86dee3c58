//! The words of one person's name and every spelling they may take.

use scrim_policy::Person;

use super::{
    fold::{fold, umlaut_spellings},
    inflect::inflected_forms,
    token::letter_runs,
};

/// Words of fewer letters are matched only beside another word of the same name.
const SHORTEST_LONE_WORD: usize = 3;

/// One word of a name.
pub(super) struct NameWord {
    /// Folded spelling.
    pub(super) folded: String,
    /// The spellings that are the word itself: folded, and with umlauts written the other way.
    pub(super) plain: Vec<String>,
    /// Its first letter as a capital, diacritics kept.
    pub(super) initial: String,
    /// Whether it is a particle such as `von`, hidden only inside a name.
    pub(super) is_particle: bool,
}

impl NameWord {
    fn new(word: &str) -> Self {
        let folded = fold(word);
        let mut plain = umlaut_spellings(word);
        plain.push(folded.clone());
        Self {
            folded,
            plain,
            initial: word
                .chars()
                .take(1)
                .flat_map(char::to_uppercase)
                .take(1)
                .collect(),
            is_particle: Person::is_particle(word),
        }
    }

    /// Whether it identifies the person when it stands alone.
    pub(super) fn stands_alone(&self) -> bool {
        !self.is_particle && self.folded.chars().count() >= SHORTEST_LONE_WORD
    }

    /// Returns the inflected spellings.
    pub(super) fn inflected(&self) -> Vec<String> {
        self.plain
            .iter()
            .flat_map(|plain| inflected_forms(plain))
            .collect()
    }
}

/// The name of a person, taken apart.
pub(super) struct PersonForms {
    pub(super) words: Vec<NameWord>,
    pub(super) initials: String,
    pub(super) is_erased: bool,
}

impl PersonForms {
    pub(super) fn new(person: &Person) -> Self {
        let mut words: Vec<NameWord> = letter_runs(person.name().reveal())
            .map(NameWord::new)
            .collect();
        // A name of particles alone (`Van Den`) is all there is to recognise this person by.
        if words.iter().all(|word| word.is_particle) {
            words.iter_mut().for_each(|word| word.is_particle = false);
        }
        Self {
            words,
            initials: person.initials().to_owned(),
            is_erased: person.is_erased(),
        }
    }

    /// Whether no word of the name identifies the person alone.
    pub(super) fn is_all_short(&self) -> bool {
        !self.words.iter().any(NameWord::stands_alone)
    }

    /// Returns the name run together, whole in either order and each two neighbouring words:
    /// `annakowalska`, `kowalskaanna`.
    pub(super) fn run_together(&self) -> Vec<String> {
        let Some((last, others)) = self.words.split_last() else {
            return Vec::new();
        };
        let others: String = others.iter().map(|word| word.folded.as_str()).collect();
        if others.is_empty() {
            return Vec::new();
        }
        let pairs = self
            .words
            .windows(2)
            .filter(|pair| pair.iter().any(NameWord::stands_alone));
        let mut names: Vec<String> = pairs
            .map(|pair| format!("{}{}", pair[0].folded, pair[1].folded))
            .collect();
        names.push(format!("{others}{}", last.folded));
        names.push(format!("{}{others}", last.folded));
        names.retain(|name| name.chars().count() > SHORTEST_LONE_WORD);
        names
    }
}
