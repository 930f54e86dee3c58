//! `scrim transcript`.

use std::path::Path;

use scrim_pipeline::revise::{self, Cue, Edit, Revision, RevisionError, RevisionSpec};
use scrim_policy::{Kind, Moment, Pii, RecordingId};
use scrim_storage::{CatalogError, VaultError};
use serde::Deserialize;
use serde_json::json;

use super::{Session, read_roster, read_text};
use crate::{cli::TranscriptCommand, exit::Exit, failure::Failure, page};

/// What `--edits` holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edits {
    revision: u64,
    edits: Vec<OneEdit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneEdit {
    cue: usize,
    text: String,
}

pub(super) fn run(session: &Session, command: &TranscriptCommand) -> Result<Exit, Failure> {
    match command {
        TranscriptCommand::Cues { id } => cues(session, *id),
        TranscriptCommand::Revise { id, edits, roster } => {
            revise(session, *id, edits, roster.as_deref())
        }
    }
}

fn cues(session: &Session, id: RecordingId) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let (revision, cues) = revise::transcript(&vault, id).map_err(explained)?;
    for (number, cue) in cues.iter().enumerate() {
        let Cue {
            start_ms,
            end_ms,
            speaker,
            text,
        } = cue;
        let text = text.reveal();
        if session.json {
            let line = json!({"cue": number, "start_ms": start_ms, "end_ms": end_ms,
                "speaker": speaker, "text": text});
            println!("{line}");
        } else {
            let at = Moment(start_ms.saturating_mul(1_000_000));
            let speaker = speaker.as_ref().map(|name| format!("{name}: "));
            let speaker = speaker.unwrap_or_default();
            println!("{number:>5}  {at}  {speaker}{text}");
        }
    }
    if session.json {
        println!(
            "{}",
            json!({"message_type": "summary", "revision": revision})
        );
    } else {
        println!("revision {revision}");
    }
    Ok(Exit::Done)
}

fn revise(
    session: &Session,
    id: RecordingId,
    edits: &Path,
    roster: Option<&Path>,
) -> Result<Exit, Failure> {
    let text = read_text("read the edits", edits)?;
    let Edits {
        revision: based_on,
        edits,
    } = serde_json::from_str(&text).map_err(|error| {
        // What it says may repeat a word of the file.
        let (line, column) = (error.line(), error.column());
        let text = format!("the edits are not as expected, at line {line}, column {column}");
        Failure::words(Kind::Invalid, text)
            .hint(r#"write {"revision": 0, "edits": [{"cue": 0, "text": "Good morning"}]}"#)
    })?;
    let edits: Vec<Edit> = edits
        .into_iter()
        .map(|edit| Edit {
            cue: edit.cue,
            text: Pii::new(edit.text),
        })
        .collect();
    let given = roster.map(|path| read_roster(Some(path))).transpose()?;
    let vault = session.home()?.vault()?;
    let spec = RevisionSpec {
        recording: id,
        based_on,
        edits: &edits,
        roster: given.as_ref().map(|(roster, _)| roster),
        report_page: &page::report,
        stills_of_page: &page::stills,
    };
    let Revision {
        revision,
        state,
        removed,
    } = revise::revise(&vault, &spec).map_err(explained)?;
    if session.json {
        let line = json!({
            "message_type": "summary",
            "recording": id,
            "state": state,
            "revision": revision,
            "removed": removed,
        });
        println!("{line}");
        return Ok(Exit::Done);
    }
    println!("{id}  {state}, revision {revision}");
    let (names, emails, phones) = (removed.names, removed.emails, removed.phones);
    if names + emails + phones > 0 {
        println!(
            "taken out of it: {names} names, {emails} e-mail addresses, {phones} phone numbers"
        );
    }
    Ok(Exit::Done)
}

/// Says what to do.
fn explained(error: RevisionError) -> Failure {
    let hint = match &error {
        RevisionError::NoCue { .. } => "`scrim transcript cues ID` lists them",
        RevisionError::NoRoster { .. } => "give the roster with --roster",
        RevisionError::Vault(VaultError::Catalog(CatalogError::StaleRevision { .. })) => {
            "somebody else was faster: list the cues again, and change those"
        }
        RevisionError::Vault(VaultError::Erasure(_)) => {
            "give a roster with --roster that lists whoever was erased"
        }
        RevisionError::Vault(VaultError::Catalog(CatalogError::NoRecording { .. })) => {
            "`scrim ls` lists all recordings"
        }
        _ => return Failure::new(error.kind(), error),
    };
    Failure::new(error.kind(), error).hint(hint)
}
