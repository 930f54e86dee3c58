//! The list of recordings, and uploading.

use askama::Template;

use super::{ALL_STATES, Frame, RecordingState};

/// `/recordings`, with `?state=`, `?q=` and `?after=`.
#[derive(Template)]
#[template(path = "serve/recordings.html")]
pub(crate) struct RecordingsPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// One tile per state, in the order of [`ALL_STATES`].
    pub(crate) tiles: Vec<StateTile>,
    /// The state that is looked at.
    pub(crate) state: Option<RecordingState>,
    /// What is searched for.
    pub(crate) query: String,
    /// The recordings of this page.
    pub(crate) recordings: Vec<RecordingLine>,
    /// Address of the next page.
    pub(crate) next: Option<String>,
}

/// How many recordings are in a state.
pub(crate) struct StateTile {
    /// The state.
    pub(crate) state: RecordingState,
    /// How many.
    pub(crate) count: u64,
}

impl StateTile {
    /// Returns one tile per state.
    pub(crate) fn all(count: impl Fn(RecordingState) -> u64) -> Vec<Self> {
        let tile = |state| Self {
            state,
            count: count(state),
        };
        ALL_STATES.into_iter().map(tile).collect()
    }
}

/// One recording of the list.
pub(crate) struct RecordingLine {
    /// Its id.
    pub(crate) id: String,
    /// Its title; empty where nobody gave one.
    pub(crate) title: String,
    /// How far it is.
    pub(crate) state: RecordingState,
    /// The last job.
    pub(crate) job: Option<String>,
    /// Its length, once it is known.
    pub(crate) seconds: Option<f64>,
    /// When it came.
    pub(crate) created_us: i64,
    /// When it goes.
    pub(crate) expires_us: Option<i64>,
    /// What happened, for one that failed: in the language of the page.
    pub(crate) failure: Option<String>,
}

impl RecordingLine {
    /// Returns where its title leads.
    fn href(&self) -> String {
        match (self.state, &self.job) {
            (RecordingState::Original | RecordingState::Waiting, None) => {
                format!("/recordings/{}/regions", self.id)
            }
            (RecordingState::Waiting | RecordingState::Processing, Some(job)) => {
                format!("/jobs/{job}")
            }
            (RecordingState::Original, _) => format!("/recordings/{}/regions", self.id),
            _ => format!("/recordings/{}", self.id),
        }
    }
}

impl RecordingsPage {
    /// Returns the address of a state, or of all where it is the current one.
    fn tile_href(&self, state: &RecordingState) -> String {
        if self.state == Some(*state) {
            "/recordings".to_owned()
        } else {
            format!("/recordings?state={}", state.word())
        }
    }

    fn is_current(&self, state: &RecordingState) -> bool {
        self.state == Some(*state)
    }

    /// Whether there is nothing at all, rather than nothing that was looked for.
    fn is_new(&self) -> bool {
        self.query.is_empty() && self.tiles.iter().all(|tile| tile.count == 0)
    }
}

/// `/recordings/new`.
#[derive(Template)]
#[template(path = "serve/upload.html")]
pub(crate) struct UploadPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The longest file that is taken, in bytes.
    pub(crate) most_bytes: u64,
    /// For how many days an original is kept.
    pub(crate) kept_days: u32,
}
