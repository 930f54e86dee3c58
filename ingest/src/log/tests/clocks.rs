//! A participant whose clocks are known, so that fits can be compared with the truth.

use super::super::timing::{ArrivalFit, Arrivals, ReportFit, SenderReports};

pub(super) const HOUR: u64 = 3_600_000_000_000;

/// Numbers that look random and are the same in every run (SplitMix64; Steele and others, 2014).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1.
    pub(super) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub(super) fn is(&mut self, probability: f64) -> bool {
        self.part() < probability
    }
}

/// The clocks of a sender. Times are nanoseconds of the time of the room.
#[derive(Clone, Copy)]
pub(super) struct Sender {
    pub(super) clock_rate: u32,
    /// What the room gains on the RTP clock.
    pub(super) drift_ppm: f64,
    /// What the room gains on the NTP clock.
    pub(super) ntp_drift_ppm: f64,
    /// RTP timestamp at 0.
    pub(super) first_rtp: u32,
    /// NTP seconds at 0.
    pub(super) first_ntp: f64,
    /// Delay that no packet escapes.
    pub(super) delay: u64,
}

impl Sender {
    /// RTP time of this time, in ticks.
    pub(super) fn rtp(&self, time: u64) -> i64 {
        let elapsed = time as f64 / (1.0 + self.drift_ppm * 1e-6);
        let ticks = (elapsed * f64::from(self.clock_rate) / 1e9).round() as i64;
        i64::from(self.first_rtp) + ticks
    }

    /// NTP time of this time, as it is sent.
    pub(super) fn ntp(&self, time: f64) -> u64 {
        let elapsed = time / (1.0 + self.ntp_drift_ppm * 1e-6) / 1e9;
        // Apart, as a double is not exact enough for both.
        let whole = elapsed.floor();
        let fraction = ((elapsed - whole) * f64::from(u32::MAX)) as u64;
        ((self.first_ntp + whole) as u64) << 32 | fraction
    }

    /// Packets over so long, one every so often, fitted. `late` says how much a packet is late
    /// beyond the delay, and may be negative for a timestamp that is wrong.
    pub(super) fn arrivals(
        &self,
        duration: u64,
        every: u64,
        mut late: impl FnMut(u64) -> f64,
    ) -> ArrivalFit {
        let mut arrivals = Arrivals::new(self.clock_rate);
        for time in (0..duration).step_by(every as usize) {
            let arrival = (time + self.delay) as f64 + late(time);
            arrivals.push(self.rtp(time), arrival.max(0.0) as u64);
        }
        arrivals.fit().unwrap()
    }

    /// Reports over so long, fitted. `off` says by how many nanoseconds the NTP time is wrong.
    pub(super) fn reports(
        &self,
        duration: u64,
        every: u64,
        mut off: impl FnMut(u64) -> f64,
    ) -> ReportFit {
        let mut reports = SenderReports::new(self.clock_rate);
        for time in (every..duration).step_by(every as usize) {
            let ntp = self.ntp(time as f64 + off(time));
            reports.push(self.rtp(time), ntp);
        }
        reports.fit().unwrap()
    }

    /// The greatest error of a mapping between these times, in milliseconds.
    pub(super) fn worst(&self, fit: &ArrivalFit, from: u64, to: u64) -> f64 {
        let error = |time: u64| fit.room(self.rtp(time)) as f64 - (time + self.delay) as f64;
        (from..to)
            .step_by(997_000_000)
            .map(|time| error(time).abs() / 1e6)
            .fold(0.0, f64::max)
    }
}

/// A microphone of a browser whose RTP clock drifts so much.
pub(super) fn microphone_clock(drift_ppm: f64) -> Sender {
    Sender {
        clock_rate: 48_000,
        drift_ppm,
        ntp_drift_ppm: 0.0,
        first_rtp: 0xfff0_0000,
        first_ntp: 3_990_000_000.0,
        delay: 35_000_000,
    }
}

/// A camera of the same participant.
pub(super) fn camera_clock(drift_ppm: f64) -> Sender {
    Sender {
        clock_rate: 90_000,
        first_rtp: 0x1234_5678,
        ..microphone_clock(drift_ppm)
    }
}
