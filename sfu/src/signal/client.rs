//! What pages say.

use std::collections::BTreeMap;

use scrim_policy::{ConsentPurpose, ParticipantId, Pii, TrackSource};
use serde::{Deserialize, Deserializer};

use super::Leg;
use crate::room::Seat;

/// The longest message, in bytes. An offer of a browser has about 6 kB.
pub const MOST_BYTES: usize = 96 << 10;
/// The longest name, in characters.
const MOST_NAME: usize = 80;
/// The longest line of chat, in characters.
const MOST_CHAT: usize = 2000;
/// The longest password and the longest secret, in bytes.
const MOST_SECRET: usize = 256;
/// The shortest secret of a guest, in bytes: 128 bits in hexadecimal digits.
const LEAST_GUEST: usize = 32;
/// The longest SDP, in bytes.
const MOST_SDP: usize = 64 << 10;
/// The longest candidate, in bytes.
const MOST_CANDIDATE: usize = 512;
/// Most sources of one page.
const MOST_SOURCES: usize = 4;
/// Most breakouts of one room.
const MOST_BREAKOUTS: usize = 50;

/// One message of a page. Those without fields are written with braces: only then are unknown fields
/// refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Wants in.
    Knock {
        /// The name that the person goes by.
        name: Pii<String>,
        /// The password of the room, where it has one.
        #[serde(default)]
        password: Option<Pii<String>>,
        /// The personal token, where the person has one.
        #[serde(default)]
        token: Option<Pii<String>>,
        /// What the person said to the notice so far.
        #[serde(default)]
        consents: BTreeMap<ConsentPurpose, bool>,
        /// Which notice that was.
        #[serde(default)]
        notice: Option<String>,
        /// A secret of the page by which a guest is the same one when they come again.
        #[serde(default)]
        guest: Option<Pii<String>>,
        /// Whether the page comes in by itself. What the person has refused elsewhere meanwhile holds then,
        /// whatever the page says.
        #[serde(default)]
        unasked: bool,
    },
    /// Was in the room a moment ago and lost the connection.
    ComeBack {
        /// What `welcome` gave.
        secret: Pii<String>,
        /// Whether the page still has its connections for media.
        has_media: bool,
    },
    /// Offers what it sends.
    Publish {
        /// The offer.
        sdp: String,
        /// Section of the offer (mid) to what it carries.
        sources: BTreeMap<String, TrackSource>,
    },
    /// Answers what the server offered.
    Answer {
        /// The answer.
        sdp: String,
    },
    /// One more way to reach the page.
    Candidate {
        /// For which connection.
        leg: Leg,
        /// The candidate; empty at the end.
        candidate: String,
        /// The section that it belongs to.
        #[serde(default)]
        mid: Option<String>,
    },
    /// Sends no more of a source for now, or again.
    Mute {
        /// Which one.
        source: TrackSource,
        /// Whether it is silent.
        muted: bool,
    },
    /// Sends nothing of a source any more.
    Unpublish {
        /// Which one.
        source: TrackSource,
    },
    /// Wants to see these, the most important first. Empty: whoever speaks.
    Watch {
        /// Whom.
        people: Vec<ParticipantId>,
    },
    /// What the page takes: a line that is too slow for pictures wants sound only.
    Take {
        /// Whether it takes pictures.
        video: bool,
    },
    /// Writes to everybody in the same place.
    Chat {
        /// What.
        text: Pii<String>,
    },
    /// Raises or lowers the hand.
    Hand {
        /// Whether it is up.
        raised: bool,
    },
    /// Says yes or no to being recorded for a purpose.
    Consent {
        /// For what.
        purpose: ConsentPurpose,
        /// Yes or no.
        given: bool,
        /// Which notice it answers.
        notice: String,
    },
    /// The page has shown a notice.
    Noticed {
        /// Which one.
        notice: String,
    },
    /// Goes.
    Leave {},
    /// Is there.
    Ping {},

    /// Lets somebody in from the waiting room, or not. Of hosts, like all that follow.
    Admit {
        /// Whom.
        participant: ParticipantId,
        /// In, or away.
        admitted: bool,
    },
    /// Removes somebody. Whoever has an account or an invitation cannot come again; a guest can, unless
    /// the room is locked.
    Remove {
        /// Whom.
        participant: ParticipantId,
    },
    /// Makes somebody silent. Nobody is made to speak.
    Silence {
        /// Whom.
        participant: ParticipantId,
        /// Which source.
        source: TrackSource,
    },
    /// Gives somebody another part.
    Seat {
        /// Whom.
        participant: ParticipantId,
        /// Which part.
        seat: Seat,
    },
    /// Takes over a room whose hosts have all left. Of presenters.
    TakeOver {},
    /// Lets nobody in any more, or again.
    Lock {
        /// Whether it is locked.
        locked: bool,
    },
    /// Shows attendees who is there, or not.
    ShowPeople {
        /// Whether they see the list.
        shown: bool,
    },
    /// Starts or stops recording.
    Record {
        /// Which.
        on: bool,
    },
    /// Opens breakouts.
    OpenBreakouts {
        /// What each one is called and whether it is recorded.
        breakouts: Vec<Assignment>,
    },
    /// Sends somebody to a breakout, or back.
    Move {
        /// Whom.
        participant: ParticipantId,
        /// Which breakout, from 0; none is the main room.
        #[serde(default)]
        breakout: Option<u8>,
    },
    /// Brings everybody back and closes the breakouts.
    CloseBreakouts {},
    /// Ends the meeting for everybody.
    End {},
}

/// One breakout that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// What it is called.
    #[serde(deserialize_with = "named")]
    pub name: Pii<String>,
    /// Whether it may be recorded while the room is.
    #[serde(default)]
    pub recorded: bool,
    /// Who is sent there.
    #[serde(default)]
    pub people: Vec<ParticipantId>,
}

/// Why a message was not understood. Nothing of it is repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageError {
    /// It is too long.
    #[error("the message is longer than {most} bytes")]
    TooLong {
        /// Longest message.
        most: usize,
    },
    /// It is no JSON, of an unknown type, or has fields that it should not have.
    #[error("the message is none of this protocol (near column {column})")]
    Unreadable {
        /// Where it stopped making sense, from 1.
        column: usize,
    },
    /// A field is out of its limits.
    #[error("`{field}` is empty, too long or holds characters that it may not hold")]
    Field {
        /// Which one.
        field: &'static str,
    },
}

impl ClientMessage {
    /// Reads a message.
    ///
    /// # Errors
    /// Whatever is not exactly a message of this protocol within its limits.
    pub fn read(text: &str) -> Result<Self, MessageError> {
        if text.len() > MOST_BYTES {
            return Err(MessageError::TooLong { most: MOST_BYTES });
        }
        let message: Self =
            serde_json::from_str(text).map_err(|error| MessageError::Unreadable {
                column: error.column(),
            })?;
        match message.wrong_field() {
            Some(field) => Err(MessageError::Field { field }),
            None => Ok(message),
        }
    }

    fn wrong_field(&self) -> Option<&'static str> {
        let is_secret = |secret: &Option<Pii<String>>| {
            secret
                .as_ref()
                .is_none_or(|secret| secret.reveal().len() <= MOST_SECRET)
        };
        let is_unguessable = |secret: &Option<Pii<String>>| {
            secret
                .as_ref()
                .is_none_or(|secret| secret.reveal().len() >= LEAST_GUEST)
        };
        let check = |is_right: bool, field| if is_right { None } else { Some(field) };
        match self {
            Self::Knock {
                name,
                password,
                token,
                notice,
                guest,
                ..
            } => check(is_line(name.reveal(), MOST_NAME), "name")
                .or_else(|| check(is_secret(password), "password"))
                .or_else(|| check(is_secret(token), "token"))
                .or_else(|| check(is_secret(guest) && is_unguessable(guest), "guest"))
                .or_else(|| check(notice.as_deref().is_none_or(is_word), "notice")),
            Self::ComeBack { secret, .. } => check(secret.reveal().len() <= MOST_SECRET, "secret"),
            Self::Publish { sdp, sources } => check(sdp.len() <= MOST_SDP, "sdp").or_else(|| {
                let has_each_once = sources.len() <= MOST_SOURCES
                    && sources.keys().all(|mid| is_word(mid))
                    && sources
                        .values()
                        .collect::<std::collections::BTreeSet<_>>()
                        .len()
                        == sources.len();
                check(has_each_once && !sources.is_empty(), "sources")
            }),
            Self::Answer { sdp } => check(sdp.len() <= MOST_SDP, "sdp"),
            Self::Candidate { candidate, mid, .. } => {
                check(candidate.len() <= MOST_CANDIDATE, "candidate")
                    .or_else(|| check(mid.as_deref().is_none_or(is_word), "mid"))
            }
            Self::Chat { text } => check(is_text(text.reveal(), MOST_CHAT), "text"),
            Self::Consent { notice, .. } | Self::Noticed { notice } => {
                check(is_word(notice), "notice")
            }
            Self::OpenBreakouts { breakouts } => {
                check((1..=MOST_BREAKOUTS).contains(&breakouts.len()), "breakouts")
            }
            Self::Watch { people } => check(people.len() <= 64, "people"),
            _ => None,
        }
    }
}

/// One line that says something: letters, and nothing that moves the cursor or turns the text.
fn is_line(text: &str, most: usize) -> bool {
    is_text(text, most) && !text.contains(['\n', '\t'])
}

/// Text for people. Characters that turn or hide what follows are no part of it.
fn is_text(text: &str, most: usize) -> bool {
    let is_fine = |letter: char| match letter {
        '\n' | '\t' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => false,
        _ => !letter.is_control(),
    };
    !text.trim().is_empty() && text.chars().count() <= most && text.chars().all(is_fine)
}

/// Ids of notices and sections.
fn is_word(text: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_fine)
}

fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pii<String>, D::Error> {
    let name = Pii::<String>::deserialize(deserializer)?;
    if is_line(name.reveal(), MOST_NAME) {
        Ok(name)
    } else {
        Err(serde::de::Error::custom("no name"))
    }
}
