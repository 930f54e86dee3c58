//! Looking at recordings.

use std::{fmt, str::FromStr};

use scrim_policy::{RecordingId, TenantId};
use sqlx::{AssertSqlSafe, query};

use super::{
    Catalog, CatalogError, RecordingRow, RecordingState, StageResult,
    rows::{number, parsed},
};
use crate::timestamp::Timestamp;

/// Where the next page of a list starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    created_at: Timestamp,
    id: RecordingId,
}

/// As it travels: `1790000000000000.rec_…`.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.created_at.as_micros(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (micros, id) = text.split_once('.').ok_or(())?;
        Ok(Self {
            created_at: Timestamp::from_micros(micros.parse().map_err(|_| ())?),
            id: id.parse().map_err(|_| ())?,
        })
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Recordings, newest first.
    pub recordings: Vec<RecordingRow>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

/// The most recordings that a page can have.
const MOST_PER_PAGE: u32 = 1000;

impl Catalog {
    /// Returns a recording.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn recording(&self, id: RecordingId) -> Result<Option<RecordingRow>, CatalogError> {
        let row = query("SELECT * FROM recording WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing("look for a recording", source))?;
        row.as_ref().map(RecordingRow::read).transpose()
    }

    /// Says whether there is no recording of anybody.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn is_empty(&self) -> Result<bool, CatalogError> {
        let found = query("SELECT id FROM recording LIMIT 1")
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing("look for recordings", source))?;
        Ok(found.is_none())
    }

    /// Returns up to `limit` recordings of a tenant, newest first, starting at `from`. A `limit`
    /// below 1 or above 1000 becomes 1 or 1000. Originals are among them.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn recordings(
        &self,
        tenant: TenantId,
        from: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, CatalogError> {
        self.page(tenant, "TRUE", from, limit).await
    }

    /// Returns a page of the recordings in one state, as [`Catalog::recordings`] does of all.
    ///
    /// # Errors
    /// Those of [`Catalog::recordings`].
    pub async fn recordings_in(
        &self,
        tenant: TenantId,
        state: RecordingState,
        from: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, CatalogError> {
        let only = match state {
            RecordingState::Planned => "state = 'planned'",
            RecordingState::Rendering => "state = 'rendering'",
            RecordingState::Held => "state = 'held'",
            RecordingState::Published => "state = 'published'",
            RecordingState::Withdrawn => "state = 'withdrawn'",
            RecordingState::Failed => "state = 'failed'",
            RecordingState::Ready => "state = 'ready'",
            RecordingState::Original => "state = 'original'",
        };
        self.page(tenant, only, from, limit).await
    }

    /// Returns how many recordings of a tenant are in each state that one of them is in.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn count_by_state(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<(RecordingState, u64)>, CatalogError> {
        let rows = query(
            "SELECT state, COUNT(*) AS recordings FROM recording
             WHERE tenant = $1 AND (state <> 'original' OR EXISTS (
                 SELECT 1 FROM artefact WHERE artefact.recording = recording.id
                 AND artefact.kind = 'original' AND artefact.state = 'complete')
                 OR id IN (SELECT recording FROM live_session))
             GROUP BY state",
        )
        .bind(tenant.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing("count recordings", source))?;
        let read = |row| Ok((parsed(row, "state")?, number(row, "recordings")?));
        rows.iter().map(read).collect()
    }

    /// Returns a page of recordings that are `only` some. An original that does not count yet is not
    /// there, unless it is a live session: that counts from its beginning.
    pub(super) async fn page(
        &self,
        tenant: TenantId,
        only: &'static str,
        from: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, CatalogError> {
        let limit = limit.clamp(1, MOST_PER_PAGE);
        let from = from.map(|cursor| (cursor.created_at.as_micros(), cursor.id.to_string()));
        let (created_at, id) = from.unzip();
        let text = format!(
            "SELECT * FROM recording
             WHERE tenant = $1 AND ($2 IS NULL OR (created_at, id) <= ($2, $3)) AND {only}
             AND (state <> 'original' OR EXISTS (
                 SELECT 1 FROM artefact WHERE artefact.recording = recording.id
                 AND artefact.kind = 'original' AND artefact.state = 'complete')
                 OR id IN (SELECT recording FROM live_session))
             ORDER BY created_at DESC, id DESC LIMIT $4"
        );
        let rows = query(AssertSqlSafe(text))
            .bind(tenant.to_string())
            .bind(created_at)
            .bind(id)
            // One more than wanted, to see where the next page starts.
            .bind(i64::from(limit) + 1)
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing("list recordings", source))?;
        let mut recordings = rows
            .iter()
            .map(RecordingRow::read)
            .collect::<Result<Vec<_>, CatalogError>>()?;
        let next = recordings.get(limit as usize).map(|row| Cursor {
            created_at: row.created_at,
            id: row.id,
        });
        recordings.truncate(limit as usize);
        Ok(Page { recordings, next })
    }

    /// Returns the finished parts of a stage, in order.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn finished_parts(
        &self,
        recording: RecordingId,
        stage: &str,
    ) -> Result<Vec<StageResult>, CatalogError> {
        let rows =
            query("SELECT * FROM stage_result WHERE recording = $1 AND stage = $2 ORDER BY part")
                .bind(recording.to_string())
                .bind(stage)
                .fetch_all(&self.pool)
                .await
                .map_err(|source| CatalogError::while_doing("list finished parts", source))?;
        rows.iter().map(StageResult::read).collect()
    }
}
