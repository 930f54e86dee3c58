//! Who took part: the roster and the initials that stand for the names.
//!
//! A roster is a CSV file with the header `name,email,role`. Columns may come in any order and any
//! case; `email` and `role` may be left out or left empty. Two identical rows are one person: the
//! attendance lists of webinar services repeat whoever reconnected.

use std::collections::{BTreeSet, HashSet};

use csv::{ReaderBuilder, StringRecord};
use serde::{Deserialize, Serialize};

use crate::{
    Attendance, InitialsBook, Kind, Pii,
    initials::{self, reading_order},
};

/// What a person does in a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the session and decides about its recording.
    Organiser,
    /// Speaks and shows slides.
    Presenter,
    /// Keeps order in chat and questions.
    Moderator,
    /// Listens. What a roster without a role means.
    #[default]
    Attendee,
}

impl Role {
    /// Returns the word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organiser => "organiser",
            Self::Presenter => "presenter",
            Self::Moderator => "moderator",
            Self::Attendee => "attendee",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "organiser" | "organizer" => Some(Self::Organiser),
            "presenter" => Some(Self::Presenter),
            "moderator" => Some(Self::Moderator),
            "attendee" | "" => Some(Self::Attendee),
            _ => None,
        }
    }
}

/// The position of a person in the roster, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u16);

/// One person of a roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    id: PersonId,
    name: Pii<String>,
    email: Option<Pii<String>>,
    role: Role,
    initials: String,
    is_erased: bool,
}

impl Person {
    /// What stands for the name of somebody who was erased.
    pub const ERASED: &str = "[removed]";

    /// Returns the position in the roster.
    pub const fn id(&self) -> PersonId {
        self.id
    }

    /// Returns the name in reading order: given name first, composed characters, single spaces.
    pub const fn name(&self) -> &Pii<String> {
        &self.name
    }

    /// Returns the e-mail address, if the roster has one.
    pub const fn email(&self) -> Option<&Pii<String>> {
        self.email.as_ref()
    }

    /// Returns the role.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether a word of a name is a particle (`von`, `de`, `della`): it identifies nobody alone.
    pub fn is_particle(word: &str) -> bool {
        initials::PARTICLES.contains(&word.to_lowercase().as_str())
    }

    /// Returns the initials, unique within the roster: `A.K.`, then `A.K. 2`. Those of somebody who
    /// was erased are [`Person::ERASED`].
    pub fn initials(&self) -> &str {
        if self.is_erased {
            Self::ERASED
        } else {
            &self.initials
        }
    }

    /// Whether this person was erased from the recording: known only to be hidden.
    pub const fn is_erased(&self) -> bool {
        self.is_erased
    }
}

/// The people of a session, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    people: Vec<Person>,
}

impl Roster {
    /// Reads a roster from the text of a CSV file.
    ///
    /// # Errors
    /// Anything that leaves a doubt about who is on the list is refused with its line: an unknown
    /// column, a row without a name, an unknown role, text that is no e-mail address.
    pub fn parse_csv(text: &str) -> Result<Self, RosterError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut rows = reader.records();
        let columns = match rows.next() {
            Some(header) => Columns::read(&header.map_err(unreadable)?)?,
            None => return Err(RosterError::MissingHeader),
        };

        let mut roster = Self::default();
        let mut seen = HashSet::new();
        for row in rows {
            let row = row.map_err(unreadable)?;
            if row.iter().all(str::is_empty) {
                continue;
            }
            let entry = columns.entry(&row)?;
            if seen.insert(entry.clone()) {
                roster.add(entry)?;
            }
        }
        roster.give_initials();
        Ok(roster)
    }

    /// Returns the roster that an attendance was made of, without those who were erased from it: each
    /// with the id and the initials that they have in the recording.
    pub fn from_attendance(attendance: &Attendance) -> Self {
        let people = attendance.people.iter().map(|one| Person {
            id: one.person,
            name: one.name.clone(),
            email: one.email.clone(),
            role: one.role,
            initials: one.initials.clone(),
            is_erased: false,
        });
        Self {
            people: people.collect(),
        }
    }

    /// Returns the people in the order of the file.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Returns the person with this id.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// Returns the number of people.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody is on the roster.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Returns the same people, of whom these are never to be shown, not even by their initials. The
    /// initials of the others stay as they were.
    #[must_use]
    pub fn with_erased(&self, erased: &BTreeSet<PersonId>) -> Self {
        let mut roster = self.clone();
        for person in &mut roster.people {
            person.is_erased |= erased.contains(&person.id);
        }
        roster
    }

    /// Returns the same people and those of another roster that are not among them, who are never to be
    /// shown: their names are known only to be hidden.
    #[must_use]
    pub fn with_hidden(&self, others: &Self) -> Self {
        let mut roster = self.clone();
        for other in &others.people {
            let is_same = |one: &Person| (&one.name, &one.email) == (&other.name, &other.email);
            let next = roster.people.iter().map(|one| one.id.0).max();
            let id = next.map_or(Some(0), |last| last.checked_add(1));
            // A roster that is full has no room for more people than any session has.
            let Some(id) = id.filter(|_| !self.people.iter().any(is_same)) else {
                continue;
            };
            roster.people.push(Person {
                id: PersonId(id),
                is_erased: true,
                ..other.clone()
            });
        }
        roster
    }

    fn add(&mut self, entry: Entry) -> Result<(), RosterError> {
        let id = u16::try_from(self.people.len())
            .ok()
            .filter(|&id| id < u16::MAX);
        self.people.push(Person {
            id: PersonId(id.ok_or(RosterError::TooManyPeople)?),
            initials: String::new(),
            name: Pii::new(entry.name),
            email: entry.email.map(Pii::new),
            role: entry.role,
            is_erased: false,
        });
        Ok(())
    }

    fn give_initials(&mut self) {
        let mut book = InitialsBook::default();
        for person in &mut self.people {
            person.initials = book.give(&person.name);
        }
    }
}

/// One row, checked.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Entry {
    name: String,
    email: Option<String>,
    role: Role,
}

/// Where each known column stands.
struct Columns {
    name: usize,
    email: Option<usize>,
    role: Option<usize>,
    count: usize,
}

impl Columns {
    fn read(header: &StringRecord) -> Result<Self, RosterError> {
        let (mut name, mut email, mut role) = (None, None, None);
        for (index, title) in header.iter().enumerate() {
            let (column, place) = match title.to_lowercase().as_str() {
                "name" => ("name", &mut name),
                "email" | "e-mail" => ("email", &mut email),
                "role" => ("role", &mut role),
                _ => {
                    return Err(RosterError::UnknownColumn {
                        position: index + 1,
                    });
                }
            };
            if place.replace(index).is_some() {
                return Err(RosterError::RepeatedColumn { column });
            }
        }
        let name = name.ok_or(RosterError::MissingHeader)?;
        Ok(Self {
            name,
            email,
            role,
            count: header.len(),
        })
    }

    fn entry(&self, row: &StringRecord) -> Result<Entry, RosterError> {
        let line = row.position().map_or(0, csv::Position::line);
        if row.len() != self.count {
            return Err(RosterError::WrongFieldCount {
                line,
                found: row.len(),
                expected: self.count,
            });
        }
        let field = |column: Option<usize>| column.and_then(|index| row.get(index)).unwrap_or("");
        if row.iter().any(|value| value.chars().any(char::is_control)) {
            return Err(RosterError::ControlCharacter { line });
        }
        let name = reading_order(field(Some(self.name)));
        if !name.chars().any(char::is_alphabetic) {
            return Err(RosterError::NoName { line });
        }
        let email = match field(self.email) {
            "" => None,
            text if looks_like_email(text) => Some(text.to_owned()),
            _ => return Err(RosterError::InvalidEmail { line }),
        };
        let role = Role::parse(field(self.role)).ok_or(RosterError::UnknownRole { line })?;
        Ok(Entry { name, email, role })
    }
}

fn looks_like_email(text: &str) -> bool {
    let no_space = !text.contains(char::is_whitespace);
    let halves = text.split_once('@');
    no_space && halves.is_some_and(|(local, domain)| !local.is_empty() && domain.len() > 1)
}

fn unreadable(error: csv::Error) -> RosterError {
    let line = error.position().map_or(0, csv::Position::line);
    RosterError::Unreadable { line }
}

/// A roster that was not understood.
///
/// No message repeats anything from the file, which is a list of names.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RosterError {
    /// There is no header, or it has no column `name`.
    #[error("the roster has no column `name`; start the file with the line `name,email,role`")]
    MissingHeader,
    /// The header has a column that Scrim does not know. It may hold personal data, so it is not
    /// read over.
    #[error(
        "line 1: column {position} of the roster is unknown; keep only `name`, `email` and `role`"
    )]
    UnknownColumn {
        /// The column, counted from 1.
        position: usize,
    },
    /// The header names a column twice.
    #[error("line 1: the roster has two columns `{column}`; keep one")]
    RepeatedColumn {
        /// The repeated column.
        column: &'static str,
    },
    /// A row has more or fewer fields than the header.
    #[error(
        "line {line}: {found} fields where the header has {expected}; \
         put values with a comma in double quotes"
    )]
    WrongFieldCount {
        /// The line, counted from 1.
        line: u64,
        /// Fields in the row.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// A row has no name.
    #[error(
        "line {line}: no name; give the person a name with at least one letter, or drop the row"
    )]
    NoName {
        /// The line, counted from 1.
        line: u64,
    },
    /// A value contains a tab, a line break or another control character.
    #[error("line {line}: a value contains a control character; write each person on one line")]
    ControlCharacter {
        /// The line, counted from 1.
        line: u64,
    },
    /// The e-mail column holds something else.
    #[error(
        "line {line}: the e-mail address has no `name@domain` form; correct it or leave it empty"
    )]
    InvalidEmail {
        /// The line, counted from 1.
        line: u64,
    },
    /// The role is none of the four.
    #[error("line {line}: unknown role; write organiser, presenter, moderator or attendee")]
    UnknownRole {
        /// The line, counted from 1.
        line: u64,
    },
    /// There are more people than a [`PersonId`] can number.
    #[error("the roster has more than {max} people; split the recording", max = u16::MAX)]
    TooManyPeople,
    /// The text is no CSV.
    #[error("line {line}: the roster is not readable as CSV; save it again as CSV in UTF-8")]
    Unreadable {
        /// The line, counted from 1.
        line: u64,
    },
}

impl RosterError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}
