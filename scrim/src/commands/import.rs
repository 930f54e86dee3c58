//! `scrim import`.

use std::{
    fs::File,
    io::{Read, Seek},
};

use scrim_storage::{
    PublicKey,
    archive::{Archive, ImportError},
    proof::Signer,
};
use serde_json::json;

use super::{Session, export::read_password, now, verify::read_key};
use crate::{cli::ImportArgs, exit::Exit, failure::Failure, transfer::TransferMeter};

pub(super) fn run(session: &Session, args: &ImportArgs) -> Result<Exit, Failure> {
    let password = read_password(&args.password_file)?;
    let trusted = args.key.as_deref().map(read_key).transpose()?;
    let file = File::open(&args.file)
        .map_err(|error| Failure::file("open the archive", &args.file, error))?;
    let mut archive = Archive::open(file, password, trusted.as_ref()).map_err(explained)?;
    let (key, is_trusted) = signer(&archive);
    if !is_trusted && !session.json {
        eprintln!(
            "note: the archive is signed with key {}, which may be anybody's: pass --key FILE \
             with what `scrim key` prints on the Scrim that wrote it",
            key.key_id()
        );
    }
    for left in archive.manifest().left_out.iter().filter(|_| !session.json) {
        eprintln!(
            "note: {} was {} and is not in the archive",
            left.recording, left.state
        );
    }
    if args.dry_run {
        would_import(session, &archive);
        return Ok(Exit::Done);
    }
    let vault = session.home()?.vault()?;
    let meter = TransferMeter::new(session.json, "import");
    let imported = vault.import(&mut archive, now(), &|progress| {
        meter.show(progress);
    });
    meter.clear();
    let imported = imported.map_err(explained)?;
    if session.json {
        let line = json!({
            "message_type": "summary",
            "dry_run": false,
            "recordings": imported.recordings,
            "recordings_before": imported.before,
            "artefacts": imported.artefacts,
            "key_id": key.key_id(),
            "signer_trusted": is_trusted,
            "manifest_sha256": archive.sha256().to_string(),
        });
        println!("{line}");
        return Ok(Exit::Done);
    }
    println!(
        "imported {} recordings with {} files",
        imported.recordings, imported.artefacts
    );
    if imported.before > 0 {
        println!(
            "{} recordings were here from an interrupted import",
            imported.before
        );
    }
    Ok(Exit::Done)
}

fn signer<R: Read + Seek>(archive: &Archive<R>) -> (PublicKey, bool) {
    match archive.signer() {
        Signer::Trusted(key) => (key, true),
        Signer::Unknown(key) => (key, false),
    }
}

fn would_import<R: Read + Seek>(session: &Session, archive: &Archive<R>) {
    let manifest = archive.manifest();
    let (key, is_trusted) = signer(archive);
    if session.json {
        for recording in &manifest.recordings {
            let line = json!({
                "message_type": "recording",
                "recording": recording.recording,
                "state": recording.state,
                "files": recording.files.len(),
            });
            println!("{line}");
        }
        let line = json!({
            "message_type": "summary",
            "dry_run": true,
            "recordings": manifest.recordings.len(),
            "artefacts": manifest.artefacts(),
            "bytes": manifest.bytes(),
            "left_out": manifest.left_out,
            "key_id": key.key_id(),
            "signer_trusted": is_trusted,
            "manifest_sha256": archive.sha256().to_string(),
        });
        println!("{line}");
        return;
    }
    println!("written    {} by {}", manifest.created_at, manifest.tool);
    println!("signature  right, by key {}", key.key_id());
    for recording in &manifest.recordings {
        println!(
            "{}  {:<9}  {} files",
            recording.recording,
            recording.state.to_string(),
            recording.files.len()
        );
    }
    println!(
        "would import {} recordings with {} files and {} bytes",
        manifest.recordings.len(),
        manifest.artefacts(),
        manifest.bytes()
    );
}

/// Says what to do.
fn explained(error: ImportError) -> Failure {
    let hint = match &error {
        ImportError::NotEmpty => {
            "two catalogs are not merged: name an empty folder with --home or SCRIM_HOME"
        }
        ImportError::ImportedBefore { .. } => "`scrim ls` lists what came with it",
        ImportError::WrongPassword => "name the file with the password of the archive",
        ImportError::NotAnArchive { .. } => {
            "an archive is written by `scrim export --tenant`; was it copied completely?"
        }
        _ => return error.into(),
    };
    Failure::from(error).hint(hint)
}
