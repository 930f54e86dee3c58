//! One participant, as the room knows them.

use std::{collections::BTreeMap, time::Duration};

use scrim_policy::{Moment, ParticipantId, Pii, TrackId, TrackSource};

use crate::{codec::Codec, signal::IceServer};

use super::{
    Client, ConnectionId, Identity, Seat, Slots, consent::Answers, later, slots::SlotPool,
};

/// One participant.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: ParticipantId,
    pub(super) name: Pii<String>,
    pub(super) initials: String,
    pub(super) seat: Seat,
    pub(super) identity: Option<Identity>,
    /// The language in which the person is told what is recorded.
    pub(super) language: Option<&'static str>,
    /// Where the person sees what was said to the notice, once it is kept.
    pub(super) link: Option<Pii<String>>,
    /// Brings the person back after a lost connection.
    pub(super) secret: Pii<String>,
    pub(super) line: Line,
    /// How many messages came of the page, apart from pings.
    pub(super) said: u64,
    pub(super) ice_servers: Vec<IceServer>,
    /// Which breakout; none is the main room.
    pub(super) breakout: Option<u8>,
    pub(super) answers: Answers,
    pub(super) hand_raised_at: Option<Moment>,
    pub(super) tracks: BTreeMap<TrackSource, Sent>,
    /// What the page said that it wants to see.
    pub(super) watches: Vec<ParticipantId>,
    pub(super) view: Viewing,
    pub(super) last_spoke: Option<Moment>,
    /// When the person led the programme last, and with which source.
    pub(super) led: Option<(Moment, TrackSource)>,
    /// Lines of chat, and connections for media.
    pub(super) chat: Counter,
    pub(super) media: Counter,
}

/// How often something was done lately.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    count: u32,
    since: Moment,
}

impl Counter {
    pub(super) const fn new(now: Moment) -> Self {
        Self {
            count: 0,
            since: now,
        }
    }

    /// Counts once more, and says whether that is no more than `most` within a span.
    pub(super) fn affords(&mut self, now: Moment, most: u32, span: Duration) -> bool {
        if later(self.since, span) < now {
            *self = Self::new(now);
        }
        self.count += 1;
        self.count <= most
    }
}

/// How the person is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// By a page that was heard of at this moment.
    Page {
        connection: ConnectionId,
        heard: Moment,
    },
    /// By a page that was lost at this moment.
    Lost(Moment),
    /// By an encoder. The end of its session is its end.
    Encoder(ConnectionId),
    /// By a player. The end of its session is its end.
    Player(ConnectionId),
}

/// What a person sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    /// The track, and in which codec; none until media flow.
    pub(super) track: Option<(TrackId, Codec)>,
    pub(super) is_muted: bool,
    /// Whether it is being recorded.
    pub(super) is_tapped: bool,
}

/// What a person is shown.
#[derive(Debug)]
pub(super) struct Viewing {
    pub(super) slots: SlotPool,
    /// Whether the page takes pictures.
    pub(super) takes_video: bool,
    /// How many pictures the line is good for.
    pub(super) most_video: usize,
}

impl Viewing {
    pub(super) fn new(slots: Slots) -> Self {
        Self {
            slots: SlotPool::new(slots.codecs().collect()),
            takes_video: true,
            most_video: usize::MAX,
        }
    }

    /// What a player is shown, by what it takes.
    pub(super) fn of_player(takes: &[Codec]) -> Self {
        Self {
            slots: SlotPool::of_player(takes),
            takes_video: true,
            most_video: usize::MAX,
        }
    }
}

impl Person {
    /// Where messages go.
    pub(super) const fn connection(&self) -> Option<ConnectionId> {
        match self.line {
            Line::Page { connection, .. }
            | Line::Encoder(connection)
            | Line::Player(connection) => Some(connection),
            Line::Lost(_) => None,
        }
    }

    /// Whether the person has come with the same kind of client.
    pub(super) const fn came_with(&self, client: &Client) -> bool {
        matches!(
            (self.line, client),
            (Line::Page { .. } | Line::Lost(_), Client::Page)
                | (Line::Encoder(_), Client::Encoder)
                | (Line::Player(_), Client::Player(_))
        )
    }

    /// Whether a program is there in place of the person: nobody is at it, and it comes back as
    /// somebody new.
    pub(super) const fn is_program(&self) -> bool {
        matches!(self.line, Line::Encoder(_) | Line::Player(_))
    }

    /// Whether the person is shown something.
    pub(super) const fn is_watching(&self) -> bool {
        matches!(self.line, Line::Page { .. } | Line::Player(_))
    }

    pub(super) const fn is_away(&self) -> bool {
        matches!(self.line, Line::Lost(_))
    }

    /// Returns the tracks whose media flow and are not muted.
    pub(super) fn live_tracks(&self) -> impl Iterator<Item = (TrackSource, TrackId, Codec)> + '_ {
        self.tracks.iter().filter_map(|(source, sent)| {
            let (track, codec) = sent.track.filter(|_| !sent.is_muted)?;
            Some((*source, track, codec))
        })
    }

    pub(super) fn source_of(&self, track: TrackId) -> Option<TrackSource> {
        let mut all = self.tracks.iter();
        all.find(|(_, sent)| sent.track.map(|(id, _)| id) == Some(track))
            .map(|(source, _)| *source)
    }
}
