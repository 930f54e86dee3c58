//! Names of the roster found among the tokens of a transcript.

use std::collections::{BTreeMap, HashMap};

use scrim_policy::{Person, Roster};

use super::{frequent::is_frequent, person_forms::PersonForms, token::Text};

/// Inflected forms shorter than this are matched exactly only: misspelt, they are anything.
const SHORTEST_MISSPELT_FORM: usize = 8;
/// Words shorter than this are matched exactly only.
const SHORTEST_MISSPELT_WORD: usize = 5;
/// From this length on two letters may be wrong, below it one.
const TWO_WRONG_LETTERS_FROM: usize = 9;
/// At most this many pieces are put together when the recogniser split a name.
const MOST_PIECES: usize = 3;

/// First letters that sound alike to a recogniser.
const ALIKE: [&str; 9] = [
    "ckqgx", "fvwp", "szc", "ijyg", "bp", "dt", "aeo", "ou", "uw",
];

/// A word of a person's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NameUse {
    person: usize,
    /// Index of the word in the name; `None` is the whole name run together.
    word: Option<usize>,
}

/// A person whose name is being read, and the words of it seen so far.
#[derive(Clone, Debug)]
struct Reading {
    person: usize,
    seen: Vec<usize>,
}

/// A name found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FoundName {
    /// Index of the first token.
    pub(super) first: usize,
    /// Index of the last token.
    pub(super) last: usize,
    /// The person's initials, or the first letters of the words where several people share them.
    pub(super) pseudonym: String,
}

/// Every spelling of every name of a roster.
#[derive(Default)]
pub(super) struct NameIndex {
    people: Vec<PersonForms>,
    plain: HashMap<String, Vec<NameUse>>,
    inflected: HashMap<String, Vec<NameUse>>,
    short: HashMap<String, Vec<NameUse>>,
    misspelt: BTreeMap<usize, Vec<(String, NameUse)>>,
}

impl NameIndex {
    pub(super) fn new(roster: &Roster) -> Self {
        let mut index = Self::default();
        for entry in roster.people() {
            index.add(PersonForms::new(entry));
        }
        index
    }

    /// Only those who were erased: they are hidden where everybody else is shown.
    pub(super) fn of_erased(roster: &Roster) -> Self {
        let mut index = Self::default();
        for entry in roster.people().iter().filter(|person| person.is_erased()) {
            index.add(PersonForms::new(entry));
        }
        index
    }

    fn add(&mut self, forms: PersonForms) {
        let person = self.people.len();
        for (position, word) in forms.words.iter().enumerate() {
            let name_use = NameUse {
                person,
                word: Some(position),
            };
            if !word.stands_alone() {
                self.short
                    .entry(word.folded.clone())
                    .or_default()
                    .push(name_use);
                continue;
            }
            for plain in &word.plain {
                insert(&mut self.plain, plain, name_use);
                self.allow_misspelling(plain, SHORTEST_MISSPELT_WORD, name_use);
            }
            for form in word.inflected() {
                insert(&mut self.inflected, &form, name_use);
                self.allow_misspelling(&form, SHORTEST_MISSPELT_FORM, name_use);
            }
        }
        for name in forms.run_together() {
            let name_use = NameUse { person, word: None };
            insert(&mut self.plain, &name, name_use);
            self.allow_misspelling(&name, SHORTEST_MISSPELT_FORM, name_use);
        }
        self.people.push(forms);
    }

    fn allow_misspelling(&mut self, form: &str, shortest: usize, name_use: NameUse) {
        let length = form.chars().count();
        if length >= shortest {
            self.misspelt
                .entry(length)
                .or_default()
                .push((form.to_owned(), name_use));
        }
    }

    /// Finds all names. `taken` says which tokens belong to something else already.
    pub(super) fn find(
        &self,
        text: &Text<'_>,
        languages: &[&str],
        taken: &[bool],
    ) -> Vec<FoundName> {
        let mut search = Search {
            index: self,
            text,
            languages,
            taken,
            misspelt: HashMap::new(),
        };
        let mut found = Vec::new();
        let mut token = 0;
        while token < text.tokens.len() {
            match search.name_at(token) {
                Some(name) => {
                    token = name.last + 1;
                    found.push(name);
                }
                None => token += 1,
            }
        }
        found
    }

    fn pseudonym(&self, readings: &[Reading]) -> String {
        let [first, others @ ..] = readings else {
            return String::new();
        };
        // Of people who share the words, one who was erased may be meant.
        if readings.iter().any(|one| self.people[one.person].is_erased) {
            return Person::ERASED.to_owned();
        }
        let forms = &self.people[first.person];
        if others.iter().all(|other| other.person == first.person) {
            return forms.initials.clone();
        }
        let initials = first
            .seen
            .iter()
            .map(|&word| format!("{}.", forms.words[word].initial));
        initials.collect()
    }
}

fn insert(map: &mut HashMap<String, Vec<NameUse>>, form: &str, name_use: NameUse) {
    let uses = map.entry(form.to_owned()).or_default();
    if !uses.contains(&name_use) {
        uses.push(name_use);
    }
}

/// One pass over a text.
struct Search<'a> {
    index: &'a NameIndex,
    text: &'a Text<'a>,
    languages: &'a [&'a str],
    taken: &'a [bool],
    /// What each unknown word was found to resemble: most words of a text repeat.
    misspelt: HashMap<String, Vec<NameUse>>,
}

impl Search<'_> {
    fn name_at(&mut self, first: usize) -> Option<FoundName> {
        let (readings, end) = self.longest_name_at(first)?;
        let pseudonym = self.index.pseudonym(&readings);
        Some(FoundName {
            first,
            last: end - 1,
            pseudonym,
        })
    }

    fn longest_name_at(&mut self, first: usize) -> Option<(Vec<Reading>, usize)> {
        if let Some((uses, end)) = self.word_at(first) {
            let start = self.begin(&uses);
            return Some(self.read_on(start, end));
        }
        // `von Berg`, `Li Anna`: a short word counts only if the name goes on.
        let uses = self.short_word_at(first)?;
        let start = self.begin(&uses);
        let nickname = start
            .iter()
            .find(|reading| self.is_nickname(reading, first));
        if let Some(nickname) = nickname {
            return Some((vec![nickname.clone()], first + 1));
        }
        let (mut readings, end) = self.extend(&start, first + 1)?;
        readings.retain(|reading| self.identifies(reading));
        if readings.is_empty() {
            None
        } else {
            Some(self.read_on(readings, end))
        }
    }

    fn begin(&self, uses: &[NameUse]) -> Vec<Reading> {
        let seen = |one: &NameUse| match one.word {
            Some(word) => vec![word],
            None => (0..self.index.people[one.person].words.len()).collect(),
        };
        uses.iter()
            .map(|one| Reading {
                person: one.person,
                seen: seen(one),
            })
            .collect()
    }

    fn read_on(&mut self, mut readings: Vec<Reading>, mut end: usize) -> (Vec<Reading>, usize) {
        while let Some((longer, longer_end)) = self.extend(&readings, end) {
            (readings, end) = (longer, longer_end);
        }
        (readings, end)
    }

    /// Reads one more word of the names that are being read.
    fn extend(&mut self, readings: &[Reading], next: usize) -> Option<(Vec<Reading>, usize)> {
        if next >= self.text.tokens.len() || !is_name_gap(self.text.gap(next)) {
            return None;
        }
        if let Some((uses, end)) = self.word_at(next) {
            let longer = continued(readings, &uses);
            if !longer.is_empty() {
                return Some((longer, end));
            }
        }
        let uses = self.short_word_at(next)?;
        let longer = continued(readings, &uses);
        if longer.is_empty() {
            return None;
        }
        if let Some(further) = self.extend(&longer, next + 1) {
            return Some(further);
        }
        // A particle at the end is a preposition of the sentence: "Anna de Paris".
        let complete: Vec<Reading> = longer
            .into_iter()
            .filter(|reading| !self.ends_in_particle(reading))
            .collect();
        if complete.is_empty() {
            None
        } else {
            Some((complete, next + 1))
        }
    }

    fn ends_in_particle(&self, reading: &Reading) -> bool {
        let words = &self.index.people[reading.person].words;
        reading
            .seen
            .last()
            .is_some_and(|&word| words[word].is_particle)
    }

    /// Whether the words seen are enough to mean this person.
    fn identifies(&self, reading: &Reading) -> bool {
        let person = &self.index.people[reading.person];
        reading
            .seen
            .iter()
            .any(|&word| person.words[word].stands_alone())
            || (person.is_all_short() && reading.seen.len() == person.words.len())
    }

    /// A name of one word of two letters, such as "Bo", is matched where it is capitalised. One
    /// letter is its own initial.
    fn is_nickname(&self, reading: &Reading, token: usize) -> bool {
        let token = &self.text.tokens[token];
        self.index.people[reading.person].words.len() == 1
            && token.is_capitalised
            && token.folded.chars().count() > 1
    }

    fn short_word_at(&self, token: usize) -> Option<Vec<NameUse>> {
        if self.taken[token] {
            return None;
        }
        self.index
            .short
            .get(&self.text.tokens[token].folded)
            .cloned()
    }

    /// The name words that the token may be, alone or with the pieces that follow it.
    fn word_at(&mut self, first: usize) -> Option<(Vec<NameUse>, usize)> {
        let token = &self.text.tokens[first];
        if self.taken[first] || token.is_number {
            return None;
        }
        let uses = self.lone_word(first);
        if !uses.is_empty() {
            return Some((uses, first + 1));
        }
        self.split_word(first)
    }

    fn lone_word(&mut self, place: usize) -> Vec<NameUse> {
        let token = &self.text.tokens[place];
        if let Some(uses) = self.index.plain.get(&token.folded) {
            return uses.clone();
        }
        let language = self.languages[token.segment];
        let inflected = self.index.inflected.get(&token.folded).cloned();
        if is_frequent(&token.folded, language) {
            // German capitalises every noun, so there a capital letter says nothing.
            let looks_like_name =
                token.is_capitalised && language != "de" && !self.text.opens_sentence(place);
            return inflected.filter(|_| looks_like_name).unwrap_or_default();
        }
        inflected.unwrap_or_else(|| self.misspelt_word(&token.folded))
    }

    fn misspelt_word(&mut self, word: &str) -> Vec<NameUse> {
        if let Some(known) = self.misspelt.get(word) {
            return known.clone();
        }
        let uses = self.index.resembling(word);
        self.misspelt.insert(word.to_owned(), uses.clone());
        uses
    }

    /// A name that the recogniser cut in pieces: `Kowal ska`.
    fn split_word(&self, first: usize) -> Option<(Vec<NameUse>, usize)> {
        let mut joined = self.text.tokens[first].folded.clone();
        let mut all_common = self.is_common_piece(first);
        for next in first + 1..self.text.tokens.len().min(first + MOST_PIECES) {
            if self.taken[next]
                || self.text.tokens[next].is_number
                || !is_name_gap(self.text.gap(next))
            {
                return None;
            }
            joined.push_str(&self.text.tokens[next].folded);
            all_common &= self.is_common_piece(next);
            // "to masz" is two words of Polish, not Tomasz.
            if all_common || joined.chars().count() < SHORTEST_MISSPELT_WORD {
                continue;
            }
            let known = self
                .index
                .plain
                .get(&joined)
                .or_else(|| self.index.inflected.get(&joined));
            if let Some(uses) = known {
                return Some((uses.clone(), next + 1));
            }
        }
        None
    }

    fn is_common_piece(&self, place: usize) -> bool {
        let token = &self.text.tokens[place];
        let language = self.languages[token.segment];
        token.folded.chars().count() < 3 || is_frequent(&token.folded, language)
    }
}

impl NameIndex {
    /// The names that a word may be a misspelling of, the nearest only.
    fn resembling(&self, word: &str) -> Vec<NameUse> {
        let length = word.chars().count();
        if length < SHORTEST_MISSPELT_WORD {
            return Vec::new();
        }
        let wrong_letters = if length >= TWO_WRONG_LETTERS_FROM {
            2
        } else {
            1
        };
        let mut nearest = wrong_letters;
        let mut uses = Vec::new();
        let alike = self
            .misspelt
            .range(length - wrong_letters..=length + wrong_letters);
        for (form, name_use) in alike.flat_map(|(_, forms)| forms) {
            if !begin_alike(form, word) {
                continue;
            }
            let both_long = form.chars().count() >= TWO_WRONG_LETTERS_FROM;
            let distance = strsim::osa_distance(form, word);
            if distance > nearest || (distance > 1 && !both_long) {
                continue;
            }
            if distance < nearest {
                nearest = distance;
                uses.clear();
            }
            if !uses.contains(name_use) {
                uses.push(*name_use);
            }
        }
        uses
    }
}

fn begin_alike(form: &str, word: &str) -> bool {
    let (Some(form), Some(word)) = (form.chars().next(), word.chars().next()) else {
        return false;
    };
    form == word
        || ALIKE
            .iter()
            .any(|letters| letters.contains(form) && letters.contains(word))
}

/// The readings that go on with one of these words, each word of a name used once.
fn continued(readings: &[Reading], uses: &[NameUse]) -> Vec<Reading> {
    let mut longer = Vec::new();
    for reading in readings {
        let next = uses.iter().find_map(|one| {
            one.word
                .filter(|word| one.person == reading.person && !reading.seen.contains(word))
        });
        if let Some(word) = next {
            let seen = reading.seen.iter().copied().chain([word]).collect();
            longer.push(Reading {
                person: reading.person,
                seen,
            });
        }
    }
    longer
}

/// Whether two words with this between them may be one name.
fn is_name_gap(gap: &str) -> bool {
    gap.chars().all(|character| {
        character.is_whitespace() || matches!(character, '-' | '‐' | '‑' | '–' | '\'' | '’' | '`')
    })
}
