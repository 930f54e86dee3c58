//! What the probes of object stores have found.

use sqlx::{Row, query};

use super::{Catalog, CatalogError};
use crate::{
    capabilities::{Record, Store},
    timestamp::Timestamp,
};

const KEEP: &str = "keep what a store can do";
const FIND: &str = "look for what a store can do";

impl Catalog {
    /// Keeps what a probe has found. A second one in the same microsecond replaces the first.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn keep_capabilities(
        &self,
        store: &Store,
        record: &Record,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(KEEP, source);
        let mut transaction = self.write(KEEP).await?;
        query(
            "INSERT INTO store_capability (store, probed_at, payload, signature)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (store, probed_at)
             DO UPDATE SET payload = excluded.payload, signature = excluded.signature",
        )
        .bind(store.to_string())
        .bind(now.as_micros())
        .bind(&record.payload)
        .bind(&record.signature)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns what the last probe of a store has found. The signature is not looked at.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn newest_capabilities(
        &self,
        store: &Store,
    ) -> Result<Option<Record>, CatalogError> {
        let failed = |source| CatalogError::while_doing(FIND, source);
        let row = query(
            "SELECT payload, signature FROM store_capability
             WHERE store = $1 ORDER BY probed_at DESC LIMIT 1",
        )
        .bind(store.to_string())
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        row.map(|row| {
            Ok(Record {
                payload: row.try_get("payload").map_err(failed)?,
                signature: row.try_get("signature").map_err(failed)?,
            })
        })
        .transpose()
    }
}
