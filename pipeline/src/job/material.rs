//! What a recording is made of, as far as the end of a job has to know.

use scrim_ingest::Probe;
use scrim_policy::{Attendance, Geometry, Plan, SessionPlan, TimelineEntry};

/// What a recording is made of.
#[derive(Clone, Debug)]
pub(super) enum Material {
    /// A file.
    File {
        /// What it holds.
        probe: Probe,
        /// What of it is shown; none without video.
        plan: Option<Plan>,
        /// Its length in bytes.
        bytes: u64,
    },
    /// A session.
    Session {
        /// What is shown and heard.
        plan: SessionPlan,
        /// The same for the finished picture; none where only sound is recorded.
        canvas: Option<Plan>,
        /// Who is recorded.
        attendance: Attendance,
        /// What happened.
        timeline: Vec<TimelineEntry>,
    },
}

impl Material {
    /// Returns what the finished picture has to show; none where there is no picture.
    pub(super) const fn picture(&self) -> Option<&Plan> {
        match self {
            Self::File { plan, .. } => plan.as_ref(),
            Self::Session { canvas, .. } => canvas.as_ref(),
        }
    }

    /// Returns the shape of the pictures of a file.
    pub(super) fn geometry(&self) -> Option<Geometry> {
        match self {
            Self::File { probe, .. } => probe.video.as_ref().map(|video| video.geometry),
            Self::Session { .. } => None,
        }
    }

    /// Returns how many tracks of a file nobody gets to see or hear.
    pub(super) const fn left_out(&self) -> usize {
        match self {
            Self::File { probe, .. } => probe.left_out,
            Self::Session { .. } => 0,
        }
    }

    /// Returns how long it is, in nanoseconds, where that is known.
    pub(super) fn duration(&self) -> Option<u64> {
        match self {
            Self::File { probe, .. } => probe.duration.map(|moment| moment.0),
            Self::Session { plan, .. } => Some(plan.duration().0),
        }
    }

    /// Returns the length of a file in bytes.
    pub(super) const fn bytes(&self) -> u64 {
        match self {
            Self::File { bytes, .. } => *bytes,
            Self::Session { .. } => 0,
        }
    }

    /// Returns the plan as the proof has it.
    pub(super) fn plan_json(&self) -> serde_json::Value {
        let json = match self {
            Self::File { plan, .. } => plan.as_ref().map(serde_json::to_value),
            Self::Session { plan, .. } => Some(serde_json::to_value(plan)),
        };
        json.and_then(Result::ok).unwrap_or_default()
    }
}
