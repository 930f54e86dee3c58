//! Who is told of recordings that begin and end.

use std::sync::Arc;

use scrim_ingest::SessionSource;
use scrim_policy::{PolicyId, RecordingId, RoomId};

/// A recording that has begun.
pub(crate) struct Began {
    /// The room.
    pub(crate) room: RoomId,
    /// The original that keeps the session.
    pub(crate) recording: RecordingId,
    /// The session, to be read while it goes on.
    pub(crate) source: Arc<dyn SessionSource>,
    /// The policy that it is to be processed with, where its room names one.
    pub(crate) policy: Option<PolicyId>,
}

/// Told of recordings that begin and end, on threads that may wait.
pub(crate) trait RecordingHook: Send + Sync {
    /// A session is recorded from now on. Once for a meeting, unless its recording fails and another one
    /// is begun.
    fn began(&self, began: Began);

    /// Nothing more is done about a session here: all of it is sealed, or the next start finishes it.
    fn ended(&self, recording: RecordingId);
}
