//! Batches: many sources that are processed together, and what became of each.
//!
//! > **A batch knows no path and no name.** A source is known by a keyed digest of where it lies; who
//! > runs the batch knows the place itself.

use std::collections::BTreeMap;

use scrim_policy::{BatchId, Kind, RecordingId, TenantId};
use sqlx::{any::AnyRow, query};

use super::{
    Catalog, CatalogError, Failure,
    rows::{
        failure, kind_word, number, optional_number, optional_parsed, parsed, sql_number, time,
    },
};
use crate::{digest::KeyedDigest, timestamp::Timestamp};

const BEGIN: &str = "begin a batch";
const FIND: &str = "look for a batch";
const ITEM: &str = "record what became of a source of a batch";

/// How many finished items say how fast this Scrim is.
const TELLING_ITEMS: i64 = 50;

/// How far one source of a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ItemState {
    /// Nobody works on it.
    Waiting,
    /// Somebody works on it, or did when their run was killed.
    Running,
    /// Its recording can be had.
    Published,
    /// Its recording was made, and the gate said no.
    Held,
    /// It was given up.
    Failed,
}

impl ItemState {
    /// All states, in the order in which a source goes through them.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Running,
        Self::Published,
        Self::Held,
        Self::Failed,
    ];

    /// Returns the word for this state in the catalog.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Published => "published",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }
}

impl std::fmt::Display for ItemState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ItemState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// One batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Its id.
    pub id: BatchId,
    /// Whose it is.
    pub tenant: TenantId,
    /// When it was first run.
    pub created_at: Timestamp,
    /// When it was last run.
    pub updated_at: Timestamp,
    /// How many of its sources are in which state.
    pub counts: BTreeMap<ItemState, u64>,
}

/// One source of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchItemRow {
    /// Where it lies, hashed with a key.
    pub locator: KeyedDigest,
    /// What is made of it: policy, roster, parameters and revision, hashed with a key.
    pub recipe: KeyedDigest,
    /// How far it is.
    pub state: ItemState,
    /// How often it was tried with this recipe.
    pub tries: u64,
    /// What was last made of it.
    pub recording: Option<RecordingId>,
    /// Why it was given up.
    pub failure: Option<Failure>,
    /// Its length in nanoseconds, once it is known.
    pub duration_ns: Option<u64>,
    /// How long the last run took that made something, in microseconds.
    pub worked_us: Option<u64>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How a try at one source ended.
#[derive(Clone, Debug)]
pub struct ItemOutcome {
    /// Published, held or failed; waiting where it is tried again.
    pub state: ItemState,
    /// What was made.
    pub recording: Option<RecordingId>,
    /// Why nothing was: kind and stage.
    pub failure: Option<(Kind, &'static str)>,
    /// Length in nanoseconds.
    pub duration_ns: Option<u64>,
    /// How long it took in microseconds; `None` where nothing had to be done.
    pub worked_us: Option<u64>,
}

impl BatchRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            created_at: time(row, "created_at")?,
            updated_at: time(row, "updated_at")?,
            counts: BTreeMap::new(),
        })
    }
}

impl BatchItemRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            locator: parsed(row, "locator")?,
            recipe: parsed(row, "recipe")?,
            state: parsed(row, "state")?,
            tries: number(row, "tries")?,
            recording: optional_parsed(row, "recording")?,
            failure: failure(row)?,
            duration_ns: optional_number(row, "duration_ns")?,
            worked_us: optional_number(row, "worked_us")?,
            updated_at: time(row, "updated_at")?,
        })
    }
}

impl Catalog {
    /// Begins a batch or takes it up again, and adds its sources. A source with another recipe than
    /// before waits again, and so does one that was given up; what it made before stays known.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn begin_batch(
        &self,
        tenant: TenantId,
        key: KeyedDigest,
        items: &[(KeyedDigest, KeyedDigest)],
        new_id: BatchId,
        now: Timestamp,
    ) -> Result<BatchId, CatalogError> {
        let failed = |source| CatalogError::while_doing(BEGIN, source);
        let mut transaction = self.write(BEGIN).await?;
        query(
            "INSERT INTO batch (id, tenant, key, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $4)
             ON CONFLICT (tenant, key) DO UPDATE SET updated_at = excluded.updated_at",
        )
        .bind(new_id.to_string())
        .bind(tenant.to_string())
        .bind(key.to_string())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        let row = query("SELECT id FROM batch WHERE tenant = $1 AND key = $2")
            .bind(tenant.to_string())
            .bind(key.to_string())
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        let batch: BatchId = parsed(&row, "id")?;
        for (locator, recipe) in items {
            query(
                "INSERT INTO batch_item (batch, locator, recipe, state, tries, updated_at)
                 VALUES ($1, $2, $3, 'waiting', 0, $4)
                 ON CONFLICT (batch, locator) DO UPDATE SET recipe = excluded.recipe,
                     state = 'waiting', tries = 0, failure_kind = NULL, failure_stage = NULL,
                     updated_at = excluded.updated_at
                 WHERE batch_item.recipe <> excluded.recipe
                     OR batch_item.state IN ('running', 'failed')",
            )
            .bind(batch.to_string())
            .bind(locator.to_string())
            .bind(recipe.to_string())
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(batch)
    }

    /// Records that somebody works on a source.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn start_item(
        &self,
        batch: BatchId,
        locator: KeyedDigest,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        query(
            "UPDATE batch_item SET state = 'running', tries = tries + 1, failure_kind = NULL,
             failure_stage = NULL, updated_at = $3 WHERE batch = $1 AND locator = $2",
        )
        .bind(batch.to_string())
        .bind(locator.to_string())
        .bind(now.as_micros())
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(ITEM, source))
    }

    /// Records how a try at a source ended.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn end_item(
        &self,
        batch: BatchId,
        locator: KeyedDigest,
        outcome: &ItemOutcome,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let is_failed = outcome.state == ItemState::Failed;
        let failure = outcome.failure.filter(|_| is_failed);
        query(
            "UPDATE batch_item SET state = $3, recording = COALESCE($4, recording),
             failure_kind = $5, failure_stage = $6, duration_ns = COALESCE($7, duration_ns),
             worked_us = COALESCE($8, worked_us), updated_at = $9
             WHERE batch = $1 AND locator = $2",
        )
        .bind(batch.to_string())
        .bind(locator.to_string())
        .bind(outcome.state.as_str())
        .bind(outcome.recording.map(|recording| recording.to_string()))
        .bind(failure.map(|(kind, _)| kind_word(kind)))
        .bind(failure.map(|(_, stage)| stage))
        .bind(outcome.duration_ns.map(sql_number))
        .bind(outcome.worked_us.map(sql_number))
        .bind(now.as_micros())
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(ITEM, source))
    }

    /// Returns the sources of a batch.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn batch_items(&self, batch: BatchId) -> Result<Vec<BatchItemRow>, CatalogError> {
        let rows = query("SELECT * FROM batch_item WHERE batch = $1 ORDER BY locator")
            .bind(batch.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(BatchItemRow::read).collect()
    }

    /// Returns a batch by its key, if it was ever begun.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn batch_by_key(
        &self,
        tenant: TenantId,
        key: KeyedDigest,
    ) -> Result<Option<BatchId>, CatalogError> {
        let row = query("SELECT id FROM batch WHERE tenant = $1 AND key = $2")
            .bind(tenant.to_string())
            .bind(key.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(|row| parsed(row, "id")).transpose()
    }

    /// Returns a batch.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn batch(&self, batch: BatchId) -> Result<Option<BatchRow>, CatalogError> {
        let row = query("SELECT * FROM batch WHERE id = $1")
            .bind(batch.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        match row {
            Some(row) => self.counted(BatchRow::read(&row)?).await.map(Some),
            None => Ok(None),
        }
    }

    /// Returns the batches of a tenant that were run last, newest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn batches(
        &self,
        tenant: TenantId,
        limit: u32,
    ) -> Result<Vec<BatchRow>, CatalogError> {
        let rows = query(
            "SELECT * FROM batch WHERE tenant = $1 ORDER BY updated_at DESC, id DESC LIMIT $2",
        )
        .bind(tenant.to_string())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        let mut batches = Vec::with_capacity(rows.len());
        for row in &rows {
            batches.push(self.counted(BatchRow::read(row)?).await?);
        }
        Ok(batches)
    }

    async fn counted(&self, mut batch: BatchRow) -> Result<BatchRow, CatalogError> {
        let rows = query(
            "SELECT state, COUNT(*) AS items FROM batch_item WHERE batch = $1 GROUP BY state",
        )
        .bind(batch.id.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        for row in &rows {
            let count = number(row, "items")?;
            batch.counts.insert(parsed(row, "state")?, count);
        }
        Ok(batch)
    }

    /// Returns length in nanoseconds and work in microseconds of the sources of a tenant that were
    /// last worked on: how fast this Scrim is.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn batch_pace(&self, tenant: TenantId) -> Result<Vec<(u64, u64)>, CatalogError> {
        let rows = query(
            "SELECT item.duration_ns AS duration_ns, item.worked_us AS worked_us
             FROM batch_item item JOIN batch ON batch.id = item.batch
             WHERE batch.tenant = $1 AND item.duration_ns > 0 AND item.worked_us > 0
             ORDER BY item.updated_at DESC LIMIT $2",
        )
        .bind(tenant.to_string())
        .bind(TELLING_ITEMS)
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter()
            .map(|row| Ok((number(row, "duration_ns")?, number(row, "worked_us")?)))
            .collect()
    }
}
