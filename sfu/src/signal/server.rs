//! What the server says.

use std::collections::BTreeMap;

use scrim_policy::{ConsentPurpose, ConsentRule, Medium, ParticipantId, Pii, TrackSource};
use serde::Serialize;

use super::Leg;
use crate::room::Seat;

/// One message of the server to one page. Names in it are only those that this page may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Somebody has to let the person in.
    Waiting,
    /// The person is not let in, or not any more. The connection is closed after it.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// The person is in the room.
    Welcome {
        /// Who the person is to others.
        you: ParticipantId,
        /// What the person does here.
        seat: Seat,
        /// What brings the person back after a lost connection. Good for 10 s after it.
        #[serde(serialize_with = "Pii::serialize_revealed")]
        secret: Pii<String>,
        /// The room.
        room: RoomView,
        /// Whether the connections for media are still there.
        is_back: bool,
        /// How many messages of the person have arrived so far, apart from pings. A page that has said
        /// more says it again.
        said: u64,
        /// Servers for pages that cannot reach this one directly.
        ice_servers: Vec<IceServer>,
    },
    /// Answers `publish`.
    Answer {
        /// The answer.
        sdp: String,
    },
    /// Offers what the page can be shown: slots, which are filled by `slots`.
    Offer {
        /// The offer.
        sdp: String,
    },
    /// One more way to reach the server.
    Candidate {
        /// For which connection.
        leg: Leg,
        /// The candidate.
        candidate: String,
        /// Position of the section that it belongs to.
        index: u32,
    },
    /// What is in the slots now. Slots that are not listed are empty.
    Slots {
        /// Each slot that has something.
        slots: Vec<SlotView>,
    },
    /// Everybody whom the person may see, and how many there are.
    People {
        /// Those whom the person may see.
        people: Vec<PersonView>,
        /// How many are in the room.
        count: usize,
    },
    /// Who waits to be let in, and whose hands are up, in their order. For hosts.
    Hosting(HostView),
    /// The room has changed.
    Room(RoomView),
    /// What the person does here has changed.
    Seat {
        /// What.
        seat: Seat,
    },
    /// Who is speaking, the loudest first.
    Speaking {
        /// They.
        people: Vec<ParticipantId>,
    },
    /// Somebody wrote.
    Chat(ChatLine),
    /// A host made a source of the person silent.
    Silenced {
        /// Which one.
        source: TrackSource,
    },
    /// What the person said about being recorded, as the server has it.
    Consents {
        /// Yes or no; purposes without an answer are not listed.
        consents: BTreeMap<ConsentPurpose, bool>,
    },
    /// What the person said is kept, and can be seen and taken back there, also after the meeting.
    Personal {
        /// The path of the page. Whoever has it can do that.
        #[serde(serialize_with = "Pii::serialize_revealed")]
        link: Pii<String>,
    },
    /// All hosts are gone. The meeting ends, unless a presenter takes over.
    HostsGone {
        /// After so many seconds.
        ends_in: u64,
    },
    /// A host is there again, or somebody took over.
    HostsBack,
    /// The person is sent to a breakout, or back to the main room.
    Moved {
        /// Which breakout, from 0; none is the main room.
        breakout: Option<u8>,
    },
    /// What the page asked for was not done.
    Problem {
        /// A word for it, which does not change.
        code: &'static str,
    },
    /// The meeting is over. The connection is closed after it.
    Ended,
    /// Answers `ping`.
    Pong {
        /// How many messages of the person have arrived so far, apart from pings.
        said: u64,
    },
}

/// Why somebody is not in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The meeting is over.
    Ended,
    /// It has not begun, and only hosts can begin it.
    NotOpen,
    /// Nobody is let in any more.
    Locked,
    /// There is no place left.
    Full,
    /// The password is wrong.
    Password,
    /// Only who has registered is let in.
    RegisteredOnly,
    /// The token is unknown, used up or over.
    Token,
    /// A host said no.
    NotAdmitted,
    /// A host removed the person.
    Removed,
    /// The room wants whoever is in it to be recorded, and the person said no.
    Consent,
    /// Nothing came from the page for too long.
    Silent,
    /// The secret brings nobody back.
    TooLate,
    /// The person is here from another page.
    Elsewhere,
    /// Media are encrypted from page to page, and encoders and players have no passphrase.
    NoPassphrase,
}

/// A room as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoomView {
    /// What it is called.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub title: Pii<String>,
    /// Whether nobody is let in any more.
    pub is_locked: bool,
    /// Whether it is being recorded.
    pub is_recording: bool,
    /// What people are told about recording; none where there is no recording.
    pub notice: Option<NoticeView>,
    /// Whether media are encrypted from page to page.
    pub is_end_to_end: bool,
    /// Whether attendees may send media.
    pub is_stage_open: bool,
    /// Whether attendees see who is there.
    pub are_people_shown: bool,
    /// Breakouts that are open.
    pub breakouts: Vec<BreakoutView>,
    /// Which of them the person is in, from 0; none is the main room.
    pub breakout: Option<u8>,
}

/// What people are told before they are recorded: GDPR Art. 13.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeView {
    /// Which version of it. Answers name it.
    pub id: String,
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
    /// Whether a recording is made only of who said yes (`explicit`), or of everybody but who said no
    /// (`inform`).
    pub rule: ConsentRule,
    /// Whether whoever says no can stay.
    pub can_refuse: bool,
}

/// Somebody in the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// Who, to the page.
    pub id: ParticipantId,
    /// The name, or the initials where the viewer may not see more.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub label: Pii<String>,
    /// The initials, for where there is no picture.
    pub initials: String,
    /// What the person does here.
    pub seat: Seat,
    /// What the person sends; `false` is muted.
    pub sends: BTreeMap<TrackSource, bool>,
    /// Whether the hand is up.
    pub has_hand_up: bool,
    /// Whether the connection is lost for the moment.
    pub is_away: bool,
    /// Whether anything of the person is being recorded. Everybody may know.
    pub is_recorded: bool,
    /// Which breakout the person is in, for hosts.
    pub breakout: Option<u8>,
}

/// What hosts have to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HostView {
    /// Who waits to be let in.
    pub waiting: Vec<PersonView>,
    /// Whose hands are up, in their order.
    pub hands: Vec<ParticipantId>,
}

/// A slot of the page that has something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlotView {
    /// Position of its section in the offer, from 0.
    pub index: u32,
    /// Picture or sound.
    pub medium: Medium,
    /// Whose.
    pub participant: ParticipantId,
    /// What.
    pub source: TrackSource,
}

/// A line of chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChatLine {
    /// Who wrote it.
    pub from: ParticipantId,
    /// How that person is called, to the page.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub label: Pii<String>,
    /// What.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub text: Pii<String>,
    /// When, in seconds since the meeting began.
    pub at: u64,
}

/// A breakout as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BreakoutView {
    /// What it is called.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub name: Pii<String>,
    /// Whether it is recorded while the room is.
    pub is_recorded: bool,
    /// How many are in it.
    pub count: usize,
}

/// A TURN server, with a name and a password that are good for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IceServer {
    /// Addresses.
    pub urls: Vec<String>,
    /// The name.
    pub username: String,
    /// The password.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub credential: Pii<String>,
}

impl ServerMessage {
    /// Returns the message as it is sent.
    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("messages have only text, numbers and maps of words")
    }
}
