//! `scrim get`, and writing all outputs to a folder.

use std::{
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use scrim_policy::{Kind, Purpose, RecordingId};
use scrim_storage::{ArtefactKind, ArtefactRow, Vault};

use super::{Session, now};
use crate::{cli::GetArgs, exit::Exit, failure::Failure};

pub(super) fn run(session: &Session, args: &GetArgs) -> Result<Exit, Failure> {
    let kind = output_kind(&args.output)?;
    let vault = session.home()?.vault()?;
    let row = vault.output(args.id, kind)?;
    let range = match &args.range {
        Some(text) => Some(parse_range(text, row.sealed.plaintext_bytes)?),
        None => None,
    };
    match args.output_file.as_deref() {
        None => copy(&vault, &row, Purpose::Get, range, &mut io::stdout().lock())?,
        Some(path) if path == Path::new("-") => {
            copy(&vault, &row, Purpose::Get, range, &mut io::stdout().lock())?;
        }
        Some(path) => write_whole(path, |out| copy(&vault, &row, Purpose::Get, range, out))?,
    }
    Ok(Exit::Done)
}

fn output_kind(text: &str) -> Result<ArtefactKind, Failure> {
    let names = || {
        ArtefactKind::PUBLISHED
            .into_iter()
            .filter_map(ArtefactKind::file_name)
    };
    let found = ArtefactKind::PUBLISHED
        .into_iter()
        .find(|kind| kind.as_str() == text || kind.file_name() == Some(text));
    found.ok_or_else(|| {
        let known: Vec<&str> = names().collect();
        Failure::words(Kind::Invalid, format!("there is no output `{text}`"))
            .hint(format!("outputs are: {}", known.join(", ")))
    })
}

/// Decrypts an artefact. Without a range it is proved complete.
fn copy(
    vault: &Vault,
    row: &ArtefactRow,
    purpose: Purpose,
    range: Option<(u64, u64)>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut reader = vault.open_artefact(row, purpose, now())?;
    let Some((first, length)) = range else {
        let mut out = out;
        return reader
            .copy_all(&mut out)
            .map_err(|error| Failure::new(error.kind(), error));
    };
    let damaged = |error| Failure::new(Kind::Damaged, error);
    reader.seek(SeekFrom::Start(first)).map_err(damaged)?;
    io::copy(&mut reader.take(length), out).map_err(damaged)?;
    Ok(())
}

/// Reads `0-99`, `100-` or `-100` as first byte and length (RFC 9110, 14.1.2).
fn parse_range(text: &str, size: u64) -> Result<(u64, u64), Failure> {
    let wrong = || {
        Failure::words(
            Kind::Invalid,
            format!("`{text}` is no range of {size} bytes"),
        )
        .hint("write first-last as in 0-99, first- or -length")
    };
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    let number = |digits: &str| digits.parse::<u64>().map_err(|_| wrong());
    let (first, last) = match (first, last) {
        ("", length) => (
            size.saturating_sub(number(length)?.max(1)),
            size.saturating_sub(1),
        ),
        (first, "") => (number(first)?, size.saturating_sub(1)),
        (first, last) => (number(first)?, number(last)?.min(size.saturating_sub(1))),
    };
    if first > last || first >= size {
        return Err(wrong());
    }
    Ok((first, last - first + 1))
}

/// Writes a file that appears complete or not at all.
pub(super) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failed = |error| Failure::file("write", path, error);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
    let mut file = fs::File::create(&partial).map_err(failed)?;
    let written = write(&mut file).and_then(|()| file.sync_all().map_err(failed));
    let outcome = written.and_then(|()| fs::rename(&partial, path).map_err(failed));
    if outcome.is_err() {
        // Nothing half-written stays behind; the error itself matters more than this one.
        let _ = fs::remove_file(&partial);
    }
    outcome
}

/// Decrypts all outputs of a recording into a folder.
pub(super) fn export(vault: &Vault, id: RecordingId, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, error))?;
    let published = vault
        .artefacts(id)?
        .into_iter()
        .filter(|row| row.kind.is_published());
    for row in published {
        if let Some(name) = row.kind.file_name() {
            write_whole(&folder.join(name), |out| {
                copy(vault, &row, Purpose::Export, None, out)
            })?;
        }
    }
    Ok(())
}
