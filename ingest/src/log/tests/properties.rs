//! Rules that hold for every log and for all bytes.

use proptest::prelude::*;

use super::{
    super::{
        TrackLog, read_chunk,
        timing::{Arrivals, SenderReports, TrackTiming},
    },
    MILLISECOND, Written, WrittenBody, bytes_of, microphone, packet, read, short_log,
};

/// Any record that the log takes after the one before.
fn written() -> impl Strategy<Value = (u64, i64, WrittenBody)> {
    let bytes =
        (any::<u16>(), any::<u32>(), 0..2_000_usize).prop_map(|(sequence, timestamp, payload)| {
            WrittenBody::Rtp(packet(&microphone(), sequence, timestamp, payload))
        });
    let body = prop_oneof![
        6 => bytes,
        1 => (any::<u64>(), any::<u32>())
            .prop_map(|(ntp, rtp)| WrittenBody::SenderReport(ntp, rtp)),
        1 => any::<u16>().prop_map(WrittenBody::Gap),
        1 => Just(WrittenBody::Pause),
        2 => Just(WrittenBody::Resume),
        1 => Just(WrittenBody::KeyframeAsked),
    ];
    (
        0..400 * MILLISECOND,
        -2_000_000_000..2_000_000_000_i64,
        body,
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        start in 10_000_000_000..u64::MAX / 2,
        records in prop::collection::vec(written(), 0..200),
        flushes in prop::collection::vec(any::<bool>(), 200),
    ) {
        let mut log = TrackLog::new(microphone()).unwrap();
        let mut chunks = Vec::new();
        let mut expected = Vec::new();
        let mut time = start;
        for ((step, jitter, body), is_flushed) in records.into_iter().zip(flushes) {
            time += step;
            let record = Written { pts: time.saturating_add_signed(jitter), arrival: time, body };
            match log.push(record.record()) {
                Ok(full) => {
                    chunks.extend(full);
                    expected.push(record);
                }
                // Nothing but packets after a pause may be refused.
                Err(error) => prop_assert_eq!(error, super::super::LogError::Paused),
            }
            if is_flushed && log.due(time) {
                chunks.extend(log.flush());
            }
        }
        chunks.push(log.finish(time));
        let reading = read(bytes_of(&chunks));
        prop_assert_eq!(reading.records, expected);
        prop_assert!(reading.is_complete && reading.error.is_none());
        for (chunk, number) in chunks.iter().zip(0..) {
            let parsed = read_chunk(&chunk.bytes).unwrap();
            prop_assert_eq!((chunk.number, parsed.number()), (number, number));
            prop_assert_eq!(chunk.first_pts, parsed.first_pts());
            prop_assert_eq!(chunk.last_pts, parsed.last_pts());
        }
    }

    #[test]
    fn any_time_is_kept(pts in any::<u64>(), before in 0..5_000_000_000_u64, wait in any::<u64>()) {
        let records = [(pts, WrittenBody::Resume), (pts.saturating_sub(before), WrittenBody::Pause)]
            .map(|(pts, body)| Written { pts, arrival: pts.saturating_add(wait), body });
        let mut log = TrackLog::new(microphone()).unwrap();
        for record in &records {
            log.push(record.record()).unwrap();
        }
        prop_assert_eq!(read([log.finish(0).bytes]).records, records);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read_chunk(&bytes).is_err());
    }

    #[test]
    fn no_records_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        // Behind a header that is right, so that it gets further.
        let (chunks, _) = short_log();
        let mut chunk = chunks[0].bytes[..57].to_vec();
        chunk.extend(bytes);
        prop_assert!(read_chunk(&chunk).is_err());
    }

    #[test]
    fn a_cut_chunk_is_an_error_and_leaves_the_chunks_before_it(
        cut in 0..3_usize,
        length in any::<prop::sample::Index>(),
    ) {
        let (chunks, written) = short_log();
        let mut bytes = bytes_of(&chunks);
        let length = length.index(bytes[cut].len());
        bytes[cut].truncate(length);
        let reading = read(bytes);
        prop_assert!(reading.error.is_some() && !reading.is_complete);
        prop_assert_eq!(&reading.records[..], &written[..10 * cut]);
    }

    #[test]
    fn changed_bytes_change_no_other_chunk(
        changed in 0..3_usize,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (chunks, written) = short_log();
        let mut bytes = bytes_of(&chunks);
        let length = bytes[changed].len();
        for (place, byte) in places {
            bytes[changed][place.index(length)] = byte;
        }
        let reading = read(bytes);
        let records = &reading.records;
        let before = 10 * changed;
        prop_assert_eq!(&records[..before], &written[..before]);
        let after = (before + 10).min(written.len());
        match &reading.error {
            // All of a chunk that came is as many records as were written.
            None => {
                prop_assert_eq!(records.len(), written.len());
                prop_assert_eq!(&records[after..], &written[after..]);
            }
            Some(_) => {
                let whole = [before, after, written.len()];
                prop_assert!(whole.contains(&records.len()), "{} records", records.len());
                prop_assert!(!reading.is_complete);
            }
        }
    }

    #[test]
    fn no_times_make_a_fit_panic(
        clock_rate in prop_oneof![Just(0), Just(1), Just(48_000), any::<u32>()],
        times in prop::collection::vec((any::<i64>(), any::<u64>()), 0..60),
        asked in any::<i64>(),
        beside in any::<i64>(),
    ) {
        let mut reports = SenderReports::new(clock_rate);
        let mut arrivals = Arrivals::new(clock_rate);
        for (rtp, time) in &times {
            reports.push(*rtp, *time);
            arrivals.push(*rtp, *time);
        }
        prop_assert_eq!(reports.fit().is_none(), times.is_empty());
        if let Some(fit) = reports.fit() {
            fit.rtp(fit.ntp(asked));
            fit.ntp(fit.rtp(asked));
            prop_assert!(fit.drift_ppm().is_finite());
        }
        if let Some(fit) = arrivals.fit() {
            prop_assert!(fit.drift_ppm().is_finite());
            let (earlier, later) = (asked.min(beside), asked.max(beside));
            prop_assert!(fit.room(earlier) <= fit.room(later));
        }
    }

    #[test]
    fn any_log_has_a_fit(records in prop::collection::vec(written(), 0..60)) {
        let mut timing = TrackTiming::new(&microphone());
        let mut has_packet = false;
        let mut time = 0;
        for (step, _, body) in records {
            time += step;
            has_packet |= matches!(body, WrittenBody::Rtp(_));
            timing.add(&Written { pts: time, arrival: time, body }.record());
        }
        prop_assert_eq!(timing.fit().is_some(), has_packet);
    }
}
