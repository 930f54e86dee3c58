//! Sequences of chunks: whole, cut, with holes, mixed up.

use std::{cell::RefCell, io, iter};

use super::{
    super::{Body, LogError, PTS_TOLERANCE, TrackError, TrackHeader, TrackLog, TrackReader},
    Reading, SECOND, Written, at, bytes_of, camera, microphone, packet, read, rtp, short_log,
};

#[test]
fn a_missing_tail_is_a_cut() {
    let (chunks, written) = short_log();
    let reading = read(bytes_of(&chunks[..2]));
    assert_eq!(reading.records, written[..20]);
    assert!(reading.error.is_none() && !reading.is_complete);
}

#[test]
fn no_chunks_at_all_are_a_cut_as_well() {
    let reading = read([]);
    assert!(reading.records.is_empty() && reading.error.is_none() && !reading.is_complete);
}

#[test]
fn a_missing_chunk_is_named() {
    let (chunks, written) = short_log();
    let mut bytes = bytes_of(&chunks);
    bytes.remove(1);
    let reading = read(bytes);
    assert_eq!(reading.records, written[..10]);
    assert!(matches!(
        reading.error,
        Some(TrackError::Missing {
            number: 1,
            found: 2
        })
    ));
    assert!(!reading.is_complete);
    let reading = read(bytes_of(&chunks[1..]));
    assert!(matches!(
        reading.error,
        Some(TrackError::Missing {
            number: 0,
            found: 1
        })
    ));
}

#[test]
fn a_chunk_that_comes_again_is_refused() {
    let (chunks, written) = short_log();
    let mut bytes = bytes_of(&chunks);
    bytes.insert(1, bytes[0].clone());
    let reading = read(bytes);
    assert_eq!(reading.records, written[..10]);
    assert!(matches!(
        reading.error,
        Some(TrackError::Repeated {
            number: 1,
            found: 0
        })
    ));
}

#[test]
fn nothing_follows_the_end() {
    let (chunks, written) = short_log();
    let mut bytes = bytes_of(&chunks);
    bytes.push(bytes[0].clone());
    let reading = read(bytes);
    assert_eq!(reading.records, written);
    assert!(matches!(
        reading.error,
        Some(TrackError::AfterEnd { number: 3 })
    ));
    assert!(!reading.is_complete);
}

/// Two chunks, each with one record.
fn two_chunks(track: TrackHeader, first: (u64, Body<'_>), second: (u64, Body<'_>)) -> [Vec<u8>; 2] {
    let mut log = TrackLog::new(track).unwrap();
    log.push(at(first.0, first.1)).unwrap();
    let first = log.flush().unwrap();
    log.push(at(second.0, second.1)).unwrap();
    [first.bytes, log.finish(0).bytes]
}

#[test]
fn a_chunk_of_another_track_is_refused() {
    let pause = (0, Body::Pause);
    let [first, _] = two_chunks(microphone(), pause, pause);
    let other_codec = TrackHeader {
        payload_type: 96,
        ..microphone()
    };
    for other in [camera(), other_codec] {
        let [_, second] = two_chunks(other, pause, pause);
        let error = read([first.clone(), second]).error;
        assert!(matches!(error, Some(TrackError::OtherTrack { number: 1 })));
    }
}

#[test]
fn rules_hold_from_one_chunk_to_the_next() {
    let bytes = packet(&microphone(), 0, 0, 20);
    let late = 60 * SECOND;
    let resume = (late, Body::Resume);
    let [paused, _] = two_chunks(microphone(), (late, Body::Pause), resume);
    let [_, media] = two_chunks(microphone(), resume, (late, rtp(&bytes)));
    let reading = read([paused.clone(), media]);
    assert_eq!(reading.records.len(), 1);
    assert_eq!(damage(reading), Some((1, LogError::Paused)));
    let early = late - PTS_TOLERANCE - 1;
    let [_, before] = two_chunks(microphone(), (0, Body::Resume), (early, Body::Resume));
    let (pts, latest) = (early, late);
    let backwards = LogError::Backwards { pts, latest };
    assert_eq!(damage(read([paused, before])), Some((1, backwards)));
}

/// The damaged chunk, and what is wrong with it.
fn damage(reading: Reading) -> Option<(u64, LogError)> {
    match reading.error {
        Some(TrackError::Chunk { number, source }) => Some((number, source)),
        _ => None,
    }
}

#[test]
fn a_chunk_that_cannot_be_opened_ends_the_reading() {
    let (chunks, _) = short_log();
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let [first, second, third] = bytes_of(&chunks).try_into().unwrap();
    let mut reader = TrackReader::new([Ok(first), Err(broken()), Ok(second), Ok(third)]);
    assert!(reader.track().is_none());
    for _ in 0..10 {
        assert!(reader.next_record().unwrap().is_some());
    }
    assert_eq!(reader.track(), Some(&microphone()));
    let error = reader.next_record().expect_err("the seal is broken");
    assert!(
        matches!(error, TrackError::Fetch { number: 1, .. }),
        "{error:?}"
    );
    assert!(reader.next_record().unwrap().is_none());
    assert!(!reader.is_complete());
}

#[test]
fn the_end_is_known_and_complete_only_after_the_last_record() {
    let (chunks, _) = short_log();
    let mut reader = TrackReader::new(bytes_of(&chunks).into_iter().map(Ok::<_, io::Error>));
    for _ in 0..24 {
        assert!(reader.next_record().unwrap().is_some());
    }
    assert!(!reader.is_complete());
    assert!(reader.next_record().unwrap().is_some());
    assert!(reader.is_complete());
    assert_eq!(reader.ended_at(), Some(2_500_000_000));
    assert!(reader.next_record().unwrap().is_none());
    assert!(reader.is_complete());
}

#[test]
fn a_log_that_grows_is_read_on() {
    let (chunks, written) = short_log();
    let there = RefCell::new(Vec::new());
    let source = iter::from_fn(|| there.borrow_mut().pop().map(Ok::<Vec<u8>, io::Error>));
    let mut reader = TrackReader::new(source);
    assert!(reader.next_record().unwrap().is_none());
    let mut records: Vec<Written> = Vec::new();
    for chunk in bytes_of(&chunks) {
        there.borrow_mut().push(chunk);
        while let Some(record) = reader.next_record().unwrap() {
            records.push(record.into());
        }
    }
    assert_eq!(records, written);
    assert!(reader.is_complete());
}
