//! The same webinar with other people in the audience.

use std::collections::HashMap;

use super::{Role, Scenario};
use crate::random::Random;

const GIVEN: [&str; 24] = [
    "Agnieszka",
    "Bartłomiej",
    "Célestine",
    "Dagmara",
    "Etienne",
    "Fabrizio",
    "Grażyna",
    "Hélène",
    "Ignazio",
    "Jörg",
    "Krzysztof",
    "Lotte",
    "Małgorzata",
    "Noël",
    "Ottavia",
    "Przemysław",
    "Renée",
    "Świętosława",
    "Théo",
    "Ulrike",
    "Vittoria",
    "Wojciech",
    "Yvonne",
    "Zdzisław",
];
const FAMILY: [&str; 24] = [
    "Błaszczyk",
    "Böhringer",
    "Castellani",
    "Dąbrowska",
    "Dupré",
    "Ferrandino",
    "Gäbler",
    "Gęsiński",
    "Hémon",
    "Jäckel",
    "Kępiński",
    "Lucchesi",
    "Lévêque",
    "Mączka",
    "Nußbaum",
    "Ostrowski",
    "Pélissier",
    "Rössler",
    "Sącz",
    "Tagliabue",
    "Üblacker",
    "Vannucci",
    "Wróbel",
    "Zähringer",
];
const REMARKS: [&str; 10] = [
    "Good morning from the office on the second floor!",
    "The sound is fine here, thank you.",
    "Is there a paper on this that we can read afterwards?",
    "Sorry, I have to leave early today.",
    "Could you repeat the last number, please?",
    "We tried the same last year and it took three weeks.",
    "+1",
    "My question was answered, thanks a lot for the example.",
    "Reach me at office@nowhere.example or +49 30 5550 142 if you want the spreadsheet.",
    "Which version was that measured with?",
];

impl Scenario {
    /// Returns the same webinar with other names in the list, other chat messages and other toasts.
    ///
    /// Layout, times, slides, cameras, name labels and speech stay. So do people who are seen,
    /// speak or are spoken of: everything that a policy for list, chat and toasts keeps is the same
    /// in both recordings.
    pub fn with_other_people(&self, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut names = HashMap::new();
        let mut other = self.clone();
        for person in &mut other.people {
            if self.is_named_on_stage(&person.name) {
                continue;
            }
            let name = self.unused_name(&mut random, &names);
            person.email = address(&name);
            names.insert(std::mem::replace(&mut person.name, name.clone()), name);
        }
        for message in &mut other.chat {
            message.text = another_remark(&mut random, &message.text);
            if let Some(name) = names.get(&message.who) {
                message.who.clone_from(name);
            }
        }
        for toast in &mut other.toasts {
            let named = names
                .iter()
                .find(|(old, _)| toast.text.contains(old.as_str()));
            toast.text = match named {
                Some((old, new)) => toast.text.replace(old.as_str(), new),
                None => another_remark(&mut random, &toast.text),
            };
        }
        other
    }

    /// Whether stage or speech show who this is.
    fn is_named_on_stage(&self, name: &str) -> bool {
        let seen = self.cameras.iter().any(|camera| camera.person == name);
        let heard = self.speech.iter().any(|line| {
            let spoken = line.text.as_deref().unwrap_or_default();
            line.speaker == name || name.split(' ').any(|part| spoken.contains(part))
        });
        let runs_it = self
            .person(name)
            .is_some_and(|person| person.role != Role::Attendee);
        seen || heard || runs_it
    }

    fn unused_name(&self, random: &mut Random, taken: &HashMap<String, String>) -> String {
        let is_free = |name: &String| {
            self.person(name).is_none() && !taken.values().any(|other| other == name)
        };
        // There are 576 names; after them, numbers keep the search finite.
        let mut candidates = (0_u32..).map(|attempt| {
            let given = GIVEN[random.below(GIVEN.len())];
            let family = FAMILY[random.below(FAMILY.len())];
            match attempt {
                0..1000 => format!("{given} {family}"),
                _ => format!("{given} {family} {attempt}"),
            }
        });
        candidates
            .find(is_free)
            .expect("some number is not taken yet")
    }
}

fn another_remark(random: &mut Random, than: &str) -> String {
    let first = random.below(REMARKS.len());
    let remark = REMARKS[first];
    let remark = if remark == than {
        REMARKS[(first + 1) % REMARKS.len()]
    } else {
        remark
    };
    remark.to_owned()
}

/// Returns an address without diacritics in a domain that cannot exist.
fn address(name: &str) -> String {
    let plain: String = name.to_lowercase().chars().map(plain_letter).collect();
    format!("{plain}@nowhere.example")
}

fn plain_letter(letter: char) -> char {
    match letter {
        'a'..='z' | '0'..='9' => letter,
        'ą' | 'ä' | 'à' => 'a',
        'ć' | 'ç' => 'c',
        'ę' | 'é' | 'è' | 'ê' | 'ë' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' | 'ö' => 'o',
        'ś' | 'ß' => 's',
        'ü' => 'u',
        'ż' | 'ź' => 'z',
        _ => '.',
    }
}
