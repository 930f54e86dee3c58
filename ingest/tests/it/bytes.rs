//! Sources that are not files: whatever can be read at a place.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use scrim_ingest::{Archive, Revision, SourceBytes, SourceError};
use scrim_policy::Kind;

use crate::media::{AAC, Media, X264, both, picture, sound};

/// Bytes in memory that give out short pieces, and from some place on nothing but an error.
#[derive(Clone)]
struct Memory {
    bytes: Arc<Vec<u8>>,
    readable: u64,
    error: io::ErrorKind,
    readers: Arc<AtomicU64>,
}

impl Memory {
    fn new(bytes: &[u8]) -> Self {
        Self {
            bytes: Arc::new(bytes.to_vec()),
            readable: u64::MAX,
            error: io::ErrorKind::Other,
            readers: Arc::default(),
        }
    }
}

impl SourceBytes for Memory {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        if offset >= self.readable {
            return Err(self.error.into());
        }
        let start = usize::try_from(offset).unwrap().min(self.bytes.len());
        let count = out.len().min(1000).min(self.bytes.len() - start);
        out[..count].copy_from_slice(&self.bytes[start..start + count]);
        Ok(count)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
        self.readers.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(self.clone()))
    }

    fn revision(&self) -> io::Result<Revision> {
        Ok(Revision {
            length: self.length()?,
            changed_ns: None,
        })
    }
}

fn recording(muxer: &str) -> Vec<u8> {
    Media::make("a.bin", &both(muxer, &picture(X264), &sound(AAC))).bytes()
}

fn read_all(bytes: Memory) -> Result<Vec<(i64, Vec<u8>)>, SourceError> {
    let mut archive = Archive::open(bytes)?;
    let mut packets = Vec::new();
    while let Some(packet) = archive.next()? {
        let data = packet.data.map_readable().unwrap().to_vec();
        packets.push((packet.timing.start, data));
    }
    Ok(packets)
}

#[test]
fn a_source_that_is_no_file_gives_the_same_packets() {
    for muxer in ["mp4mux", "matroskamux", "mpegtsmux"] {
        let bytes = recording(muxer);
        let file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut &file, &bytes).unwrap();
        let mut archive = Archive::open(file).unwrap();
        let mut packets = Vec::new();
        while let Some(packet) = archive.next().unwrap() {
            let data = packet.data.map_readable().unwrap().to_vec();
            packets.push((packet.timing.start, data));
        }
        let memory = Memory::new(&bytes);
        let readers = Arc::clone(&memory.readers);
        assert!(read_all(memory).unwrap() == packets, "{muxer}");
        assert!(
            readers.load(Ordering::Relaxed) <= 1,
            "two readers are enough"
        );
    }
}

#[test]
fn a_source_that_stops_answering_is_not_called_damaged() {
    let bytes = recording("mp4mux");
    let cases = [
        (io::ErrorKind::ConnectionReset, Kind::Unavailable),
        (io::ErrorKind::NotFound, Kind::NotFound),
        // What is sealed says this when somebody has changed it.
        (io::ErrorKind::InvalidData, Kind::Damaged),
    ];
    for (error, kind) in cases {
        for share in [0, 1, 2, 3] {
            let failing = Memory {
                readable: bytes.len() as u64 * share / 4,
                error,
                ..Memory::new(&bytes)
            };
            let refused = read_all(failing).unwrap_err();
            assert!(matches!(refused, SourceError::Read { .. }), "{refused}");
            assert_eq!(refused.kind(), kind, "{refused}");
        }
    }
}
