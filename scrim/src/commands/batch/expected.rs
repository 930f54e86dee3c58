//! `--dry-run`: what there is to do, and how long it will take.

use std::time::Duration;

use scrim_pipeline::calibrate;
use scrim_policy::Moment;
use scrim_storage::{ItemState, Vault};
use serde_json::json;

use super::{
    board::clock,
    items::{Before, Item, Looked, Plan},
    limits::Limits,
    speed,
    summary::{DELETED, IS_DELETED},
};
use crate::{
    commands::{Session, source::Sources},
    exit::Exit,
    failure::Failure,
};

/// How long the speed of this machine is tried where nothing is known of it.
const TRY_FOR: Duration = Duration::from_secs(5);

/// How fast jobs go, in times real time, and how that is known.
struct Speed {
    times: f64,
    is_tried: bool,
}

/// What there is to do.
struct Work {
    jobs: usize,
    duration_ns: u64,
    /// Recordings whose header says no length.
    unknown: usize,
}

impl Work {
    fn of(plan: &Plan) -> Self {
        let jobs = || {
            let is_job = |item: &&Item| matches!(item.looked, Looked::Recording(_));
            plan.items.iter().filter(is_job)
        };
        Self {
            jobs: jobs().count(),
            duration_ns: jobs().filter_map(Item::duration_ns).sum(),
            unknown: jobs().filter(|item| item.duration_ns().is_none()).count(),
        }
    }

    /// Seconds that all of it takes: so many jobs side by side, as long as there are so many.
    fn seconds(&self, speed: &Speed, limits: Limits) -> f64 {
        let side_by_side = limits.jobs.min(self.jobs).max(1) as f64;
        self.duration_ns as f64 / 1e9 / speed.times / side_by_side
    }
}

/// Prints what there is to do. Nothing is begun.
pub(super) fn print(
    session: &Session,
    vault: &Vault,
    sources: &Sources<'_>,
    plan: &Plan,
    limits: Limits,
) -> Result<Exit, Failure> {
    let work = Work::of(plan);
    let speed = match speed(vault)? {
        Some(times) => Some(Speed {
            times,
            is_tried: false,
        }),
        None => tried(sources, plan, limits)?,
    };
    let seconds = speed.as_ref().map(|speed| work.seconds(speed, limits));
    for item in &plan.items {
        println!("{}", item_line(session, item));
    }
    for (shown, failure) in &plan.unreadable {
        let message = failure.whole_message();
        if session.json {
            let line = json!({
                "message_type": "item", "path": shown, "work": "cannot", "message": message,
            });
            println!("{line}");
        } else {
            println!("{:<12} {shown}  {message}", "cannot");
        }
    }
    if session.json {
        let line = json!({
            "message_type": "summary",
            "dry_run": true,
            "jobs": work.jobs,
            "duration_s": Moment(work.duration_ns).seconds(),
            "unknown_durations": work.unknown,
            "at_once": limits.jobs,
            "workers": limits.workers,
            "speed": speed.as_ref().map(|speed| speed.times),
            "speed_is_tried": speed.as_ref().map(|speed| speed.is_tried),
            "seconds_expected": seconds,
        });
        println!("{line}");
        return Ok(Exit::Done);
    }
    println!(
        "{} to process, {} long, {} at once with {} workers each",
        work.jobs,
        Moment(work.duration_ns),
        limits.jobs,
        limits.workers
    );
    if work.unknown > 0 {
        println!("{} of them do not say how long they are", work.unknown);
    }
    if let (Some(speed), Some(seconds), 1..) = (&speed, seconds, work.jobs) {
        let how = if speed.is_tried {
            "tried with the first of them; transcripts come on top"
        } else {
            "as in earlier batches"
        };
        let (clock, times) = (clock(seconds), speed.times);
        println!("about {clock}, at {times:.1}x real time for each ({how})");
    }
    Ok(Exit::Done)
}

/// Tries the first recording that can be rendered.
fn tried(sources: &Sources<'_>, plan: &Plan, limits: Limits) -> Result<Option<Speed>, Failure> {
    let is_video =
        |item: &&Item| matches!(&item.looked, Looked::Recording(probe) if probe.video.is_some());
    for item in plan.items.iter().filter(is_video).take(3) {
        let input = sources.open(&item.place)?;
        let (policy, roster) = (&item.recipe.policy.0, &item.recipe.roster.0);
        // One that cannot be rendered is named when it is processed.
        let times = calibrate(input, policy, roster, limits.workers, TRY_FOR);
        if let Ok(Some(times)) = times {
            return Ok(Some(Speed {
                times,
                is_tried: true,
            }));
        }
    }
    Ok(None)
}

fn item_line(session: &Session, item: &Item) -> String {
    let (word, message) = match (&item.looked, item.before) {
        (Looked::Recording(_), Before::New) => ("new", String::new()),
        (Looked::Recording(_), Before::Other) => ("changed", String::new()),
        (Looked::Recording(_), _) => ("again", String::new()),
        (Looked::Failed(failure), _) => ("cannot", failure.whole_message()),
        (Looked::Nothing, _) => ("no recording", String::new()),
        (Looked::Not { .. }, Before::Same(ItemState::Held, _)) => ("held", String::new()),
        (Looked::Not { .. }, Before::Deleted) => (DELETED, IS_DELETED.to_owned()),
        (Looked::Not { .. }, _) => ("unchanged", String::new()),
    };
    let duration = item.duration_ns().map(Moment);
    let size = item.size();
    if session.json {
        return json!({
            "message_type": "item",
            "path": item.shown,
            "work": word,
            "policy": item.recipe.policy.0.name,
            "duration_s": duration.map(Moment::seconds),
            "width": size.map(|(width, _)| width),
            "height": size.map(|(_, height)| height),
            "message": message,
        })
        .to_string();
    }
    let duration = duration.map_or_else(|| "-".to_owned(), |duration| duration.to_string());
    let size = size.map_or_else(
        || "-".to_owned(),
        |(width, height)| format!("{width}x{height}"),
    );
    format!(
        "{word:<12} {duration:>9}  {size:>9}  {}  {message}",
        item.shown
    )
    .trim_end()
    .to_owned()
}
