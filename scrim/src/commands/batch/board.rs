//! Progress of a batch, for the whole and for each: bars on a terminal, a line every ten seconds
//! elsewhere, JSON lines on request.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use scrim_pipeline::job::{Progress, Stage};
use serde_json::{Value, json};

/// Between two lines when there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Between two JSON lines.
const JSON_EVERY: Duration = Duration::from_secs(1);

/// Steps of a bar.
const STEPS: u64 = 1000;

/// What is shown, and where.
pub(super) struct Board {
    look: Look,
    began: Instant,
    state: Mutex<State>,
}

enum Look {
    Json,
    Bars {
        all: MultiProgress,
        whole: ProgressBar,
    },
    Lines,
}

#[derive(Default)]
struct State {
    running: BTreeMap<usize, Running>,
    /// How much each item weighs: its length, or what the others weigh on average.
    weights: BTreeMap<usize, f64>,
    finished: f64,
    done: usize,
    shown: Option<Instant>,
}

struct Running {
    name: String,
    stage: Option<Stage>,
    share: f64,
    speaks: bool,
    bar: Option<ProgressBar>,
}

impl Board {
    /// Takes the number of each item and its length in nanoseconds, where it is known.
    pub(super) fn new(json: bool, items: &[(usize, Option<u64>)]) -> Self {
        let known: Vec<f64> = items
            .iter()
            .filter_map(|(_, length)| length.map(|length| length as f64))
            .collect();
        let usual = if known.is_empty() {
            1.0
        } else {
            known.iter().sum::<f64>() / known.len() as f64
        };
        let weigh = |(index, length): &(usize, Option<u64>)| {
            (
                *index,
                length.map_or(usual, |length| length as f64).max(1.0),
            )
        };
        let state = State {
            weights: items.iter().map(weigh).collect(),
            ..State::default()
        };
        Self {
            look: Look::new(json, items.len()),
            began: Instant::now(),
            state: Mutex::new(state),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that somebody begins to work on an item.
    pub(super) fn start(&self, index: usize, name: &str, speaks: bool) {
        let bar = match &self.look {
            Look::Bars { all, .. } => {
                let bar = all.add(ProgressBar::new(STEPS));
                if let Ok(style) = ProgressStyle::with_template(
                    "  {prefix:<11} {bar:24} {percent:>3}%  {wide_msg}",
                ) {
                    bar.set_style(style.progress_chars("━╸ "));
                }
                bar.set_message(name.to_owned());
                Some(bar)
            }
            Look::Json | Look::Lines => None,
        };
        let running = Running {
            name: name.to_owned(),
            stage: None,
            share: 0.0,
            speaks,
            bar,
        };
        self.lock().running.insert(index, running);
    }

    /// Takes a report of a job.
    pub(super) fn progress(&self, index: usize, progress: Progress) {
        let mut state = self.lock();
        if let Some(running) = state.running.get_mut(&index) {
            running.stage = Some(progress.stage);
            running.share = running.share.max(share(progress, running.speaks));
            if let Some(bar) = &running.bar {
                bar.set_prefix(progress.stage.word());
                bar.set_position((running.share * STEPS as f64) as u64);
            }
        }
        self.show(&mut state);
    }

    /// Says that nobody works on an item any more. One that is tried again is not done.
    pub(super) fn end(&self, index: usize, is_done: bool) {
        let mut state = self.lock();
        if let Some(bar) = state.running.remove(&index).and_then(|running| running.bar) {
            bar.finish_and_clear();
        }
        if is_done {
            state.finished += state.weights.get(&index).copied().unwrap_or(0.0);
            state.done += 1;
        }
    }

    /// Prints a line about an item, above the bars.
    pub(super) fn say(&self, line: &str) {
        match &self.look {
            // A terminal that went away is no reason to stop.
            Look::Bars { all, .. } => drop(all.println(line)),
            Look::Json => println!("{line}"),
            Look::Lines => eprintln!("{line}"),
        }
    }

    /// Takes the bars away.
    pub(super) fn clear(&self) {
        if let Look::Bars { all, .. } = &self.look {
            drop(all.clear());
        }
    }

    fn show(&self, state: &mut State) {
        let total: f64 = state.weights.values().sum();
        let open = state.running.iter().map(|(index, running)| {
            running.share * state.weights.get(index).copied().unwrap_or(0.0)
        });
        let share = if total > 0.0 {
            ((state.finished + open.sum::<f64>()) / total).min(1.0)
        } else {
            1.0
        };
        let elapsed = self.began.elapsed().as_secs_f64();
        let left = (elapsed > 2.0 && share > 0.01).then(|| elapsed * (1.0 - share) / share);
        if let Look::Bars { whole, .. } = &self.look {
            whole.set_position((share * STEPS as f64) as u64);
            let left = left.map_or_else(String::new, |left| format!(", {} left", clock(left)));
            whole.set_message(format!("{} of {}{left}", state.done, state.weights.len()));
            return;
        }
        let every = match self.look {
            Look::Json => JSON_EVERY,
            _ => LINE_EVERY,
        };
        if state.shown.is_some_and(|shown| shown.elapsed() < every) {
            return;
        }
        state.shown = Some(Instant::now());
        match self.look {
            Look::Json => println!("{}", state.json(share, elapsed, left)),
            _ => state.print(share, left),
        }
    }
}

impl Look {
    fn new(json: bool, items: usize) -> Self {
        if json {
            return Self::Json;
        }
        if !std::io::stderr().is_terminal() {
            return Self::Lines;
        }
        let all = MultiProgress::new();
        let whole = all.add(ProgressBar::new(STEPS));
        if let Ok(style) =
            ProgressStyle::with_template("{prefix:<13} {bar:24} {percent:>3}%  {wide_msg}")
        {
            whole.set_style(style.progress_chars("━╸ "));
        }
        whole.set_prefix("batch");
        whole.set_message(format!("0 of {items}"));
        Self::Bars { all, whole }
    }
}

impl State {
    fn json(&self, share: f64, elapsed: f64, left: Option<f64>) -> Value {
        let running = self.running.values().map(|running| {
            json!({
                "path": running.name,
                "stage": running.stage,
                "percent_done": running.share,
            })
        });
        json!({
            "message_type": "status",
            "percent_done": share,
            "items_done": self.done,
            "items_total": self.weights.len(),
            "seconds_elapsed": elapsed,
            "seconds_remaining": left,
            "running": running.collect::<Vec<_>>(),
        })
    }

    fn print(&self, share: f64, left: Option<f64>) {
        let left = left.map_or_else(String::new, |left| format!(", {} left", clock(left)));
        let (done, total) = (self.done, self.weights.len());
        eprintln!(
            "batch       {done} of {total}, {:.0} %{left}",
            share * 100.0
        );
        for running in self.running.values() {
            let stage = running.stage.map_or("waiting", Stage::word);
            eprintln!(
                "  {stage:<10} {:>3.0} %  {}",
                running.share * 100.0,
                running.name
            );
        }
    }
}

/// How much of a job is done. Shares of the stages are rough: rendering and speech take nearly all of
/// the time.
fn share(progress: Progress, speaks: bool) -> f64 {
    let rendered = if speaks { 0.55 } else { 0.9 };
    let (from, to) = match progress.stage {
        Stage::Hash => (0.0, 0.04),
        Stage::Probe => (0.04, 0.05),
        Stage::Render => (0.05, rendered),
        Stage::Transcribe => (rendered, 0.92),
        Stage::Assemble => (0.92, 0.96),
        Stage::Verify => (0.96, 0.99),
        Stage::Publish => (0.99, 1.0),
    };
    let total = progress.total.filter(|total| *total > 0);
    let part = total.map_or(0.0, |total| (progress.done as f64 / total as f64).min(1.0));
    from + (to - from) * part
}

/// Hours, minutes and seconds.
pub(super) fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0).ceil() as u64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match hours {
        0 => format!("{minutes}:{:02}", seconds % 60),
        _ => format!("{hours}:{minutes:02}:{:02}", seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_only_moves_forward() {
        let stages = [
            Stage::Hash,
            Stage::Probe,
            Stage::Render,
            Stage::Transcribe,
            Stage::Assemble,
            Stage::Verify,
            Stage::Publish,
        ];
        for speaks in [true, false] {
            let mut last = 0.0;
            for stage in stages
                .into_iter()
                .filter(|stage| speaks || *stage != Stage::Transcribe)
            {
                for done in [0, 50, 100] {
                    let total = Some(100);
                    let share = share(Progress { stage, done, total }, speaks);
                    assert!((last..=1.0).contains(&share), "{stage:?} {done}");
                    last = share;
                }
            }
        }
    }

    #[test]
    fn times_are_written_as_on_a_clock() {
        assert_eq!(clock(0.2), "0:01");
        assert_eq!(clock(61.0), "1:01");
        assert_eq!(clock(3_661.0), "1:01:01");
    }
}
