//! `scrim catalog`.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter},
    path::Path,
};

use scrim_policy::{AuditEvent, Kind, Word};
use scrim_storage::{BackupSummary, Vault};
use serde_json::json;

use super::{Session, get::write_whole, now};
use crate::{cli::CatalogCommand, exit::Exit, failure::Failure};

pub(super) fn run(session: &Session, command: &CatalogCommand) -> Result<Exit, Failure> {
    match command {
        CatalogCommand::Backup { file } => backup(session, file),
        CatalogCommand::Restore { file } => restore(session, file),
        CatalogCommand::Check => check(session),
    }
}

fn is_standard_stream(file: &Path) -> bool {
    file == Path::new("-")
}

fn backup(session: &Session, file: &Path) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    if is_standard_stream(file) {
        let summary = vault.back_up_catalog(&mut BufWriter::new(io::stdout().lock()))?;
        vault.audit(backed_up(&summary), now())?;
        return Ok(Exit::Done);
    }
    let mut summary = None;
    write_whole(file, |out| {
        let written = vault.back_up_catalog(&mut BufWriter::new(out))?;
        // The file does not appear unless the log knows of it.
        vault.audit(backed_up(&written), now())?;
        summary = Some(written);
        Ok(())
    })?;
    if let Some(summary) = summary {
        print(session, "backed up", &summary);
    }
    Ok(Exit::Done)
}

fn restore(session: &Session, file: &Path) -> Result<Exit, Failure> {
    let settings = session.home()?.settings()?;
    let summary = if is_standard_stream(file) {
        Vault::restore_catalog(&settings, &mut io::stdin().lock())
    } else {
        let opened =
            File::open(file).map_err(|error| Failure::file("open the backup", file, error))?;
        Vault::restore_catalog(&settings, &mut BufReader::new(opened))
    };
    let summary = summary?;
    let sha256 = Word::new(summary.sha256);
    let vault = session.home()?.vault()?;
    vault.audit(AuditEvent::CatalogRestored { sha256 }, now())?;
    print(session, "restored", &summary);
    Ok(Exit::Done)
}

fn backed_up(summary: &BackupSummary) -> AuditEvent {
    AuditEvent::CatalogBackup {
        sha256: Word::new(summary.sha256),
    }
}

fn print(session: &Session, done: &str, summary: &BackupSummary) {
    let BackupSummary { rows, sha256 } = summary;
    if session.json {
        let line = json!({
            "message_type": "summary",
            "done": done,
            "rows": rows,
            "sha256": sha256.to_string(),
        });
        println!("{line}");
    } else {
        println!("{done}  {rows} rows, sha256 {sha256}");
    }
}

fn check(session: &Session) -> Result<Exit, Failure> {
    let vault = session.home()?.vault()?;
    let looked_at = std::cell::Cell::new(0);
    let findings = vault.check_catalog(&|done| looked_at.set(done))?;
    let artefacts = looked_at.get();
    let event = AuditEvent::CatalogChecked {
        findings: findings.len() as u64,
    };
    vault.audit(event, now())?;
    if session.json {
        let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let line = json!({
            "message_type": "summary",
            "artefacts": artefacts,
            "findings": texts,
        });
        println!("{line}");
    } else {
        for finding in &findings {
            println!("WRONG  {finding}");
        }
        println!(
            "looked at {artefacts} artefacts, found {} wrong",
            findings.len()
        );
    }
    if findings.is_empty() {
        return Ok(Exit::Done);
    }
    Err(
        Failure::words(Kind::Damaged, "the catalog is not as it should be")
            .hint("restore a backup with `scrim catalog restore`, or process the recordings again"),
    )
}
