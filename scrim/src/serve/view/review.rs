//! The page of one recording: looking at it, deciding about it, giving it out.

use askama::Template;

use super::{
    Frame, RecordingState,
    words::{ALL_ACTIONS, ALL_KINDS, key_of},
};

/// `/recordings/{id}`. POST below it: `title` (`title`), `tags` (`tags`, words between spaces),
/// `publish`, `override` (`reason`, `sure`), `withdraw` (`reason`), `links` (`label`, `days`, `allow`
/// repeated, `password`, `uses`, `audience`) and `links/{link}/revoke`.
#[derive(Template)]
#[template(path = "serve/review.html")]
pub(crate) struct ReviewPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The id of the recording.
    pub(crate) id: String,
    /// The original, where it is still there: pictures before come from it.
    pub(crate) original: Option<String>,
    /// Its title; empty where nobody gave one.
    pub(crate) title: String,
    /// How far it is.
    pub(crate) state: RecordingState,
    /// Its length.
    pub(crate) seconds: f64,
    /// Name of the policy.
    pub(crate) policy: String,
    /// When it was made.
    pub(crate) created_us: i64,
    /// When it goes.
    pub(crate) expires_us: Option<i64>,
    /// Words in the clear.
    pub(crate) tags: Vec<String>,
    /// What is played; `None` where the person may not see it, or there is nothing yet.
    pub(crate) media: Option<Media>,
    /// The checks of the leak report.
    pub(crate) checks: Vec<CheckLine>,
    /// Why the gate said no.
    pub(crate) reasons: Vec<String>,
    /// What the policy says about each region.
    pub(crate) regions: Vec<RegionLine>,
    /// Spans that were hidden completely, in seconds.
    pub(crate) wholly_hidden: Vec<(f64, f64)>,
    /// Pictures before and after.
    pub(crate) stills: Vec<Still>,
    /// The transcript, where there is one.
    pub(crate) transcript: Option<TranscriptPart>,
    /// The links.
    pub(crate) links: Vec<LinkLine>,
    /// The link that was just made, whole. It is shown this once.
    pub(crate) fresh_link: Option<String>,
    /// Whether the person may publish and withdraw.
    pub(crate) may_publish: bool,
    /// Whether the person may publish what the gate held.
    pub(crate) may_override: bool,
    /// Whether the person may change title and tags.
    pub(crate) may_edit: bool,
    /// Whether the person may change words.
    pub(crate) may_edit_transcript: bool,
    /// Whether the person may make and revoke links.
    pub(crate) may_link: bool,
    /// Whether the person may process the original again.
    pub(crate) may_process: bool,
}

/// What is played.
pub(crate) struct Media {
    /// Address of the recording.
    pub(crate) video: String,
    /// Address of the captions, WebVTT.
    pub(crate) captions: Option<String>,
    /// Language of the captions.
    pub(crate) captions_language: String,
    /// Whether there is a picture.
    pub(crate) has_picture: bool,
}

/// What came out of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckVerdict {
    /// Nothing was found.
    Passed,
    /// Something was found.
    Failed,
    /// It was not done.
    NotChecked,
}

impl CheckVerdict {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotChecked => "not-checked",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Passed => "verdict-passed",
            Self::Failed => "verdict-failed",
            Self::NotChecked => "verdict-not-checked",
        }
    }
}

/// A check of the leak report.
pub(crate) struct CheckLine {
    /// Its name.
    pub(crate) name: String,
    /// What came out.
    pub(crate) verdict: CheckVerdict,
    /// What was found.
    pub(crate) found: String,
    /// How it was done.
    pub(crate) how: String,
}

impl CheckLine {
    /// Returns the key of its name in words. A check that is new here is called as in the report.
    fn name_key(&self) -> Option<&'static str> {
        Some(match self.name.as_str() {
            "container" => "check-container",
            "tracks" => "check-tracks",
            "metadata" => "check-metadata",
            "hidden_areas" => "check-hidden-areas",
            "names_in_text" => "check-names-in-text",
            "text_in_pictures" => "check-text-in-pictures",
            "names_in_sound" => "check-names-in-sound",
            "transcript" => "check-transcript",
            "erased_people" => "check-erased-people",
            _ => return None,
        })
    }
}

/// What the policy says about a region.
pub(crate) struct RegionLine {
    /// Its name.
    pub(crate) name: String,
    /// The word of its kind.
    pub(crate) kind: String,
    /// The word of its action.
    pub(crate) action: String,
    /// When it begins, in seconds.
    pub(crate) from: f64,
    /// When it ends, in seconds; `None` for the end.
    pub(crate) to: Option<f64>,
}

impl RegionLine {
    fn kind_key(&self) -> &'static str {
        key_of(&ALL_KINDS, &self.kind)
    }

    fn action_key(&self) -> &'static str {
        key_of(&ALL_ACTIONS, &self.action)
    }
}

/// A picture before and after.
pub(crate) struct Still {
    /// Where it is, in seconds.
    pub(crate) at: f64,
    /// Address of the picture before; `None` where the original is gone or may not be seen.
    pub(crate) before: Option<String>,
    /// Address of the picture after.
    pub(crate) after: String,
}

/// A transcript that can be changed.
pub(crate) struct TranscriptPart {
    /// What was read; a change of anything else is refused.
    pub(crate) revision: u64,
    /// Its language.
    pub(crate) language: String,
    /// What was said.
    pub(crate) cues: Vec<EditCue>,
}

/// A line of a transcript.
pub(crate) struct EditCue {
    /// Its place, from 0.
    pub(crate) index: usize,
    /// When it begins, in seconds.
    pub(crate) start: f64,
    /// Who speaks, as the recording calls them.
    pub(crate) speaker: Option<String>,
    /// What is said.
    pub(crate) text: String,
}

/// How a link is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkState {
    /// It works.
    Valid,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
    /// It was used as often as it could be.
    UsedUp,
}

impl LinkState {
    fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::UsedUp => "used-up",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Valid => "link-valid",
            Self::Expired => "link-expired",
            Self::Revoked => "link-revoked",
            Self::UsedUp => "link-used-up",
        }
    }
}

/// A link for attendees.
pub(crate) struct LinkLine {
    /// Its id.
    pub(crate) id: String,
    /// What it was called.
    pub(crate) label: String,
    /// The whole address, where it can be shown again.
    pub(crate) href: Option<String>,
    /// When it was made.
    pub(crate) created_us: i64,
    /// Until when it works.
    pub(crate) valid_until_us: i64,
    /// How often it was used.
    pub(crate) uses: u64,
    /// How often it can be used.
    pub(crate) most_uses: Option<u64>,
    /// What can be downloaded: `mp4`, `txt`, `vtt`, `srt`.
    pub(crate) allowed: Vec<String>,
    /// Whether it asks for a password.
    pub(crate) has_password: bool,
    /// For whom it is.
    pub(crate) audience: String,
    /// How it is doing.
    pub(crate) state: LinkState,
}

impl LinkLine {
    fn is_valid(&self) -> bool {
        self.state == LinkState::Valid
    }
}

impl ReviewPage {
    fn count(&self, verdict: CheckVerdict) -> usize {
        let is_meant = |check: &&CheckLine| check.verdict == verdict;
        self.checks.iter().filter(is_meant).count()
    }

    fn passed(&self) -> usize {
        self.count(CheckVerdict::Passed)
    }

    fn failed(&self) -> usize {
        self.count(CheckVerdict::Failed)
    }

    fn not_checked(&self) -> usize {
        self.count(CheckVerdict::NotChecked)
    }

    fn is(&self, word: &str) -> bool {
        self.state.word() == word
    }

    /// Whether it can be taken back: only what people get can.
    fn can_be_withdrawn(&self) -> bool {
        self.may_publish
            && matches!(
                self.state,
                RecordingState::Published | RecordingState::Held | RecordingState::Review
            )
    }

    fn tag_words(&self) -> String {
        self.tags.join(" ")
    }
}
