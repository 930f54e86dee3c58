//! Words of the policy and the catalog, and the keys of their texts.

/// How far a recording is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordingState {
    /// Somebody has to draw regions, or a job has not begun.
    Waiting,
    /// A job is running.
    Processing,
    /// The gate let it through, and somebody has to look at it.
    Review,
    /// The gate said no.
    Held,
    /// Attendees with a link get it.
    Published,
    /// The last job failed.
    Failed,
    /// Nobody gets it any more.
    Withdrawn,
    /// An original, kept for jobs to come.
    Original,
}

/// All states, in the order of the tiles.
pub(crate) const ALL_STATES: [RecordingState; 8] = [
    RecordingState::Waiting,
    RecordingState::Processing,
    RecordingState::Review,
    RecordingState::Held,
    RecordingState::Published,
    RecordingState::Failed,
    RecordingState::Withdrawn,
    RecordingState::Original,
];

impl RecordingState {
    /// Returns its word in addresses and in class names.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Processing => "processing",
            Self::Review => "review",
            Self::Held => "held",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
            Self::Original => "originals",
        }
    }

    /// Returns the key of its name on one recording.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "state-waiting",
            Self::Processing => "state-processing",
            Self::Review => "state-review",
            Self::Held => "state-held",
            Self::Published => "state-published",
            Self::Failed => "state-failed",
            Self::Withdrawn => "state-withdrawn",
            Self::Original => "state-original",
        }
    }

    /// Returns the key of its name on a tile.
    pub(crate) const fn tile_key(self) -> &'static str {
        match self {
            Self::Original => "tile-originals",
            Self::Review => "tile-review",
            other => other.key(),
        }
    }
}

/// A word that can be chosen, the key of its name and the key of what it means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    /// The word, as in a policy.
    pub(crate) word: &'static str,
    /// Key of its name.
    pub(crate) key: &'static str,
    /// Key of an explanation; empty where the name says it all.
    pub(crate) help: &'static str,
}

const fn choice(word: &'static str, key: &'static str, help: &'static str) -> Choice {
    Choice { word, key, help }
}

/// What a region can hold.
pub(crate) const ALL_KINDS: [Choice; 9] = [
    choice("stage", "kind-stage", ""),
    choice("slides", "kind-slides", ""),
    choice("camera", "kind-camera", ""),
    choice("participant_list", "kind-participant-list", ""),
    choice("chat", "kind-chat", ""),
    choice("notes", "kind-notes", ""),
    choice("poll", "kind-poll", ""),
    choice("toast", "kind-toast", ""),
    choice("other", "kind-other", ""),
];

/// What can happen to a region.
pub(crate) const ALL_ACTIONS: [Choice; 5] = [
    choice("keep", "action-keep", "action-keep-help"),
    choice("hide", "action-hide", "action-hide-help"),
    choice("fill", "action-fill", "action-fill-help"),
    choice("blur", "action-blur", "action-blur-help"),
    choice("initials", "action-initials", "action-initials-help"),
];

/// The stages of a job, in their order.
pub(crate) const STAGES: [Choice; 7] = [
    choice("hash", "stage-hash", ""),
    choice("probe", "stage-probe", ""),
    choice("render", "stage-render", ""),
    choice("transcribe", "stage-transcribe", ""),
    choice("assemble", "stage-assemble", ""),
    choice("verify", "stage-verify", ""),
    choice("publish", "stage-publish", ""),
];

/// The roles of accounts.
pub(crate) const ROLES: [Choice; 7] = [
    choice("organiser", "role-organiser", "role-organiser-help"),
    choice("editor", "role-editor", "role-editor-help"),
    choice("attendee", "role-attendee", "role-attendee-help"),
    choice("dpo", "role-dpo", "role-dpo-help"),
    choice("auditor", "role-auditor", "role-auditor-help"),
    choice("operator", "role-operator", "role-operator-help"),
    choice(
        "administrator",
        "role-administrator",
        "role-administrator-help",
    ),
];

/// The classes of retention.
pub(crate) const CLASSES: [Choice; 5] = [
    choice("raw", "class-raw", "class-raw-help"),
    choice("published", "class-published", "class-published-help"),
    choice("transcript", "class-transcript", "class-transcript-help"),
    choice("attendance", "class-attendance", "class-attendance-help"),
    choice("log", "class-log", "class-log-help"),
];

/// Returns the key of the name of a word.
pub(super) fn key_of(choices: &[Choice], word: &str) -> &'static str {
    let found = choices.iter().find(|choice| choice.word == word);
    found.map_or("word-unknown", |choice| choice.key)
}

/// Returns the key of the name of a role.
pub(super) fn role_key(word: &str) -> &'static str {
    key_of(&ROLES, word)
}
