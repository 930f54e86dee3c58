//! What happened in a room, in order: the timeline.
//!
//! A room writes it, entry by entry, into a log of its own. Together with the layers of the tracks it
//! is the source of a live recording, and it is the evidence of who was told what and who agreed.

use serde::{Deserialize, Serialize};

use crate::{ConsentPurpose, Moment, ParticipantId, Pii, Role, TrackId};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelineEntry {
    /// When, on the clock of the room: from when it was opened.
    pub at: Moment,
    /// What.
    pub event: TimelineEvent,
}

/// What can happen in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum TimelineEvent {
    /// The room was opened. Always the first entry.
    Opened {
        /// By the wall clock, in milliseconds since 1970, UTC.
        unix_millis: i64,
        /// Who is recorded.
        rule: ConsentRule,
    },
    /// Somebody came in.
    Joined {
        /// Who, in this timeline.
        participant: ParticipantId,
        /// The name that the person goes by.
        #[serde(serialize_with = "Pii::serialize_revealed")]
        name: Pii<String>,
        /// The e-mail address of whoever has registered or has an account.
        #[serde(serialize_with = "Pii::serialize_revealed_if_any")]
        email: Option<Pii<String>>,
        /// What stands for the name.
        initials: String,
        /// What the person does.
        role: Role,
    },
    /// Somebody does something else now.
    RoleChanged {
        /// Who.
        participant: ParticipantId,
        /// What the person does.
        role: Role,
    },
    /// Somebody went to a breakout, or back.
    Placed {
        /// Who.
        participant: ParticipantId,
        /// Which breakout, from 0; none is the main room.
        breakout: Option<u8>,
    },
    /// Breakouts were opened: their recording rules, in order.
    BreakoutsOpened {
        /// Whether each is recorded while the room is.
        recorded: Vec<bool>,
    },
    /// Everybody is in the main room again.
    BreakoutsClosed,
    /// Somebody went, for good.
    Left {
        /// Who.
        participant: ParticipantId,
    },
    /// A track began.
    TrackOpened {
        /// Which.
        track: TrackId,
        /// Whose.
        participant: ParticipantId,
        /// From where.
        source: TrackSource,
    },
    /// A track sends nothing for now, or again.
    TrackMuted {
        /// Which.
        track: TrackId,
        /// Whether it is silent.
        muted: bool,
    },
    /// A track ended.
    TrackClosed {
        /// Which.
        track: TrackId,
    },
    /// Somebody has the floor: of those who speak, the one to look at.
    Speaks {
        /// Who; none while everybody is silent.
        participant: Option<ParticipantId>,
    },
    /// Somebody was shown a notice.
    Noticed {
        /// Who.
        participant: ParticipantId,
        /// Which.
        notice: String,
    },
    /// Somebody agreed, or did not, or not any more.
    Consented {
        /// Who.
        participant: ParticipantId,
        /// To what.
        purpose: ConsentPurpose,
        /// Yes or no.
        given: bool,
        /// After which notice.
        notice: String,
    },
    /// Recording began. Everybody was told.
    RecordingStarted,
    /// Recording ended. Everybody was told.
    RecordingStopped,
    /// The meeting is over. The last entry of a room that ended well.
    Ended,
}

/// Where a track comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackSource {
    /// The voice of a person.
    Microphone,
    /// The picture of a person.
    Camera,
    /// What somebody shares of a screen.
    Screen,
    /// The sound of what somebody shares.
    ScreenSound,
}

/// Picture or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// Who is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentRule {
    /// Only who said yes, GDPR Art. 6(1)(a).
    #[default]
    Explicit,
    /// Everybody who was told and did not say no. It rests on something else than consent, so that
    /// a no is an objection, GDPR Art. 21.
    Inform,
}

impl TrackSource {
    /// Returns whether it is picture or sound.
    pub const fn medium(self) -> Medium {
        match self {
            Self::Microphone | Self::ScreenSound => Medium::Audio,
            Self::Camera | Self::Screen => Medium::Video,
        }
    }

    /// Returns the purpose that a recording of it needs a yes for. The sound of a shared screen
    /// belongs to the screen.
    pub const fn purpose(self) -> ConsentPurpose {
        match self {
            Self::Microphone => ConsentPurpose::Voice,
            Self::Camera => ConsentPurpose::Camera,
            Self::Screen | Self::ScreenSound => ConsentPurpose::Screen,
        }
    }

    /// Returns the word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::ScreenSound => "screen_sound",
        }
    }
}
