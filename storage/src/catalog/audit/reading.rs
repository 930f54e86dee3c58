//! The audit log as it lies there.

use scrim_policy::RecordingId;
use sqlx::{Any, Transaction, any::AnyRow, query};

use super::{Catalog, CatalogError, End, Engine, READ, number, sql_number, value};
use crate::audit::{CheckpointRecord, LogEnd, Record};

/// Entries are read so many at a time.
const PAGE: u32 = 1000;

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    /// Only entries about this recording.
    pub(crate) recording: Option<RecordingId>,
    /// Only entries with a smaller number.
    pub(crate) before: Option<u64>,
    /// At most so many, the last ones.
    pub(crate) limit: u32,
}

/// The log at one moment, whatever others add meanwhile.
pub(crate) struct Snapshot {
    transaction: Transaction<'static, Any>,
}

impl Catalog {
    /// Starts to look at the log.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn audit_snapshot(&self) -> Result<Snapshot, CatalogError> {
        let failed = |source| CatalogError::while_doing(READ, source);
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        // In SQLite every transaction is one.
        if self.engine == Engine::Postgres {
            query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        Ok(Snapshot { transaction })
    }

    /// Returns the last entries that are wanted, in order. Entries that were blanked are about
    /// nothing.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn audit_records(&self, wanted: Wanted) -> Result<Vec<Record>, CatalogError> {
        let rows = query(
            "SELECT * FROM audit_entry
             WHERE ($1 IS NULL OR recording = $1) AND seq < $2
             ORDER BY seq DESC LIMIT $3",
        )
        .bind(wanted.recording.map(|recording| recording.to_string()))
        .bind(sql_number(wanted.before.unwrap_or(u64::MAX)))
        .bind(i64::from(wanted.limit))
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(READ, source))?;
        rows.iter().rev().map(record).collect()
    }
}

impl Snapshot {
    /// Returns where the log says that it ends.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn end(&mut self) -> Result<LogEnd, CatalogError> {
        let end = End::load(&mut self.transaction).await?;
        Ok(LogEnd::new(&end.frontier, end.chain))
    }

    /// Returns all checkpoints, the shortest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn checkpoints(&mut self) -> Result<Vec<CheckpointRecord>, CatalogError> {
        let rows = query("SELECT size, note FROM audit_checkpoint ORDER BY size")
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|source| CatalogError::while_doing(READ, source))?;
        rows.iter().map(checkpoint).collect()
    }

    /// Returns the longest checkpoint.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn newest_checkpoint(
        &mut self,
    ) -> Result<Option<CheckpointRecord>, CatalogError> {
        let row = query("SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1")
            .fetch_optional(&mut *self.transaction)
            .await
            .map_err(|source| CatalogError::while_doing(READ, source))?;
        row.as_ref().map(checkpoint).transpose()
    }

    /// Shows all entries to `visit`, in order.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`], those of the database and those of `visit`.
    pub(crate) async fn each<E: From<CatalogError>>(
        &mut self,
        mut visit: impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut last = -1;
        loop {
            let rows = query("SELECT * FROM audit_entry WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(last)
                .bind(i64::from(PAGE))
                .fetch_all(&mut *self.transaction)
                .await
                .map_err(|source| CatalogError::while_doing(READ, source))?;
            for row in &rows {
                let record = record(row)?;
                last = sql_number(record.seq);
                visit(record)?;
            }
            if rows.len() < PAGE as usize {
                return Ok(());
            }
        }
    }
}

fn record(row: &AnyRow) -> Result<Record, CatalogError> {
    Ok(Record {
        seq: number(row, "seq")?,
        leaf: value(row, "leaf")?,
        chain: value(row, "chain")?,
        salt: value(row, "salt")?,
        body: value(row, "body")?,
        recording: value(row, "recording")?,
        tenant: value(row, "tenant")?,
    })
}

fn checkpoint(row: &AnyRow) -> Result<CheckpointRecord, CatalogError> {
    Ok(CheckpointRecord {
        size: number(row, "size")?,
        note: value(row, "note")?,
    })
}
