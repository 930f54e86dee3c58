//! Progress: a bar on a terminal, a line every ten seconds elsewhere, JSON lines on request.

use std::{
    cell::RefCell,
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use scrim_pipeline::job::{Progress, Stage};
use serde_json::json;

/// Between two lines when there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Between two JSON lines.
const JSON_EVERY: Duration = Duration::from_millis(500);

/// Shows how far a job is.
pub(crate) struct Meter {
    look: Look,
    state: RefCell<State>,
}

enum Look {
    Json,
    Bar(ProgressBar),
    Lines,
}

struct State {
    stage: Option<Stage>,
    stage_began: Instant,
    last_shown: Option<Instant>,
    render_seconds: f64,
}

impl Meter {
    pub(crate) fn new(json: bool) -> Self {
        let look = if json {
            Look::Json
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(1000);
            let style = ProgressStyle::with_template("{prefix:<11} {bar:32} {percent:>3}%  {msg}");
            if let Ok(style) = style {
                bar.set_style(style.progress_chars("━╸ "));
            }
            Look::Bar(bar)
        } else {
            Look::Lines
        };
        let state = State {
            stage: None,
            stage_began: Instant::now(),
            last_shown: None,
            render_seconds: 0.0,
        };
        Self {
            look,
            state: RefCell::new(state),
        }
    }

    /// Takes a report of the job.
    pub(crate) fn show(&self, progress: Progress) {
        let mut state = self.state.borrow_mut();
        let now = Instant::now();
        let is_new = state.stage != Some(progress.stage);
        if is_new {
            state.stage = Some(progress.stage);
            state.stage_began = now;
            state.last_shown = None;
        }
        let elapsed = now.duration_since(state.stage_began).as_secs_f64();
        if progress.stage == Stage::Render {
            state.render_seconds = elapsed;
        }
        let pace = Pace::new(progress, elapsed);
        let every = match self.look {
            Look::Json => JSON_EVERY,
            Look::Bar(_) => Duration::ZERO,
            Look::Lines => LINE_EVERY,
        };
        let is_due = state
            .last_shown
            .is_none_or(|last| now.duration_since(last) >= every);
        if !is_due && progress.total != Some(progress.done) {
            return;
        }
        state.last_shown = Some(now);
        match &self.look {
            Look::Json => pace.print_json(progress, elapsed),
            Look::Bar(bar) => pace.draw(bar, progress),
            Look::Lines => eprintln!("{:<11} {}", progress.stage.word(), pace.words(progress)),
        }
    }

    /// Seconds that rendering took.
    pub(crate) fn render_seconds(&self) -> f64 {
        self.state.borrow().render_seconds
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Look::Bar(bar) = &self.look {
            bar.finish_and_clear();
        }
    }
}

/// How fast a stage goes.
struct Pace {
    share: Option<f64>,
    /// Times real time, for stages that go along the recording.
    speed: Option<f64>,
    seconds_left: Option<f64>,
}

impl Pace {
    fn new(progress: Progress, elapsed: f64) -> Self {
        let total = progress.total.filter(|total| *total > 0);
        let share = total.map(|total| (progress.done as f64 / total as f64).min(1.0));
        let is_measurable = elapsed > 0.2 && progress.done > 0;
        let speed = (progress.stage.counts_time() && is_measurable)
            .then(|| progress.done as f64 / 1e9 / elapsed);
        let seconds_left = share
            .filter(|share| is_measurable && *share > 0.0)
            .map(|share| elapsed * (1.0 - share) / share);
        Self {
            share,
            speed,
            seconds_left,
        }
    }

    fn words(&self, progress: Progress) -> String {
        let mut words = Vec::new();
        if let Some(share) = self.share {
            words.push(format!("{:.0} %", share * 100.0));
        }
        words.push(self.pace_words(progress));
        words.retain(|word| !word.is_empty());
        words.join(", ")
    }

    fn pace_words(&self, _progress: Progress) -> String {
        let speed = self.speed.map(|speed| format!("{speed:.1}x real time"));
        let left = self.seconds_left.map(|seconds| {
            let seconds = seconds.ceil() as u64;
            format!("{}:{:02} left", seconds / 60, seconds % 60)
        });
        [speed, left]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn draw(&self, bar: &ProgressBar, progress: Progress) {
        bar.set_prefix(progress.stage.word());
        bar.set_position((self.share.unwrap_or(0.0) * 1000.0) as u64);
        bar.set_message(self.pace_words(progress));
    }

    fn print_json(&self, progress: Progress, elapsed: f64) {
        let is_time = progress.stage.counts_time();
        let line = json!({
            "message_type": "status",
            "stage": progress.stage,
            "percent_done": self.share,
            "out_time_us": is_time.then_some(progress.done / 1000),
            "speed": self.speed,
            "seconds_elapsed": elapsed,
            "seconds_remaining": self.seconds_left,
        });
        println!("{line}");
    }
}
