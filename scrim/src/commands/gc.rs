//! `scrim gc`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use scrim_policy::{RecordingId, TenantId};
use scrim_storage::orphans::Orphans;
use serde_json::json;

use super::{Session, retention::now};
use crate::{cli::GcArgs, exit::Exit, failure::Failure, home::Home};

/// Beginnings of the names that processes give to what they have not finished.
const UNFINISHED: [&str; 2] = [".model-", ".pull-"];

/// For how long a file may be what a process is still writing.
const ALIVE_HOURS: u64 = 24;

pub(super) fn run(session: &Session, args: &GcArgs) -> Result<Exit, Failure> {
    let home = session.home()?;
    let vault = home.vault()?;
    let finished = match args.dry_run {
        true => Vec::new(),
        false => vault.recover_live_sessions(now())?,
    };
    let orphans = vault.orphans(TenantId::SINGLE, now())?;
    let leftovers = leftovers(&home)?;
    print(session, &finished, &orphans, &leftovers, args);
    if args.dry_run {
        return Ok(Exit::Done);
    }
    vault.remove_orphans(&orphans, args.forget_lost)?;
    for path in &leftovers {
        match remove(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::file("remove", path, error));
            }
            _ => {}
        }
    }
    Ok(Exit::Done)
}

fn print(
    session: &Session,
    finished: &[RecordingId],
    orphans: &Orphans,
    leftovers: &[PathBuf],
    args: &GcArgs,
) {
    if session.json {
        let line = json!({
            "message_type": "orphans",
            "dry_run": args.dry_run,
            "sessions": finished,
            "objects": orphans.objects.iter().map(|one| one.key.to_string()).collect::<Vec<_>>(),
            "rows": orphans.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            "lost": orphans.lost.iter().map(|row| row.id).collect::<Vec<_>>(),
            "unfinished": orphans.unfinished.len(),
            "temporary_files": leftovers.len(),
            "young": orphans.young,
            "foreign": orphans.foreign,
        });
        println!("{line}");
        return;
    }
    for recording in finished {
        println!("session finished     {recording}");
    }
    for listed in &orphans.objects {
        println!(
            "object without row   {}  {} bytes",
            listed.key, listed.bytes
        );
    }
    for begun in &orphans.unfinished {
        println!("unfinished object    begun {}", begun.begun_at);
    }
    for row in &orphans.rows {
        println!("row without object   {}", row.object_key);
    }
    for row in &orphans.lost {
        println!("LOST                 {}  {}", row.object_key, row.kind);
    }
    for path in leftovers {
        println!("temporary file       {}", path.display());
    }
    if orphans.foreign > 0 {
        println!(
            "not ours             {} names in the store, left alone",
            orphans.foreign
        );
    }
    if orphans.young > 0 {
        println!("younger than a day   {}, left alone", orphans.young);
    }
    if !orphans.lost.is_empty() && !args.forget_lost {
        println!(
            "what is lost stays listed: see that the store is the right one, then --forget-lost"
        );
    }
    if orphans.is_empty() && leftovers.is_empty() && finished.is_empty() {
        println!("nothing to remove");
    } else if args.dry_run {
        println!("nothing was removed");
    }
}

/// Finds what processes that are gone have left beside the models.
fn leftovers(home: &Home) -> Result<Vec<PathBuf>, Failure> {
    let folder = home.models();
    let failed = |error| Failure::file("look into", folder, error);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let is_ours = UNFINISHED
            .iter()
            .any(|start| name.to_string_lossy().starts_with(start));
        let written = entry.metadata().and_then(|metadata| metadata.modified());
        let age = written.map_err(failed)?.elapsed().unwrap_or_default();
        if is_ours && age.as_secs() > ALIVE_HOURS * 3600 {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    }
}
