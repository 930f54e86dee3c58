//! The parts of a session that need no decoder: clocks, places, moments, what can be decoded.
#![allow(clippy::unwrap_used)]

mod clocks;
mod gathering;
mod hearing;
mod masking;
mod moments;
mod payloads;
mod placing;

use std::{io, time::Duration};

use scrim_ingest::{
    SessionSource, SessionState, TrackChunks,
    log::{Body, Codec, Record, RtpPacket, SenderReport, TrackHeader, TrackLog},
};
use scrim_policy::{Moment, ParticipantId, TrackId, TrackSource};

const MS: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

fn track(number: u8) -> TrackId {
    format!("trk_{number:032x}").parse().unwrap()
}

fn participant(number: u8) -> ParticipantId {
    format!("par_{number:032x}").parse().unwrap()
}

/// Numbers that look random and are the same in every run (SplitMix64; Steele and others, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below a number.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// A session that is over, with the chunks of some tracks.
struct Kept(Vec<(TrackId, Vec<Vec<u8>>)>);

impl SessionSource for Kept {
    fn state(&self) -> SessionState {
        SessionState {
            timeline: Vec::new().into(),
            complete_to: Moment::END,
            is_over: true,
        }
    }

    fn wait(&self, _: Moment, _: Duration) -> SessionState {
        self.state()
    }

    fn open_track(&self, track: TrackId) -> io::Result<Option<Box<dyn TrackChunks>>> {
        let found = self.0.iter().find(|(id, _)| *id == track);
        Ok(found.map(|(_, chunks)| {
            let chunks = Opened(chunks.clone().into_iter());
            Box::new(chunks) as Box<dyn TrackChunks>
        }))
    }
}

struct Opened(std::vec::IntoIter<Vec<u8>>);

impl TrackChunks for Opened {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.next())
    }
}

/// Writes the log of one track.
struct Writing {
    log: TrackLog,
    chunks: Vec<Vec<u8>>,
    payload_type: u8,
    latest: u64,
}

impl Writing {
    fn new(source: TrackSource, codec: Codec) -> Self {
        let header = TrackHeader {
            id: [7; 16],
            source,
            codec,
            clock_rate: codec.clock_rate(),
            payload_type: 100,
        };
        Self {
            log: TrackLog::new(header).unwrap(),
            chunks: Vec::new(),
            payload_type: header.payload_type,
            latest: 0,
        }
    }

    fn packet(&mut self, pts: u64, arrival: u64, sequence: u16, timestamp: u32, payload: &[u8]) {
        let bytes = rtp(self.payload_type, sequence, timestamp, true, payload);
        self.put(pts, arrival, Body::Rtp(RtpPacket::new(&bytes).unwrap()));
    }

    fn report(&mut self, at: u64, ntp: u64, rtp: u32) {
        self.put(at, at, Body::SenderReport(SenderReport { ntp, rtp }));
    }

    fn put(&mut self, pts: u64, arrival: u64, body: Body<'_>) {
        let arrival = arrival.max(self.latest);
        self.latest = arrival;
        let record = Record { pts, arrival, body };
        let full = self.log.push(record).unwrap();
        self.chunks.extend(full.map(|chunk| chunk.bytes));
    }

    fn end(mut self) -> Vec<Vec<u8>> {
        self.chunks.push(self.log.finish(self.latest).bytes);
        self.chunks
    }
}

fn rtp(
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    is_marked: bool,
    payload: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![0x80, payload_type | if is_marked { 0x80 } else { 0 }];
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(&timestamp.to_be_bytes());
    bytes.extend_from_slice(b"ssrc");
    bytes.extend_from_slice(payload);
    bytes
}
