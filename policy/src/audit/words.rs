//! The few kinds of text that an event can hold.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The longest [`Word`] and [`Actor`], in bytes.
const MOST_WORD_BYTES: usize = 96;

/// The longest [`Line`], in characters.
const MOST_LINE_CHARS: usize = 500;

/// Who did something: a user of the operating system or a part of Scrim, by a word that only the
/// operator can connect with a person. **Never a name.**
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, title = "actor")]
pub struct Actor(Cow<'static, str>);

/// Text that cannot name an actor.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "not an actor: expected up to 96 lower-case letters, digits and `:._/-`, such as `uid:1000`"
)]
pub struct ActorError;

impl Actor {
    /// Scrim itself, where nobody asked for what it does.
    pub const SERVICE: Self = Self(Cow::Borrowed("service"));

    /// A user of the operating system.
    pub fn uid(uid: u32) -> Self {
        Self(format!("uid:{uid}").into())
    }

    /// The same, for somebody who logged in as another user.
    #[must_use]
    pub fn after_login(self, uid: u32) -> Self {
        Self(format!("{self}/login:{uid}").into())
    }

    /// Returns the word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        let is_fine = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":._/-".contains(&byte)
        };
        if text.is_empty() || text.len() > MOST_WORD_BYTES || !text.bytes().all(is_fine) {
            return Err(ActorError);
        }
        Ok(Self(text.to_owned().into()))
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One word of a fixed vocabulary, or a hash: a kind, a format, a step.
///
/// It has ASCII letters, digits and `._:/+-` only. Any other character becomes `_`, and what is
/// longer than 96 bytes is cut, so that a sentence or an e-mail address does not survive as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, title = "word")]
pub struct Word(String);

impl Word {
    /// Makes a word of what `text` prints.
    pub fn new(text: impl fmt::Display) -> Self {
        let fit = |character: char| {
            let is_fine = character.is_ascii_alphanumeric() || "._:/+-".contains(character);
            if is_fine { character } else { '_' }
        };
        let text = text.to_string();
        Self(text.chars().map(fit).take(MOST_WORD_BYTES).collect())
    }

    /// Returns the word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of text for people, mostly why something was done. Control characters become spaces, and
/// what is longer than 500 characters is cut.
///
/// An operator may write a name into it. It is therefore only part of events that are erased
/// together with what they are about, and prints as `[line]` in `Debug`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Line(String);

impl Line {
    /// Makes a line of a text.
    pub fn new(text: &str) -> Self {
        let flat = |character: char| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        };
        let text: String = text
            .trim()
            .chars()
            .map(flat)
            .take(MOST_LINE_CHARS)
            .collect();
        Self(text)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[line]")
    }
}

impl JsonSchema for Line {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "line".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "title": "line of text", "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_a_word_without_room_for_a_name() {
        assert_eq!(Actor::uid(1000).as_str(), "uid:1000");
        assert_eq!("uid:1000".parse(), Ok(Actor::uid(1000)));
        assert_eq!(
            "uid:0/login:1000".parse(),
            Ok(Actor::uid(0).after_login(1000))
        );
        for text in ["", "Anna", "anna kowalska", "anna@example.org", "ż"] {
            assert_eq!(text.parse::<Actor>(), Err(ActorError), "{text}");
        }
    }

    #[test]
    fn a_word_keeps_nothing_that_is_not_one() {
        assert_eq!(Word::new("video/mp4").as_str(), "video/mp4");
        assert_eq!(Word::new("a@b.org").as_str(), "a_b.org");
        assert_eq!(Word::new("ż".repeat(200)).as_str().len(), 96);
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(Line::new(" first\nsecond ").as_str(), "first second");
        assert_eq!(Line::new(&"ż".repeat(600)).as_str().chars().count(), 500);
        assert_eq!(format!("{:?}", Line::new("Anna asked for it")), "[line]");
    }
}
