//! The region editor.

use askama::Template;

use super::{ALL_ACTIONS, ALL_KINDS, Choice, Frame};
use crate::serve::texts::Language;

/// `/recordings/{id}/regions`.
#[derive(Template)]
#[template(path = "serve/regions.html")]
pub(crate) struct RegionsPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The id of the original.
    pub(crate) recording: String,
    /// Its title; empty where nobody gave one.
    pub(crate) title: String,
    /// Its length.
    pub(crate) seconds: f64,
    /// Width and height of its picture in pixels; `None` where it has only sound.
    pub(crate) size: Option<[u32; 2]>,
    /// The policies that there are.
    pub(crate) policies: Vec<SavedPolicy>,
    /// The policy document to begin with, as JSON: the one that it was last processed with.
    pub(crate) document: Option<String>,
    /// Whether a policy may keep nothing of the picture.
    pub(crate) may_keep_nothing: bool,
    /// Whether speech can be turned into text here.
    pub(crate) has_speech: bool,
    /// Whether the person may start jobs.
    pub(crate) may_process: bool,
}

/// A policy that was saved before.
pub(crate) struct SavedPolicy {
    /// Its id.
    pub(crate) id: String,
    /// Its newest version.
    pub(crate) version: u32,
    /// Its name.
    pub(crate) name: String,
    /// The document, as JSON.
    pub(crate) document: String,
}

impl RegionsPage {
    fn kinds(&self) -> &'static [Choice] {
        &ALL_KINDS
    }

    fn actions(&self) -> &'static [Choice] {
        &ALL_ACTIONS
    }

    fn speech_languages(&self) -> [Language; 5] {
        Language::ALL
    }

    /// Returns width and height for the overlay.
    fn picture(&self) -> [u32; 2] {
        self.size.unwrap_or([1280, 720])
    }

    /// Returns the last second that can be looked at.
    fn last_second(&self) -> u64 {
        (self.seconds - 0.5).max(0.0) as u64
    }
}
