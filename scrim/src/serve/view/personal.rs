//! What somebody has said to the notice of a room, for that person.

use askama::Template;

use super::{ConsentState, Frame};

/// `/consent/{secret}`. POST to the same address with `purpose`, several times, or `all`.
#[derive(Template)]
#[template(path = "serve/personal.html")]
pub(crate) struct PersonalPage {
    /// The frame. Nobody needs to be signed in.
    pub(crate) frame: Frame,
    /// The address of this page.
    pub(crate) path: String,
    /// What the meeting is called.
    pub(crate) title: String,
    /// Who records, and how to reach them.
    pub(crate) controller: String,
    /// The address of the controller or of its data protection officer.
    pub(crate) contact: String,
    /// What the person has answered, purpose by purpose.
    pub(crate) answers: Vec<PersonalAnswer>,
    /// Whether the meeting goes on.
    pub(crate) is_going_on: bool,
    /// Whether something that was recorded is kept.
    pub(crate) is_kept: bool,
    /// What was made from it.
    pub(crate) recordings: Vec<PersonalRecording>,
    /// What the person was told, the last time first.
    pub(crate) notices: Vec<PersonalNotice>,
    /// The number of the receipt.
    pub(crate) receipt: String,
    /// Whether a form was sent in which nothing was chosen.
    pub(crate) has_chosen_nothing: bool,
}

/// What somebody has answered for one purpose.
pub(crate) struct PersonalAnswer {
    /// The word of the purpose.
    pub(crate) purpose: &'static str,
    /// What the answer comes to.
    pub(crate) state: ConsentState,
    /// Since when.
    pub(crate) since_us: Option<i64>,
    /// Whether the person may be recorded for it.
    pub(crate) is_allowed: bool,
}

impl PersonalAnswer {
    fn purpose_key(&self) -> &'static str {
        match self.purpose {
            "camera" => "room-purpose-camera",
            "screen" => "room-purpose-screen",
            "voice" => "room-purpose-voice",
            "chat" => "room-purpose-chat",
            _ => "room-purpose-transcript",
        }
    }

    fn allowed_key(&self) -> &'static str {
        match self.is_allowed {
            true => "room-yes",
            false => "room-no",
        }
    }
}

/// How far a recording of the meeting is.
pub(crate) enum PersonalRecording {
    /// It is being made, or somebody looks at it.
    BeingMade,
    /// Whoever has a link gets it, until then.
    Published {
        /// When it goes.
        until_us: i64,
    },
    /// Nobody gets it.
    Withdrawn,
}

impl PersonalRecording {
    fn until_us(&self) -> Option<i64> {
        match self {
            Self::Published { until_us } => Some(*until_us),
            Self::BeingMade | Self::Withdrawn => None,
        }
    }

    fn is_withdrawn(&self) -> bool {
        matches!(self, Self::Withdrawn)
    }
}

/// What somebody was told.
pub(crate) struct PersonalNotice {
    /// In which language, as a tag of BCP 47.
    pub(crate) language: String,
    /// When.
    pub(crate) shown_us: i64,
    /// The sentences.
    pub(crate) lines: Vec<String>,
}

impl PersonalPage {
    fn has_something_to_take_back(&self) -> bool {
        self.answers.iter().any(|answer| answer.is_allowed)
    }
}

/// `/consent/{secret}` where there is nothing to be had.
#[derive(Template)]
#[template(path = "serve/personal_closed.html")]
pub(crate) struct PersonalClosedPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Whether there was something. 410, else 404.
    pub(crate) is_gone: bool,
}

impl PersonalClosedPage {
    fn title_key(&self) -> &'static str {
        match self.is_gone {
            true => "receipt-gone",
            false => "closed-unknown",
        }
    }

    fn help_key(&self) -> &'static str {
        match self.is_gone {
            true => "receipt-gone-help",
            false => "closed-unknown-help",
        }
    }
}
