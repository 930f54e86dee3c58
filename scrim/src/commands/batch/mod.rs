//! `scrim batch`: many sources, one command.
//!
//! ```text
//! candidates ─► recipes ─► items ─► work (queue, limits) ─► summary
//! what there is  how        what is left to do     each in a thread
//! ```
//!
//! > **One source never stops another.** What is wrong with it is named and stays with it. Only what
//! > concerns all of them ends a batch: a policy with a mistake, a catalog that cannot be written.

mod board;
mod candidates;
mod expected;
mod items;
mod limits;
mod listing;
mod queue;
mod recipes;
mod summary;
mod work;

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use scrim_policy::{AuditEvent, BatchId, Moment, TenantId, Word};
use scrim_storage::{
    ItemState, Sha256Digest, Vault,
    export::{has_outputs, write_outputs},
};
use serde_json::json;

use super::{Session, now, source::Sources};
use crate::{
    cli::{BatchCommand, BatchRunArgs},
    exit::Exit,
    failure::Failure,
};
use board::Board;
use items::{Before, Item, Looked, Plan};
use limits::Limits;
use recipes::Recipes;
use summary::{DELETED, FAILED, HELD, IS_DELETED, Line, PUBLISHED, SKIPPED, Totals, UNCHANGED};
use work::{Ended, Trouble, Work};

pub(super) fn run(session: &Session, command: BatchCommand) -> Result<Exit, Failure> {
    match command {
        BatchCommand::Run(args) => process_all(session, &args),
        BatchCommand::Ls { limit } => listing::ls(session, limit),
        BatchCommand::Show { id } => listing::show(session, id),
    }
}

fn process_all(session: &Session, args: &BatchRunArgs) -> Result<Exit, Failure> {
    let began = Instant::now();
    let home = session.home()?;
    if let Some(path) = &args.summary {
        summary::check_path(path)?;
    }
    let scanner = home.scanner()?;
    let vault = home.vault()?;
    let sources = Sources::new(&home, &vault);
    let candidates = candidates::candidates(&vault, &sources, args)?;
    let mut recipes = Recipes::new(&home, args);
    let plan = items::plan(&vault, &sources, scanner.as_ref(), candidates, &mut recipes)?;
    let limits = Limits::of_this_machine(args.jobs.map(usize::from));
    if args.dry_run {
        return expected::print(session, &vault, &sources, &plan, limits);
    }
    let is_source = |item: &&Item| !matches!(item.looked, Looked::Nothing);
    let rows = plan.items.iter().filter(is_source);
    let rows: Vec<_> = rows.map(|item| (item.locator, item.digest)).collect();
    let batch = vault.begin_batch(TenantId::SINGLE, plan.key, &rows, now())?;
    let work: Vec<(usize, Option<u64>)> = plan
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.is_work())
        .map(|(index, item)| (index, item.duration_ns()))
        .collect();
    vault.audit(
        AuditEvent::BatchStarted {
            batch,
            jobs: work.len() as u64,
            policy: policies(&plan),
        },
        now(),
    )?;
    let board = Board::new(session.json, &work);
    let mut old = old_lines(&plan);
    if let Some(folder) = &args.out {
        write_missing(&vault, &plan, folder, &mut old);
    }
    let lines = Mutex::new(old);
    let outcome = Work {
        vault: &vault,
        sources: &sources,
        batch,
        items: &plan.items,
        limits,
        retries: u64::from(args.retries),
        out: args.out.as_deref(),
        board: &board,
    }
    .run(&|ended| {
        let line = new_line(&plan.items[ended.index], &ended);
        board.say(&item_line(session, &line));
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push((ended.index, line));
    });
    board.clear();
    let mut lines = lines.into_inner().unwrap_or_else(PoisonError::into_inner);
    lines.sort_by_key(|(index, _)| *index);
    let mut lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    lines.extend(unreadable_lines(&plan));
    let totals = Totals::of(&lines);
    let finished = AuditEvent::BatchFinished {
        batch,
        published: totals.published as u64,
        held: totals.held as u64,
        failed: totals.failed as u64,
    };
    // All of it is tried; what stopped the work matters more than what is said about it.
    let audited = vault.audit(finished, now());
    let path = args.summary.as_ref();
    let written = path.map_or(Ok(()), |path| summary::write(path, batch, &lines, now()));
    outcome?;
    audited?;
    written?;
    conclude(session, batch, &lines, began.elapsed().as_secs_f64());
    let is_whole = totals.held == 0 && totals.failed == 0 && all_published(&lines);
    Ok(if is_whole { Exit::Done } else { Exit::Partly })
}

/// Whether what was done before was published rather than held.
fn all_published(lines: &[Line]) -> bool {
    lines.iter().all(|line| line.kind.is_none())
}

/// What stands for all policies of the batch.
fn policies(plan: &Plan) -> Word {
    let mut texts: Vec<&str> = plan
        .items
        .iter()
        .map(|item| item.recipe.policy.1.as_str())
        .collect();
    texts.sort_unstable();
    texts.dedup();
    let text = match texts.as_slice() {
        [one] => (*one).to_owned(),
        several => {
            let hashes = several
                .iter()
                .map(|text| Sha256Digest::of(text.as_bytes()).to_string());
            hashes.collect::<Vec<_>>().join("\n")
        }
    };
    Word::new(Sha256Digest::of(text.as_bytes()))
}

/// Lines for what need not be done.
fn old_lines(plan: &Plan) -> Vec<(usize, Line)> {
    let old = plan
        .items
        .iter()
        .enumerate()
        .filter(|(_, item)| !item.is_work());
    old.map(|(index, item)| {
        let mut line = line(item);
        match item.before {
            Before::Same(ItemState::Held, id) => {
                line.state = HELD;
                line.recording = Some(id.to_string());
                line.kind = Some(scrim_policy::Kind::Refused);
                line.message = "an earlier run was held".to_owned();
            }
            Before::Same(_, id) => {
                line.state = UNCHANGED;
                line.recording = Some(id.to_string());
            }
            Before::Deleted => {
                line.state = DELETED;
                line.message = IS_DELETED.to_owned();
            }
            Before::New | Before::Other | Before::Begun => line.state = SKIPPED,
        }
        (index, line)
    })
    .collect()
}

/// Writes the outputs of what need not be made again, where an earlier run has not written all.
fn write_missing(vault: &Vault, plan: &Plan, folder: &Path, lines: &mut [(usize, Line)]) {
    for (index, line) in lines {
        let Before::Same(_, id) = plan.items[*index].before else {
            continue;
        };
        let folder = folder.join(id.to_string());
        let written = match has_outputs(vault, id, &folder) {
            Ok(false) => write_outputs(vault, id, &folder, now()),
            other => other.map(drop),
        };
        if let Err(error) = written {
            let trouble = Trouble::new("write", &Failure::from(error));
            line.kind = Some(trouble.kind);
            line.stage = trouble.stage;
            line.message = trouble.message;
        }
    }
}

fn unreadable_lines(plan: &Plan) -> impl Iterator<Item = Line> {
    plan.unreadable.iter().map(|(shown, failure)| {
        let trouble = Trouble::new("open", failure);
        Line {
            path: shown.clone(),
            state: FAILED,
            kind: Some(trouble.kind),
            stage: trouble.stage,
            message: trouble.message,
            ..Line::default()
        }
    })
}

fn line(item: &Item) -> Line {
    Line {
        path: item.shown.clone(),
        policy: item.recipe.policy.0.name.clone(),
        duration_ns: item.duration_ns(),
        ..Line::default()
    }
}

fn new_line(item: &Item, ended: &Ended) -> Line {
    let state = match ended.state {
        ItemState::Published if ended.is_old => UNCHANGED,
        ItemState::Published => PUBLISHED,
        ItemState::Held => HELD,
        _ => FAILED,
    };
    let trouble = ended.trouble.as_ref();
    let mut message = trouble.map_or_else(String::new, |trouble| trouble.message.clone());
    if state == FAILED && item.before == Before::Other {
        let is_verdict = trouble.is_some_and(|trouble| trouble.is_verdict);
        message.push_str(match is_verdict {
            true => "; what the batch has published of it before is withdrawn",
            false => "; what the batch has published of it before was not touched",
        });
    }
    Line {
        state,
        recording: ended.recording.map(|id| id.to_string()),
        seconds: Some(ended.seconds),
        tries: ended.tries,
        kind: trouble.map(|trouble| trouble.kind),
        stage: trouble.map_or("", |trouble| trouble.stage),
        message,
        ..line(item)
    }
}

/// What is said as soon as an item has ended.
fn item_line(session: &Session, line: &Line) -> String {
    if session.json {
        return json!({
            "message_type": "item",
            "path": line.path,
            "state": line.state,
            "recording": line.recording,
            "policy": line.policy,
            "duration_s": line.duration_ns.map(|duration| Moment(duration).seconds()),
            "seconds_elapsed": line.seconds,
            "tries": line.tries,
            "kind": line.kind,
            "stage": line.stage,
            "message": line.message,
        })
        .to_string();
    }
    let recording = line.recording.as_deref().unwrap_or("");
    let words = [recording, &line.message];
    let words = words.iter().filter(|word| !word.is_empty());
    let words = words.copied().collect::<Vec<_>>().join("  ");
    format!("{:<12} {}  {words}", line.state, line.path)
        .trim_end()
        .to_owned()
}

fn conclude(session: &Session, batch: BatchId, lines: &[Line], seconds: f64) {
    let totals = Totals::of(lines);
    if session.json {
        let line = json!({
            "message_type": "summary",
            "batch": batch,
            "published": totals.published,
            "unchanged": totals.unchanged,
            "held": totals.held,
            "failed": totals.failed,
            "skipped": totals.skipped,
            "deleted": totals.deleted,
            "seconds_elapsed": seconds,
        });
        println!("{line}");
        return;
    }
    let counts = [
        (totals.published, PUBLISHED),
        (totals.unchanged, UNCHANGED),
        (totals.held, HELD),
        (totals.failed, FAILED),
        (totals.deleted, DELETED),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let mut words: Vec<String> = counts
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if totals.skipped > 0 {
        words.push(format!("{} no recording", totals.skipped));
    }
    if words.is_empty() {
        words.push("nothing to do".to_owned());
    }
    println!("{batch}  {} in {}", words.join(", "), board::clock(seconds));
}

/// How fast this Scrim is, and how that is known.
fn speed(vault: &Vault) -> Result<Option<f64>, Failure> {
    Ok(vault.batch_speed(TenantId::SINGLE)?)
}
