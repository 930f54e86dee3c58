//! `scrim ls` and `scrim show`.

use scrim_policy::{Kind, Moment, RecordingId, TenantId};
use scrim_storage::RecordingRow;
use serde_json::{Value, json};

use super::Session;
use crate::{exit::Exit, failure::Failure};

pub(super) fn ls(session: &Session, limit: u32, originals: bool) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let page = match originals {
        true => vault.originals(TenantId::SINGLE, None, limit)?,
        false => vault.recordings(TenantId::SINGLE, None, limit)?,
    };
    if session.json {
        for row in &page.recordings {
            println!("{}", row_json(row));
        }
        return Ok(Exit::Done);
    }
    if page.recordings.is_empty() {
        println!(
            "{}",
            if originals {
                "no originals yet; keep one with `scrim ingest`"
            } else {
                "no recordings yet; make one with `scrim process`"
            }
        );
    }
    for row in &page.recordings {
        let created = row.created_at.to_string();
        let created = created.get(..16).unwrap_or(&created);
        println!(
            "{}  {:<9}  {created}  {}  {}",
            row.id,
            row.state.to_string(),
            duration(row),
            row.policy_name.as_deref().unwrap_or("-")
        );
    }
    Ok(Exit::Done)
}

pub(super) fn show(session: &Session, id: RecordingId) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let row = vault.recording(id)?.ok_or_else(|| {
        Failure::words(Kind::NotFound, format!("there is no recording {id}"))
            .hint("`scrim ls` lists all recordings")
    })?;
    let artefacts = vault.artefacts(id)?;
    if session.json {
        let mut line = row_json(&row);
        line["artefacts"] = artefacts
            .iter()
            .map(|artefact| {
                json!({
                    "id": artefact.id,
                    "kind": artefact.kind,
                    "bytes": artefact.sealed.plaintext_bytes,
                    "sealed_bytes": artefact.sealed.ciphertext_bytes,
                    "sha256": artefact.sealed.plaintext_sha256.map(|hash| hash.to_string()),
                    "object": artefact.object_key.to_string(),
                })
            })
            .collect();
        println!("{line}");
        return Ok(Exit::Done);
    }
    println!("recording  {}", row.id);
    println!("state      {}", row.state);
    println!("created    {}", row.created_at);
    println!("duration   {}", duration(&row));
    if let (Some(name), Some(sha256)) = (&row.policy_name, &row.policy_sha256) {
        println!("policy     {name}  sha256 {sha256}");
    }
    if let Some(original) = &row.original {
        println!("original   {original}");
    }
    println!("source     sha256 {}", row.source_sha256);
    if row.revision > 0 {
        println!("revised    {} times", row.revision);
    }
    if let Some(failure) = &row.failure {
        println!("failed     in stage {}", failure.stage);
    }
    for artefact in &artefacts {
        let bytes = artefact.sealed.plaintext_bytes;
        println!(
            "{:<17} {bytes:>12} bytes  {}",
            artefact.kind.to_string(),
            artefact.object_key
        );
    }
    Ok(Exit::Done)
}

fn duration(row: &RecordingRow) -> String {
    row.duration_ns
        .map_or_else(|| "-".to_owned(), |duration| Moment(duration).to_string())
}

fn row_json(row: &RecordingRow) -> Value {
    json!({
        "recording": row.id,
        "state": row.state,
        "created_at": row.created_at.to_string(),
        "updated_at": row.updated_at.to_string(),
        "duration_s": row.duration_ns.map(|duration| Moment(duration).seconds()),
        "policy": row.policy_name,
        "policy_sha256": row.policy_sha256.map(|hash| hash.to_string()),
        "original": row.original,
        "source_sha256": row.source_sha256.to_string(),
        "runs": row.generation,
        "revision": row.revision,
        "failed_stage": row.failure.as_ref().map(|failure| &failure.stage),
    })
}
