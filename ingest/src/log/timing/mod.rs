//! When the packets of a log belong, worked out afterwards from the whole log.
//!
//! A log has three clocks. The **RTP time** of a track is exact within the track, begins anywhere
//! and runs as fast as the quartz of the sender. The **NTP time** of a sender is common to its
//! tracks, and wrong by any amount. The **time of the room** is common to all, but only arrivals
//! are told in it, late by whatever the network added.
//!
//! - [`SenderReports`] fits NTP time to RTP time: [`ReportFit`].
//! - [`Arrivals`] fits the time of the room to RTP time, by the packets that were least delayed:
//!   [`ArrivalFit`].
//! - [`TrackTiming`] gathers both from the records of one track: [`TrackFit`].
//!
//! # Lip sync
//!
//! Within one participant the two tracks share NTP time. The sound `a` belongs to the picture `v`
//! where `audio.reports.ntp(a)` is `video.reports.ntp(v)`, and it is heard at
//! `audio.arrivals.room(a)`. So the picture is to be shown at
//!
//! ```text
//! video.arrivals.room(v) + video.shift_to(&audio, v)
//! ```
//!
//! The shift hardly changes over a session. Take it once for a track, in its middle, and the
//! picture keeps an even pace; take it for the video, because ears notice steps and eyes do not.
//!
//! Between participants NTP times say nothing, as nobody sets the clocks of browsers. There only
//! arrivals count: `audio.arrivals.room(a)` of the one beside that of the other. What is left is
//! the least delay of the network, which no log shows.
//!
//! # What it does not do
//!
//! A track has one RTP clock. Where that was set anew within the track, a fit may be far off: the
//! [`ReportFit::scatter`] is then large, and [`ArrivalFit::room`] is seconds from the pts of the
//! record. Take the pts there. Where the clock merely stood still or jumped ahead, as some senders
//! do when they are muted, [`Arrivals`] goes along.

mod arrivals;
mod reports;
mod robust;
mod track;
mod unwrapper;

pub use arrivals::{ArrivalFit, Arrivals};
pub use reports::{ReportFit, SenderReports};
pub use track::{TrackFit, TrackTiming};
pub use unwrapper::Unwrapper;

/// Nanoseconds a second.
const SECOND: i128 = 1_000_000_000;

/// Nothing that keeps time is off by more: 1000 ppm. A quartz is within 100.
const MOST_DRIFT: f64 = 1e-3;

/// Returns how long so many ticks take, in nanoseconds.
fn nanoseconds(ticks: i128, clock_rate: u32) -> i128 {
    ticks.saturating_mul(SECOND) / i128::from(clock_rate.max(1))
}

/// Returns the difference of two places of a track, in ticks.
fn ticks(from: i64, to: i64) -> i128 {
    i128::from(to) - i128::from(from)
}

/// Returns a time in nanoseconds, or the last one where it is too far away.
fn saturated(nanoseconds: i128) -> i64 {
    let within = nanoseconds.clamp(i64::MIN.into(), i64::MAX.into());
    within as i64
}
