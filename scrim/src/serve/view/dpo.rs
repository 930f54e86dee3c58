//! What the DPO sees: numbers, what is stored, consents, places.

use askama::Template;

use super::{Frame, RecordingState};

/// `/dpo`.
#[derive(Template)]
#[template(path = "serve/dpo_overview.html")]
pub(crate) struct OverviewPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Recordings that are kept, originals included.
    pub(crate) recordings: u64,
    /// Originals that are kept.
    pub(crate) originals: u64,
    /// Recordings that people with a link get.
    pub(crate) published: u64,
    /// Links that work.
    pub(crate) links: u64,
    /// Holds that are in force.
    pub(crate) holds: u64,
    /// Erasures that are not done.
    pub(crate) erasures_open: u64,
    /// Things that go within the next 30 days.
    pub(crate) due_soon: u64,
    /// When the last sweep ended.
    pub(crate) swept_us: Option<i64>,
    /// What has to be looked at; none is good.
    pub(crate) alerts: Vec<Alert>,
}

/// Something that has to be looked at.
pub(crate) struct Alert {
    /// What, in the language of the page.
    pub(crate) text: String,
    /// Where to look.
    pub(crate) href: String,
    /// When it was noticed.
    pub(crate) at_us: i64,
}

/// `/dpo/recordings`.
#[derive(Template)]
#[template(path = "serve/dpo_stored.html")]
pub(crate) struct StoredPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// What is stored.
    pub(crate) lines: Vec<StoredLine>,
    /// Address of the next page.
    pub(crate) next: Option<String>,
}

/// What is stored of a recording.
pub(crate) struct StoredLine {
    /// The id of the recording.
    pub(crate) recording: String,
    /// How far it is.
    pub(crate) state: RecordingState,
    /// How many artefacts there are.
    pub(crate) artefacts: u64,
    /// How many bytes they have.
    pub(crate) bytes: u64,
    /// The store and where it is, such as `file` or `s3, eu-central-1`.
    pub(crate) store: String,
    /// When it came.
    pub(crate) created_us: i64,
    /// When it goes.
    pub(crate) expires_us: Option<i64>,
    /// Whether a hold keeps it.
    pub(crate) is_held: bool,
    /// Words in the clear.
    pub(crate) tags: Vec<String>,
}

/// `/dpo/consents`, with `?recording=`.
#[derive(Template)]
#[template(path = "serve/dpo_consents.html")]
pub(crate) struct ConsentsPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The recording that is looked at; empty for none.
    pub(crate) recording: String,
    /// The people of it, by what the recording calls them.
    pub(crate) lines: Vec<ConsentLine>,
    /// Whether the recording has a list of people at all.
    pub(crate) has_attendance: bool,
    /// Recordings that can be chosen.
    pub(crate) recordings: Vec<String>,
}

/// What somebody said to one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConsentState {
    /// Nobody noted it.
    Unknown,
    /// Yes.
    Given,
    /// No.
    Refused,
    /// Yes, and no since.
    Withdrawn,
}

impl ConsentState {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "taken-back",
        }
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Unknown => "consent-unknown",
            Self::Given => "consent-given",
            Self::Refused => "consent-refused",
            Self::Withdrawn => "consent-withdrawn",
        }
    }
}

/// What a participant agreed to.
pub(crate) struct ConsentLine {
    /// What stands for the name.
    pub(crate) pseudonym: String,
    /// The word of what the person did, such as `presenter`.
    pub(crate) role: String,
    /// Showing the camera.
    pub(crate) camera: ConsentState,
    /// Letting the voice be heard.
    pub(crate) voice: ConsentState,
    /// Showing the chat.
    pub(crate) chat: ConsentState,
    /// Writing down what was said.
    pub(crate) transcript: ConsentState,
}

impl ConsentLine {
    fn role_key(&self) -> &'static str {
        match self.role.as_str() {
            "organiser" => "participant-organiser",
            "presenter" => "participant-presenter",
            "moderator" => "participant-moderator",
            _ => "participant-attendee",
        }
    }
}

/// `/dpo/places`. POST `/dpo/places/check`.
#[derive(Template)]
#[template(path = "serve/dpo_places.html")]
pub(crate) struct PlacesPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Stores, databases and key servers, and where they are.
    pub(crate) places: Vec<PlaceLine>,
    /// Whether the person may have them looked at again.
    pub(crate) may_check: bool,
}

/// What the guard found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceVerdict {
    /// It is in the EEA.
    Allowed,
    /// Only the operator says that it is.
    Declared,
    /// It could not be found out.
    Unknown,
    /// It is not.
    Refused,
}

impl PlaceVerdict {
    fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Declared => "declared",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Allowed => "place-allowed",
            Self::Declared => "place-declared",
            Self::Unknown => "place-unknown",
            Self::Refused => "place-refused",
        }
    }
}

/// One store and where it is.
pub(crate) struct PlaceLine {
    /// What it is for, such as `object store`.
    pub(crate) what: String,
    /// Its host or folder, without keys.
    pub(crate) host: String,
    /// Its region or country, where it is known.
    pub(crate) region: Option<String>,
    /// What the guard found.
    pub(crate) verdict: PlaceVerdict,
    /// How it was found, in a sentence.
    pub(crate) how: String,
    /// When.
    pub(crate) checked_us: Option<i64>,
}
