//! What a recording of a live session shows and lets be heard: a policy and a timeline, compiled.
//!
//! A [`SessionPlan`] is for a session what a [`Plan`](crate::Plan) is for a file: it starts from an
//! empty canvas and silence, and names what is laid on them. It is compiled again whenever the
//! timeline has grown. What somebody agrees to later changes nothing before it; what somebody refuses
//! takes them out of everything before it as well.
//!
//! Times of scenes and voices are those of the recording, from its first moment. Spans of the room in
//! which nothing was recorded are cut out; [`Take`] says where each recorded span of the room lies.
//!
//! > **What no consent covers is in no plan.** A track is named only in spans in which it was recorded
//! > and its participant had agreed, as the rule of the room wants it, and did not refuse later.

mod between;
mod canvas;
mod compile;
mod consents;
mod layout;
mod meeting;
mod people;
mod scenes;
mod speaker;
mod stage;
mod takes;
mod voices;

use serde::{Deserialize, Serialize};

use crate::{Moment, ParticipantId, PixelRect, TrackId};

pub use people::{People, people};

/// A span of the room that is in the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// Its first moment, on the clock of the room.
    pub from: Moment,
    /// Its end, on the clock of the room.
    pub to: Moment,
    /// Where its first moment lies in the recording.
    pub at: Moment,
}

/// A span of the recording in which the same things are in the same places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionScene {
    /// Its first moment, in the recording.
    pub from: Moment,
    /// Its end; the next scene begins there.
    pub to: Moment,
    /// What is shown, from the back to the front. No two overlap.
    pub tiles: Vec<Tile>,
}

/// A place on the canvas.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tile {
    /// Where. Even numbers all.
    pub rect: PixelRect,
    /// What.
    pub shows: Shows,
    /// What is written in its corner, of the people whom the policy lets be called.
    pub label: Option<String>,
}

/// What is shown in a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// The pictures of a track, as large as they fit without being cut or stretched. Before the first
    /// one, nothing.
    Track(TrackId),
    /// A plate in the place of a picture that there is none of.
    Plate {
        /// What is written on it. Empty where nobody may be called anything.
        text: String,
        /// Which colour, counted from 0; a participant keeps theirs.
        colour: u16,
    },
}

/// A span in which a track is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// Which.
    pub track: TrackId,
    /// Whose.
    pub participant: ParticipantId,
    /// Its first moment, in the recording.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
    /// Whether what is said may be written down.
    pub is_transcribed: bool,
}

/// What a recording of a session shows and lets be heard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPlan {
    /// Width and height of the picture; none where only sound is recorded.
    pub output: Option<[u32; 2]>,
    /// The recorded spans of the room, in order. They do not overlap.
    pub takes: Vec<Take>,
    /// The scenes, without a hole from the first moment to the end. Empty where only sound is recorded.
    pub scenes: Vec<SessionScene>,
    /// Who is heard when, by track and then by time.
    pub voices: Vec<Voice>,
}

impl SessionPlan {
    /// Returns how long the recording is.
    pub fn duration(&self) -> Moment {
        self.takes.last().map_or(Moment::START, |take| {
            take.at.later(take.to.0.saturating_sub(take.from.0))
        })
    }

    /// Returns where a moment of the room lies in the recording, if it is in it.
    pub fn recorded_at(&self, room: Moment) -> Option<Moment> {
        let take = self
            .takes
            .iter()
            .find(|take| (take.from..take.to).contains(&room))?;
        Some(take.at.later(room.0 - take.from.0))
    }

    /// Returns which moment of the room a moment of the recording is.
    pub fn in_room(&self, recorded: Moment) -> Option<Moment> {
        let take = self.takes.iter().rev().find(|take| take.at <= recorded)?;
        let room = take.from.later(recorded.0 - take.at.0);
        (room < take.to).then_some(room)
    }
}
