//! A live session as a source: its timeline and its tracks, while it goes on and afterwards.

use std::{io, sync::Arc, time::Duration};

use scrim_policy::{Moment, TimelineEntry, TrackId};

/// How far a session has come.
#[derive(Clone, Debug)]
pub struct SessionState {
    /// Everything that happened so far, in order. The moments are those of the room.
    pub timeline: Arc<[TimelineEntry]>,
    /// Up to here nothing more comes: no entry, and no record of a track with an earlier pts.
    pub complete_to: Moment,
    /// Whether the session is over. Then `complete_to` is its end.
    pub is_over: bool,
}

/// A session that is recorded, or was.
///
/// What a participant has refused is not there any more, whether it was recorded before or not.
pub trait SessionSource: Send + Sync {
    /// Returns how far the session has come.
    fn state(&self) -> SessionState;

    /// Waits until the session has come further than `after`, something was refused, or it is over;
    /// not longer than `patience`.
    fn wait(&self, after: Moment, patience: Duration) -> SessionState;

    /// Opens the log of a track, at its first chunk. None where there is none, or none any more.
    ///
    /// # Errors
    /// What is there cannot be read, or its key is not to be had.
    fn open_track(&self, track: TrackId) -> io::Result<Option<Box<dyn TrackChunks>>>;
}

/// The chunks of one track, in order, see [`crate::log`].
pub trait TrackChunks: Send {
    /// Returns the next chunk, opened. None where there is none: for now while the track is recorded,
    /// and for good afterwards.
    ///
    /// # Errors
    /// A chunk cannot be read or was changed, or the track was destroyed meanwhile: then it is
    /// [`io::ErrorKind::NotFound`].
    fn next(&mut self) -> io::Result<Option<Vec<u8>>>;
}
