//! The log of one track, read in steps that come out the same whether the session still runs or
//! not.

use std::io;

use scrim_ingest::{
    SessionSource, TrackChunks,
    log::{Body, SenderReport, TrackError, TrackHeader, TrackReader},
};
use scrim_policy::TrackId;

use crate::render::RenderError;

/// Something that is in the log. Times are nanoseconds of the room.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) pts: u64,
    pub(super) arrival: u64,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// A packet of RTP, with its header.
    Packet(Vec<u8>),
    Report(SenderReport),
    /// Packets are missing here.
    Lost,
    /// From here on nothing was recorded.
    Paused,
}

struct Chunks(Box<dyn TrackChunks>);

impl Iterator for Chunks {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().transpose()
    }
}

/// The log of one track.
pub(super) struct Log {
    track: TrackId,
    reader: Option<TrackReader<Chunks>>,
    header: Option<TrackHeader>,
    /// The first record that was not handed out yet.
    next: Option<Entry>,
    is_gone: bool,
}

impl Log {
    /// Begins at the front. Nothing is opened yet.
    pub(super) const fn new(track: TrackId) -> Self {
        Self {
            track,
            reader: None,
            header: None,
            next: None,
            is_gone: false,
        }
    }

    /// Returns what the track is, once a record was read.
    pub(super) const fn header(&self) -> Option<&TrackHeader> {
        self.header.as_ref()
    }

    /// Whether the track was destroyed while it was read.
    pub(super) const fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Opens the log, and says whether there is one.
    pub(super) fn open(&mut self, session: &dyn SessionSource) -> Result<bool, RenderError> {
        if self.reader.is_none() && !self.is_gone {
            let opened = session.open_track(self.track);
            let opened = opened.map_err(|source| TrackError::Fetch { number: 0, source });
            match self.unless_destroyed(opened)? {
                Some(Some(chunks)) => self.reader = Some(TrackReader::new(Chunks(chunks))),
                Some(None) | None => return Ok(false),
            }
        }
        Ok(self.reader.is_some())
    }

    /// Looks whether what was opened is still there.
    pub(super) fn look(&mut self, session: &dyn SessionSource) -> Result<(), RenderError> {
        if self.reader.is_none() {
            return Ok(());
        }
        let opened = session.open_track(self.track);
        let opened = opened.map_err(|source| TrackError::Fetch { number: 0, source });
        if let Some(None) = self.unless_destroyed(opened)? {
            self.destroyed();
        }
        Ok(())
    }

    /// Returns all records before the first one with a pts of `to` or more. Once the session is
    /// complete up to `to`, these are the same whenever it is asked.
    pub(super) fn read(
        &mut self,
        session: &dyn SessionSource,
        to: u64,
    ) -> Result<Vec<Entry>, RenderError> {
        let mut entries = Vec::new();
        self.open(session)?;
        loop {
            match self.next.take() {
                Some(entry) if entry.pts >= to => {
                    self.next = Some(entry);
                    return Ok(entries);
                }
                Some(entry) => entries.push(entry),
                None => {}
            }
            let fetched = self.fetch();
            match self.unless_destroyed(fetched)? {
                Some(Some(entry)) => self.next = Some(entry),
                Some(None) => return Ok(entries),
                None => return Ok(Vec::new()),
            }
        }
    }

    /// Returns the next record that matters.
    fn fetch(&mut self) -> Result<Option<Entry>, TrackError<io::Error>> {
        let Some(reader) = &mut self.reader else {
            return Ok(None);
        };
        loop {
            let record = reader.next_record()?;
            let Some(record) = record else {
                return Ok(None);
            };
            let what = match record.body {
                Body::Rtp(packet) => What::Packet(packet.bytes().to_vec()),
                Body::SenderReport(report) => What::Report(report),
                Body::Gap { .. } => What::Lost,
                Body::Pause => What::Paused,
                Body::Resume | Body::KeyframeAsked => continue,
            };
            let (pts, arrival) = (record.pts, record.arrival);
            self.header = reader.track().copied();
            return Ok(Some(Entry { pts, arrival, what }));
        }
    }

    /// Passes a result on. None where the track was destroyed: then it is gone.
    fn unless_destroyed<T>(
        &mut self,
        result: Result<T, TrackError<io::Error>>,
    ) -> Result<Option<T>, RenderError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_destroyed(&error) => {
                self.destroyed();
                Ok(None)
            }
            Err(source) => {
                let track = self.track;
                Err(RenderError::Track { track, source })
            }
        }
    }

    fn destroyed(&mut self) {
        self.is_gone = true;
        self.reader = None;
        self.next = None;
    }
}

/// Whether there is nothing to read any more, on purpose.
fn is_destroyed(error: &TrackError<io::Error>) -> bool {
    matches!(error, TrackError::Fetch { source, .. } if source.kind() == io::ErrorKind::NotFound)
}
