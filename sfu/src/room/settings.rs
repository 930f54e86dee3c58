//! What somebody who makes a room decides about it.

use std::time::Duration;

use scrim_policy::{ConsentRule, Pii, Role};
use serde::{Deserialize, Serialize};

use crate::codec::Codec;

/// A room before anybody is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomSettings {
    /// What it is called.
    pub title: Pii<String>,
    /// Who is let in.
    pub door: Door,
    /// Whether attendees may send media without being asked onto the stage.
    pub is_stage_open: bool,
    /// Whether attendees see who is there.
    pub are_people_shown: bool,
    /// What happens to media in it.
    pub protection: Protection,
    /// How many there can be at once.
    pub most_people: usize,
    /// How much a page is shown at once.
    pub slots: Slots,
    /// How long the meeting goes on without a host.
    pub without_host: Duration,
}

/// Who is let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// Whether guests have to know a password.
    pub has_password: bool,
    /// Whether only people with a personal token or an account are let in.
    pub is_registered_only: bool,
    /// Whether a host lets in everybody who is no host.
    pub has_waiting_room: bool,
    /// Whether nobody new is let in once a host is there.
    pub locks_after_start: bool,
    /// Whether guests may come before the first host.
    pub opens_without_host: bool,
}

/// What happens to media on their way through the server.
///
/// > **A room that is encrypted end to end has no recording.** The rule that a tap needs is part of
/// > the other variant only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// The server could see and hear them. It can be recorded where there is a rule for it.
    Clear(Option<RecordingRule>),
    /// Pages encrypt them with a key that the server never has.
    EndToEnd,
}

/// What people are told before they are recorded, and what their answers mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingRule {
    /// Who is recorded.
    pub rule: ConsentRule,
    /// Whether whoever says no to everything can stay.
    pub can_refuse: bool,
    /// Version of the notice; answers name it.
    pub notice: String,
    /// Who records.
    pub controller: String,
    /// How to reach them, or their data protection officer.
    pub contact: String,
    /// What for.
    pub purpose: String,
    /// Who may see the recording.
    pub audience: String,
    /// How many days it is kept.
    pub days: u32,
}

/// How many slots a page has. They are offered once, and filled as people come, go and speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// For sound.
    pub audio: u8,
    /// For pictures of browsers, in VP8.
    pub vp8: u8,
    /// For pictures of encoders, in H.264.
    pub h264: u8,
}

impl Slots {
    /// Returns the codec of each slot, in the order in which they are offered.
    pub fn codecs(self) -> impl Iterator<Item = Codec> {
        let each = [
            (Codec::Opus, self.audio),
            (Codec::Vp8, self.vp8),
            (Codec::H264, self.h264),
        ];
        each.into_iter()
            .flat_map(|(codec, count)| std::iter::repeat_n(codec, count.into()))
    }
}

/// What somebody does in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// Runs it.
    Host,
    /// Speaks and shows.
    Presenter,
    /// Listens.
    Attendee,
}

impl Protection {
    /// Returns the rule for recording, where there can be one.
    pub const fn recording(&self) -> Option<&RecordingRule> {
        match self {
            Self::Clear(rule) => rule.as_ref(),
            Self::EndToEnd => None,
        }
    }
}

impl Seat {
    /// Returns the role in attendance lists.
    pub const fn role(self) -> Role {
        match self {
            Self::Host => Role::Organiser,
            Self::Presenter => Role::Presenter,
            Self::Attendee => Role::Attendee,
        }
    }

    /// Whether everybody sees the full name, and whether this one sees the names of all.
    pub(crate) const fn is_on_stage(self) -> bool {
        matches!(self, Self::Host | Self::Presenter)
    }
}
