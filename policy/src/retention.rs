//! How long things are kept.
//!
//! Everything that is kept belongs to a [`RetentionClass`]. A class has a period, and recordings
//! with a tag may have a shorter one. Times are passed in as microseconds since 1970-01-01 UTC; what
//! is deleted, and how, is the business of others.
//!
//! > **The shortest period wins.** A rule for a tag can make something go earlier, never later.
//!
//! > **A legal hold wins over every period.** What is on hold is never due.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Kind;

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// What a thing is kept as, which decides for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionClass {
    /// Originals, layers, and what stages leave for each other: people as they were.
    Raw,
    /// The published recording, its report and its proof.
    Published,
    /// Transcripts.
    Transcript,
    /// Who took part and agreed to what.
    Attendance,
    /// The words of the audit log and of released legal holds.
    Log,
}

impl RetentionClass {
    /// All classes, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Raw,
        Self::Published,
        Self::Transcript,
        Self::Attendance,
        Self::Log,
    ];

    /// Returns the word for it on the command line and in the catalog.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Published => "published",
            Self::Transcript => "transcript",
            Self::Attendance => "attendance",
            Self::Log => "log",
        }
    }

    /// Returns how long it is kept unless a rule says otherwise. Raw is shortest, because it shows
    /// what the policy hides. The log is longest: three years is a usual limitation period (among
    /// others section 195 of the German Civil Code), and as long somebody may have to show what was
    /// done.
    pub const fn default_period(self) -> Days {
        match self {
            Self::Raw => Days(30),
            Self::Published | Self::Transcript => Days(365),
            Self::Attendance => Days(90),
            Self::Log => Days(3 * 365),
        }
    }
}

impl fmt::Display for RetentionClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RetentionClass {
    type Err = RetentionError;

    fn from_str(text: &str) -> Result<Self, RetentionError> {
        Self::ALL
            .into_iter()
            .find(|class| class.as_str() == text)
            .ok_or(RetentionError::UnknownClass)
    }
}

/// A period in days, from one day to a hundred years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u32", try_from = "u32")]
pub struct Days(u32);

impl Days {
    /// The longest period.
    pub const LONGEST: u32 = 36_500;

    /// Wraps a number of days.
    ///
    /// # Errors
    /// [`RetentionError::NoPeriod`] for 0 and for more than a hundred years. What is to go at once
    /// is erased, and what is to stay for ever is not for Scrim to keep.
    pub const fn new(days: u32) -> Result<Self, RetentionError> {
        if days == 0 || days > Self::LONGEST {
            return Err(RetentionError::NoPeriod);
        }
        Ok(Self(days))
    }

    /// Returns the number of days.
    pub const fn count(self) -> u32 {
        self.0
    }

    /// Returns the end of a period that began then, in microseconds since 1970-01-01 UTC.
    fn after(self, since_us: i64) -> i64 {
        since_us.saturating_add(i64::from(self.0) * DAY_US)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 day"),
            days => write!(f, "{days} days"),
        }
    }
}

impl From<Days> for u32 {
    fn from(days: Days) -> Self {
        days.0
    }
}

impl TryFrom<u32> for Days {
    type Error = RetentionError;

    fn try_from(days: u32) -> Result<Self, RetentionError> {
        Self::new(days)
    }
}

impl FromStr for Days {
    type Err = RetentionError;

    fn from_str(text: &str) -> Result<Self, RetentionError> {
        let days = text.parse().map_err(|_| RetentionError::NoPeriod)?;
        Self::new(days)
    }
}

/// A word that recordings are grouped by: up to 32 lower-case letters, digits and hyphens. It is
/// kept in the clear, so it must name nobody; there is no room for more than a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Tag(String);

impl Tag {
    /// Returns the word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl TryFrom<String> for Tag {
    type Error = RetentionError;

    fn try_from(text: String) -> Result<Self, RetentionError> {
        text.parse()
    }
}

impl FromStr for Tag {
    type Err = RetentionError;

    fn from_str(text: &str) -> Result<Self, RetentionError> {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let starts_well = text.bytes().next().is_some_and(|byte| byte != b'-');
        if starts_well && text.len() <= 32 && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RetentionError::NoTag)
        }
    }
}

/// For how long a class is kept: all of it, or what has a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// The class.
    pub class: RetentionClass,
    /// The tag that a recording has to have; `None` is every recording.
    pub tag: Option<Tag>,
    /// The period.
    pub period: Days,
}

/// All rules of a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetentionRules(Vec<RetentionRule>);

impl RetentionRules {
    /// Takes the rules, in any order.
    pub const fn new(rules: Vec<RetentionRule>) -> Self {
        Self(rules)
    }

    /// Returns the rules.
    pub fn rules(&self) -> &[RetentionRule] {
        &self.0
    }

    /// Returns how long a class of a recording with these tags is kept: the shortest period of all
    /// rules that apply. Where no rule speaks of the class as a whole, its default does.
    ///
    /// A transcript never outlives what was published with it.
    pub fn period(&self, class: RetentionClass, tags: &BTreeSet<Tag>) -> Days {
        let own = self.own_period(class, tags);
        if class == RetentionClass::Transcript {
            return own.min(self.own_period(RetentionClass::Published, tags));
        }
        own
    }

    fn own_period(&self, class: RetentionClass, tags: &BTreeSet<Tag>) -> Days {
        let of_class = || self.0.iter().filter(|rule| rule.class == class);
        let general = of_class()
            .filter(|rule| rule.tag.is_none())
            .map(|rule| rule.period)
            .min()
            .unwrap_or(class.default_period());
        of_class()
            .filter(|rule| rule.tag.as_ref().is_some_and(|tag| tags.contains(tag)))
            .map(|rule| rule.period)
            .fold(general, Days::min)
    }
}

/// Something that is kept, as far as its end depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// Its class.
    pub class: RetentionClass,
    /// The tags of its recording.
    pub tags: &'a BTreeSet<Tag>,
    /// Since when it is kept, in microseconds since 1970-01-01 UTC.
    pub since_us: i64,
    /// Whether a legal hold covers it.
    pub is_on_hold: bool,
}

/// What is to become of something that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A legal hold keeps it, however old it is.
    OnHold,
    /// It stays until then, in microseconds since 1970-01-01 UTC.
    StaysUntil(i64),
    /// It had to go then, in microseconds since 1970-01-01 UTC.
    DueSince(i64),
}

impl Fate {
    /// Says whether it has to go.
    pub const fn is_due(self) -> bool {
        matches!(self, Self::DueSince(_))
    }
}

/// Decides what is to become of something at `now_us`, microseconds since 1970-01-01 UTC. The period
/// has passed from its very last microsecond on.
pub fn due(rules: &RetentionRules, kept: Kept<'_>, now_us: i64) -> Fate {
    let end = rules.period(kept.class, kept.tags).after(kept.since_us);
    if kept.is_on_hold {
        Fate::OnHold
    } else if now_us >= end {
        Fate::DueSince(end)
    } else {
        Fate::StaysUntil(end)
    }
}

/// A word about retention that was not understood.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetentionError {
    /// There is no such class.
    #[error("not a retention class: write raw, published, transcript, attendance or log")]
    UnknownClass,
    /// The number of days is none.
    #[error("not a period: write a number of days from 1 to {longest}", longest = Days::LONGEST)]
    NoPeriod,
    /// The word is no tag.
    #[error("not a tag: write up to 32 lower-case letters, digits and hyphens, and name nobody")]
    NoTag,
}

impl RetentionError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Invalid
    }
}
