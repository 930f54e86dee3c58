//! Rooms, as whoever holds meetings sees them.

use askama::Template;

use super::{Choice, Frame};

/// Who is let in.
const DOORS: [Choice; 3] = [
    Choice {
        word: "open",
        key: "rooms-door-open",
        help: "",
    },
    Choice {
        word: "password",
        key: "rooms-door-password",
        help: "",
    },
    Choice {
        word: "registered",
        key: "rooms-door-registered",
        help: "rooms-door-registered-help",
    },
];

/// What happens to sound and pictures.
const PROTECTIONS: [Choice; 4] = [
    Choice {
        word: "unrecorded",
        key: "rooms-unrecorded",
        help: "rooms-unrecorded-help",
    },
    Choice {
        word: "explicit",
        key: "rooms-explicit",
        help: "rooms-explicit-help",
    },
    Choice {
        word: "inform",
        key: "rooms-inform",
        help: "rooms-inform-help",
    },
    Choice {
        word: "end_to_end",
        key: "rooms-end-to-end",
        help: "rooms-end-to-end-help",
    },
];

/// Who can register where only people with an invitation are let in.
const REGISTRATIONS: [Choice; 3] = [
    Choice {
        word: "closed",
        key: "register-closed",
        help: "",
    },
    Choice {
        word: "open",
        key: "register-open",
        help: "",
    },
    Choice {
        word: "approved",
        key: "register-approved",
        help: "",
    },
];

/// What somebody can be invited to do.
const SEATS: [Choice; 2] = [
    Choice {
        word: "attendee",
        key: "room-attendee",
        help: "rooms-attendee-help",
    },
    Choice {
        word: "presenter",
        key: "room-presenter",
        help: "rooms-presenter-help",
    },
];

/// How far a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoomStanding {
    /// Its meeting is to come.
    Planned,
    /// Its meeting goes on.
    Open,
    /// Its meeting is over.
    Ended,
}

impl RoomStanding {
    fn word(self) -> &'static str {
        match self {
            Self::Planned => "review",
            Self::Open => "active",
            Self::Ended => "unknown",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Planned => "rooms-planned",
            Self::Open => "rooms-open",
            Self::Ended => "rooms-ended",
        }
    }
}

/// `/rooms`, with `?before=`.
#[derive(Template)]
#[template(path = "serve/rooms.html")]
pub(crate) struct RoomsPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The rooms of this page.
    pub(crate) rooms: Vec<RoomLine>,
    /// Address of the next page.
    pub(crate) next: Option<String>,
}

/// One room of the list.
pub(crate) struct RoomLine {
    /// Its id.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) title: String,
    /// How far it is.
    pub(crate) standing: RoomStanding,
    /// When its meeting is to begin, or began.
    pub(crate) begins_us: Option<i64>,
    /// When it was planned.
    pub(crate) made_us: i64,
}

/// `/rooms/new`. POST to the same address with the fields of [`RoomFilled`], and `policy`.
#[derive(Template)]
#[template(path = "serve/room_plan.html")]
pub(crate) struct RoomPlanPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// What is in the form.
    pub(crate) filled: RoomFilled,
    /// The policies that there are.
    pub(crate) policies: Vec<RoomPolicy>,
    /// Whether anybody gets mail, without which nobody can register.
    pub(crate) has_mail: bool,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
}

/// What is in the form of a room.
pub(crate) struct RoomFilled {
    /// `title`.
    pub(crate) title: String,
    /// `begins`: a time in UTC, as browsers write it.
    pub(crate) begins: String,
    /// `most`: the most people.
    pub(crate) most: String,
    /// `door`: open, password or registered.
    pub(crate) door: String,
    /// `registration`: closed, open or approved.
    pub(crate) registration: String,
    /// `most_registrations`: how many; empty for as many as people.
    pub(crate) most_registrations: String,
    /// `waiting`: whether guests wait until a host lets them in.
    pub(crate) has_waiting_room: bool,
    /// `locks`: whether nobody new is let in once a host is there.
    pub(crate) locks_after_start: bool,
    /// `early`: whether guests may come before a host.
    pub(crate) opens_without_host: bool,
    /// `stage`: whether attendees may speak.
    pub(crate) is_stage_open: bool,
    /// `people`: whether attendees see who is there.
    pub(crate) are_people_shown: bool,
    /// `protection`: unrecorded, explicit, inform or end_to_end.
    pub(crate) protection: String,
    /// `controller`: who records.
    pub(crate) controller: String,
    /// `contact`: how to reach them.
    pub(crate) contact: String,
    /// `purpose`: what for.
    pub(crate) purpose: String,
    /// `audience`: who may see it.
    pub(crate) audience: String,
    /// `days`: for how long it is kept.
    pub(crate) days: String,
    /// `refuse`: whether whoever says no to everything can stay.
    pub(crate) can_refuse: bool,
}

impl RoomFilled {
    fn is_door(&self, word: &str) -> bool {
        self.door == word
    }

    fn is_registration(&self, word: &str) -> bool {
        self.registration == word
    }

    fn is_protection(&self, word: &str) -> bool {
        self.protection == word
    }
}

/// A policy that a recording can be processed with.
pub(crate) struct RoomPolicy {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Whether it is the one that was chosen.
    pub(crate) is_chosen: bool,
}

impl RoomPlanPage {
    fn doors(&self) -> &'static [Choice] {
        &DOORS
    }

    fn registrations(&self) -> &'static [Choice] {
        &REGISTRATIONS
    }

    fn protections(&self) -> &'static [Choice] {
        &PROTECTIONS
    }
}

/// `/rooms/{id}`. POST to the same address invites: `name`, `email`, `seat`;
/// `/rooms/{id}/invitations/{invitation}/withdraw`, `/rooms/{id}/remove`;
/// `/rooms/{id}/registrations/{registration}/approve`, and `refuse` with `mail`.
#[derive(Template)]
#[template(path = "serve/room_facts.html")]
pub(crate) struct RoomFactsPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// Its id.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) title: String,
    /// How far it is.
    pub(crate) standing: RoomStanding,
    /// Where it is.
    pub(crate) join_url: String,
    /// Its code.
    pub(crate) code: String,
    /// What holds in it.
    pub(crate) facts: Vec<RoomFact>,
    /// Who has registered, where anybody can or somebody waits.
    pub(crate) registrations: Option<RoomRegistrations>,
    /// Who is invited.
    pub(crate) invitations: Vec<InvitationLine>,
    /// The address for whoever was just invited. It is shown this once.
    pub(crate) fresh: Option<String>,
    /// What is wrong with the form.
    pub(crate) error: Option<String>,
}

/// Something that holds in a room.
pub(crate) struct RoomFact {
    /// Key of what it is about.
    pub(crate) label: &'static str,
    /// What holds, in the language of the page.
    pub(crate) text: String,
}

/// Who has registered for a room.
pub(crate) struct RoomRegistrations {
    /// Where people register, where they can.
    pub(crate) url: Option<String>,
    /// How many places are taken.
    pub(crate) taken: u64,
    /// How many there are.
    pub(crate) most: u64,
    /// Whether somebody decides about each.
    pub(crate) needs_approval: bool,
    /// Whether a mail can be sent to whoever is refused.
    pub(crate) has_mail: bool,
    /// Who waits for that.
    pub(crate) waiting: Vec<WaitingLine>,
}

impl RoomRegistrations {
    fn has_list(&self) -> bool {
        self.needs_approval || !self.waiting.is_empty()
    }
}

/// Somebody who waits to be approved.
pub(crate) struct WaitingLine {
    /// The id of the registration.
    pub(crate) id: String,
    /// The name of the person. Personal data.
    pub(crate) name: String,
    /// The address of the person. Personal data.
    pub(crate) email: String,
    /// When it was confirmed.
    pub(crate) confirmed_us: i64,
}

/// An invitation.
pub(crate) struct InvitationLine {
    /// Its id.
    pub(crate) id: String,
    /// The name of whoever is invited. Personal data.
    pub(crate) name: String,
    /// The address; empty where it is not known. Personal data.
    pub(crate) email: String,
    /// Word of what the person is to do.
    pub(crate) seat: &'static str,
    /// Since when the person is invited.
    pub(crate) invited_us: i64,
    /// Whether it was taken back.
    pub(crate) is_withdrawn: bool,
}

impl InvitationLine {
    fn seat_key(&self) -> &'static str {
        match self.seat {
            "presenter" => "room-presenter",
            _ => "room-attendee",
        }
    }
}

impl RoomFactsPage {
    fn seats(&self) -> &'static [Choice] {
        &SEATS
    }

    fn is_over(&self) -> bool {
        self.standing == RoomStanding::Ended
    }

    fn is_going_on(&self) -> bool {
        self.standing == RoomStanding::Open
    }
}
