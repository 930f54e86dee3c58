//! `scrim ingest`: keeping originals.

use std::io::{self, Read, Write};

use scrim_ingest::{FromStart, SourceBytes, SourceError};
use scrim_pipeline::job::{Progress, Stage};
use scrim_policy::{Kind, Moment, TenantId};
use scrim_storage::{ArtefactWriter, Kept, Vault};
use serde_json::json;

use super::{
    Session, now, open_input,
    source::{Place, Sources, probed, scanned},
};
use crate::{cli::IngestArgs, exit::Exit, failure::Failure, meter::Meter, scan::Scanner};

/// Bytes that are sealed between two reports.
const PIECE: usize = 1 << 20;

pub(super) fn run(session: &Session, args: &IngestArgs) -> Result<Exit, Failure> {
    let home = session.home()?;
    // A mistake in a name is found before anything is sealed.
    let places: Vec<Place> = args.inputs.iter().map(|path| Place::new(path)).collect();
    for place in &places {
        if let Place::File(path) = place {
            open_input(path)?;
        }
    }
    let scanner = home.scanner()?;
    let vault = home.vault()?;
    let sources = Sources::new(&home, &vault);
    let places = expanded(&sources, places)?;
    let mut failed = 0;
    for place in &places {
        let kept = sources
            .open(place)
            .and_then(|bytes| keep(session, &vault, scanner.as_ref(), bytes.as_ref()));
        match kept {
            Ok(kept) => report(session, &vault, place, &kept)?,
            Err(failure) if places.len() == 1 => return Err(failure),
            Err(failure) => {
                failed += 1;
                failure.about(place.shown()).print(session.json);
            }
        }
    }
    Ok(if failed == 0 {
        Exit::Done
    } else {
        Exit::Partly
    })
}

/// Puts the objects of a bucket in the place of what their keys begin with.
fn expanded(sources: &Sources<'_>, places: Vec<Place>) -> Result<Vec<Place>, Failure> {
    let mut found = Vec::with_capacity(places.len());
    for place in places {
        match &place {
            Place::Object { bucket, key } => {
                let objects = sources.objects(bucket, key)?;
                if objects.is_empty() {
                    let text = format!("there is nothing at {}", place.shown());
                    return Err(Failure::words(Kind::NotFound, text));
                }
                found.extend(objects);
            }
            Place::File(_) | Place::Original(_) => found.push(place),
        }
    }
    Ok(found)
}

/// Looks at a source, and seals it while it is read once.
fn keep(
    session: &Session,
    vault: &Vault,
    scanner: Option<&Scanner>,
    bytes: &dyn SourceBytes,
) -> Result<Kept, Failure> {
    let failed = |source| Failure::from(SourceError::Read { source });
    let before = bytes.revision().map_err(failed)?;
    if let Some(warning) = scanned(scanner, vault, bytes)? {
        session.warn(&warning);
    }
    let probe = probed(bytes)?;
    let meter = Meter::new(session.json);
    let mut writer = vault.create_original(TenantId::SINGLE, now())?;
    let mut source = FromStart::new(bytes.again().map_err(failed)?);
    let mut piece = vec![0; PIECE];
    let mut done = 0;
    loop {
        let count = match source.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        writer
            .write_all(&piece[..count])
            .map_err(ArtefactWriter::explain)?;
        done += count as u64;
        meter.show(Progress {
            stage: Stage::Hash,
            done,
            total: Some(before.length),
        });
    }
    meter.clear();
    if before != bytes.revision().map_err(failed)? {
        let text = "the recording changed while it was read; run again when it is complete";
        return Err(Failure::words(Kind::Invalid, text));
    }
    Ok(writer.finish(probe.duration.map(|duration| duration.0), now())?)
}

fn report(session: &Session, vault: &Vault, place: &Place, kept: &Kept) -> Result<(), Failure> {
    let row = kept.row();
    let bytes = vault.original_artefact(row.id)?.sealed.plaintext_bytes;
    let word = match kept {
        Kept::New(_) => "kept",
        Kept::Before(_) => "kept before",
    };
    let duration = row.duration_ns.map(Moment);
    if session.json {
        let line = json!({
            "message_type": "summary",
            "recording": row.id,
            "state": row.state,
            "is_new": matches!(kept, Kept::New(_)),
            "input": place.shown(),
            "bytes": bytes,
            "duration_s": duration.map(Moment::seconds),
            "source_sha256": row.source_sha256.to_string(),
        });
        println!("{line}");
        return Ok(());
    }
    let duration = duration.map_or_else(|| "-".to_owned(), |duration| duration.to_string());
    let shown = place.shown();
    println!("{}  {word:<11}  {duration}  {bytes} bytes  {shown}", row.id);
    Ok(())
}
