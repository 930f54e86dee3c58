//! What connections, workers and taps tell the media of their room.

use scrim_policy::{ParticipantId, TrackSource};

use super::fanout::{TrackNumber, ViewerNumber};
use crate::signal::Leg;

/// Something happened, on a thread that must not wait.
#[derive(Debug)]
pub(super) enum MediaEvent {
    /// A connection is there, and the peer is who it says.
    Ready(ConnectionNumber),
    /// A connection is there, and the peer shows another certificate than it said.
    Impostor(ConnectionNumber),
    /// A connection broke.
    Broken(ConnectionNumber),
    /// The line of a viewer is good for so many pictures now.
    Capacity {
        connection: ConnectionNumber,
        pictures: usize,
    },
    /// A connection has something to say to its page.
    Described {
        connection: ConnectionNumber,
        sdp: String,
    },
    /// A connection could not be made.
    Failed {
        connection: ConnectionNumber,
        /// What the page is told where its description was refused; none where this machine has failed.
        refused: Option<&'static str>,
    },
    /// Media of a source flow.
    Opened {
        connection: ConnectionNumber,
        source: TrackSource,
        track: TrackNumber,
    },
    /// A viewer cannot show a track without a keyframe.
    KeyframeWanted(TrackNumber),
    /// A viewer asks for a keyframe.
    KeyframeAsked { viewer: ViewerNumber, slot: usize },
    /// A keyframe came that was asked for.
    KeyframeSeen(TrackNumber),
}

/// Number of a connection within the media of its room.
pub(super) type ConnectionNumber = u64;

/// Whose a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) participant: ParticipantId,
    pub(super) leg: Leg,
}
