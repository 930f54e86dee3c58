//! Reading a scenario from TOML, with the place of every mistake.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use scrim_policy::{Fractions, Kind, Moment};
use serde::Deserialize;
use toml::Spanned;

use super::{
    Camera, ChatMessage, Language, Layout, Person, Scenario, Share, Slide, Speech, Theme, Toast,
    check,
};

/// Why a scenario cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("reading scenario {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, has an unknown key or lacks one.
    #[error("{file}:{line}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A value makes no sense.
    #[error("{file}:{line}: {problem}")]
    Rule {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// No built-in scenario has this name.
    #[error("no scenario `{name}`; there are {}", super::BUILTIN_NAMES.join(", "))]
    Unknown {
        /// The name asked for.
        name: String,
    },
}

impl ScenarioError {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unreadable { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Kind::NotFound
            }
            Self::Unreadable { .. } => Kind::Unavailable,
            Self::Syntax { .. } | Self::Rule { .. } => Kind::Invalid,
            Self::Unknown { .. } => Kind::NotFound,
        }
    }
}

/// The file as it is written. Every part remembers where it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) schema: Spanned<u32>,
    pub(super) name: Spanned<String>,
    pub(super) title: String,
    pub(super) size: Spanned<[u32; 2]>,
    pub(super) rate: Spanned<u32>,
    pub(super) duration: Spanned<String>,
    pub(super) theme: Theme,
    pub(super) seed: u64,
    pub(super) language: Language,
    pub(super) scale: Option<Spanned<f64>>,
    pub(super) clock: Spanned<String>,
    #[serde(default, rename = "layout")]
    pub(super) layouts: Vec<Spanned<Layout>>,
    #[serde(default, rename = "person")]
    pub(super) people: Vec<Spanned<Person>>,
    #[serde(default, rename = "camera")]
    pub(super) cameras: Vec<Spanned<Camera>>,
    #[serde(default, rename = "slide")]
    pub(super) slides: Vec<Spanned<Slide>>,
    #[serde(default, rename = "share")]
    pub(super) shares: Vec<Spanned<Share>>,
    #[serde(default)]
    pub(super) chat: Vec<Spanned<ChatMessage>>,
    #[serde(default, rename = "toast")]
    pub(super) toasts: Vec<Spanned<Toast>>,
    #[serde(default)]
    pub(super) speech: Vec<Spanned<Speech>>,
}

impl Scenario {
    /// Reads a scenario from a file.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let text = fs::read_to_string(path).map_err(|source| ScenarioError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads a scenario from text. `file` is what errors call it.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        let line_of = |span: Option<Range<usize>>| match span {
            Some(span) => text[..span.start.min(text.len())].matches('\n').count() + 1,
            None => 1,
        };
        let document: Document = toml::from_str(text).map_err(|error| ScenarioError::Syntax {
            file: file.to_owned(),
            line: line_of(error.span()),
            problem: error.message().to_owned(),
        })?;
        check::checked(document).map_err(|broken| ScenarioError::Rule {
            file: file.to_owned(),
            line: line_of(Some(broken.span)),
            problem: broken.problem,
        })
    }
}

/// Times written as `"12s"`, `"1m30s"` or `"0:01:30"`.
pub(super) mod moment {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::Moment;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Moment, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(D::Error::custom)
    }

    pub(crate) fn serialize<S: Serializer>(moment: &Moment, output: S) -> Result<S::Ok, S::Error> {
        moment.serialize(output)
    }
}

/// Times that may be absent.
pub(super) mod optional_moment {
    use serde::{Deserializer, Serialize, Serializer};

    use super::Moment;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<Moment>, D::Error> {
        super::moment::deserialize(input).map(Some)
    }

    pub(crate) fn serialize<S: Serializer>(
        moment: &Option<Moment>,
        output: S,
    ) -> Result<S::Ok, S::Error> {
        moment.serialize(output)
    }
}

pub(super) const fn end() -> Moment {
    Moment::END
}

pub(super) const fn pause() -> f64 {
    0.6
}

pub(super) const fn whole() -> Fractions {
    Fractions {
        x: 0.0,
        y: 0.0,
        width: 1.0,
        height: 1.0,
    }
}
