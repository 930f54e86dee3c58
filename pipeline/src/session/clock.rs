//! The time of the room by the RTP time of one track, worked out while the log is read.
//!
//! [`scrim_ingest::log::timing`] fits a whole log. Here it fits the last minutes of what was read so
//! far, again and again, and passes from one fit to the next so slowly that nobody notices. What
//! comes out depends on the records and their order alone.

use std::{collections::VecDeque, sync::Arc};

use scrim_ingest::log::{
    SenderReport,
    timing::{Arrivals, SenderReports, TrackFit, Unwrapper},
};

/// Time is told anew once in so many nanoseconds of the room: 1 s.
pub(super) const EPOCH: u64 = 1_000_000_000;

/// A new fit every so many epochs; each costs about a millisecond.
const REFIT_EVERY: u64 = 5;

/// A track is young, and fitted in each epoch, for so many of them.
const YOUNG: u32 = 6;

/// What is looked back at, in nanoseconds: 4 min. Long enough to tell the drift of two clocks to
/// some ppm, short enough to follow a quartz that warms up.
const HISTORY: u64 = 240_000_000_000;

/// Of the packets in so many parts of a second only the least delayed one counts.
const CELLS_A_SECOND: i64 = 10;

/// A packet that is so far from where it is expected may be the first after a jump, in nanoseconds:
/// 0.7 s. A fit is made at once, and says whether it is.
const ASTRAY: i64 = 700_000_000;

/// For so many epochs after such a packet the track is fitted in each: what looked like a jump may turn
/// out to have been a network that stood still.
const UNREST: u32 = 4;

/// Two fits that differ by more are not passed between: one of the clocks jumped. In nanoseconds:
/// 0.2 s.
const SNAP: i64 = 200_000_000;

/// How fast one passes from a fit to the next: by 5 ms a second.
const SLEW_PER_MILLE: i64 = 5;

/// A timestamp that is so far back is of a clock that was set anew, in seconds.
const SET_BACK: i64 = 10;

/// Reports that scatter more are no use, in nanoseconds: 50 ms.
const MOST_SCATTER: u64 = 50_000_000;

/// Picture and sound of one participant are never further apart, in nanoseconds: 1 s.
const MOST_SHIFT: i64 = 1_000_000_000;

/// The clock of one track.
pub(super) struct Clock {
    clock_rate: u32,
    timestamps: Unwrapper,
    newest: Option<i64>,
    /// RTP time in ticks, and arrival in nanoseconds of the room.
    points: VecDeque<(i64, u64)>,
    /// RTP time in ticks and NTP time as sent, and when it came.
    reports: VecDeque<(i64, u64, u64)>,
    /// Reports that came before any packet.
    early: Vec<(SenderReport, u64)>,
    fit: Option<Arc<TrackFit>>,
    fits: u32,
    /// Epochs in which it is fitted, since a packet came that is not where the fit says.
    unrest: u32,
    /// What is added to the fit, in nanoseconds, at this RTP time; it fades.
    rest: (i64, i64),
}

impl Clock {
    pub(super) const fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            timestamps: Unwrapper::timestamps(),
            newest: None,
            points: VecDeque::new(),
            reports: VecDeque::new(),
            early: Vec::new(),
            fit: None,
            fits: 0,
            unrest: 0,
            rest: (0, 0),
        }
    }

    /// Notes a packet and returns its RTP time in ticks.
    pub(super) fn packet(&mut self, timestamp: u32, arrival: u64) -> i64 {
        let rtp = self.timestamps.follow(timestamp);
        let rate = i64::from(self.clock_rate);
        if self
            .newest
            .is_some_and(|newest| rtp < newest - SET_BACK * rate)
        {
            self.points.clear();
            self.reports.clear();
            self.newest = None;
            self.unrest = UNREST;
        }
        self.newest = self.newest.max(Some(rtp));
        if let Some(expected) = self.room(rtp) {
            let off = i128::from(arrival) - i128::from(expected);
            if off.abs() > i128::from(ASTRAY) {
                self.unrest = UNREST;
            }
        }
        let cell = |rtp: i64| rtp.div_euclid((rate / CELLS_A_SECOND).max(1));
        let lag = |(rtp, arrival): (i64, u64)| i128::from(arrival) - self.nanoseconds(rtp);
        match self.points.back() {
            Some(last) if cell(last.0) == cell(rtp) => {
                if lag((rtp, arrival)) < lag(*last) {
                    self.points.pop_back();
                    self.points.push_back((rtp, arrival));
                }
            }
            _ => self.points.push_back((rtp, arrival)),
        }
        for (report, at) in std::mem::take(&mut self.early) {
            self.report(report, at);
        }
        rtp
    }

    /// Notes a sender report.
    pub(super) fn report(&mut self, report: SenderReport, arrival: u64) {
        if self.newest.is_none() {
            self.early.push((report, arrival));
            return;
        }
        let rtp = self.timestamps.place(report.rtp);
        self.reports.push_back((rtp, report.ntp, arrival));
    }

    /// Fits again where that is due in this epoch. `at` is the RTP time from which on packets get
    /// their time by the new fit.
    pub(super) fn refit(&mut self, epoch: u64, at: i64) {
        let is_due = epoch.is_multiple_of(REFIT_EVERY) || self.fits < YOUNG || self.unrest > 0;
        if !is_due || self.points.is_empty() {
            return;
        }
        self.forget();
        let mut arrivals = Arrivals::new(self.clock_rate);
        for (rtp, arrival) in &self.points {
            arrivals.push(*rtp, *arrival);
        }
        let mut reports = SenderReports::new(self.clock_rate);
        for (rtp, ntp, _) in &self.reports {
            reports.push(*rtp, *ntp);
        }
        let Some(arrivals) = arrivals.fit() else {
            return;
        };
        let reports = reports.fit();
        let fit = TrackFit { reports, arrivals };
        let apart = self
            .room(at)
            .map_or(0, |before| before.saturating_sub(fit.arrivals.room(at)));
        self.rest = if apart.saturating_abs() > SNAP {
            (0, at)
        } else {
            (apart, at)
        };
        self.fit = Some(Arc::new(fit));
        self.fits = self.fits.saturating_add(1);
        self.unrest = self.unrest.saturating_sub(1);
    }

    /// Returns when the packet of this RTP time belongs, in nanoseconds of the room. Nothing before
    /// the first fit.
    pub(super) fn room(&self, rtp: i64) -> Option<i64> {
        let room = self.fit.as_ref()?.arrivals.room(rtp);
        let (apart, from) = self.rest;
        let elapsed = self.nanoseconds(rtp) - self.nanoseconds(from);
        let faded = elapsed.max(0) * i128::from(SLEW_PER_MILLE) / 1000;
        let left = (i128::from(apart.saturating_abs()) - faded).max(0) as i64;
        Some(room.saturating_add(left * apart.signum()))
    }

    /// Returns the last fit.
    pub(super) const fn fit(&self) -> Option<&Arc<TrackFit>> {
        self.fit.as_ref()
    }

    /// Forgets what is too long ago.
    fn forget(&mut self) {
        let newest = self.points.back().map_or(0, |(_, arrival)| *arrival);
        let oldest = newest.saturating_sub(HISTORY);
        while self.points.front().is_some_and(|(_, at)| *at < oldest) {
            self.points.pop_front();
        }
        while self.reports.front().is_some_and(|(_, _, at)| *at < oldest) {
            self.reports.pop_front();
        }
    }

    fn nanoseconds(&self, rtp: i64) -> i128 {
        i128::from(rtp) * 1_000_000_000 / i128::from(self.clock_rate.max(1))
    }
}

/// What is added to the time of pictures, so that they come with the sound of their participant.
#[derive(Debug)]
pub(super) struct LipSync {
    shift: Option<i64>,
}

impl LipSync {
    pub(super) const fn new() -> Self {
        Self { shift: None }
    }

    /// Looks at both fits again, at the start of an epoch whose first picture has this RTP time.
    pub(super) fn look(&mut self, pictures: &TrackFit, sound: &TrackFit, at: i64) {
        let is_useful = |fit: &TrackFit| {
            let scatter = fit.reports.map(|reports| reports.scatter());
            scatter.is_some_and(|scatter| scatter <= MOST_SCATTER)
        };
        if !is_useful(pictures) || !is_useful(sound) {
            return;
        }
        let Some(wanted) = pictures.shift_to(sound, at) else {
            return;
        };
        if wanted.saturating_abs() > MOST_SHIFT {
            return;
        }
        let step = EPOCH as i64 * SLEW_PER_MILLE / 1000;
        self.shift = Some(match self.shift {
            Some(shift) if (wanted - shift).abs() <= SNAP => {
                shift + (wanted - shift).clamp(-step, step)
            }
            // Eyes do not mind one step.
            _ => wanted,
        });
    }

    /// Returns the shift in nanoseconds.
    pub(super) const fn shift(&self) -> i64 {
        match self.shift {
            Some(shift) => shift,
            None => 0,
        }
    }
}
