//! Both fits of one track, from its records.

use super::{
    super::{Body, Record, SenderReport, TrackHeader},
    ArrivalFit, Arrivals, ReportFit, SenderReports, Unwrapper,
};

/// Gathers what the records of one track say about time.
#[derive(Clone, Debug)]
pub struct TrackTiming {
    timestamps: Unwrapper,
    /// Reports that came before any packet, so that their place is not known yet.
    early: Vec<SenderReport>,
    reports: SenderReports,
    arrivals: Arrivals,
    has_packet: bool,
}

impl TrackTiming {
    /// Begins with nothing.
    pub const fn new(track: &TrackHeader) -> Self {
        Self {
            timestamps: Unwrapper::timestamps(),
            early: Vec::new(),
            reports: SenderReports::new(track.clock_rate),
            arrivals: Arrivals::new(track.clock_rate),
            has_packet: false,
        }
    }

    /// Adds the next record. All records of a log have to come, in their order.
    ///
    /// Returns the RTP time of a packet in ticks, which [`TrackFit`] takes. An
    /// [`Unwrapper::timestamps`] that follows the packets in the same order gives the same again.
    pub fn add(&mut self, record: &Record<'_>) -> Option<i64> {
        match record.body {
            Body::Rtp(packet) => {
                let rtp = self.timestamps.follow(packet.timestamp());
                self.has_packet = true;
                self.arrivals.push(rtp, record.arrival);
                for report in std::mem::take(&mut self.early) {
                    self.add_report(report);
                }
                Some(rtp)
            }
            Body::SenderReport(report) if self.has_packet => {
                self.add_report(report);
                None
            }
            Body::SenderReport(report) => {
                self.early.push(report);
                None
            }
            Body::Gap { .. } | Body::Pause | Body::Resume | Body::KeyframeAsked => None,
        }
    }

    /// Fits both. Nothing without a packet.
    pub fn fit(&self) -> Option<TrackFit> {
        Some(TrackFit {
            reports: self.reports.fit(),
            arrivals: self.arrivals.fit()?,
        })
    }

    fn add_report(&mut self, report: SenderReport) {
        self.reports
            .push(self.timestamps.place(report.rtp), report.ntp);
    }
}

/// What the RTP time of one track is in other clocks.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackFit {
    /// The clock of the sender; nothing where it sent no report.
    pub reports: Option<ReportFit>,
    /// The clock of the room.
    pub arrivals: ArrivalFit,
}

impl TrackFit {
    /// Returns what has to be added to the time of the room of this track at its RTP time `rtp`, in
    /// nanoseconds, to bring it in step with `leader`, a track of the same participant. Nothing
    /// where one of them has no sender reports.
    pub fn shift_to(&self, leader: &Self, rtp: i64) -> Option<i64> {
        let ntp = self.reports?.ntp(rtp);
        let beside = leader.reports?.rtp(ntp);
        let wanted = leader.arrivals.room(beside);
        Some(wanted.saturating_sub(self.arrivals.room(rtp)))
    }
}
