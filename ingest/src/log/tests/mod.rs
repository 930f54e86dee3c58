//! Logs that are written, damaged, cut and read, and clocks that drift.
#![allow(clippy::unwrap_used)]

mod clocks;
mod format;
mod lip_sync;
mod properties;
mod reading;
mod timing;
mod writing;

use std::convert::Infallible;

use scrim_policy::TrackSource;

use super::{
    Body, Chunk, Codec, Record, RtpPacket, SenderReport, TrackError, TrackHeader, TrackLog,
    TrackReader,
};

const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

fn microphone() -> TrackHeader {
    TrackHeader {
        id: *b"track of Ola Nyk",
        source: TrackSource::Microphone,
        codec: Codec::Opus,
        clock_rate: 48_000,
        payload_type: 111,
    }
}

fn camera() -> TrackHeader {
    TrackHeader {
        id: *b"other of Ola Nyk",
        source: TrackSource::Camera,
        codec: Codec::Vp8,
        clock_rate: 90_000,
        payload_type: 96,
    }
}

/// A packet with the header that a browser writes, and a payload of that many bytes.
fn packet(track: &TrackHeader, sequence: u16, timestamp: u32, payload: usize) -> Vec<u8> {
    let mut bytes = vec![0x80, track.payload_type];
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(&timestamp.to_be_bytes());
    bytes.extend_from_slice(b"ssrc");
    bytes.extend((0..payload).map(|index| index as u8));
    bytes
}

/// A record at a time, with that time as its arrival.
fn at(pts: u64, body: Body<'_>) -> Record<'_> {
    Record {
        pts,
        arrival: pts,
        body,
    }
}

fn rtp(bytes: &[u8]) -> Body<'_> {
    Body::Rtp(RtpPacket::new(bytes).unwrap())
}

/// A record that owns its packet, to be compared and printed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    pts: u64,
    arrival: u64,
    body: WrittenBody,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum WrittenBody {
    Rtp(Vec<u8>),
    SenderReport(u64, u32),
    Gap(u16),
    Pause,
    Resume,
    KeyframeAsked,
}

impl Written {
    fn record(&self) -> Record<'_> {
        let body = match &self.body {
            WrittenBody::Rtp(bytes) => rtp(bytes),
            WrittenBody::SenderReport(ntp, rtp) => Body::SenderReport(SenderReport {
                ntp: *ntp,
                rtp: *rtp,
            }),
            WrittenBody::Gap(packets) => Body::Gap { packets: *packets },
            WrittenBody::Pause => Body::Pause,
            WrittenBody::Resume => Body::Resume,
            WrittenBody::KeyframeAsked => Body::KeyframeAsked,
        };
        Record {
            pts: self.pts,
            arrival: self.arrival,
            body,
        }
    }
}

impl From<Record<'_>> for Written {
    fn from(record: Record<'_>) -> Self {
        let body = match record.body {
            Body::Rtp(packet) => WrittenBody::Rtp(packet.bytes().to_vec()),
            Body::SenderReport(report) => WrittenBody::SenderReport(report.ntp, report.rtp),
            Body::Gap { packets } => WrittenBody::Gap(packets),
            Body::Pause => WrittenBody::Pause,
            Body::Resume => WrittenBody::Resume,
            Body::KeyframeAsked => WrittenBody::KeyframeAsked,
        };
        Self {
            pts: record.pts,
            arrival: record.arrival,
            body,
        }
    }
}

/// What can be read of these chunks, whether it is all, and what went wrong.
struct Reading {
    records: Vec<Written>,
    is_complete: bool,
    error: Option<TrackError<Infallible>>,
}

fn read(chunks: impl IntoIterator<Item = Vec<u8>>) -> Reading {
    let mut reader = TrackReader::new(chunks.into_iter().map(Ok::<_, Infallible>));
    let mut records = Vec::new();
    let error = loop {
        match reader.next_record() {
            Ok(Some(record)) => records.push(record.into()),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(
        reader.next_record().unwrap().is_none(),
        "it goes on after the end"
    );
    Reading {
        records,
        is_complete: reader.is_complete(),
        error,
    }
}

/// A log of two seconds and a half in three chunks, with its records.
fn short_log() -> (Vec<Chunk>, Vec<Written>) {
    let mut log = TrackLog::new(microphone()).unwrap();
    let mut chunks = Vec::new();
    let mut written = Vec::new();
    for index in 0..25_u16 {
        let time = u64::from(index) * 100 * MILLISECOND;
        let bytes = packet(&microphone(), index, u32::from(index) * 4800, 20);
        let record = Record {
            pts: time,
            arrival: time + 3 * MILLISECOND,
            body: rtp(&bytes),
        };
        written.push(record.into());
        chunks.extend(log.push(record).unwrap());
    }
    chunks.push(log.finish(2_500 * MILLISECOND));
    (chunks, written)
}

fn bytes_of(chunks: &[Chunk]) -> Vec<Vec<u8>> {
    chunks.iter().map(|chunk| chunk.bytes.clone()).collect()
}
