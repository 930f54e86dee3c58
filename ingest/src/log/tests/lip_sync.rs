//! Sound and picture of one participant, brought together from a log.

use super::{
    super::{
        Body, Record, SenderReport, TrackHeader,
        timing::{TrackFit, TrackTiming},
    },
    SECOND, camera,
    clocks::{Dice, HOUR, Sender, camera_clock, microphone_clock},
    microphone, packet, rtp,
};

/// The fit of a track whose packets and reports come as they do in a log.
fn fit(track: &TrackHeader, sender: &Sender, every: u64, seed: u64) -> TrackFit {
    let mut dice = Dice::new(seed);
    let mut timing = TrackTiming::new(track);
    // The first report comes before the first packet.
    let mut next_report = 0;
    for (time, sequence) in (0..HOUR)
        .step_by(every as usize)
        .zip((0..=u16::MAX).cycle())
    {
        let arrival = time + sender.delay + (dice.part() * 80e6) as u64;
        let record = |body| Record {
            pts: arrival,
            arrival,
            body,
        };
        // Unwrapping is the task of the fit.
        let timestamp = sender.rtp(time) as u32;
        if time >= next_report {
            let ntp = sender.ntp(time as f64 + (dice.part() - 0.5) * 6e6);
            let report = SenderReport {
                ntp,
                rtp: timestamp,
            };
            assert_eq!(timing.add(&record(Body::SenderReport(report))), None);
            next_report = time + 5 * SECOND;
        }
        let bytes = packet(track, sequence, timestamp, 0);
        assert_eq!(timing.add(&record(rtp(&bytes))), Some(sender.rtp(time)));
    }
    timing.fit().unwrap()
}

#[test]
fn picture_follows_sound_by_their_common_clock() {
    // The encoder of the camera takes 120 ms longer, and all clocks drift apart.
    let audio_clock = microphone_clock(80.0);
    let video_clock = Sender {
        delay: audio_clock.delay + 120_000_000,
        drift_ppm: -60.0,
        ..camera_clock(0.0)
    };
    let [audio_clock, video_clock] = [audio_clock, video_clock].map(|clock| Sender {
        ntp_drift_ppm: 25.0,
        ..clock
    });
    let audio = fit(&microphone(), &audio_clock, 20_000_000, 1);
    let video = fit(&camera(), &video_clock, 40_000_000, 2);
    for time in (0..HOUR).step_by(10 * SECOND as usize) {
        let (heard, seen) = (audio_clock.rtp(time), video_clock.rtp(time));
        let shift = video.shift_to(&audio, seen).unwrap();
        let apart = video.arrivals.room(seen) + shift - audio.arrivals.room(heard);
        assert!(apart.abs() < 5_000_000, "{apart} ns at {time}");
        assert!((shift + 120_000_000).abs() < 5_000_000, "{shift} ns");
    }
}

#[test]
fn without_reports_there_is_no_shift() {
    let audio = fit(&microphone(), &microphone_clock(0.0), 20_000_000, 1);
    let mut silent = audio.clone();
    silent.reports = None;
    assert!(audio.shift_to(&audio, 0).is_some());
    assert_eq!(silent.shift_to(&audio, 0), None);
    assert_eq!(audio.shift_to(&silent, 0), None);
}
