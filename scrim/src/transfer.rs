//! Progress of exports and imports, in bytes: a bar on a terminal, a line every ten seconds
//! elsewhere, JSON lines on request.

use std::{
    cell::Cell,
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use scrim_storage::export::Transferred;
use serde_json::json;

/// Between two lines when there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Between two JSON lines.
const JSON_EVERY: Duration = Duration::from_millis(500);

/// Shows how far an export or an import is.
pub(crate) struct TransferMeter {
    look: Look,
    doing: &'static str,
    began: Instant,
    last_shown: Cell<Instant>,
}

enum Look {
    Json,
    Bar(ProgressBar),
    Lines,
}

impl TransferMeter {
    /// `doing` is the word for it: `export` or `import`.
    pub(crate) fn new(json: bool, doing: &'static str) -> Self {
        let look = if json {
            Look::Json
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(0).with_prefix(doing);
            let template = "{prefix:<11} {bar:32} {percent:>3}%  {bytes_per_sec}, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("━╸ "));
            }
            Look::Bar(bar)
        } else {
            Look::Lines
        };
        let now = Instant::now();
        Self {
            look,
            doing,
            began: now,
            last_shown: Cell::new(now),
        }
    }

    pub(crate) fn show(&self, progress: Transferred) {
        let now = Instant::now();
        let since = now.duration_since(self.last_shown.get());
        match &self.look {
            Look::Bar(bar) => {
                bar.set_length(progress.total);
                bar.set_position(progress.done);
            }
            Look::Json if since >= JSON_EVERY => {
                self.last_shown.set(now);
                self.print_json(progress);
            }
            Look::Lines if since >= LINE_EVERY => {
                self.last_shown.set(now);
                eprintln!("{:<11} {:.0} %", self.doing, share(progress) * 100.0);
            }
            Look::Json | Look::Lines => {}
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Look::Bar(bar) = &self.look {
            bar.finish_and_clear();
        }
    }

    fn print_json(&self, progress: Transferred) {
        let elapsed = self.began.elapsed().as_secs_f64();
        let share = share(progress);
        let line = json!({
            "message_type": "status",
            "stage": self.doing,
            "percent_done": share,
            "bytes_done": progress.done,
            "total_bytes": progress.total,
            "seconds_elapsed": elapsed,
            "seconds_remaining": (share > 0.0).then(|| elapsed * (1.0 - share) / share),
        });
        println!("{line}");
    }
}

fn share(progress: Transferred) -> f64 {
    if progress.total == 0 {
        return 1.0;
    }
    progress.done as f64 / progress.total as f64
}
