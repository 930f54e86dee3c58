//! The recordings that go on in this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use scrim_ingest::SessionSource;
use scrim_policy::RecordingId;
use tokio::sync::Notify;

use super::hook::{Began, RecordingHook};

/// The recordings that go on in this process, or are being sealed.
#[derive(Default)]
pub(crate) struct Recordings {
    sources: Mutex<HashMap<RecordingId, Arc<dyn SessionSource>>>,
    changed: Notify,
}

impl Recordings {
    /// Returns a session that goes on, or is being sealed.
    pub(crate) fn find(&self, recording: RecordingId) -> Option<Arc<dyn SessionSource>> {
        self.lock().get(&recording).cloned()
    }

    /// Waits until there is none.
    pub(in crate::serve::rooms) async fn all_ended(&self) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Before the question, so that nothing is missed in between.
            changed.as_mut().enable();
            if self.lock().is_empty() {
                return;
            }
            changed.await;
        }
    }

    /// Putting in and taking out are one step each, so that no panic leaves half of one.
    fn lock(&self) -> MutexGuard<'_, HashMap<RecordingId, Arc<dyn SessionSource>>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RecordingHook for Recordings {
    fn began(&self, began: Began) {
        let Began {
            room,
            recording,
            source,
            policy,
        } = began;
        tracing::info!(%room, %recording, ?policy, "a room is recorded");
        self.lock().insert(recording, source);
    }

    fn ended(&self, recording: RecordingId) {
        self.lock().remove(&recording);
        self.changed.notify_waiters();
    }
}
