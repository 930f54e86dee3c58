//! Clocks that drift, networks that are late, and senders that are wrong.

use super::{
    super::timing::{Arrivals, SenderReports, Unwrapper},
    MILLISECOND, SECOND,
    clocks::{Dice, HOUR, camera_clock, microphone_clock},
};

const DRIFTS: [f64; 5] = [-100.0, -37.0, 0.0, 12.0, 100.0];

#[test]
fn counters_run_on_beyond_their_overflow() {
    let mut timestamps = Unwrapper::timestamps();
    let places: Vec<i64> = [0xffff_fff0, 0xffff_ffff, 5, 1, 0x7fff_ffff, 0xffff_fffe, 3]
        .map(|value| timestamps.follow(value))
        .to_vec();
    let over = 1_i64 << 32;
    assert_eq!(
        places,
        [
            over - 16,
            over - 1,
            over + 5,
            over + 1,
            over + 0x7fff_ffff,
            2 * over - 2,
            2 * over + 3
        ]
    );
    let mut sequences = Unwrapper::sequences();
    let places = [65_534, 65_535, 0, 65_535, 2].map(|value| sequences.follow(value));
    assert_eq!(places, [65_534, 65_535, 65_536, 65_535, 65_538]);
}

#[test]
fn a_value_that_is_only_placed_misleads_nobody() {
    let mut timestamps = Unwrapper::timestamps();
    assert_eq!(timestamps.place(7), 7);
    assert_eq!(timestamps.follow(100), 100);
    assert_eq!(timestamps.place(0x8000_0063), 0x8000_0063_i64);
    assert_eq!(timestamps.place(0xffff_ffff), -1);
    assert_eq!(timestamps.follow(200), 200);
}

/// Late by up to 80 ms; one packet in a hundred late by up to 2 s or early by up to 500 ms.
fn hard_network(dice: &mut Dice) -> f64 {
    if dice.is(0.005) {
        return dice.part() * 2e9;
    }
    if dice.is(0.005) {
        return dice.part() * -5e8;
    }
    dice.part() * 80e6
}

#[test]
fn arrivals_are_mapped_within_5_ms_over_two_hours() {
    for drift in DRIFTS {
        let senders = [
            (microphone_clock(drift), 20 * MILLISECOND),
            (camera_clock(drift), 40 * MILLISECOND),
        ];
        for (sender, every) in senders {
            let mut dice = Dice::new(1);
            let fit = sender.arrivals(2 * HOUR, every, |_| hard_network(&mut dice));
            let found = fit.drift_ppm();
            assert!((found - drift).abs() < 2.0, "{found} ppm for {drift}");
            let worst = sender.worst(&fit, 0, 2 * HOUR);
            assert!(worst < 2.0, "{worst} ms at {drift} ppm");
        }
    }
}

#[test]
fn a_quartz_that_warms_up_is_followed() {
    // From -50 to +50 ppm within half an hour: the lag is a parabola, and no line fits it.
    let sender = microphone_clock(0.0);
    let mut dice = Dice::new(2);
    let bend = |time: u64| {
        let part = time as f64 / (HOUR / 2) as f64;
        (part * part - part) * 50e-6 * (HOUR / 2) as f64
    };
    let fit = sender.arrivals(HOUR / 2, 20 * MILLISECOND, |time| {
        bend(time) + dice.part() * 80e6
    });
    for time in (0..HOUR / 2).step_by(SECOND as usize) {
        let wanted = (time + sender.delay) as f64 + bend(time);
        let error = (fit.room(sender.rtp(time)) as f64 - wanted).abs() / 1e6;
        assert!(error < 5.0, "{error} ms at {time}");
    }
}

#[test]
fn drift_makes_no_error_of_its_own() {
    for drift in DRIFTS {
        let sender = microphone_clock(drift);
        let fit = sender.arrivals(HOUR, 20 * MILLISECOND, |_| 0.0);
        let worst = sender.worst(&fit, 0, HOUR);
        assert!(worst < 0.1, "{worst} ms at {drift} ppm");
        assert!(
            (fit.drift_ppm() - drift).abs() < 0.1,
            "{} ppm",
            fit.drift_ppm()
        );
    }
}

#[test]
fn a_short_track_is_mapped_as_well() {
    for seconds in [1, 5, 30, 61, 89, 91, 150] {
        let sender = microphone_clock(100.0);
        let mut dice = Dice::new(seconds);
        let fit = sender.arrivals(seconds * SECOND, 20 * MILLISECOND, |_| dice.part() * 80e6);
        let worst = sender.worst(&fit, 0, seconds * SECOND);
        assert!(worst < 5.0, "{worst} ms over {seconds} s");
        assert_eq!(fit.drift_ppm() == 0.0, seconds < 90, "{seconds} s");
    }
}

#[test]
fn one_packet_is_enough() {
    let mut arrivals = Arrivals::new(48_000);
    assert!(arrivals.fit().is_none());
    arrivals.push(1_000, 5 * SECOND);
    let fit = arrivals.fit().unwrap();
    assert_eq!(fit.room(1_000), 5_000_000_000);
    assert_eq!(fit.room(49_000), 6_000_000_000);
    assert_eq!(fit.room(1_000 - 480_000), -5_000_000_000);
}

#[test]
fn the_first_packet_of_a_picture_counts() {
    let mut arrivals = Arrivals::new(90_000);
    for arrival in [40, 7, 90] {
        arrivals.push(0, arrival * MILLISECOND);
    }
    assert_eq!(arrivals.fit().unwrap().room(0), 7_000_000);
}

#[test]
fn a_network_that_stands_still_moves_nothing() {
    let sender = microphone_clock(30.0);
    let mut dice = Dice::new(3);
    // From the tenth minute on nothing comes for 20 s, then all of it at once.
    let (stall, over) = (600 * SECOND, 620 * SECOND);
    let fit = sender.arrivals(HOUR / 2, 20 * MILLISECOND, |time| {
        let jitter = dice.part() * 80e6;
        if (stall..over).contains(&time) {
            (over - time) as f64
        } else {
            jitter
        }
    });
    let worst = sender.worst(&fit, 0, HOUR / 2);
    assert!(worst < 5.0, "{worst} ms");
    assert!(
        (fit.drift_ppm() - 30.0).abs() < 2.0,
        "{} ppm",
        fit.drift_ppm()
    );
}

#[test]
fn a_clock_that_stands_still_while_muted_is_followed() {
    let sender = microphone_clock(-40.0);
    // Muted for five minutes, in which RTP time does not pass; then for long or for ten seconds.
    let (muted, silence) = (617_200 * MILLISECOND, 300 * SECOND);
    for end in [HOUR / 2, muted + 10 * SECOND] {
        let mut dice = Dice::new(4);
        let mut arrivals = Arrivals::new(48_000);
        let sent = |time: u64| time + if time < muted { 0 } else { silence } + sender.delay;
        for time in (0..end).step_by(20_000_000) {
            arrivals.push(sender.rtp(time), sent(time) + (dice.part() * 80e6) as u64);
        }
        let fit = arrivals.fit().unwrap();
        for time in (0..end).step_by(20_000_000) {
            let error = (fit.room(sender.rtp(time)) - sent(time) as i64).abs();
            assert!(error < 5_000_000, "{error} ns at {time}");
        }
        assert!(
            (fit.drift_ppm() + 40.0).abs() < 2.0,
            "{} ppm",
            fit.drift_ppm()
        );
    }
}

#[test]
fn a_clock_that_jumps_ahead_is_followed() {
    let sender = camera_clock(0.0);
    let mut dice = Dice::new(5);
    let mut arrivals = Arrivals::new(90_000);
    let (jump, ahead) = (611 * SECOND, 90_000 * 4_000);
    let rtp = |time: u64| sender.rtp(time) + if time < jump { 0 } else { ahead };
    for time in (0..HOUR / 2).step_by(40_000_000) {
        arrivals.push(rtp(time), time + sender.delay + (dice.part() * 80e6) as u64);
    }
    let fit = arrivals.fit().unwrap();
    for time in (0..HOUR / 2).step_by(SECOND as usize) {
        let error = fit.room(rtp(time)) as f64 - (time + sender.delay) as f64;
        assert!(error.abs() < 5e6, "{error} ns at {time}");
    }
}

#[test]
fn a_clock_that_is_behind_for_minutes_is_no_network_that_stands_still() {
    let sender = microphone_clock(0.0);
    let mut dice = Dice::new(9);
    let mut arrivals = Arrivals::new(48_000);
    // It stands still for 5 s, and makes up for it five minutes later.
    let (still, from, to) = (595 * SECOND, 600 * SECOND, 900 * SECOND);
    let is_behind = |time: u64| (from..to).contains(&time);
    let rtp = |time: u64| sender.rtp(time) - if is_behind(time) { 5 * 48_000 } else { 0 };
    for time in (0..HOUR / 2).step_by(20_000_000) {
        if !(still..from).contains(&time) {
            arrivals.push(rtp(time), time + sender.delay + (dice.part() * 80e6) as u64);
        }
    }
    let fit = arrivals.fit().unwrap();
    for time in (0..HOUR / 2).step_by(SECOND as usize) {
        let error = (fit.room(rtp(time)) - (time + sender.delay) as i64).abs();
        let is_heard = !(still..from).contains(&time);
        assert!(!is_heard || error < 5_000_000, "{error} ns at {time}");
    }
}

#[test]
fn single_packets_with_wild_timestamps_move_nothing() {
    let sender = microphone_clock(20.0);
    let mut dice = Dice::new(10);
    let mut arrivals = Arrivals::new(48_000);
    for (time, count) in (0..HOUR / 2).step_by(20_000_000).zip(0_i64..) {
        let arrival = time + sender.delay + (dice.part() * 80e6) as u64;
        arrivals.push(sender.rtp(time), arrival);
        if count % 30_000 == 10_000 {
            arrivals.push(sender.rtp(time) - 400_000_000, arrival);
            arrivals.push(sender.rtp(time) + 400_000_000, arrival);
        }
    }
    let worst = sender.worst(&arrivals.fit().unwrap(), 0, HOUR / 2);
    assert!(worst < 5.0, "{worst} ms");
}

#[test]
fn a_delay_that_grows_for_good_is_followed_within_two_minutes() {
    let sender = microphone_clock(0.0);
    let mut dice = Dice::new(6);
    let change = 900 * SECOND;
    let fit = sender.arrivals(HOUR / 2, 20 * MILLISECOND, |time| {
        dice.part() * 20e6 + if time < change { 0.0 } else { 60e6 }
    });
    assert!(sender.worst(&fit, 0, change - 120 * SECOND) < 5.0);
    let end = change + 120 * SECOND;
    let error = fit.room(sender.rtp(end)) - (end + sender.delay) as i64 - 60_000_000;
    assert!(error.abs() < 5_000_000, "{error} ns");
}

/// Some milliseconds of scatter, and one report in ten wrong by up to ten minutes.
fn hard_reports(dice: &mut Dice) -> f64 {
    let scatter = (dice.part() - 0.5) * 10e6;
    if dice.is(0.1) {
        return scatter + (dice.part() - 0.5) * 1.2e12;
    }
    scatter
}

#[test]
fn reports_are_fitted_within_5_ms_over_two_hours() {
    for drift in DRIFTS {
        let senders = [
            (microphone_clock(drift), 5 * SECOND),
            (camera_clock(drift), SECOND),
        ];
        for (sender, every) in senders {
            let mut dice = Dice::new(7);
            let fit = sender.reports(2 * HOUR, every, |_| hard_reports(&mut dice));
            let found = fit.drift_ppm();
            assert!((found - drift).abs() < 2.0, "{found} ppm for {drift}");
            assert!(fit.scatter() < 5_000_000, "{} ns", fit.scatter());
            for time in (0..2 * HOUR).step_by(SECOND as usize) {
                let wanted = 3_990_000_000_000_000_000 + time as i64;
                let error = fit.ntp(sender.rtp(time)) - wanted;
                assert!(error.abs() < 5_000_000, "{error} ns at {time}");
                let back = fit.rtp(wanted) - sender.rtp(time);
                let most = i64::from(sender.clock_rate / 200);
                assert!(back.abs() < most, "{back} ticks at {time}");
            }
        }
    }
}

#[test]
fn few_reports_say_nothing_about_drift() {
    let sender = microphone_clock(50.0);
    let mut dice = Dice::new(8);
    let fit = sender.reports(26 * SECOND, 5 * SECOND, |_| (dice.part() - 0.5) * 10e6);
    assert_eq!(fit.drift_ppm(), 0.0);
    let error = fit.ntp(sender.rtp(13 * SECOND)) - 3_990_000_013_000_000_000;
    assert!(error.abs() < 5_000_000, "{error} ns");
    assert!(SenderReports::new(48_000).fit().is_none());
}

#[test]
fn reports_after_2036_follow_those_before() {
    let mut reports = SenderReports::new(1_000);
    // One second before the seconds overflow, at it, and one after it.
    reports.push(0, 0xffff_ffff << 32);
    reports.push(1_000, 0);
    reports.push(2_000, 1 << 32 | 1 << 31);
    let fit = reports.fit().unwrap();
    assert_eq!(fit.ntp(0), 4_294_967_295_000_000_000);
    assert_eq!(fit.ntp(2_000) - fit.ntp(0), 2_000_000_000);
}

#[test]
fn a_clock_that_was_set_shows_in_the_scatter() {
    let sender = microphone_clock(0.0);
    let fit = sender.reports(
        HOUR,
        5 * SECOND,
        |time| {
            if time < HOUR / 2 { 0.0 } else { 90e9 }
        },
    );
    assert!(fit.scatter() > 50_000_000, "{} ns", fit.scatter());
}
