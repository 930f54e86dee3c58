//! How long things are kept, and erasing them before.

use askama::Template;

use super::{
    Frame,
    words::{CLASSES, Choice, key_of},
};

/// `/dpo/retention`. POST below it: `rules` (`class`, `tag`, `days`), `rules/remove` (`class`,
/// `tag`), `holds` (`recording`, empty for all; `reason`, `approver`), `holds/{id}/release`
/// (`reason`, `approver`).
#[derive(Template)]
#[template(path = "serve/dpo_retention.html")]
pub(crate) struct RetentionPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The rules, defaults included.
    pub(crate) rules: Vec<RuleLine>,
    /// Holds that are in force.
    pub(crate) holds: Vec<HoldLine>,
    /// When the last sweep ended.
    pub(crate) swept_us: Option<i64>,
    /// Whether it is longer ago than allowed.
    pub(crate) is_late: bool,
    /// Whether the person may change anything.
    pub(crate) may_manage: bool,
}

/// How long a class is kept.
pub(crate) struct RuleLine {
    /// The word of the class.
    pub(crate) class: String,
    /// The tag that it is for; `None` for all.
    pub(crate) tag: Option<String>,
    /// How many days.
    pub(crate) days: u32,
    /// Whether nobody has set it.
    pub(crate) is_default: bool,
}

impl RuleLine {
    fn class_key(&self) -> &'static str {
        key_of(&CLASSES, &self.class)
    }

    fn help_key(&self) -> &'static str {
        let found = CLASSES.iter().find(|class| class.word == self.class);
        found.map_or("word-unknown", |class| class.help)
    }
}

/// A hold.
pub(crate) struct HoldLine {
    /// Its id.
    pub(crate) id: String,
    /// The recording; `None` for all.
    pub(crate) recording: Option<String>,
    /// Why it was placed.
    pub(crate) reason: String,
    /// Who said so.
    pub(crate) approver: String,
    /// When.
    pub(crate) placed_us: i64,
}

impl RetentionPage {
    fn classes(&self) -> &'static [Choice] {
        &CLASSES
    }
}

/// `/dpo/erasures`. POST `/dpo/erasures/preview` with `subject` (`recording` or `person`),
/// `recording`, `person`.
#[derive(Template)]
#[template(path = "serve/dpo_erasures.html")]
pub(crate) struct ErasuresPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The erasures, newest first.
    pub(crate) erasures: Vec<ErasureLine>,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
    /// Whether the person may erase.
    pub(crate) may_erase: bool,
}

/// What is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErasureSubject {
    /// A recording and all of the same source.
    Recording,
    /// A person, in every recording.
    Person,
    /// Everything.
    Tenant,
    /// What somebody has refused after a meeting.
    Refusal,
}

impl ErasureSubject {
    fn word(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Person => "person",
            Self::Tenant => "tenant",
            Self::Refusal => "refusal",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Recording => "erasure-recording",
            Self::Person => "erasure-person",
            Self::Tenant => "erasure-tenant",
            Self::Refusal => "receipt-erasure",
        }
    }
}

/// A step of an erasure.
pub(crate) struct ErasureStep {
    /// What it does, in the language of the page.
    pub(crate) text: String,
    /// Whether it is done.
    pub(crate) is_done: bool,
}

/// An erasure.
pub(crate) struct ErasureLine {
    /// Its id.
    pub(crate) id: String,
    /// What is erased.
    pub(crate) subject: ErasureSubject,
    /// When it was asked for.
    pub(crate) created_us: i64,
    /// When it was certified.
    pub(crate) certified_us: Option<i64>,
    /// How many recordings it is about.
    pub(crate) recordings: usize,
    /// Its steps.
    pub(crate) steps: Vec<ErasureStep>,
}

/// `/dpo/erasures/preview`: what would go. POST `/dpo/erasures` with `subject`, `recording`,
/// `person`, `confirmation`.
#[derive(Template)]
#[template(path = "serve/dpo_erasure_preview.html")]
pub(crate) struct ErasurePreviewPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// What would be erased.
    pub(crate) subject: ErasureSubject,
    /// The id of the recording, or the name or address of the person, as it was typed.
    pub(crate) typed: String,
    /// What would go.
    pub(crate) affected: Vec<AffectedLine>,
    /// How many artefacts would be destroyed.
    pub(crate) artefacts: u64,
    /// How many bytes they have.
    pub(crate) bytes: u64,
    /// How many registrations for rooms and invitations to them would go.
    pub(crate) invited: u64,
    /// How many recordings have no list of people, and cannot be searched.
    pub(crate) not_searchable: u64,
    /// Why nothing can be erased: a hold.
    pub(crate) refused: Option<String>,
    /// What has to be typed to confirm it.
    pub(crate) confirmation: String,
    /// Whether something else was typed.
    pub(crate) is_mistyped: bool,
}

impl ErasurePreviewPage {
    fn has_not_searchable(&self) -> bool {
        self.not_searchable > 0
    }

    /// Whether there is anything to erase.
    fn is_something(&self) -> bool {
        !self.affected.is_empty() || self.invited > 0
    }

    /// How many recordings would be touched.
    fn recordings(&self) -> u64 {
        self.affected.iter().map(|line| line.recordings).sum()
    }
}

/// Recordings that would be touched in the same way.
pub(crate) struct AffectedLine {
    /// How many there are.
    pub(crate) recordings: u64,
    /// Whether they can be made again without the person.
    pub(crate) is_made_again: bool,
}
