//! How a job is doing.

use askama::Template;

use super::{Frame, STAGES, words::Choice};

/// `/jobs/{id}`. POST `/jobs/{id}/cancel` and `/jobs/{id}/retry`.
#[derive(Template)]
#[template(path = "serve/job.html")]
pub(crate) struct JobPage {
    /// The frame.
    pub(crate) frame: Frame,
    /// The id of the job.
    pub(crate) id: String,
    /// The recording that it makes, once there is one.
    pub(crate) recording: Option<String>,
    /// The original that it is made from.
    pub(crate) original: String,
    /// Its title; empty where nobody gave one.
    pub(crate) title: String,
    /// How it is doing.
    pub(crate) state: JobState,
    /// The stage that runs or that failed, as in [`STAGES`].
    pub(crate) stage: Option<&'static str>,
    /// How much of that stage is done, 0 to 1, where it is known.
    pub(crate) share: Option<f64>,
    /// How many times faster than it is played.
    pub(crate) speed: Option<f64>,
    /// Seconds that are left.
    pub(crate) seconds_left: Option<u64>,
    /// Whether a transcript is made.
    pub(crate) has_transcript: bool,
    /// What happened.
    pub(crate) failure: Option<JobFailure>,
    /// When it was asked for.
    pub(crate) created_us: i64,
    /// Whether the person may cancel and retry.
    pub(crate) may_manage: bool,
}

/// How a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobState {
    /// Others are before it.
    Queued,
    /// It runs.
    Running,
    /// It is done, and the gate let the recording through.
    Done,
    /// It is done, and the gate said no.
    Held,
    /// It failed.
    Failed,
    /// Somebody gave it up.
    Cancelled,
}

impl JobState {
    fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Held => "held",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Queued => "job-queued",
            Self::Running => "job-running",
            Self::Done => "job-done",
            Self::Held => "job-held",
            Self::Failed => "job-failed",
            Self::Cancelled => "job-cancelled",
        }
    }

    fn is_going_on(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// Why a job failed.
pub(crate) struct JobFailure {
    /// What happened, in the language of the page.
    pub(crate) reason: String,
    /// What to do about it.
    pub(crate) help: String,
    /// What the log calls it.
    pub(crate) code: String,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StageState {
    /// It is done.
    Done,
    /// It is being done.
    Current,
    /// It failed.
    Failed,
    /// It was not begun.
    Ahead,
}

impl StageState {
    fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Failed => "failed",
            Self::Ahead => "ahead",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Done => "stage-state-done",
            Self::Current => "stage-state-current",
            Self::Failed => "stage-state-failed",
            Self::Ahead => "stage-state-ahead",
        }
    }
}

/// A stage and how far it is.
pub(crate) struct StageLine {
    /// The stage.
    pub(crate) stage: Choice,
    /// How far it is.
    pub(crate) state: StageState,
}

impl JobPage {
    fn stages(&self) -> Vec<StageLine> {
        let position = |word: &str| STAGES.iter().position(|stage| stage.word == word);
        let current = self.stage.and_then(position);
        let is_made = |stage: &Choice| self.has_transcript || stage.word != "transcribe";
        let line = |(index, stage): (usize, &Choice)| {
            let state = match (self.state, current) {
                (JobState::Done | JobState::Held, _) => StageState::Done,
                (_, Some(current)) if index < current => StageState::Done,
                (JobState::Running, Some(current)) if index == current => StageState::Current,
                (JobState::Failed, Some(current)) if index == current => StageState::Failed,
                _ => StageState::Ahead,
            };
            StageLine {
                stage: *stage,
                state,
            }
        };
        let stages = STAGES.iter().enumerate();
        stages
            .filter(|(_, stage)| is_made(stage))
            .map(line)
            .collect()
    }

    fn failed_stage_key(&self) -> &'static str {
        super::words::key_of(&STAGES, self.stage.unwrap_or_default())
    }

    fn percent(&self) -> u64 {
        (self.share.unwrap_or(0.0).clamp(0.0, 1.0) * 100.0) as u64
    }

    fn speed_text(&self) -> String {
        self.speed.map_or_else(String::new, |speed| {
            let speed = self.frame.texts.decimal(speed);
            self.frame.say_one("job-speed", "speed", speed)
        })
    }

    fn left_text(&self) -> String {
        self.seconds_left.map_or_else(String::new, |seconds| {
            let left = crate::serve::texts::clock(seconds as f64);
            self.frame.say_one("job-left", "time", left)
        })
    }
}
