//! `scrim batch ls` and `scrim batch show`.

use scrim_policy::{BatchId, Kind, Moment, TenantId};
use scrim_storage::{BatchItemRow, BatchRow, ItemState};
use serde_json::{Value, json};

use crate::{commands::Session, exit::Exit, failure::Failure};

pub(super) fn ls(session: &Session, limit: u32) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let batches = vault.batches(TenantId::SINGLE, limit)?;
    if session.json {
        for batch in &batches {
            println!("{}", batch_json(batch));
        }
        return Ok(Exit::Done);
    }
    if batches.is_empty() {
        println!("no batches yet; run one with `scrim batch run`");
    }
    for batch in &batches {
        println!(
            "{}  {}  {}",
            batch.id,
            minute(&batch.updated_at.to_string()),
            words(batch)
        );
    }
    Ok(Exit::Done)
}

pub(super) fn show(session: &Session, id: BatchId) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let batch = vault.batch(id)?.ok_or_else(|| {
        Failure::words(Kind::NotFound, format!("there is no batch {id}"))
            .hint("`scrim batch ls` lists all batches")
    })?;
    let items = vault.batch_items(id)?;
    if session.json {
        let mut line = batch_json(&batch);
        line["items"] = items.iter().map(item_json).collect();
        println!("{line}");
        return Ok(Exit::Done);
    }
    println!("batch      {}", batch.id);
    println!("created    {}", batch.created_at);
    println!("last run   {}", batch.updated_at);
    println!("sources    {}", words(&batch));
    for item in &items {
        let recording = item.recording.map_or_else(String::new, |id| id.to_string());
        let failure = item.failure.as_ref();
        let failure =
            failure.map_or_else(String::new, |failure| format!("in stage {}", failure.stage));
        let line = format!("{:<10} {recording:<36}  {failure}", item.state.to_string());
        println!("{}", line.trim_end());
    }
    Ok(Exit::Done)
}

fn minute(time: &str) -> &str {
    time.get(..16).unwrap_or(time)
}

fn words(batch: &BatchRow) -> String {
    let counts = batch
        .counts
        .iter()
        .map(|(state, count)| format!("{count} {state}"));
    counts.collect::<Vec<_>>().join(", ")
}

fn batch_json(batch: &BatchRow) -> Value {
    let counts = ItemState::ALL.map(|state| {
        let count = batch.counts.get(&state).copied().unwrap_or(0);
        (state.as_str().to_owned(), json!(count))
    });
    json!({
        "batch": batch.id,
        "created_at": batch.created_at.to_string(),
        "updated_at": batch.updated_at.to_string(),
        "counts": Value::Object(counts.into_iter().collect()),
    })
}

fn item_json(item: &BatchItemRow) -> Value {
    json!({
        "state": item.state.as_str(),
        "recording": item.recording,
        "tries": item.tries,
        "kind": item.failure.as_ref().map(|failure| failure.kind),
        "stage": item.failure.as_ref().map(|failure| &failure.stage),
        "duration_s": item.duration_ns.map(|duration| Moment(duration).seconds()),
        "worked_s": item.worked_us.map(|worked| worked as f64 / 1e6),
        "updated_at": item.updated_at.to_string(),
    })
}
