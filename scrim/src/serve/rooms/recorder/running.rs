//! The session as it is being recorded, for whoever reads it meanwhile.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use scrim_ingest::{SessionSource, SessionState, TrackChunks};
use scrim_policy::{ArtefactId, Moment, TimelineEntry, TrackId};
use scrim_storage::session::{LayerReader, SpoolView};

/// A session that is being recorded, or was a moment ago. It is read from the spool, which stays as long
/// as somebody has this.
pub(super) struct RunningSession {
    spool: SpoolView,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    told: SessionState,
    /// Which layer holds which track.
    tracks: HashMap<TrackId, ArtefactId>,
    /// How often something was refused.
    refusals: u64,
}

impl RunningSession {
    pub(super) fn new(spool: SpoolView) -> Self {
        Self {
            spool,
            state: Mutex::new(State {
                told: SessionState {
                    timeline: Arc::from([]),
                    complete_to: Moment::START,
                    is_over: false,
                },
                tracks: HashMap::new(),
                refusals: 0,
            }),
            changed: Condvar::new(),
        }
    }

    /// A track is in a layer from now on.
    pub(super) fn add_track(&self, track: TrackId, layer: ArtefactId) {
        self.lock().tracks.insert(track, layer);
    }

    /// Tracks are not there any more.
    pub(super) fn forget_tracks(&self, tracks: &[TrackId]) {
        let mut state = self.lock();
        state.tracks.retain(|track, _| !tracks.contains(track));
        state.refusals += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// More is on the disk by now: these entries, and everything up to a moment.
    pub(super) fn extend(&self, entries: &[TimelineEntry], complete_to: Moment) {
        let mut state = self.lock();
        if !entries.is_empty() {
            let before = state.told.timeline.iter();
            state.told.timeline = before.chain(entries).cloned().collect();
        }
        state.told.complete_to = state.told.complete_to.max(complete_to);
        drop(state);
        self.changed.notify_all();
    }

    /// Nothing more comes.
    pub(super) fn end(&self) {
        self.lock().told.is_over = true;
        self.changed.notify_all();
    }

    /// Each change is one assignment, so a panic leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionSource for RunningSession {
    fn state(&self) -> SessionState {
        self.lock().told.clone()
    }

    fn wait(&self, after: Moment, patience: Duration) -> SessionState {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        let refusals = state.refusals;
        loop {
            let told = &state.told;
            if told.is_over || told.complete_to > after || state.refusals != refusals {
                return told.clone();
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return told.clone();
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn open_track(&self, track: TrackId) -> io::Result<Option<Box<dyn TrackChunks>>> {
        let Some(layer) = self.lock().tracks.get(&track).copied() else {
            return Ok(None);
        };
        let opened = self.spool.open(layer)?;
        Ok(opened.map(|reader| Box::new(Chunks(reader)) as Box<dyn TrackChunks>))
    }
}

/// The chunks of a track in the spool.
struct Chunks(LayerReader);

impl TrackChunks for Chunks {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.0.next_chunk()
    }
}
