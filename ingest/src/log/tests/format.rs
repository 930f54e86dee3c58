//! The bytes of a chunk, and what is not one.

use super::{
    super::{Body, LogError, Record, RtpPacket, SenderReport, TrackHeader, TrackLog, read_chunk},
    SECOND, at, microphone, packet, rtp,
};

/// Where the records begin.
const RECORDS: usize = 57;

/// Every kind of record, in the last chunk of a log.
fn one_of_each() -> Vec<u8> {
    let mut log = TrackLog::new(microphone()).unwrap();
    let bytes = packet(&microphone(), 7, 960, 1);
    let report = SenderReport {
        ntp: 0x0102_0304_0506_0708,
        rtp: 0x0a0b_0c0d,
    };
    let records = [
        Record {
            pts: 1_000,
            arrival: 999,
            body: rtp(&bytes),
        },
        at(1_000, Body::SenderReport(report)),
        at(1_064, Body::Gap { packets: 0x0102 }),
        at(1_064, Body::Pause),
        at(1_064, Body::Resume),
        at(1_000, Body::KeyframeAsked),
    ];
    for record in records {
        assert!(log.push(record).unwrap().is_none());
    }
    log.finish(1_065).bytes
}

#[test]
fn a_chunk_is_laid_out_as_documented() {
    let mut expected = b"SRTL".to_vec();
    expected.extend([1, 2]);
    expected.extend(b"track of Ola Nyk");
    expected.extend([2, 1]);
    expected.extend([0, 0, 0xbb, 0x80]);
    expected.push(111);
    expected.extend([0, 0, 0, 0, 0, 0, 0, 0]);
    expected.extend([0, 0, 0, 0, 0, 0, 0x03, 0xe8]);
    expected.extend([0, 0, 0, 0, 0, 0, 0x04, 0x29]);
    expected.extend([0, 0, 0, 7]);
    assert_eq!(expected.len(), RECORDS);
    expected.extend([1, 0, 1, 13]);
    expected.extend([0x80, 111, 0, 7, 0, 0, 0x03, 0xc0]);
    expected.extend(b"ssrc\0");
    expected.extend([2, 0, 2, 12, 1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 0x0b, 0x0c, 0x0d]);
    expected.extend([3, 0x80, 1, 0x80, 1, 2, 1, 2]);
    expected.extend([4, 0, 0, 0]);
    expected.extend([5, 0, 0, 0]);
    expected.extend([6, 0x7f, 0x7f, 0]);
    expected.extend([7, 0x82, 1, 0x82, 1, 0]);
    assert_eq!(one_of_each(), expected);
}

#[test]
fn a_chunk_tells_what_it_is() {
    let bytes = one_of_each();
    let chunk = read_chunk(&bytes).unwrap();
    assert_eq!(chunk.track(), &microphone());
    assert_eq!(chunk.number(), 0);
    assert_eq!((chunk.first_pts(), chunk.last_pts()), (1_000, 1_065));
    assert_eq!(chunk.ended_at(), Some(1_065));
    assert_eq!(chunk.count(), 6);
}

#[test]
fn every_cut_is_refused() {
    let bytes = one_of_each();
    for length in 0..bytes.len() {
        assert!(read_chunk(&bytes[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn bytes_behind_the_last_record_are_refused() {
    let mut bytes = one_of_each();
    bytes.extend([0, 0]);
    assert_eq!(error(&bytes), LogError::Trailing { bytes: 2 });
}

fn error(bytes: &[u8]) -> LogError {
    read_chunk(bytes).err().expect("it was read")
}

#[test]
fn every_field_of_the_header_is_checked() {
    let header = |what, found| LogError::Header { what, found };
    let cases: [(usize, u8, LogError); 13] = [
        (0, b'X', LogError::NotALog),
        (4, 0, LogError::Version { found: 0 }),
        (4, 2, LogError::Version { found: 2 }),
        (5, 0, header("kind of chunk", 0)),
        (5, 3, header("kind of chunk", 3)),
        (22, 0, header("source", 0)),
        (22, 5, header("source", 5)),
        (23, 0, header("codec", 0)),
        (23, 4, header("codec", 4)),
        (28, 128, header("payload type", 128)),
        (53, 1, header("number of records", 0x0100_0007)),
        (
            52,
            0x2a,
            LogError::LastPts {
                promised: 1_066,
                found: 1_065,
            },
        ),
        (
            28,
            96,
            LogError::PayloadType {
                expected: 96,
                found: 111,
            },
        ),
    ];
    for (offset, byte, expected) in cases {
        let mut bytes = one_of_each();
        bytes[offset] = byte;
        assert_eq!(error(&bytes), expected, "byte {offset}");
    }
    let mut no_clock = one_of_each();
    no_clock[24..28].fill(0);
    assert_eq!(error(&no_clock), header("clock rate", 0));
    let mut no_records = one_of_each();
    no_records[53..57].fill(0);
    assert_eq!(error(&no_records), header("number of records", 0));
}

#[test]
fn the_end_is_where_the_header_says() {
    let mut promised_more = one_of_each();
    promised_more[5] = 1;
    assert_eq!(error(&promised_more), LogError::End);
    let mut has_none = one_of_each();
    has_none.truncate(has_none.len() - 6);
    has_none[56] = 6;
    assert_eq!(error(&has_none), LogError::End);
}

/// A chunk that promises more to follow, with these records.
fn chunk_of(count: u8, records: &[u8]) -> Vec<u8> {
    let mut bytes = one_of_each();
    bytes.truncate(RECORDS);
    bytes[5] = 1;
    bytes[37..53].fill(0);
    bytes[56] = count;
    bytes.extend(records);
    bytes
}

#[test]
fn records_are_checked() {
    assert!(read_chunk(&chunk_of(1, &[4, 0, 0, 0])).is_ok());
    let length = |kind, length| LogError::RecordLength { kind, length };
    let cases: [(&[u8], LogError); 12] = [
        (&[0, 0, 0, 0], LogError::RecordKind { found: 0 }),
        (&[8, 0, 0, 0], LogError::RecordKind { found: 8 }),
        (&[7, 0, 0, 0], LogError::End),
        (&[4, 0, 0, 1, 0], length(4, 1)),
        (&[2, 0, 0, 4, 1, 2, 3, 4], length(2, 4)),
        (&[3, 0, 0, 3, 1, 2, 3], length(3, 3)),
        (&[1, 0, 0, 0x80, 0x80, 4], length(1, 65_536)),
        (
            &[1, 0, 0, 0xff, 0xff, 3],
            LogError::Short { what: "records" },
        ),
        // Not the shortest way to write 0, and more than 64 bits.
        (&[4, 0x80, 0, 0, 0], LogError::Varint),
        (
            &[
                4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0,
            ],
            LogError::Varint,
        ),
        (
            &[
                4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 0,
            ],
            LogError::Varint,
        ),
        // 2 ns later than the first pts, which is its own.
        (
            &[4, 4, 4, 0],
            LogError::Header {
                what: "first pts",
                found: 0,
            },
        ),
    ];
    for (records, expected) in cases {
        assert_eq!(error(&chunk_of(1, records)), expected, "{records:?}");
    }
}

#[test]
fn a_promise_of_many_records_costs_nothing() {
    let mut bytes = chunk_of(0, &[4, 0, 0, 0]);
    bytes[53..57].copy_from_slice(&1_000_000_u32.to_be_bytes());
    assert_eq!(error(&bytes), LogError::Short { what: "records" });
    bytes[53..57].copy_from_slice(&1_000_001_u32.to_be_bytes());
    let what = "number of records";
    assert_eq!(
        error(&bytes),
        LogError::Header {
            what,
            found: 1_000_001
        }
    );
}

#[test]
fn only_packets_without_header_extension_are_packets() {
    let good = packet(&microphone(), 0xfffe, 0x0102_0304, 10);
    let packet_of = |first: u8, length: usize| {
        let mut bytes = good.clone();
        bytes[0] = first;
        bytes.resize(length, 0);
        RtpPacket::new(&bytes).map(|_| ())
    };
    let parsed = RtpPacket::new(&good).unwrap();
    assert_eq!(parsed.sequence(), 0xfffe);
    assert_eq!(parsed.timestamp(), 0x0102_0304);
    assert_eq!(parsed.payload_type(), 111);
    assert_eq!(parsed.ssrc(), u32::from_be_bytes(*b"ssrc"));
    assert!(!parsed.is_marked());
    assert!(packet_of(0x80, 12).is_ok() && packet_of(0x80, 65_535).is_ok());
    assert!(packet_of(0x82, 20).is_ok());
    for (first, length) in [
        (0x80, 11),
        (0x80, 65_536),
        (0x40, 22),
        (0x90, 22),
        (0x83, 22),
    ] {
        let is_refused = matches!(packet_of(first, length), Err(LogError::Packet { .. }));
        assert!(is_refused, "{first:#x}, {length} bytes");
    }
}

#[test]
fn neither_packets_nor_chunks_print_their_media() {
    let mut bytes = packet(&microphone(), 1, 2, 0);
    bytes.extend(b"CANARY");
    let record = at(0, rtp(&bytes));
    let mut log = TrackLog::new(microphone()).unwrap();
    log.push(record).unwrap();
    let printed = format!("{record:?} {:?}", log.finish(SECOND));
    let as_numbers = format!("{:?}", b"CANARY");
    let inside = as_numbers.trim_matches(['[', ']']);
    assert!(
        !printed.contains("CANARY") && !printed.contains(inside),
        "{printed}"
    );
}

#[test]
fn no_log_begins_that_could_not_be_read() {
    let refused = |track: TrackHeader| TrackLog::new(track).err();
    let no_clock = TrackHeader {
        clock_rate: 0,
        ..microphone()
    };
    let too_high = TrackHeader {
        payload_type: 128,
        ..microphone()
    };
    assert!(refused(microphone()).is_none());
    assert!(matches!(refused(no_clock), Some(LogError::Header { .. })));
    assert!(matches!(refused(too_high), Some(LogError::Header { .. })));
}
