//! What happens to a room, and what it wants to be done.

use std::collections::BTreeMap;

use scrim_policy::{ConsentPurpose, ParticipantId, Pii, TimelineEvent, TrackId, TrackSource};

use super::{Consented, Slots};
use crate::codec::Codec;
use crate::signal::{ClientMessage, IceServer, Leg, ServerMessage};
use crate::tap::RecordingFailure;

/// A connection of a page, numbered by whoever accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Somebody wants in, and what they showed has been checked.
    Knocked {
        /// From where.
        connection: ConnectionId,
        /// Who.
        arrival: Arrival,
    },
    /// Somebody was here a moment ago.
    CameBack {
        /// From where.
        connection: ConnectionId,
        /// What brings them back.
        secret: Pii<String>,
        /// Whether the page still has its connections for media.
        has_media: bool,
    },
    /// A page said something.
    Said {
        /// Which one.
        connection: ConnectionId,
        /// What.
        message: ClientMessage,
    },
    /// A page said something that is no message. Nothing is done, and it has arrived.
    Unread {
        /// Which one.
        connection: ConnectionId,
    },
    /// A connection is gone.
    Lost {
        /// Which one.
        connection: ConnectionId,
    },
    /// Something happened to media.
    Media(MediaInput),
    /// Whoever records cannot do so any more. What was recorded stays.
    RecordingFailed {
        /// Why.
        failure: RecordingFailure,
    },
    /// What somebody said to the notice is kept.
    Kept {
        /// Who.
        participant: ParticipantId,
        /// Where that person sees it and takes it back.
        link: Pii<String>,
    },
    /// Somebody has refused something by the personal link, from inside or after having left.
    Refused {
        /// Everybody that the person was or is here.
        participants: Vec<ParticipantId>,
        /// What for.
        purposes: Vec<ConsentPurpose>,
    },
    /// Whoever runs the server ends the meeting.
    End,
}

/// Who wants in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Who that will be to others; new.
    pub participant: ParticipantId,
    /// What will bring them back; new and unguessable.
    pub secret: Pii<String>,
    /// The name that they go by.
    pub name: Pii<String>,
    /// The address, where it is known and was confirmed.
    pub email: Option<Pii<String>>,
    /// What they showed.
    pub pass: Pass,
    /// What they come with.
    pub client: Client,
    /// Which person it is, where that is known: the same one is here once, and who was removed does
    /// not come again.
    pub identity: Option<Identity>,
    /// In which language they are told what is recorded, as a tag of BCP 47. An encoder is told
    /// nothing.
    pub language: Option<&'static str>,
    /// Servers for a page that cannot reach this one directly.
    pub ice_servers: Vec<IceServer>,
    /// What they said to the notice so far.
    pub consents: BTreeMap<ConsentPurpose, bool>,
    /// Which notice that was.
    pub notice: Option<String>,
}

/// Which account, registration or guest somebody is. It means nothing outside of the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub u128);

/// What somebody showed, already checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// An account that may run the room.
    Host,
    /// A personal token of a presenter.
    Presenter,
    /// A personal token of an attendee.
    Registered,
    /// Nothing but maybe the password.
    Guest {
        /// Whether it was right.
        knows_password: bool,
    },
}

/// What somebody comes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Client {
    /// A page, which says every 2 s that it is there.
    Page,
    /// An encoder that only sends, and says nothing between its offer and its end.
    Encoder,
    /// A player that only watches, and says as little. It is answered once it is let in.
    Player(PlayOffer),
}

/// What a player wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayOffer {
    /// Its offer.
    pub sdp: String,
    /// The codecs that it takes, of one section for sound and one for pictures at most.
    pub takes: Vec<Codec>,
}

/// What happens to media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaInput {
    /// Media of a source flow.
    Opened {
        /// Whose.
        participant: ParticipantId,
        /// From where.
        source: TrackSource,
        /// Which track it is; new.
        track: TrackId,
        /// In which codec.
        codec: Codec,
    },
    /// A track is over.
    Closed {
        /// Which.
        track: TrackId,
    },
    /// These can be heard, the loudest first. The first one has the floor.
    Speaking {
        /// Tracks of microphones.
        tracks: Vec<TrackId>,
    },
    /// How many pictures the line of a page or a player is good for.
    Capacity {
        /// Whose.
        participant: ParticipantId,
        /// How many.
        pictures: usize,
    },
    /// Nothing came of a participant for long who sends or plays something, or should by now.
    Silent {
        /// Whose.
        participant: ParticipantId,
    },
    /// A connection for media broke.
    Failed {
        /// Whose.
        participant: ParticipantId,
        /// Which one.
        leg: Leg,
    },
}

/// What has to be done.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Tell a page something.
    Tell {
        /// Which one.
        connection: ConnectionId,
        /// What.
        message: ServerMessage,
    },
    /// Close a connection, once everything was told.
    Hang {
        /// Which one.
        connection: ConnectionId,
    },
    /// Do something with media.
    Media(MediaOrder),
    /// Do something with the recording.
    Tap(TapOrder),
    /// Write something into the timeline.
    Note(TimelineEvent),
    /// Keep what somebody was told or said, for the person.
    Answered(Answered),
    /// Nobody comes in any more.
    Ended {
        /// Whether there was a meeting, which is over. Otherwise nobody was ever in, and the room may be
        /// opened again.
        had_meeting: bool,
    },
}

/// What somebody was told about recording, and said to it. The timeline has it too, but only as
/// long as the recording is to be made from it; this is for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Who.
    pub participant: ParticipantId,
    /// Which person that is, where it is known.
    pub identity: Option<Identity>,
    /// In which language the notice was shown.
    pub language: Option<&'static str>,
    /// Which notice.
    pub notice: String,
    /// For what, and yes or no. None where the notice was shown and nothing was said yet.
    pub answer: Option<(ConsentPurpose, bool)>,
}

/// What has to be done with media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaOrder {
    /// Offer slots to a page.
    OpenViewer {
        /// Whose.
        participant: ParticipantId,
        /// How many.
        slots: Slots,
    },
    /// Take what a page offers. What it sent before ends.
    Publish {
        /// Whose.
        participant: ParticipantId,
        /// The offer.
        sdp: String,
        /// Section to source; others are not taken.
        sources: BTreeMap<String, TrackSource>,
    },
    /// Take what a player offers, and answer it. It has a slot for sound and one for pictures, in this
    /// order, as far as it takes them.
    Play {
        /// Whose.
        participant: ParticipantId,
        /// The offer.
        sdp: String,
    },
    /// Take the answer of a page.
    Answer {
        /// Whose.
        participant: ParticipantId,
        /// The answer.
        sdp: String,
    },
    /// Take a candidate.
    Candidate {
        /// Whose.
        participant: ParticipantId,
        /// For which connection.
        leg: Leg,
        /// The candidate.
        candidate: String,
        /// The section.
        mid: Option<String>,
    },
    /// Put a track into a slot of a page or a player, or empty it.
    Fill {
        /// Whose.
        participant: ParticipantId,
        /// Which slot, in the order of [`Slots::codecs`] or of [`Play`](Self::Play).
        slot: usize,
        /// What.
        track: Option<TrackId>,
    },
    /// Forward nothing of a track, or again.
    Mute {
        /// Which.
        track: TrackId,
        /// Whether it is silent.
        muted: bool,
    },
    /// Take nothing more of a source.
    Unpublish {
        /// Whose.
        participant: ParticipantId,
        /// Which.
        source: TrackSource,
    },
    /// End both connections of a participant.
    Close {
        /// Whose.
        participant: ParticipantId,
    },
}

/// What has to be done with the recording.
#[derive(Debug, PartialEq)]
pub enum TapOrder {
    /// Record a track.
    Open(Consented),
    /// Record a track no more; what was recorded stays.
    Close {
        /// Which.
        track: TrackId,
    },
    /// Destroy everything that was recorded of a participant for a purpose.
    Destroy {
        /// Whose.
        participant: ParticipantId,
        /// For what.
        purpose: ConsentPurpose,
    },
    /// Keep a line of chat.
    Chat {
        /// Whose.
        participant: ParticipantId,
        /// What.
        text: Pii<String>,
    },
}
