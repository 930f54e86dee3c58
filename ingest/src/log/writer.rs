//! Packets become chunks.

use std::fmt;

use super::{
    LogError, Record, TrackHeader,
    chunk::{ChunkHeader, HEADER_BYTES},
    record::{Entry, MOST_OVERHEAD, Times, put},
    succession::Succession,
};

/// A chunk is closed when so much media is in it, in nanoseconds: 1 s.
const SPAN: u64 = 1_000_000_000;
/// No chunk is longer, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// A closed chunk, to be sealed and synced before anything else is done with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its number in the log of the track: 0, 1, 2 and so on without a hole.
    pub number: u64,
    /// The chunk in the clear, at most 1 MiB.
    pub bytes: Vec<u8>,
    /// Pts of its first record, in nanoseconds of the running time of the room.
    pub first_pts: u64,
    /// The greatest pts of its records.
    pub last_pts: u64,
}

/// Prints no media.
impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("number", &self.number)
            .field("bytes", &self.bytes.len())
            .field("first_pts", &self.first_pts)
            .field("last_pts", &self.last_pts)
            .finish()
    }
}

/// Writes the log of one track.
///
/// A chunk comes from [`Self::push`] when the one that was open is full, from [`Self::flush`] when
/// [`Self::due`] says that it has waited long enough, and from [`Self::finish`]. A log that was not
/// finished is one that was cut by a crash. Records that were not handed out in a chunk are lost
/// with it.
pub struct TrackLog {
    track: TrackHeader,
    succession: Succession,
    /// Number of the next chunk that is closed.
    number: u64,
    open: Option<OpenChunk>,
}

impl TrackLog {
    /// Begins a log. A clock rate of 0 or a payload type above 127 is [`LogError::Header`].
    pub fn new(track: TrackHeader) -> Result<Self, LogError> {
        track.check()?;
        Ok(Self {
            track,
            succession: Succession::default(),
            number: 0,
            open: None,
        })
    }

    /// Returns the track that it is the log of.
    pub const fn track(&self) -> &TrackHeader {
        &self.track
    }

    /// Adds a record, and returns the chunk before it where that is full: of 1 s, or of 1 MiB.
    ///
    /// A record is refused, and the log goes on without it, if it is a packet of another payload
    /// type, a packet after a pause, or at a pts that lies more than [`super::PTS_TOLERANCE`]
    /// before the greatest one or after its arrival. For a packet whose pts is not to be had, push
    /// its arrival as pts: rendering goes by RTP timestamps.
    pub fn push(&mut self, record: Record<'_>) -> Result<Option<Chunk>, LogError> {
        self.succession.admit(&self.track, &record)?;
        let is_full = self
            .open
            .as_ref()
            .is_some_and(|open| open.is_full_for(&record));
        let full = if is_full { self.flush() } else { None };
        let open = self.open.get_or_insert_with(|| OpenChunk::new(record.pts));
        let Record { pts, arrival, body } = record;
        open.put(Times { pts, arrival }, Entry::Body(body));
        Ok(full)
    }

    /// Tells whether something has waited for 1 s to be handed out, at this time of the room in
    /// nanoseconds. To be asked every few tenths of a second: a track that falls silent fills no
    /// chunk.
    pub fn due(&self, now: u64) -> bool {
        let waits = |open: &OpenChunk| now.saturating_sub(open.earliest_arrival) >= SPAN;
        self.open.as_ref().is_some_and(waits)
    }

    /// Closes the open chunk, if anything is in it.
    pub fn flush(&mut self) -> Option<Chunk> {
        let open = self.open.take()?;
        Some(self.close(open, false))
    }

    /// Ends the log at this time of the room in nanoseconds, or at its greatest pts where that is
    /// later. Returns the last chunk.
    pub fn finish(mut self, now: u64) -> Chunk {
        let end = now.max(self.succession.latest());
        let mut open = self.open.take().unwrap_or_else(|| OpenChunk::new(end));
        let times = Times {
            pts: end,
            arrival: end,
        };
        open.put(times, Entry::End);
        self.close(open, true)
    }

    fn close(&mut self, open: OpenChunk, is_last: bool) -> Chunk {
        let header = ChunkHeader {
            is_last,
            track: self.track,
            number: self.number,
            first_pts: open.first_pts,
            last_pts: open.last_pts,
            count: open.count,
        };
        self.number += 1;
        let mut bytes = Vec::with_capacity(HEADER_BYTES + open.records.len());
        header.put(&mut bytes);
        bytes.extend_from_slice(&open.records);
        Chunk {
            number: header.number,
            bytes,
            first_pts: header.first_pts,
            last_pts: header.last_pts,
        }
    }
}

/// A chunk that is being gathered.
struct OpenChunk {
    records: Vec<u8>,
    count: u32,
    first_pts: u64,
    last_pts: u64,
    earliest_arrival: u64,
    previous: Times,
}

impl OpenChunk {
    fn new(first_pts: u64) -> Self {
        Self {
            records: Vec::new(),
            count: 0,
            first_pts,
            last_pts: first_pts,
            earliest_arrival: u64::MAX,
            previous: Times::first(first_pts),
        }
    }

    /// Whether it has to be closed before this record. An end always finds room.
    fn is_full_for(&self, record: &Record<'_>) -> bool {
        let spans = record.pts.saturating_sub(self.first_pts);
        let needs = HEADER_BYTES + self.records.len() + record.body.len() + 2 * MOST_OVERHEAD;
        spans >= SPAN || needs > MOST_BYTES
    }

    fn put(&mut self, times: Times, entry: Entry<'_>) {
        put(&mut self.records, self.previous, times, entry);
        self.count += 1;
        self.last_pts = self.last_pts.max(times.pts);
        self.earliest_arrival = self.earliest_arrival.min(times.arrival);
        self.previous = times;
    }
}
