//! NTP time by RTP time.

use super::{
    MOST_DRIFT, nanoseconds,
    robust::{add_slopes, median},
    saturated, ticks,
};

/// A shorter span says nothing about drift, in nanoseconds: 60 s. Reports of audio scatter by some
/// milliseconds, which over 60 s is already 50 ppm.
const LEAST_SPAN: f64 = 60e9;

/// The sender reports of one track.
#[derive(Clone, Debug)]
pub struct SenderReports {
    clock_rate: u32,
    /// RTP time in ticks, and NTP time in nanoseconds.
    reports: Vec<(i64, i64)>,
}

impl SenderReports {
    /// Begins with none, for a track of this clock rate in Hz.
    pub const fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            reports: Vec::new(),
        }
    }

    /// Adds a report.
    ///
    /// `rtp` is its RTP timestamp as [`super::Unwrapper::place`] gives it, `ntp` its NTP timestamp
    /// as sent. A second below 2^31 belongs to the era from 2036 on (RFC 4330, section 3).
    pub fn push(&mut self, rtp: i64, ntp: u64) {
        self.reports.push((rtp, ntp_nanoseconds(ntp)));
    }

    /// Fits a line through the reports: Theil–Sen for its slope, the median for its height. Nothing
    /// without reports. Up to a quarter of them may be wrong by any amount.
    pub fn fit(&self) -> Option<ReportFit> {
        let (base_rtp, base_ntp) = *self.reports.first()?;
        // How far NTP time is ahead of RTP time, over RTP time.
        let points: Vec<(f64, f64)> = (self.reports.iter())
            .map(|&(rtp, ntp)| {
                let elapsed = nanoseconds(ticks(base_rtp, rtp), self.clock_rate);
                let ahead = i128::from(ntp) - i128::from(base_ntp) - elapsed;
                (elapsed as f64, ahead as f64)
            })
            .collect();
        let drift = drift(&points);
        let over = |(elapsed, ahead): &(f64, f64)| ahead - drift * elapsed;
        let mut heights: Vec<f64> = points.iter().map(over).collect();
        let height = median(&mut heights)?;
        let mut distances: Vec<f64> = heights.iter().map(|over| (over - height).abs()).collect();
        let scatter = median(&mut distances)?;
        Some(ReportFit {
            clock_rate: self.clock_rate,
            base_rtp,
            base_ntp,
            drift,
            height,
            scatter,
        })
    }
}

fn drift(points: &[(f64, f64)]) -> f64 {
    let mut times: Vec<f64> = points.iter().map(|(elapsed, _)| *elapsed).collect();
    times.sort_unstable_by(f64::total_cmp);
    // Of the middle half, twice: a report with a wrong time must not make a span.
    let (early, late) = (times.len() / 4, times.len() - 1 - times.len() / 4);
    if 2.0 * (times[late] - times[early]) < LEAST_SPAN {
        return 0.0;
    }
    let mut slopes = Vec::new();
    add_slopes(points, &mut slopes);
    median(&mut slopes)
        .unwrap_or(0.0)
        .clamp(-MOST_DRIFT, MOST_DRIFT)
}

/// Returns an NTP timestamp in nanoseconds since 1900.
fn ntp_nanoseconds(ntp: u64) -> i64 {
    const ERA: i64 = 1 << 32;
    let seconds = (ntp >> 32).cast_signed();
    let is_after_2036 = seconds < ERA / 2;
    let seconds = if is_after_2036 {
        seconds + ERA
    } else {
        seconds
    };
    let fraction = ((ntp & 0xffff_ffff) * 1_000_000_000) >> 32;
    // Less than 6.5e18, which is not yet 2^63.
    seconds * 1_000_000_000 + fraction.cast_signed()
}

/// The NTP time of the sender as a linear function of the RTP time of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportFit {
    clock_rate: u32,
    base_rtp: i64,
    base_ntp: i64,
    /// Nanoseconds that NTP time gains on RTP time in each of its nanoseconds.
    drift: f64,
    /// How far NTP time is ahead at the base, in nanoseconds.
    height: f64,
    scatter: f64,
}

impl ReportFit {
    /// Returns the NTP time of this RTP time, in nanoseconds since 1900.
    pub fn ntp(&self, rtp: i64) -> i64 {
        let elapsed = nanoseconds(ticks(self.base_rtp, rtp), self.clock_rate);
        let ahead = (self.drift * elapsed as f64 + self.height).round() as i128;
        saturated(i128::from(self.base_ntp) + elapsed + ahead)
    }

    /// Returns the RTP time of this NTP time, in ticks.
    pub fn rtp(&self, ntp: i64) -> i64 {
        let since_base = (i128::from(ntp) - i128::from(self.base_ntp)) as f64;
        let elapsed = (since_base - self.height) / (1.0 + self.drift);
        let ticks = (elapsed * f64::from(self.clock_rate) / 1e9).round() as i128;
        saturated(i128::from(self.base_rtp) + ticks)
    }

    /// Returns what NTP time gains on RTP time, in ppm: positive where the RTP clock is slow. 0
    /// where the reports span less than a minute.
    pub fn drift_ppm(&self) -> f64 {
        self.drift * 1e6
    }

    /// Returns the median distance of a report from the line, in nanoseconds. Milliseconds are
    /// usual; more than 50 ms says that one of the clocks was set, and that the line is no use.
    pub fn scatter(&self) -> u64 {
        self.scatter as u64
    }
}
