//! Legal holds: what must not go, whatever is due or asked for.

use scrim_policy::{ErasureId, HoldId, RecordingId, TenantId};
use sqlx::{Any, Transaction, any::AnyRow, query};

use super::{
    Catalog, CatalogError,
    keys::remember_key,
    rows::{number, optional_parsed, parsed, time, value},
};
use crate::{keyring::WrappedKey, timestamp::Timestamp};

const PLACE: &str = "place a hold";
const RELEASE: &str = "release a hold";
const LIST: &str = "list holds";
const REWRAP: &str = "wrap the key of a hold again";

/// One legal hold. Its words are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// Its id.
    pub id: HoldId,
    /// Whose.
    pub tenant: TenantId,
    /// The recording that it keeps; without one, it keeps everything of the tenant.
    pub recording: Option<RecordingId>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was released. Until then nothing that it covers is deleted.
    pub released_at: Option<Timestamp>,
    pub(crate) placed_words: Vec<u8>,
    pub(crate) released_words: Option<Vec<u8>>,
    pub(crate) wrapped_key: WrappedKey,
}

/// A hold that is to be placed.
pub(crate) struct SealedHold {
    pub(crate) id: HoldId,
    pub(crate) tenant: TenantId,
    pub(crate) recording: Option<RecordingId>,
    pub(crate) placed_at: Timestamp,
    pub(crate) words: Vec<u8>,
    pub(crate) wrapped_key: WrappedKey,
}

impl HoldRow {
    /// Says whether it keeps a recording at this moment.
    pub fn covers(&self, recording: RecordingId) -> bool {
        self.released_at.is_none() && self.recording.is_none_or(|held| held == recording)
    }

    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        let released_at: Option<i64> = value(row, "released_at")?;
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            recording: optional_parsed(row, "recording")?,
            placed_at: time(row, "placed_at")?,
            released_at: released_at.map(Timestamp::from_micros),
            placed_words: value(row, "placed_words")?,
            released_words: value(row, "released_words")?,
            wrapped_key: WrappedKey {
                version: number(row, "key_version")?,
                bytes: value(row, "wrapped_key")?,
                kms: parsed(row, "kms")?,
            },
        })
    }
}

/// Adds the row of a hold.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Any>,
    hold: &SealedHold,
) -> Result<(), CatalogError> {
    remember_key(transaction, hold.tenant, hold.wrapped_key.kms, PLACE).await?;
    query(
        "INSERT INTO legal_hold (id, tenant, recording, placed_at, placed_words, wrapped_key,
         key_version, kms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(hold.id.to_string())
    .bind(hold.tenant.to_string())
    .bind(hold.recording.map(|recording| recording.to_string()))
    .bind(hold.placed_at.as_micros())
    .bind(&hold.words)
    .bind(&hold.wrapped_key.bytes)
    .bind(i64::from(hold.wrapped_key.version))
    .bind(hold.wrapped_key.kms.as_str())
    .execute(&mut **transaction)
    .await
    .map(drop)
    .map_err(|source| CatalogError::while_doing(PLACE, source))
}

impl Catalog {
    /// Places a hold.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`]; [`CatalogError::ErasureUnderWay`] where it comes too late; and
    /// those of the database.
    pub(crate) async fn place_hold(&self, hold: &SealedHold) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(PLACE, source);
        let mut transaction = self.write(PLACE).await?;
        if let Some(recording) = hold.recording {
            let found = query("SELECT id FROM recording WHERE id = $1 AND tenant = $2")
                .bind(recording.to_string())
                .bind(hold.tenant.to_string())
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
            if found.is_none() {
                return Err(CatalogError::NoRecording { recording });
            }
        }
        let recording = hold.recording.map(|recording| recording.to_string());
        let under_way = query(
            "SELECT erasure.id AS id FROM erasure
             LEFT JOIN erasure_recording ON erasure_recording.erasure = erasure.id
             WHERE erasure.tenant = $1 AND erasure.step <> 'certified'
             AND ($2 IS NULL OR erasure_recording.recording = $2) LIMIT 1",
        )
        .bind(hold.tenant.to_string())
        .bind(&recording)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        if let Some(row) = under_way {
            let erasure: ErasureId = parsed(&row, "id")?;
            return Err(CatalogError::ErasureUnderWay {
                erasure,
                doing: PLACE,
            });
        }
        insert(&mut transaction, hold).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Ends a hold.
    ///
    /// # Errors
    /// [`CatalogError::NoHold`] and those of the database.
    pub(crate) async fn release_hold(
        &self,
        hold: HoldId,
        words: &[u8],
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(RELEASE, source);
        let mut transaction = self.write(RELEASE).await?;
        let released = query(
            "UPDATE legal_hold SET released_at = $2, released_words = $3
             WHERE id = $1 AND released_at IS NULL",
        )
        .bind(hold.to_string())
        .bind(now.as_micros())
        .bind(words)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if released.rows_affected() != 1 {
            return Err(CatalogError::NoHold { hold });
        }
        transaction.commit().await.map_err(failed)
    }

    /// Returns a hold.
    ///
    /// # Errors
    /// [`CatalogError::NoHold`], [`CatalogError::Unreadable`] and those of the database.
    pub async fn hold_row(&self, hold: HoldId) -> Result<HoldRow, CatalogError> {
        let row = query("SELECT * FROM legal_hold WHERE id = $1")
            .bind(hold.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(LIST, source))?;
        HoldRow::read(&row.ok_or(CatalogError::NoHold { hold })?)
    }

    /// Returns all holds of a tenant, released ones too, oldest first.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn holds(&self, tenant: TenantId) -> Result<Vec<HoldRow>, CatalogError> {
        let rows = query("SELECT * FROM legal_hold WHERE tenant = $1 ORDER BY placed_at, id")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(LIST, source))?;
        rows.iter().map(HoldRow::read).collect()
    }

    /// Replaces the wrapped key of a hold, unless somebody else was faster.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn rewrap_hold(
        &self,
        hold: &HoldRow,
        wrapped: &WrappedKey,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(REWRAP, source);
        let mut transaction = self.write(REWRAP).await?;
        remember_key(&mut transaction, hold.tenant, wrapped.kms, REWRAP).await?;
        query(
            "UPDATE legal_hold SET wrapped_key = $3, key_version = $4, kms = $5
             WHERE id = $1 AND wrapped_key = $2",
        )
        .bind(hold.id.to_string())
        .bind(&hold.wrapped_key.bytes)
        .bind(&wrapped.bytes)
        .bind(i64::from(wrapped.version))
        .bind(wrapped.kms.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Forgets holds that were released before `before`.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn forget_holds(
        &self,
        tenant: TenantId,
        before: Timestamp,
    ) -> Result<u64, CatalogError> {
        query("DELETE FROM legal_hold WHERE tenant = $1 AND released_at < $2")
            .bind(tenant.to_string())
            .bind(before.as_micros())
            .execute(&self.pool)
            .await
            .map(|deleted| deleted.rows_affected())
            .map_err(|source| CatalogError::while_doing("forget released holds", source))
    }
}

/// Makes sure that no hold covers any of these recordings, within the transaction that decides.
pub(super) async fn refuse_held(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    recordings: impl Fn(RecordingId) -> bool,
    doing: &'static str,
) -> Result<(), CatalogError> {
    let rows =
        query("SELECT id, recording FROM legal_hold WHERE tenant = $1 AND released_at IS NULL")
            .bind(tenant.to_string())
            .fetch_all(&mut **transaction)
            .await
            .map_err(|source| CatalogError::while_doing(doing, source))?;
    for row in &rows {
        let held: Option<RecordingId> = optional_parsed(row, "recording")?;
        if held.is_none_or(&recordings) {
            let hold = parsed(row, "id")?;
            return Err(CatalogError::OnHold { hold, doing });
        }
    }
    Ok(())
}
