//! Chunks become packets again.

use std::error::Error;

use super::{
    LogError, Record, TrackHeader,
    chunk::{ChunkHeader, Cursor},
    succession::Succession,
};

/// Why the log of a track cannot be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrackError<E: Error + 'static> {
    /// A chunk could not be had: it is not there, or its seal is broken.
    #[error("chunk {number} of the track could not be opened")]
    Fetch {
        /// Number of the chunk.
        number: u64,
        /// What the source of the chunks said.
        source: E,
    },
    /// A chunk is damaged.
    #[error("chunk {number} of the track is damaged")]
    Chunk {
        /// Number of the chunk.
        number: u64,
        /// What is wrong with it.
        source: LogError,
    },
    /// A chunk in the middle is not there.
    #[error("chunk {number} of the track is missing: chunk {found} came in its place")]
    Missing {
        /// Number of the first chunk that is missing.
        number: u64,
        /// Number of the one that came.
        found: u64,
    },
    /// A chunk came again.
    #[error("chunk {found} of the track came again where chunk {number} was expected")]
    Repeated {
        /// Number of the chunk that should have come.
        number: u64,
        /// Number of the one that came.
        found: u64,
    },
    /// A chunk is of another track, or tells other things about it than the first one.
    #[error("chunk {number} is not of the track that the chunks before it are of")]
    OtherTrack {
        /// Number of the chunk.
        number: u64,
    },
    /// A chunk follows the last one.
    #[error("chunk {number} follows the end of the track")]
    AfterEnd {
        /// Number of the chunk.
        number: u64,
    },
}

/// Reads the log of one track.
///
/// The chunks come from whoever opens their seals, in order and from number 0. Where a crash tore
/// the last of them, that one ends the sequence without an error: it was never promised. Each chunk
/// is checked wholly before a record of it is handed out, and after an error nothing more comes.
pub struct TrackReader<I> {
    chunks: I,
    track: Option<TrackHeader>,
    succession: Succession,
    /// Number of the chunk that has to come next.
    number: u64,
    bytes: Vec<u8>,
    cursor: Cursor,
    ended_at: Option<u64>,
    is_over: bool,
}

impl<I, E> TrackReader<I>
where
    I: Iterator<Item = Result<Vec<u8>, E>>,
    E: Error + 'static,
{
    /// Prepares to read these chunks. Nothing is fetched yet.
    pub fn new(chunks: impl IntoIterator<IntoIter = I>) -> Self {
        Self {
            chunks: chunks.into_iter(),
            track: None,
            succession: Succession::default(),
            number: 0,
            bytes: Vec::new(),
            cursor: Cursor::EXHAUSTED,
            ended_at: None,
            is_over: false,
        }
    }

    /// Returns the next record, with absolute times, or nothing at the end of the chunks. Asked
    /// again, it looks for more chunks: those of a track that is still recorded go on coming.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, TrackError<E>> {
        while self.cursor.left() == 0 {
            if !self.fetch()? {
                return Ok(None);
            }
        }
        // The chunk was checked when it came.
        Ok(self.cursor.next(&self.bytes).ok().flatten())
    }

    /// Returns the track, as soon as a chunk has been read.
    pub const fn track(&self) -> Option<&TrackHeader> {
        self.track.as_ref()
    }

    /// Tells whether everything up to the end of the log was handed out. If it is false after the
    /// last record, the log was cut: the room crashed, or the end of the spool is missing.
    pub const fn is_complete(&self) -> bool {
        self.ended_at.is_some() && self.cursor.left() == 0
    }

    /// Returns when the log was ended, in nanoseconds, once that was read.
    pub const fn ended_at(&self) -> Option<u64> {
        self.ended_at
    }

    /// Opens the next chunk, if there is one.
    fn fetch(&mut self) -> Result<bool, TrackError<E>> {
        if self.is_over {
            return Ok(false);
        }
        // Until the chunk has shown that it belongs here.
        self.is_over = true;
        let Some(chunk) = self.chunks.next() else {
            // Of a track that is still recorded, more may come.
            self.is_over = false;
            return Ok(false);
        };
        let was_ended = self.ended_at.take().is_some();
        let number = self.number;
        let bytes = chunk.map_err(|source| TrackError::Fetch { number, source })?;
        if was_ended {
            return Err(TrackError::AfterEnd { number });
        }
        let damaged = |source| TrackError::Chunk { number, source };
        let header = ChunkHeader::read(&bytes).map_err(damaged)?;
        self.check_place(&header)?;
        let checked = header.check_records(&bytes, &mut self.succession);
        self.ended_at = checked.map_err(damaged)?;
        self.track = Some(header.track);
        self.number += 1;
        self.cursor = Cursor::new(&header);
        self.bytes = bytes;
        self.is_over = false;
        Ok(true)
    }

    /// Checks what the chunks before tell about this one.
    fn check_place(&self, header: &ChunkHeader) -> Result<(), TrackError<E>> {
        let (number, found) = (self.number, header.number);
        if self.track.is_some_and(|track| track != header.track) {
            return Err(TrackError::OtherTrack { number });
        }
        if found > number {
            return Err(TrackError::Missing { number, found });
        }
        if found < number {
            return Err(TrackError::Repeated { number, found });
        }
        Ok(())
    }
}
