//! What somebody with a link sees.

use askama::Template;

use super::{Frame, Media};

/// What stands in a transcript where something was taken out.
const REMOVED: &str = "[removed]";

/// `/d/{token}`.
#[derive(Template)]
#[template(path = "serve/player.html")]
pub(crate) struct PlayerPage {
    /// The frame. Nobody needs to be signed in.
    pub(crate) frame: Frame,
    /// The title that may be shown; empty for none.
    pub(crate) title: String,
    /// What is played.
    pub(crate) media: Media,
    /// Its length.
    pub(crate) seconds: f64,
    /// Until when the link works.
    pub(crate) valid_until_us: i64,
    /// The transcript, one turn after another; empty where there is none.
    pub(crate) turns: Vec<Turn>,
    /// The language of the transcript.
    pub(crate) language: String,
    /// What the link allows to be downloaded.
    pub(crate) downloads: Vec<Download>,
}

/// What one person says until somebody else speaks.
pub(crate) struct Turn {
    /// Who speaks, as the recording calls them.
    pub(crate) speaker: Option<String>,
    /// What is said.
    pub(crate) cues: Vec<CueLine>,
}

/// A line of a transcript.
pub(crate) struct CueLine {
    /// When it begins, in seconds.
    pub(crate) start: f64,
    /// When it ends, in seconds.
    pub(crate) end: f64,
    /// What is said.
    pub(crate) text: String,
}

/// A piece of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// Something was taken out here.
    Removed,
}

impl CueLine {
    /// Splits the line at what was taken out.
    pub(crate) fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        for (index, words) in self.text.split(REMOVED).enumerate() {
            if index > 0 {
                pieces.push(Piece::Removed);
            }
            if !words.is_empty() {
                pieces.push(Piece::Words(words));
            }
        }
        pieces
    }
}

/// A file that can be downloaded.
pub(crate) struct Download {
    /// Its address.
    pub(crate) href: String,
    /// What it is: `mp4`, `txt`, `vtt`, `srt`.
    pub(crate) format: &'static str,
    /// Its length in bytes, where it is known.
    pub(crate) bytes: Option<u64>,
}

impl Download {
    fn key(&self) -> &'static str {
        match self.format {
            "mp4" => "download-mp4",
            "txt" => "download-txt",
            "vtt" => "download-vtt",
            _ => "download-srt",
        }
    }
}

impl PlayerPage {
    fn has_removed(&self) -> bool {
        let mut cues = self.turns.iter().flat_map(|turn| &turn.cues);
        cues.any(|cue| cue.text.contains(REMOVED))
    }
}

/// `/d/{token}` where the link asks for a password. POST to the same address: `password`.
#[derive(Template)]
#[template(path = "serve/link_password.html")]
pub(crate) struct LinkPasswordPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The address of this page.
    pub(crate) action: String,
    /// Whether a wrong one was given.
    pub(crate) is_wrong: bool,
    /// For how many seconds nothing is tried, after too many wrong ones.
    pub(crate) wait_seconds: Option<u64>,
}

/// Why a link does not lead to a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClosedReason {
    /// The recording is being made. 425 or 503 with `Retry-After`.
    NotReady,
    /// Its time is over. 410.
    Expired,
    /// Somebody took it back. 410.
    Revoked,
    /// It was used as often as it could be. 410.
    UsedUp,
    /// There is no such link. 404.
    Unknown,
    /// This person may not use it. 403.
    NoAccess,
}

/// `/d/{token}` where there is nothing to be had.
#[derive(Template)]
#[template(path = "serve/link_closed.html")]
pub(crate) struct LinkClosedPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Why.
    pub(crate) reason: ClosedReason,
    /// When it ended, for one that is over.
    pub(crate) ended_us: Option<i64>,
    /// Whom to ask, as the operator wrote it; empty for nobody.
    pub(crate) contact: String,
}

impl LinkClosedPage {
    fn title_key(&self) -> &'static str {
        match self.reason {
            ClosedReason::NotReady => "closed-not-ready",
            ClosedReason::Expired => "closed-expired",
            ClosedReason::Revoked => "closed-revoked",
            ClosedReason::UsedUp => "closed-used-up",
            ClosedReason::Unknown => "closed-unknown",
            ClosedReason::NoAccess => "closed-no-access",
        }
    }

    fn help_key(&self) -> &'static str {
        match self.reason {
            ClosedReason::NotReady => "closed-not-ready-help",
            ClosedReason::Expired => "closed-expired-help",
            ClosedReason::Revoked => "closed-revoked-help",
            ClosedReason::UsedUp => "closed-used-up-help",
            ClosedReason::Unknown => "closed-unknown-help",
            ClosedReason::NoAccess => "closed-no-access-help",
        }
    }

    fn is_waiting(&self) -> bool {
        self.reason == ClosedReason::NotReady
    }
}
