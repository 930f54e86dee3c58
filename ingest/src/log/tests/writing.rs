//! When chunks are closed, what is refused, and what a log costs.

use super::{
    super::{Body, Chunk, LogError, PTS_TOLERANCE, Record, TrackHeader, TrackLog, read_chunk},
    MILLISECOND, SECOND, at, bytes_of, camera, microphone, packet, read, rtp, short_log,
};

#[test]
fn a_chunk_holds_one_second() {
    let (chunks, written) = short_log();
    let spans: Vec<(u64, u64, u64)> = chunks
        .iter()
        .map(|chunk| {
            let milliseconds = |time| time / MILLISECOND;
            let (first, last) = (chunk.first_pts, chunk.last_pts);
            (chunk.number, milliseconds(first), milliseconds(last))
        })
        .collect();
    assert_eq!(spans, [(0, 0, 900), (1, 1_000, 1_900), (2, 2_000, 2_500)]);
    let reading = read(bytes_of(&chunks));
    assert_eq!(reading.records, written);
    assert!(reading.is_complete && reading.error.is_none());
}

#[test]
fn a_chunk_holds_one_mebibyte() {
    let mut log = TrackLog::new(camera()).unwrap();
    let bytes = packet(&camera(), 0, 0, 65_000);
    let mut chunks = Vec::new();
    for index in 0..40 {
        chunks.extend(log.push(at(index, rtp(&bytes))).unwrap());
    }
    chunks.push(log.finish(40));
    let lengths: Vec<usize> = chunks.iter().map(|chunk| chunk.bytes.len()).collect();
    assert!(
        lengths.iter().all(|length| *length <= 1 << 20),
        "{lengths:?}"
    );
    assert!(lengths[0] > (1 << 20) - 66_000, "{lengths:?}");
    assert_eq!(read(bytes_of(&chunks)).records.len(), 40);
}

#[test]
fn not_even_the_smallest_records_make_a_chunk_longer() {
    let mut log = TrackLog::new(camera()).unwrap();
    let records = (0..300_000).map(|_| at(SECOND, Body::KeyframeAsked));
    let full: Vec<Chunk> = records
        .filter_map(|record| log.push(record).unwrap())
        .collect();
    assert_eq!(full.len(), 1);
    assert!(full[0].bytes.len() <= 1 << 20, "{:?}", full[0]);
    assert!(full[0].bytes.len() > (1 << 20) - 100, "{:?}", full[0]);
}

#[test]
fn what_waits_for_a_second_is_due() {
    let mut log = TrackLog::new(microphone()).unwrap();
    assert!(!log.due(u64::MAX) && log.flush().is_none(), "nothing waits");
    log.push(at(5 * SECOND, Body::Pause)).unwrap();
    // A later one does not make the first one wait anew.
    let later = at(5 * SECOND + 900 * MILLISECOND, Body::Resume);
    assert!(log.push(later).unwrap().is_none());
    assert!(!log.due(0) && !log.due(6 * SECOND - 1));
    assert!(log.due(6 * SECOND));
    assert_eq!(log.flush().unwrap().number, 0);
    assert!(!log.due(u64::MAX) && log.flush().is_none());
}

#[test]
fn a_log_without_records_still_ends() {
    let chunk = TrackLog::new(microphone()).unwrap().finish(3 * SECOND);
    let parsed = read_chunk(&chunk.bytes).unwrap();
    assert_eq!(parsed.ended_at(), Some(3 * SECOND));
    assert_eq!(parsed.count(), 0);
    assert!(read([chunk.bytes]).is_complete);
}

#[test]
fn a_log_never_ends_before_its_last_record() {
    let mut log = TrackLog::new(microphone()).unwrap();
    log.push(at(9 * SECOND, Body::Pause)).unwrap();
    assert_eq!(log.finish(SECOND).last_pts, 9 * SECOND);
}

#[test]
fn nothing_is_recorded_between_a_pause_and_its_resume() {
    let mut log = TrackLog::new(microphone()).unwrap();
    let bytes = packet(&microphone(), 0, 0, 20);
    let mut chunks = Vec::new();
    chunks.extend(log.push(at(0, rtp(&bytes))).unwrap());
    chunks.extend(log.push(at(1, Body::Pause)).unwrap());
    // In this chunk and in the next.
    assert_eq!(log.push(at(2, rtp(&bytes))), Err(LogError::Paused));
    chunks.extend(log.flush());
    assert_eq!(log.push(at(3, rtp(&bytes))), Err(LogError::Paused));
    chunks.extend(log.push(at(4, Body::KeyframeAsked)).unwrap());
    chunks.extend(log.push(at(5, Body::Resume)).unwrap());
    chunks.extend(log.push(at(6, rtp(&bytes))).unwrap());
    chunks.push(log.finish(7));
    let times: Vec<u64> = read(bytes_of(&chunks))
        .records
        .iter()
        .map(|record| record.pts)
        .collect();
    assert_eq!(times, [0, 1, 4, 5, 6]);
}

#[test]
fn what_is_refused_leaves_the_log_as_it_was() {
    let mut log = TrackLog::new(microphone()).unwrap();
    let good = packet(&microphone(), 0, 0, 20);
    let video = packet(&camera(), 0, 0, 20);
    let start = 60 * SECOND;
    log.push(at(start, rtp(&good))).unwrap();
    let (expected, found) = (111, 96);
    let wrong_type = LogError::PayloadType { expected, found };
    assert_eq!(log.push(at(start, rtp(&video))), Err(wrong_type));
    let (pts, latest) = (start - PTS_TOLERANCE - 1, start);
    let backwards = LogError::Backwards { pts, latest };
    assert_eq!(log.push(at(pts, rtp(&good))), Err(backwards));
    let (pts, arrival) = (u64::MAX, start);
    let no_time = Record {
        pts,
        arrival,
        body: rtp(&good),
    };
    assert_eq!(log.push(no_time), Err(LogError::Ahead { pts, arrival }));
    assert!(
        log.push(at(start - PTS_TOLERANCE, rtp(&good)))
            .unwrap()
            .is_none()
    );
    let reading = read([log.finish(start).bytes]);
    assert_eq!(reading.records.len(), 2);
    assert!(reading.is_complete);
}

/// Bytes of a log beside the packets, for each packet.
fn overhead(track: TrackHeader, packets: impl Iterator<Item = (u64, u32, usize)>) -> f64 {
    let mut log = TrackLog::new(track).unwrap();
    let (mut total, mut media, mut count) = (0, 0, 0_u16);
    let mut end = 0;
    for (time, timestamp, payload) in packets {
        let bytes = packet(&track, count, timestamp, payload);
        // The jitterbuffer smooths the arrivals; these differ by up to 4 ms.
        let jitter = u64::from(count) * 7_919 % 4_000 * 1_000;
        let record = Record {
            pts: time,
            arrival: time + jitter,
            body: rtp(&bytes),
        };
        media += bytes.len();
        count += 1;
        end = time;
        total += log
            .push(record)
            .unwrap()
            .map_or(0, |chunk| chunk.bytes.len());
    }
    total += log.finish(end).bytes.len();
    (total - media) as f64 / f64::from(count)
}

#[test]
fn a_packet_costs_about_ten_bytes() {
    // Speech at 32 kbit/s.
    let speech = (0..3_000_u32).map(|index| (u64::from(index) * 20 * MILLISECOND, index * 960, 80));
    let speech = overhead(microphone(), speech);
    // 25 pictures a second, of 5 packets that follow each other.
    let video = (0..7_500_u32).map(|index| {
        let picture = index / 5;
        (
            u64::from(picture) * 40 * MILLISECOND,
            picture * 3_600,
            1_160,
        )
    });
    let video = overhead(camera(), video);
    assert!((10.0..12.0).contains(&speech), "{speech} bytes for speech");
    assert!((8.0..10.0).contains(&video), "{video} bytes for video");
}
