//! `scrim catalog`.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter},
    path::Path,
};

use scrim_policy::Kind;
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
        vault.back_up_catalog(&mut BufWriter::new(io::stdout().lock()), now())?;
        return Ok(Exit::Done);
    }
    let mut summary = None;
    write_whole(file, |out| {
        // The file does not appear unless the audit log knows of it.
        summary = Some(vault.back_up_catalog(&mut BufWriter::new(out), now())?);
        Ok(())
    })?;
    if let Some(summary) = summary {
        print(session, "backed up", &summary);
    }
    Ok(Exit::Done)
}

fn restore(session: &Session, file: &Path) -> Result<Exit, Failure> {
    let home = session.home()?;
    let settings = home.settings()?;
    let summary = if is_standard_stream(file) {
        Vault::restore_catalog(&settings, &mut io::stdin().lock(), now())
    } else {
        let opened =
            File::open(file).map_err(|error| Failure::file("open the backup", file, error))?;
        Vault::restore_catalog(&settings, &mut BufReader::new(opened), now())
    };
    let summary = summary?;
    print(session, "restored", &summary);
    let adopted = home
        .vault()
        .and_then(|vault| Ok(vault.adopt_wrapped_keys(now())?))
        .map_err(|failure| {
            failure.hint("the catalog is restored; run `scrim keys adopt` once this is remedied")
        })?;
    for artefact in &adopted.unopenable {
        eprintln!("{artefact} cannot be opened any more: its key was destroyed");
    }
    Ok(Exit::Done)
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
    let findings = vault.check_catalog(now(), &|done| looked_at.set(done))?;
    let artefacts = looked_at.get();
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
