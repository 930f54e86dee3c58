//! `scrim get`.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use scrim_policy::{Kind, Purpose};
use scrim_storage::{ArtefactKind, ArtefactRow, Vault, export::WholeFile};

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

pub(crate) fn output_kind(text: &str) -> Result<ArtefactKind, Failure> {
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
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failed = |error| Failure::file("write", path, error);
    let mut file = WholeFile::create(path).map_err(failed)?;
    write(&mut file)?;
    file.commit().map_err(failed)
}
