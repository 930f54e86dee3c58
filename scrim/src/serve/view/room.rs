//! What somebody sees who comes to a room.

use askama::Template;

use super::Frame;

/// `/r/{code}`.
#[derive(Template)]
#[template(path = "serve/room.html")]
pub(crate) struct RoomPage {
    /// The frame. Nobody needs to be signed in.
    pub(crate) frame: Frame,
    /// What the room is called.
    pub(crate) title: String,
    /// The code of the room, which leads to it.
    pub(crate) code: String,
    /// Where its WebSocket is.
    pub(crate) live: String,
    /// Whether guests have to know a password.
    pub(crate) asks_password: bool,
    /// Whether people can register, where only people with an invitation are let in.
    pub(crate) takes_registrations: bool,
    /// Whether media are encrypted from page to page.
    pub(crate) is_end_to_end: bool,
    /// Whether attendees may send media.
    pub(crate) is_stage_open: bool,
    /// Whether whoever asks runs the room.
    pub(crate) is_host: bool,
    /// The name of whoever asks; empty where it is not known.
    pub(crate) name: String,
    /// What people are told about recording.
    pub(crate) notice: Option<RoomNotice>,
}

/// What people are told about recording.
pub(crate) struct RoomNotice {
    /// Which version of it.
    pub(crate) id: String,
    /// Who records.
    pub(crate) controller: String,
    /// How to reach them.
    pub(crate) contact: String,
    /// What for.
    pub(crate) purpose: String,
    /// Who may see the recording.
    pub(crate) audience: String,
    /// How many days it is kept.
    pub(crate) days: u32,
    /// Whether only who said yes is recorded.
    pub(crate) is_explicit: bool,
    /// Whether whoever says no can stay.
    pub(crate) can_refuse: bool,
}

/// `/r/{code}`, where there is nothing to come to.
#[derive(Template)]
#[template(path = "serve/room_closed.html")]
pub(crate) struct RoomClosedPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Why.
    pub(crate) reason: RoomClosed,
    /// When it begins, where that is known and still to come.
    pub(crate) begins_us: Option<i64>,
    /// Whom to ask; empty where nobody is named.
    pub(crate) contact: String,
}

/// Why a room is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoomClosed {
    /// There is no such room.
    Unknown,
    /// Its meeting is over.
    Over,
    /// It begins later.
    Early,
}

impl RoomClosedPage {
    fn title_key(&self) -> &'static str {
        match self.reason {
            RoomClosed::Unknown => "room-closed-unknown",
            RoomClosed::Over => "room-closed-over",
            RoomClosed::Early => "room-closed-early",
        }
    }

    fn help_key(&self) -> &'static str {
        match self.reason {
            RoomClosed::Unknown => "room-closed-unknown-help",
            RoomClosed::Over => "room-closed-over-help",
            RoomClosed::Early => "room-closed-early-help",
        }
    }

    fn is_early(&self) -> bool {
        self.reason == RoomClosed::Early
    }
}
