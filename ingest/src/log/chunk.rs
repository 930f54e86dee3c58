//! One chunk, as bytes and taken apart.

use super::{
    LogError, Record, TrackHeader,
    input::Input,
    record::{Entry, Times, take},
    succession::Succession,
};

const MAGIC: [u8; 4] = *b"SRTL";
const VERSION: u8 = 1;
const MORE_MAY_FOLLOW: u8 = 1;
const LAST: u8 = 2;

/// Length of the header of a chunk.
pub(super) const HEADER_BYTES: usize = 57;
/// More records than any chunk has.
const MOST_RECORDS: u32 = 1_000_000;

/// What stands before the records.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChunkHeader {
    pub(super) is_last: bool,
    pub(super) track: TrackHeader,
    pub(super) number: u64,
    pub(super) first_pts: u64,
    pub(super) last_pts: u64,
    /// Number of records, the end included.
    pub(super) count: u32,
}

impl ChunkHeader {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&MAGIC);
        out.push(VERSION);
        out.push(if self.is_last { LAST } else { MORE_MAY_FOLLOW });
        self.track.put(out);
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&self.first_pts.to_be_bytes());
        out.extend_from_slice(&self.last_pts.to_be_bytes());
        out.extend_from_slice(&self.count.to_be_bytes());
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, LogError> {
        const WHAT: &str = "header";
        let mut input = Input::new(bytes, 0);
        if input.array(WHAT)? != MAGIC {
            return Err(LogError::NotALog);
        }
        let version = input.u8(WHAT)?;
        if version != VERSION {
            return Err(LogError::Version { found: version });
        }
        let is_last = match input.u8(WHAT)? {
            MORE_MAY_FOLLOW => false,
            LAST => true,
            found => return Err(impossible("kind of chunk", found.into())),
        };
        let header = Self {
            is_last,
            track: TrackHeader::take(&mut input)?,
            number: input.u64(WHAT)?,
            first_pts: input.u64(WHAT)?,
            last_pts: input.u64(WHAT)?,
            count: input.u32(WHAT)?,
        };
        if header.count == 0 || header.count > MOST_RECORDS {
            return Err(impossible("number of records", header.count.into()));
        }
        Ok(header)
    }

    /// Reads all records once, so that a chunk is handed out whole or not at all. Returns the pts
    /// of the end, where this chunk has it.
    pub(super) fn check_records(
        &self,
        bytes: &[u8],
        succession: &mut Succession,
    ) -> Result<Option<u64>, LogError> {
        let mut cursor = Cursor::new(self);
        let mut first = None;
        let mut greatest = 0;
        while let Some(record) = cursor.next(bytes)? {
            succession.admit(&self.track, &record)?;
            first = first.or(Some(record.pts));
            greatest = greatest.max(record.pts);
        }
        let mut ended_at = None;
        if self.is_last {
            let pts = cursor.end(bytes)?;
            succession.admit_end(pts)?;
            first = first.or(Some(pts));
            greatest = greatest.max(pts);
            ended_at = Some(pts);
        }
        if first != Some(self.first_pts) {
            return Err(impossible("first pts", self.first_pts));
        }
        let left = bytes.len().saturating_sub(cursor.at);
        if left > 0 {
            return Err(LogError::Trailing { bytes: left });
        }
        if greatest != self.last_pts {
            let (promised, found) = (self.last_pts, greatest);
            return Err(LogError::LastPts { promised, found });
        }
        Ok(ended_at)
    }
}

fn impossible(what: &'static str, found: u64) -> LogError {
    LogError::Header { what, found }
}

/// A place among the records of a chunk. It borrows nothing, so that it can lie beside the bytes.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    at: usize,
    /// Records that are left, without the end.
    left: u32,
    times: Times,
}

impl Cursor {
    /// Where nothing is left.
    pub(super) const EXHAUSTED: Self = Self {
        at: 0,
        left: 0,
        times: Times::first(0),
    };

    pub(super) fn new(header: &ChunkHeader) -> Self {
        Self {
            at: HEADER_BYTES,
            left: header.count - u32::from(header.is_last),
            times: Times::first(header.first_pts),
        }
    }

    pub(super) const fn left(&self) -> u32 {
        self.left
    }

    /// Returns the next record of these bytes.
    pub(super) fn next<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<Record<'a>>, LogError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let Entry::Body(body) = self.entry(bytes)? else {
            return Err(LogError::End);
        };
        let Times { pts, arrival } = self.times;
        Ok(Some(Record { pts, arrival, body }))
    }

    /// Reads the record behind all others, and returns its pts.
    fn end(&mut self, bytes: &[u8]) -> Result<u64, LogError> {
        match self.entry(bytes)? {
            Entry::End => Ok(self.times.pts),
            Entry::Body(_) => Err(LogError::End),
        }
    }

    fn entry<'a>(&mut self, bytes: &'a [u8]) -> Result<Entry<'a>, LogError> {
        let mut input = Input::new(bytes, self.at);
        let entry = take(&mut input, &mut self.times)?;
        self.at = input.at();
        Ok(entry)
    }
}

/// Takes a chunk apart that stands alone, after its seal was checked.
///
/// All of it is checked before the first record is handed out: any damage that can be told without
/// the seal is an error, and so is a byte too many. [`super::TrackReader`] also checks what only
/// the chunks before can tell.
pub fn read_chunk(bytes: &[u8]) -> Result<ChunkReader<'_>, LogError> {
    let header = ChunkHeader::read(bytes)?;
    let ended_at = header.check_records(bytes, &mut Succession::default())?;
    Ok(ChunkReader {
        bytes,
        header,
        cursor: Cursor::new(&header),
        ended_at,
    })
}

/// The records of one chunk, in the order in which they were written.
pub struct ChunkReader<'a> {
    bytes: &'a [u8],
    header: ChunkHeader,
    cursor: Cursor,
    ended_at: Option<u64>,
}

impl ChunkReader<'_> {
    /// Returns the track that it belongs to.
    pub const fn track(&self) -> &TrackHeader {
        &self.header.track
    }

    /// Returns the number of the chunk, from 0.
    pub const fn number(&self) -> u64 {
        self.header.number
    }

    /// Returns the pts of its first record, in nanoseconds.
    pub const fn first_pts(&self) -> u64 {
        self.header.first_pts
    }

    /// Returns the greatest pts of its records, in nanoseconds.
    pub const fn last_pts(&self) -> u64 {
        self.header.last_pts
    }

    /// Returns when the log ended, in nanoseconds, if this is its last chunk.
    pub const fn ended_at(&self) -> Option<u64> {
        self.ended_at
    }
}

impl<'a> Iterator for ChunkReader<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        // `read_chunk` has read the same bytes before.
        self.cursor.next(self.bytes).ok().flatten()
    }
}
