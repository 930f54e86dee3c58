//! A catalog from lines of text.

use std::{
    fs,
    io::BufRead,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use scrim_policy::{AuditEvent, Word};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sqlx::{Any, AssertSqlSafe, Transaction, query};

use super::{
    super::{Catalog, CatalogError, CatalogPlace, audit},
    BackupSummary, End, FORMAT, Header, Line, TABLES,
};
use crate::{
    audit::{Author, Deed},
    digest::Sha256Digest,
    durable,
    timestamp::Timestamp,
};

const RESTORE: &str = "restore the catalog";

/// A line that is longer than this is not one of ours.
const MOST_LINE_BYTES: usize = 64 << 20;

impl Catalog {
    /// Makes a catalog from a backup, where there is none. `verify` says whether a signature over
    /// some bytes is one of the keyring that belongs to this catalog. A backup of an older layout is
    /// brought up to date. The audit log of the new catalog says where it comes from.
    ///
    /// # Errors
    /// [`CatalogError::NotEmpty`], [`CatalogError::NotABackup`], [`CatalogError::BackupChanged`],
    /// [`CatalogError::WrittenByNewer`], [`CatalogError::BackupFile`] and those of the database.
    /// Nothing was restored then.
    pub(crate) async fn restore(
        place: &CatalogPlace,
        input: &mut dyn BufRead,
        verify: &dyn Fn(&[u8], &[u8; 64]) -> bool,
        account: Account<'_>,
    ) -> Result<BackupSummary, CatalogError> {
        let mut reader = Reader::new(input);
        let layout = reader.header(place.engine().newest_layout())?;
        match place {
            CatalogPlace::Postgres(_) => fill(place, layout, reader, verify, account).await,
            CatalogPlace::File(path) => {
                let failed = |source| CatalogError::while_doing(RESTORE, sqlx::Error::Io(source));
                if path.try_exists().map_err(failed)? {
                    return Err(CatalogError::NotEmpty);
                }
                // The name appears with the last step only.
                let unfinished = path.with_added_extension("restoring");
                remove_if_there(&unfinished).map_err(failed)?;
                let temporary = CatalogPlace::File(unfinished.clone());
                let filled = fill(&temporary, layout, reader, verify, account).await;
                let summary = match filled {
                    Ok(summary) => summary,
                    Err(error) => {
                        // The error that is reported is the first one; the rest goes next time.
                        let _ = remove_if_there(&unfinished);
                        return Err(error);
                    }
                };
                fs::rename(&unfinished, path)
                    .and_then(|()| durable::sync_parent(path))
                    .map_err(failed)?;
                remove_if_there(&unfinished).map_err(failed)?;
                Ok(summary)
            }
        }
    }
}

/// Who restores, and when.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a> {
    pub(crate) author: Author<'a>,
    pub(crate) now: Timestamp,
}

impl Account<'_> {
    fn deed(&self, summary: &BackupSummary) -> Deed {
        let sha256 = Word::new(summary.sha256);
        Deed {
            actor: self.author.actor.clone(),
            event: AuditEvent::CatalogRestored { sha256 },
            at: self.now,
        }
    }
}

/// Fills new tables of the backup's own layout, and only then brings them up to date.
async fn fill(
    place: &CatalogPlace,
    layout: i64,
    reader: Reader<'_>,
    verify: &dyn Fn(&[u8], &[u8; 64]) -> bool,
    account: Account<'_>,
) -> Result<BackupSummary, CatalogError> {
    // An older layout may have no place for the entry yet.
    let is_newest = layout == place.engine().newest_layout();
    let catalog = match Catalog::connect_to_layout(place, layout).await {
        // The tables are newer already, so this is no new catalog.
        Err(CatalogError::WrittenByNewer { .. }) => return Err(CatalogError::NotEmpty),
        connected => connected?,
    };
    let filled = match catalog.is_empty().await {
        Ok(true) => {
            let at_once = is_newest.then_some(account);
            catalog.take_rows(reader, verify, at_once).await
        }
        Ok(false) => Err(CatalogError::NotEmpty),
        Err(error) => Err(error),
    };
    catalog.close().await;
    let summary = filled?;
    let catalog = Catalog::connect(place).await?;
    let told = match is_newest {
        true => Ok(()),
        false => catalog
            .append_deeds(account.author.keyring, &[account.deed(&summary)])
            .await
            .map(drop),
    };
    catalog.close().await;
    told.map(|()| summary)
}

impl Catalog {
    async fn take_rows(
        &self,
        mut reader: Reader<'_>,
        verify: &dyn Fn(&[u8], &[u8; 64]) -> bool,
        account: Option<Account<'_>>,
    ) -> Result<BackupSummary, CatalogError> {
        let mut transaction = self.write(RESTORE).await?;
        let mut rows = 0;
        loop {
            match reader.line()? {
                Some(Line::Row { table, row }) => {
                    let wrong = reader.wrong();
                    insert(&mut transaction, &table, &row, wrong).await?;
                    rows += 1;
                }
                Some(Line::End(end)) => {
                    let summary = reader.end(rows, &end, verify)?;
                    if let Some(account) = account {
                        let Deed { event, at, .. } = account.deed(&summary);
                        audit::append(&mut transaction, account.author, &[(event, at)]).await?;
                    }
                    transaction
                        .commit()
                        .await
                        .map_err(|source| CatalogError::while_doing(RESTORE, source))?;
                    return Ok(summary);
                }
                None => return Err(CatalogError::BackupChanged),
            }
        }
    }
}

/// Reads lines and hashes them.
struct Reader<'a> {
    input: &'a mut dyn BufRead,
    hash: Sha256,
    number: u64,
}

impl<'a> Reader<'a> {
    fn new(input: &'a mut dyn BufRead) -> Self {
        Self {
            input,
            hash: Sha256::new(),
            number: 0,
        }
    }

    fn wrong(&self) -> CatalogError {
        CatalogError::NotABackup { line: self.number }
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, CatalogError> {
        next_line(self.input, &mut self.number)
    }

    /// Reads the first line and returns the layout of the tables.
    fn header(&mut self, newest: i64) -> Result<i64, CatalogError> {
        let line = self.next()?.ok_or_else(|| self.wrong())?;
        self.hash.update(&line);
        let header: Header = serde_json::from_slice(&line).map_err(|_| self.wrong())?;
        if header.format != FORMAT || header.layout < 1 {
            return Err(self.wrong());
        }
        if header.layout > newest {
            let version = header.layout;
            return Err(CatalogError::WrittenByNewer { version });
        }
        Ok(header.layout)
    }

    fn line(&mut self) -> Result<Option<Line>, CatalogError> {
        let Some(text) = self.next()? else {
            return Ok(None);
        };
        let line = serde_json::from_slice(&text).map_err(|_| self.wrong())?;
        if matches!(line, Line::Row { .. }) {
            self.hash.update(&text);
        }
        Ok(Some(line))
    }

    /// Makes sure that the last line is right and nothing comes after it.
    fn end(
        mut self,
        rows: u64,
        end: &End,
        verify: &dyn Fn(&[u8], &[u8; 64]) -> bool,
    ) -> Result<BackupSummary, CatalogError> {
        let is_last = self.next()?.is_none();
        let summary = BackupSummary {
            rows,
            sha256: Sha256Digest::finished(self.hash),
        };
        let signature = STANDARD.decode(&end.signature).ok();
        let signature = signature.and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let is_right = is_last
            && end.rows == rows
            && end.sha256 == summary.sha256.to_string()
            && signature.is_some_and(|signature| verify(&summary.signed_bytes(), &signature));
        if is_right {
            Ok(summary)
        } else {
            Err(CatalogError::BackupChanged)
        }
    }
}

/// Removes a database file and what SQLite keeps beside it.
fn remove_if_there(path: &Path) -> std::io::Result<()> {
    for file in [
        path.to_owned(),
        with_suffix(path, "-wal"),
        with_suffix(path, "-shm"),
        path.with_added_extension("lock"),
    ] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Reads a line with its line break, or nothing at the end.
fn next_line(input: &mut dyn BufRead, number: &mut u64) -> Result<Option<Vec<u8>>, CatalogError> {
    let mut line = Vec::new();
    *number += 1;
    loop {
        let buffer = input
            .fill_buf()
            .map_err(|source| CatalogError::BackupFile { source })?;
        if buffer.is_empty() {
            return Ok((!line.is_empty()).then_some(line));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(buffer.len(), |end| end + 1);
        if line.len() + taken > MOST_LINE_BYTES {
            return Err(CatalogError::NotABackup { line: *number });
        }
        line.extend_from_slice(&buffer[..taken]);
        input.consume(taken);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// Adds a row. Its names come from a file, so only what can be a name becomes part of a query.
async fn insert(
    transaction: &mut Transaction<'_, Any>,
    table: &str,
    row: &Map<String, Value>,
    wrong: CatalogError,
) -> Result<(), CatalogError> {
    let is_name = |name: &String| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if !TABLES.iter().any(|(known, _)| *known == table)
        || row.is_empty()
        || !row.keys().all(is_name)
    {
        return Err(wrong);
    }
    let columns: Vec<&str> = row.keys().map(String::as_str).collect();
    let places: Vec<String> = (1..=columns.len())
        .map(|place| format!("${place}"))
        .collect();
    let text = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        places.join(", ")
    );
    let mut insert = query(AssertSqlSafe(text));
    for cell in row.values() {
        insert = match cell {
            Value::Number(number) => match number.as_i64() {
                Some(number) => insert.bind(number),
                None => return Err(wrong),
            },
            Value::String(text) => insert.bind(text.clone()),
            Value::Object(object) => {
                let text = object.get("base64").and_then(Value::as_str);
                match text.and_then(|text| STANDARD.decode(text).ok()) {
                    Some(bytes) => insert.bind(bytes),
                    None => return Err(wrong),
                }
            }
            _ => return Err(wrong),
        };
    }
    insert
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(RESTORE, source))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_read_one_by_one_whatever_the_buffer() {
        let text = "one\ntwo\n\nlast without break";
        for capacity in 1..10 {
            let mut input = std::io::BufReader::with_capacity(capacity, text.as_bytes());
            let mut number = 0;
            let mut lines = Vec::new();
            while let Some(line) = next_line(&mut input, &mut number).unwrap() {
                lines.push(String::from_utf8(line).unwrap());
            }
            assert_eq!(lines, ["one\n", "two\n", "\n", "last without break"]);
        }
    }

    #[test]
    fn a_backup_of_a_newer_layout_is_refused() {
        let read = |text: &str| Reader::new(&mut text.as_bytes()).header(7);
        let header = |layout| json!({"format": FORMAT, "layout": layout}).to_string();
        assert_eq!(read(&header(7)).unwrap(), 7);
        assert_eq!(read(&header(1)).unwrap(), 1);
        assert!(matches!(
            read(&header(8)),
            Err(CatalogError::WrittenByNewer { version: 8 })
        ));
        for text in ["", "{}", "Dear diary", &header(0)] {
            let refused = read(text);
            assert!(matches!(refused, Err(CatalogError::NotABackup { line: 1 })));
        }
    }
}
