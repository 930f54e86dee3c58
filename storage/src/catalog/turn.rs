//! Whose turn it is to write.

use sqlx::{Any, Transaction, query};

use super::{Catalog, CatalogError, Engine};

/// The advisory lock of PostgreSQL that stands for SQLite's write lock: "scrim" in ASCII.
const POSTGRES_WRITE_LOCK: i64 = 0x73_6372_696d;

impl Catalog {
    /// Begins a transaction that will write. It takes the one write lock at once: one that reads
    /// first and writes later could not be retried by the database. Dropping it changes nothing.
    pub(super) async fn write(
        &self,
        doing: &'static str,
    ) -> Result<Transaction<'static, Any>, CatalogError> {
        let failed = |source| CatalogError::while_doing(doing, source);
        match self.engine {
            Engine::Sqlite => self
                .pool
                .begin_with("BEGIN IMMEDIATE")
                .await
                .map_err(failed),
            Engine::Postgres => {
                let mut transaction = self.pool.begin().await.map_err(failed)?;
                query("SELECT pg_advisory_xact_lock($1)")
                    .bind(POSTGRES_WRITE_LOCK)
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
                Ok(transaction)
            }
        }
    }
}
