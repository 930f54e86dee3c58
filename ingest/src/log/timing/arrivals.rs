//! The time of the room by RTP time.

use std::mem;

use super::{
    MOST_DRIFT, nanoseconds,
    robust::{add_slopes, floor, median},
    saturated, ticks,
};

/// Length of a piece of the mapping, in nanoseconds: 60 s. Long enough for some packets that met no
/// queue, short enough for a quartz that warms up.
const WINDOW: f64 = 60e9;
/// Length of a cell, in nanoseconds: 1 s.
const CELL: f64 = 1e9;
/// Packets and cells whose delays differ by more are not of the same run, in nanoseconds: 1 s.
const JUMP: f64 = 1e9;
/// A network may stand still for so long, in nanoseconds: 30 s. A clock that jumped stays there.
const STALL: f64 = 30e9;
/// Fewer packets than this prove nothing.
const FEW: usize = 8;
/// A stall is made of no more runs: one for each of its cells, and some more. A bound, as a sender
/// may write any timestamp.
const MOST_RUNS_OF_STALL: usize = 64;

/// When the packets of one track came.
#[derive(Clone, Debug)]
pub struct Arrivals {
    clock_rate: u32,
    /// RTP time in ticks, and arrival in nanoseconds.
    arrivals: Vec<(i64, u64)>,
}

impl Arrivals {
    /// Begins with none, for a track of this clock rate in Hz.
    pub const fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            arrivals: Vec::new(),
        }
    }

    /// Adds a packet: its RTP time as [`super::Unwrapper::follow`] gives it, and when it came, in
    /// nanoseconds of the time of the room.
    pub fn push(&mut self, rtp: i64, arrival: u64) {
        match self.arrivals.last_mut() {
            // Packets of one picture are sent one after the other; the first was not held up.
            Some((last, earliest)) if *last == rtp => *earliest = arrival.min(*earliest),
            _ => self.arrivals.push((rtp, arrival)),
        }
    }

    /// Fits the least delayed packets: piece by piece, never backwards. Nothing without packets.
    ///
    /// One packet in a hundred may be early by any amount, and all but a few in a hundred late.
    pub fn fit(&self) -> Option<ArrivalFit> {
        let mut arrivals = self.arrivals.clone();
        arrivals.sort_unstable();
        let (base_rtp, base_arrival) = *arrivals.first()?;
        let points: Vec<Point> = (arrivals.into_iter())
            .map(|(rtp, arrival)| {
                let elapsed = nanoseconds(ticks(base_rtp, rtp), self.clock_rate);
                let lag = i128::from(arrival) - i128::from(base_arrival) - elapsed;
                Point {
                    elapsed: elapsed as f64,
                    lag: lag as f64,
                }
            })
            .collect();
        let runs: Vec<Vec<Vec<Point>>> = runs(&points).into_iter().map(windows).collect();
        let drift = drift(&runs);
        let mut knots = Knots {
            clock_rate: self.clock_rate,
            base_rtp,
            base_room: base_arrival.into(),
            knots: Vec::new(),
        };
        for run in &runs {
            knots.add_run(run, drift);
        }
        Some(ArrivalFit {
            clock_rate: self.clock_rate,
            drift,
            knots: knots.knots,
        })
    }
}

/// A packet: RTP time since the first one, and how much later than the first it came than it was
/// sent, both in nanoseconds.
#[derive(Clone, Copy)]
struct Point {
    elapsed: f64,
    lag: f64,
}

/// Packets that were timed by one clock that neither stood still nor jumped.
struct Run {
    points: Vec<Point>,
    /// Lag at its end.
    lag: f64,
}

impl Run {
    fn span(&self) -> f64 {
        span(&self.points)
    }
}

fn span(points: &[Point]) -> f64 {
    match points {
        [first, .., last] => last.elapsed - first.elapsed,
        _ => 0.0,
    }
}

/// Splits packets where the clock of the sender stood still or jumped, and drops stalls of the
/// network: there the lag comes back to what it was.
fn runs(points: &[Point]) -> Vec<Vec<Point>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut rest = points;
    while let Some(first) = rest.first() {
        let is_apart = |point: &Point| {
            point.elapsed - first.elapsed >= CELL || (point.lag - first.lag).abs() > JUMP
        };
        let count = rest.iter().position(is_apart).unwrap_or(rest.len());
        let (cell, after) = rest.split_at(count);
        rest = after;
        let Some(lag) = median(&mut lags(cell, 0.0, 0.0)) else {
            continue;
        };
        match continued(&runs, lag) {
            Some(index) => {
                runs.truncate(index + 1);
                runs[index].points.extend_from_slice(cell);
                runs[index].lag = lag;
            }
            None => runs.push(Run {
                points: cell.to_vec(),
                lag,
            }),
        }
    }
    if runs.iter().any(|run| run.points.len() >= FEW) {
        runs.retain(|run| run.points.len() >= FEW);
    }
    runs.into_iter().map(|run| run.points).collect()
}

/// Returns the last run that a cell with this lag goes on with. What lies between is no run.
fn continued(runs: &[Run], lag: f64) -> Option<usize> {
    let back = runs.iter().enumerate().rev();
    for (index, run) in back.take(MOST_RUNS_OF_STALL) {
        if (run.lag - lag).abs() <= JUMP {
            return Some(index);
        }
        let is_stall = run.lag > lag && run.span() < STALL;
        if !is_stall && run.points.len() >= FEW {
            return None;
        }
    }
    None
}

/// Splits a run in windows. A remainder that is short or holds few packets joins the one before.
fn windows(points: Vec<Point>) -> Vec<Vec<Point>> {
    let mut windows: Vec<Vec<Point>> = Vec::new();
    let mut open: Vec<Point> = Vec::new();
    for point in points {
        let is_full = |first: &Point| point.elapsed - first.elapsed >= WINDOW;
        if open.len() >= FEW && open.first().is_some_and(is_full) {
            windows.push(mem::take(&mut open));
        }
        open.push(point);
    }
    match windows.last_mut() {
        Some(last) if open.len() < FEW || span(&open) < WINDOW / 2.0 => last.append(&mut open),
        _ => windows.push(open),
    }
    windows
}

fn lags(points: &[Point], drift: f64, centre: f64) -> Vec<f64> {
    let straightened = |point: &Point| point.lag - drift * (point.elapsed - centre);
    points.iter().map(straightened).collect()
}

/// Returns the centre of a window and the lag of its least delayed packets there.
fn level(window: &[Point], drift: f64) -> Option<(f64, f64)> {
    let total: f64 = window.iter().map(|point| point.elapsed).sum();
    let centre = total / window.len() as f64;
    let level = floor(&mut lags(window, drift, centre))?;
    Some((centre, level))
}

/// Returns what the room gains on the RTP clock, over all pairs of windows of one run.
fn drift(runs: &[Vec<Vec<Point>>]) -> f64 {
    let mut slopes = Vec::new();
    for run in runs {
        let levels: Vec<_> = run.iter().filter_map(|window| level(window, 0.0)).collect();
        add_slopes(&levels, &mut slopes);
    }
    let drift = median(&mut slopes).unwrap_or(0.0);
    drift.clamp(-MOST_DRIFT, MOST_DRIFT)
}

/// A place of the mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Knot {
    /// RTP time in ticks.
    rtp: i64,
    /// Time of the room in nanoseconds.
    room: i64,
}

/// The mapping while it is made.
struct Knots {
    clock_rate: u32,
    base_rtp: i64,
    base_room: i128,
    knots: Vec<Knot>,
}

impl Knots {
    /// Adds the levels of a run, and its two ends.
    fn add_run(&mut self, windows: &[Vec<Point>], drift: f64) {
        let levels: Vec<_> = (windows.iter())
            .filter_map(|window| level(window, drift))
            .collect();
        let points = || windows.iter().flatten();
        if let (Some((centre, level)), Some(start)) = (levels.first(), points().next()) {
            self.add(start.elapsed, level + drift * (start.elapsed - centre));
        }
        for (centre, level) in &levels {
            self.add(*centre, *level);
        }
        if let (Some((centre, level)), Some(end)) = (levels.last(), points().next_back()) {
            self.add(end.elapsed, level + drift * (end.elapsed - centre));
        }
    }

    fn add(&mut self, elapsed: f64, lag: f64) {
        let ticks = (elapsed * f64::from(self.clock_rate) / 1e9).round() as i128;
        let mut knot = Knot {
            rtp: saturated(i128::from(self.base_rtp) + ticks),
            room: saturated(self.base_room + (elapsed + lag).round() as i128),
        };
        if let Some(last) = self.knots.last() {
            if knot.rtp <= last.rtp {
                return;
            }
            // Nothing is heard before what was said before it.
            knot.room = knot.room.max(last.room);
        }
        self.knots.push(knot);
    }
}

/// The time of the room as a function of the RTP time of a track: straight pieces of about a
/// minute, never backwards, without the jitter of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivalFit {
    clock_rate: u32,
    /// Nanoseconds that the room gains on RTP time in each of its nanoseconds.
    drift: f64,
    /// Not empty, and in order of RTP time.
    knots: Vec<Knot>,
}

impl ArrivalFit {
    /// Returns when a packet of this RTP time came, or would have come, over a network without
    /// queues: nanoseconds of the running time of the room since recording clock zero. It may lie
    /// before zero.
    pub fn room(&self, rtp: i64) -> i64 {
        let after = self.knots.partition_point(|knot| knot.rtp <= rtp);
        let (before, next) = (
            after.checked_sub(1).and_then(|index| self.knots.get(index)),
            self.knots.get(after),
        );
        match (before, next) {
            (Some(before), Some(next)) => between(before, next, rtp),
            (Some(end), None) | (None, Some(end)) => self.beyond(end, rtp),
            (None, None) => 0,
        }
    }

    /// Returns what the room gains on the RTP clock, in ppm: positive where the RTP clock is slow.
    /// 0 where the track is shorter than a minute and a half.
    pub fn drift_ppm(&self) -> f64 {
        self.drift * 1e6
    }

    /// Outside of all packets the drift is all that is known.
    fn beyond(&self, end: &Knot, rtp: i64) -> i64 {
        let elapsed = nanoseconds(ticks(end.rtp, rtp), self.clock_rate);
        let gained = (self.drift * elapsed as f64).round() as i128;
        saturated(i128::from(end.room) + elapsed + gained)
    }
}

fn between(before: &Knot, next: &Knot, rtp: i64) -> i64 {
    let part = |from: i64, to: i64| u128::from(to.abs_diff(from));
    // Each factor is below 2^64, and knots have different RTP times.
    let room = part(before.room, next.room) * part(before.rtp, rtp) / part(before.rtp, next.rtp);
    saturated(i128::from(before.room) + i128::try_from(room).unwrap_or(i128::MAX))
}
