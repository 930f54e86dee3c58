//! Reads a whole archive, with a time limit.

use std::{fs::File, path::Path, sync::mpsc, thread, time::Duration};

use scrim_ingest::{Archive, Packet, Probe, SourceError, Track};

/// Longer than [`Archive`] waits for a silent demuxer, so that its own error is seen.
const TIME_LIMIT: Duration = Duration::from_secs(50);

/// A packet without its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) track: Track,
    /// In nanoseconds.
    pub(crate) start: i64,
    /// In nanoseconds; zero where the container does not know it.
    pub(crate) duration: i64,
    pub(crate) is_entry: bool,
}

impl Seen {
    fn new(packet: &Packet) -> Self {
        Self {
            track: packet.track,
            start: packet.timing.start,
            duration: packet.timing.duration.unwrap_or(0) as i64,
            is_entry: packet.is_entry,
        }
    }
}

/// What came out of an archive.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) probe: Probe,
    pub(crate) packets: Vec<Seen>,
}

impl Reading {
    pub(crate) fn of(&self, track: Track) -> impl Iterator<Item = &Seen> {
        self.packets
            .iter()
            .filter(move |packet| packet.track == track)
    }

    /// Starts of the packets where the picture can be entered, in milliseconds.
    pub(crate) fn entries_ms(&self) -> Vec<i64> {
        let entries = self.of(Track::Video).filter(|packet| packet.is_entry);
        entries.map(|packet| packet.start / 1_000_000).collect()
    }

    /// Start of the earliest packet of a track, in milliseconds.
    pub(crate) fn begin_ms(&self, track: Track) -> i64 {
        self.of(track).map(|packet| packet.start).min().unwrap() / 1_000_000
    }

    /// End of the last packet of a track, in milliseconds.
    pub(crate) fn end_ms(&self, track: Track) -> i64 {
        self.of(track)
            .map(|packet| packet.start + packet.duration)
            .max()
            .unwrap()
            / 1_000_000
    }
}

/// Opens an archive and reads it to its end.
///
/// # Panics
/// It takes longer than the limit, or the reader panics.
pub(crate) fn read(path: &Path) -> Result<Reading, SourceError> {
    let file = File::open(path).unwrap();
    let (sender, outcome) = mpsc::channel();
    thread::spawn(move || sender.send(read_file(file)));
    outcome
        .recv_timeout(TIME_LIMIT)
        .unwrap_or_else(|error| panic!("the reader hangs or panicked: {error}"))
}

fn read_file(file: File) -> Result<Reading, SourceError> {
    let mut archive = Archive::open(file)?;
    let mut packets = Vec::new();
    while let Some(packet) = archive.next()? {
        packets.push(Seen::new(&packet));
    }
    Ok(Reading {
        probe: archive.probe().clone(),
        packets,
    })
}
