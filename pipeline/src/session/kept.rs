//! A session that has ended, as the vault keeps it.

use std::{collections::HashMap, io, time::Duration};

use scrim_ingest::{SessionSource, SessionState, TrackChunks};
use scrim_policy::{ArtefactId, Moment, RecordingId, TimelineEntry, TimelineEvent, TrackId};
use scrim_storage::{
    Timestamp, Vault, VaultError,
    catalog::Refusal,
    session::{ChunksReader, SessionReader, Timeline},
};

/// A session that has ended: its timeline, whose signature was checked, and its layers, which are read
/// from the store chunk by chunk.
///
/// A layer that is not there any more, because its participant was erased or has refused it, is no track of
/// it. What participants have refused after the meeting is said at the end of what happened, so that it holds
/// as if it had been said in the room.
#[derive(Debug)]
pub struct KeptSession {
    reader: SessionReader,
    state: SessionState,
    tracks: HashMap<TrackId, ArtefactId>,
}

impl KeptSession {
    /// Opens a session that has ended.
    ///
    /// # Errors
    /// [`VaultError::NotAnOriginal`] where there is none, or it has not ended, and those of
    /// [`Vault::open_session`].
    pub fn open(vault: &Vault, recording: RecordingId, now: Timestamp) -> Result<Self, VaultError> {
        let reader = vault.open_session(recording, now)?;
        let timeline = reader.timeline();
        let layers = timeline.layers.iter();
        let tracks = layers.filter_map(|layer| Some((layer.track?, layer.artefact)));
        let mut entries = timeline.entries.clone();
        for refusal in vault.refusals(recording)? {
            let no = said_afterwards(&entries, &refusal);
            entries.push(no);
        }
        Ok(Self {
            state: SessionState {
                timeline: entries.into(),
                complete_to: timeline.complete_to,
                is_over: true,
            },
            tracks: tracks.collect(),
            reader,
        })
    }

    /// Returns the timeline with what it says about layers. Lines of chat are in layers without a track.
    pub const fn timeline(&self) -> &Timeline {
        self.reader.timeline()
    }

    /// Opens a layer that the timeline names.
    ///
    /// # Errors
    /// Those of [`SessionReader::open`].
    pub fn open_layer(&self, layer: ArtefactId) -> Result<Option<ChunksReader>, VaultError> {
        self.reader.open(layer)
    }
}

/// A no by the personal link, which is no answer to a notice.
fn said_afterwards(entries: &[TimelineEntry], refusal: &Refusal) -> TimelineEntry {
    let opened = match entries.first().map(|entry| &entry.event) {
        Some(TimelineEvent::Opened { unix_millis, .. }) => unix_millis.saturating_mul(1000),
        _ => refusal.refused_at.as_micros(),
    };
    let since = refusal.refused_at.as_micros().saturating_sub(opened);
    let at = Moment(
        u64::try_from(since)
            .unwrap_or_default()
            .saturating_mul(1000),
    );
    let last = entries.last().map_or(Moment::START, |last| last.at);
    TimelineEntry {
        at: at.max(last),
        event: TimelineEvent::Consented {
            participant: refusal.participant,
            purpose: refusal.purpose,
            given: false,
            notice: String::new(),
        },
    }
}

impl SessionSource for KeptSession {
    fn state(&self) -> SessionState {
        self.state.clone()
    }

    /// It is over, so nothing is waited for.
    fn wait(&self, _after: Moment, _patience: Duration) -> SessionState {
        self.state()
    }

    fn open_track(&self, track: TrackId) -> io::Result<Option<Box<dyn TrackChunks>>> {
        let Some(layer) = self.tracks.get(&track) else {
            return Ok(None);
        };
        let opened = self.reader.open(*layer).map_err(io::Error::other)?;
        Ok(opened.map(|chunks| Box::new(Chunks(chunks)) as Box<dyn TrackChunks>))
    }
}

/// The chunks of a track in the store.
struct Chunks(ChunksReader);

impl TrackChunks for Chunks {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.0.next_chunk()
    }
}
